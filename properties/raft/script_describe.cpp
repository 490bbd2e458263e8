#include "properties/raft/script_describe.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace plimsoll::properties::raft {
namespace {

/// In the order of core::MessageType.
constexpr std::array<std::string_view, 24> message_names = {"MsgHup",
                                                            "MsgBeat",
                                                            "MsgProp",
                                                            "MsgApp",
                                                            "MsgAppResp",
                                                            "MsgVote",
                                                            "MsgVoteResp",
                                                            "MsgSnap",
                                                            "MsgHeartbeat",
                                                            "MsgHeartbeatResp",
                                                            "MsgUnreachable",
                                                            "MsgSnapStatus",
                                                            "MsgCheckQuorum",
                                                            "MsgTransferLeader",
                                                            "MsgTimeoutNow",
                                                            "MsgReadIndex",
                                                            "MsgReadIndexResp",
                                                            "MsgPreVote",
                                                            "MsgPreVoteResp",
                                                            "MsgStorageAppend",
                                                            "MsgStorageAppendResp",
                                                            "MsgStorageApply",
                                                            "MsgStorageApplyResp",
                                                            "MsgForgetLeader"};
static_assert(static_cast<std::size_t>(core::MessageType::forget_leader) + 1 == message_names.size());

constexpr std::string_view change_letters = "vrul";  // in the order of core::ConfChangeType

std::string_view entry_type_name(core::EntryType type) {
  switch (type) {
    case core::EntryType::normal:
      return "EntryNormal";
    case core::EntryType::conf_change:
      return "EntryConfChange";
    case core::EntryType::conf_change_v2:
      return "EntryConfChangeV2";
  }
  return "";
}

std::string_view progress_state_name(core::ProgressState state) {
  switch (state) {
    case core::ProgressState::probe:
      return "StateProbe";
    case core::ProgressState::replicate:
      return "StateReplicate";
    case core::ProgressState::snapshot:
      return "StateSnapshot";
  }
  return "";
}

std::string describe_server(core::ServerId id) {
  if (id == core::nobody) {
    return "None";
  }
  if (core::is_storage_thread(id)) {
    return id == core::append_thread ? "AppendThread" : "ApplyThread";
  }
  return fmt::format("{:x}", id.value);
}

std::string describe_servers(const core::ServerSet& servers) {
  std::string list;
  for (const core::ServerId id : servers) {
    list += fmt::format("{}{}", list.empty() ? "" : " ", id.value);
  }
  return "[" + list + "]";
}

/// As numbers, which is how Go prints a slice of bytes.
std::string describe_bytes(std::string_view bytes) {
  std::string list;
  for (const char byte : bytes) {
    list += fmt::format("{}{}", list.empty() ? "" : " ", static_cast<unsigned char>(byte));
  }
  return "[" + list + "]";
}

/// One line, or several of which those after the first begin with `indent`.
std::string describe_plain(const core::PlainMessage& message, std::string_view indent) {
  std::string text =
      fmt::format("{}->{} {} Term:{} Log:{}/{}", describe_server(message.from), describe_server(message.to),
                  name_of(message.type), message.term, message.log_term, message.index);
  if (message.reject) {
    text += fmt::format(" Rejected (Hint: {})", message.reject_hint);
  }
  if (message.commit != 0) {
    text += fmt::format(" Commit:{}", message.commit);
  }
  if (message.vote != core::nobody) {
    text += fmt::format(" Vote:{}", message.vote.value);
  }
  if (message.entries.size() == 1) {
    text += fmt::format(" Entries:[{}]", describe_entry(message.entries.front()));
  } else if (!message.entries.empty()) {
    text += " Entries:[";
    for (const core::Entry& entry : message.entries) {
      text += fmt::format("\n{}  {}", indent, describe_entry(entry));
    }
    text += fmt::format("\n{}]", indent);
  }
  if (message.snapshot && !message.snapshot->empty()) {
    text += fmt::format("\n{}  Snapshot: {}", indent, describe_snapshot(*message.snapshot));
  }
  return text;
}

tl::expected<core::ConfChangeSingle, std::string> parse_change(std::string_view token) {
  if (token.size() < 2) {
    return tl::unexpected("unknown token " + std::string(token));
  }
  const std::size_t type = change_letters.find(token.front());
  if (type == std::string_view::npos) {
    return tl::unexpected("unknown input: " + std::string(token));
  }
  core::ConfChangeSingle change{.type = static_cast<core::ConfChangeType>(type), .node = {}};
  const std::string_view digits = token.substr(1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), change.node.value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return tl::unexpected(
        fmt::format("strconv.ParseUint: parsing {}: invalid syntax", describe_data(digits)));
  }
  return change;
}

}  // namespace

std::string describe_data(std::string_view data) {
  static constexpr std::string_view short_escapes = "\a\b\t\n\v\f\r";  // 7 to 13, one after the other
  std::string text = "\"";
  for (const char letter : data) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      text.append(1, '\\').append(1, letter);
    } else if (const std::size_t known = short_escapes.find(letter); known != std::string_view::npos) {
      text.append(1, '\\').append(1, "abtnvfr"[known]);
    } else if (byte < 0x20 || byte >= 0x7f) {
      text += fmt::format("\\x{:02x}", byte);
    } else {
      text.append(1, letter);
    }
  }
  return text + "\"";
}

std::string describe_changes(std::span<const core::ConfChangeSingle> changes) {
  std::string text;
  for (const core::ConfChangeSingle& change : changes) {
    text += fmt::format("{}{}{}", text.empty() ? "" : " ",
                        change_letters.at(static_cast<std::size_t>(change.type)), change.node.value);
  }
  return text;
}

