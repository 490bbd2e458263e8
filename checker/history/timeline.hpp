// Calls and returns in a linked list from which operations are lifted and to which they are put back, and
// the set of those lifted.
//
// Source: Gavin Lowe, "Testing for linearizability" (2017), section 3, the data structure of Wing and Gong's
// algorithm.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace plimsoll::history {

/// When an operation ran. `returned` may be history::never.
struct Interval {
  std::uint64_t call = 0;
  std::uint64_t returned = 0;
};

/// Thread-safety: none. Invariants: (1) the operations not lifted are in the list, with their calls and
/// returns in order of time, a call before a return of the same time; (2) operations are put back in reverse
/// order.
class Timeline {
 public:
  explicit Timeline(std::span<const Interval> intervals);

  /// A place in the list: end() or an event.
  using Place = std::uint32_t;
  static constexpr Place head = 0;

  [[nodiscard]] Place first() const { return next_[head]; }
  [[nodiscard]] Place after(Place place) const { return next_[place]; }
  [[nodiscard]] Place before(Place place) const { return previous_[place]; }
  [[nodiscard]] bool at_end(Place place) const { return place == head; }
  [[nodiscard]] bool is_call(Place place) const { return events_[place].is_call; }
  [[nodiscard]] std::uint32_t operation(Place place) const { return events_[place].operation; }

  [[nodiscard]] bool has_returned(std::uint32_t operation) const { return return_of_[operation] != head; }
  [[nodiscard]] bool is_lifted(std::uint32_t operation) const {
    const std::uint32_t bit = bit_of_[operation];
    return (words_[bit / 64] >> (bit % 64) & 1U) != 0;
  }
  /// Operations with a return that are still in the list.
  [[nodiscard]] std::uint32_t left() const { return left_; }

  void lift(std::uint32_t operation);
  void put_back(std::uint32_t operation);

  /// The lifted ones: those that returned, in order of call, and those that did not.
  [[nodiscard]] std::span<const std::uint64_t> lifted_returned() const {
    return std::span(words_).first(returned_words_);
  }
  [[nodiscard]] std::span<const std::uint64_t> lifted_pending() const {
    return std::span(words_).subspan(returned_words_);
  }

 private:
  struct Event {
    std::uint64_t time = 0;
    std::uint32_t operation = 0;
    bool is_call = false;
  };
  void number_operations();
  void unlink(Place place);
  void link(Place place);

  std::vector<Event> events_;
  std::vector<Place> next_;
  std::vector<Place> previous_;
  std::vector<Place> call_of_;
  std::vector<Place> return_of_;  ///< head: it never returned
  std::vector<std::uint32_t> bit_of_;
  std::vector<std::uint64_t> words_ = {};
  std::size_t returned_words_ = 0;
  std::uint32_t left_ = 0;
};

}  // namespace plimsoll::history
