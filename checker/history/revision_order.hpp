// Linearizability of what answers with a revision, in one pass over the revisions.
//
// Algorithm: a store counts its changes, and every answer says how many there were. So an operation that
// changed something stands where its revision says, all others between that change and the next, and nothing
// is left to search: real time is verified between neighbours, answers by doing one operation after the other
// (etcd's robustness tests do so for reads of the past, tests/robustness/validate/operations.go). What is
// left are operations that never returned. A revision that nobody claims was made by one of them, the rest
// did not happen or came last. Where answers show what was written at such a revision there is one candidate;
// elsewhere candidates are tried, those first that no shown revision needs, and taken back if need be.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checker/history/history.hpp"
#include "checker/history/linearize.hpp"

namespace plimsoll::history {

/// Operations that contradict each other.
struct Clash {
  std::string reason = {};                     ///< a sentence
  std::vector<std::uint32_t> operations = {};  ///< in order of call, each once
};

struct RevisionOrder {
  Answer answer = Answer::unknown;        ///< unknown: too many candidates were tried
  std::vector<std::uint32_t> order = {};  ///< if linearizable: a witness, without reads of the past
  std::uint64_t tried = 0;                ///< candidates for revisions that nobody claims
  std::optional<Clash> clash = {};        ///< if not linearizable
};

/// Whether there is something to go by: a model whose revisions mean something, and a revision in every
/// answer.
[[nodiscard]] bool carry_revisions(Model model, std::span<const Operation> operations);

/// Judges operations on a whole store, all keys at once. Of registers, revisions that nobody claims may be
/// those of others who use the store; a store starts fresh, at revision 1, and nobody else uses it.
///
/// Answers of reads of the past are judged by the state at the revision that they read; of two kinds: those
/// of an older revision are placed in time by the store's revision, serializable ones are not placed.
///
/// @param seen  What watches were sent, which must fit too: it shows what was written at revisions that
/// nobody
///              claims, and how far the store was.
/// Requires: carry_revisions(). Pure. Cost: n log n, if no candidate has to be taken back.
[[nodiscard]] RevisionOrder order_by_revision(Model model, std::span<const Operation> operations,
                                              const Values& values, const SearchLimits& limits,
                                              std::span<const WatchMessage> seen = {});

}  // namespace plimsoll::history
