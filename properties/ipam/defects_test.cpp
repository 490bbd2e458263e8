// Every defect is found by the property it is said to break, with a shortest trace of the length that its
// scenario pins; and every property of the system is broken by something.
#include <boost/test/unit_test.hpp>
#include <set>

#include "checker/trace/replay.hpp"
#include "checker/world/component.hpp"
#include "checker/world/world_system.hpp"
#include "model/store/store.hpp"
#include "properties/ipam/assembly.hpp"
#include "properties/ipam/defects.hpp"
#include "properties/ipam/loaded_scenario.hpp"
#include "properties/ipam/properties.hpp"
#include "properties/ipam/setup.hpp"
#include "properties/ipam/workload/runtime.hpp"

namespace plimsoll::properties::ipam {
namespace {

using checker::Verdict;
using checker::VisitedMode;

LoadedScenario load_with(const DefectEntry& defect) {
  return load(defect.scenario, {{}, {defect.id}});
}

/// A store that hears everything and says nothing: the mutant that the witnesses and deadlock-free exist for.
struct SilentStore {
  struct Config {};
  struct State {
    model::store::Data data;
    PLIMSOLL_DESCRIBE(State, data)
  };
  using Incoming = kv::Request;
  using Outgoing = kv::Response;
  using Timer = model::store::LeaseExpiry;
  static void step(const Config&, State&, const base::Input<Incoming, Timer>&,
                   base::Outputs<Outgoing, Timer>&) {}
  static base::TimerKind timer_kind(const Timer&) { return base::TimerKind::work; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(defects_test)

BOOST_AUTO_TEST_CASE(each_is_found_by_a_shortest_trace_that_replays) {
  for (const DefectEntry& defect : defect_entries()) {
    BOOST_TEST_CONTEXT(defect.id) {
      const LoadedScenario loaded = load_with(defect);
      const auto expected = scenario::expectation(loaded.scenario);
      BOOST_REQUIRE(expected.has_value());
      BOOST_TEST(expected->property.value() == defect.breaks);
      const checker::SearchResult result = loaded.search(VisitedMode::fingerprint, 2);
      BOOST_TEST((result.verdict == Verdict::violated));
      const checker::Trace trace = loaded.trace_of(result);
      BOOST_TEST(trace.property == defect.breaks);
      BOOST_TEST(trace.behaviour.steps() == expected->length.value());
      const auto replayed = checker::replay(*loaded.system, trace);
      BOOST_REQUIRE(replayed.has_value());
      BOOST_TEST(!replayed->divergence.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(traces_are_the_same_for_every_number_of_workers_and_visited_set) {
  for (const DefectEntry& defect : defect_entries()) {
    if (defect.id != "F1" && defect.id != "F8" && defect.id != "I3") {
      continue;
    }
    BOOST_TEST_CONTEXT(defect.id) {
      std::set<std::string> traces;
      for (const VisitedMode visited : {VisitedMode::exact, VisitedMode::fingerprint}) {
        for (const unsigned workers : {1U, 2U, 4U}) {
          const LoadedScenario loaded = load_with(defect);
          traces.insert(checker::write_itf(loaded.trace_of(loaded.search(visited, workers))));
        }
      }
      BOOST_TEST(traces.size() == 1U);
    }
  }
}

/// A trace that was found with a defect must not replay without it: the reference goes another way.
BOOST_AUTO_TEST_CASE(the_reference_diverges_from_a_defects_trace) {
  for (const DefectEntry& defect : defect_entries()) {
    if (defect.id != "F1" && defect.id != "I3") {
      continue;
    }
    const LoadedScenario broken = load_with(defect);
    const checker::Trace trace = broken.trace_of(broken.search(VisitedMode::fingerprint, 1));
    const LoadedScenario reference = load(defect.scenario);
    const auto replayed = checker::replay(*reference.system, trace);
    BOOST_REQUIRE(replayed.has_value());
    BOOST_TEST(replayed->divergence.has_value());
  }
}

/// Which properties each defect breaks at all, each searched for alone: so every property is seen to fail.
BOOST_AUTO_TEST_CASE(every_property_is_broken_by_a_defect) {
  const std::vector<std::pair<std::string, std::string>> broken_by = {
      {"unique-pod-ip", "I3"},          {"disjoint-subnets", "F1"},   {"single-lease-owner", "F1"},
      {"addresses-within-lease", "I4"}, {"no-address-leak", "I6"},    {"peer-view-converges", "F7"},
      {"every-node-leased", "F8"},      {"refines-lease-spec", "F1"}, {"deadlock-free", "F8"},
  };
  for (const auto& [property, id] : broken_by) {
    BOOST_TEST_CONTEXT(property << " by " << id) {
      for (const DefectEntry& defect : defect_entries()) {
        if (defect.id != id) {
          continue;
        }
        const LoadedScenario loaded = load(defect.scenario, {{"properties=[" + property + "]"}, {id}});
        const checker::SearchResult result = loaded.search(VisitedMode::fingerprint, 2);
        BOOST_TEST((result.verdict == Verdict::violated));
        BOOST_TEST(loaded.trace_of(result).property == property);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(witnesses_are_missed_and_the_end_is_wrong_if_the_store_is_silent) {
  const LoadedScenario loaded = load("model/scenarios/default/founding-example.yaml");
  const auto setup = decode_setup(loaded.scenario, {});
  BOOST_REQUIRE(setup.has_value());
  const Assembly assembly = assemble(*setup);
  checker::WorldModel model = assembly.model;
  // The silent store has the data part only; it takes the place of the real one.
  model.processes[assembly.store.value].process =
      std::make_shared<checker::Component<SilentStore>>(SilentStore::Config{});
  model.processes[assembly.store.value].parts = {assembly.store_data};
  model.budgets.clear();
  model.properties = make_properties(assembly, *setup);
  model.rightful_end = make_rightful_end(assembly);
  const checker::WorldSystem system(std::move(model));
  checker::SearchOptions options;
  options.all = true;
  std::set<std::string> violated;
  for (const checker::PropertyOutcome& outcome : checker::search_breadth_first(system, options).properties) {
    if (outcome.verdict == Verdict::violated) {
      violated.insert(system.properties()[outcome.property].id);
    }
  }
  const std::set<std::string> expected = {"some-node-leased", "some-pod-addressed", "deadlock-free",
                                          "every-node-leased"};
  BOOST_TEST(violated == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::ipam
