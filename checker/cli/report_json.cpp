#include "checker/cli/report_json.hpp"

#include "checker/trace/json.hpp"

namespace plimsoll::cli {
namespace {

using checker::json_list;
using checker::json_number;
using checker::json_object;
using checker::json_text;
using scenario::Node;
using Members = std::vector<std::pair<std::string, Node>>;

Node word(std::string_view text) {
  return json_text(std::string(text));
}
Node number(std::uint64_t value) {
  return json_number(value);
}

Node counts(const std::vector<scenario::Count>& from) {
  Members members;
  for (const scenario::Count& count : from) {
    members.emplace_back(count.name, number(count.count));
  }
  return json_object(std::move(members));
}

/// Whatever makes the question finite: the bounds by their names, and beside them budgets, process counts and
/// time.
Node bounds(const scenario::Scenario& scenario) {
  Node node = counts(scenario.bounds);
  const auto add = [&node](std::string name, Node value) {
    if (node.find(name) == nullptr) {
      node.entries.push_back({json_text(std::move(name)), std::move(value)});
    }
  };
  if (!scenario.faults.empty()) {
    add("faults", counts(scenario.faults));
  }
  if (!scenario.processes.empty()) {
    add("processes", counts(scenario.processes));
  }
  if (scenario.time.is_discrete) {
    add("ticks-max", number(scenario.time.ticks_max));
    add("drift", number(scenario.time.drift));
  }
  return node;
}

/// The walk that a behaviour comes from, or null.
Node found(const PropertyReport& property) {
  if (!property.found) {
    return checker::json_null();
  }
  return json_object({{"run", number(property.found->walk)},
                      {"steps", number(property.found->steps)},
                      {"schedule", word(to_text(property.found->schedule))}});
}

Node properties(const ScenarioReport& report) {
  std::vector<Node> items;
  for (const PropertyReport& property : report.properties) {
    items.push_back(json_object(
        {{"id", json_text(property.id)},
         {"kind", word(to_text(property.kind))},
         {"verdict", word(to_text(property.verdict))},
         {"trace", property.trace_file.empty() ? checker::json_null() : json_text(property.trace_file)},
         {"found", found(property)}}));
  }
  return json_list(std::move(items));
}

Node actions(const ScenarioReport& report) {
  std::vector<Node> items;
  for (std::size_t i = 0; i < report.action_groups.size(); ++i) {
    items.push_back(json_object(
        {{"name", json_text(report.action_groups[i])}, {"fired", number(report.search.fired[i])}}));
  }
  return json_list(std::move(items));
}

Node vacuous(const ScenarioReport& report) {
  std::vector<std::string> ids;
  for (const PropertyReport& property : report.properties) {
    if (property.is_vacuous) {
      ids.push_back(property.id);
    }
  }
  return checker::json_texts(ids);
}

/// Null if there were none.
Node walks(const checker::SearchResult& search) {
  if (!search.walks) {
    return checker::json_null();
  }
  const checker::WalkSummary& walks = *search.walks;
  return json_object({{"schedule", word(to_text(walks.schedule))},
                      {"runs", number(walks.walks)},
                      {"steps", number(search.generated)},
                      {"steps_max", number(walks.steps_max)},
                      {"bug_depth", number(walks.bug_depth)},
                      {"actors", number(walks.actors)},
                      {"horizons", number(walks.horizons)}});
}

/// What liveness was judged under.
Node fairness(const ScenarioReport& report) {
  std::vector<Node> items;
  for (const checker::FairnessConstraint& constraint : report.fairness) {
    items.push_back(json_object(
        {{"name", json_text(constraint.name)}, {"strength", word(to_text(constraint.strength))}}));
  }
  return json_list(std::move(items));
}

Node result(const ScenarioReport& report) {
  const checker::SearchResult& search = report.search;
  return json_object({
      {"scenario", json_text(report.scenario.name)},
      {"verdict", word(to_text(report.verdict()))},
      {"expected", word(to_text(report.expected.verdict))},
      {"passed", checker::json_boolean(report.passed)},
      {"properties", properties(report)},
      {"states", json_object({{"distinct", number(search.distinct)},
                              {"generated", number(search.generated)},
                              {"depth", number(search.depth)},
                              {"frontier_max", number(search.frontier_max)}})},
      {"engine", word(to_text(search.engine))},
      {"symmetry", checker::json_boolean(report.symmetry)},
      {"stale", checker::json_boolean(report.stale)},
      {"por", checker::json_boolean(report.partial_order)},
      {"stop", word(to_text(search.stop))},
      {"pruned", number(search.pruned)},
      {"seconds", json_number(search.seconds)},
      {"memory_bytes", number(search.memory_bytes)},
      {"visited", json_object({{"mode", word(to_text(search.visited))},
                               {"bytes_per_state", json_number(search.bytes_per_state())},
                               {"omission_probability", json_number(search.omission_probability)}})},
      {"actions", actions(report)},
      {"vacuous", vacuous(report)},
      {"fairness", fairness(report)},
      {"bounds", bounds(report.scenario)},
      {"workers", number(search.workers)},
      {"seed", number(report.seed)},
      {"walks", walks(search)},
      {"version", word(PLIMSOLL_VERSION)},
  });
}

}  // namespace

std::string result_json(const std::vector<ScenarioReport>& reports) {
  std::vector<Node> results;
  for (const ScenarioReport& report : reports) {
    results.push_back(result(report));
  }
  return checker::write_json(
      json_object({{"schema", word("plimsoll-result/1")}, {"results", json_list(std::move(results))}}));
}

}  // namespace plimsoll::cli
