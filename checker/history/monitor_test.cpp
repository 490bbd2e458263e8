// The monitor against the checkers of whole histories, event by event.
#include "checker/history/monitor.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <functional>

#include "checker/history/judge.hpp"
#include "checker/history/monitored_objects.hpp"
#include "checker/history/store_test_bed.hpp"
#include "checker/history/test_bed.hpp"

namespace plimsoll::history {
namespace {

std::vector<std::uint32_t> random_numbers(std::size_t operations_max) {
  const auto count = *rc::gen::inRange<std::size_t>(operations_max * 4, operations_max * 14);
  return *rc::gen::container<std::vector<std::uint32_t>>(count,
                                                         rc::gen::inRange<std::uint32_t>(0, 1'000'000));
}

Caller caller(std::uint32_t client, std::uint32_t operation) {
  return {{static_cast<std::uint8_t>(client)}, operation};
}

std::uint64_t number_of(Value value, const Values& values) {
  return std::stoull(values.describe(value));
}

RegisterObject::State state_of(Value value, const Values& values) {
  return value == nil ? RegisterObject::State{} : RegisterObject::State{number_of(value, values)};
}

/// What a monitor is told, in order.
struct Told {
  std::uint32_t operation = 0;
  bool is_call = false;
  bool is_lost = false;
  std::uint64_t time = 0;
};

/// Calls and returns in order of time; what never returns is lost one step after its call, if `lose`.
std::vector<Told> events_of(const History& history, bool lose) {
  std::vector<Told> events;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    events.push_back({i, true, false, operation.call * 2});
    if (!operation.is_pending()) {
      events.push_back({i, false, false, operation.returned * 2});
    } else if (lose) {
      events.push_back({i, false, true, operation.call * 2 + 3});
    }
  }
  std::ranges::sort(events, {}, &Told::time);
  return events;
}

void tell(RegisterMonitor& monitor, const History& history, const Told& told) {
  const Operation& operation = history.operations[told.operation];
  const Caller who = caller(operation.client, told.operation);
  const Values& values = history.values;
  using What = RegisterObject::What;
  if (told.is_lost) {
    monitor.abandon(who);
  } else if (!told.is_call) {
    monitor.returned(who, {state_of(operation.result, values), operation.refused});
  } else if (operation.verb == Verb::read) {
    monitor.invoke(who, {});
  } else if (operation.verb == Verb::write) {
    monitor.invoke(who, {What::write, number_of(operation.argument, values), {}});
  } else {
    monitor.invoke(
        who, {What::swap, number_of(operation.replacement, values), state_of(operation.argument, values)});
  }
}

void tell(StoreMonitor& monitor, const History& history, const Told& told) {
  const Operation& operation = history.operations[told.operation];
  const Caller who = caller(operation.client, told.operation);
  const Exchange& exchange = history.values.exchange(operation.exchange);
  if (told.is_lost) {
    monitor.abandon(who);
  } else if (told.is_call) {
    monitor.invoke(who, exchange.request);
  } else {
    monitor.returned(who, {{operation.revision}, exchange.result});
  }
}

/// Whether what was told up to `time` is linearizable, by the checker of whole histories.
bool is_linearizable(const History& history, std::uint64_t time) {
  std::vector<Operation> known;
  for (Operation operation : history.operations) {
    if (operation.call * 2 <= time) {
      operation.returned = operation.returned <= time / 2 ? operation.returned : never;
      operation.refused = operation.refused && !operation.is_pending();
      known.push_back(operation);
    }
  }
  Values values = history.values;
  return linearize(history.model, known, values, {}).answer == Answer::linearizable;
}

template <class AMonitor>
void compare(const History& history, bool lose, std::size_t& violations) {
  AMonitor monitor;
  for (const Told& told : events_of(history, lose)) {
    tell(monitor, history, told);
    RC_ASSERT(monitor.violated != is_linearizable(history, told.time));
    RC_ASSERT(monitor.possible.empty() == monitor.violated);
    // A value like any other: its bytes are all of it.
    RC_ASSERT(base::from_bytes<AMonitor>(base::to_bytes(monitor)) == monitor);
  }
  violations += monitor.violated ? 1 : 0;
}

void lie(History& history) {
  std::vector<std::size_t> returned;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    if (!history.operations[i].is_pending()) {
      returned.push_back(i);
    }
  }
  if (returned.empty() || *rc::gen::arbitrary<bool>()) {
    return;
  }
  Operation& operation = history.operations[*rc::gen::elementOf(returned)];
  if (history.model == Model::store) {
    operation.revision += 1;
  } else if (operation.verb == Verb::read) {
    operation.result = history.values.word(std::to_string(*rc::gen::inRange(1, 4)));
  } else if (operation.verb == Verb::cas) {
    operation.refused = !operation.refused;
  }
}

