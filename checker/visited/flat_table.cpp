#include "checker/visited/flat_table.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <new>

#include "checker/system/content_hash.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint64_t initial_capacity = std::uint64_t{1} << 15U;

std::uint64_t physical_memory_bytes() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/// A quarter, for there are several tables and much else; without a limit, more than any machine has.
std::uint64_t allowed_address_bytes() {
  rlimit limit{};
  const bool is_limited = getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return is_limited ? limit.rlim_cur / 4 : std::uint64_t{1} << 46U;
}

}  // namespace

FlatTable::FlatTable(Keys keys, unsigned growers)
    : keys_(keys), growers_(growers), capacity_(initial_capacity) {
  PLIMSOLL_ASSERT(growers >= 1);
  map_memory();
}

FlatTable::~FlatTable() {
  munmap(entries_, mapped_bytes_);
}

/// Reserves addresses for a table as large as the machine's memory; pages cost nothing until they are
/// touched.
void FlatTable::map_memory() {
  mapped_bytes_ = std::min(std::max<std::uint64_t>(physical_memory_bytes(), std::uint64_t{1} << 30U),
                           allowed_address_bytes());
  void* memory = MAP_FAILED;
  while (memory == MAP_FAILED) {
    if (mapped_bytes_ < (initial_capacity + padding) * sizeof(Entry)) {
      throw std::bad_alloc();
    }
    memory = mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                  -1, 0);
    if (memory == MAP_FAILED) {
      mapped_bytes_ /= 2;
    }
  }
  // A probe is a random access: with huge pages it misses the cache but not the translation buffer as well.
  madvise(memory, mapped_bytes_, MADV_HUGEPAGE);
  entries_ = static_cast<Entry*>(memory);
}

TableHint FlatTable::hint() const {
  PLIMSOLL_ASSERT(keys_ == Keys::random);
  return {reinterpret_cast<const std::byte*>(entries_), capacity_, sizeof(Entry)};
}

bool FlatTable::insert(std::uint64_t key, Origin origin) {
  Origin held = 0;
  return insert(key, origin, held);
}

std::uint32_t FlatTable::insert_value(std::uint64_t key, std::atomic<std::uint32_t>& next, bool& is_new) {
  return insert_value(key, [&next] { return next.fetch_add(1, std::memory_order_relaxed); }, is_new);
}

Origin FlatTable::origin_of(std::uint64_t key) const {
  std::uint64_t i = home(key);
  while (entries_[i].key.load(std::memory_order_relaxed) != key) {
    ++i;
    PLIMSOLL_ASSERT(i < capacity_ + padding);
  }
  return entries_[i].origin.load(std::memory_order_relaxed);
}

bool FlatTable::reserve(std::uint64_t count) {
  const std::uint64_t before = promised_.fetch_add(count, std::memory_order_relaxed);
  if (before + count <= used_max(capacity_)) {
    return true;
  }
  promised_.fetch_sub(count, std::memory_order_relaxed);
  return false;
}

}  // namespace plimsoll::checker
