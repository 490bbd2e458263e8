// A compaction that is under way: the index has forgotten old versions, their rows go step by step.
//
// Source: etcd server/storage/mvcc/kvstore_compaction.go (v3.5). Statement: ETCD-7. The marker of what is
// scheduled goes into a batch before the first deletion, the one of what is finished after the last. After a
// crash in between, Mvcc::restore() schedules the same compaction again and begins with the first row.
// Deviates: a further compaction takes the place of the one under way, which it includes; etcd runs them one
// after the other.
#pragma once

#include "impl/store/backend.hpp"

namespace plimsoll::store {

struct Compaction {
  kv::Revision revision = {};
  BucketKey next = {};  ///< rows before it are done
  PLIMSOLL_DESCRIBE(Compaction, revision, next)
};

}  // namespace plimsoll::store
