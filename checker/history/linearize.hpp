// Is there an order of the operations that respects real time and a sequential specification?
//
// Algorithm: Wing and Gong, "Testing and verifying concurrent objects" (JPDC 17, 1993), with Lowe's linked
// list and cache of configurations ("Testing for linearizability", 2017): depth-first, an operation may come
// next if no other one returned before it was called. What is added, none of which changes a verdict:
//  - An operation that never returned is optional: the search ends when all that returned are in order. It is
//    tried only where it changes the state, and of equal ones only that which was called first, since it can
//    stand wherever a later one could.
//  - An operation that returned, only reads and agrees with the state is put in order at once and never
//    moved: in every order that continues from here it can be brought to the front. (Not so one that happens
//    to leave this state as it is, a write of the same value: others may need it later.)
//  - A specification may say that a step is hopeless: what is still to come needs a state that nothing left
//    can bring about again.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "checker/history/configurations.hpp"
#include "checker/history/timeline.hpp"

namespace plimsoll::history {

/// A sequential object, and the operations of one history on it: number i is interval i of the history.
template <class S>
concept Specification = requires(S& spec, const S& constant, typename S::State& state, std::uint32_t i) {
  requires std::equality_comparable<typename S::State>;
  { constant.initial() } -> std::same_as<typename S::State>;
  /// Does operation i on `state`. False: the answer it was given is not the object's; `state` may be anything
  /// then. Of one that never returned: true.
  { spec.apply(i, state) } -> std::same_as<bool>;
  { constant.hash(state) } -> std::same_as<std::uint64_t>;
  /// Equal for operations that do the same if they never returned.
  { constant.kind(i) } -> std::same_as<std::uint32_t>;
  /// Whether operation i returned, and changes no state whatever it is.
  { constant.only_reads(i) } -> std::same_as<bool>;
  /// Told whenever operation i is put in order, or taken out again, last in first out.
  spec.linearized(i);
  spec.undone(i);
  /// Whether nothing can come of having left the first state for the second; sound, not complete.
  { constant.hopeless(state, state) } -> std::same_as<bool>;
  /// Whether some answer cannot be had from any order; sound, not complete.
  { constant.impossible() } -> std::same_as<bool>;
};

struct SearchLimits {
  std::uint64_t configurations_max = std::uint64_t{1} << 31U;
  std::uint64_t memory_bytes_max = std::uint64_t{1} << 31U;
  std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt;
  const std::atomic<bool>* interrupted = nullptr;
};

enum class Answer : std::uint8_t { linearizable, not_linearizable, unknown };

struct Linearization {
  Answer answer = Answer::unknown;
  std::vector<std::uint32_t> order = {};  ///< if linearizable: a witness; optional ones may be missing
  std::uint64_t configurations = 0;       ///< visited, distinct
};

template <Specification Spec>
class Linearizer {
 public:
  /// @param intervals  Of the operations of `spec`, by their numbers. Both must outlive this object.
  Linearizer(std::span<const Interval> intervals, Spec& spec, const SearchLimits& limits)
      : limits_(limits), spec_(spec), timeline_(intervals), state_(spec.initial()) {
    find_equal_ones(intervals);
  }

  /// Requires: called once. Cost: exponential in the number of operations that overlap, at worst.
  [[nodiscard]] Linearization run() {
    Linearization result;
    result.answer = search();
    result.configurations = seen_.size();
    if (result.answer == Answer::linearizable) {
      for (const Step& step : steps_) {
        result.order.push_back(step.operation);
      }
    }
    return result;
  }

 private:
  using State = typename Spec::State;
  struct Step {
    Timeline::Place place = 0;
    std::uint32_t operation = 0;
    bool is_forced = false;
    State before = {};
  };
  static constexpr std::uint32_t none = 0xffff'ffff;

