#include "impl/store/hash.hpp"

#include "impl/base/bytes.hpp"
#include "impl/base/crc32c.hpp"

namespace plimsoll::store {
namespace {

void put_big_endian(base::Bytes& out, std::uint64_t value) {
  for (unsigned shift = 64; shift > 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> (shift - 8) & 0xffU));
  }
}

// revToBytes, appendMarkTombstone: 17 bytes, and a mark.
void put_bucket_key(base::Bytes& out, const BucketKey& at, bool is_tombstone) {
  put_big_endian(out, at.main.value);
  out.push_back('_');
  put_big_endian(out, at.sub);
  if (is_tombstone) {
    out.push_back('t');
  }
}

// Protobuf leaves a field out that is at its default.
void put_text_field(base::ByteWriter& out, unsigned field, const std::string& text) {
  if (!text.empty()) {
    out.put_unsigned(field << 3U | 2U);
    out.put_text(text);
  }
}
void put_number_field(base::ByteWriter& out, unsigned field, std::uint64_t number) {
  if (number != 0) {
    out.put_unsigned(field << 3U);
    out.put_unsigned(number);
  }
}

// mvccpb.KeyValue (api/mvccpb/kv.proto), which of a tombstone has only the key.
base::Bytes protobuf(const Row& row) {
  base::ByteWriter out;
  put_text_field(out, 1, row.kv.key);
  if (!row.is_tombstone) {
    put_number_field(out, 2, row.kv.create_revision.value);
    put_number_field(out, 3, row.kv.mod_revision.value);
    put_number_field(out, 4, row.kv.version);
    put_text_field(out, 5, row.kv.value);
    put_number_field(out, 6, row.kv.lease.value);
  }
  return std::move(out).bytes();
}

// What compaction at `revision` would leave to be read.
bool is_read_at(const Mvcc& store, kv::Revision revision, const BucketKey& at, const Row& row) {
  const KeyIndex* entry = store.index.find(row.kv.key);
  return entry != nullptr && entry->find(revision) == at;
}

}  // namespace

tl::expected<kv::HashResult, kv::ErrorCode> hash_kv(const Mvcc& store, kv::Revision revision) {
  if (revision == kv::Revision{}) {
    revision = store.revision();
  }
  if (revision < store.compact_revision()) {
    return tl::unexpected(kv::ErrorCode::compacted);
  }
  if (revision > store.revision()) {
    return tl::unexpected(kv::ErrorCode::future_revision);
  }
  std::uint32_t crc = base::crc32c(0, "key");
  for (const auto& [at, row] : store.backend.rows) {
    if (at.main > revision) {
      break;
    }
    if (at.main <= store.compact_revision() && !is_read_at(store, revision, at, row)) {
      continue;
    }
    base::Bytes bytes;
    put_bucket_key(bytes, at, row.is_tombstone);
    crc = base::crc32c(crc, bytes);
    crc = base::crc32c(crc, protobuf(row));
  }
  return kv::HashResult{crc, store.compact_revision()};
}

}  // namespace plimsoll::store
