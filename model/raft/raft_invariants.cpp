#include "model/raft/raft_invariants.hpp"

#include <algorithm>

namespace plimsoll::model::raft {
namespace {

/// A log, and how much of it is known to be committed.
struct Known {
  const Log* log = nullptr;
  Index commit = 0;
};

[[nodiscard]] std::vector<Known> everything_known(const RaftState& state) {
  std::vector<Known> all;
  for (const ServerState& server : state.servers) {
    all.push_back({&server.log, server.commit});
  }
  for (const auto& [term, election] : state.elections) {
    for (const auto& [server, leader] : election.leaders) {
      all.push_back({&leader.log, leader.commit});
    }
  }
  return all;
}

template <class Predicate>
[[nodiscard]] bool holds_of_pairs(const std::vector<Known>& all, const Predicate& predicate) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!predicate(all[i], all[j])) {
        return false;
      }
    }
  }
  return true;
}

/// Whether some quorum of `a` has nothing in common with some quorum of `b`: then there is a set of servers
/// that is a quorum of `a`, and so is the rest of `b`.
[[nodiscard]] bool have_disjoint_quorums(const Configuration& a, const Configuration& b,
                                         std::size_t servers) {
  for (std::uint32_t chosen = 0; chosen < std::uint32_t{1} << servers; ++chosen) {
    std::set<Server> in;
    std::set<Server> out;
    for (std::uint8_t i = 0; i < servers; ++i) {
      ((chosen >> i & 1U) != 0 ? in : out).insert(Server{i});
    }
    if (is_quorum(a, in) && is_quorum(b, out)) {
      return true;
    }
  }
  return false;
}

/// The configurations of those who could still decide something.
[[nodiscard]] std::set<Configuration> acting_configurations(const RaftSpec& spec, const RaftState& state) {
  std::set<Configuration> acting;
  const auto who = [&](const auto& predicate) {
    std::set<Server> found;
    for (std::uint8_t i = 0; i < state.servers.size(); ++i) {
      if (predicate(state.servers[i])) {
        found.insert(Server{i});
      }
    }
    return found;
  };
  for (const auto& [term, election] : state.elections) {
    for (const auto& [server, leader] : election.leaders) {
      const Configuration& config = spec.configuration(leader.log, leader.configured);
      const auto may_acknowledge = [last = term](const ServerState& other) { return other.term <= last; };
      if (leader.acting && is_quorum(config, who(may_acknowledge))) {
        acting.insert(config);
      }
    }
  }
  for (const ServerState& server : state.servers) {
    const Configuration& config = spec.configuration(server.log, server.commit);
    const auto may_vote = [&](const ServerState& other) { return is_as_up_to_date(server.log, other.log); };
    if (is_quorum(config, who(may_vote))) {
      acting.insert(config);
    }
  }
  return acting;
}

}  // namespace

bool one_leader_a_term(const RaftState& state) {
  return std::ranges::all_of(state.elections,
                             [](const auto& entry) { return entry.second.leaders.size() <= 1; });
}

bool logs_match(const RaftState& state) {
  return holds_of_pairs(everything_known(state), [](const Known& a, const Known& b) {
    const std::size_t common = common_length(*a.log, *b.log);
    for (std::size_t i = common; i < std::min(a.log->size(), b.log->size()); ++i) {
      if ((*a.log)[i].term == (*b.log)[i].term) {
        return false;
      }
    }
    return true;
  });
}

bool later_leaders_have_what_is_committed(const RaftState& state) {
  const Leadership* furthest = nullptr;
  for (const auto& [term, election] : state.elections) {
    const Leadership* earlier = furthest;
    for (const auto& [server, leader] : election.leaders) {
      if (earlier != nullptr && common_length(earlier->log, leader.log) < earlier->commit) {
        return false;
      }
      furthest = furthest == nullptr || leader.commit > furthest->commit ? &leader : furthest;
    }
  }
  return true;
}

bool committed_entries_agree(const RaftState& state) {
  return holds_of_pairs(everything_known(state), [](const Known& a, const Known& b) {
    return common_length(*a.log, *b.log) >= std::min(a.commit, b.commit);
  });
}

bool quorums_intersect(const RaftSpec& spec, const RaftState& state) {
  const std::set<Configuration> acting = acting_configurations(spec, state);
  for (const Configuration& a : acting) {
    for (const Configuration& b : acting) {
      if (have_disjoint_quorums(a, b, state.servers.size())) {
        return false;
      }
    }
  }
  return true;
}

bool leaders_only_append(const RaftState& before, const RaftState& after) {
  for (const auto& [term, election] : before.elections) {
    for (const auto& [server, leader] : election.leaders) {
      const Log& log = after.elections.at(term).leaders.at(server).log;
      if (common_length(leader.log, log) < leader.log.size()) {
        return false;
      }
    }
  }
  return true;
}

bool terms_and_votes_stay(const RaftState& before, const RaftState& after) {
  for (std::size_t i = 0; i < before.servers.size(); ++i) {
    const ServerState& a = before.servers[i];
    const ServerState& b = after.servers[i];
    if (b.term < a.term || (b.term == a.term && a.vote && b.vote != a.vote)) {
      return false;
    }
  }
  return true;
}

bool commits_stay(const RaftState& before, const RaftState& after, bool restarted) {
  for (std::size_t i = 0; i < before.servers.size(); ++i) {
    const ServerState& a = before.servers[i];
    const ServerState& b = after.servers[i];
    if (common_length(a.log, b.log) < a.commit || (!restarted && b.commit < a.commit)) {
      return false;
    }
  }
  for (const auto& [term, election] : before.elections) {
    for (const auto& [server, leader] : election.leaders) {
      if (after.elections.at(term).leaders.at(server).commit < leader.commit) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace plimsoll::model::raft
