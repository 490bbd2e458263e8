// Counterexamples of liveness properties: found, written, read back, told and replayed.
#include "checker/trace/lasso_replay.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "checker/search/liveness_bed.hpp"
#include "checker/trace/replay.hpp"
#include "checker/trace/water_jugs.hpp"

namespace plimsoll::checker {
namespace {

enum class Patience : std::uint8_t { none, weak, strong };

/// The jugs, asked whether the big one comes to hold 4 litres; `patience` is fairness of pouring.
std::unique_ptr<SpecSystem<JugSpec>> asking_jugs(JugSpec spec, Patience patience) {
  auto system = make_water_jugs(spec);
  system->eventually("four-at-last", "the big jug comes to hold 4 litres",
                     [](const Jugs& jugs) { return jugs.big == 4; });
  if (patience != Patience::none) {
    system->fair(patience == Patience::weak ? Fairness::weak : Fairness::strong, "pour",
                 [](const JugSpec::Action& action) { return std::holds_alternative<Pour>(action); });
  }
  return system;
}

constexpr std::size_t four_at_last = 6;

Trace counterexample(const System& system) {
  SearchOptions options;
  options.selected = property_bit(four_at_last);
  const SearchResult result = check_liveness(system, options);
  BOOST_REQUIRE(result.properties.size() == 1U);
  BOOST_REQUIRE(result.properties[0].path.has_value());
  Trace trace;
  trace.scenario_text = "kind: Scenario\n";
  trace.scenario_file = "jugs.yaml";
  trace.property = "four-at-last";
  trace.engine = "bfs";
  trace.visited = "exact";
  trace.version = "0.1.0";
  trace.behaviour = describe(system, *result.properties[0].path);
  const auto again = read_itf(write_itf(trace), "t");
  BOOST_REQUIRE(again.has_value());
  BOOST_TEST((again->behaviour == trace.behaviour));
  return *again;
}

/// What replay() has against the trace; empty if it is reproduced.
std::string complaint(const System& system, const Trace& trace) {
  const auto done = replay(system, trace);
  if (!done) {
    return done.error();
  }
  BOOST_TEST((done->divergence.has_value() || done->steps == trace.behaviour.steps()));
  return done->divergence ? std::string(to_text(done->divergence->kind)) + ": " + done->divergence->message
                          : "";
}

/// States that differ in more than is told of them.
class BlurredSystem final : public FairGraphSystem {
 public:
  using FairGraphSystem::describe;
  using FairGraphSystem::FairGraphSystem;
  [[nodiscard]] Datum describe(StateView state) const override { return Datum::of_number(state[0]); }
  [[nodiscard]] ActionLabel describe(StateView /*before*/, const Action& /*action*/) const override {
    return {"go", {}};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(lasso_replay_test)

BOOST_AUTO_TEST_CASE(a_lasso_is_found_told_and_reproduced) {
  const auto system = asking_jugs({}, Patience::none);
  const Trace trace = counterexample(*system);
  BOOST_TEST(trace.behaviour.loop.has_value());
  BOOST_TEST(!trace.behaviour.ends);
  BOOST_TEST(complaint(*asking_jugs({}, Patience::none), trace) == "");
  BOOST_TEST(tell(trace.behaviour, trace.behaviour.steps()) ==
             "  #0 initial state\n  #1 fill(jug: small)\n       small: 0 -> 3\n  #2 empty(jug: small)\n"
             "       small: 3 -> 0\n  from here on steps 1 to 2 repeat for ever\n");
  BOOST_TEST(tell(trace.behaviour, 1).find("for ever") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_path_that_ends_is_told_and_reproduced) {
  const auto system = asking_jugs({3, false}, Patience::strong);
  const Trace trace = counterexample(*system);
  BOOST_TEST(!trace.behaviour.loop.has_value());
  BOOST_TEST(trace.behaviour.ends);
  BOOST_TEST(complaint(*asking_jugs({3, false}, Patience::none), trace) == "");
  BOOST_TEST(tell(trace.behaviour, 2) ==
             "  #0 initial state\n  #1 fill(jug: small)\n       small: 0 -> 3\n  #2 fill(jug: big)\n"
             "       big: 0 -> 5\n  nothing more can happen\n");
  // With emptying something can.
  BOOST_TEST(complaint(*asking_jugs({}, Patience::none), trace) ==
             "property: every step was taken, but 'four-at-last' is not violated: it does not loop, and "
             "something can happen after its last state");
}

BOOST_AUTO_TEST_CASE(a_loop_that_is_no_longer_fair_diverges) {
  const Trace trace = counterexample(*asking_jugs({}, Patience::none));
  // Pouring is enabled only while the small jug is full.
  BOOST_TEST(complaint(*asking_jugs({}, Patience::weak), trace) == "");
  BOOST_TEST(
      complaint(*asking_jugs({}, Patience::strong), trace) ==
      "property: every step was taken, but 'four-at-last' is not violated: the loop starves 'pour': it "
      "is enabled again and again and never taken");
  // Fair or not, one can pour to and fro for ever.
  const Trace fair = counterexample(*asking_jugs({}, Patience::strong));
  BOOST_TEST(complaint(*asking_jugs({}, Patience::strong), fair) == "");
}

BOOST_AUTO_TEST_CASE(an_action_that_is_gone_is_named_as_in_any_trace) {
  const Trace trace = counterexample(*asking_jugs({}, Patience::none));
  BOOST_TEST(complaint(*asking_jugs({3, false}, Patience::none), trace) ==
             "no-such-action: the recorded action is not enabled: empty(jug: small)");
}

BOOST_AUTO_TEST_CASE(claims_that_no_trace_can_show_are_errors) {
  const auto system = asking_jugs({}, Patience::none);
  Trace trace = counterexample(*system);
  trace.property = "small-fits";
  BOOST_TEST(
      complaint(*system, trace) ==
      "the trace is about what happens for ever, which says nothing of 'small-fits', which is a property "
      "of kind 'always'");
  trace.property = "four-at-last";
  trace.shown = Shown::witness;
  BOOST_TEST(complaint(*system, trace) ==
             "the trace claims 'witness' of 'four-at-last', which is a 'eventually' property");
  trace.shown = Shown::violated;
  trace.behaviour.loop.reset();
  BOOST_TEST(
      complaint(*system, trace) ==
      "the trace neither loops nor ends, so it shows nothing of 'four-at-last', which is a property of "
      "kind 'eventually'");
}

BOOST_AUTO_TEST_CASE(of_states_told_alike_the_right_ones_are_found) {
  // 0 goes to 1 and to 4, both told as 1; only from 4 does a way lead back to 0. Both 3 and 0 are told as 0.
  FairGraph graph;
  graph.nodes = {{{{1, 0, false}, {4, 0, false}}, false, false},
                 {{{3, 0, false}}, false, false},
                 {{}, false, false},
                 {{}, false, false},
                 {{{3, 0, false}, {0, 0, false}}, false, false}};
  const BlurredSystem system(graph);
  Behaviour recorded;
  for (const std::uint64_t digit : {0U, 1U, 0U}) {
    recorded.states.push_back(Datum::of_number(digit));
  }
  recorded.labels.resize(2, {"go", {}});
  recorded.loop = 0;
  BOOST_TEST(!judge_recorded_lasso(system, FairGraphSystem::eventually, recorded).has_value());
  // Without that way the first objection is kept.
  graph.nodes[4].edges.pop_back();
  BOOST_TEST(judge_recorded_lasso(system, FairGraphSystem::eventually, recorded).value_or("") ==
             "it does not end where its loop begins");
  graph.nodes[0].edges.clear();
  BOOST_TEST(judge_recorded_lasso(system, FairGraphSystem::eventually, recorded).value_or("") ==
             "no behaviour of today was found that is described as the record");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
