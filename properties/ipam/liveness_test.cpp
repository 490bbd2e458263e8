// What must happen in the end in worlds of system ipam, and how each property is broken: by a defect, by a
// mutant, and by an environment that is not fair.
#include <boost/test/unit_test.hpp>
#include <functional>
#include <string>

#include "checker/search/lasso_judge.hpp"
#include "checker/world/component.hpp"
#include "checker/world/view.hpp"
#include "checker/world/world_system.hpp"
#include "impl/ipam/flannel/subnet_manager.hpp"
#include "impl/ipam/host_local/host_local.hpp"
#include "properties/ipam/facts.hpp"
#include "properties/ipam/liveness.hpp"
#include "properties/ipam/loaded_scenario.hpp"
#include "properties/ipam/unfair.hpp"
#include "properties/ipam/workload/runtime.hpp"

namespace plimsoll::properties::ipam {
namespace {

using checker::SearchOptions;
using checker::SearchResult;
using checker::System;
using checker::Verdict;
using checker::VisitedMode;
using checker::WorldSystem;
using plimsoll::ipam::HostLocal;

constexpr const char* lease_liveness = "model/scenarios/ipam/lease-liveness.yaml";
constexpr const char* address_liveness = "model/scenarios/ipam/address-liveness.yaml";
constexpr const char* node_leased = "every-node-eventually-leased";
constexpr const char* address_free = "deleted-pod-address-eventually-free";

/// Checks every liveness property that the system has.
SearchResult check(const System& system, VisitedMode visited = VisitedMode::fingerprint,
                   unsigned workers = 2) {
  SearchOptions options;
  options.visited = visited;
  options.workers = workers;
  options.all = true;
  return checker::check_liveness(system, options);
}

/// The counterexample of the property, believed by the judge. Requires: there is one.
checker::Path violation(const System& system, const SearchResult& result, const std::string& id) {
  for (const checker::PropertyOutcome& outcome : result.properties) {
    if (system.properties()[outcome.property].id != id) {
      continue;
    }
    BOOST_REQUIRE_MESSAGE((outcome.verdict == Verdict::violated), id << " is not violated");
    BOOST_REQUIRE(outcome.path.has_value());
    const auto objection = checker::judge_lasso(system, *system.worker(), outcome.property, *outcome.path);
    BOOST_TEST(!objection.has_value(), objection.value_or(""));
    return *outcome.path;
  }
  BOOST_FAIL("no property " << id);
  return {};
}

/// The world of a scenario with its liveness properties only, changed by `change`.
struct Changed {
  std::shared_ptr<const Assembly> assembly;
  std::unique_ptr<WorldSystem> system;
};
Changed changed(const std::string& file, const scenario::Overrides& overrides,
                const std::function<void(checker::WorldModel&, const Assembly&)>& change) {
  const LoadedScenario loaded = load(file, overrides);
  const auto setup = decode_setup(loaded.scenario, loaded.scenario.defects);
  BOOST_REQUIRE(setup.has_value());
  auto assembly = std::make_shared<const Assembly>(assemble(*setup));
  checker::WorldModel model = assembly->model;
  model.properties = make_liveness_properties(*assembly, *setup);
  change(model, *assembly);
  return {assembly, std::make_unique<WorldSystem>(std::move(model))};
}

/// Every node really holds a lease again and again: without excuses.
checker::WorldProperty without_excuses(const Assembly& assembly) {
  checker::WorldProperty property;
  property.property = {"leased", checker::PropertyKind::always_eventually, "all hold a lease"};
  for (const NodePlaces& node : assembly.nodes) {
    property.parts.push_back(node.manager);
  }
  property.state = [&assembly](const checker::WorldView& view) {
    for (const NodePlaces& node : assembly.nodes) {
      if (!held_subnet(view, node)) {
        return checker::Truth::violated;
      }
    }
    return checker::Truth::holds;
  };
  return property;
}

/// A plugin that swallows the errors of DEL, as host-local does (IPAM-5), on a disk that has only errors.
struct LeakyHostLocal {
  using Config = HostLocal::Config;
  using State = HostLocal::State;
  using Incoming = HostLocal::Incoming;
  using Outgoing = HostLocal::Outgoing;
  using Timer = HostLocal::Timer;
  static constexpr bool never_exits = true;
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    const auto* received = std::get_if<base::Received<Incoming>>(&input);
    if (received != nullptr && std::holds_alternative<plimsoll::ipam::DelRequest>(received->message.body)) {
      outputs.send(received->from, {received->message.call, plimsoll::ipam::Done{}});
      return;
    }
    HostLocal::step(config, state, input, outputs);
  }
  static base::TimerKind timer_kind(const Timer& timer) { return HostLocal::timer_kind(timer); }
};

void leak(checker::WorldModel& model, const Assembly& assembly) {
  const NodePlaces& node = assembly.nodes[0];
  const auto leaky = std::make_shared<checker::Component<LeakyHostLocal>>(HostLocal::Config{});
  leaky->wire<Runtime::Incoming>(node.runtime);
  model.processes[node.host_local.value].process = leaky;
}

/// Two processes that have nothing to do with the cluster and talk for ever.
struct Talker {
  struct Word {
    PLIMSOLL_DESCRIBE(Word)
  };
  struct Config {
    base::ProcessId peer;
    bool begins = false;
  };
  struct State {
    bool is_silent = true;
    PLIMSOLL_DESCRIBE(State, is_silent)
  };
  enum class Timer : std::uint8_t { none };
  using Incoming = Word;
  using Outgoing = Word;
  static constexpr bool never_exits = true;
  static void step(const Config& config, State&, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (config.begins || !std::holds_alternative<base::Started>(input)) {
      outputs.send(config.peer, {});
    }
  }
  static base::TimerKind timer_kind(Timer) { return base::TimerKind::work; }
};
PLIMSOLL_DESCRIBE_ENUM(Talker::Timer, none)

void add_talkers(checker::WorldModel& model, const Assembly&) {
  const auto first = static_cast<std::uint8_t>(model.processes.size());
  for (const bool begins : {true, false}) {
    const base::ProcessId peer{static_cast<std::uint8_t>(begins ? first + 1 : first)};
    const auto talker = std::make_shared<checker::Component<Talker>>(Talker::Config{peer, begins});
    talker->wire<Talker::Word>(peer);
    model.add_process(begins ? "talker" : "echo", talker);
  }
  model.links.push_back({base::ProcessId{first}, base::ProcessId{static_cast<std::uint8_t>(first + 1)},
                         checker::LinkKind::local, false, ""});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(liveness_test)

BOOST_AUTO_TEST_CASE(hold_with_the_same_counts_however_they_are_decided) {
  struct Case {
    const char* file;
    std::uint64_t distinct;
    std::uint64_t generated;
  };
  for (const Case& one : {Case{lease_liveness, 21'092, 46'265}, Case{address_liveness, 54'353, 166'240}}) {
    const LoadedScenario loaded = load(one.file);
    for (const VisitedMode visited : {VisitedMode::exact, VisitedMode::fingerprint}) {
      for (const unsigned workers : {1U, 2U}) {
        BOOST_TEST_CONTEXT(one.file << ", " << to_text(visited) << ", workers " << workers) {
          const SearchResult result = check(*loaded.system, visited, workers);
          BOOST_TEST((result.verdict == Verdict::holds));
          BOOST_TEST(result.distinct == one.distinct);
          BOOST_TEST(result.generated == one.generated);
          BOOST_TEST(result.pruned == 0U);
          for (const checker::PropertyOutcome& outcome : result.properties) {
            BOOST_TEST((!is_liveness(loaded.system->properties()[outcome.property].kind) || outcome.engaged));
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(are_made_only_where_a_scenario_names_them) {
  const auto kinds = [](const LoadedScenario& loaded) {
    std::size_t liveness = 0;
    for (const checker::Property& property : loaded.system->properties()) {
      liveness += is_liveness(property.kind) ? 1 : 0;
    }
    return liveness;
  };
  BOOST_TEST(kinds(load("model/scenarios/ipam/scarcity.yaml")) == 0U);
  BOOST_TEST(kinds(load(lease_liveness)) == 1U);
  BOOST_TEST(kinds(load(address_liveness)) == 2U);
}

BOOST_AUTO_TEST_CASE(each_defect_that_a_scenario_expects_is_found_in_every_mode) {
  struct Case {
    const char* file;
    const char* defect;
    const char* property;
  };
  for (const Case& one : {Case{lease_liveness, "F8", node_leased}, Case{address_liveness, "I1", address_free},
                          Case{address_liveness, "I2", address_free}}) {
    const LoadedScenario loaded = load(one.file, {{}, {one.defect}});
    BOOST_TEST(scenario::expectation(loaded.scenario)->property.value() == one.property);
    std::set<std::string> traces;
    for (const VisitedMode visited : {VisitedMode::exact, VisitedMode::fingerprint}) {
      for (const unsigned workers : {1U, 2U}) {
        BOOST_TEST_CONTEXT(one.defect << ", " << to_text(visited) << ", workers " << workers) {
          const LoadedScenario again = load(one.file, {{}, {one.defect}});
          const SearchResult result = check(*again.system, visited, workers);
          BOOST_TEST((result.verdict == Verdict::violated));
          const checker::Path path = violation(*again.system, result, one.property);
          // The cluster comes to rest, and the wrong way.
          BOOST_TEST(!path.loop.has_value());
          traces.insert(to_line(again.system->describe(path.states.back())) +
                        std::to_string(path.actions.size()));
        }
      }
    }
    BOOST_TEST(traces.size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(nobody_needs_an_excuse_who_has_retries_enough) {
  struct Case {
    const char* file;
    const char* set;
    Verdict with_excuses;
    Verdict without;
  };
  // One lost connection costs one retry; without any the excuse is what makes the property hold. In
  // `scarcity` there are fewer subnets than nodes.
  for (const Case& one :
       {Case{lease_liveness, "faults.retry=1", Verdict::holds, Verdict::holds},
        Case{lease_liveness, "faults.retry=0", Verdict::holds, Verdict::violated},
        Case{"model/scenarios/ipam/scarcity.yaml", "faults.retry=1", Verdict::holds, Verdict::violated}}) {
    BOOST_TEST_CONTEXT(one.file << " with " << one.set) {
      const Changed world =
          changed(one.file, {{one.set}, {}}, [](checker::WorldModel& model, const Assembly& assembly) {
            model.properties = {model.properties[0], without_excuses(assembly)};
          });
      const SearchResult result = check(*world.system);
      BOOST_TEST((result.properties.at(0).verdict == one.with_excuses));
      BOOST_TEST((result.properties.at(1).verdict == one.without));
    }
  }
}

BOOST_AUTO_TEST_CASE(an_address_that_del_leaves_is_held_for_ever) {
  // Gone for good, the pod leaves its address behind.
  const scenario::Overrides calm{{"faults={delete-pod: 1}", "parameters.recreate=false"}, {}};
  const Changed ends = changed(address_liveness, calm, leak);
  const SearchResult at_rest = check(*ends.system);
  BOOST_TEST((at_rest.properties.at(0).verdict == Verdict::holds));
  BOOST_TEST(!violation(*ends.system, at_rest, address_free).loop.has_value());

  // Wanted again, it is refused the address that is held in its name, and tries for ever.
  const Changed loops = changed(address_liveness, {{"faults={delete-pod: 1}"}, {}}, leak);
  const SearchResult for_ever = check(*loops.system);
  BOOST_TEST((for_ever.properties.at(0).verdict == Verdict::holds));
  BOOST_TEST(violation(*loops.system, for_ever, address_free).loop.has_value());
}

BOOST_AUTO_TEST_CASE(talkers_starve_the_cluster_unless_the_world_is_fair) {
  for (const char* file : {lease_liveness, address_liveness}) {
    BOOST_TEST_CONTEXT(file) {
      const Changed world =
          changed(file, {{"faults={disconnect: 0, retry: 0, delete-pod: 1}"}, {}}, add_talkers);
      BOOST_TEST((check(*world.system).verdict == Verdict::holds));
      const Unfair unfair(*world.system);
      const SearchResult starved = check(unfair);
      for (const checker::Property& property : world.system->properties()) {
        BOOST_TEST(violation(unfair, starved, property.id).loop.has_value());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(with_a_clock_nothing_is_decided_beyond_the_horizon) {
  const LoadedScenario loaded =
      load("model/scenarios/ipam/rejoin-after-expiry.yaml",
           {{"properties=[every-node-eventually-leased]", "time.ticks-max=2", "faults.node-reboot=0"}, {}});
  const SearchResult result = check(*loaded.system);
  BOOST_TEST((result.verdict == Verdict::inconclusive));
  BOOST_TEST((result.stop == checker::Stop::exhausted));
  BOOST_TEST(result.pruned > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
