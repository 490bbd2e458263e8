// States seen, as 64-bit fingerprints: 8 bytes a state at a load of one half to three quarters, and 8 beside
// them for its parent.
#pragma once

#include "checker/visited/visited_set.hpp"

namespace plimsoll::checker {

/// Two states that share a fingerprint are taken for one (omission); content_hash.hpp bounds the probability.
class FingerprintSet final : public VisitedSet {
 public:
  explicit FingerprintSet(unsigned growers = 1) : table_(FlatTable::Keys::random, growers) {}

  [[nodiscard]] std::unique_ptr<Scratch> scratch() const override;
  [[nodiscard]] TableHint hint() const override { return table_.hint(); }
  [[nodiscard]] bool reserve(std::uint64_t count) override { return table_.reserve(count); }
  void retract(std::uint64_t count) override { table_.release(count); }
  void insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
              Scratch& scratch) override;
  [[nodiscard]] bool grow(std::uint64_t count, std::uint64_t memory_bytes_max) override;
  [[nodiscard]] std::uint64_t size() const override { return table_.size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const override { return table_.memory_bytes() / 2; }
  [[nodiscard]] std::uint64_t parents_memory_bytes() const override { return table_.memory_bytes() / 2; }
  [[nodiscard]] double omission_probability() const override;
  [[nodiscard]] std::unique_ptr<Ancestry> ancestry() const override;

 private:
  class Recent;

  FlatTable table_;
};

}  // namespace plimsoll::checker
