// A client of the store: it does what its scenario says, one request after the other, and writes down what it
// was told.
//
// When its connection fails it does not know what became of its request; it goes on with the next one, at the
// next of its servers. Its watches are gone then; like etcd's client it asks for them again from where they
// were (client/v3/watch.go), as a new watch each.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "impl/base/step.hpp"
#include "properties/store/watch_guarantees.hpp"
#include "properties/store/world/observed.hpp"

namespace plimsoll::properties::store {

/// What all clients together know: nobody's, so it survives everything.
struct Acknowledged {
  kv::Revision revision = {};  ///< the highest that an answer or an event has told a client
  PLIMSOLL_DESCRIBE(Acknowledged, revision)
};

/// An answered request.
struct Answered {
  std::uint32_t operation = 0;
  kv::Revision known_before = {};  ///< Acknowledged::revision when it was asked
  kv::Response response = {};
  PLIMSOLL_DESCRIBE(Answered, operation, known_before, response)
};

/// What a client saw.
struct Progress {
  std::uint32_t next = 0;    ///< the operation to do
  bool waits = false;        ///< for the answer to the one before it
  std::uint32_t server = 0;  ///< of Config::servers
  kv::Revision known_before = {};
  std::vector<Answered> answers = {};
  std::map<kv::WatchId, RecordedWatch> watches = {};
  std::map<kv::WatchId, kv::WatchId> resumed_as = {};  ///< the stream broke, and goes on under another id
  PLIMSOLL_DESCRIBE(Progress, next, waits, server, known_before, answers, watches, resumed_as)
};

/// The component (impl/base/step.hpp).
struct Client {
  enum class Timer : std::uint8_t { next };
  struct Config {
    std::vector<RequestBody> operations = {};
    std::vector<base::ProcessId> servers = {};  ///< at least one
    base::ProcessId self = {};
    bool is_observed = false;  ///< `history` is kept
  };
  struct State {
    Progress progress = {};
    Acknowledged acknowledged = {};      ///< shared by all clients, as the next
    history::StoreMonitor history = {};  ///< if it is kept
    PLIMSOLL_DESCRIBE(State, progress, acknowledged, history)
  };
  static constexpr std::size_t acknowledged_part = 1;
  static constexpr std::size_t history_part = 2;
  using Incoming = std::variant<kv::Response, kv::WatchResponse>;
  using Outgoing = kv::Request;
  static constexpr bool never_exits = true;

  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;
  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
  static base::TimerKind timer_kind(const Timer& /*timer*/) { return base::TimerKind::work; }
};
PLIMSOLL_DESCRIBE_ENUM(Client::Timer, next)

/// Has the watch ended, for good or because the connection failed?
[[nodiscard]] bool has_ended(const Progress& progress, kv::WatchId watch);

}  // namespace plimsoll::properties::store
