// Sequences of operations that a running etcd and a reference both carry out, and where they come from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "impl/base/kv.hpp"
#include "properties/store/conform/gateway.hpp"

namespace plimsoll::properties::store {

/// Time passes until the short lease has run out, if it is there.
struct LetExpire {
  PLIMSOLL_DESCRIBE(LetExpire)
};

/// One thing that the client does. A WatchCancelRequest follows its watch, and ends it before it has begun to
/// tell anything: more the gateway cannot do.
using Step = std::variant<RequestBody, LetExpire>;
using Sequence = std::vector<Step>;

/// The store in which a sequence begins: at this revision, compacted at it, with the one key that was put
/// then. Revisions in requests count from there.
inline constexpr kv::Revision first_revision{2};
inline constexpr const char* first_key = "m";

/// The lease with this id is granted little time, all others so much that they outlive the sequence.
inline constexpr kv::LeaseId short_lease{9};

/// Sequence number `number` of the seed: puts, deletes, ranges with all options, nested transactions, leases,
/// compactions, watches, and requests that make no sense.
[[nodiscard]] Sequence generate_sequence(std::uint64_t seed, std::uint64_t number);

/// One line for each step, as a person would read it.
[[nodiscard]] std::string sequence_text(const Sequence& sequence);

/// Sequences that are a little simpler, the most promising first: without some of the steps; without parts of
/// a transaction; without an option.
[[nodiscard]] std::vector<Sequence> simpler_sequences(const Sequence& sequence);

}  // namespace plimsoll::properties::store