  void find_equal_ones(std::span<const Interval> intervals) {
    earlier_equal_.assign(intervals.size(), none);
    std::vector<std::uint32_t> last;
    for (auto place = timeline_.first(); !timeline_.at_end(place); place = timeline_.after(place)) {
      const std::uint32_t operation = timeline_.operation(place);
      if (timeline_.has_returned(operation)) {
        continue;
      }
      const std::uint32_t kind = spec_.kind(operation);
      last.resize(std::max<std::size_t>(last.size(), kind + std::size_t{1}), none);
      earlier_equal_[operation] = std::exchange(last[kind], operation);
    }
  }

  [[nodiscard]] Answer search() {
    if (spec_.impossible()) {
      return Answer::not_linearizable;
    }
    put_what_only_reads();
    Timeline::Place place = timeline_.first();
    while (timeline_.left() > 0) {
      if (is_over()) {
        return Answer::unknown;
      }
      if (!timeline_.at_end(place) && timeline_.is_call(place)) {
        place = try_next(place) ? timeline_.first() : timeline_.after(place);
      } else if (const auto resumed = back()) {
        place = timeline_.after(*resumed);
      } else {
        return Answer::not_linearizable;
      }
    }
    return Answer::linearizable;
  }

  /// Puts the operation called at `place` next in order, if that is legal and leads to something new.
  bool try_next(Timeline::Place place) {
    const std::uint32_t operation = timeline_.operation(place);
    const bool is_optional = !timeline_.has_returned(operation);
    if (is_optional && earlier_equal_[operation] != none && !timeline_.is_lifted(earlier_equal_[operation])) {
      return false;
    }
    State after = state_;
    if (!spec_.apply(operation, after) || (is_optional && after == state_)) {
      return false;
    }
    put(place, operation, false);
    const bool is_hopeless = spec_.hopeless(state_, after);
    state_ = std::move(after);
    if (!is_hopeless) {
      put_what_only_reads();
      if (seen_.insert(timeline_.lifted_returned(), timeline_.lifted_pending(), state_, spec_.hash(state_))) {
        return true;
      }
    }
    (void)back();
    return false;
  }

  void put(Timeline::Place place, std::uint32_t operation, bool is_forced) {
    steps_.push_back({place, operation, is_forced, state_});
    timeline_.lift(operation);
    spec_.linearized(operation);
  }

  void put_what_only_reads() {
    Timeline::Place place = timeline_.first();
    while (!timeline_.at_end(place) && timeline_.is_call(place)) {
      const std::uint32_t operation = timeline_.operation(place);
      State after = state_;
      if (spec_.only_reads(operation) && spec_.apply(operation, after)) {
        const Timeline::Place before = timeline_.before(place);
        put(place, operation, true);
        place = timeline_.after(before);
      } else {
        place = timeline_.after(place);
      }
    }
  }

  /// Takes out the last choice and all that followed from it. Nothing if there was no choice left.
  std::optional<Timeline::Place> back() {
    while (!steps_.empty()) {
      Step step = std::move(steps_.back());
      steps_.pop_back();
      timeline_.put_back(step.operation);
      spec_.undone(step.operation);
      state_ = std::move(step.before);
      if (!step.is_forced) {
        return step.place;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_over() {
    if (seen_.size() >= limits_.configurations_max) {
      return true;
    }
    // Clocks and atomics cost more than a step.
    constexpr std::uint64_t steps_between_looks = 1024;
    if (++steps_taken_ % steps_between_looks != 0) {
      return false;
    }
    return seen_.memory_bytes() > limits_.memory_bytes_max ||
           (limits_.interrupted != nullptr && limits_.interrupted->load(std::memory_order_relaxed)) ||
           (limits_.deadline && std::chrono::steady_clock::now() > *limits_.deadline);
  }

  SearchLimits limits_;
  Spec& spec_;
  Timeline timeline_;
  State state_;
  std::vector<std::uint32_t> earlier_equal_ = {};  ///< of the same kind, called before, or none
  std::vector<Step> steps_ = {};
  Configurations<State> seen_ = {};
  std::uint64_t steps_taken_ = 0;
};

}  // namespace plimsoll::history
