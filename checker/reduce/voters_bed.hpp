// A world for the tests of reduce: voters who elect one of them, all alike; and deliberate flaws in that.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "checker/world/component.hpp"
#include "checker/world/view.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {

struct SeatTag {
  static constexpr const char* name = "seat";
  static constexpr bool renames = true;
};
/// A voter's other name: 10 and its number.
using Seat = base::Strong<SeatTag, std::uint16_t>;

/// Asks all others for their votes, and is elected by most of them. Says and keeps everything by names.
struct Voter {
  struct Ask {
    Seat candidate;
    PLIMSOLL_DESCRIBE(Ask, candidate)
  };
  struct Grant {
    std::set<Seat> known;
    PLIMSOLL_DESCRIBE(Grant, known)
  };
  struct Campaign {
    PLIMSOLL_DESCRIBE(Campaign)
  };
  struct Remind {
    base::ProcessId whom;
    PLIMSOLL_DESCRIBE(Remind, whom)
  };
  struct Config {
    Seat self;
    std::map<base::ProcessId, Seat> peers;
    std::optional<base::ProcessId> clerk;  ///< is told who campaigns
    bool syncs = true;
    bool reminds = false;
    bool asks_first_only = false;  ///< a flaw: of its peers, the one with the least id
    PLIMSOLL_DESCRIBE(Config, self, peers, clerk, syncs, reminds, asks_first_only)
  };
  struct State {
    std::optional<Seat> vote;
    std::map<Seat, bool> granted;
    PLIMSOLL_DESCRIBE(State, vote, granted)
  };
  using Timer = std::variant<Campaign, Remind>;
  using Incoming = std::variant<Ask, Grant>;
  using Outgoing = Incoming;
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;
  static constexpr bool never_exits = true;

  static base::TimerKind timer_kind(const Timer& timer) {
    return timer.index() == 0 ? base::TimerKind::whim : base::TimerKind::work;
  }

  static void step(const Config& config, State& state, const Input& input, Outputs& outputs) {
    if (const auto* started = std::get_if<base::Started>(&input)) {
      if (!started->disk.empty()) {
        state.vote = base::from_bytes<Seat>(started->disk.back());
      }
      outputs.arm(Campaign{}, base::Ticks{1});
    } else if (const auto* fired = std::get_if<base::TimerFired<Timer>>(&input)) {
      if (const auto* remind = std::get_if<Remind>(&fired->timer)) {
        outputs.send(remind->whom, Ask{config.self});
      } else if (!state.vote) {
        campaign(config, state, outputs);
      }
    } else if (const auto* received = std::get_if<base::Received<Incoming>>(&input)) {
      if (received->from == config.clerk) {
        return;
      }
      const Seat from = config.peers.at(received->from);
      if (std::holds_alternative<Grant>(received->message)) {
        state.granted[from] = true;
      } else if (!state.vote) {
        vote_for(from, config, state, outputs);
        outputs.send(received->from, Grant{{config.self, from}});
      }
    } else {
      state.granted.clear();
    }
  }

 private:
  static void vote_for(Seat seat, const Config& config, State& state, Outputs& outputs) {
    state.vote = seat;
    outputs.append(base::to_bytes(seat));
    if (config.syncs) {
      outputs.sync();
    }
  }
  static void campaign(const Config& config, State& state, Outputs& outputs) {
    vote_for(config.self, config, state, outputs);
    if (config.clerk) {
      outputs.send(*config.clerk, Ask{config.self});
    }
    for (const auto& [peer, seat] : config.peers) {
      outputs.send(peer, Ask{config.self});
      if (config.asks_first_only) {
        return;
      }
    }
    if (config.reminds) {
      const auto count = static_cast<std::uint32_t>(config.peers.size());
      const auto chosen = std::next(config.peers.begin(), outputs.choose(count, "whom"));
      outputs.arm(Remind{chosen->first}, base::Ticks{2});
    }
  }
};

/// Keeps a list of candidates. Is no voter.
struct Clerk {
  struct Config {
    std::set<base::ProcessId> answered;  ///< whom it answers
    PLIMSOLL_DESCRIBE(Config, answered)
  };
  struct State {
    std::set<Seat> candidates;
    std::optional<base::ProcessId> last;
    PLIMSOLL_DESCRIBE(State, candidates, last)
  };
  using Incoming = Voter::Ask;
  using Outgoing = Voter::Incoming;
  using Timer = Voter::Campaign;
  static constexpr bool never_exits = true;

  static base::TimerKind timer_kind(const Timer& /*timer*/) { return base::TimerKind::work; }
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (const auto* received = std::get_if<base::Received<Incoming>>(&input)) {
      state.candidates.insert(received->message.candidate);
      state.last = received->from;
      if (config.answered.contains(received->from)) {
        outputs.send(received->from, Voter::Grant{state.candidates});
      }
    } else if (std::holds_alternative<base::Disconnected>(input)) {
      state.last.reset();
    }
  }
};

/// What a world of voters has in it.
struct Election {
  std::uint8_t voters = 3;
  LinkKind kind = LinkKind::datagram;
  bool syncs = true;
  bool reminds = false;
  bool own_budgets = false;  ///< crashes spend a budget of each voter's own
  WorldTime time = {};
  std::map<std::string, std::uint32_t> budgets = {{"campaign", 2}};
  std::uint32_t messages_max = 0;
  bool has_clerk = false;  ///< by connections
};

