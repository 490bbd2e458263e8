// What a scenario of system `raft` asks for, decoded and checked: the cluster to assemble.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "checker/scenario/scenario.hpp"
#include "impl/raft/process.hpp"
#include "properties/raft/world/start.hpp"

namespace plimsoll::properties::raft {

namespace core = plimsoll::raft;

struct Setup {
  std::uint32_t servers = 3;
  std::uint32_t voters = 3;    ///< of the configuration that the cluster starts with: the first ones
  std::uint32_t learners = 0;  ///< of it too: those after them
  core::StorageWrites writes = core::StorageWrites::atomic;
  std::uint32_t slow_disk = 0;  ///< the server whose writes are asynchronous, and heard of late; 0: none
  bool is_fifo = false;         ///< messages between two servers keep their order; otherwise datagrams
  bool pre_vote = false;
  bool check_quorum = false;
  bool lease_reads = false;
  bool step_down_on_removal = false;
  bool forwarding = false;                  ///< followers pass proposals on to their leader
  std::vector<core::ConfChangeV2> changes;  ///< that operators may propose
  bool reuse_read_keys = false;  ///< a read takes the lowest key that no read waits with, not a new one
  std::uint64_t max_size_per_message =
      core::no_limit;                         ///< of entries in one append, in bytes; one always fits
  std::uint64_t max_inflight_messages = 0;    ///< appends under way to one follower; 0: no limit
  std::vector<StartingDisk> start;            ///< one for each server; empty: an empty cluster
  std::set<core::ServerId> without_pre_vote;  ///< those set up differently from `pre_vote`
  bool is_calm = false;                       ///< timing is good in the end: calm.hpp
  bool is_supervised = true;                  ///< a server that crashes is started again
  bool has_short_leases = false;              ///< a lease may refuse a pre-vote, but not the vote after it
  std::uint32_t max_inflight_bytes = 0;       ///< of data under way to one follower; 0: no limit
  std::uint32_t kept_entries = 0;             ///< of what is applied, left in the log by a compaction
  bool has_older_snapshots = false;  ///< a delegate may send a snapshot that is older than its leader's
  bool refinement = false;           ///< every step is held against the spec: refinement.hpp
  core::Defects defects;
  std::map<std::string, std::uint32_t> budgets;
  std::uint32_t mailbox_messages_max = 3;
  std::uint32_t messages_max = 0;  ///< bound on all mailboxes together; 0: none
  std::uint32_t terms_max = 0;     ///< bound on terms; 0: none but what budgets imply
  std::uint32_t log_max = 0;       ///< bound on the last index of a log; 0: as above

  [[nodiscard]] bool pre_votes(core::ServerId server) const {
    return pre_vote && !without_pre_vote.contains(server);
  }
};

/// Parameters: `servers` 1 to 5, `voters`, `learners`, `storage` (atomic, separate, asynchronous), `network`
/// (datagram, fifo), `pre-vote`, `check-quorum`, `lease-reads`, `step-down-on-removal`, `forwarding`,
/// `conf-changes`, `slow-disk` (a server), `reuse-read-keys`, `max-size-per-message`,
/// `max-inflight-messages`, `start` (start.hpp). A change is a list of words: `v4` (voter), `l4` (learner),
/// `r4` (removed), after `implicit` or `explicit` if the transition is not automatic; `leave` leaves a joint
/// configuration.
///
/// For liveness: `timing` (any, calm: calm.hpp), `supervised` (false: a crash is for good),
/// `without-pre-vote` (names of servers that do not ask for pre-votes though the others do), `leases` (any,
/// short: a lease may last when a pre-vote comes, but not when the vote after it does, so that votes that are
/// refused raise no terms without end), `max-inflight-bytes` (1 to 9; no append message is larger, but for a
/// single entry), `kept-entries` (by a compaction, 0 to 9), `older-snapshots` (instead of the leader's, one
/// that ends where its log begins may be sent).
[[nodiscard]] tl::expected<Setup, scenario::Error> decode_setup(const scenario::Scenario& scenario,
                                                                const std::vector<std::string>& defects);

/// The change that such words ask for. None: they are not understood.
[[nodiscard]] std::optional<core::ConfChangeV2> parse_change(const std::string& text);

/// A server that the change names and a cluster of so many does not have: a voter that is nowhere.
[[nodiscard]] std::optional<core::ServerId> stranger_in(const core::ConfChangeV2& change,
                                                        std::uint32_t servers);
/// What is said of it.
[[nodiscard]] std::string no_such_server(const std::string& text, core::ServerId stranger,
                                         std::uint32_t servers);

}  // namespace plimsoll::properties::raft
