#include "properties/dataplane_dumps.hpp"

#include <map>
#include <utility>

#include "properties/overlay/all_packets/exact.hpp"

namespace plimsoll::properties {
namespace {

std::vector<DumpFinding> findings_of(const std::vector<overlay::Cause>& causes) {
  std::vector<DumpFinding> findings;
  for (const overlay::Cause& cause : causes) {
    const overlay::Inquiry& inquiry = cause.first.inquiry;
    findings.push_back({.fault = std::string(to_text(cause.first.fault)),
                        .packet = inquiry.source.empty() ? "" : to_text(inquiry),
                        .what = cause.first.what,
                        .path = cause.first.path,
                        .packets = cause.packets});
  }
  return findings;
}

}  // namespace

tl::expected<std::vector<DumpVerdict>, scenario::Error> judge_dump(const std::string& path,
                                                                   const std::string& only) {
  const auto recording = overlay::read_recording(path);
  if (!recording) {
    return tl::unexpected(recording.error());
  }
  std::vector<DumpVerdict> verdicts;
  for (const auto& [tables, network] : recording->networks) {
    if (!only.empty() && tables != only) {
      continue;
    }
    const overlay::ClusterView view = overlay::view_of(*recording, tables);
    const overlay::DataplaneVerdict verdict = overlay::judge_all_packets(*recording, tables);
    verdicts.push_back({.tables = tables,
                        .pods = view.pods.size(),
                        .nodes = view.nodes.size(),
                        .services = view.services.size(),
                        .inquiries = verdict.inquiries,
                        .packets = verdict.packets,
                        .ttl_needed = verdict.ttl_needed,
                        .violations = findings_of(verdict.violations),
                        .unknowns = findings_of(verdict.unknowns)});
  }
  if (verdicts.empty()) {
    const std::string expected = only.empty() ? "expected at least one" : "none is named " + only;
    return tl::unexpected(scenario::Error{{path, 1, 1}, "tables: " + expected});
  }
  return verdicts;
}

namespace {

using FatesByPacket = std::map<std::string, overlay::Fates>;

/// The name of the file's tables, and the fates in them.
tl::expected<std::pair<std::string, FatesByPacket>, scenario::Error> fates_in(const std::string& path,
                                                                              const std::string& only) {
  const auto recording = overlay::read_recording(path);
  if (!recording) {
    return tl::unexpected(recording.error());
  }
  if (only.empty() && recording->networks.size() != 1) {
    return tl::unexpected(scenario::Error{
        {path, 1, 1},
        "tables: expected one name to compare, found " + std::to_string(recording->networks.size())});
  }
  const std::string& name = only.empty() ? recording->networks.begin()->first : only;
  if (!recording->networks.contains(name)) {
    return tl::unexpected(scenario::Error{{path, 1, 1}, "tables: none is named " + name});
  }
  return std::pair(name, overlay::judge_all_packets(*recording, name).fates);
}

std::string joined(const overlay::Fates& fates) {
  std::string text;
  for (const std::string& fate : fates) {
    text += (text.empty() ? "" : " or ") + fate;
  }
  return text;
}

}  // namespace

tl::expected<DumpDifference, scenario::Error> compare_dumps(const std::string& before,
                                                            const std::string& after,
                                                            const std::string& only) {
  const auto old_fates = fates_in(before, only);
  const auto new_fates = old_fates ? fates_in(after, only) : old_fates;
  if (!new_fates) {
    return tl::unexpected(new_fates.error());
  }
  DumpDifference difference = {.before = old_fates->first, .after = new_fates->first};
  FatesByPacket all = old_fates->second;
  all.insert(new_fates->second.begin(), new_fates->second.end());
  difference.inquiries = all.size();
  for (const auto& [packet, either] : all) {
    const auto was = old_fates->second.find(packet);
    const auto is = new_fates->second.find(packet);
    const std::string old_text = was == old_fates->second.end() ? "" : joined(was->second);
    const std::string new_text = is == new_fates->second.end() ? "" : joined(is->second);
    if (old_text != new_text) {
      difference.changes.push_back({packet, old_text, new_text});
    }
  }
  return difference;
}

}  // namespace plimsoll::properties
