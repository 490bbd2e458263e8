// How etcd-io/raft prints its data: entries, messages, Ready, hard state, snapshots, progress,
// configurations.
//
// Source: the output of its datadriven tests (util.go, tracker/progress.go and raftpb are where it comes
// from). Exact text, because the interaction scripts are compared line by line.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "impl/raft/raw_node.hpp"
#include "impl/raft/types.hpp"

namespace plimsoll::properties::raft {

namespace core = plimsoll::raft;

/// `data` in double quotes. Quotes, backslashes and control characters are escaped as in a Go string; bytes
/// that are not ASCII become \xNN.
[[nodiscard]] std::string describe_data(std::string_view data);

/// "v1 l2 r3 u4".
[[nodiscard]] std::string describe_changes(std::span<const core::ConfChangeSingle> changes);
/// Reads the same form; blanks at both ends do not matter, and nothing at all is no change. Error: upstream's
/// sentence.
[[nodiscard]] tl::expected<std::vector<core::ConfChangeSingle>, std::string> parse_changes(
    std::string_view text);

/// "TERM/INDEX TYPE DATA", without a line end.
[[nodiscard]] std::string describe_entry(const core::Entry& entry);
/// One line for each.
[[nodiscard]] std::string describe_entries(std::span<const core::Entry> entries);

[[nodiscard]] std::string describe_hard_state(const core::HardState& state);
[[nodiscard]] std::string describe_conf_state(const core::ConfState& state);
[[nodiscard]] std::string describe_snapshot(const core::Snapshot& snapshot);

/// "MsgApp", ... as raftpb names them.
[[nodiscard]] std::string_view name_of(core::MessageType type);
/// Reads such a name.
[[nodiscard]] std::optional<core::MessageType> message_type(std::string_view name);
/// Without a line end; entries, a snapshot and responses may take several lines.
[[nodiscard]] std::string describe_message(const core::Message& message);
[[nodiscard]] std::string describe_message(const core::PlainMessage& message);

/// "StateFollower", ...
[[nodiscard]] std::string_view name_of(core::Role role);
/// Several lines, or "<empty Ready>" without a line end.
[[nodiscard]] std::string describe_ready(const core::Ready& ready);

/// What a leader knows of one member, without a line end.
[[nodiscard]] std::string describe_progress(const core::Progress& progress,
                                            const core::InflightLimits& limits);

}  // namespace plimsoll::properties::raft
