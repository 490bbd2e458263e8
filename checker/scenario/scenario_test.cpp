#include "checker/scenario/scenario.hpp"

#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::scenario {
namespace {

const std::string complete = R"(apiVersion: plimsoll/v1
kind: Scenario
metadata:
  name: two-nodes
  description: Two nodes lease subnets.
system: ipam
parameters:
  renew-margin: 1
network: {"Network": "10.5.0.0/16", "SubnetLen": 24}
nodes:
  - name: a
  - name: b
processes: {flanneld: 2}
time: {ticks-max: 8, drift: 1}
faults:
  crash: 1
bounds: {depth: 40, mailbox: 2}
properties: [disjoint-subnets, unique-pod-ip]
engine: {engine: bfs, visited: fingerprint, workers: 2, symmetry: true, por: false}
defects: []
expect:
  default: holds
  defects:
    F1: {violated: disjoint-subnets, length: 9}
    ipam-2:
      violated: unique-pod-ip
      set: {faults.crash: 2, bounds.depth: 50}
---
apiVersion: v1
kind: Node
metadata: {name: a}
---
---
apiVersion: v1
kind: Pod
metadata: {name: p}
)";

const std::string minimal = "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: m}\nsystem: s\n";

Scenario parsed(const std::string& text, const Overrides& overrides = {}) {
  auto scenario = parse_scenario(text, "f", overrides);
  const std::string message = scenario ? "" : scenario.error().to_string();
  BOOST_REQUIRE_MESSAGE(scenario.has_value(), message);
  return *scenario;
}

std::string error_of(const std::string& text, const Overrides& overrides = {}) {
  const auto scenario = parse_scenario(text, "f", overrides);
  return scenario ? "" : scenario.error().to_string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario_test)

BOOST_AUTO_TEST_CASE(all_fields_are_read) {
  const Scenario scenario = parsed(complete);
  BOOST_TEST(scenario.name == "two-nodes");
  BOOST_TEST(scenario.system == "ipam");
  BOOST_TEST(scenario.system_where.to_string() == "f:6:9");
  BOOST_TEST(scenario.parameters->find("renew-margin")->text == "1");
  BOOST_TEST(scenario.network->find("Network")->text == "10.5.0.0/16");
  BOOST_TEST(scenario.nodes->items.size() == 2U);
  BOOST_TEST(count_of(scenario.processes, "flanneld") == 2U);
  BOOST_TEST(scenario.time.is_discrete);
  BOOST_TEST(scenario.time.ticks_max == 8U);
  BOOST_TEST(scenario.time.drift == 1U);
  BOOST_TEST(count_of(scenario.faults, "crash") == 1U);
  BOOST_TEST(count_of(scenario.faults, "drop", 5) == 5U);
  BOOST_TEST(count_of(scenario.bounds, "mailbox") == 2U);
  BOOST_TEST(scenario.properties->size() == 2U);
  BOOST_TEST(
      (scenario.engine.engine == EngineKind::bfs && scenario.engine.visited == VisitedKind::fingerprint));
  BOOST_TEST(scenario.engine.workers.value() == 2U);
  BOOST_TEST(scenario.engine.symmetry.value());
  BOOST_TEST(!scenario.engine.partial_order.value());
  BOOST_TEST(scenario.defects.empty());
  BOOST_TEST(scenario.expect_defects.size() == 2U);
  BOOST_TEST(scenario.manifests.size() == 2U);
  BOOST_TEST(scenario.manifests[1].find("kind")->text == "Pod");
  BOOST_TEST(scenario.source_text == complete);
}

