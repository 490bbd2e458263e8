#include "checker/search/state_stack.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deque>
#include <vector>

namespace plimsoll::checker {
namespace {

struct Entry {
  std::vector<Slot> state;
  Fingerprint fingerprint = 0;
  std::uint32_t depth = 0;
};

void top_is(const StateStack& stack, const Entry& entry) {
  const StateView state = stack.top();
  RC_ASSERT(std::vector<Slot>(state.begin(), state.end()) == entry.state);
  RC_ASSERT(stack.top_fingerprint() == entry.fingerprint);
  RC_ASSERT(stack.top_depth() == entry.depth);
}

/// Pushes, pops and gifts from the bottom, in runs long enough to cross blocks.
void agrees_with_deques(std::uint32_t width) {
  StateStack stacks[] = {StateStack(width), StateStack(width)};
  std::deque<Entry> models[2];
  Slot next = 1;
  const auto block = static_cast<int>((std::size_t{1} << 14U) / (width + 3));
  const int runs = *rc::gen::inRange(1, 12);
  for (int run = 0; run < runs; ++run) {
    const int which = *rc::gen::inRange(0, 2);
    StateStack& stack = stacks[which];
    std::deque<Entry>& model = models[which];
    const int kind = *rc::gen::inRange(0, 5);
    const auto length = static_cast<std::size_t>(*rc::gen::inRange(0, block * 2 + 8));
    if (kind < 3) {
      for (std::size_t i = 0; i < length; ++i) {
        model.push_back({std::vector<Slot>(width, next), std::uint64_t{next} << 30U | 5, next % 1000});
        model.back().state.back() = ~next;
        stack.push(model.back().state, model.back().fingerprint, model.back().depth);
        ++next;
      }
    } else if (kind == 3) {
      for (std::size_t i = 0; i < length && !model.empty(); ++i) {
        top_is(stack, model.back());
        stack.pop();
        model.pop_back();
      }
    } else {
      const std::size_t count = std::min(length, model.size());
      stacks[1 - which].take_bottom(stack, count);
      for (std::size_t i = 0; i < count; ++i) {
        models[1 - which].push_back(model.front());
        model.pop_front();
      }
    }
    for (int i = 0; i < 2; ++i) {
      RC_ASSERT(stacks[i].size() == models[i].size());
      RC_ASSERT(stacks[i].empty() == models[i].empty());
      RC_ASSERT(stacks[i].memory_bytes() >= models[i].size() * (width + 3) * sizeof(Slot));
      if (!models[i].empty()) {
        top_is(stacks[i], models[i].back());
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE(state_stack_test)

BOOST_AUTO_TEST_CASE(two_of_them_agree_with_deques) {
  for (const std::uint32_t width : {1U, 7U, 61U, 4096U}) {
    BOOST_TEST(rc::check("width " + std::to_string(width), [&] { agrees_with_deques(width); }));
  }
}

BOOST_AUTO_TEST_CASE(memory_is_given_back) {
  StateStack stack(5);
  const std::vector<Slot> state(5, 9);
  for (int i = 0; i < 100000; ++i) {
    stack.push(state, 1, 1);
  }
  const std::uint64_t full = stack.memory_bytes();
  BOOST_TEST(full >= 100000U * 8 * sizeof(Slot));
  StateStack other(5);
  other.take_bottom(stack, 50000);
  BOOST_TEST(stack.memory_bytes() < full * 2 / 3);
  while (!stack.empty()) {
    stack.pop();
  }
  BOOST_TEST(stack.memory_bytes() < full / 10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
