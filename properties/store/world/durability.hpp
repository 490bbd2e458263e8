// What was acknowledged is not lost.
//
// Sources: etcd tests/robustness/README.md, "durability"; Ongaro and Ousterhout, "In Search of an
// Understandable Consensus Algorithm" (2014), section 5.4.3 (leader completeness).
#pragma once

#include "properties/store/world/assembly.hpp"
#include "properties/store/world/declaring.hpp"

namespace plimsoll::properties::store {

/// `acknowledged-writes-survive`: every put, delete and transaction that a client was told of is in the store
/// of a member that has everything.
///
/// Of replicas of an agreed log, that is one which has applied all of it. With Raft it is a leader that a
/// quorum follows in its term and that has applied all it knows to be committed, an entry of its term among
/// it: whatever was committed in earlier terms is in its log, and nothing can be committed in a later one.
/// What is compacted is judged by its revision alone.
void declare_durability(const Assembly& assembly, Declaring& declaring);

}  // namespace plimsoll::properties::store
