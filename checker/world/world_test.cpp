// Worlds small enough to say by hand what must come out: state counts, rules of time, vacuity, and order by
// content.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "checker/world/test_bed.hpp"
#include "checker/world/view.hpp"
#include "checker/world/walk.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

/// Arms one timer of each kind at its start and counts what fires.
struct Clock {
  enum class Timer : std::uint8_t { busy, until_due, may_lapse, wish };
  struct Config {
    std::vector<std::pair<Timer, std::uint32_t>> timers;
  };
  struct State {
    std::uint32_t fired = 0;
    PLIMSOLL_DESCRIBE(State, fired)
  };
  struct Nothing {
    PLIMSOLL_DESCRIBE(Nothing)
  };
  using Incoming = Nothing;
  using Outgoing = Nothing;

  static base::TimerKind timer_kind(Timer timer) { return static_cast<base::TimerKind>(timer); }
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (std::holds_alternative<base::TimerFired<Timer>>(input)) {
      ++state.fired;
    }
    if (std::holds_alternative<base::Started>(input)) {
      for (const auto& [timer, ticks] : config.timers) {
        outputs.arm(timer, base::Ticks{ticks});
      }
    }
  }
};
PLIMSOLL_DESCRIBE_ENUM(Clock::Timer, busy, until_due, may_lapse, wish)

WorldModel clock_world(std::vector<std::pair<Clock::Timer, std::uint32_t>> timers, bool discrete) {
  WorldModel model;
  model.add_process("clock", std::make_shared<Component<Clock>>(Clock::Config{std::move(timers)}));
  model.time = {discrete, discrete ? 3U : 0U};
  return model;
}

void check_enabled(Walk& walk, const std::vector<std::string>& expected) {
  BOOST_TEST(walk.enabled() == expected, boost::test_tools::per_element());
}

struct Explored {
  std::uint64_t distinct = 0;
  std::uint64_t transitions = 0;
  /// By description of the source: labels, fingerprints and descriptions of the targets, in order.
  std::map<std::string, std::vector<std::string>> edges;
};

Explored explore(const WorldSystem& system, bool depth_first, std::size_t expansions_max = 100000) {
  Explored explored;
  std::set<std::vector<Slot>> seen;
  std::vector<std::vector<Slot>> left;
  const auto worker = system.worker();
  const auto note = [&](const Successors& out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const StateView state = out.state(i);
      std::vector<Slot> copy(state.begin(), state.end());
      if (seen.insert(copy).second) {
        left.insert(depth_first ? left.end() : left.begin(), std::move(copy));
      }
    }
  };
  Successors out(system.width());
  system.initial(out);
  note(out);
  for (std::size_t expanded = 0; !left.empty() && expanded < expansions_max; ++expanded) {
    const std::vector<Slot> state = std::move(left.back());
    left.pop_back();
    out.clear();
    worker->successors(state, system.fingerprint(state), out);
    std::vector<std::string>& edges = explored.edges[to_line(system.describe(state))];
    for (std::size_t i = 0; i < out.size(); ++i) {
      edges.push_back(to_line(system.describe(state, out[i].action)) + " " +
                      std::to_string(out[i].fingerprint) + " " + to_line(system.describe(out.state(i))));
    }
    explored.transitions += out.size();
    note(out);
  }
  explored.distinct = seen.size();
  return explored;
}

WorldModel machine_world() {
  WorldModel model;
  for (std::uint8_t i = 0; i < 3; ++i) {
    Machine::Config config{i + 11U, i == 0, i == 1, {}};
    for (std::uint8_t peer = 0; peer < 3; ++peer) {
      if (peer != i) {
        config.peers.push_back(base::ProcessId{peer});
      }
    }
    const auto machine = std::make_shared<Component<Machine>>(config, Machine::State{1, 0, 0});
    for (const base::ProcessId peer : config.peers) {
      machine->wire<Machine::Incoming>(peer);
    }
    model.add_process("p" + std::to_string(i), machine);
  }
  model.processes[0].has_disk = true;
  const base::ProcessId p0{0};
  const base::ProcessId p1{1};
  const base::ProcessId p2{2};
  model.links = {{p0, p1, LinkKind::connection, false, "disconnect"},
                 {p1, p2, LinkKind::datagram, false, ""},
                 {p0, p2, LinkKind::local, true, ""}};
  model.units = {{"node", "crash", {p0, p1}, {model.processes[0].parts[1]}}};
  model.budgets = {{"crash", 1}, {"drop", 1}, {"disconnect", 1}, {"wish", 1}};
  return model;
}

BOOST_AUTO_TEST_SUITE(world_test)

BOOST_AUTO_TEST_CASE(a_token_ring_has_two_states_for_each_pass_and_one_more) {
  for (const std::uint8_t members : {std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{5}}) {
    for (const std::uint32_t passes : {0U, 1U, 7U}) {
      const Explored explored = explore(WorldSystem(ring_world(members, passes)), false);
      BOOST_TEST(explored.distinct == 2 * passes + 1);
      BOOST_TEST(explored.transitions == 2 * passes);
    }
  }
}

