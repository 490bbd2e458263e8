// A cluster of servers with Raft that has been running for a while: server 1 leads, what the scenario says
// was done, and nothing is under way.
//
// An election and a few writes take dozens of steps, and a search from an empty cluster would try every order
// of them before anything can go wrong that it is for. The start is computed by the servers themselves, one
// step after the other, so it is one that they can reach. Sources: as impl/store/server.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "impl/store/server.hpp"
#include "properties/store/world/operations.hpp"

namespace plimsoll::properties::store {

namespace core = plimsoll::store;

/// A server after its first start, and all that followed.
struct PreparedServer {
  core::Server::State state = {};
  std::vector<base::Bytes> disk = {};  ///< all of it synced
  std::vector<core::Server::Timer> armed = {};
};

struct Preparation {
  std::vector<RequestBody> operations = {};  ///< that server 1 is asked, one after the other
  std::uint32_t absent = 0;  ///< a server that hears nothing once server 1 leads, from 1; 0: none
};

/// Requires: `configs` are of servers 1 to n, in this order, whose processes are 0 to n - 1; operations are
/// answered by a response each. Cost: that of the servers' steps.
[[nodiscard]] std::vector<PreparedServer> prepare(const std::vector<core::Server::Config>& configs,
                                                  const Preparation& preparation);

/// The component (impl/base/step.hpp): a Server whose first start is the end of a preparation.
struct RunningServer {
  struct Config {
    core::Server::Config server = {};
    std::optional<PreparedServer> prepared = {};  ///< none: it starts with an empty disk, as Server does
  };
  using State = core::Server::State;
  using Incoming = core::Server::Incoming;
  using Outgoing = core::Server::Outgoing;
  using Timer = core::Server::Timer;
  using Input = core::Server::Input;
  using Outputs = core::Server::Outputs;
  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& timer) { return core::Server::timer_kind(timer); }
};

}  // namespace plimsoll::properties::store
