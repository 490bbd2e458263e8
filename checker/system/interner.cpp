#include "checker/system/interner.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <deque>
#include <mutex>
#include <vector>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::size_t arena_block_bytes = 1U << 16U;

/// The 64 low bits of a content hash are already well mixed.
struct ContentBits {
  using is_avalanching = void;
  std::size_t operator()(std::uint64_t bits) const noexcept { return bits; }
};

}  // namespace

struct Interner::Shard {
  std::mutex mutex;
  /// By the low half of the content hash: ids that share it, nearly always one.
  boost::unordered_flat_map<std::uint64_t, std::vector<Slot>, ContentBits> ids;
  std::deque<std::unique_ptr<char[]>> arena;
  char* arena_next = nullptr;
  std::size_t arena_left = 0;
};

Interner::Interner()
    : shards_(std::make_unique<std::array<Shard, shard_count>>()),
      segments_(std::make_unique<std::atomic<Entry*>[]>(segment_count)) {
  memory_bytes_ = sizeof(Shard) * shard_count;
}

Interner::~Interner() {
  for (std::uint32_t i = 0; i < segment_count; ++i) {
    delete[] segments_[i].load();
  }
}

Slot Interner::intern(std::string_view bytes) {
  return intern(bytes, hash_bytes(bytes));
}

Slot Interner::intern(std::string_view bytes, const ContentHash& content) {
  bool is_new = false;
  return find_or_add(bytes, content, is_new);
}

Slot Interner::intern(std::string_view bytes, bool& is_new) {
  return find_or_add(bytes, hash_bytes(bytes), is_new);
}

Slot Interner::find_or_add(std::string_view bytes, const ContentHash& content, bool& is_new) {
  is_new = false;
  Shard& shard = (*shards_)[content.high % shard_count];
  const std::lock_guard<std::mutex> lock(shard.mutex);
  std::vector<Slot>& same = shard.ids[content.low];
  for (const Slot id : same) {
    if (entry(id).bytes == bytes) {
      return id;
    }
  }
  // Aligned, so that values made of 32-bit words can be read in place.
  const std::size_t padded = (bytes.size() + 7) / 8 * 8;
  if (shard.arena_left < padded) {
    const std::size_t size = std::max(arena_block_bytes, padded);
    shard.arena.push_back(std::make_unique<char[]>(size));
    shard.arena_next = shard.arena.back().get();
    shard.arena_left = size;
    memory_bytes_.fetch_add(size, std::memory_order_relaxed);
  }
  char* copy = shard.arena_next;
  if (!bytes.empty()) {
    std::memcpy(copy, bytes.data(), bytes.size());
  }
  shard.arena_next += padded;
  shard.arena_left -= padded;
  const Slot id = add({copy, bytes.size()}, content);
  is_new = true;
  same.push_back(id);
  // The table is two thirds full on average, and a vector of one id takes as much as the allocator gives.
  constexpr std::uint64_t table_bytes = 88;
  memory_bytes_.fetch_add(table_bytes, std::memory_order_relaxed);
  return id;
}

Slot Interner::add(std::string_view bytes, const ContentHash& content) {
  const Slot id = size_.fetch_add(1, std::memory_order_acq_rel);
  PLIMSOLL_ASSERT((id >> segment_bits) < segment_count);
  std::atomic<Entry*>& segment = segments_[id >> segment_bits];
  Entry* entries = segment.load(std::memory_order_acquire);
  if (entries == nullptr) {
    auto fresh = std::make_unique<Entry[]>(segment_size);
    if (segment.compare_exchange_strong(entries, fresh.get(), std::memory_order_acq_rel)) {
      entries = fresh.release();
      memory_bytes_.fetch_add(sizeof(Entry) * segment_size, std::memory_order_relaxed);
    }
  }
  entries[id & (segment_size - 1)] = {bytes, content};
  return id;
}

}  // namespace plimsoll::checker
