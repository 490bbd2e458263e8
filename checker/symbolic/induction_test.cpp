// Induction on counters, and compared with the explicit breadth-first engine on random transition relations.
#include "checker/symbolic/induction.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "checker/search/search.hpp"
#include "checker/system/spec_system.hpp"
#include "impl/base/describe_macro.hpp"

namespace plimsoll::symbolic {
namespace {

using State = std::span<const Word>;

/// Counts from 0, modulo 16, by any number that `may_add` accepts.
TransitionSystem counter(std::function<Bool(const Word&, const Word&)> may_add) {
  TransitionSystem system;
  system.state = {{"count", 4}};
  system.input = {{"added", 4}};
  system.initial = [](State state) { return state[0] == Word(0); };
  system.step = [may_add = std::move(may_add)](State before, State input, State after) {
    return may_add(before[0], input[0]) && after[0] == before[0] + input[0];
  };
  return system;
}

Predicate differs_from(std::uint32_t number) {
  return [number](State state) { return state[0] != Word(number); };
}

InductionOptions with_k_max(unsigned k_max) {
  InductionOptions options;
  options.k_max = k_max;
  return options;
}

/// Any transition relation on the numbers below 12.
struct Relation {
  struct State {
    std::uint32_t number = 0;
    PLIMSOLL_DESCRIBE(State, number)
  };
  struct Action {
    std::uint32_t target = 0;
    PLIMSOLL_DESCRIBE(Action, target)
  };
  static constexpr std::uint32_t size = 12;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;

