// What the store holds now, and the one way to change it: a revision in the making.
//
// Source: ETCD-1, 2 and 9 of the semantics; etcd server/storage/mvcc, server/lease (v3.5).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/ids.hpp"
#include "impl/base/kv.hpp"
#include "model/store/ranges.hpp"

namespace plimsoll::model::store {

/// The present. Default: a fresh store, which is at revision 1 (ETCD-1).
///
/// Invariants: (1) no mod_revision is above `revision`; (2) a key's lease is 0 or in `leases`. Which keys a
/// lease would take with it is read off the keys, so there is nothing to keep in step.
struct Data {
  kv::Revision revision{1};
  Keys keys = {};
  std::map<kv::LeaseId, base::Ticks> leases = {};  ///< the live ones, with the TTL that a keep-alive restores
  PLIMSOLL_DESCRIBE(Data, revision, keys, leases)
};

/// One revision in the making: all that is written through it gets the same one, the next (ETCD-1).
class Change {
 public:
  explicit Change(Data& data) : data_(data), revision_(data.revision.next()) {}

  /// The key as it is, with what was written so far; none: it is absent.
  [[nodiscard]] std::optional<kv::KeyValue> find(const std::string& key) const;
  [[nodiscard]] const Keys& keys() const { return data_.keys; }
  void put(const std::string& key, const std::string& value, kv::LeaseId lease);
  /// Returns what is removed, in key order, which is also the order of the events.
  std::vector<kv::KeyValue> remove_if(const std::function<bool(const kv::KeyValue&)>& goes);
  /// The events of the revision, in order; none: nothing changed, and no revision is used up.
  [[nodiscard]] std::vector<kv::Event> end();

 private:
  Data& data_;
  kv::Revision revision_;
  std::vector<kv::Event> events_ = {};
};

/// The keys that a lease would take with it, in order.
[[nodiscard]] std::vector<std::string> keys_of(const Data& data, kv::LeaseId lease);

/// Ends a lease: it is gone, and its keys with it, in sorted order and in one revision (ETCD-9).
/// Requires: the lease is live. Returns the events of that revision; none if no key was attached.
[[nodiscard]] std::vector<kv::Event> revoke(Data& data, kv::LeaseId lease);

}  // namespace plimsoll::model::store
