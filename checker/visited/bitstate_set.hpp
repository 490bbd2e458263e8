// States seen, as three bits each in an array of fixed size: for state spaces that no other set can hold.
// Some states are taken for seen that were not, so a search with this set shows violations and never their
// absence.
//
// Algorithm: bitstate hashing with k = 3 bits a state, after Holzmann, "An Analysis of Bitstate Hashing"
// (Formal Methods in System Design 13, 1998), which is a Bloom filter; Dillinger and Manolios, "Bloom Filters
// in Probabilistic Verification" (FMCAD 2004), derive all positions from one hash, as is done here. Deviates:
// the array is divided into blocks of 64 bytes, one cache line, and the three bits of a state lie in one
// block, after Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom Filters" (WEA 2007), so
// that a look-up waits for memory once and not three times. Uneven blocks cost little where bits are scarce:
// with 8, 32 or 128 bits to a state a new state is taken for an old one with probability 0.0315, 8.4e-4
// or 2.2e-5, against 0.0306, 7.2e-4 or 1.2e-5 without blocks; one machine word as block would make it
// 0.0376, 1.8e-3 and 1.3e-4. The positions are three separate fields of the fingerprint: double hashing has
// only 2^16 patterns for a block, and states that share one would add to the last of these numbers as much
// again three times.
#pragma once

#include <atomic>

#include "checker/visited/visited_set.hpp"

namespace plimsoll::checker {

/// Never grows: reserve() always succeeds. Of equal states at most one is ever found new; none is, if all of
/// its bits were set by others (omission).
///
/// Thread-safety: as VisitedSet; add() from any number of threads.
class BitstateSet final : public VisitedSet {
 public:
  static constexpr std::uint64_t bytes_min = 16;
  static constexpr std::uint64_t bytes_max = std::uint64_t{1} << 40U;

  /// @param bytes  Size of the array, rounded down to whole blocks: of 64 bytes, or, of less than 64, of 32
  /// or 16. Throws std::bad_alloc if the machine has no room for it.
  explicit BitstateSet(std::uint64_t bytes);
  ~BitstateSet() override;

  /// Inserts one state. False: it was seen, or is taken for one that was.
  bool add(Fingerprint fingerprint);

  [[nodiscard]] std::unique_ptr<Scratch> scratch() const override;
  [[nodiscard]] TableHint hint() const override;
  [[nodiscard]] bool reserve(std::uint64_t /*count*/) override { return true; }
  void retract(std::uint64_t /*count*/) override {}
  void insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
              Scratch& scratch) override;
  [[nodiscard]] bool grow(std::uint64_t /*count*/, std::uint64_t /*memory_bytes_max*/) override {
    return true;
  }
  /// States found new: a lower bound of those inserted.
  [[nodiscard]] std::uint64_t size() const override { return size_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t memory_bytes() const override { return blocks_ * block_words_ * 8; }
  [[nodiscard]] std::uint64_t parents_memory_bytes() const override { return 0; }
  /// An estimate, from the share of bits that are set, of the probability that one further new state would be
  /// taken for an old one. It grows during a search, so it is above the share of states omitted directly;
  /// what only these lead to is missing as well. Cost: a sample of at most 4 MiB of the array.
  [[nodiscard]] double omission_probability() const override;
  /// Not to be called: no parents are kept.
  [[nodiscard]] std::unique_ptr<Ancestry> ancestry() const override;

 private:
  using Word = std::atomic<std::uint64_t>;
  static constexpr unsigned bits_per_state = 3;

  [[nodiscard]] Word* block(Fingerprint fingerprint) const;
  bool set_bits(Word* block, Fingerprint fingerprint) const;

  Word* words_ = nullptr;
  std::uint64_t mapped_bytes_ = 0;
  std::uint64_t block_words_ = 8;
  std::uint64_t blocks_ = 0;
  alignas(64) std::atomic<std::uint64_t> size_{0};
};

}  // namespace plimsoll::checker
