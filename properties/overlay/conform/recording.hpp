// Recordings of what a real kernel did: format plimsoll-kernel-expectations/1.
//
// Source: ../shared/conformance/dataplane/README.md describes the format. Tables are read into the data
// plane's own; expected outcomes stay JSON, to be compared as they are.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "impl/overlay/node/probe.hpp"

namespace plimsoll::properties::overlay {

/// One probe with the networks that it was sent in.
struct RecordedProbe {
  std::string id = {};
  std::string description = {};
  std::string tables = {};  ///< key of Recording::networks
  plimsoll::overlay::Probe probe = {};
  std::string unsupported = {};  ///< a field of the probe that is not understood; empty: none
  /// What conntrack knew before, by namespace: lines as conntrack -L prints them.
  std::map<std::string, std::vector<std::string>> conntrack = {};
  /// UDP ports that other programs of a namespace listened on.
  std::map<std::string, std::vector<std::uint16_t>> further_listeners = {};
  std::vector<std::string> outcomes = {};  ///< all variants that were seen, at least one: JSON
  /// Sent with the neighbours, flows and lists that earlier probes left. They are recorded as one round left
  /// them, so the outcomes of other rounds need not be possible.
  bool with_past = false;
};

/// The tables of all namespaces at one time.
struct RecordedNetwork {
  std::map<std::string, std::string> tables = {};  ///< by namespace: key of Recording::tables
  std::map<std::string, plimsoll::overlay::TunRelay> relays = {};
};

struct Recording {
  std::vector<plimsoll::overlay::Wire> wires = {};
  std::map<std::string, std::string> namespaces = {};  ///< by name: what it is
  std::map<std::string, std::string> listeners = {};   ///< of "pods", "nodes", "cl": a sentence with the port
  std::map<std::string, plimsoll::overlay::Tables> tables = {};
  std::map<std::string, std::string> unreadable = {};  ///< by key of tables: why their rules cannot be read
  std::map<std::string, RecordedNetwork> networks = {};
  std::vector<RecordedProbe> probes = {};
};

/// The text of a file, which may be compressed by gzip.
[[nodiscard]] tl::expected<std::string, scenario::Error> read_document(const std::string& path);
/// Reads a recording: JSON, or JSON compressed by gzip. Errors name the place in the document and what was
/// expected.
[[nodiscard]] tl::expected<Recording, scenario::Error> read_recording(const std::string& path);
/// The same, of a text.
[[nodiscard]] tl::expected<Recording, scenario::Error> parse_recording(const std::string& text,
                                                                       const std::string& file);

}  // namespace plimsoll::properties::overlay
