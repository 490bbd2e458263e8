// Values by number, for tables that every packet asks: neighbours and bridges' entries.
//
// Source: open addressing with linear probing, Knuth, The Art of Computer Programming, volume 3, section 6.4,
// algorithm L. Entries are never removed but by reset(), which undoes what has happened since keep(): entries
// added since then go in the reverse order of their coming, so that no place is left behind a gap.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace plimsoll::overlay {

/// Thread-safety: a plain value.
template <class Value>
class FlatTable {
 public:
  using Key = std::uint64_t;

  /// Null if there is none. Good until reset().
  [[nodiscard]] const Value* find(Key key) const {
    if (places_.empty()) {
      return nullptr;
    }
    const Place& place = places_[place_of(key)];
    return place.entry == nobody ? nullptr : &entries_[place.entry].value;
  }

  /// The value, to be changed; a new one if there is none. Good until reset(), whatever else is added.
  [[nodiscard]] Value& at(Key key) {
    const std::uint32_t number = number_of(key);
    Entry& entry = entries_[number];
    if (!entry.touched) {
      entry.touched = true;
      touched_.push_back(number);
    }
    return entry.value;
  }

  /// What is in the table now is what reset() returns to.
  void keep() {
    kept_.clear();
    for (Entry& entry : entries_) {
      entry.touched = false;
      kept_.push_back(entry.value);
    }
    touched_.clear();
  }

  /// Undoes all that happened since keep(). Cost: linear in the number of values that were asked for by at()
  /// since then.
  void reset() {
    while (entries_.size() > kept_.size()) {
      places_[place_of(entries_.back().key)].entry = nobody;
      entries_.pop_back();
    }
    for (const std::uint32_t number : touched_) {
      if (number < kept_.size()) {
        entries_[number].value = kept_[number];
        entries_[number].touched = false;
      }
    }
    touched_.clear();
  }

 private:
  static constexpr std::uint32_t nobody = 0xffffffffU;

  struct Entry {
    Key key = 0;
    bool touched = false;
    Value value = {};
  };
  struct Place {
    Key key = 0;
    std::uint32_t entry = nobody;
  };

  /// Where the key is, or the free place where it would be. Requires: there is a free place.
  [[nodiscard]] std::size_t place_of(Key key) const {
    const std::size_t mask = places_.size() - 1;
    const Key mixed = key * 0x9e3779b97f4a7c15U;
    std::size_t place = (mixed ^ mixed >> 32U) & mask;
    while (places_[place].entry != nobody && places_[place].key != key) {
      place = (place + 1) & mask;
    }
    return place;
  }

  [[nodiscard]] std::uint32_t number_of(Key key) {
    if (entries_.size() * 2 >= places_.size()) {
      grow();
    }
    Place& place = places_[place_of(key)];
    if (place.entry == nobody) {
      place = {key, static_cast<std::uint32_t>(entries_.size())};
      entries_.push_back({.key = key});
    }
    return place.entry;
  }

  void grow() {
    constexpr std::size_t places_min = 16;
    places_.assign(std::max(places_min, places_.size() * 2), Place{});
    for (std::uint32_t number = 0; number < entries_.size(); ++number) {
      places_[place_of(entries_[number].key)] = {entries_[number].key, number};
    }
  }

  std::deque<Entry> entries_ = {};  ///< in order of addition
  std::vector<Place> places_ = {};  ///< a power of two, or none
  std::vector<Value> kept_ = {};    ///< the first entries, as they were at keep()
  std::vector<std::uint32_t> touched_ = {};
};

}  // namespace plimsoll::overlay
