#include "checker/system/spec_system.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace plimsoll::checker {
namespace {

struct Increment {
  std::uint32_t by = 0;
  PLIMSOLL_DESCRIBE(Increment, by)
};
struct Reset {
  PLIMSOLL_DESCRIBE(Reset)
};

/// Counts modulo nothing up to a limit, by one or by two; may be reset when full.
struct Counter {
  struct State {
    std::uint32_t value = 0;
    PLIMSOLL_DESCRIBE(State, value)
  };
  using Action = std::variant<Increment, Reset>;
  std::uint32_t limit = 4;

  [[nodiscard]] std::vector<State> initial() const { return {{0}, {1}}; }
  void next(const State& state, const std::function<void(const Action&, State)>& emit) const {
    for (const std::uint32_t by : {1U, 2U}) {
      if (state.value + by <= limit) {
        emit(Increment{by}, {state.value + by});
      }
    }
    if (state.value == limit) {
      emit(Reset{}, {0});
    }
  }
};
static_assert(Explorable<Counter>);

/// Every reachable state by the System's own interface, as lines.
std::set<std::string> reachable(const System& system) {
  std::set<std::string> lines;
  std::vector<std::vector<Slot>> left;
  Successors out(system.width());
  system.initial(out);
  const auto worker = system.worker();
  while (true) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const StateView state = out.state(i);
      if (lines.insert(to_line(system.describe(state))).second) {
        left.emplace_back(state.begin(), state.end());
      }
    }
    if (left.empty()) {
      return lines;
    }
    const std::vector<Slot> state = left.back();
    left.pop_back();
    out.clear();
    worker->successors(state, system.fingerprint(state), out);
  }
}

BOOST_AUTO_TEST_SUITE(spec_system_test)

BOOST_AUTO_TEST_CASE(a_spec_is_explored_through_the_interface) {
  const SpecSystem<Counter> system({4});
  BOOST_TEST(system.width() == 1U);
  const std::set<std::string> expected = {"{value: 0}", "{value: 1}", "{value: 2}", "{value: 3}",
                                          "{value: 4}"};
  BOOST_TEST(reachable(system) == expected, boost::test_tools::per_element());
  const std::vector<std::string> groups = {"increment", "reset"};
  BOOST_TEST(system.action_groups() == groups, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(successors_carry_label_group_and_fingerprint) {
  const SpecSystem<Counter> system({2});
  Successors initial(1);
  system.initial(initial);
  BOOST_REQUIRE(initial.size() == 2U);
  const std::vector<Slot> zero(initial.state(0).begin(), initial.state(0).end());

  const auto worker = system.worker();
  Successors out(1);
  out.begin(initial[0].fingerprint);
  worker->successors(zero, initial[0].fingerprint, out);
  BOOST_REQUIRE(out.size() == 2U);
  BOOST_TEST(to_line(system.describe(zero, out[0].action)) == "increment(by: 1)");
  BOOST_TEST(to_line(system.describe(zero, out[1].action)) == "increment(by: 2)");
  BOOST_TEST(out[0].parent == initial[0].fingerprint);
  BOOST_TEST(out[0].fingerprint == initial[1].fingerprint);
  BOOST_TEST(out[0].fingerprint == system.fingerprint(out.state(0)));
  BOOST_TEST(out[0].fingerprint != out[1].fingerprint);

  const std::vector<Slot> two(out.state(1).begin(), out.state(1).end());
  out.clear();
  worker->successors(two, system.fingerprint(two), out);
  BOOST_REQUIRE(out.size() == 1U);
  BOOST_TEST(to_line(system.describe(two, out[0].action)) == "reset");
  BOOST_TEST(out[0].action.group == 1U);
  BOOST_TEST(out.state(0)[0] == zero[0]);
  BOOST_TEST(worker->statistics().steps_run == 2U);
}

BOOST_AUTO_TEST_CASE(fingerprints_do_not_depend_on_the_order_of_exploration) {
  const SpecSystem<Counter> a({4});
  const SpecSystem<Counter> b({4});
  reachable(b);
  Successors of_a(1);
  a.initial(of_a);
  Successors of_b(1);
  b.initial(of_b);
  BOOST_TEST(of_a[0].fingerprint == of_b[0].fingerprint);
  BOOST_TEST(of_a[1].fingerprint == of_b[1].fingerprint);
}

BOOST_AUTO_TEST_CASE(predicates_are_asked_as_wanted) {
  SpecSystem<Counter> system({4});
  system.always("small", "the value is below two", [](const auto& state) { return state.value < 2; });
  system.sometimes("zero", "the value is zero", [](const auto& state) { return state.value == 0; });
  system.step("by-one", "every increment is by one", [](const auto&, const auto& action, const auto&) {
    const auto* increment = std::get_if<Increment>(&action);
    return increment == nullptr || increment->by == 1;
  });
  system.deadlock_free([](const auto& state) { return state.value == 4; });
  BOOST_REQUIRE(system.properties().size() == 4U);
  BOOST_TEST((system.properties()[2].kind == PropertyKind::step));

  Successors out(1);
  system.initial(out);
  const std::vector<Slot> zero(out.state(0).begin(), out.state(0).end());
  const auto worker = system.worker();
  BOOST_TEST(worker->evaluate(zero, 3).holds == 3U);
  BOOST_TEST(worker->evaluate(zero, 1).holds == 1U);
  BOOST_TEST(worker->evaluate(zero, 0).holds == 0U);
  BOOST_TEST(!worker->may_end(zero));

  out.clear();
  worker->successors(zero, system.fingerprint(zero), out);
  const std::vector<Slot> two(out.state(1).begin(), out.state(1).end());
  BOOST_TEST(worker->evaluate(two, 3).holds == 0U);
  BOOST_TEST(worker->evaluate_step(zero, out[0].action, out.state(0), 4).holds == 4U);
  BOOST_TEST(worker->evaluate_step(zero, out[1].action, out.state(1), 4).holds == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
