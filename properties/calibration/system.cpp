#include "properties/calibration/system.hpp"

#include "checker/scenario/reader.hpp"
#include "model/calibration/mail_raft.hpp"
#include "model/calibration/two_phase_commit.hpp"

namespace plimsoll::properties::calibration {
namespace {

using model::calibration::MailRaft;
using model::calibration::TwoPhaseCommit;
using scenario::Error;
using scenario::FirstError;
using scenario::MapReader;
using Defects = std::vector<std::string>;
using Built = tl::expected<std::unique_ptr<checker::System>, Error>;

/// More messages than mailboxes bound nothing, which is what a large number is written for.
constexpr std::uint64_t in_flight_max = 1000;

/// Refuses what other systems have and a model without processes, network and clock has not.
void refuse_the_rest(const scenario::Scenario& scenario, const Defects& defects, FirstError& errors) {
  const std::string system = "system " + scenario.system;
  if (!defects.empty()) {
    errors.add({scenario.system_where, system + " has no defect '" + defects.front() + "'; it has none"});
  }
  if (scenario.network) {
    errors.add({scenario.network->where, system + " has no network"});
  }
  if (scenario.nodes) {
    errors.add({scenario.nodes->where, system + " has no nodes"});
  }
  const auto refuse_counts = [&](const std::vector<scenario::Count>& counts, const char* what) {
    if (!counts.empty()) {
      errors.add({counts.front().where, system + " has no " + what + " '" + counts.front().name +
                                            "': its parameters say all there is to say"});
    }
  };
  refuse_counts(scenario.processes, "process");
  refuse_counts(scenario.faults, "fault");
  refuse_counts(scenario.bounds, "bound");
  if (scenario.time.is_discrete) {
    errors.add({scenario.time.where, system + " has no clock: expected untimed"});
  }
  if (!scenario.manifests.empty()) {
    errors.add({scenario.manifests.front().where, system + " does not use manifests"});
  }
}

/// Reads one number of `parameters`.
std::uint32_t number(MapReader& fields, const char* name, scenario::UintRange range, std::uint32_t fallback) {
  return static_cast<std::uint32_t>(fields.optional_uint(name, range).value_or(fallback));
}

std::uint32_t decode_resource_managers(const scenario::Scenario& scenario, FirstError& errors) {
  std::uint32_t managers = 5;
  if (scenario.parameters) {
    MapReader fields(*scenario.parameters, "parameters", errors);
    managers = number(fields, "rms", {1, TwoPhaseCommit::managers_max}, managers);
    fields.finish();
  }
  return managers;
}

MailRaft::Bounds decode_bounds(const scenario::Scenario& scenario, FirstError& errors) {
  MailRaft::Bounds bounds;
  if (scenario.parameters) {
    MapReader fields(*scenario.parameters, "parameters", errors);
    bounds.servers = number(fields, "n", {1, MailRaft::servers_max}, bounds.servers);
    bounds.terms = number(fields, "t", {1, MailRaft::terms_max}, bounds.terms);
    bounds.log_length = number(fields, "l", {1, MailRaft::log_length_max}, bounds.log_length);
    bounds.restarts = number(fields, "rst", {0, 1}, bounds.restarts ? 1 : 0) == 1;
    bounds.in_flight = number(fields, "mb", {1, in_flight_max}, bounds.in_flight);
    fields.finish();
  }
  return bounds;
}

Built build_two_phase_commit(const scenario::Scenario& scenario, const Defects& defects) {
  FirstError errors;
  const std::uint32_t managers = decode_resource_managers(scenario, errors);
  refuse_the_rest(scenario, defects, errors);
  if (errors.error()) {
    return tl::unexpected(*errors.error());
  }
  return std::make_unique<checker::PodSystem<TwoPhaseCommit>>(TwoPhaseCommit(managers));
}

Built build_mail_raft(const scenario::Scenario& scenario, const Defects& defects) {
  FirstError errors;
  const MailRaft::Bounds bounds = decode_bounds(scenario, errors);
  refuse_the_rest(scenario, defects, errors);
  if (errors.error()) {
    return tl::unexpected(*errors.error());
  }
  return std::make_unique<checker::PodSystem<MailRaft>>(MailRaft(bounds));
}

std::vector<PropertyEntry> entries_of(const std::vector<checker::Property>& properties) {
  std::vector<PropertyEntry> entries;
  for (const checker::Property& property : properties) {
    entries.push_back({property.id, std::string(checker::to_text(property.kind)), property.statement});
  }
  return entries;
}

}  // namespace

SystemEntry two_phase_commit_entry() {
  SystemEntry entry;
  entry.name = "two-phase-commit";
  entry.description = "Gray and Lamport's two-phase commit, a calibration model";
  entry.properties = entries_of(TwoPhaseCommit::properties());
  entry.build = &build_two_phase_commit;
  return entry;
}

SystemEntry mail_raft_entry() {
  SystemEntry entry;
  entry.name = "mail-raft";
  entry.description = "a small Raft over lossy mailboxes, a calibration model";
  entry.properties = entries_of(MailRaft(MailRaft::Bounds{}).properties());
  entry.build = &build_mail_raft;
  return entry;
}

}  // namespace plimsoll::properties::calibration
