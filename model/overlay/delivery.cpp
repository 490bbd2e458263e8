#include "model/overlay/delivery.hpp"

#include <algorithm>

namespace plimsoll::model::overlay {

std::vector<std::optional<Machine>> versions(std::span<const Ownership> history, Subnet subnet,
                                             Knowledge knowledge) {
  std::vector<std::optional<Machine>> found = {std::nullopt};
  const auto add = [&](const std::optional<Machine>& owner) {
    if (found.back() != owner) {
      found.push_back(owner);
    }
  };
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].subnet != subnet) {
      continue;
    }
    if (i < knowledge.surely) {
      found.back() = history[i].owner;
    } else {
      add(history[i].owner);
    }
  }
  if (knowledge.must_mend) {
    add(std::nullopt);
  }
  return found;
}

Judgement judge(const Sending& sending, std::span<const std::optional<Machine>> known, const Fate& fate) {
  const auto is_meant = [&](Pod pod) { return pod == sending.to; };
  if (!std::ranges::all_of(fate.arrivals, is_meant)) {
    return Judgement::misdelivered;
  }
  if (fate.arrivals.size() > 1) {
    return Judgement::duplicated;
  }
  if (fate.went_round) {
    return Judgement::went_round;
  }
  const bool sender_is_behind = known.size() > 1 || !known.back();
  if (!fate.arrivals.empty()) {
    return fate.source_kept || sender_is_behind ? Judgement::delivered : Judgement::source_changed;
  }
  if (sending.is_oversize && fate.noticed_as_too_big) {
    return Judgement::noticed;
  }
  if (sender_is_behind || !sending.to) {
    return Judgement::excused;
  }
  return sending.is_oversize ? Judgement::swallowed : Judgement::lost;
}

}  // namespace plimsoll::model::overlay
