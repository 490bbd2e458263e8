#include "model/store/data.hpp"

#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::model::store {

std::optional<kv::KeyValue> Change::find(const std::string& key) const {
  const auto found = data_.keys.find(key);
  return found == data_.keys.end() ? std::nullopt : std::optional(found->second);
}

// ETCD-2: a live key keeps its create_revision, a new one starts at version 1; the lease is replaced.
void Change::put(const std::string& key, const std::string& value, kv::LeaseId lease) {
  kv::KeyValue& kv = data_.keys[key];
  if (kv.version == 0) {
    kv.key = key;
    kv.create_revision = revision_;
  }
  kv.value = value;
  kv.mod_revision = revision_;
  kv.version += 1;
  kv.lease = lease;
  events_.push_back({kv::EventType::put, kv, {}});
}

// ETCD-1, 2: deleting nothing changes nothing; what is deleted leaves no trace in the present.
std::vector<kv::KeyValue> Change::remove_if(const std::function<bool(const kv::KeyValue&)>& goes) {
  std::vector<kv::KeyValue> gone;
  std::erase_if(data_.keys, [&](const auto& entry) {
    if (!goes(entry.second)) {
      return false;
    }
    gone.push_back(entry.second);
    return true;
  });
  for (const kv::KeyValue& kv : gone) {
    kv::Event event{kv::EventType::remove, {}, {}};
    event.kv.key = kv.key;
    event.kv.mod_revision = revision_;
    events_.push_back(std::move(event));
  }
  return gone;
}

std::vector<kv::Event> Change::end() {
  if (!events_.empty()) {
    data_.revision = revision_;
  }
  return std::move(events_);
}

std::vector<std::string> keys_of(const Data& data, kv::LeaseId lease) {
  std::vector<std::string> keys;
  for (const auto& [key, kv] : data.keys) {
    if (kv.lease == lease) {
      keys.push_back(key);
    }
  }
  return keys;
}

std::vector<kv::Event> revoke(Data& data, kv::LeaseId lease) {
  const std::size_t erased = data.leases.erase(lease);
  PLIMSOLL_ASSERT(erased == 1);
  Change change(data);
  (void)change.remove_if([&](const kv::KeyValue& kv) { return kv.lease == lease; });
  return change.end();
}

}  // namespace plimsoll::model::store
