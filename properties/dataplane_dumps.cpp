#include "properties/dataplane_dumps.hpp"

#include <map>
#include <utility>

#include "properties/overlay/all_packets/classes_verdict.hpp"
#include "properties/overlay/all_packets/command.hpp"
#include "properties/overlay/all_packets/counterexample.hpp"
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

tl::expected<DumpJudgement, scenario::Error> judge_dump(const DumpRequest& request) {
  const auto document = overlay::read_document(request.path);
  if (!document) {
    return tl::unexpected(document.error());
  }
  const auto recording = overlay::parse_recording(*document, request.path);
  if (!recording) {
    return tl::unexpected(recording.error());
  }
  DumpJudgement judgement;
  std::map<std::string, std::vector<overlay::Cause>> causes;
  for (const auto& [tables, network] : recording->networks) {
    if (!request.only.empty() && tables != request.only) {
      continue;
    }
    const overlay::ClusterView view = overlay::view_of(*recording, tables);
    const overlay::DataplaneVerdict verdict = request.engine == DumpEngine::exact
                                                  ? overlay::judge_all_packets(*recording, tables)
                                                  : overlay::judge_by_classes(*recording, tables);
    causes[tables] = verdict.violations;
    judgement.verdicts.push_back({.tables = tables,
                                  .pods = view.pods.size(),
                                  .nodes = view.nodes.size(),
                                  .services = view.services.size(),
                                  .inquiries = verdict.inquiries,
                                  .packets = verdict.packets,
                                  .ttl_needed = verdict.ttl_needed,
                                  .violations = findings_of(verdict.violations),
                                  .unknowns = findings_of(verdict.unknowns)});
  }
  if (judgement.verdicts.empty()) {
    const std::string expected =
        request.only.empty() ? "expected at least one" : "none is named " + request.only;
    return tl::unexpected(scenario::Error{{request.path, 1, 1}, "tables: " + expected});
  }
  judgement.counterexamples = overlay::counterexample_document(*document, *recording, causes);
  return judgement;
}

namespace {

using FatesByPacket = std::map<std::string, overlay::Fates>;

/// A dump, and the one set of tables in it that is asked about.
struct Asked {
  overlay::Recording recording = {};
  std::string tables = {};

  [[nodiscard]] FatesByPacket fates() const { return judge_all_packets(recording, tables).fates; }
};

tl::expected<Asked, scenario::Error> read_one(const std::string& path, const std::string& only) {
  auto recording = overlay::read_recording(path);
  if (!recording) {
    return tl::unexpected(recording.error());
  }
  if (only.empty() && recording->networks.size() != 1) {
    return tl::unexpected(scenario::Error{
        {path, 1, 1},
        "tables: expected one name to compare, found " + std::to_string(recording->networks.size())});
  }
  const std::string name = only.empty() ? recording->networks.begin()->first : only;
  if (!recording->networks.contains(name)) {
    return tl::unexpected(scenario::Error{{path, 1, 1}, "tables: none is named " + name});
  }
  return Asked{std::move(*recording), name};
}

/// Makes the change, or says why not.
std::string make(Asked& asked, const std::string& text) {
  const auto change = overlay::read_change(text);
  if (!change) {
    return change.error();
  }
  auto& network = asked.recording.networks.at(asked.tables);
  const auto key = network.tables.find(change->where);
  if (key == network.tables.end()) {
    return "there is no namespace " + change->where;
  }
  // Other networks of the dump may share the tables.
  plimsoll::overlay::Tables tables = asked.recording.tables.at(key->second);
  const auto made = plimsoll::overlay::apply(tables, change->change);
  if (!made) {
    return "the kernel refuses it: " + std::string(to_text(made.error()));
  }
  key->second += " changed";
  asked.recording.tables[key->second] = std::move(tables);
  return {};
}

std::string joined(const overlay::Fates& fates) {
  std::string text;
  for (const std::string& fate : fates) {
    text += (text.empty() ? "" : " or ") + fate;
  }
  return text;
}

DumpDifference difference_of(const Asked& before, const Asked& after) {
  DumpDifference difference = {.before = before.tables, .after = after.tables};
  const FatesByPacket old_fates = before.fates();
  const FatesByPacket new_fates = after.fates();
  FatesByPacket all = old_fates;
  all.insert(new_fates.begin(), new_fates.end());
  difference.inquiries = all.size();
  for (const auto& [packet, either] : all) {
    const auto was = old_fates.find(packet);
    const auto is = new_fates.find(packet);
    const std::string old_text = was == old_fates.end() ? "" : joined(was->second);
    const std::string new_text = is == new_fates.end() ? "" : joined(is->second);
    if (old_text != new_text) {
      difference.changes.push_back({packet, old_text, new_text});
    }
  }
  return difference;
}

}  // namespace

tl::expected<DumpDifference, scenario::Error> compare_dumps(const std::string& before,
                                                            const std::string& after,
                                                            const std::string& only) {
  const auto one = read_one(before, only);
  const auto other = one ? read_one(after, only) : one;
  if (!other) {
    return tl::unexpected(other.error());
  }
  return difference_of(*one, *other);
}

tl::expected<DumpDifference, scenario::Error> what_if(const std::string& path,
                                                      const std::vector<std::string>& changes,
                                                      const std::string& only) {
  const auto before = read_one(path, only);
  if (!before) {
    return tl::unexpected(before.error());
  }
  Asked after = *before;
  for (const std::string& change : changes) {
    if (const std::string why = make(after, change); !why.empty()) {
      return tl::unexpected(scenario::Error{{"--what-if '" + change + "'", 1, 1}, why});
    }
  }
  return difference_of(*before, after);
}

}  // namespace plimsoll::properties