namespace voters {

[[nodiscard]] inline Seat seat(std::uint8_t voter) {
  return Seat{static_cast<std::uint16_t>(voter + 10)};
}
[[nodiscard]] inline std::string name(std::uint8_t voter) {
  return "voter-" + std::to_string(voter + 1);
}

inline void add_properties(WorldModel& model, std::uint8_t voters) {
  std::vector<PartId> votes;
  std::vector<PartId> granted;
  for (std::uint8_t i = 0; i < voters; ++i) {
    votes.push_back(model.find_part(name(i) + ".vote").value());
    granted.push_back(model.find_part(name(i) + ".granted").value());
  }
  const auto elected = [granted](const WorldView& view) {
    std::size_t count = 0;
    for (const PartId part : granted) {
      count += (view.part<std::map<Seat, bool>>(part).size() + 1) * 2 > granted.size() ? 1 : 0;
    }
    return count;
  };
  WorldProperty single;
  single.property = {"one-leader", PropertyKind::always, "at most one has the votes of most"};
  single.parts = granted;
  single.state = [elected](const WorldView& view) {
    return elected(view) > 1 ? Truth::violated : Truth::holds;
  };
  WorldProperty witness;
  witness.property = {"a-leader", PropertyKind::sometimes, "one has the votes of most"};
  witness.parts = granted;
  witness.state = [elected](const WorldView& view) {
    return elected(view) > 0 ? Truth::holds : Truth::vacuous;
  };
  WorldProperty step;
  step.property = {"votes-stay", PropertyKind::step, "nobody votes for another than before"};
  step.parts = votes;
  step.step = [votes](const WorldView& before, const WorldView& after) {
    for (const PartId part : votes) {
      const auto& was = before.part<std::optional<Seat>>(part);
      const auto& is = after.part<std::optional<Seat>>(part);
      if (was && is && *was != *is) {
        return Truth::violated;
      }
    }
    return Truth::holds;
  };
  model.properties = {single, witness, step};
}

}  // namespace voters

/// What election_world() gives each voter.
[[nodiscard]] inline std::vector<Voter::Config> voter_configs(const Election& election) {
  std::vector<Voter::Config> configs;
  for (std::uint8_t i = 0; i < election.voters; ++i) {
    Voter::Config config;
    config.self = voters::seat(i);
    config.syncs = election.syncs;
    config.reminds = election.reminds;
    if (election.has_clerk) {
      config.clerk = base::ProcessId{election.voters};
    }
    for (std::uint8_t peer = 0; peer < election.voters; ++peer) {
      if (peer != i) {
        config.peers[base::ProcessId{peer}] = voters::seat(peer);
      }
    }
    configs.push_back(config);
  }
  return configs;
}

namespace voters {

inline void add_voter(WorldModel& model, const Election& election, const Voter::Config& config) {
  const auto number = static_cast<std::uint8_t>(model.processes.size());
  const auto voter = std::make_shared<Component<Voter>>(config);
  for (const auto& [peer, seat] : config.peers) {
    voter->wire<Voter::Incoming>(peer);
  }
  if (config.clerk) {
    voter->wire<Clerk::Incoming>(*config.clerk);
  }
  const base::ProcessId process = model.add_process(name(number), voter);
  model.processes.back().has_disk = true;
  model.processes.back().record_schema = &base::schema_of<Seat>();
  for (std::uint8_t peer = 0; peer < number; ++peer) {
    model.links.push_back({base::ProcessId{peer}, process, election.kind, false, "disconnect"});
  }
  const std::string crash = election.own_budgets ? "crash-" + name(number) : "crash";
  model.units.push_back({name(number), crash, {process}, model.processes.back().parts});
  Interchangeable& group = model.interchangeable.front();
  group.members.push_back({{process}, {}, {}});
  if (election.own_budgets) {
    group.members.back().budgets = {crash};
    model.budgets[crash] = 1;
  }
  group.names["seat"].push_back(seat(number).value);
}

inline void add_clerk(WorldModel& model, std::uint8_t voters) {
  Clerk::Config config;
  for (std::uint8_t i = 0; i < voters; ++i) {
    config.answered.insert(base::ProcessId{i});
  }
  const auto clerk = std::make_shared<Component<Clerk>>(config);
  for (std::uint8_t i = 0; i < voters; ++i) {
    clerk->wire<Voter::Incoming>(base::ProcessId{i});
    model.links.push_back(
        {base::ProcessId{i}, base::ProcessId{voters}, LinkKind::connection, false, "disconnect"});
  }
  model.add_process("clerk", clerk);
}

}  // namespace voters

[[nodiscard]] inline WorldModel election_world(const Election& election,
                                               const std::vector<Voter::Config>& configs) {
  WorldModel model;
  model.interchangeable = {{"voter", {}, {}, false}};
  for (const Voter::Config& config : configs) {
    voters::add_voter(model, election, config);
  }
  if (election.has_clerk) {
    voters::add_clerk(model, election.voters);
  }
  model.mailbox_messages_max = 3;
  model.time = election.time;
  model.budgets.insert(election.budgets.begin(), election.budgets.end());
  model.messages_max = election.messages_max;
  voters::add_properties(model, election.voters);
  return model;
}
[[nodiscard]] inline WorldModel election_world(const Election& election) {
  return election_world(election, voter_configs(election));
}

}  // namespace plimsoll::checker
