// Fairness of worlds: which constraint each action belongs to, where it is possible, taken, or put off.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "checker/world/test_bed.hpp"
#include "checker/world/watchdog.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

/// Everything that a world has: each kind of link, fault and timer.
WorldModel full_world(bool discrete, std::uint32_t seed) {
  WorldModel model;
  for (std::uint8_t i = 0; i < 3; ++i) {
    Machine::Config config{seed + i, false, i == 1, {}};
    for (std::uint8_t peer = 0; peer < 3; ++peer) {
      if (peer != i) {
        config.peers.push_back(base::ProcessId{peer});
      }
    }
    const auto machine = std::make_shared<Component<Machine>>(config, Machine::State{3, 0, 0});
    for (const base::ProcessId peer : config.peers) {
      machine->wire<Machine::Incoming>(peer);
    }
    model.add_process("p" + std::to_string(i), machine);
  }
  const base::ProcessId p0{0};
  const base::ProcessId p1{1};
  const base::ProcessId p2{2};
  model.links = {{p0, p1, LinkKind::connection, false, "disconnect"},
                 {p1, p2, LinkKind::datagram, false, ""},
                 {p0, p2, LinkKind::local, true, ""}};
  model.units = {{"node", "crash", {p0}, {}}};
  model.budgets = {{"crash", 1}, {"drop", 1},      {"disconnect", 1}, {"duplicate", 1},
                   {"pause", 1}, {"until-due", 1}, {"wish", 1}};
  model.time = {discrete, discrete ? 2U : 0U};
  model.mailbox_messages_max = 2;
  return model;
}

