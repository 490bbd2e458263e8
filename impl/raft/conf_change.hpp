// Configuration changes as entries of the log: which form they take, what they ask for, and their bytes.
//
// Source: etcd-io/raft raftpb/confchange.go and raft.proto. A change of one server that needs no joint
// configuration is written in the old form (V1), everything else in the new one (V2); the change that leaves
// a joint configuration automatically has no bytes at all, so that no limit on sizes can refuse it.
#pragma once

#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "impl/raft/types.hpp"

namespace plimsoll::raft {

[[nodiscard]] ConfChangeV2 to_v2(const ConfChange& change);

/// Whether the change has to go through a joint configuration: yes if it asks for one, or holds more than one
/// change.
[[nodiscard]] bool enters_joint(const ConfChangeV2& change);
/// Requires: enters_joint. Whether that joint configuration is left by itself.
[[nodiscard]] bool leaves_automatically(const ConfChangeV2& change);
/// Whether the change asks to leave the joint configuration: nothing set but, perhaps, the context.
[[nodiscard]] bool leaves_joint(const ConfChangeV2& change);

/// Encoded in etcd's protobuf form, as the data of an entry. `type` of the entry says which.
[[nodiscard]] base::Bytes encode_conf_change(const ConfChange& change);
[[nodiscard]] base::Bytes encode_conf_change(const ConfChangeV2& change);

/// An entry without term and index that holds the change: type conf_change or conf_change_v2.
[[nodiscard]] Entry to_entry(const ConfChange& change);
[[nodiscard]] Entry to_entry(const ConfChangeV2& change);

/// The change that an entry holds, in the new form; an empty one for an entry without data. Requires: the
/// entry is of type conf_change or conf_change_v2. Error: a sentence, if the bytes are no such change.
[[nodiscard]] tl::expected<ConfChangeV2, std::string> conf_change_of(const Entry& entry);

}  // namespace plimsoll::raft
