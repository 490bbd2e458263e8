// Who acts in a world: receivers, their timers, and each kind of fault at each place.
#include "checker/world/world_actors.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "checker/world/test_bed.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

WorldModel faulty_ring() {
  WorldModel model = ring_world(3, 4);
  for (Link& link : model.links) {
    link.kind = LinkKind::datagram;
  }
  model.units.push_back({"host", "crash", {base::ProcessId{0}, base::ProcessId{1}}});
  model.budgets = {{"crash", 2}, {"drop", 2}, {"pause", 2}};
  return model;
}

/// Of all actions met on some walks: who takes what, the latter by its group's name.
std::map<std::string, std::uint32_t> actors_met(const WorldSystem& system) {
  std::map<std::string, std::uint32_t> actors;
  const auto worker = system.worker();
  for (std::uint64_t number = 0; number < 300; ++number) {
    std::uint64_t bits = number;
    Successors out(system.width());
    system.initial(out);
    for (int steps = 0; out.size() > 0 && steps < 60; ++steps) {
      const StateView chosen = out.state(static_cast<std::size_t>((bits = mix(bits + 1)) % out.size()));
      const std::vector<Slot> state(chosen.begin(), chosen.end());
      out.clear();
      out.begin(system.fingerprint(state));
      worker->successors(state, system.fingerprint(state), out);
      for (std::size_t i = 0; i < out.size(); ++i) {
        const auto actor = system.actor_of(out[i].action);
        const auto [known, is_new] = actors.emplace(system.action_groups()[out[i].action.group], actor);
        BOOST_TEST(known->second == actor);
        BOOST_TEST(actor < system.actors());
      }
    }
  }
  return actors;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(world_actors_test)

BOOST_AUTO_TEST_CASE(a_process_acts_where_it_receives_and_its_timers_apart) {
  const WorldSystem system(faulty_ring());
  const auto actors = actors_met(system);
  std::vector<bool> acts(system.actors(), false);
  for (const auto& [name, actor] : actors) {
    acts.at(actor) = true;
  }
  // Three processes, their timers, pauses and drops, and the crash.
  BOOST_TEST(acts == std::vector<bool>(3U * 4 + 1, true), boost::test_tools::per_element());
  for (std::uint32_t process = 0; process < 3; ++process) {
    const std::string name = "p" + std::to_string(process);
    BOOST_TEST(actors.at("deliver token to " + name) == process);
    BOOST_TEST(actors.at("resume " + name) == process);
    BOOST_TEST(!system.is_spontaneous(process));
    BOOST_TEST(actors.at("fire pass of " + name) >= 3U);
    BOOST_TEST(!system.is_spontaneous(actors.at("fire pass of " + name)));
    BOOST_TEST(system.is_spontaneous(actors.at("pause " + name)));
    BOOST_TEST(system.is_spontaneous(actors.at("drop a message to " + name)));
  }
  BOOST_TEST(actors.at("restart p0") == 0U);
  BOOST_TEST(actors.at("restart p1") == 1U);
  BOOST_TEST(system.is_spontaneous(actors.at("crash of host")));
}

BOOST_AUTO_TEST_CASE(deadlines_are_spontaneous_where_there_is_no_time) {
  for (const bool discrete : {false, true}) {
    WorldModel model;
    for (std::uint32_t i = 0; i < 4; ++i) {
      model.add_process("p" + std::to_string(i),
                        std::make_shared<Component<Machine>>(Machine::Config{i, false, false, {}},
                                                             Machine::State{9, 0, 0}));
    }
    model.time = {discrete, discrete ? 5U : 0U, 0};
    model.budgets = {{"until-due", 3}, {"may-lapse", 3}, {"wish", 3}};
    const WorldSystem system(model);
    std::map<std::string, int> met;
    for (const auto& [name, actor] : actors_met(system)) {
      const std::string kind = name.substr(0, name.find(" of "));
      ++met[kind];
      if (kind == "fire wish") {
        BOOST_TEST(system.is_spontaneous(actor));
      } else if (kind == "fire until-due" || kind == "fire may-lapse") {
        BOOST_TEST(system.is_spontaneous(actor) != discrete);
      } else {
        BOOST_TEST(!system.is_spontaneous(actor), name);
      }
    }
    BOOST_TEST(met["fire wish"] > 0);
    BOOST_TEST(met["fire until-due"] + met["fire may-lapse"] > 0);
    BOOST_TEST((met["tick"] > 0) == discrete);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
