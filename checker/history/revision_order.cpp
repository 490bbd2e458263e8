#include "checker/history/revision_order.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "checker/history/revision_candidates.hpp"

namespace plimsoll::history {
namespace {

/// Goes from stop to stop and does what stands there. Where a revision is unclaimed, an operation that never
/// returned is chosen to have made it; when something later does not agree, the last choice is taken back.
class Passage {
 public:
  Passage(const Deeds& deeds, const Stops& stops, bool others_write, std::uint64_t tried_max)
      : deeds_(deeds),
        stops_(stops.all()),
        candidates_(deeds, stops.all()),
        others_write_(others_write),
        tried_max_(tried_max) {
    find_tellings();
  }

  [[nodiscard]] RevisionOrder run() {
    RevisionOrder result;
    result.answer = walk();
    result.tried = tried_;
    if (result.answer == Answer::linearizable) {
      result.order = std::move(order_);
    } else if (result.answer == Answer::not_linearizable) {
      result.clash = std::move(clash_);
    }
    return result;
  }

 private:
  /// Where the passage is: before revision `stop.revision - left` if left > 0, at the stop itself otherwise.
  struct Position {
    std::size_t stop = 0;
    std::uint64_t left = 0;  ///< of the stop's gap
  };
  /// At revision `seen`, somebody saw a key as revision `written` had left it.
  struct Telling {
    std::uint64_t seen = 0;
    std::uint64_t written = 0;
  };
  /// A revision that was left to a candidate, and all that is needed to come back.
  struct Choice {
    Position position = {};
    Candidates::Choice candidates = {};
    std::size_t next = 0;  ///< candidate to try: 0 is nobody in particular
    std::size_t changes = 0;
    std::size_t order = 0;
    kv::Revision revision = {};
    std::uint32_t used = no_deed;
  };

  /// What reads of one key were told of it, which rules out changes in between.
  void find_tellings() {
    for (const Stop& stop : stops_) {
      for (const std::uint32_t number : stop.readers) {
        for (const kv::KeyValue& found : found_by(*deeds_[number].result)) {
          if (found.mod_revision.value != 0) {
            tellings_[found.key].push_back({stop.revision, found.mod_revision.value});
          }
        }
      }
    }
  }

  /// Whether something may have changed `key` at `at`, as far as the next answer tells that saw the key.
  [[nodiscard]] bool may_change(const std::string& key, std::uint64_t at) const {
    const auto found = tellings_.find(key);
    if (found == tellings_.end()) {
      return true;
    }
    const auto next = std::ranges::lower_bound(found->second, at, {}, &Telling::seen);
    return next == found->second.end() || next->written >= at;
  }

  [[nodiscard]] Answer walk() {
    position_ = {0, stops_.front().gap};
    while (position_.stop < stops_.size()) {
      const bool is_done = position_.left > 0 || is_unclaimed() ? choose_anew() : pass_stop();
      if (!is_done && !take_back()) {
        return tried_ >= tried_max_ ? Answer::unknown : Answer::not_linearizable;
      }
    }
    return Answer::linearizable;
  }

  [[nodiscard]] const Stop& stop() const { return stops_[position_.stop]; }
  [[nodiscard]] bool is_unclaimed() const { return stop().writer == no_deed && stop().revision > 1; }
  [[nodiscard]] std::uint64_t revision() const { return stop().revision - position_.left; }

  bool choose_anew() {
    const bool is_seen = position_.left == 0 && !stop().shown.empty();
    choices_.push_back({position_,
                        candidates_.choice(position_.left > 0 ? stop().gap_deadline : stop().deadline,
                                           is_seen ? stop().shown.front() : nullptr),
                        0, changes_.size(), order_.size(), state_.revision, no_deed});
    return try_candidates();
  }

  /// Takes the last choice that has a candidate left.
  bool take_back() {
    while (!choices_.empty()) {
      Choice& choice = choices_.back();
      undo(state_, changes_, choice.changes, choice.revision);
      order_.resize(choice.order);
      if (choice.used != no_deed) {
        candidates_.use(choice.used, false);
        choice.used = no_deed;
      }
      position_ = choice.position;
      if (try_candidates()) {
        return true;
      }
    }
    return false;
  }