BOOST_AUTO_TEST_CASE(absent_fields_have_their_defaults) {
  const Scenario scenario = parsed(minimal);
  BOOST_TEST(!scenario.parameters.has_value());
  BOOST_TEST(!scenario.properties.has_value());
  BOOST_TEST(!scenario.time.is_discrete);
  BOOST_TEST(!scenario.engine.engine.has_value());
  BOOST_TEST(scenario.faults.empty());
  BOOST_TEST(scenario.manifests.empty());
  BOOST_TEST((expectation(scenario)->verdict == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(expectations_follow_the_defect) {
  BOOST_TEST((expectation(parsed(complete))->verdict == Verdict::holds));
  const auto f1 = expectation(parsed(complete, {{}, {"F1"}}));
  BOOST_TEST((f1->verdict == Verdict::violated));
  BOOST_TEST(f1->property.value() == "disjoint-subnets");
  BOOST_TEST(f1->length.value() == 9U);
  BOOST_TEST(!expectation(parsed(complete, {{}, {"other"}})).has_value());
  BOOST_TEST(!expectation(parsed(complete, {{}, {"F1", "ipam-2"}})).has_value());
  const auto known = expectation(parsed(minimal + "expect: {default: {violated: p, length: 3}}\n"));
  BOOST_TEST((known->verdict == Verdict::violated));
  BOOST_TEST(known->length.value() == 3U);
}

BOOST_AUTO_TEST_CASE(a_defect_brings_its_settings_and_set_overrides_them) {
  const Scenario with_defect = parsed(complete, {{}, {"ipam-2"}});
  BOOST_TEST(with_defect.defects.size() == 1U);
  BOOST_TEST(count_of(with_defect.faults, "crash") == 2U);
  BOOST_TEST(count_of(with_defect.bounds, "depth") == 50U);
  const Scenario overridden = parsed(complete, {{"faults.crash=3"}, {"ipam-2"}});
  BOOST_TEST(count_of(overridden.faults, "crash") == 3U);
  BOOST_TEST(count_of(overridden.bounds, "depth") == 50U);
  BOOST_TEST(overridden.overrides.set.front() == "faults.crash=3");
}

BOOST_AUTO_TEST_CASE(overrides_are_judged_like_the_file) {
  BOOST_TEST(parsed(minimal, {{"properties=[a, b]"}, {}}).properties->size() == 2U);
  BOOST_TEST(parsed(minimal, {{"engine.visited=exact"}, {}}).engine.visited.has_value());
  BOOST_TEST(error_of(minimal, {{"faults.crash=x"}, {}}) ==
             "--set 'faults.crash=x':1:14: 'crash': expected an integer between 0 and 1000000, found 'x'");
  BOOST_TEST(error_of(minimal, {{"engine.wokers=2"}, {}}) ==
             "--set 'engine.wokers=2':1:1: unknown field 'wokers' in 'engine', did you mean 'workers'?");
  BOOST_TEST(error_of(minimal, {{"faulst.crash=2"}, {}}) ==
             "--set 'faulst.crash=2':1:1: a scenario has no field 'faulst', did you mean 'faults'?");
}

BOOST_AUTO_TEST_CASE(an_embedded_scenario_parses_again) {
  const Scenario first = parsed(complete, {{"bounds.depth=7"}, {"F1"}});
  const Scenario second = parsed(first.source_text, first.overrides);
  BOOST_TEST(count_of(second.bounds, "depth") == 7U);
  BOOST_TEST(second.defects == first.defects);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_are_errors) {
  for (const char* path : {"no/such/file.yaml", "."}) {
    const auto scenario = load_scenario(path);
    BOOST_REQUIRE(!scenario.has_value());
    BOOST_TEST(scenario.error().to_string() == std::string(path) + ":1:1: the file cannot be read");
  }
}

/// Random edits: replaced, inserted, removed bytes and moved pieces, as a careless editor would make them.
std::string mutated(std::string text) {
  const auto edits = *rc::gen::inRange(1, 6);
  for (int i = 0; i < edits; ++i) {
    const auto offset = *rc::gen::inRange<std::size_t>(0, text.size());
    const auto kind = *rc::gen::inRange(0, 4);
    const auto byte = *rc::gen::oneOf(rc::gen::arbitrary<char>(),
                                      rc::gen::elementOf(std::string("[]{}:,-#&*!|>'\"% \n\t0")));
    const auto length = *rc::gen::inRange<std::size_t>(1, 40);
    if (kind == 0) {
      text[offset] = byte;
    } else if (kind == 1) {
      text.insert(offset, 1, byte);
    } else if (kind == 2 && text.size() > length + 1) {
      text.erase(offset, length);
    } else {
      text.insert(offset, text.substr(text.size() - offset - 1, length));
    }
  }
  return text;
}

BOOST_AUTO_TEST_CASE(mutated_scenarios_are_read_or_refused_with_a_place) {
  int refused_count = 0;
  BOOST_TEST(rc::check("errors of mutated scenarios have a line and a sentence", [&refused_count] {
    const std::string text = mutated(complete);
    const auto scenario = parse_scenario(text, "f");
    if (!scenario) {
      ++refused_count;
      RC_ASSERT(scenario.error().where.line >= 1U);
      RC_ASSERT(scenario.error().where.column >= 1U);
      RC_ASSERT(scenario.error().where.file == "f");
      RC_ASSERT(!scenario.error().message.empty());
    }
  }));
  BOOST_TEST(refused_count > 0);
}

BOOST_AUTO_TEST_CASE(arbitrary_options_are_read_or_refused_by_name) {
  BOOST_TEST(rc::check("errors of --set name the option", [] {
    const auto path =
        *rc::gen::elementOf(std::vector<std::string>{"faults", "nodes.0", "expect.default", "", "time"});
    const auto value =
        *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab1.=[]{}:, '\"\n-")));
    const auto scenario = parse_scenario(complete, "f", {{path + "=" + value}, {}});
    if (!scenario) {
      RC_ASSERT(scenario.error().where.file.starts_with("--set '"));
      RC_ASSERT(scenario.error().where.line >= 1U);
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::scenario
