// Linearizability, one event at a time: what may have happened so far, as a value that a world can keep in a
// slot beside its processes.
//
// Algorithm: the set of configurations of Wing and Gong's search, moved on by each return ("just-in-time
// linearization", Lowe, "Testing for linearizability", 2017, section 6). A configuration is a state of the
// object, and the answers of those operations that have taken effect and have not returned. The set is empty
// once the history is not linearizable.
//
// Canonical: of the configurations that are possible, only those are kept that cannot be reached from another
// possible one by letting operations take effect. All others follow from them, so histories that leave the
// same possibilities leave the same value: states of a world that differ only in how they came about are one.
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/base/described.hpp"

namespace plimsoll::history {

/// Whose operation it is; a process that has several at once numbers them.
struct Caller {
  base::ProcessId process = {};
  std::uint32_t number = 0;
  PLIMSOLL_DESCRIBE(Caller, process, number)
};

/// A sequential object, of described types.
template <class O>
concept SequentialObject =
    std::totally_ordered<typename O::State> && std::totally_ordered<typename O::Request> &&
    std::totally_ordered<typename O::Result> &&
    requires(typename O::State& state, const typename O::Request& request, const typename O::Result& result) {
      { O::perform(state, request) } -> std::same_as<typename O::Result>;
      /// Whether the second of two results may have been told where the object said the first.
      { O::agrees(request, result, result) } -> std::same_as<bool>;
      /// Sound, not complete.
      { O::only_reads(request) } -> std::same_as<bool>;
    };

/// A described value. Default: nothing was called, the object is fresh.
///
/// Thread-safety: none. Invariants: (1) answers are of open operations; (2) no possibility can be reached
/// from another; (3) an operation that nobody waits for is in `abandoned` until it has taken effect in all
/// possibilities; (4) when the history is violated, nothing else is known.
template <SequentialObject Object>
struct Monitor {
  using State = typename Object::State;
  using Request = typename Object::Request;
  using Result = typename Object::Result;

  struct Possibility {
    State state = {};
    std::map<Caller, Result> answers = {};           ///< of operations that took effect
    std::map<Request, std::uint32_t> effected = {};  ///< how many of each abandoned one took effect
    PLIMSOLL_DESCRIBE(Possibility, state, answers, effected)
  };

  bool violated = false;
  std::map<Caller, Request> open = {};
  std::map<Request, std::uint32_t> abandoned = {};  ///< how many of each may still take effect somewhere
  std::set<Possibility> possible = {Possibility{}};
  PLIMSOLL_DESCRIBE(Monitor, violated, open, abandoned, possible)

  /// Requires: `caller` has no open operation.
  void invoke(const Caller& caller, Request request) {
    if (violated) {
      return;
    }
    const bool is_new = open.try_emplace(caller, std::move(request)).second;
    PLIMSOLL_ASSERT(is_new);
  }

  /// The open operation of `caller` was answered. Requires: it has one, unless the history is violated.
  /// Cost: exponential in the operations that are open or abandoned.
  void returned(const Caller& caller, const Result& told) {
    if (violated) {
      return;
    }
    const Request request = take(caller);
    std::set<Possibility> agreeing;
    std::set<Possibility> seen;
    for (const Possibility& one : possible) {
      answer(one, caller, request, told, seen, agreeing);
    }
    possible = std::move(agreeing);
    reduce();
  }

  /// Nobody will know the answer: the operation may take effect at any time, or never. Requires as
  /// returned().
  void abandon(const Caller& caller) {
    if (violated) {
      return;
    }
    const Request request = take(caller);
    const bool matters = !Object::only_reads(request);
    abandoned[request] += matters ? 1 : 0;
    std::set<Possibility> forgetful;
    for (Possibility one : possible) {
      if (one.answers.erase(caller) > 0 && matters) {
        ++one.effected[request];
      }
      forgetful.insert(std::move(one));
    }
    possible = std::move(forgetful);
    reduce();
  }

  /// The operation did not happen, for certain. Requires as returned().
  void refuse(const Caller& caller) {
    if (violated) {
      return;
    }
    (void)take(caller);
    std::erase_if(possible, [&](const Possibility& one) { return one.answers.contains(caller); });
    reduce();
  }

 private:
  [[nodiscard]] Request take(const Caller& caller) {
    const auto found = open.find(caller);
    PLIMSOLL_ASSERT(found != open.end());
    Request request = std::move(found->second);
    open.erase(found);
    return request;
  }

  /// All that may have happened from `one` on until `caller` was told: its operation comes last.
  void answer(const Possibility& one, const Caller& caller, const Request& request, const Result& told,
              std::set<Possibility>& seen, std::set<Possibility>& agreeing) const {
    if (!seen.insert(one).second) {
      return;
    }
    Possibility after = one;
    if (const auto given = one.answers.find(caller); given != one.answers.end()) {
      if (Object::agrees(request, given->second, told)) {
        after.answers.erase(caller);
        agreeing.insert(std::move(after));
      }
      return;
    }
    if (Object::agrees(request, Object::perform(after.state, request), told)) {
      agreeing.insert(std::move(after));
    }
    each_next(one, [&](const Possibility& next) { answer(next, caller, request, told, seen, agreeing); });
  }

  /// Calls `visit` with what `one` becomes by an operation that takes effect.
  template <class Visit>
  void each_next(const Possibility& one, const Visit& visit) const {
    for (const auto& [other, request] : open) {
      if (!one.answers.contains(other)) {
        Possibility next = one;
        Result result = Object::perform(next.state, request);
        next.answers.emplace(other, std::move(result));
        visit(next);
      }
    }
    for (const auto& [request, count] : abandoned) {
      const auto found = one.effected.find(request);
      if (found == one.effected.end() || found->second < count) {
        Possibility next = one;
        (void)Object::perform(next.state, request);
        ++next.effected[request];
        visit(next);
      }
    }
  }

  void reduce() {
    if (possible.empty()) {
      *this = Monitor{};
      violated = true;
      possible.clear();
      return;
    }
    forget_effected();
    if (possible.size() > 1) {
      std::set<Possibility> reached;
      for (const Possibility& one : possible) {
        each_next(one, [&](const Possibility& next) { reach(next, reached); });
      }
      std::erase_if(possible, [&](const Possibility& one) { return reached.contains(one); });
    }
  }

  void reach(const Possibility& one, std::set<Possibility>& reached) const {
    if (reached.insert(one).second) {
      each_next(one, [&](const Possibility& next) { reach(next, reached); });
    }
  }

  /// What took effect in all possibilities need not be known any more.
  void forget_effected() {
    for (auto place = abandoned.begin(); place != abandoned.end();) {
      const Request& request = place->first;
      std::uint32_t least = place->second;
      for (const Possibility& one : possible) {
        const auto found = one.effected.find(request);
        least = std::min(least, found == one.effected.end() ? 0 : found->second);
      }
      if (least > 0) {
        forget(request, least);
      }
      place->second -= least;
      place = place->second == 0 ? abandoned.erase(place) : std::next(place);
    }
  }
  void forget(const Request& request, std::uint32_t count) {
    std::set<Possibility> without;
    for (Possibility one : possible) {
      const auto found = one.effected.find(request);
      found->second -= count;
      if (found->second == 0) {
        one.effected.erase(found);
      }
      without.insert(std::move(one));
    }
    possible = std::move(without);
  }
};

}  // namespace plimsoll::history
