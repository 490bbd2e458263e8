// Reads of the multi-version store.
//
// Source: etcd server/storage/mvcc/kvstore_txn.go (rangeKeys), server/etcdserver/txn/txn.go (Range,
// pruneKVs, the sorters; v3.5). Statement: ETCD-5. Deviates: keys that sort equal stay in order of keys; etcd
// promises no order there, and has this one as long as they are few.
#include <algorithm>

#include "impl/base/assert.hpp"
#include "impl/store/mvcc.hpp"

namespace plimsoll::store {
namespace {

const kv::KeyValue& version_at(const Backend& backend, const BucketKey& at) {
  const Row* row = backend.rows.find(at);
  PLIMSOLL_ASSERT(row != nullptr);
  return row->kv;
}

bool has_filters(const kv::RangeRequest& request) {
  const kv::Revision none;
  return request.min_mod_revision != none || request.max_mod_revision != none ||
         request.min_create_revision != none || request.max_create_revision != none;
}

bool within(kv::Revision revision, kv::Revision least, kv::Revision most) {
  return revision >= least && (most == kv::Revision{} || revision <= most);
}

bool passes_filters(const kv::RangeRequest& request, const kv::KeyValue& kv) {
  return within(kv.mod_revision, request.min_mod_revision, request.max_mod_revision) &&
         within(kv.create_revision, request.min_create_revision, request.max_create_revision);
}

bool precedes(kv::SortTarget target, const kv::KeyValue& a, const kv::KeyValue& b) {
  switch (target) {
    case kv::SortTarget::key:
      return a.key < b.key;
    case kv::SortTarget::version:
      return a.version < b.version;
    case kv::SortTarget::create_revision:
      return a.create_revision < b.create_revision;
    case kv::SortTarget::mod_revision:
      return a.mod_revision < b.mod_revision;
    case kv::SortTarget::value:
      return a.value < b.value;
  }
  PLIMSOLL_ASSERT_KNOWN(false, "unknown sort target");
}

using Versions = std::vector<const kv::KeyValue*>;

// Into the order asked for; it was that of keys.
void sort(const kv::RangeRequest& request, Versions& versions) {
  const bool descends = request.sort_order == kv::SortOrder::descend;
  if (!descends && request.sort_target == kv::SortTarget::key) {
    return;
  }
  std::ranges::sort(versions, [&](const kv::KeyValue* a, const kv::KeyValue* b) {
    const kv::KeyValue& lesser = descends ? *b : *a;
    const kv::KeyValue& greater = descends ? *a : *b;
    if (precedes(request.sort_target, lesser, greater)) {
      return true;
    }
    return !precedes(request.sort_target, greater, lesser) && a->key < b->key;
  });
}

kv::KeyValue without_value(const kv::KeyValue& kv) {
  return {kv.key, {}, kv.create_revision, kv.mod_revision, kv.version, kv.lease};
}

kv::Event event_of(const Row& row) {
  return {row.is_tombstone ? kv::EventType::remove : kv::EventType::put, row.kv, std::nullopt};
}

}  // namespace

tl::expected<kv::RangeResult, kv::ErrorCode> Mvcc::range(const kv::RangeRequest& request,
                                                         kv::Revision at) const {
  const kv::Revision newest = at == kv::Revision{} ? current : at;
  const kv::Revision revision = request.revision == kv::Revision{} ? newest : request.revision;
  if (revision > newest) {
    return tl::unexpected(kv::ErrorCode::future_revision);
  }
  if (revision < compacted) {
    return tl::unexpected(kv::ErrorCode::compacted);
  }
  kv::RangeResult result;
  Versions versions;
  for (const auto& [key, entry] : index.span(request.range)) {
    const std::optional<BucketKey> found = entry.find(revision);
    if (!found) {
      continue;
    }
    ++result.count;
    if (!request.count_only) {
      const kv::KeyValue& kv = version_at(backend, *found);
      if (passes_filters(request, kv)) {
        versions.push_back(&kv);
      }
    }
  }
  // etcd fetches everything only if it has to look at it, for an order or a filter; else as many as the
  // limit, and one for `more`. So a target without an order sorts no others than these.
  if (request.limit > 0 && request.sort_order == kv::SortOrder::none && !has_filters(request) &&
      versions.size() > request.limit) {
    versions.resize(request.limit + 1);
  }
  sort(request, versions);
  if (request.limit > 0 && versions.size() > request.limit) {
    versions.resize(request.limit);
    result.more = true;
  }
  result.kvs.reserve(versions.size());
  for (const kv::KeyValue* kv : versions) {
    result.kvs.push_back(request.keys_only ? without_value(*kv) : *kv);
  }
  return result;
}

const kv::KeyValue* Mvcc::find(const std::string& key) const {
  const KeyIndex* entry = index.find(key);
  if (entry == nullptr || !entry->live()) {
    return nullptr;
  }
  return &version_at(backend, entry->newest());
}

std::vector<const kv::KeyValue*> Mvcc::live() const {
  std::vector<const kv::KeyValue*> versions;
  for (const auto& [key, entry] : index.keys) {
    if (entry.live()) {
      versions.push_back(&version_at(backend, entry.newest()));
    }
  }
  return versions;
}

std::vector<kv::Event> Mvcc::changes(kv::Revision from, kv::Revision to) const {
  std::vector<kv::Event> events;
  for (auto row = backend.rows.lower_bound({from, 0}); row != backend.rows.end() && row->first.main <= to;
       ++row) {
    events.push_back(event_of(row->second));
  }
  return events;
}

std::optional<kv::KeyValue> Mvcc::before(const std::string& key, kv::Revision at) const {
  const KeyIndex* entry = index.find(key);
  if (entry == nullptr || at <= compacted) {
    return std::nullopt;
  }
  const std::optional<BucketKey> found = entry->find({at.value - 1});
  return found ? std::optional(version_at(backend, *found)) : std::nullopt;
}

}  // namespace plimsoll::store
