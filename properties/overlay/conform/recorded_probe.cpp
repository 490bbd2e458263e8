#include "properties/overlay/conform/recorded_probe.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

namespace plimsoll::properties::overlay {
namespace {

using plimsoll::overlay::PathMtu;
using plimsoll::overlay::Probe;
using plimsoll::overlay::ProbeKind;

/// What a scenario says about its probes: the number of each in it, and programs that listen besides the
/// usual ones.
struct Context {
  std::map<std::string, std::uint16_t> numbers = {};
  std::map<std::string, std::map<std::string, std::vector<std::uint16_t>>> listeners = {};
};

/// "host process listens on udp 30021 in n1".
std::optional<std::pair<std::string, std::uint16_t>> listener_of(std::string_view text) {
  constexpr std::string_view beginning = "host process listens on udp ";
  if (!text.starts_with(beginning)) {
    return std::nullopt;
  }
  text.remove_prefix(beginning.size());
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  constexpr std::string_view in = " in ";
  if (failure != std::errc() || !text.starts_with(in)) {
    return std::nullopt;
  }
  return std::pair(std::string(text.substr(in.size())), port);
}

Context context_of(const JsonPlace& scenarios) {
  Context context;
  for (std::size_t i = 0; i < scenarios.array().size(); ++i) {
    const JsonPlace scenario = scenarios.item(i);
    std::map<std::string, std::vector<std::uint16_t>> listeners;
    const JsonPlace mutations = scenario.at("mutations");
    for (std::size_t m = 0; m < mutations.array().size(); ++m) {
      if (mutations.item(m).value().is_string()) {
        if (const auto listener = listener_of(mutations.item(m).text())) {
          listeners[listener->first].push_back(listener->second);
        }
      }
    }
    const JsonPlace probes = scenario.at("probes");
    for (std::size_t p = 0; p < probes.array().size(); ++p) {
      const std::string id = probes.item(p).text();
      context.numbers[id] = static_cast<std::uint16_t>(p + 1);
      context.listeners[id] = listeners;
    }
  }
  return context;
}

std::string bytes_of(const JsonPlace& hex) {
  const std::string digits = hex.text();
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned value = 0;
    const char* first = digits.data() + i;
    const auto [end, failure] =
        std::from_chars(first, digits.data() + std::min(digits.size(), i + 2), value, 16);
    if (failure != std::errc() || end != first + 2) {
      hex.fault("pairs of hexadecimal digits");
    }
    bytes.push_back(static_cast<char>(value));
  }
  return bytes;
}

ProbeKind kind_of(const JsonPlace& json) {
  static const std::array<std::pair<std::string_view, ProbeKind>, 4> known = {
      {{"udp", ProbeKind::udp},
       {"tcp", ProbeKind::tcp},
       {"icmp", ProbeKind::icmp},
       {"raw frame", ProbeKind::frame}}};
  const auto found =
      std::ranges::find(known, json.at("kind").text(), &std::pair<std::string_view, ProbeKind>::first);
  if (found == known.end()) {
    json.at("kind").fault("udp, tcp, icmp or raw frame");
  }
  return found->second;
}

PathMtu path_mtu_of(const JsonPlace& json) {
  const std::string df = json.text("df", "dont");
  if (df != "dont" && df != "probe" && df != "want") {
    json.at("df").fault("dont, want or probe");
  }
  return df == "probe" ? PathMtu::probe : df == "want" ? PathMtu::want : PathMtu::dont;
}

/// Fields that say how the recording was made, and nothing about packets.
bool is_known(std::string_view field) {
  static constexpr std::array<std::string_view, 15> known = {"kind",   "src",   "dst",     "dport", "ttl",
                                                             "size",   "df",    "bind",    "sport", "proto",
                                                             "inject", "flush", "maxwait", "vary",  "token"};
  return std::ranges::find(known, field) != known.end();
}

Probe probe_of(const JsonPlace& json, std::uint16_t number) {
  constexpr std::size_t smallest = 28;  // the headers of UDP and ICMP
  constexpr std::uint64_t largest = 0xffff;
  const std::string digits = std::to_string(number);
  Probe probe = {.kind = kind_of(json), .source = json.at("src").text()};
  probe.source_port = static_cast<std::uint16_t>(json.number("sport", 0xffff, 40000U + number));
  probe.token = "PLIM" + std::string(6 - std::min<std::size_t>(digits.size(), 6), '0') + digits;
  probe.port = static_cast<std::uint16_t>(json.number("dport", 0xffff, 8080));
  probe.ttl = static_cast<std::uint8_t>(json.number("ttl", 255, 64));
  probe.size = json.number("size", largest, 64);
  probe.path_mtu = path_mtu_of(json);
  if (probe.size < smallest) {
    json.at("size").fault("at least 28");
  }
  if (json.has("bind")) {
    probe.bind = json.at("bind").address();
  }
  if (probe.kind == ProbeKind::frame) {
    const JsonPlace inject = json.at("inject");
    probe.device = inject.at("ifname").text();
    probe.token = inject.at("token").text();
    probe.frame = bytes_of(inject.at("frame_hex"));
  } else {
    probe.destination = json.at("dst").address();
  }
  return probe;
}

void read_outcomes(RecordedProbe& probe, const JsonPlace& json) {
  if (json.has("outcome")) {
    probe.outcomes.push_back(boost::json::serialize(json.at("outcome").object()));
    return;
  }
  const JsonPlace outcomes = json.at("outcomes");
  for (std::size_t i = 0; i < outcomes.array().size(); ++i) {
    probe.outcomes.push_back(boost::json::serialize(outcomes.item(i).at("outcome").object()));
  }
  if (probe.outcomes.empty()) {
    outcomes.fault("at least one outcome");
  }
}

RecordedProbe recorded_probe(const JsonPlace& json, const Context& context) {
  RecordedProbe probe = {.id = json.at("id").text(), .description = json.text("description", "")};
  probe.tables = json.at("tables").text();
  const auto number = context.numbers.find(probe.id);
  probe.probe =
      probe_of(json.at("probe"), number == context.numbers.end() ? std::uint16_t{1} : number->second);
  for (const auto& [field, value] : json.at("probe").object()) {
    if (!is_known(field)) {
      probe.unsupported = "a probe with " + std::string(field);
    }
  }
  if (const auto listeners = context.listeners.find(probe.id); listeners != context.listeners.end()) {
    probe.further_listeners = listeners->second;
  }
  if (json.has("conntrack_before")) {
    const JsonPlace before = json.at("conntrack_before");
    for (const auto& [name, value] : before.object()) {
      const JsonPlace lines = before.at(name);
      for (std::size_t i = 0; i < lines.array().size(); ++i) {
        probe.conntrack[std::string(name)].push_back(lines.item(i).text());
      }
    }
  }
  probe.with_past = !json.at("probe").boolean("flush", true);
  read_outcomes(probe, json);
  return probe;
}

}  // namespace

void read_probes(Recording& recording, const JsonPlace& document) {
  const Context context = context_of(document.at("scenarios"));
  const JsonPlace probes = document.at("probes");
  for (std::size_t i = 0; i < probes.array().size(); ++i) {
    const JsonPlace json = probes.item(i);
    RecordedProbe probe = recorded_probe(json, context);
    const auto network = recording.networks.find(probe.tables);
    if (network == recording.networks.end()) {
      json.at("tables").fault("a key of tables");
    }
    if (!network->second.tables.contains(probe.probe.source)) {
      json.at("probe").at("src").fault("a namespace");
    }
    recording.probes.push_back(std::move(probe));
  }
}

}  // namespace plimsoll::properties::overlay
