#include "properties/raft/world/start.hpp"

#include <charconv>
#include <string>

#include "impl/raft/conf_change.hpp"
#include "properties/raft/world/facts.hpp"
#include "properties/raft/world/setup.hpp"

namespace plimsoll::properties::raft {
namespace {

using scenario::Error;
using scenario::FirstError;
using scenario::MapReader;

constexpr std::uint64_t terms_max = 9;

/// Without an index. None: the text is not understood.
std::optional<core::Entry> parse_entry(const std::string& text) {
  core::Entry entry;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, entry.term);
  if (error != std::errc{} || entry.term == 0 || entry.term > terms_max) {
    return std::nullopt;
  }
  const std::string rest(stopped, end);
  if (rest.empty()) {
    return entry;
  }
  if (rest == " x") {
    entry.data = "x";
    return entry;
  }
  const auto change = rest.front() == ' ' ? parse_change(rest) : std::nullopt;
  if (!change) {
    return std::nullopt;
  }
  const core::Term term = entry.term;
  entry = core::to_entry(*change);
  entry.term = term;
  return entry;
}

std::optional<core::ServerId> stranger_in_entry(const core::Entry& entry, std::uint32_t servers) {
  return entry.type == core::EntryType::normal ? std::nullopt
                                               : stranger_in(core::conf_change_of(entry).value(), servers);
}

std::vector<core::Entry> decode_log(MapReader& fields, std::uint32_t servers, FirstError& errors) {
  std::vector<core::Entry> log;
  core::Term latest = 0;
  for (const scenario::Node& item : fields.optional_list("log")) {
    auto entry = parse_entry(item.text);
    if (!entry) {
      errors.add({item.where, "'" + item.text +
                                  "' is no entry: expected a term from 1 to 9, perhaps with x or with a "
                                  "change like v4 after it"});
      return {};
    }
    if (const auto stranger = stranger_in_entry(*entry, servers)) {
      errors.add({item.where, no_such_server(item.text, *stranger, servers)});
    }
    if (entry->term < latest) {
      errors.add({item.where, "the terms in a log never fall"});
    }
    latest = entry->term;
    entry->index = log.size() + 1;
    log.push_back(*std::move(entry));
  }
  return log;
}

StartingDisk decode_disk(const scenario::Node& node, std::uint32_t servers, FirstError& errors) {
  StartingDisk disk;
  MapReader fields(node, "start", errors);
  disk.log = decode_log(fields, servers, errors);
  const core::Term last = disk.log.empty() ? 0 : disk.log.back().term;
  core::HardState& state = disk.hard_state;
  state.term = fields.optional_uint("term", {last, terms_max}).value_or(last);
  state.vote = core::ServerId{fields.optional_uint("vote", {1, servers}).value_or(0)};
  state.commit = fields.optional_uint("commit", {0, disk.log.size()}).value_or(0);
  if (state.vote != core::nobody && state.term == 0) {
    fields.fail("vote", "nobody votes in term 0");
  }
  fields.finish();
  return disk;
}

/// Logs match, and what two servers have committed is the same.
std::string complaint(const StartingDisk& a, const StartingDisk& b) {
  core::Storage one;
  one.entries = a.log;
  core::Storage other;
  other.entries = b.log;
  const core::Index last = last_match(KnownLog(one), KnownLog(other));
  if (!agree_up_to(KnownLog(one), KnownLog(other), last)) {
    return "have an entry of the same term at index " + std::to_string(last) + ", and differ up to there";
  }
  const core::Index committed = std::min(a.hard_state.commit, b.hard_state.commit);
  if (!agree_up_to(KnownLog(one), KnownLog(other), committed)) {
    return "differ in what both have committed";
  }
  return "";
}

}  // namespace

std::vector<StartingDisk> decode_start(MapReader& fields, std::uint32_t servers, FirstError& errors) {
  std::vector<StartingDisk> disks;
  for (const scenario::Node& item : fields.optional_list("start")) {
    disks.push_back(decode_disk(item, servers, errors));
  }
  if (!disks.empty() && disks.size() != servers) {
    fields.fail("start", "expected a disk for each of " + std::to_string(servers) + " servers, found " +
                             std::to_string(disks.size()));
  }
  for (std::size_t i = 0; i < disks.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (const std::string wrong = complaint(disks[k], disks[i]); !wrong.empty()) {
        fields.fail("start",
                    "servers " + std::to_string(k + 1) + " and " + std::to_string(i + 1) + " " + wrong);
      }
    }
  }
  return disks;
}

}  // namespace plimsoll::properties::raft