/// Two monitors that are told the same, but for events that lie side by side and do not order anything: calls
/// among calls, returns among returns.
template <class AMonitor>
void check_canonical(const History& history) {
  const std::vector<Told> events = events_of(history, false);
  AMonitor one;
  AMonitor other;
  for (std::size_t first = 0; first < events.size();) {
    std::size_t end = first;
    while (end < events.size() && events[end].is_call == events[first].is_call) {
      tell(one, history, events[end++]);
    }
    for (std::size_t i = end; i-- > first;) {
      tell(other, history, events[i]);
    }
    first = end;
    RC_ASSERT(one == other);
    RC_ASSERT(base::to_bytes(one) == base::to_bytes(other));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(monitor_test)

BOOST_AUTO_TEST_CASE(registers_as_the_checker_of_whole_histories) {
  std::size_t violations = 0;
  BOOST_TEST(rc::check("event by event", [&] {
    History history = Simulation(Model::cas_register, Choices(random_numbers(8)), 8).run();
    lie(history);
    compare<RegisterMonitor>(history, *rc::gen::arbitrary<bool>(), violations);
  }));
  BOOST_TEST(violations > 5U);
}

BOOST_AUTO_TEST_CASE(stores_as_the_checker_of_whole_histories) {
  std::size_t violations = 0;
  BOOST_TEST(rc::check("event by event", [&] {
    History history = StoreSimulation(Choices(random_numbers(7)), 7, 2, 6).run();
    lie(history);
    compare<StoreMonitor>(history, *rc::gen::arbitrary<bool>(), violations);
  }));
  BOOST_TEST(violations > 5U);
}

BOOST_AUTO_TEST_CASE(equal_futures_are_equal_values) {
  BOOST_TEST(rc::check("of registers", [] {
    check_canonical<RegisterMonitor>(Simulation(Model::cas_register, Choices(random_numbers(8)), 8).run());
  }));
  BOOST_TEST(rc::check("of stores", [] {
    check_canonical<StoreMonitor>(StoreSimulation(Choices(random_numbers(7)), 7, 2, 6).run());
  }));
}

BOOST_AUTO_TEST_CASE(at_rest_the_past_is_forgotten) {
  using What = RegisterObject::What;
  RegisterMonitor monitor;
  monitor.invoke(caller(0, 0), {What::write, 1, {}});
  monitor.invoke(caller(1, 0), {What::write, 2, {}});
  BOOST_TEST(monitor.possible.size() == 1U);
  monitor.returned(caller(0, 0), {});
  monitor.returned(caller(1, 0), {});
  BOOST_TEST(monitor.possible.size() == 2U);
  monitor.invoke(caller(0, 1), {});
  monitor.returned(caller(0, 1), {2, false});

  RegisterMonitor direct;
  direct.invoke(caller(5, 9), {What::write, 2, {}});
  direct.returned(caller(5, 9), {});
  BOOST_TEST((monitor == direct));
}

BOOST_AUTO_TEST_CASE(what_is_abandoned_is_forgotten_once_it_was_seen) {
  using What = RegisterObject::What;
  RegisterMonitor monitor;
  monitor.invoke(caller(0, 0), {What::write, 1, {}});
  monitor.abandon(caller(0, 0));
  monitor.invoke(caller(0, 1), {});
  monitor.abandon(caller(0, 1));  // a read: nothing is left of it
  BOOST_TEST(monitor.abandoned.size() == 1U);
  monitor.invoke(caller(1, 0), {});
  monitor.returned(caller(1, 0), {1, false});
  BOOST_TEST(monitor.abandoned.empty());
  BOOST_TEST(monitor.possible.size() == 1U);
  // It cannot be undone.
  monitor.invoke(caller(1, 1), {});
  monitor.returned(caller(1, 1), {std::nullopt, false});
  BOOST_TEST(monitor.violated);
  // What is told afterwards does not matter.
  monitor.invoke(caller(2, 0), {});
  monitor.returned(caller(2, 0), {1, false});
  BOOST_TEST((monitor == [] {
    RegisterMonitor violated;
    violated.violated = true;
    violated.possible.clear();
    return violated;
  }()));
}

BOOST_AUTO_TEST_CASE(what_is_refused_did_not_happen) {
  using What = RegisterObject::What;
  RegisterMonitor monitor;
  monitor.invoke(caller(0, 0), {What::write, 1, {}});
  monitor.refuse(caller(0, 0));
  BOOST_TEST((monitor == RegisterMonitor{}));
  monitor.invoke(caller(0, 1), {What::write, 1, {}});
  monitor.invoke(caller(1, 0), {});
  monitor.returned(caller(1, 0), {1, false});
  monitor.refuse(caller(0, 1));
  BOOST_TEST(monitor.violated);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