  /// Tries the candidates of the last choice that are left; drops the choice if there is none.
  bool try_candidates() {
    for (;;) {
      const std::size_t next = choices_.back().next++;
      if (next == 0) {
        if (pass_over()) {
          return true;
        }
        continue;
      }
      const std::uint32_t number = candidates_.get(choices_.back().candidates, next - 1);
      if (number == no_deed) {
        break;
      }
      if (!candidates_.is_left(number, choices_.back().candidates)) {
        continue;
      }
      if (++tried_ >= tried_max_) {
        choices_.clear();
        return false;
      }
      if (make(number)) {
        return true;
      }
    }
    if (!has_failed_) {
      fail_at_gap();
    }
    has_failed_ = false;
    choices_.pop_back();
    return false;
  }

  /// Nobody of this history made what is left of the gap, or the revision of the stop.
  bool pass_over() {
    if (!others_write_) {
      return false;
    }
    if (position_.left > 0) {
      state_.revision.value = stop().revision - 1;
      position_.left = 0;
      return true;
    }
    state_.revision.value = stop().revision;
    return pass_readers();
  }

  bool make(std::uint32_t number) {
    Choice& choice = choices_.back();
    state_.revision.value = revision() - 1;
    const auto result = perform(state_, *deeds_[number].request, changes_);
    choice.used = number;
    bool is_possible = result.has_value() && changes_.size() > choice.changes;
    for (std::size_t i = choice.changes; i < changes_.size(); ++i) {
      is_possible = is_possible && may_change(changes_[i].first, state_.revision.value);
    }
    if (is_possible) {
      order_.push_back(number);
      if (position_.left > 0) {
        --position_.left;
      } else {
        is_possible = agrees_with_shown() && pass_readers();
      }
    }
    if (is_possible) {
      candidates_.use(number, true);
      return true;
    }
    choice.used = no_deed;
    undo(state_, changes_, choice.changes, choice.revision);
    order_.resize(choice.order);
    position_ = choice.position;
    return false;
  }

  bool pass_stop() {
    if (stop().writer != no_deed) {
      state_.revision.value = stop().revision - 1;
      if (!check(stop().writer)) {
        return false;
      }
      order_.push_back(stop().writer);
    }
    state_.revision.value = stop().revision;
    return pass_readers();
  }

  [[nodiscard]] bool agrees_with_shown() const {
    return std::ranges::all_of(stop().shown,
                               [&](const kv::KeyValue* shown) {
                                 const auto found = state_.kvs.find(shown->key);
                                 return found != state_.kvs.end() &&
                                        found->second.mod_revision == shown->mod_revision &&
                                        (found->second.value == shown->value || shown->value.empty());
                               }) &&
           std::ranges::none_of(stop().removed,
                                [&](const std::string* key) { return state_.kvs.contains(*key); });
  }

  bool pass_readers() {
    for (const std::uint32_t number : stop().readers) {
      if (!check(number)) {
        return false;
      }
      if (deeds_[number].placed == deeds_[number].seen) {
        order_.push_back(number);
      }
    }
    ++position_.stop;
    position_.left = position_.stop < stops_.size() ? stop().gap : 0;
    return true;
  }

  /// Does an operation that returned; it was answered rightly, and changed something just if it said so.
  bool check(std::uint32_t number) {
    const Deed& deed = deeds_[number];
    const std::size_t before = changes_.size();
    const auto result = perform(state_, *deed.request, changes_);
    const bool changed = changes_.size() > before;
    if (result && changed == deed.changes && agrees(*deed.request, *result, *deed.result)) {
      return true;
    }
    fail(number, before, result);
    return false;
  }

  /// Of several failures, that at the highest revision is told: what came before it can be put in order.
  void fail(std::uint32_t number, std::size_t before, const std::optional<StoreResult>& result) {
    has_failed_ = true;
    if (clash_ && stop().revision <= failed_at_) {
      return;
    }
    failed_at_ = stop().revision;
    undo(state_, changes_, before, state_.revision);
    clash_.emplace();
    const std::string answer = result ? describe(*result) : "a refusal";
    clash_->reason = fmt::format("At revision {} the answer would have been: {}.", stop().revision,
                                 answer.empty() ? "done" : answer);
    std::set<std::uint32_t> involved = {number};
    for (const KeyInterval& keys : keys_of(*deeds_[number].request)) {
      for (auto place = state_.kvs.lower_bound(keys.from);
           place != state_.kvs.end() && keys.contains(place->first); ++place) {
        involve_writer(place->second.mod_revision.value, involved);
      }
    }
    for (const kv::KeyValue& found : found_by(*deeds_[number].result)) {
      involve_writer(found.mod_revision.value, involved);
    }
    clash_->operations.assign(involved.begin(), involved.end());
  }

