// What a scenario of system `store` asks for, decoded and checked: the members to assemble, and their
// clients.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/scenario.hpp"
#include "impl/raft/process.hpp"
#include "impl/store/defects.hpp"
#include "properties/store/world/operations.hpp"
#include "properties/store/world/prepared.hpp"

namespace plimsoll::properties::store {

struct ClientSetup {
  std::vector<RequestBody> operations = {};
  std::vector<std::uint32_t> servers = {};  ///< numbers from 1: the first, and where to go when it fails
};

/// A client that takes the lock (locker.hpp).
struct LockerSetup {
  std::uint64_t lease = 0;
  std::uint32_t times = 1;
  std::uint32_t server = 1;  ///< a number from 1
};

struct Setup {
  bool has_raft = false;  ///< servers with Raft and disks; otherwise replicas of a log that is agreed on
  std::uint32_t servers = 3;
  std::uint32_t rows_per_compact_step = 1000;
  std::uint32_t revisions_per_batch = 1000;  ///< of a watcher that is behind
  bool commits_later = false;                ///< changes go to the disk some time after they are made
  bool has_slow_watchers = false;            ///< a watcher's channel may be full whenever it is asked
  bool is_calm = false;                      ///< without Raft: leases run out in the end (liveness.hpp)
  std::uint32_t snapshot_entries = 0;        ///< of Raft's log; 0: it is never compacted
  raft::StorageWrites writes = raft::StorageWrites::atomic;
  std::optional<Preparation> preparation = {};  ///< of servers with Raft; none: nothing has happened yet
  bool is_fifo = false;  ///< messages between servers with Raft keep their order; otherwise datagrams
  std::vector<ClientSetup> clients = {};
  std::vector<LockerSetup> lockers = {};
  bool keeps_history = false;  ///< property `linearizable` is asked for
  plimsoll::store::Defects defects = {};
  std::map<std::string, std::uint32_t> budgets = {};
  std::uint32_t mailbox_messages_max = 16;
  std::uint32_t terms_max = 0;  ///< bound on Raft's terms; 0: none but what budgets imply

  [[nodiscard]] std::uint32_t budget(const std::string& name) const {
    const auto found = budgets.find(name);
    return found == budgets.end() ? 0 : found->second;
  }
};

/// Parameters: `consensus` (agreed, raft), `servers` 1 to 5, `compact-rows` (in one step, from 1),
/// `watch-batch` (revisions in one step, from 1), `commits` (at-once, later), `slow-watchers`, `clients`: a
/// list of `operations` (operations.hpp) and `servers` (numbers; all, if there are none), `lockers`: a list
/// of `lease` (an id, another for each), `times` (1 to 10) and `server`. Without Raft also `timing` (any,
/// calm). With Raft also `storage` (atomic, separate), `network` (datagram, fifo), `snapshot-entries` (0:
/// never).
[[nodiscard]] tl::expected<Setup, scenario::Error> decode_setup(const scenario::Scenario& scenario,
                                                                const std::vector<std::string>& defects);

}  // namespace plimsoll::properties::store