tl::expected<std::vector<core::ConfChangeSingle>, std::string> parse_changes(std::string_view text) {
  static constexpr std::string_view blank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blank);
  std::vector<core::ConfChangeSingle> changes;
  if (first == std::string_view::npos) {
    return changes;
  }
  text = text.substr(first, text.find_last_not_of(blank) + 1 - first);
  while (true) {
    const std::size_t end = text.find(' ');
    auto change = parse_change(text.substr(0, end));
    if (!change) {
      return tl::unexpected(std::move(change).error());
    }
    changes.push_back(*change);
    if (end == std::string_view::npos) {
      return changes;
    }
    text.remove_prefix(end + 1);
  }
}

std::string describe_entry(const core::Entry& entry) {
  std::string payload;
  if (entry.type == core::EntryType::normal) {
    payload = describe_data(entry.data);
  } else {
    const auto change = core::conf_change_of(entry);
    payload = change ? describe_changes(change->changes) : change.error();
  }
  return fmt::format("{}/{} {}{}{}", entry.term, entry.index, entry_type_name(entry.type),
                     payload.empty() ? "" : " ", payload);
}

std::string describe_entries(std::span<const core::Entry> entries) {
  std::string text;
  for (const core::Entry& entry : entries) {
    text += describe_entry(entry) + "\n";
  }
  return text;
}

std::string describe_hard_state(const core::HardState& state) {
  std::string text = fmt::format("Term:{}", state.term);
  if (state.vote != core::nobody) {
    text += fmt::format(" Vote:{}", state.vote.value);
  }
  return text + fmt::format(" Commit:{}", state.commit);
}

std::string describe_conf_state(const core::ConfState& state) {
  return fmt::format("Voters:{} VotersOutgoing:{} Learners:{} LearnersNext:{} AutoLeave:{}",
                     describe_servers(state.voters), describe_servers(state.voters_outgoing),
                     describe_servers(state.learners), describe_servers(state.learners_next),
                     state.auto_leave);
}

std::string describe_snapshot(const core::Snapshot& snapshot) {
  return fmt::format("Index:{} Term:{} ConfState:{}", snapshot.metadata.index, snapshot.metadata.term,
                     describe_conf_state(snapshot.metadata.conf_state));
}

std::string_view name_of(core::MessageType type) {
  return message_names.at(static_cast<std::size_t>(type));
}

std::optional<core::MessageType> message_type(std::string_view name) {
  const auto* const found = std::find(message_names.begin(), message_names.end(), name);
  if (found == message_names.end()) {
    return std::nullopt;
  }
  return static_cast<core::MessageType>(found - message_names.begin());
}

std::string describe_message(const core::PlainMessage& message) {
  return describe_plain(message, "");
}

std::string describe_message(const core::Message& message) {
  std::string text = describe_plain(message, "");
  if (!message.responses.empty()) {
    text += " Responses:[";
    for (const core::PlainMessage& response : message.responses) {
      text += "\n  " + describe_plain(response, "  ");
    }
    text += "\n]";
  }
  return text;
}

std::string_view name_of(core::Role role) {
  switch (role) {
    case core::Role::follower:
      return "StateFollower";
    case core::Role::candidate:
      return "StateCandidate";
    case core::Role::leader:
      return "StateLeader";
    case core::Role::pre_candidate:
      return "StatePreCandidate";
  }
  return "";
}

std::string describe_ready(const core::Ready& ready) {
  std::string text;
  if (ready.soft_state) {
    text += fmt::format("Lead:{} State:{}\n", ready.soft_state->lead.value, name_of(ready.soft_state->role));
  }
  if (ready.hard_state) {
    text += fmt::format("HardState {}\n", describe_hard_state(*ready.hard_state));
  }
  if (!ready.read_states.empty()) {
    std::string reads;
    for (const core::ReadState& read : ready.read_states) {
      reads += fmt::format("{}{{{} {}}}", reads.empty() ? "" : " ", read.index,
                           describe_bytes(read.request_context));
    }
    text += fmt::format("ReadStates [{}]\n", reads);
  }
  if (!ready.entries.empty()) {
    text += "Entries:\n" + describe_entries(ready.entries);
  }
  if (!ready.snapshot.empty()) {
    text += fmt::format("Snapshot {}\n", describe_snapshot(ready.snapshot));
  }
  if (!ready.committed_entries.empty()) {
    text += "CommittedEntries:\n" + describe_entries(ready.committed_entries);
  }
  if (!ready.messages.empty()) {
    text += "Messages:\n";
    for (const core::Message& message : ready.messages) {
      text += describe_message(message) + "\n";
    }
  }
  return text.empty() ? "<empty Ready>" : fmt::format("Ready MustSync={}:\n{}", ready.must_sync, text);
}

std::string describe_progress(const core::Progress& progress, const core::InflightLimits& limits) {
  std::string text =
      fmt::format("{} match={} next={}", progress_state_name(progress.state), progress.match, progress.next);
  if (progress.is_learner) {
    text += " learner";
  }
  if (progress.is_paused()) {
    text += " paused";
  }
  if (progress.pending_snapshot > 0) {
    text += fmt::format(" pendingSnap={}", progress.pending_snapshot);
  }
  if (!progress.recent_active) {
    text += " inactive";
  }
  if (const std::uint64_t count = progress.inflights.count(); count > 0) {
    text += fmt::format(" inflight={}{}", count, progress.inflights.full(limits) ? "[full]" : "");
  }
  return text;
}

}  // namespace plimsoll::properties::raft
