#include "properties/service/world/setup.hpp"

#include <algorithm>
#include <ranges>

#include "checker/scenario/reader.hpp"
#include "properties/decode_defects.hpp"

namespace plimsoll::properties::services_world {
namespace {

using scenario::Error;
using scenario::FirstError;
using scenario::MapReader;

constexpr std::uint32_t budget_most = 3;
constexpr std::uint32_t bystanders_most = 1000;

void decode_parameters(const scenario::Node& parameters, Setup& setup, FirstError& errors) {
  MapReader fields(parameters, "parameters", errors);
  std::vector<std::string_view> names;
  for (const Story& story : stories()) {
    names.push_back(story.name);
  }
  const std::size_t story = fields.optional_one_of("story", names).value_or(0);
  const std::uint64_t bystanders = fields.optional_uint("bystanders", {0, bystanders_most}).value_or(0);
  setup.story =
      std::make_shared<const Story>(among_others(stories()[story], static_cast<std::uint32_t>(bystanders)));
  constexpr std::array<std::string_view, 2> modes = {"iptables", "ipvs"};
  if (fields.optional_one_of("proxy", modes).value_or(0) == 1) {
    setup.mode = delivery::ProxyMode::ipvs;
  }
  setup.nodes = static_cast<std::uint8_t>(fields.optional_uint("nodes", {2, 7}).value_or(setup.nodes));
  setup.proxies =
      static_cast<std::uint8_t>(fields.optional_uint("proxies", {1, setup.nodes}).value_or(setup.nodes));
  setup.bridge_nf = fields.optional_boolean("bridge-nf").value_or(true);
  const auto by = [](const Client& client) { return client.node; };
  if (std::ranges::max(setup.story->clients | std::views::transform(by)) > setup.proxies) {
    fields.fail("proxies", "expected at least the nodes that the story's clients come by");
  }
  fields.finish();
}

void decode_faults(const scenario::Scenario& scenario, Setup& setup, FirstError& errors) {
  for (const scenario::Count& count : scenario.faults) {
    const auto known = std::ranges::find(fault_names, count.name);
    if (known == fault_names.end()) {
      errors.add({count.where, "unknown fault '" + count.name + "'"});
    } else if (count.count > budget_most) {
      errors.add({count.where, "expected a budget of at most 3"});
    } else {
      setup.budgets[static_cast<std::size_t>(known - fault_names.begin())] =
          static_cast<std::uint8_t>(count.count);
    }
  }
}

void refuse_others(const scenario::Scenario& scenario, FirstError& errors) {
  if (scenario.time.is_discrete) {
    errors.add({scenario.time.where, "system services has no time: timers fire whenever they are armed"});
  }
  if (!scenario.bounds.empty()) {
    errors.add({scenario.bounds.front().where, "system services has no bounds but its budgets"});
  }
  if (!scenario.processes.empty()) {
    errors.add({scenario.processes.front().where, "system services takes its processes from parameters"});
  }
  if (scenario.network) {
    errors.add({scenario.network->where, "system services has no field 'network'"});
  }
  if (scenario.nodes) {
    errors.add({scenario.nodes->where, "system services has no field 'nodes', but a parameter"});
  }
  if (!scenario.manifests.empty()) {
    errors.add({scenario.manifests.front().where, "system services takes its objects from its story"});
  }
}

}  // namespace

tl::expected<Setup, Error> decode_setup(const scenario::Scenario& scenario,
                                        const std::vector<std::string>& defects) {
  FirstError errors;
  Setup setup = {.story = std::make_shared<const Story>(stories().front())};
  setup.defects = decode_defects(scenario, defects, api::defect_stories, errors);
  if (scenario.parameters) {
    decode_parameters(*scenario.parameters, setup, errors);
  }
  decode_faults(scenario, setup, errors);
  refuse_others(scenario, errors);
  if (errors.error()) {
    return tl::unexpected(*errors.error());
  }
  return setup;
}

}  // namespace plimsoll::properties::services_world
