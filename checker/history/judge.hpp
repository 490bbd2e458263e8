// The verdict on a history, and for a violation the smallest part of it that shows why.
//
// A history is linearizable if for each key the operations on that key are (Herlihy and Wing,
// "Linearizability: a correctness condition for concurrent objects", TOPLAS 12(3), 1990, theorem 1), so keys
// are judged one by one. The prefixes of a linearizable history are linearizable, so the longest one is found
// by bisection. Of the shortest prefix that is not, few operations are kept and all others freed: a freed one
// may have happened at any time, or never, with any answer. If none can be freed any more without an order
// turning up, those kept contradict each other, whatever the others did.
//
// A store whose answers carry revisions is judged by them, all keys at once (revision_order.hpp): only if
// that gives no answer is there a search. Without them, those keys of a store that no request joins are
// judged alone.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checker/history/history.hpp"
#include "checker/history/linearize.hpp"

namespace plimsoll::history {

/// Why the operations on one key are not linearizable.
struct Violation {
  Value key = nil;                         ///< nil too if it is not about one key
  std::vector<Operation> operations = {};  ///< on that key, in order of call
  std::string reason = {};  ///< a sentence, if revisions contradict each other; otherwise empty
  /// Times of returns: what happened before or at the first is linearizable; what happened before or at the
  /// second is not.
  std::optional<std::uint64_t> good_until = std::nullopt;
  std::uint64_t bad_at = 0;                  ///< both are not found out if there is a reason
  std::uint32_t failing = 0;                 ///< of `operations`: the one that returned at bad_at
  std::vector<std::uint32_t> contradiction;  ///< of `operations`, in order of call; the failing one is in it
  std::vector<std::uint32_t> overlapping;    ///< of `operations`: those that overlap the failing one
};

struct Verdict {
  Answer answer = Answer::unknown;
  std::uint64_t keys = 0;
  std::uint64_t configurations = 0;
  bool by_revision = false;                           ///< no search was needed
  std::optional<Violation> violation = std::nullopt;  ///< of the first key that has one
};

/// Judges operations on one key. Pure but for `values`, which may get new ones; the order of the witness is
/// of numbers in `operations`.
[[nodiscard]] Linearization linearize(Model model, std::span<const Operation> operations, Values& values,
                                      const SearchLimits& limits);

/// Judges all keys until one is not linearizable. Unknown: a limit came first on some key, and no other is
/// not linearizable. Limits hold for each key.
[[nodiscard]] Verdict judge(History& history, const SearchLimits& limits);

/// The explanation of a violation: judge() leaves only `key` and `operations` filled, and `reason` and
/// `contradiction` where revisions decided, so that the verdict can be had alone. Where a limit comes first
/// the part shown is larger than need be, but still a violation. Requires: `violation` is of judge(history,
/// ...).
void explain(Violation& violation, History& history, const SearchLimits& limits);

}  // namespace plimsoll::history
