#include "checker/system/slotwise_symmetry.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "checker/system/content_hash.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint32_t no_slot = ~std::uint32_t{0};

/// (kind and value, code of a permutation or 0) -> a number. Open addressing; only misses allocate.
class Memo {
 public:
  Memo() : entries_(256) {}

  /// The number's place; `is_new` if it is to be filled in. Valid until the next call.
  std::uint32_t& at(std::uint64_t value, std::uint64_t code, bool& is_new) {
    if (size_ * 2 >= entries_.size()) {
      grow();
    }
    Entry& entry = find(value, code);
    is_new = !entry.is_used;
    if (is_new) {
      entry = {value, code, 0, true};
      ++size_;
    }
    return entry.number;
  }
  [[nodiscard]] std::uint64_t memory_bytes() const { return entries_.size() * sizeof(Entry); }

 private:
  struct Entry {
    std::uint64_t value = 0;
    std::uint64_t code = 0;
    std::uint32_t number = 0;
    bool is_used = false;
  };

  Entry& find(std::uint64_t value, std::uint64_t code) {
    const std::uint64_t hash = fold_multiply(value ^ 0x9e3779b97f4a7c15ULL, code ^ 0xd6e8feb86659fd93ULL);
    std::size_t i = (hash ^ hash >> 32U) & (entries_.size() - 1);
    while (entries_[i].is_used && (entries_[i].value != value || entries_[i].code != code)) {
      i = (i + 1) & (entries_.size() - 1);
    }
    return entries_[i];
  }
  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.is_used) {
        find(entry.value, entry.code) = entry;
      }
    }
  }

  std::vector<Entry> entries_;
  std::size_t size_ = 0;
};

std::uint64_t key_of(std::uint32_t kind, Slot value) {
  return static_cast<std::uint64_t>(kind) << 32U | value;
}

}  // namespace

class SlotwiseSymmetry::SlotwiseRenamer final : public Renamer {
 public:
  explicit SlotwiseRenamer(const SlotwiseSymmetry& symmetry) : symmetry_(symmetry) {}

  void sign(StateView state, Signatures& out) override {
    out.complete = false;
    std::fill_n(out.of.begin(), symmetry_.degree_, 0);
    for (std::uint32_t slot = 0; slot < state.size(); ++slot) {
      const SlotPlace& place = symmetry_.places_[slot];
      const std::uint64_t* const said = mentions(place.kind, state[slot]);
      for (std::uint32_t id = 0; id < symmetry_.degree_; ++id) {
        const std::uint64_t role = (place.first == id ? 1U : 0U) | (place.second == id ? 2U : 0U);
        out.of[id] += mix(said[id] + mix(std::uint64_t{place.kind} << 2U | role));
      }
    }
  }

  void rename(StateView state, Permutation permutation, std::span<Slot> renamed) override {
    for (std::uint32_t slot = 0; slot < state.size(); ++slot) {
      renamed[symmetry_.target(slot, permutation)] =
          renamed_value(symmetry_.places_[slot].kind, state[slot], permutation);
    }
  }

  [[nodiscard]] std::uint64_t memory_bytes() const override {
    return memo_.memory_bytes() + mentions_.capacity() * sizeof(std::uint64_t);
  }

 private:
  Slot renamed_value(std::uint32_t kind, Slot value, Permutation permutation) {
    bool is_new = false;
    std::uint32_t& number = memo_.at(key_of(kind, value), permutation.code(), is_new);
    if (is_new) {
      number = symmetry_.rename_value(kind, value, permutation);
    }
    return number;
  }
  /// One hash for each id.
  const std::uint64_t* mentions(std::uint32_t kind, Slot value) {
    bool is_new = false;
    // 0 is no permutation's code.
    std::uint32_t& row = memo_.at(key_of(kind, value), 0, is_new);
    if (is_new) {
      row = static_cast<std::uint32_t>(mentions_.size() / symmetry_.degree_);
      for (std::uint32_t id = 0; id < symmetry_.degree_; ++id) {
        mentions_.push_back(symmetry_.mention(kind, value, id));
      }
    }
    return mentions_.data() + std::size_t{row} * symmetry_.degree_;
  }

  const SlotwiseSymmetry& symmetry_;
  Memo memo_;
  std::vector<std::uint64_t> mentions_;
};

SlotwiseSymmetry::SlotwiseSymmetry(std::uint32_t degree, std::vector<SlotPlace> places)
    : degree_(degree), places_(std::move(places)) {
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
