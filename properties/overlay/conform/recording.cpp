#include "properties/overlay/conform/recording.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <boost/json.hpp>

#include "properties/conformance/text_file.hpp"
#include "properties/overlay/conform/gunzip.hpp"
#include "properties/overlay/conform/recorded_probe.hpp"
#include "properties/overlay/conform/recorded_tables.hpp"

namespace plimsoll::properties::overlay {
namespace {

namespace json = boost::json;

std::pair<std::string, std::string> end_of(const JsonPlace& text) {
  const std::string end = text.text();
  const std::size_t colon = end.find(':');
  if (colon == std::string::npos) {
    text.fault("namespace:device");
  }
  return {end.substr(0, colon), end.substr(colon + 1)};
}

void read_topology(Recording& recording, const JsonPlace& topology) {
  const JsonPlace wires = topology.at("wires");
  for (std::size_t i = 0; i < wires.array().size(); ++i) {
    const auto [a, a_device] = end_of(wires.item(i).at("a"));
    const auto [b, b_device] = end_of(wires.item(i).at("b"));
    recording.wires.push_back({a, a_device, b, b_device});
  }
  const JsonPlace namespaces = topology.at("namespaces");
  for (const auto& [name, what] : namespaces.object()) {
    recording.namespaces[std::string(name)] = namespaces.at(name).text();
  }
  const JsonPlace listeners = topology.at("listeners");
  for (const auto& [who, what] : listeners.object()) {
    recording.listeners[std::string(who)] = listeners.at(who).text();
  }
}

plimsoll::overlay::TunRelay relay_of(const JsonPlace& relay) {
  plimsoll::overlay::TunRelay made = {
      .device = relay.at("tun").text(),
      .listen_address = relay.at("listen").item(0).address(),
      .port = static_cast<std::uint16_t>(relay.at("listen").item(1).number(0xffff))};
  const JsonPlace routes = relay.at("routes");
  for (std::size_t i = 0; i < routes.array().size(); ++i) {
    const auto prefix = base::Ipv4Prefix::parse_interface(routes.item(i).item(0).text());
    if (!prefix) {
      routes.item(i).item(0).fault("an IPv4 prefix");
    }
    made.routes.push_back({prefix->network(), routes.item(i).item(1).address(), made.port});
  }
  return made;
}

RecordedNetwork network_of(const JsonPlace& tables, const JsonPlace& all) {
  RecordedNetwork network;
  for (const auto& [name, key] : tables.object()) {
    const std::string table = tables.at(name).text();
    if (!all.has(table)) {
      tables.at(name).fault("a key of ns_tables");
    }
    if (name != "_flanneld") {
      network.tables[std::string(name)] = table;
      continue;
    }
    const JsonPlace relays = all.at(table);
    for (const auto& [node, relay] : relays.object()) {
      network.relays[std::string(node)] = relay_of(relays.at(node));
    }
  }
  return network;
}

void read_tables(Recording& recording, const JsonPlace& document) {
  const JsonPlace all = document.at("ns_tables");
  for (const auto& [key, value] : all.object()) {
    if (key.starts_with("_flanneld")) {
      continue;
    }
    RecordedTables read = recorded_tables(all.at(key));
    recording.tables[std::string(key)] = std::move(read.tables);
    if (!read.unreadable.empty()) {
      recording.unreadable[std::string(key)] = read.unreadable;
    }
  }
  const JsonPlace networks = document.at("tables");
  for (const auto& [id, tables] : networks.object()) {
    recording.networks[std::string(id)] = network_of(networks.at(id), all);
  }
}

/// flanneld's errors have the address of its TUN device, its buffer the device's MTU.
void configure_relays(Recording& recording) {
  for (auto& [id, network] : recording.networks) {
    for (auto& [node, relay] : network.relays) {
      const plimsoll::overlay::Tables& tables = recording.tables[network.tables[node]];
      for (const auto& address : tables.addresses) {
        if (address.device == relay.device) {
          relay.config.tun_address = address.address.address();
        }
      }
      if (const auto* link = find_link(tables, relay.device)) {
        relay.config.tun_mtu = link->mtu;
      }
    }
  }
}

Recording read(const JsonPlace& document) {
  constexpr std::string_view format = "plimsoll-kernel-expectations/1";
  if (document.at("format").text() != format) {
    document.at("format").fault("\"" + std::string(format) + "\"");
  }
  Recording recording;
  read_topology(recording, document.at("topology"));
  read_tables(recording, document);
  configure_relays(recording);
  read_probes(recording, document);
  return recording;
}

/// Line and column of an offset.
scenario::Location location_of(const std::string& file, std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1);
  const std::size_t start = before.rfind('\n');
  const std::size_t column = start == std::string_view::npos ? offset : offset - start - 1;
  return {file, line, static_cast<std::uint32_t>(column + 1)};
}

}  // namespace

tl::expected<Recording, scenario::Error> parse_recording(const std::string& text, const std::string& file) {
  json::stream_parser parser;
  boost::system::error_code malformed;
  const std::size_t read_bytes = parser.write_some(text, malformed);
  if (!malformed) {
    parser.finish(malformed);
  }
  if (malformed) {
    return tl::unexpected(scenario::Error{location_of(file, text, std::min(read_bytes, text.size())),
                                          "no JSON: " + malformed.message()});
  }
  const json::value document = parser.release();
  try {
    return read(JsonPlace(document, ""));
  } catch (const JsonFault& fault) {
    const std::string where = fault.place.empty() ? "the document" : fault.place;
    return tl::unexpected(scenario::Error{{file, 1, 1}, where + ": expected " + fault.expected});
  }
}

tl::expected<std::string, scenario::Error> read_document(const std::string& path) {
  auto bytes = read_file(path);
  if (!bytes || !is_gzip(*bytes)) {
    return bytes;
  }
  auto text = gunzip(*bytes);
  if (!text) {
    return tl::unexpected(scenario::Error{{path, 1, 1}, text.error()});
  }
  return std::move(*text);
}

tl::expected<Recording, scenario::Error> read_recording(const std::string& path) {
  const auto text = read_document(path);
  if (!text) {
    return tl::unexpected(text.error());
  }
  return parse_recording(*text, path);
}

}  // namespace plimsoll::properties::overlay
