#include "checker/trace/replay.hpp"

#include <boost/test/unit_test.hpp>

#include "checker/trace/minimise.hpp"
#include "checker/trace/water_jugs.hpp"

namespace plimsoll::checker {
namespace {

/// The path that takes, at each state, the successor of that line.
Path walk(const System& system, const std::vector<std::string>& lines) {
  Successors initial(system.width());
  system.initial(initial);
  Path path{{{initial.state(0).begin(), initial.state(0).end()}}, {}};
  const auto worker = system.worker();
  for (const std::string& line : lines) {
    const std::vector<Slot> before = path.states.back();
    Successors out(system.width());
    worker->successors(before, system.fingerprint(before), out);
    std::size_t i = 0;
    while (i < out.size() && to_line(system.describe(before, out[i].action)) != line) {
      ++i;
    }
    BOOST_REQUIRE_MESSAGE(i < out.size(), line << " is not enabled");
    path.actions.push_back(out[i].action);
    path.states.emplace_back(out.state(i).begin(), out.state(i).end());
  }
  return path;
}

const std::vector<std::string> solution = {"fill(jug: big)",  "pour(from: big)", "empty(jug: small)",
                                           "pour(from: big)", "fill(jug: big)",  "pour(from: big)"};

Trace trace_for(const std::string& property, const std::vector<std::string>& lines,
                Shown shown = Shown::violated) {
  const auto system = make_water_jugs();
  Trace trace;
  trace.property = property;
  trace.shown = shown;
  trace.behaviour = describe(*system, walk(*system, lines));
  return trace;
}

Divergence divergence_of(const System& system, const Trace& trace) {
  const auto done = replay(system, trace);
  BOOST_REQUIRE(done.has_value());
  BOOST_REQUIRE(done->divergence.has_value());
  return *done->divergence;
}

bool reproduces(const Trace& trace) {
  const auto system = make_water_jugs();
  const auto done = replay(*system, trace);
  BOOST_REQUIRE(done.has_value());
  return !done->divergence && done->steps == trace.behaviour.steps();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(replay_test)

BOOST_AUTO_TEST_CASE(a_recorded_behaviour_is_reproduced) {
  BOOST_TEST(reproduces(trace_for("big-is-never-four", solution)));
  BOOST_TEST(reproduces(trace_for("big-grows-by-at-most-four", {"fill(jug: big)"})));
  BOOST_TEST(reproduces(
      trace_for("small-holds-two", {solution[0], solution[1], solution[2], solution[3]}, Shown::witness)));
}

BOOST_AUTO_TEST_CASE(the_story_says_what_each_step_changed) {
  const Trace trace = trace_for("big-is-never-four", solution);
  const std::string story = tell(trace.behaviour, 2);
  BOOST_TEST(story ==
             "  #0 initial state\n  #1 fill(jug: big)\n       big: 0 -> 5\n  #2 pour(from: big)\n       "
             "small: 0 -> 3\n"
             "       big: 5 -> 2\n");
  BOOST_TEST(tell_state(trace.behaviour.states[2]) == "       small: 3\n       big: 2\n");
}

BOOST_AUTO_TEST_CASE(an_action_that_is_gone_is_named_with_what_is_enabled_instead) {
  const auto system = make_water_jugs({3, false});
  const Divergence found = divergence_of(*system, trace_for("big-is-never-four", solution));
  BOOST_TEST((found.kind == Divergence::Kind::no_such_action));
  BOOST_TEST(found.step == 3U);
  BOOST_TEST(found.message == "the recorded action is not enabled: empty(jug: small)");
  BOOST_TEST(found.enabled == (std::vector<std::string>{"fill(jug: big)", "pour(from: small)"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(another_state_is_shown_at_its_smallest_parts) {
  const auto system = make_water_jugs({2, true});
  const Divergence found = divergence_of(*system, trace_for("big-is-never-four", solution));
  BOOST_TEST((found.kind == Divergence::Kind::state));
  BOOST_TEST(found.step == 2U);
  BOOST_REQUIRE(found.differences.size() == 2U);
  BOOST_TEST(found.differences[0].path == "small");
  BOOST_TEST(found.differences[0].before == "3");
  BOOST_TEST(found.differences[0].after == "2");
  BOOST_TEST(tell(found).find("small: recorded 3, today 2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(another_initial_state_diverges_at_once) {
  Trace trace = trace_for("big-is-never-four", solution);
  trace.behaviour.states[0] =
      Datum::of_record({{"small", Datum::of_number(1)}, {"big", Datum::of_number(0)}});
  const Divergence found = divergence_of(*make_water_jugs(), trace);
  BOOST_TEST((found.kind == Divergence::Kind::initial_state));
  BOOST_TEST(found.differences.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_property_that_holds_at_the_end_diverges) {
  for (const std::string property :
       {"big-is-never-four", "big-grows-by-at-most-four", "deadlock-free", "small-fits"}) {
    const Divergence found = divergence_of(*make_water_jugs(), trace_for(property, {"fill(jug: small)"}));
    BOOST_TEST((found.kind == Divergence::Kind::property));
    BOOST_TEST(found.message == "every step was taken, but '" + property + "' holds");
  }
}

BOOST_AUTO_TEST_CASE(claims_that_no_trace_can_show_are_errors) {
  const auto system = make_water_jugs();
  BOOST_TEST(replay(*system, trace_for("no-such", {})).error() == "the system has no property 'no-such'");
  BOOST_TEST(replay(*system, trace_for("small-holds-two", {})).error() ==
             "the trace claims 'violated' of 'small-holds-two', which is a 'sometimes' property");
}

BOOST_AUTO_TEST_CASE(a_wandering_path_is_shortened_to_what_matters) {
  const auto system = make_water_jugs();
  const Path wandering =
      walk(*system, {"fill(jug: small)", "empty(jug: small)", "fill(jug: big)", "empty(jug: big)",
                     "fill(jug: big)", "pour(from: big)", "empty(jug: small)", "pour(from: big)",
                     "fill(jug: big)", "pour(from: big)", "empty(jug: small)"});
  const Path shortest = minimise(*system, wandering, 0, 1000);
  BOOST_TEST(shortest.actions.size() == solution.size());
  Trace trace = trace_for("big-is-never-four", {});
  trace.behaviour = describe(*system, shortest);
  BOOST_TEST(reproduces(trace));
  BOOST_TEST(minimise(*system, wandering, 0, 0).actions.size() == wandering.actions.size());
  BOOST_TEST(minimise(*system, wandering, 0, 100, 0).actions.size() == wandering.actions.size());
  const Path cut = minimise(*system, wandering, 0, 1);
  BOOST_TEST(cut.actions.size() == solution.size());
}

BOOST_AUTO_TEST_CASE(step_properties_and_witnesses_are_shortened_too) {
  const auto system = make_water_jugs();
  const Path path = walk(*system, {"fill(jug: small)", "empty(jug: small)", "fill(jug: big)",
                                   "pour(from: big)", "empty(jug: small)", "pour(from: big)"});
  BOOST_TEST(minimise(*system, path, 2, 100).actions.size() == 1U);
  BOOST_TEST(minimise(*system, path, 1, 100).actions.size() == 4U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
