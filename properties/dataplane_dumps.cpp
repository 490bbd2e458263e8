#include "properties/dataplane_dumps.hpp"

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

}  // namespace plimsoll::properties