std::string parameter(const ActionLabel& label, const std::string& name) {
  for (const auto& [key, value] : label.parameters) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

/// The name of the constraint that an action belongs to for itself; "" if nothing demands it.
std::string own_constraint(const ActionLabel& label) {
  if (label.name == "deliver") {
    const std::string message = parameter(label, "message");
    return "deliver " + message.substr(0, message.find_first_of(" :{")) + " to " + parameter(label, "to") +
           " from " + parameter(label, "from");
  }
  if (label.name == "connection-lost") {
    return "tell " + parameter(label, "to") + " of a lost connection to " + parameter(label, "peer");
  }
  if (label.name == "fire") {
    const std::string timer = parameter(label, "timer");
    return timer == "wish" ? "" : "fire " + timer + " of " + parameter(label, "process");
  }
  if (label.name == "restart" || label.name == "resume") {
    return label.name + " " + parameter(label, "process");
  }
  return label.name == "tick" ? "tick" : "";
}

/// The process whose step an action is; "" if it is none's.
std::string stepping(const ActionLabel& label) {
  if (label.name == "deliver" || label.name == "connection-lost") {
    return parameter(label, "to");
  }
  return label.name == "fire" ? parameter(label, "process") : "";
}

/// Checks one state's actions, pruned ones too; counts how often each kind was seen.
class MaskCheck {
 public:
  explicit MaskCheck(const WorldSystem& system) : system_(system) {}

  void operator()(Worker& worker, const std::vector<Slot>& state, const Successors& out) {
    std::vector<Action> actions;
    for (std::size_t i = 0; i < out.size(); ++i) {
      actions.push_back(out[i].action);
    }
    actions.insert(actions.end(), out.pruned_actions().begin(), out.pruned_actions().end());
    pruned += out.pruned();
    std::set<std::string> possible;
    for (const Action& action : actions) {
      possible.insert(own_constraint(system_.describe(state, action)));
    }
    for (const Action& action : actions) {
      check(system_.describe(state, action), worker.fairness_of(state, action), possible);
    }
  }
  std::map<std::string, std::uint64_t> seen;  ///< by name of the action
  std::uint64_t put_off = 0;
  std::uint64_t pruned = 0;

 private:
  void check(const ActionLabel& label, FairnessMask mask, const std::set<std::string>& possible) {
    ++seen[label.name == "fire" ? "fire " + parameter(label, "timer") : label.name];
    const std::string own = own_constraint(label);
    bool found_own = own.empty();
    for (std::size_t i = 0; i < system_.fairness().size(); ++i) {
      if ((mask & fairness_bit(i)) == 0) {
        continue;
      }
      const std::string& name = system_.fairness()[i].name;
      if (name == own) {
        found_own = true;
        continue;
      }
      // Besides its own, a step may belong to timers of its process that might have fired.
      ++put_off;
      BOOST_TEST(name.starts_with("fire "), to_line(label) << " belongs to " << name);
      BOOST_TEST(name.ends_with(" of " + stepping(label)), to_line(label) << " belongs to " << name);
      BOOST_TEST(possible.contains(name), to_line(label) << " belongs to " << name);
    }
    BOOST_TEST(found_own, to_line(label)
                              << " does not belong to " << own << " but to " << text_of(system_, mask));
  }
  const WorldSystem& system_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(fairness_test)

BOOST_AUTO_TEST_CASE(what_is_bound_to_happen_has_a_constraint_and_nothing_else_has) {
  WorldModel model = watchdog_world({Watchdog::Timer::chore, Watchdog::Timer::bark}, 1);
  model.links[0].kind = LinkKind::connection;
  model.units = {{"dog", "crash", {base::ProcessId{1}}, {}}};
  model.budgets = {{"crash", 1}, {"bark", 1}, {"pause", 1}};
  model.processes[0].supervised = false;
  const std::vector<std::string> expected = {"deliver kick to man from dog",
                                             "tell man of a lost connection to dog",
                                             "deliver kick to dog from man",
                                             "tell dog of a lost connection to man",
                                             "fire chore of man",
                                             "fire bark of man",
                                             "resume man",
                                             "fire chore of dog",
                                             "fire bark of dog",
                                             "restart dog",
                                             "resume dog"};
  const WorldSystem untimed(model);
  BOOST_TEST(text_of(untimed, ~FairnessMask{0}) == [&] {
    std::string text;
    for (const std::string& name : expected) {
      text += (text.empty() ? "" : ", ") + name;
    }
    return text;
  }());
  for (const FairnessConstraint& constraint : untimed.fairness()) {
    BOOST_TEST((constraint.strength == Fairness::weak));
  }
  // A deadline without a budget never fires in an untimed world, but does with a clock, which ticks.
  model.budgets.clear();
  const WorldSystem without_budget(model);
  BOOST_TEST(text_of(without_budget, ~FairnessMask{0}).find("bark") == std::string::npos);
  model.time = {true, 3};
  const WorldSystem discrete(model);
  BOOST_TEST(text_of(discrete, ~FairnessMask{0}).find("fire bark of dog") != std::string::npos);
  BOOST_TEST(discrete.fairness().front().name == "tick");
}

BOOST_AUTO_TEST_CASE(every_action_belongs_to_its_own_constraint) {
  for (const bool discrete : {false, true}) {
    std::map<std::string, std::uint64_t> seen;
    std::uint64_t put_off = 0;
    std::uint64_t pruned = 0;
    for (const std::uint32_t seed : {1U, 14U, 25U}) {
      const WorldSystem system(full_world(discrete, seed));
      MaskCheck check(system);
      for_each_state(system, 700, check);
      for (const auto& [name, times] : check.seen) {
        seen[name] += times;
      }
      put_off += check.put_off;
      pruned += check.pruned;
    }
    for (const char* name : {"deliver", "connection-lost", "fire busy", "fire until-due", "fire wish",
                             "crash", "restart", "pause", "resume", "disconnect", "drop", "duplicate"}) {
      BOOST_TEST(seen[name] > 5U, name << " was seen " << seen[name] << " times");
    }
    BOOST_TEST((seen["tick"] > 5U) == discrete);
    BOOST_TEST(put_off > 5U);
    BOOST_TEST(pruned > 5U);
  }
}

BOOST_AUTO_TEST_CASE(a_step_that_arms_a_timer_anew_satisfies_it_where_it_might_have_fired) {
  struct Case {
    Watchdog::Timer timer;
    std::uint32_t budget;
    bool discrete;
    bool is_put_off;
  };
  const std::vector<Case> cases = {
      {Watchdog::Timer::chore, 0, false, true},  // work may fire at any moment
      {Watchdog::Timer::bark, 1, false, true},   // an untimed deadline as long as its budget lasts
      {Watchdog::Timer::bark, 0, false, false},  // without it, never
      {Watchdog::Timer::bark, 0, true, false},   // not due yet: arming it anew keeps nobody waiting
  };
  for (const Case& one : cases) {
    WorldModel model = watchdog_world({one.timer}, 1);
    model.budgets = {{"bark", one.budget}};
    model.time = {one.discrete, one.discrete ? 3U : 0U};
    const WorldSystem system(model);
    const std::string fire = "fire " + base::enumerator_text(one.timer) + " of dog";
    bool was_kicked = false;
    for_each_state(system, 1, [&](Worker& worker, const std::vector<Slot>& state, const Successors& out) {
      for (std::size_t i = 0; i < out.size(); ++i) {
        if (system.describe(state, out[i].action).name != "deliver") {
          continue;
        }
        was_kicked = true;
        const std::string kick = "deliver kick to dog from man";
        BOOST_TEST(text_of(system, worker.fairness_of(state, out[i].action)) ==
                   kick + (one.is_put_off ? ", " + fire : ""));
      }
    });
    BOOST_TEST(was_kicked);
  }
}

BOOST_AUTO_TEST_CASE(a_step_that_arms_a_timer_first_does_not_satisfy_it) {
  // The dog's chore is done before the kick comes, which arms it again.
  const WorldSystem system(watchdog_world({Watchdog::Timer::chore}, 1));
  std::set<std::string> of_kicks;
  for_each_state(system, 100, [&](Worker& worker, const std::vector<Slot>& state, const Successors& out) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (system.describe(state, out[i].action).name == "deliver") {
        of_kicks.insert(text_of(system, worker.fairness_of(state, out[i].action)));
      }
    }
  });
  const std::set<std::string> expected = {"deliver kick to dog from man",
                                          "deliver kick to dog from man, fire chore of dog"};
  BOOST_TEST(of_kicks == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(large_worlds_get_coarser_constraints) {
  struct Case {
    std::uint8_t members;
    std::size_t constraints;
    std::string last;
  };
  // Around a ring each member has two neighbours, one timer, and may end itself.
  const std::vector<Case> cases = {{16, 64, "restart p15"},      {17, 17, "step of p16"},
                                   {63, 63, "step of p62"},      {64, 64, "step of p63"},
                                   {65, 63, "step of p0 to p1"}, {254, 63, ""}};
  for (const Case& one : cases) {
    const WorldSystem system(ring_world(one.members, 2));
    BOOST_TEST(system.fairness().size() == one.constraints, +one.members << " members");
    std::set<std::string> names;
    for (const FairnessConstraint& constraint : system.fairness()) {
      names.insert(constraint.name);
    }
    BOOST_TEST(names.size() == one.constraints);
    BOOST_TEST((one.last.empty() || names.contains(one.last)), one.last);
    // Whatever the grain, each step of the ring is demanded.
    for_each_state(system, 10, [&](Worker& worker, const std::vector<Slot>& state, const Successors& out) {
      for (std::size_t i = 0; i < out.size(); ++i) {
        BOOST_TEST(worker.fairness_of(state, out[i].action) != 0U);
      }
    });
  }
}

BOOST_AUTO_TEST_CASE(kinds_of_messages_share_a_constraint_before_processes_do) {
  // Five machines, all linked: 2 kinds of messages each way, timers, and restarts.
  WorldModel model;
  constexpr std::uint8_t count = 5;
  for (std::uint8_t i = 0; i < count; ++i) {
    Machine::Config config{i + 5U, false, false, {}};
    for (std::uint8_t peer = 0; peer < count; ++peer) {
      if (peer != i) {
        config.peers.push_back(base::ProcessId{peer});
      }
    }
    const auto machine = std::make_shared<Component<Machine>>(config, Machine::State{1, 0, 0});
    for (const base::ProcessId peer : config.peers) {
      machine->wire<Machine::Incoming>(peer);
      if (peer.value > i) {
        model.links.push_back({base::ProcessId{i}, peer, LinkKind::connection, false, ""});
      }
    }
    model.add_process("p" + std::to_string(i), machine);
  }
  const WorldSystem system(model);
  const std::string names = text_of(system, ~FairnessMask{0});
  BOOST_TEST(system.fairness().size() == std::size_t{count} * (count - 1) + 2 * count);
  BOOST_TEST(names.find("deliver to p0 from p1") != std::string::npos);
  BOOST_TEST(names.find("lost connection") == std::string::npos);
  BOOST_TEST(names.find("fire timers of p4") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
