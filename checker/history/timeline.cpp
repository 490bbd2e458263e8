#include "checker/history/timeline.hpp"

#include <algorithm>
#include <tuple>

#include "checker/history/history.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::history {

Timeline::Timeline(std::span<const Interval> intervals)
    : events_(1),
      call_of_(intervals.size(), head),
      return_of_(intervals.size(), head),
      bit_of_(intervals.size(), 0) {
  for (std::uint32_t i = 0; i < intervals.size(); ++i) {
    PLIMSOLL_ASSERT(intervals[i].call <= intervals[i].returned);
    events_.push_back({intervals[i].call, i, true});
    if (intervals[i].returned != never) {
      events_.push_back({intervals[i].returned, i, false});
      ++left_;
    }
  }
  std::sort(events_.begin() + 1, events_.end(), [](const Event& a, const Event& b) {
    return std::tuple(a.time, !a.is_call, a.operation) < std::tuple(b.time, !b.is_call, b.operation);
  });
  const auto count = static_cast<Place>(events_.size());
  next_.resize(count);
  previous_.resize(count);
  for (Place place = 0; place < count; ++place) {
    next_[place] = (place + 1) % count;
    previous_[place] = (place + count - 1) % count;
    if (place != head) {
      (events_[place].is_call ? call_of_ : return_of_)[events_[place].operation] = place;
    }
  }
  number_operations();
}

void Timeline::number_operations() {
  returned_words_ = (left_ + 63U) / 64U;
  std::uint32_t returned = 0;
  auto pending = static_cast<std::uint32_t>(returned_words_ * 64);
  for (const Event& event : std::span(events_).subspan(1)) {
    if (event.is_call) {
      bit_of_[event.operation] = has_returned(event.operation) ? returned++ : pending++;
    }
  }
  words_.assign((pending + 63U) / 64U, 0);
}

void Timeline::unlink(Place place) {
  next_[previous_[place]] = next_[place];
  previous_[next_[place]] = previous_[place];
}

void Timeline::link(Place place) {
  next_[previous_[place]] = place;
  previous_[next_[place]] = place;
}

void Timeline::lift(std::uint32_t operation) {
  unlink(call_of_[operation]);
  if (has_returned(operation)) {
    unlink(return_of_[operation]);
    --left_;
  }
  const std::uint32_t bit = bit_of_[operation];
  words_[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

void Timeline::put_back(std::uint32_t operation) {
  if (has_returned(operation)) {
    link(return_of_[operation]);
    ++left_;
  }
  link(call_of_[operation]);
  const std::uint32_t bit = bit_of_[operation];
  words_[bit / 64] &= ~(std::uint64_t{1} << (bit % 64));
}

}  // namespace plimsoll::history
