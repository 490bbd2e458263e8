#include "checker/system/slotwise_symmetry.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "checker/system/content_hash.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint32_t no_slot = ~std::uint32_t{0};

/// A value under new names, and what it adds to a fingerprint in the slot where it is then.
struct Image {
  Slot value = 0;
  std::uint64_t contribution = 0;
};

/// (row, code of a permutation) -> image. Open addressing; only misses allocate.
class Images {
 public:
  Images() : entries_(256) {}

  /// The image's place; `is_new` if it is to be filled in. Valid until the next call.
  Image& at(std::uint32_t row, std::uint64_t code, bool& is_new) {
    if (size_ * 2 >= entries_.size()) {
      grow();
    }
    Entry& entry = find(row, code);
    // 0 is no permutation's code.
    is_new = entry.code == 0;
    if (is_new) {
      entry.code = code;
      entry.row = row;
      ++size_;
    }
    return entry.image;
  }
  [[nodiscard]] std::uint64_t memory_bytes() const { return entries_.size() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint64_t code = 0;
    std::uint32_t row = 0;
    Image image;
  };

  Entry& find(std::uint32_t row, std::uint64_t code) {
    const std::uint64_t hash = fold_multiply(row ^ 0x9e3779b97f4a7c15ULL, code ^ 0xd6e8feb86659fd93ULL);
    std::size_t i = (hash ^ hash >> 32U) & (entries_.size() - 1);
    while (entries_[i].code != 0 && (entries_[i].row != row || entries_[i].code != code)) {
      i = (i + 1) & (entries_.size() - 1);
    }
    return entries_[i];
  }
  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.code != 0) {
        find(entry.row, entry.code) = entry;
      }
    }
  }

  std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

}  // namespace

/// Rows number the (slot, value) pairs met.
class SlotwiseSymmetry::SlotwiseRenamer final : public Renamer {
 public:
  explicit SlotwiseRenamer(const SlotwiseSymmetry& symmetry)
      : symmetry_(symmetry), rows_(symmetry.places_.size()) {}

  void sign(StateView state, Signatures& out) override {
    out.complete = false;
    std::fill_n(out.of.begin(), symmetry_.degree_, 0);
    for (std::uint32_t slot = 0; slot < state.size(); ++slot) {
      const std::uint64_t* const added = terms(slot, state[slot]);
      for (std::uint32_t id = 0; id < symmetry_.degree_; ++id) {
        out.of[id] += added[id];
      }
    }
  }

  void sign_changed(StateView source, const Signatures& known, StateView state, SlotMask changed,
                    Signatures& out) override {
    if (state.size() > 64) {
      return sign(state, out);
    }
    out = known;
    for (SlotMask left = changed; left != 0; left &= left - 1) {
      const auto slot = static_cast<std::uint32_t>(std::countr_zero(left));
      if (slot >= state.size()) {
        return;
      }
      const std::uint32_t before = row(slot, source[slot]);
      const std::uint32_t after = row(slot, state[slot]);
      for (std::uint32_t id = 0; id < symmetry_.degree_; ++id) {
        out.of[id] += terms_of(after)[id] - terms_of(before)[id];
      }
    }
  }

  void rename(StateView state, Permutation permutation, std::span<Slot> renamed) override {
    static_cast<void>(rename_and_hash(state, permutation, renamed));
  }

  Fingerprint rename_and_hash(StateView state, Permutation permutation, std::span<Slot> renamed) override {
    aim(permutation);
    std::uint64_t sum = 0;
    for (std::uint32_t slot = 0; slot < state.size(); ++slot) {
      const Image& image = image_of(slot, state[slot]);
      renamed[targets_[slot]] = image.value;
      sum += image.contribution;
    }
    return finish_fingerprint(sum);
  }

  [[nodiscard]] std::uint64_t memory_bytes() const override {
    std::uint64_t bytes = images_.memory_bytes() + terms_.capacity() * sizeof(std::uint64_t);
    for (const std::vector<std::uint32_t>& of_slot : rows_) {
      bytes += of_slot.capacity() * sizeof(std::uint32_t);
    }
    return bytes;
  }

  [[nodiscard]] SlotMask rename_slots(SlotMask slots, Permutation permutation) override {
    if (rows_.size() > 64) {
      return ~SlotMask{0};
    }
    aim(permutation);
    SlotMask renamed = 0;
    for (SlotMask left = slots; left != 0; left &= left - 1) {
      const auto slot = static_cast<std::size_t>(std::countr_zero(left));
      renamed |= slot < targets_.size() ? slot_bit(targets_[slot]) : 0;
    }
    return renamed;
  }