BOOST_AUTO_TEST_CASE(independent_clocks_multiply) {
  // Three clocks with one piece of work each: every subset may have fired, each edge of the cube is a
  // transition.
  WorldModel model;
  for (int i = 0; i < 3; ++i) {
    const Clock::Config config{{{Clock::Timer::busy, 0}}};
    model.add_process("clock" + std::to_string(i), std::make_shared<Component<Clock>>(config));
  }
  const Explored explored = explore(WorldSystem(model), true);
  BOOST_TEST(explored.distinct == 8U);
  BOOST_TEST(explored.transitions == 12U);
}

BOOST_AUTO_TEST_CASE(untimed_work_fires_at_any_moment) {
  Walk walk(clock_world({{Clock::Timer::busy, 2}}, false));
  check_enabled(walk, {"fire(process: clock, timer: busy)"});
  walk.take("fire(process: clock, timer: busy)");
  check_enabled(walk, {});
}

BOOST_AUTO_TEST_CASE(untimed_deadlines_lapses_and_whims_need_a_budget) {
  const std::vector<std::pair<Clock::Timer, std::string>> kinds = {{Clock::Timer::until_due, "until-due"},
                                                                   {Clock::Timer::may_lapse, "may-lapse"},
                                                                   {Clock::Timer::wish, "wish"}};
  for (const auto& [timer, name] : kinds) {
    WorldModel model = clock_world({{timer, 2}}, false);
    Walk without(model);
    check_enabled(without, {});
    model.budgets[name] = 1;
    Walk with(model);
    check_enabled(with, {"fire(process: clock, timer: " + name + ")"});
    with.take("fire(process: clock, timer: " + name + ")");
    check_enabled(with, {});
    BOOST_TEST(to_line(*with.describe().member("environment")) == "{" + name + ": 0}");
  }
}

BOOST_AUTO_TEST_CASE(discrete_work_and_deadlines_fire_when_due_before_time_passes) {
  for (const Clock::Timer timer : {Clock::Timer::busy, Clock::Timer::until_due}) {
    Walk walk(clock_world({{timer, 2}}, true));
    const std::string fire = "fire(process: clock, timer: " + base::enumerator_text(timer) + ")";
    check_enabled(walk, {"tick"});
    walk.take("tick");
    check_enabled(walk, {"tick"});
    walk.take("tick");
    check_enabled(walk, {fire});
    walk.take(fire);
    check_enabled(walk, {"tick"});
    walk.take("tick");
    // The horizon of three ticks.
    check_enabled(walk, {});
  }
}

BOOST_AUTO_TEST_CASE(discrete_lapses_may_fire_late) {
  Walk walk(clock_world({{Clock::Timer::may_lapse, 1}}, true));
  const std::string fire = "fire(process: clock, timer: may-lapse)";
  check_enabled(walk, {"tick"});
  walk.take("tick");
  check_enabled(walk, {fire, "tick"});
  walk.take("tick");
  check_enabled(walk, {fire, "tick"});
  walk.take(fire);
  check_enabled(walk, {"tick"});
}

BOOST_AUTO_TEST_CASE(discrete_whims_fire_at_any_moment_within_their_budget) {
  WorldModel model = clock_world({{Clock::Timer::wish, 2}}, true);
  Walk without(model);
  check_enabled(without, {"tick"});
  model.budgets["wish"] = 1;
  Walk with(model);
  check_enabled(with, {"fire(process: clock, timer: wish)", "tick"});
}

BOOST_AUTO_TEST_CASE(time_waits_for_urgent_messages) {
  for (const bool urgent : {false, true}) {
    WorldModel model = ring_world(2, 1);
    model.links[0].urgent = urgent;
    model.time = {true, 5};
    Walk walk(model);
    // Work is due at once, so time waits for it too.
    check_enabled(walk, {"fire(process: p0, timer: pass)"});
    walk.take("fire(process: p0, timer: pass)");
    const std::string deliver = "deliver(to: p1, from: p0, message: passes-left: 0)";
    check_enabled(walk,
                  urgent ? std::vector<std::string>{deliver} : std::vector<std::string>{deliver, "tick"});
  }
}

BOOST_AUTO_TEST_CASE(a_paused_process_holds_no_time) {
  WorldModel model = clock_world({{Clock::Timer::until_due, 1}}, true);
  model.budgets["pause"] = 1;
  Walk walk(model);
  walk.take("tick");
  check_enabled(walk, {"fire(process: clock, timer: until-due)", "pause(process: clock)"});
  walk.take("pause(process: clock)");
  check_enabled(walk, {"resume(process: clock)", "tick"});
  walk.take("tick");
  walk.take("resume(process: clock)");
  check_enabled(walk, {"fire(process: clock, timer: until-due)"});
}

