// What a world may choose about the spec's store.
#pragma once

#include <cstddef>

#include "impl/base/ids.hpp"

namespace plimsoll::model::store {

/// Every choice but `terse` is etcd's behaviour in some configuration. What is left out makes fewer states.
struct Config {
  /// false: the store compacts itself to each revision it reaches, so that no past makes equal presents
  /// differ. Every behaviour is still one of etcd's, but a watch that is late by more than one revision is
  /// always told `compacted`. Use it where that, too, is intended, or where no client can come late.
  bool keep_history = true;
  base::Ticks lease_ttl_min{1};  ///< shorter TTLs are raised to this (ETCD-9)
  /// false: a range at a revision and a watch with prev_kv are assertions, as nothing is kept to answer them.
  bool keep_versions = true;
  /// true: answers hold what a client that reads keys and events looks at. Ranges are not counted, and a
  /// watch does not say that it is created or, when asked to end, canceled.
  bool terse = false;
  /// etcd's limit, 9,000,000,000 s, is more than Ticks hold: their largest value stands for all beyond it.
  base::Ticks lease_ttl_max{0xfffffffe};
  std::size_t txn_operations_max = 128;  ///< etcd's --max-txn-ops
};

}  // namespace plimsoll::model::store
