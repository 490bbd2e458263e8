#include "properties/overlay/all_packets/counterexample.hpp"

#include <set>
#include <utility>

#include <boost/json.hpp>

#include "properties/overlay/all_packets/packet_judge.hpp"

namespace plimsoll::properties::overlay {
namespace {

namespace json = boost::json;
using plimsoll::overlay::PathMtu;
using plimsoll::overlay::ProbeKind;

json::object probe_json(const plimsoll::overlay::Probe& probe) {
  json::object made = {{"kind", probe.kind == ProbeKind::tcp ? "tcp" : "udp"},
                       {"src", probe.source},
                       {"dst", to_text(probe.destination)},
                       {"dport", probe.port},
                       {"sport", probe.source_port},
                       {"ttl", probe.ttl}};
  if (probe.kind == ProbeKind::udp) {
    made["size"] = probe.size;
    made["df"] = probe.path_mtu == PathMtu::probe ? "probe" : "dont";
  }
  return made;
}

json::array outcomes_json(Predictor& predictor, const RecordedProbe& probe) {
  json::array outcomes;
  for (const plimsoll::overlay::Outcome& outcome : predictor.predict(probe)) {
    outcomes.push_back(json::object{{"outcome", json::parse(to_json(outcome, probe.probe))}});
  }
  return outcomes;
}

}  // namespace

std::string counterexample_document(const std::string& document, const Recording& recording,
                                    const std::map<std::string, std::vector<Cause>>& causes) {
  Recording asked = recording;
  std::set<std::uint16_t> ports;
  for (const auto& [tables, found] : causes) {
    ports.merge(asked_ports(view_of(recording, tables)));
  }
  listen_everywhere(asked, ports);
  Predictor predictor(asked);
  json::array probes;
  json::array scenarios;
  for (const auto& [tables, found] : causes) {
    json::array own;
    for (const Cause& cause : found) {
      if (cause.first.inquiry.source.empty()) {
        continue;
      }
      RecordedProbe probe = {.id = tables + "/" + std::to_string(own.size() + 1), .tables = tables};
      probe.probe = cause.first.probe;
      const json::array outcomes = outcomes_json(predictor, probe);
      own.emplace_back(probe.id);
      probes.push_back(json::object{
          {"id", probe.id},
          {"description", to_text(cause.first.inquiry) + ": " + cause.first.what},
          {"tables", tables},
          {"probe", probe_json(probe.probe)},
          {"pre", json::array()},
          {"deterministic", outcomes.size() == 1},
          {"load_balanced", outcomes.size() > 1},
          {"outcome", outcomes.size() == 1 ? outcomes.front().as_object().at("outcome") : json::value()},
          {"outcomes", outcomes.size() == 1 ? json::value() : json::value(outcomes)}});
    }
    scenarios.push_back(json::object{{"name", tables},
                                     {"description", "packets that do not fare as they should"},
                                     {"base", json::object()},
                                     {"mutations", json::array()},
                                     {"probes", std::move(own)}});
  }
  json::object made = json::parse(document).as_object();
  json::object listeners;
  for (const auto& [name, sentence] : asked.listeners) {
    listeners[name] = sentence;
  }
  made.at("topology").as_object()["listeners"] = std::move(listeners);
  made["generator"] = "plimsoll dataplane";
  made["notes"] = json::array{"Counterexamples: outcomes are predictions."};
  made["scenarios"] = std::move(scenarios);
  made["probes"] = std::move(probes);
  made.erase("counts");
  return json::serialize(made) + "\n";
}

}  // namespace plimsoll::properties::overlay
