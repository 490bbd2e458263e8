// What can be seen of a state: how properties judge it, and where it leads. Two states that ought to be
// alike, because a system says so, are compared by this.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checker/system/system.hpp"

namespace plimsoll::checker {

using PlainState = std::vector<Slot>;

/// A transition or a pruned action without the payload, which may hold ids or tell apart what is alike.
struct Possibility {
  std::uint32_t group = 0;
  bool pruned = false;
  PropertyMask holds = 0;  ///< of step properties
  PropertyMask engaged = 0;
  PlainState target;  ///< empty if pruned
  friend auto operator<=>(const Possibility&, const Possibility&) = default;
};

/// Thread-safety: none. `system` must outlive it.
class Observer {
 public:
  explicit Observer(const System& system);

  [[nodiscard]] std::set<PlainState> initial() const;
  /// By all predicates on states.
  [[nodiscard]] Evaluation judge(const PlainState& state) { return worker_->evaluate(state, predicates_); }
  [[nodiscard]] bool may_end(const PlainState& state) { return worker_->may_end(state); }
  /// In ascending order.
  [[nodiscard]] std::vector<Possibility> ahead(const PlainState& state);
  /// Calls `complain(state, ahead)` for the first `states_max` states in breadth-first order, until it has
  /// something to say, and returns that with the state.
  template <class Complain>
  [[nodiscard]] std::optional<std::string> first_complaint(std::uint64_t states_max,
                                                           const Complain& complain) {
    std::set<PlainState> seen = initial();
    std::deque<PlainState> left(seen.begin(), seen.end());
    for (std::uint64_t count = 0; count < states_max && !left.empty(); ++count) {
      const PlainState state = std::move(left.front());
      left.pop_front();
      std::vector<Possibility> next = ahead(state);
      if (const char* const complaint = complain(state, next)) {
        return told(complaint, state);
      }
      for (Possibility& possibility : next) {
        if (!possibility.pruned && seen.insert(possibility.target).second) {
          left.push_back(std::move(possibility.target));
        }
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string told(const char* complaint, const PlainState& state) const {
    return std::string(complaint) + ": " + to_line(system_.describe(state));
  }

 private:
  const System& system_;
  std::unique_ptr<Worker> worker_;
  PropertyMask predicates_ = 0;
  PropertyMask steps_ = 0;
};

}  // namespace plimsoll::checker
