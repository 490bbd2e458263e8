// How a FlatTable grows in place: by blocks, from the top, each moved by all threads at once.
//
// Growing by a factor r sends what lives at home h to r * h. So of the entries below `end`, with all above it
// moved already, those whose homes are at or above end / r move to `end` or beyond: a block whose old and new
// places do not overlap. Its pieces are moved by several threads, which meet only where they claim new
// places, by compare-and-swap as insertion does. The next block ends where this one begins, and is smaller by
// the factor r. What is left at the bottom, a few thousand entries, moves cluster by cluster.
#include <algorithm>
#include <new>
#include <utility>
#include <vector>

#include "checker/system/crew.hpp"
#include "checker/visited/flat_table.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// Fewer entries are moved before a thread has started.
constexpr std::uint64_t piece_min = std::uint64_t{1} << 15U;

}  // namespace

bool FlatTable::grow(std::uint64_t count, std::uint64_t memory_bytes_max) {
  std::uint64_t capacity = capacity_ + capacity_ / 2;
  while (size() + count > used_max(capacity)) {
    capacity += capacity / 2;
  }
  const std::uint64_t bytes = (capacity + padding) * sizeof(Entry);
  if (bytes > memory_bytes_max || bytes > mapped_bytes_) {
    return false;
  }
  const std::uint64_t old_capacity = std::exchange(capacity_, capacity);
  try {
    rehash_in_place(old_capacity);
  } catch (const std::bad_alloc&) {
    // Nothing was moved yet.
    capacity_ = old_capacity;
    return false;
  }
  return true;
}

void FlatTable::rehash_in_place(std::uint64_t old_capacity) {
  // Once entries are lifted, running out of memory would lose them, so it is taken before the first. Clusters
  // are far shorter than that; should one not be, the process ends rather than the table lies.
  std::vector<std::pair<std::uint64_t, Origin>> cluster;
  cluster.reserve(padding);
  std::uint64_t end = old_capacity + padding;
  while (end > 2 * padding) {
    const std::uint64_t begin = lowest_source(end, old_capacity);
    if (begin == end) {
      break;
    }
    const auto pieces = static_cast<unsigned>(
        std::clamp<std::uint64_t>((end - begin) / piece_min, 1, std::uint64_t{growers_}));
    const auto move_piece = [&](unsigned piece) {
      move_up(begin + (end - begin) * piece / pieces, begin + (end - begin) * (piece + 1) / pieces,
              pieces == 1);
    };
    run_crew(pieces, move_piece, move_piece);
    end = begin;
  }
  move_clusters(end, cluster);
}

/// The first place from which on all entries below `end` move to `end` or beyond. Where a cluster begins,
/// nothing that follows has its home before it.
std::uint64_t FlatTable::lowest_source(std::uint64_t end, std::uint64_t old_capacity) const {
  __extension__ using Wide = unsigned __int128;
  auto begin = static_cast<std::uint64_t>(static_cast<Wide>(end) * old_capacity / capacity_) + 2;
  while (begin < end && entries_[begin - 1].key.load(std::memory_order_relaxed) != 0) {
    ++begin;
  }
  return std::min(begin, end);
}

/// Moves the entries of [begin, end) to their new places, all of which lie beyond what is being moved.
/// @param alone  No other thread moves entries: places need not be claimed.
void FlatTable::move_up(std::uint64_t begin, std::uint64_t end, bool alone) {
  for (std::uint64_t i = begin; i < end; ++i) {
    Entry& entry = entries_[i];
    const std::uint64_t key = entry.key.load(std::memory_order_relaxed);
    if (key == 0) {
      continue;
    }
    const Origin origin = entry.origin.load(std::memory_order_relaxed);
    if (alone) {
      place(key, origin);
    } else {
      bool claimed = false;
      find_or_claim(key, claimed).origin.store(origin, std::memory_order_relaxed);
    }
    entry.key.store(0, std::memory_order_relaxed);
    entry.origin.store(0, std::memory_order_relaxed);
  }
}

void FlatTable::place(std::uint64_t key, Origin origin) {
  std::uint64_t i = home(key);
  while (entries_[i].key.load(std::memory_order_relaxed) != 0) {
    ++i;
  }
  PLIMSOLL_ASSERT(i < capacity_ + padding);
  entries_[i].key.store(key, std::memory_order_relaxed);
  entries_[i].origin.store(origin, std::memory_order_relaxed);
}

/// Moves what lies below `end`, the highest cluster first: its members' new homes are at or above its first
/// entry, and all above it is already in place.
void FlatTable::move_clusters(std::uint64_t end, std::vector<std::pair<std::uint64_t, Origin>>& cluster) {
  while (end > 0) {
    cluster.clear();
    for (; end > 0 && entries_[end - 1].key.load(std::memory_order_relaxed) != 0; --end) {
      Entry& entry = entries_[end - 1];
      PLIMSOLL_ASSERT(cluster.size() < cluster.capacity());
      cluster.emplace_back(entry.key.load(std::memory_order_relaxed),
                           entry.origin.load(std::memory_order_relaxed));
      entry.key.store(0, std::memory_order_relaxed);
      entry.origin.store(0, std::memory_order_relaxed);
    }
    for (const auto& [key, origin] : cluster) {
      place(key, origin);
    }
    end -= end > 0 ? 1 : 0;
  }
}

}  // namespace plimsoll::checker
