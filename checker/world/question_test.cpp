// A property in clauses, or by facts, says what it says as a whole: everywhere, and also where only what a
// step changed is asked again.
#include "checker/world/question.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "checker/world/component.hpp"
#include "checker/world/view.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint32_t count_max = 4;
constexpr std::uint32_t counter_count = 3;

struct Counter {
  struct Config {};
  struct State {
    std::uint32_t count = 0;
    PLIMSOLL_DESCRIBE(State, count)
  };
  enum class Timer : std::uint8_t { next };
  using Incoming = std::uint32_t;
  using Outgoing = std::uint32_t;
  static constexpr bool never_exits = true;

  static void step(const Config& /*config*/, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    state.count += std::holds_alternative<base::Started>(input) ? 0 : 1;
    if (state.count < count_max) {
      outputs.arm(Timer::next, base::Ticks{0});
    }
  }
  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::work; }
};
PLIMSOLL_DESCRIBE_ENUM(Counter::Timer, next)

enum class Form : std::uint8_t { whole, clauses, facts };

PartId part(std::uint32_t counter) {
  return {static_cast<std::uint16_t>(counter)};
}
bool is_high(const std::uint32_t& count) {
  return count >= 3;
}

/// Counts as the predicate sees them: high or not is all it asks.
bool high(const WorldView& view, std::uint32_t counter, Form form) {
  return form == Form::facts ? view.fact<bool>(part(counter))
                             : is_high(view.part<std::uint32_t>(part(counter)));
}
void look_at(WorldClause& clause, std::uint32_t counter, Form form) {
  static const auto of_count = projection<std::uint32_t>(is_high);
  if (form == Form::facts) {
    clause.facts.push_back({part(counter), of_count});
  } else {
    clause.parts.push_back(part(counter));
  }
}

Truth not_both(bool a, bool b) {
  return a && b ? Truth::violated : a || b ? Truth::holds : Truth::vacuous;
}
Truth all_pairs(const WorldView& view) {
  Truth all = Truth::vacuous;
  for (std::uint32_t a = 0; a < counter_count; ++a) {
    for (std::uint32_t b = 0; b < a; ++b) {
      const Truth one = not_both(high(view, a, Form::whole), high(view, b, Form::whole));
      all = all == Truth::violated || one == Truth::vacuous ? all : one;
    }
  }
  return all;
}
/// A counter that has become high.
Truth becomes_high(bool before, bool after) {
  return before == after ? Truth::vacuous : before ? Truth::violated : Truth::holds;
}

std::vector<WorldProperty> properties(Form form) {
  WorldProperty pairs;
  pairs.property = {"not-two-high", PropertyKind::always, "at most one counter is high"};
  WorldProperty witness;
  witness.property = {"some-high", PropertyKind::sometimes, "some counter is high"};
  WorldProperty rising;
  rising.property = {"rises", PropertyKind::step, "what is high stays so"};
  if (form == Form::whole) {
    pairs.parts = witness.parts = rising.parts = {part(0), part(1), part(2)};
    pairs.state = all_pairs;
    witness.state = [](const WorldView& view) {
      const bool any = high(view, 0, Form::whole) || high(view, 1, Form::whole) || high(view, 2, Form::whole);
      return any ? Truth::holds : Truth::violated;
    };
    rising.step = [](const WorldView& before, const WorldView& after) {
      Truth all = Truth::vacuous;
      for (std::uint32_t i = 0; i < counter_count; ++i) {
        const Truth one = becomes_high(high(before, i, Form::whole), high(after, i, Form::whole));
        all = one == Truth::vacuous ? all : one;
      }
      return all;
    };
    return {pairs, witness, rising};
  }
  for (std::uint32_t a = 0; a < counter_count; ++a) {
    for (std::uint32_t b = 0; b < a; ++b) {
      WorldClause& clause = pairs.clauses.emplace_back();
      look_at(clause, a, form);
      look_at(clause, b, form);
      clause.state = [a, b, form](const WorldView& view) {
        return not_both(high(view, a, form), high(view, b, form));
      };
    }
    WorldClause& seen = witness.clauses.emplace_back();
    look_at(seen, a, form);
    seen.state = [a, form](const WorldView& view) {
      return high(view, a, form) ? Truth::holds : Truth::violated;
    };
    WorldClause& rises = rising.clauses.emplace_back();
    look_at(rises, a, form);
    rises.step = [a, form](const WorldView& before, const WorldView& after) {
      return becomes_high(high(before, a, form), high(after, a, form));
    };
  }
  return {pairs, witness, rising};
}

