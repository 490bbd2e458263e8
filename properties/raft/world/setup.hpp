// What a scenario of system `raft` asks for, decoded and checked: the cluster to assemble.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "checker/scenario/scenario.hpp"
#include "impl/raft/process.hpp"

namespace plimsoll::properties::raft {

namespace core = plimsoll::raft;

struct Setup {
  std::uint32_t servers = 3;
  std::uint32_t voters = 3;    ///< of the configuration that the cluster starts with: the first ones
  std::uint32_t learners = 0;  ///< of it too: those after them
  core::StorageWrites writes = core::StorageWrites::atomic;
  bool is_fifo = false;  ///< messages between two servers keep their order; otherwise datagrams
  bool pre_vote = false;
  bool check_quorum = false;
  bool lease_reads = false;
  bool step_down_on_removal = false;
  bool forwarding = false;                  ///< followers pass proposals on to their leader
  std::vector<core::ConfChangeV2> changes;  ///< that operators may propose
  core::Defects defects;
  std::map<std::string, std::uint32_t> budgets;
  std::uint32_t mailbox_messages_max = 3;
  std::uint32_t messages_max = 0;  ///< bound on all mailboxes together; 0: none
  std::uint32_t terms_max = 0;     ///< bound on terms; 0: none but what budgets imply
  std::uint32_t log_max = 0;       ///< bound on the last index of a log; 0: as above
};

/// Parameters: `servers` 1 to 5, `voters`, `learners`, `storage` (atomic, separate, asynchronous), `network`
/// (datagram, fifo), `pre-vote`, `check-quorum`, `lease-reads`, `step-down-on-removal`, `forwarding`,
/// `conf-changes`. A change is a list of words: `v4` (voter), `l4` (learner), `r4` (removed), after
/// `implicit` or `explicit` if the transition is not automatic; `leave` leaves a joint configuration.
[[nodiscard]] tl::expected<Setup, scenario::Error> decode_setup(const scenario::Scenario& scenario,
                                                                const std::vector<std::string>& defects);

/// The change that such words ask for. None: they are not understood.
[[nodiscard]] std::optional<core::ConfChangeV2> parse_change(const std::string& text);

}  // namespace plimsoll::properties::raft
