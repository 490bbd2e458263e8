// States seen, without loss: the keys of a StateTree in one table with levels and parents.
//
// Once there are enough states to see what they look like, the slots are put into an order that makes a
// smaller tree (slot_order.hpp), if there is one that is worth building all anew.
#pragma once

#include <functional>
#include <memory>

#include "checker/visited/state_tree.hpp"
#include "checker/visited/visited_set.hpp"

namespace plimsoll::checker {

/// Invariant: as many keys as distinct states, since equal keys stand exactly for equal states.
class ExactSet final : public VisitedSet {
 public:
  ExactSet(std::uint32_t width, std::function<Fingerprint(StateView)> fingerprint, unsigned growers = 1);

  [[nodiscard]] std::unique_ptr<Scratch> scratch() const override;
  [[nodiscard]] bool reserve(std::uint64_t count) override;
  void retract(std::uint64_t count) override;
  void insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
              Scratch& scratch) override;
  [[nodiscard]] bool grow(std::uint64_t count, std::uint64_t memory_bytes_max) override;
  std::uint64_t rearrange(std::uint64_t memory_bytes_max) override;
  [[nodiscard]] std::uint64_t size() const override { return roots_->size(); }
  [[nodiscard]] std::uint64_t memory_bytes() const override {
    return roots_->memory_bytes() / 2 + tree_->memory_bytes();
  }
  [[nodiscard]] std::uint64_t parents_memory_bytes() const override { return roots_->memory_bytes() / 2; }
  [[nodiscard]] double omission_probability() const override { return 0; }
  [[nodiscard]] std::unique_ptr<Ancestry> ancestry() const override;

 private:
  class TreeScratch;
  class Index;
  class Rebuilding;

  [[nodiscard]] bool is_chosen(StateView state, std::uint64_t one_in) const;
  [[nodiscard]] std::vector<Slot> sample(std::uint64_t states) const;
  [[nodiscard]] std::vector<Slot> some_of(const std::vector<Slot>& sampled, std::uint64_t states) const;
  void rebuild(const SlotOrder& order);

  std::uint32_t width_;
  unsigned growers_;
  std::function<Fingerprint(StateView)> fingerprint_;
  std::unique_ptr<StateTree> tree_;
  std::unique_ptr<FlatTable> roots_;
  bool is_arranged_ = false;
};

}  // namespace plimsoll::checker
