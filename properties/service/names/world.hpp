// The world of names: an API server with its watch, the DNS server, and a client that remembers answers.
//
// The DNS server is impl/service/dns, step by step. The API server makes the scenario's changes one after the
// other, answers a list at once and keeps those changes for a watch that the watcher has not taken yet; it
// may hand over several in one go, and then only the last of each object. A connection may end with or
// without a word, and the DNS server may start anew. The client asks the scenario's questions, remembers what
// it heard until that lapses (a failure is not remembered), and asks again.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "impl/service/dns/dns.hpp"
#include "model/service/dns.hpp"

namespace plimsoll::properties::names {

struct Setup {
  dns::Config dns = {};
  dns::Objects objects = {};              ///< before the first change
  std::vector<dns::Change> changes = {};  ///< in order; each of them changes something
  std::vector<std::string> texts = {};    ///< the changes, as the scenario has them
  std::vector<dns::Question> questions = {};
  std::uint32_t restarts = 0;
  std::uint32_t ended_watches = 0;  ///< connections that end, and the DNS server is told
  std::uint32_t dead_watches = 0;   ///< connections that end without a word
};

/// What the client remembers, and how it was judged when it heard it.
struct Heard {
  dns::Answer answer = {};
  model::dns::Judgement judgement = model::dns::Judgement::allowed;
  PLIMSOLL_DESCRIBE(Heard, answer, judgement)
};

struct Connection {
  std::uint32_t taken = 0;  ///< changes that the watcher has taken
  bool alive = true;
  PLIMSOLL_DESCRIBE(Connection, taken, alive)
};

struct NamesState {
  std::uint32_t changes = 0;  ///< how many have been made: the API server's revision
  dns::Server::State server = {};
  bool starting = false;    ///< its startup timer is armed
  bool list_asked = false;  ///< a list is under way
  std::uint32_t seen = 0;   ///< changes that have reached the server in this life
  bool seen_any = false;    ///< a list has reached it in this life
  std::optional<Connection> watch = {};
  std::map<std::uint32_t, Heard> heard = {};  ///< by question
  std::uint32_t restarts = 0;                 ///< still allowed; and so on
  std::uint32_t ended_watches = 0;
  std::uint32_t dead_watches = 0;
  PLIMSOLL_DESCRIBE(NamesState, changes, server, starting, list_asked, seen, seen_any, watch, heard, restarts,
                    ended_watches, dead_watches)
};

struct Make {
  std::string change = {};
  PLIMSOLL_DESCRIBE(Make, change)
};
struct AnswerList {
  PLIMSOLL_DESCRIBE(AnswerList)
};
/// Changes up to and including number `up_to` are handed over.
struct Deliver {
  std::uint32_t up_to = 0;
  PLIMSOLL_DESCRIBE(Deliver, up_to)
};
struct EndWatch {
  PLIMSOLL_DESCRIBE(EndWatch)
};
struct KillWatch {
  PLIMSOLL_DESCRIBE(KillWatch)
};
struct SilenceTimeout {
  PLIMSOLL_DESCRIBE(SilenceTimeout)
};
struct StartupTimeout {
  PLIMSOLL_DESCRIBE(StartupTimeout)
};
struct Resync {
  PLIMSOLL_DESCRIBE(Resync)
};
struct Restart {
  PLIMSOLL_DESCRIBE(Restart)
};
struct Ask {
  std::string name = {};
  dns::Type type = dns::Type::a;
  PLIMSOLL_DESCRIBE(Ask, name, type)
};
struct Lapse {
  std::string name = {};
  dns::Type type = dns::Type::a;
  PLIMSOLL_DESCRIBE(Lapse, name, type)
};

/// As SpecSystem wants it. Thread-safety: const after construction, safe from any thread.
class NamesWorld {
 public:
  using State = NamesState;
  using Action = std::variant<Make, AnswerList, Deliver, EndWatch, KillWatch, SilenceTimeout, StartupTimeout,
                              Resync, Restart, Ask, Lapse>;
  using Emit = std::function<void(const Action&, State)>;

  /// Requires: problem(setup.dns) is none, and a text for each change.
  explicit NamesWorld(Setup setup);

  [[nodiscard]] std::vector<State> initial() const;
  void next(const State& state, const Emit& emit) const;

  /// All changes are made, and whatever the server would answer now is right for the objects as they are.
  [[nodiscard]] bool has_converged(const State& state) const;
  /// All changes are made, and what the client remembers is right for the objects as they are.
  [[nodiscard]] bool client_is_up_to_date(const State& state) const;

 private:
  void api_server(const State& state, const Emit& emit) const;
  void connection(const State& state, const Emit& emit) const;
  void timers(const State& state, const Emit& emit) const;
  void client(const State& state, const Emit& emit) const;
  /// Steps the server and does what it wants done. Returns its answer, if it gave one.
  std::optional<dns::Answer> step(State& state, const dns::Server::Input& input) const;
  void deliver(State& state, std::uint32_t up_to) const;
  [[nodiscard]] Heard judged(const State& state, std::uint32_t question, dns::Answer answer) const;
  [[nodiscard]] bool is_right_at_the_end(std::uint32_t question, const dns::Answer& answer) const;

  Setup setup_;
  dns::Server::Config config_;
  std::vector<dns::Objects> objects_;          ///< after so many changes
  std::vector<model::dns::Cluster> clusters_;  ///< the same, for the specification
};

}  // namespace plimsoll::properties::names
