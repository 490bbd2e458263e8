// A way through a world by labels: for the tests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/world/world_system.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

/// Follows a world along chosen labels.
class Walk {
 public:
  explicit Walk(const WorldModel& model) : system_(model), worker_(system_.worker()) {
    Successors out(system_.width());
    system_.initial(out);
    PLIMSOLL_ASSERT(out.size() == 1);
    keep(out, 0);
  }
  [[nodiscard]] std::vector<std::string> enabled() {
    std::vector<std::string> labels;
    expand([&](const Successors& out, std::size_t i) { labels.push_back(label(out, i)); });
    return labels;
  }
  void take(const std::string& wanted) {
    std::optional<std::size_t> chosen;
    expand([&](const Successors& out, std::size_t i) {
      if (label(out, i) == wanted) {
        chosen = i;
      }
    });
    PLIMSOLL_ASSERT_KNOWN(chosen.has_value(), wanted + " is not enabled");
    expand([&](const Successors& out, std::size_t i) {
      if (i == *chosen) {
        next_.assign(out.state(i).begin(), out.state(i).end());
      }
    });
    state_ = next_;
  }
  [[nodiscard]] Datum describe() const { return system_.describe(state_); }

 private:
  void keep(const Successors& out, std::size_t i) { state_.assign(out.state(i).begin(), out.state(i).end()); }
  std::string label(const Successors& out, std::size_t i) const {
    return to_line(system_.describe(state_, out[i].action));
  }
  template <class Visit>
  void expand(const Visit& visit) {
    Successors out(system_.width());
    worker_->successors(state_, system_.fingerprint(state_), out);
    for (std::size_t i = 0; i < out.size(); ++i) {
      visit(out, i);
    }
  }

  WorldSystem system_;
  std::unique_ptr<Worker> worker_;
  std::vector<Slot> state_;
  std::vector<Slot> next_;
};

}  // namespace plimsoll::checker
