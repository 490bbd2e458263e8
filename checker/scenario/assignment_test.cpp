#include "checker/scenario/assignment.hpp"

#include <array>
#include <string>

#include <boost/test/unit_test.hpp>

#include "checker/scenario/yaml.hpp"

namespace plimsoll::scenario {
namespace {

constexpr std::array<std::string_view, 4> fields = {"parameters", "faults", "nodes", "system"};

Node document() {
  const auto documents = parse_yaml(
      "parameters: {rms: 3, deep: {er: 1}}\nnodes: [{name: a}, {name: b}]\nsystem: x\nfaults:\n", "f");
  BOOST_REQUIRE(documents.has_value());
  return documents->front();
}

std::string error_of(const std::string& option) {
  Node node = document();
  const auto assignment = parse_assignment(option);
  if (!assignment) {
    return assignment.error().to_string();
  }
  const auto done = assign(node, *assignment, fields);
  return done ? "" : done.error().to_string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(assignment_test)

BOOST_AUTO_TEST_CASE(values_are_replaced_or_added) {
  Node node = document();
  for (const char* option : {"parameters.rms=7", "parameters.deep.er=[a, b]", "nodes.1.name=c",
                             "faults.crash=2", "parameters.a\\.b=1", "system='y'"}) {
    const auto assignment = parse_assignment(option);
    BOOST_REQUIRE_MESSAGE(assignment.has_value(), option);
    const auto done = assign(node, *assignment, fields);
    BOOST_TEST(done.has_value(), option);
  }
  BOOST_TEST(node.find("parameters")->find("rms")->text == "7");
  BOOST_TEST(node.find("parameters")->find("rms")->where.to_string() == "--set 'parameters.rms=7':1:16");
  BOOST_TEST(node.find("parameters")->find("deep")->find("er")->items.size() == 2U);
  BOOST_TEST(node.find("nodes")->items[0].find("name")->text == "a");
  BOOST_TEST(node.find("nodes")->items[1].find("name")->text == "c");
  BOOST_TEST(node.find("faults")->find("crash")->text == "2");
  BOOST_TEST(node.find("parameters")->find("a.b")->text == "1");
  BOOST_TEST(node.find("system")->quoted);
}

BOOST_AUTO_TEST_CASE(absent_top_level_mappings_are_made) {
  Node node;
  node.kind = Kind::mapping;
  const auto assignment = parse_assignment("faults.crash=2");
  BOOST_REQUIRE(assignment.has_value());
  BOOST_REQUIRE(assign(node, *assignment, fields).has_value());
  BOOST_TEST(node.find("faults")->find("crash")->text == "2");
}

BOOST_AUTO_TEST_CASE(errors_name_the_option_and_the_part) {
  BOOST_TEST(error_of("rms") == "--set 'rms':1:1: expected PATH=VALUE");
  BOOST_TEST(error_of("a..b=1") == "--set 'a..b=1':1:1: the path 'a..b' has an empty part");
  BOOST_TEST(error_of("=1") == "--set '=1':1:1: the path '' has an empty part");
  BOOST_TEST(error_of("system=") == "--set 'system=':1:1: expected a value behind '='");
  BOOST_TEST(error_of("system=a\n---\nb") == "--set 'system=a?---?b':1:1: expected one value behind '='");
  BOOST_TEST(
      error_of("system=[") ==
      "--set 'system=[':1:8: expected a field name, found a list or mapping (is a bracket left open?)");
  BOOST_TEST(error_of("fautls.crash=1") ==
             "--set 'fautls.crash=1':1:1: a scenario has no field 'fautls', did you mean 'faults'?");
  BOOST_TEST(error_of("parameters.depe.er=1") ==
             "--set 'parameters.depe.er=1':1:1: 'parameters' has no 'depe', did you mean 'deep'?");
  BOOST_TEST(error_of("parameters.rms.x=1") ==
             "--set 'parameters.rms.x=1':1:1: 'parameters.rms' is not a mapping, so it has no 'x'");
  BOOST_TEST(error_of("nodes.2.name=1") ==
             "--set 'nodes.2.name=1':1:1: 'nodes' has 2 items, so there is no index 2");
  BOOST_TEST(error_of("nodes.a=1") == "--set 'nodes.a=1':1:1: 'nodes' is a list and needs an index, not 'a'");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::scenario
