// The cluster's DNS server as a sans-IO process: lists and watches objects, answers questions.
//
// Source: coredns, plugin/kubernetes/setup.go (startup_timeout), handler.go (SERVFAIL while unsynced) and
// kubernetes/dns issue 186; client-go's reflector (a list, then a watch from its revision; a watch that was
// silent for too long is given up) and informers (resync). Simpler than those: the watches of the four kinds
// are one, so that objects are always of one revision, and a watch that ended is followed by a list.
#pragma once

#include <cstdint>
#include <variant>

#include "impl/base/step.hpp"
#include "impl/service/dns/records.hpp"

namespace plimsoll::dns {

/// From the API server: all objects, as of a revision.
struct Listed {
  Objects objects = {};
  std::uint32_t revision = 0;
  PLIMSOLL_DESCRIBE(Listed, objects, revision)
};
/// From the API server: one change, made at a revision.
struct Changed {
  Change change = {};
  std::uint32_t revision = 0;
  PLIMSOLL_DESCRIBE(Changed, change, revision)
};
/// From the API server: it cannot continue the watch (410 Gone, or the end of the watch).
struct WatchEnded {
  PLIMSOLL_DESCRIBE(WatchEnded)
};
/// From a client. `id` is the client's, and comes back with the answer.
struct Asked {
  std::uint32_t id = 0;
  Question question = {};
  PLIMSOLL_DESCRIBE(Asked, id, question)
};

struct List {
  PLIMSOLL_DESCRIBE(List)
};
/// All changes made after `revision`.
struct Watch {
  std::uint32_t revision = 0;
  PLIMSOLL_DESCRIBE(Watch, revision)
};
struct Answered {
  std::uint32_t id = 0;
  Answer answer = {};
  PLIMSOLL_DESCRIBE(Answered, id, answer)
};

/// Thread-safety: a value type with pure functions.
struct Server {
  struct Config {
    dns::Config dns = {};
    base::ProcessId api_server = {};
    base::Ticks startup_timeout{5};  ///< after which questions are answered, synced or not
    base::Ticks resync_every{300};
    base::Ticks watch_silence{600};  ///< after which a list or watch is taken for dead
  };
  enum class Phase : std::uint8_t { stopped, listing, watching };
  struct State {
    Phase phase = Phase::stopped;
    bool serving = false;  ///< questions get an answer at all
    bool synced = false;   ///< a list has arrived since the start
    std::uint32_t revision = 0;
    Index index = {};
    PLIMSOLL_DESCRIBE(State, phase, serving, synced, revision, index)
  };
  enum class Timer : std::uint8_t { startup, resync, silence };

  using Incoming = std::variant<Listed, Changed, WatchEnded, Asked>;
  using Outgoing = std::variant<List, Watch, Answered>;
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  static constexpr bool never_exits = true;
  static base::TimerKind timer_kind(const Timer& /*timer*/) { return base::TimerKind::deadline; }

  /// Everything is volatile: a start forgets all.
  static void step(const Config& config, State& state, const Input& input, Outputs& outputs);
};
PLIMSOLL_DESCRIBE_ENUM(Server::Phase, stopped, listing, watching)
PLIMSOLL_DESCRIBE_ENUM(Server::Timer, startup, resync, silence)

}  // namespace plimsoll::dns
