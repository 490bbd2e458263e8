#include "properties/overlay/conform/predict.hpp"
#include "properties/few_choices.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "impl/base/step.hpp"
#include "properties/overlay/conform/conntrack_lines.hpp"

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay;  // NOLINT(google-build-using-namespace): the room this one is about

/// The ports in "udp+tcp 8080 (echo)".
std::vector<std::uint16_t> ports_in(const std::string& sentence) {
  std::vector<std::uint16_t> ports;
  std::uint32_t number = 0;
  bool inside = false;
  for (const char letter : sentence + " ") {
    if (letter >= '0' && letter <= '9') {
      number = number * 10 + static_cast<std::uint32_t>(letter - '0');
      inside = true;
    } else if (inside) {
      ports.push_back(static_cast<std::uint16_t>(number));
      number = 0;
      inside = false;
    }
  }
  return ports;
}

/// Who listens where: by namespace, or by what the topology says that the namespace is.
std::vector<std::uint16_t> listens(const Recording& recording, const std::string& name) {
  const auto by_name = recording.listeners.find(name);
  if (by_name != recording.listeners.end()) {
    return ports_in(by_name->second);
  }
  const auto what = recording.namespaces.find(name);
  const std::string kind = what == recording.namespaces.end() ? "" : what->second;
  const auto by_kind = recording.listeners.find(kind.starts_with("pod")    ? "pods"
                                                : kind.starts_with("node") ? "nodes"
                                                                           : kind);
  return by_kind == recording.listeners.end() ? std::vector<std::uint16_t>() : ports_in(by_kind->second);
}

constexpr std::size_t outcomes_max = 256;

}  // namespace

const NodeTables& Predictor::compiled(const std::string& key) {
  std::unique_ptr<NodeTables>& made = compiled_[key];
  if (!made) {
    made = std::make_unique<NodeTables>(recording_.tables.at(key));
  }
  return *made;
}

std::vector<NamespaceSetup> Predictor::setups(const RecordedProbe& probe, std::string& unsupported) {
  const RecordedNetwork& network = recording_.networks.at(probe.tables);
  std::vector<NamespaceSetup> setups;
  for (const auto& [name, key] : network.tables) {
    if (const auto why = recording_.unreadable.find(key); why != recording_.unreadable.end()) {
      unsupported = name + ": " + why->second;
      return {};
    }
    NamespaceSetup setup = {.name = name, .tables = &compiled(key), .listens = listens(recording_, name)};
    if (const auto relay = network.relays.find(name); relay != network.relays.end()) {
      setup.relay = relay->second;
    }
    if (const auto further = probe.further_listeners.find(name); further != probe.further_listeners.end()) {
      setup.listens_udp = further->second;
    }
    if (const auto lines = probe.conntrack.find(name); lines != probe.conntrack.end()) {
      for (const std::string& line : lines->second) {
        if (auto flow = flow_of_line(line)) {
          setup.flows.push_back(std::move(*flow));
        }
      }
      setup.recent = recent_lists(recording_.tables.at(key).ruleset, setup.flows);
    }
    setups.push_back(std::move(setup));
  }
  return setups;
}

std::vector<Outcome> Predictor::predict(const RecordedProbe& probe) {
  std::string unsupported = probe.unsupported;
  const std::vector<NamespaceSetup> namespaces = setups(probe, unsupported);
  if (!unsupported.empty()) {
    return {Outcome{.unknown = unsupported}};
  }
  std::vector<Wire> wires;
  std::ranges::copy_if(recording_.wires, std::back_inserter(wires), [&](const Wire& wire) {
    const auto is_there = [&](const std::string& name) {
      return std::ranges::find(namespaces, name, &NamespaceSetup::name) != namespaces.end();
    };
    return is_there(wire.from_namespace) && is_there(wire.to_namespace);
  });
  FewChoices choices;
  std::vector<Outcome> outcomes;
  do {
    choices.rewind();
    Outcome outcome = run_probe(namespaces, wires, probe.probe, choices);
    if (std::ranges::find(outcomes, outcome) == outcomes.end()) {
      outcomes.push_back(std::move(outcome));
    }
  } while (outcomes.size() < outcomes_max && choices.advance());
  return outcomes;
}

}  // namespace plimsoll::properties::overlay