  void involve_writer(std::uint64_t revision, std::set<std::uint32_t>& involved) const {
    const auto found = std::ranges::lower_bound(stops_, revision, {}, &Stop::revision);
    if (found != stops_.end() && found->revision == revision && found->writer != no_deed) {
      involved.insert(found->writer);
    }
    for (const Choice& choice : choices_) {
      const Position& at = choice.position;
      if (choice.used != no_deed && stops_[at.stop].revision - at.left == revision) {
        involved.insert(choice.used);
      }
    }
  }

  void fail_at_gap() {
    if (clash_ && stop().revision <= failed_at_) {
      return;
    }
    failed_at_ = stop().revision;
    clash_.emplace();
    clash_->reason = fmt::format("Revision {} was made by nobody who could have made it.", revision());
    for (std::size_t i = position_.stop; i < stops_.size() && clash_->operations.empty(); ++i) {
      const Stop& later = stops_[i];
      if (later.writer != no_deed || !later.readers.empty()) {
        clash_->operations.push_back(later.writer != no_deed ? later.writer : later.readers.front());
      }
    }
  }

  const Deeds& deeds_;
  const std::vector<Stop>& stops_;
  Candidates candidates_;
  bool others_write_;
  std::uint64_t tried_max_;
  std::map<std::string, std::vector<Telling>> tellings_ = {};  ///< by key, in order of `seen`

  Position position_ = {};
  StoreState state_ = {};
  StoreChanges changes_ = {};
  std::vector<std::uint32_t> order_ = {};
  std::vector<Choice> choices_ = {};
  std::uint64_t tried_ = 0;

  std::optional<Clash> clash_ = {};
  std::uint64_t failed_at_ = 0;
  bool has_failed_ = false;
};

/// Revisions that nobody can have made: of a store of one's own, one that never returned must have made each.
std::optional<Clash> find_missing(const Deeds& deeds, const Stops& stops) {
  std::uint64_t pending = 0;
  for (std::uint32_t number = 0; number < deeds.size(); ++number) {
    pending += deeds[number].result == nullptr ? 1 : 0;
  }
  const Stop& last = stops.all().back();
  const std::uint64_t missing = stops.unclaimed(1, last.revision);
  if (missing <= pending) {
    return std::nullopt;
  }
  Clash clash{fmt::format("Up to revision {} there are {} that nobody has made, but for {} operations that "
                          "never returned.",
                          last.revision, missing, pending),
              {}};
  for (std::uint32_t number = 0; number < deeds.size() && clash.operations.empty(); ++number) {
    if (deeds[number].placed == last.revision || deeds[number].seen == last.revision) {
      clash.operations.push_back(number);
    }
  }
  return clash;
}

RevisionOrder refuted(Clash clash) {
  std::ranges::sort(clash.operations);
  const auto [first, last] = std::ranges::unique(clash.operations);
  clash.operations.erase(first, last);
  RevisionOrder result;
  result.answer = Answer::not_linearizable;
  result.clash = std::move(clash);
  return result;
}

}  // namespace

bool carry_revisions(Model model, std::span<const Operation> operations) {
  const bool has_revisions =
      model == Model::store || model == Model::plain_register || model == Model::cas_register;
  bool has_answers = false;
  for (const Operation& operation : operations) {
    has_answers = has_answers || !operation.is_pending();
    if (!operation.is_pending() && operation.revision == 0) {
      return false;
    }
  }
  return has_revisions && has_answers;
}

RevisionOrder order_by_revision(Model model, std::span<const Operation> operations, const Values& values,
                                const SearchLimits& limits, std::span<const WatchMessage> seen) {
  const bool others_write = model != Model::store;
  const Deeds deeds(model, operations, values);
  const Stops stops(deeds, seen);
  if (stops.clash()) {
    return refuted(*stops.clash());
  }
  if (auto clash = find_plain_clash(deeds, stops)) {
    return refuted(std::move(*clash));
  }
  if (auto clash = others_write ? std::nullopt : find_missing(deeds, stops)) {
    return refuted(std::move(*clash));
  }
  constexpr std::uint64_t tried_max = 1'000'000;
  RevisionOrder result =
      Passage(deeds, stops, others_write, std::min(tried_max, limits.configurations_max)).run();
  if (result.clash) {
    return refuted(std::move(*result.clash));
  }
  return result;
}

}  // namespace plimsoll::history