 private:
  /// Looks up where slots go, if it is not where they went last.
  void aim(Permutation permutation) {
    if (targets_.empty() || permutation != permutation_) {
      permutation_ = permutation;
      targets_.resize(rows_.size());
      for (std::uint32_t slot = 0; slot < targets_.size(); ++slot) {
        targets_[slot] = symmetry_.target(slot, permutation);
      }
    }
  }
  /// Under permutation_.
  const Image& image_of(std::uint32_t slot, Slot value) {
    bool is_new = false;
    Image& image = images_.at(row(slot, value), permutation_.code(), is_new);
    if (is_new) {
      image.value = symmetry_.rename_value(symmetry_.places_[slot].kind, value, permutation_);
      image.contribution = symmetry_.contribution(targets_[slot], image.value);
    }
    return image;
  }

  std::uint32_t row(std::uint32_t slot, Slot value) {
    std::vector<std::uint32_t>& of_slot = rows_[slot];
    if (value >= of_slot.size()) {
      of_slot.resize(std::max<std::size_t>(std::size_t{value} + 1, of_slot.size() * 2), no_row);
    }
    if (of_slot[value] == no_row) {
      of_slot[value] = new_row(slot, value);
    }
    return of_slot[value];
  }
  std::uint32_t new_row(std::uint32_t slot, Slot value) {
    const SlotPlace& place = symmetry_.places_[slot];
    for (std::uint32_t id = 0; id < symmetry_.degree_; ++id) {
      const std::uint64_t role = (place.first == id ? 1U : 0U) | (place.second == id ? 2U : 0U);
      const std::uint64_t said = symmetry_.mention(place.kind, value, id);
      terms_.push_back(mix(said + mix(std::uint64_t{place.kind} << 2U | role)));
    }
    return static_cast<std::uint32_t>(terms_.size() / symmetry_.degree_ - 1);
  }
  [[nodiscard]] const std::uint64_t* terms_of(std::uint32_t row) const {
    return terms_.data() + std::size_t{row} * symmetry_.degree_;
  }
  const std::uint64_t* terms(std::uint32_t slot, Slot value) { return terms_of(row(slot, value)); }

  static constexpr std::uint32_t no_row = ~std::uint32_t{0};

  const SlotwiseSymmetry& symmetry_;
  std::vector<std::vector<std::uint32_t>> rows_;  ///< [slot][value]: interned ids are small
  std::vector<std::uint64_t> terms_;              ///< [row][id]: what it adds to the signature
  Images images_;
  Permutation permutation_ = Permutation();  ///< that targets_ are for
  std::vector<std::uint32_t> targets_;       ///< by slot
};

SlotwiseSymmetry::SlotwiseSymmetry(std::vector<std::uint32_t> blocks, std::vector<SlotPlace> places)
    : degree_(static_cast<std::uint32_t>(blocks.size())),
      blocks_(std::move(blocks)),
      places_(std::move(places)) {
  const std::uint32_t degree = degree_;
  PLIMSOLL_ASSERT(degree >= 1 && degree <= Permutation::degree_max);
  std::uint32_t kinds = 0;
  for (const SlotPlace& place : places_) {
    PLIMSOLL_ASSERT(place.kind <= kind_max);
    PLIMSOLL_ASSERT(place.first == SlotPlace::nobody || place.first < degree);
    PLIMSOLL_ASSERT(place.second == SlotPlace::nobody || (place.second < degree && place.first < degree));
    kinds = std::max(kinds, place.kind + 1);
  }
  slot_at_.assign(std::size_t{kinds} * (degree + 1) * (degree + 1), no_slot);
  for (std::uint32_t slot = 0; slot < places_.size(); ++slot) {
    std::uint32_t& at = slot_at_[index(places_[slot])];
    PLIMSOLL_ASSERT_KNOWN(at == no_slot, "slots " + std::to_string(at) + " and " + std::to_string(slot));
    at = slot;
  }
  // Neighbours' swaps generate all permutations.
  for (std::uint32_t id = 0; id + 1 < degree; ++id) {
    if (blocks_[id] != blocks_[id + 1]) {
      continue;
    }
    for (std::uint32_t slot = 0; slot < places_.size(); ++slot) {
      PLIMSOLL_ASSERT_KNOWN(target(slot, Permutation::swapping(id, id + 1)) != no_slot,
                            "slot " + std::to_string(slot));
    }
  }
}

std::unique_ptr<Renamer> SlotwiseSymmetry::renamer() const {
  return std::make_unique<SlotwiseRenamer>(*this);
}

std::size_t SlotwiseSymmetry::index(const SlotPlace& place) const {
  static_assert(SlotPlace::nobody + 1 == 0, "nobody comes before everybody");
  return (std::size_t{place.kind} * (degree_ + 1) + (place.first + 1)) * (degree_ + 1) + (place.second + 1);
}

std::uint32_t SlotwiseSymmetry::target(std::uint32_t slot, Permutation permutation) const {
  SlotPlace place = places_[slot];
  place.first = place.first == SlotPlace::nobody ? place.first : permutation[place.first];
  place.second = place.second == SlotPlace::nobody ? place.second : permutation[place.second];
  return slot_at_[index(place)];
}

}  // namespace plimsoll::checker
