// Changes of the configuration: one voter at a time, or through a joint configuration.
//
// Source: dissertation 4.1 to 4.3; etcd-io/raft confchange/. Pure functions: they take a membership that is
// consistent and give the next one, or say why not, in upstream's words. What a change does not touch keeps
// its progress.
//
// Statements: RAFT-M3 (simple, enter_joint, leave_joint), RAFT-M4 (learners_next).
#pragma once

#include <map>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include "impl/raft/configuration.hpp"
#include "impl/raft/progress.hpp"

namespace plimsoll::raft {

using ProgressMap = std::map<ServerId, Progress>;

/// A configuration and the progress of exactly its members.
struct Membership {
  Configuration config = {};
  ProgressMap progress = {};
  PLIMSOLL_DESCRIBE(Membership, config, progress)
};

using MembershipResult = tl::expected<Membership, std::string>;

/// Changes that add or remove at most one voter, counted together. New members are probed from `last_index`,
/// the leader's last index. Errors: the configuration is joint; more than one voter would change; no voter
/// would be left.
[[nodiscard]] MembershipResult simple_change(const Membership& from, Index last_index,
                                             std::span<const ConfChangeSingle> changes);

/// The configuration becomes the outgoing half, and with `changes` made to it the incoming one. Errors: it is
/// joint already; it has no voters; no incoming voter would be left.
[[nodiscard]] MembershipResult enter_joint(const Membership& from, Index last_index, bool auto_leave,
                                           std::span<const ConfChangeSingle> changes);

/// The outgoing half is gone, with the progress of those who are in nothing else; learners_next are learners.
/// Error: the configuration is not joint.
[[nodiscard]] MembershipResult leave_joint(const Membership& from);

/// The membership that a snapshot's configuration describes, made of nothing by the changes above. Error: it
/// is not one that they can reach.
[[nodiscard]] MembershipResult restore_membership(const ConfState& conf_state, Index last_index);

/// The sentence that says which invariant of Configuration does not hold, or that a member has no progress;
/// nothing if all is well.
[[nodiscard]] std::optional<std::string> check_membership(const Membership& membership);

}  // namespace plimsoll::raft