BOOST_AUTO_TEST_CASE(order_labels_and_fingerprints_follow_content) {
  // Two instances; the second is first explored in another order, which gives values other ids. Nothing that
  // shows may differ.
  const WorldSystem first(machine_world());
  const WorldSystem second(machine_world());
  explore(second, true, 1500);
  const Explored a = explore(first, false, 1500);
  const Explored b = explore(second, false, 1500);
  BOOST_TEST(a.edges.size() == 1500U);
  BOOST_TEST(a.distinct == b.distinct);
  BOOST_TEST(a.transitions == b.transitions);
  BOOST_TEST((a.edges == b.edges));
}

BOOST_AUTO_TEST_CASE(properties_tell_vacuous_from_engaged) {
  WorldModel model = ring_world(2, 2);
  const PartId holds = model.find_part("p1.holds").value();
  WorldProperty implication;
  implication.property = {"if-held", PropertyKind::always, "whoever holds the token is p0"};
  implication.parts = {holds};
  implication.state = [holds](const WorldView& view) {
    return view.part<bool>(holds) ? Truth::violated : Truth::vacuous;
  };
  WorldProperty witness = implication;
  witness.property = {"never-seen", PropertyKind::sometimes, "something that is not there"};
  witness.state = [](const WorldView&) { return Truth::vacuous; };
  WorldProperty at_rest;
  at_rest.property = {"at-rest", PropertyKind::always, "asked only at quiescence"};
  at_rest.at_quiescence = true;
  at_rest.state = [](const WorldView&) { return Truth::holds; };
  WorldProperty step;
  step.property = {"takes-it-once", PropertyKind::step, "p1 only ever takes the token"};
  step.parts = {holds};
  step.step = [holds](const WorldView& before, const WorldView& after) {
    return before.part<bool>(holds) && !after.part<bool>(holds) ? Truth::violated : Truth::holds;
  };
  model.properties = {implication, witness, at_rest, step};
  const WorldSystem system(model);
  BOOST_TEST((system.properties()[0].reads == slot_bit(system.layout().part(holds))));

  const auto worker = system.worker();
  Successors out(system.width());
  system.initial(out);
  std::vector<std::vector<Slot>> path = {{out.state(0).begin(), out.state(0).end()}};
  for (int i = 0; i < 4; ++i) {
    out.clear();
    worker->successors(path.back(), system.fingerprint(path.back()), out);
    BOOST_REQUIRE(out.size() == 1U);
    path.emplace_back(out.state(0).begin(), out.state(0).end());
  }
  // p0 holds; to p1; p1 holds; to p0; p0 holds for good.
  const std::vector<PropertyMask> holding = {5, 5, 4, 5, 5};
  const std::vector<PropertyMask> engaged = {0, 0, 1, 0, 4};
  for (std::size_t i = 0; i < path.size(); ++i) {
    const Evaluation found = worker->evaluate(path[i], 7);
    BOOST_TEST(found.holds == holding[i], "state " << i);
    BOOST_TEST(found.engaged == engaged[i], "state " << i);
  }
  const std::vector<bool> step_holds = {true, true, false, true};
  const std::vector<bool> step_engaged = {false, true, true, false};
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const Evaluation found = worker->evaluate_step(path[i], {}, path[i + 1], 8);
    BOOST_TEST((found.holds != 0) == step_holds[i], "step " << i);
    BOOST_TEST((found.engaged != 0) == step_engaged[i], "step " << i);
  }
  BOOST_TEST(worker->may_end(path[4]));
  BOOST_TEST(!worker->may_end(path[1]));
}

BOOST_AUTO_TEST_CASE(steps_are_run_once_for_each_local_situation) {
  // Five independent clocks: 32 states, but each clock's step is the same in all of them.
  WorldModel model;
  for (int i = 0; i < 5; ++i) {
    const Clock::Config config{{{Clock::Timer::busy, 0}}};
    model.add_process("clock" + std::to_string(i), std::make_shared<Component<Clock>>(config));
  }
  const WorldSystem system(model);
  const auto worker = system.worker();
  std::vector<std::vector<Slot>> left;
  std::set<std::vector<Slot>> seen;
  Successors out(system.width());
  system.initial(out);
  while (true) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::vector<Slot> state(out.state(i).begin(), out.state(i).end());
      if (seen.insert(state).second) {
        left.push_back(std::move(state));
      }
    }
    if (left.empty()) {
      break;
    }
    const std::vector<Slot> state = std::move(left.back());
    left.pop_back();
    out.clear();
    worker->successors(state, system.fingerprint(state), out);
  }
  BOOST_TEST(seen.size() == 32U);
  BOOST_TEST(worker->statistics().steps_run == 5U);
  BOOST_TEST(worker->statistics().steps_recalled == 75U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
