#include "properties/raft/spec_system.hpp"

#include "checker/scenario/reader.hpp"
#include "model/raft/raft_invariants.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::SpecSystem;
using model::raft::MissingGuard;
using model::raft::RaftSpec;
using model::raft::RaftState;
using Action = RaftSpec::Action;

void add_safety(SpecSystem<RaftSpec>& system) {
  using namespace model::raft;
  system.always("election-safety", "a term has at most one leader", one_leader_a_term);
  system.always("log-matching", "logs with the same term at an index are the same up to there", logs_match);
  system.always("leader-completeness", "what a leader committed is in the logs of all later leaders",
                later_leaders_have_what_is_committed);
  system.always("state-machine-safety", "what two servers know to be committed is the same",
                committed_entries_agree);
  system.always("quorum-intersection",
                "those who can still commit or be elected have no quorums apart from each other",
                [spec = system.spec()](const RaftState& state) { return quorums_intersect(spec, state); });
  system.step("leader-append-only", "a leader only adds to its log",
              [](const RaftState& before, const Action& /*action*/, const RaftState& after) {
                return leaders_only_append(before, after);
              });
  system.step("one-vote-a-term", "terms do not fall, and a vote stands while its term lasts",
              [](const RaftState& before, const Action& /*action*/, const RaftState& after) {
                return terms_and_votes_stay(before, after);
              });
  system.step("monotone-commit", "what is known to be committed stays, and but for restarts stays known",
              [](const RaftState& before, const Action& action, const RaftState& after) {
                return commits_stay(before, after, std::holds_alternative<model::raft::Restart>(action));
              });
}

void add_witnesses(SpecSystem<RaftSpec>& system, const RaftSpec::Bounds& bounds) {
  const auto some_leader = [](const auto& predicate) {
    return [predicate](const RaftState& state) {
      for (const auto& [term, election] : state.elections) {
        for (const auto& [server, leader] : election.leaders) {
          if (predicate(leader)) {
            return true;
          }
        }
      }
      return false;
    };
  };
  if (bounds.entries_max > 0) {
    system.sometimes("some-entry-committed", "a leader commits an entry",
                     some_leader([](const model::raft::Leadership& leader) { return leader.commit > 0; }));
  }
  if (bounds.entries_max > 0 && bounds.conf_changes > 0) {
    system.sometimes(
        "some-configuration-applied", "a leader acts under a configuration that is not the first",
        some_leader([](const model::raft::Leadership& leader) { return leader.configured > 0; }));
  }
}

/// Reads `parameters`; what is wrong comes out of `errors`.
RaftSpec::Bounds read_bounds(const scenario::Scenario& scenario, scenario::FirstError& errors) {
  std::optional<scenario::MapReader> fields;
  if (scenario.parameters) {
    fields.emplace(*scenario.parameters, "parameters", errors);
  }
  const auto number = [&](std::string_view name, scenario::UintRange range, std::uint32_t fallback) {
    return fields ? static_cast<std::uint32_t>(fields->optional_uint(name, range).value_or(fallback))
                  : fallback;
  };
  RaftSpec::Bounds bounds;
  bounds.servers = static_cast<std::uint8_t>(number("servers", {1, 5}, 3));
  const std::uint32_t voters = number("voters", {1, bounds.servers}, bounds.servers);
  for (std::uint8_t i = 0; i < voters; ++i) {
    bounds.voters.insert(model::raft::Server{i});
  }
  bounds.terms_max = number("terms_max", {1, 5}, 2);
  bounds.entries_max = number("entries_max", {0, 5}, 1);
  bounds.restarts = number("restarts", {0, 1}, 1) == 1;
  bounds.conf_changes = number("conf_changes", {0, 4}, 0);
  bounds.memory_ahead = number("memory_ahead", {0, 1}, 0) == 1;
  if (fields) {
    fields->finish();
  }
  return bounds;
}

/// The spec has no processes, network, clock or defects.
void refuse_the_rest(const scenario::Scenario& scenario, const std::vector<std::string>& defects,
                     scenario::FirstError& errors) {
  const std::string system = "system " + scenario.system;
  const auto refuse = [&](bool is_there, const scenario::Location& where, const std::string& what) {
    if (is_there) {
      errors.add({where, system + " has no " + what + ": its parameters say all there is to say"});
    }
  };
  refuse(!defects.empty(), scenario.system_where, "defects");
  for (const auto* counts : {&scenario.processes, &scenario.faults, &scenario.bounds}) {
    for (const scenario::Count& count : *counts) {
      refuse(true, count.where, "'" + count.name + "'");
    }
  }
  refuse(scenario.network.has_value(), scenario.network ? scenario.network->where : scenario.system_where,
         "network");
  refuse(scenario.nodes.has_value(), scenario.nodes ? scenario.nodes->where : scenario.system_where, "nodes");
  refuse(scenario.time.is_discrete, scenario.time.where, "clock");
  refuse(!scenario.manifests.empty(),
         scenario.manifests.empty() ? scenario.system_where : scenario.manifests.front().where, "manifests");
}

tl::expected<std::unique_ptr<checker::System>, scenario::Error> build(
    const scenario::Scenario& scenario, const std::vector<std::string>& defects) {
  scenario::FirstError errors;
  const RaftSpec::Bounds bounds = read_bounds(scenario, errors);
  refuse_the_rest(scenario, defects, errors);
  if (errors.error()) {
    return tl::unexpected(*errors.error());
  }
  return make_spec_system(bounds);
}

}  // namespace

std::unique_ptr<SpecSystem<RaftSpec>> make_spec_system(const RaftSpec::Bounds& bounds, MissingGuard missing) {
  auto system = std::make_unique<SpecSystem<RaftSpec>>(RaftSpec(bounds, missing));
  add_safety(*system);
  add_witnesses(*system, bounds);
  return system;
}

SystemEntry spec_system_entry() {
  SystemEntry entry;
  entry.name = "raft-spec";
  entry.description =
      "Raft's spec on its own: elections, logs, commitment and joint consensus without messages";
  RaftSpec::Bounds bounds;
  bounds.conf_changes = 1;
  const auto system = make_spec_system(bounds);
  for (const checker::Property& property : system->properties()) {
    entry.properties.push_back(
        {property.id, std::string(checker::to_text(property.kind)), property.statement});
  }
  entry.build = &build;
  return entry;
}

}  // namespace plimsoll::properties::raft
