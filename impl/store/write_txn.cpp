#include "impl/store/write_txn.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::store {
namespace {

void append_row(Mvcc& store, BucketKey at, Row row) {
  store.rows_bytes += size_bytes(row);
  store.backend.rows.append(at, std::move(row));
}

}  // namespace

WriteTxn Mvcc::begin() {
  return WriteTxn(*this);
}

WriteTxn::~WriteTxn() {
  PLIMSOLL_ASSERT(ended_);
}

BucketKey WriteTxn::next_key() const {
  return {store_.current.next(), changes_};
}

const kv::KeyValue* WriteTxn::put(std::string key, std::string value, kv::LeaseId lease) {
  const BucketKey at = next_key();
  KeyIndex& entry = store_.index.entry(key);
  const auto previous = entry.live() ? std::optional<BucketKey>(entry.newest()) : std::nullopt;
  entry.put(at);
  append_row(store_, at, {{std::move(key), std::move(value), entry.created, at.main, entry.version, lease}});
  ++changes_;
  // Rows may have moved, so this one is looked up now.
  return previous ? &store_.backend.rows.find(*previous)->kv : nullptr;
}

std::vector<const kv::KeyValue*> WriteTxn::remove(const kv::KeyRange& range) {
  std::vector<BucketKey> live;
  for (const auto& [key, entry] : store_.index.span(range)) {
    if (entry.live()) {
      live.push_back(entry.newest());
    }
  }
  std::vector<const kv::KeyValue*> removed;
  for (const BucketKey& each : live) {
    const BucketKey at = next_key();
    const std::string key = store_.backend.rows.find(each)->kv.key;
    store_.index.entry(key).tombstone(at);
    append_row(store_, at, {{.key = key, .mod_revision = at.main}, true});
    ++changes_;
  }
  removed.reserve(live.size());
  for (const BucketKey& each : live) {
    removed.push_back(&store_.backend.rows.find(each)->kv);
  }
  return removed;
}

tl::expected<kv::RangeResult, kv::ErrorCode> WriteTxn::range(const kv::RangeRequest& request) const {
  return store_.range(request, revision());
}

const kv::KeyValue* WriteTxn::find(const std::string& key) const {
  return store_.find(key);
}

kv::Revision WriteTxn::revision() const {
  return changed() ? store_.current.next() : store_.current;
}

std::vector<kv::Event> WriteTxn::end() {
  PLIMSOLL_ASSERT(!ended_);
  ended_ = true;
  if (!changed()) {
    return {};
  }
  store_.current = store_.current.next();
  return store_.changes(store_.current, store_.current);
}

}  // namespace plimsoll::store