WorldModel counters(Form form) {
  WorldModel model;
  for (std::uint32_t i = 0; i < counter_count; ++i) {
    model.add_process("counter" + std::to_string(i), std::make_shared<Component<Counter>>(Counter::Config{}));
  }
  model.properties = properties(form);
  return model;
}

struct Judged {
  std::vector<std::pair<PropertyMask, PropertyMask>> states;  ///< what holds, what is engaged
  std::vector<std::pair<PropertyMask, PropertyMask>> steps;
  friend bool operator==(const Judged&, const Judged&) = default;
};

/// Every state and every step, in an order that does not depend on properties.
Judged judge_all(Form form) {
  const WorldSystem system(counters(form));
  const auto worker = system.worker();
  Judged judged;
  Successors initial(system.width());
  system.initial(initial);
  std::vector<std::vector<Slot>> left = {{initial.state(0).begin(), initial.state(0).end()}};
  std::set<Fingerprint> seen = {system.fingerprint(left.front())};
  for (std::size_t at = 0; at < left.size(); ++at) {
    const std::vector<Slot> state = left[at];
    const Evaluation here = worker->evaluate(state, 3);
    judged.states.emplace_back(here.holds, here.engaged);
    Successors out(system.width());
    worker->successors(state, system.fingerprint(state), out);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const Evaluation step = worker->evaluate_step(state, out[i].action, out.state(i), 4);
      judged.steps.emplace_back(step.holds, step.engaged);
      // What may be asked again of what changed alone: an invariant that held, a witness that was not seen.
      const PropertyMask open = (here.holds & 1U) | (~here.holds & 2U);
      const Evaluation whole = worker->evaluate(out.state(i), open);
      const Evaluation changed = worker->evaluate_changed(out.state(i), out[i].judged_change, open);
      BOOST_TEST(changed.holds == whole.holds);
      if (seen.insert(out[i].fingerprint).second) {
        left.emplace_back(out.state(i).begin(), out.state(i).end());
      }
    }
  }
  return judged;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(question_test)

BOOST_AUTO_TEST_CASE(clauses_and_facts_say_what_the_whole_says) {
  const Judged whole = judge_all(Form::whole);
  BOOST_TEST(whole.states.size() == 125U);
  BOOST_TEST((judge_all(Form::clauses) == whole));
  BOOST_TEST((judge_all(Form::facts) == whole));
}

BOOST_AUTO_TEST_CASE(predicates_that_look_at_the_same_are_one_question) {
  WorldModel model = counters(Form::clauses);
  const WorldLayout layout(model);
  const Questions questions(model, layout, 0);
  // Three pairs, three single counters; of steps, three single counters.
  BOOST_TEST(questions.of_states().size() == 6U);
  BOOST_TEST(questions.of_steps().size() == 3U);
  BOOST_TEST(questions.reads(0) == (slot_bit(0) | slot_bit(1) | slot_bit(2)));

  model.properties.push_back(model.properties[0]);
  model.properties.back().property.id = "once-more";
  const Questions doubled(model, layout, 0);
  BOOST_TEST(doubled.of_states().size() == 6U);
  BOOST_TEST(doubled.of_states()[0].clauses.size() == 2U);
  BOOST_TEST(doubled.of_states()[0].properties == (property_bit(0) | property_bit(3)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
