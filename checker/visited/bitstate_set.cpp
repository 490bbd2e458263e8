#include "checker/visited/bitstate_set.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <bit>
#include <new>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

BitstateSet::BitstateSet(std::uint64_t bytes) {
  PLIMSOLL_ASSERT(bytes >= bytes_min && bytes <= bytes_max);
  block_words_ = std::bit_floor(std::min<std::uint64_t>(bytes, 64)) / sizeof(Word);
  blocks_ = bytes / (block_words_ * sizeof(Word));
  mapped_bytes_ = memory_bytes();
  void* memory = mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    throw std::bad_alloc();
  }
  // A probe is a random access: with huge pages it misses the cache but not the translation buffer as well.
  madvise(memory, mapped_bytes_, MADV_HUGEPAGE);
  words_ = static_cast<Word*>(memory);
}

BitstateSet::~BitstateSet() {
  munmap(words_, mapped_bytes_);
}

std::unique_ptr<VisitedSet::Scratch> BitstateSet::scratch() const {
  return std::make_unique<Scratch>();
}

/// The block is named by the upper bits, the places in it by the lower 27: no bit of a fingerprint serves
/// twice.
BitstateSet::Word* BitstateSet::block(Fingerprint fingerprint) const {
  __extension__ using Wide = unsigned __int128;
  const auto number = static_cast<std::uint64_t>((static_cast<Wide>(fingerprint) * blocks_) >> 64U);
  return words_ + number * block_words_;
}

TableHint BitstateSet::hint() const {
  return {reinterpret_cast<const std::byte*>(words_), blocks_, block_words_ * sizeof(Word)};
}

/// Sets the state's bits in a fixed order, up to the last one that was seen unset, and finds the state new if
/// it was itself who set that one. So no two threads find equal states new: had one set bit i and the other a
/// later bit j, then the first, which stopped at i, saw j set; but whoever set j had seen or set i before, so
/// the first cannot have set i after it saw j. That another state sets this very bit in between makes for an
/// omission that is no likelier than the others.
bool BitstateSet::set_bits(Word* block, Fingerprint fingerprint) const {
  const std::uint64_t last_bit = block_words_ * 64 - 1;
  std::array<Word*, bits_per_state> words{};
  std::array<std::uint64_t, bits_per_state> masks{};
  std::array<bool, bits_per_state> unset{};
  unsigned end = 0;
  for (unsigned i = 0; i < bits_per_state; ++i) {
    const std::uint64_t position = (fingerprint >> (9 * i)) & last_bit;
    words[i] = block + position / 64;
    masks[i] = std::uint64_t{1} << (position % 64);
    unset[i] = (words[i]->load(std::memory_order_acquire) & masks[i]) == 0;
    for (unsigned k = 0; k < i; ++k) {
      // One place drawn twice is set once, or the state would mistake itself for another.
      unset[i] = unset[i] && !(words[k] == words[i] && masks[k] == masks[i]);
    }
    end = unset[i] ? i + 1 : end;
  }
  bool is_new = false;
  for (unsigned i = 0; i < end; ++i) {
    if (unset[i]) {
      is_new = (words[i]->fetch_or(masks[i], std::memory_order_acq_rel) & masks[i]) == 0;
    }
  }
  return is_new;
}

bool BitstateSet::add(Fingerprint fingerprint) {
  const bool is_new = set_bits(block(fingerprint), fingerprint);
  if (is_new) {
    size_.fetch_add(1, std::memory_order_relaxed);
  }
  return is_new;
}

void BitstateSet::insert(const Successors& batch, std::uint32_t /*level*/, std::vector<std::uint8_t>& is_new,
                         Scratch& /*scratch*/) {
  const std::size_t count = batch.size();
  for (std::size_t i = 0; i < count && !batch.is_hinted(); ++i) {
    __builtin_prefetch(block(batch[i].fingerprint), 1, 0);
  }
  is_new.resize(count);
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Fingerprint fingerprint = batch[i].fingerprint;
    is_new[i] = set_bits(block(fingerprint), fingerprint) ? 1 : 0;
    fresh += is_new[i];
  }
  if (fresh > 0) {
    size_.fetch_add(fresh, std::memory_order_relaxed);
  }
}

double BitstateSet::omission_probability() const {
  constexpr std::uint64_t sample_blocks = std::uint64_t{1} << 16U;
  const std::uint64_t stride = (blocks_ + sample_blocks - 1) / sample_blocks;
  const auto bits = static_cast<double>(block_words_ * 64);
  double sum = 0;
  std::uint64_t sampled = 0;
  for (std::uint64_t i = 0; i < blocks_; i += stride, ++sampled) {
    int set = 0;
    for (std::uint64_t k = 0; k < block_words_; ++k) {
      set += std::popcount(words_[i * block_words_ + k].load(std::memory_order_relaxed));
    }
    const double fill = static_cast<double>(set) / bits;
    sum += fill * fill * fill;
  }
  return sum / static_cast<double>(sampled);
}

std::unique_ptr<VisitedSet::Ancestry> BitstateSet::ancestry() const {
  PLIMSOLL_ASSERT_KNOWN(false, "a bitstate set remembers no parents");
  __builtin_unreachable();
}

}  // namespace plimsoll::checker
