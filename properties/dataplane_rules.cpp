#include "properties/dataplane_rules.hpp"

#include <algorithm>
#include <set>

#include "properties/overlay/conform/recording.hpp"
#include "properties/service/rules/coverage.hpp"

namespace plimsoll::properties {
namespace {

namespace netfilter = plimsoll::overlay::netfilter;

std::string reason(const rules::DeadRule& dead) {
  switch (dead.why) {
    case rules::Dead::no_way:
      return "no rule leads to chain " + dead.rule.chain;
    case rules::Dead::contradictory:
      return "no packet has what it asks for";
    case rules::Dead::shadowed:
      break;
  }
  return "what it is for goes elsewhere: " + dead.instead;
}

RulesCoverage coverage_in(const netfilter::Ruleset& ruleset) {
  RulesCoverage coverage;
  for (const netfilter::Table& table : ruleset.tables) {
    if (const auto fault = netfilter::fault_of(table)) {
      coverage.unreadable = "the kernel would refuse the rules: " + fault->why;
      return coverage;
    }
  }
  const rules::Coverage found = rules::coverage_of(ruleset);
  coverage.rules = found.rules;
  for (const rules::DeadRule& dead : found.dead) {
    coverage.dead.push_back({std::string(base::enumerator_text(dead.rule.table)), dead.text, reason(dead)});
  }
  return coverage;
}

}  // namespace

tl::expected<std::vector<RulesCoverage>, scenario::Error> find_dead_rules(const std::string& path,
                                                                          const std::string& only) {
  const auto recording = overlay::read_recording(path);
  if (!recording) {
    return tl::unexpected(recording.error());
  }
  if (!only.empty() && !recording->networks.contains(only)) {
    return tl::unexpected(scenario::Error{{path, 1, 1}, "tables: none is named " + only});
  }
  std::vector<RulesCoverage> all;
  std::set<std::string> seen;
  for (const auto& [name, network] : recording->networks) {
    if (!only.empty() && name != only) {
      continue;
    }
    for (const auto& [where, key] : network.tables) {
      if (!seen.insert(key).second) {
        continue;
      }
      RulesCoverage coverage;
      if (const auto unreadable = recording->unreadable.find(key);
          unreadable != recording->unreadable.end()) {
        coverage.unreadable = unreadable->second;
      } else {
        coverage = coverage_in(recording->tables.at(key).ruleset);
      }
      if (coverage.rules > 0 || !coverage.unreadable.empty()) {
        coverage.tables = name;
        coverage.where = where;
        all.push_back(std::move(coverage));
      }
    }
  }
  return all;
}

}  // namespace plimsoll::properties