  [[nodiscard]] std::vector<State> initial() const { return {State{0}}; }
  void next(const State& state, const std::function<void(const Action&, State)>& emit) const {
    for (const auto& [from, to] : edges) {
      if (from == state.number) {
        emit(Action{to}, State{to});
      }
    }
  }
  [[nodiscard]] TransitionSystem formulas() const {
    TransitionSystem system;
    system.state = {{"number", 4}};
    system.initial = [](std::span<const Word> state) { return state[0] == Word(0); };
    system.step = [this](std::span<const Word> before, std::span<const Word> /*input*/,
                         std::span<const Word> after) {
      Bool any = false;
      for (const auto& [from, to] : edges) {
        any |= before[0] == Word(from) && after[0] == Word(to);
      }
      return any;
    };
    return system;
  }
};

Relation random_relation() {
  Relation relation;
  const std::size_t count = *rc::gen::inRange<std::size_t>(0, 20);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t from = *rc::gen::inRange<std::uint32_t>(0, Relation::size);
    const std::uint32_t to = *rc::gen::inRange<std::uint32_t>(0, Relation::size);
    relation.edges.emplace_back(from, to);
  }
  return relation;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(induction_test)

BOOST_AUTO_TEST_CASE(what_every_step_keeps_is_inductive) {
  const TransitionSystem system =
      counter([](const Word& count, const Word& added) { return added <= Word(1) && count < Word(5); });
  const Induction found = prove_always(system, [](State state) { return state[0] <= Word(5); }, {});
  BOOST_TEST((found.answer == Answer::holds));
  BOOST_TEST(found.depth == 1U);
  BOOST_TEST(!found.path.has_value());
}

// Odd numbers are never reached, but each leads on to 15: only a path without repetition through all seven
// other odd ones is too long to exist.
BOOST_AUTO_TEST_CASE(what_is_not_inductive_may_be_k_inductive) {
  const TransitionSystem system =
      counter([](const Word& /*count*/, const Word& added) { return added == Word(2); });
  const Induction enough = prove_always(system, differs_from(15), with_k_max(8));
  BOOST_TEST((enough.answer == Answer::holds));
  BOOST_TEST(enough.depth == 8U);
  const Induction too_few = prove_always(system, differs_from(15), with_k_max(7));
  BOOST_TEST((too_few.answer == Answer::inconclusive));
  BOOST_TEST(too_few.reason == "not inductive up to k = 7");
  BOOST_REQUIRE(too_few.path.has_value());
  BOOST_TEST(too_few.path->states.size() == 8U);
  BOOST_TEST(too_few.path->states.front().front() == 1U);
  BOOST_TEST(too_few.path->states.back().front() == 15U);
}

BOOST_AUTO_TEST_CASE(counterexamples_are_shortest_and_steps_of_the_system) {
  const TransitionSystem system =
      counter([](const Word& /*count*/, const Word& added) { return added == Word(1) || added == Word(3); });
  for (const Induction& found : {prove_always(system, differs_from(7), with_k_max(8)),
                                 find_violation(system, differs_from(7), 8, {})}) {
    BOOST_REQUIRE((found.answer == Answer::violated));
    BOOST_TEST(found.depth == 3U);
    BOOST_REQUIRE(found.path.has_value());
    BOOST_REQUIRE(found.path->states.size() == 4U);
    BOOST_REQUIRE(found.path->inputs.size() == 3U);
    BOOST_TEST(found.path->states.front().front() == 0U);
    BOOST_TEST(found.path->states.back().front() == 7U);
    for (std::size_t i = 0; i < 3; ++i) {
      const std::uint64_t added = found.path->inputs[i].front();
      BOOST_TEST((added == 1 || added == 3));
      BOOST_TEST(found.path->states[i + 1].front() == found.path->states[i].front() + added);
    }
  }
}

BOOST_AUTO_TEST_CASE(wishes_choose_among_shortest_counterexamples) {
  const TransitionSystem system =
      counter([](const Word& /*count*/, const Word& added) { return added == Word(1) || added == Word(3); });
  for (const std::uint32_t position : {0U, 1U, 2U}) {
    InductionOptions options;
    options.wishes = [position](std::span<const Words> states, std::span<const Words> inputs) {
      return std::vector<Bool>{states.back()[0] == Word(9), inputs[position][0] == Word(1)};
    };
    const Induction found = find_violation(system, differs_from(7), 8, options);
    BOOST_REQUIRE(found.path.has_value());
    BOOST_TEST(found.path->inputs[position].front() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(the_first_states_count_and_bounded_search_never_says_holds) {
  const TransitionSystem system =
      counter([](const Word& /*count*/, const Word& added) { return added == Word(2); });
  const Induction at_once = prove_always(system, differs_from(0), {});
  BOOST_TEST((at_once.answer == Answer::violated));
  BOOST_TEST(at_once.depth == 0U);
  const Induction bounded = find_violation(system, differs_from(15), 20, {});
  BOOST_TEST((bounded.answer == Answer::inconclusive));
  BOOST_TEST(bounded.reason == "no violation in 20 steps");
}

// "limit" is any number and never changes: steps end there, so nothing beyond it is reached.
BOOST_AUTO_TEST_CASE(constants_keep_their_value_on_a_path) {
  TransitionSystem system;
  system.state = {{"limit", 4}, {"count", 4}};
  system.constants = 1;
  system.initial = [](State state) { return state[1] == Word(0); };
  system.step = [](State before, State /*input*/, State after) {
    return before[1] < before[0] && after[1] == before[1] + Word(1);
  };
  const Predicate is_within = [](State state) { return state[1] <= state[0]; };
  BOOST_TEST((prove_always(system, is_within, {}).answer == Answer::holds));
  const Induction found = find_violation(
      system, [](State state) { return !(state[0] == Word(3) && state[1] == Word(3)); }, 5, {});
  BOOST_REQUIRE(found.path.has_value());
  BOOST_TEST(found.depth == 3U);
  for (const Values& state : found.path->states) {
    BOOST_TEST(state[0] == 3U);
  }
}

BOOST_AUTO_TEST_CASE(a_limit_makes_it_inconclusive) {
  const std::atomic<bool> stop = true;
  InductionOptions options;
  options.limits.stop = &stop;
  const TransitionSystem system =
      counter([](const Word& /*count*/, const Word& added) { return added == Word(2); });
  const Induction found = prove_always(system, differs_from(15), options);
  BOOST_TEST((found.answer == Answer::inconclusive));
  BOOST_TEST(found.reason == "interrupted");
  BOOST_TEST((find_violation(system, differs_from(2), 4, options).reason == "interrupted"));
}

BOOST_AUTO_TEST_CASE(random_relations_get_the_verdict_of_the_explicit_engine) {
  BOOST_TEST(rc::check("verdicts and lengths", [] {
    const Relation relation = random_relation();
    const std::uint32_t bad = *rc::gen::inRange<std::uint32_t>(0, Relation::size);
    checker::SpecSystem<Relation> system(relation);
    system.always("not-bad", "the bad number is not reached",
                  [bad](const Relation::State& state) { return state.number != bad; });
    const checker::SearchResult explicit_result = search_breadth_first(system, {});
    // Complete from as many states on as there are.
    const Induction found = prove_always(relation.formulas(), differs_from(bad), with_k_max(Relation::size));
    const bool holds = explicit_result.verdict == checker::Verdict::holds;
    RC_ASSERT(found.answer == (holds ? Answer::holds : Answer::violated));
    if (!holds) {
      RC_ASSERT(found.depth == explicit_result.properties.front().path->actions.size());
    }
    RC_CLASSIFY(holds, "holds");
    RC_CLASSIFY(holds && found.depth > 1, "holds, k > 1");
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::symbolic
