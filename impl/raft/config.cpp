#include "impl/raft/config.hpp"

namespace plimsoll::raft {

std::optional<std::string_view> Config::complaint() const {
  if (heartbeat_tick == 0) {
    return "the heartbeat tick must be at least 1";
  }
  if (election_tick <= heartbeat_tick) {
    return "the election tick must be greater than the heartbeat tick";
  }
  if (inflight.messages == 0) {
    return "at least one append message must be allowed to be inflight";
  }
  if (inflight.bytes != 0 && inflight.bytes < max_size_per_message) {
    return "the limit on inflight bytes must not be below the size of a message";
  }
  if (read_only == ReadOnlyOption::lease_based && !check_quorum) {
    return "reads that are based on leases need check_quorum";
  }
  return std::nullopt;
}

}  // namespace plimsoll::raft
