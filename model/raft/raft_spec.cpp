#include "model/raft/raft_spec.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::model::raft {
namespace {

[[nodiscard]] Index length_of(const Log& log) {
  return static_cast<Index>(log.size());
}
[[nodiscard]] Log prefix(const Log& log, Index length) {
  return {log.begin(), log.begin() + length};
}
[[nodiscard]] bool holds_majority(const std::set<Server>& voters, const std::set<Server>& deciders) {
  const auto count = std::ranges::count_if(voters, [&](Server voter) { return deciders.contains(voter); });
  return 2 * static_cast<std::size_t>(count) > voters.size();
}
[[nodiscard]] std::size_t difference(const std::set<Server>& a, const std::set<Server>& b) {
  std::vector<Server> differing;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(differing));
  return differing.size();
}
/// A server of a higher term leads in none below.
void stop_leading_below(RaftState& state, Server server, Term term) {
  for (auto& [earlier, election] : state.elections) {
    const auto leader = election.leaders.find(server);
    if (earlier < term && leader != election.leaders.end()) {
      leader->second.acting = false;
    }
  }
}
void give_vote(RaftState& state, Server server, Term term, Server candidate) {
  state.servers[server.value].term = term;
  state.servers[server.value].vote = candidate;
  state.elections[term].votes.insert_or_assign(server, candidate);
  stop_leading_below(state, server, term);
}
/// What arrived on disk together with the entries of `log`: all configurations but the last are committed.
[[nodiscard]] Index commit_known_with(const Log& log) {
  const Index last = last_configuration(log, length_of(log));
  return last == 0 ? 0 : last_configuration(log, last - 1);
}

}  // namespace

RaftSpec::RaftSpec(Bounds bounds, MissingGuard missing) : bounds_(std::move(bounds)), missing_(missing) {
  PLIMSOLL_ASSERT(bounds_.servers >= 1);
  for (std::uint8_t i = 0; bounds_.voters.empty() && i < bounds_.servers; ++i) {
    initial_configuration_.voters.insert(Server{i});
  }
  initial_configuration_.voters.insert(bounds_.voters.begin(), bounds_.voters.end());
}

std::vector<RaftState> RaftSpec::initial() const {
  State state;
  state.servers.resize(bounds_.servers);
  return {state};
}

void RaftSpec::next(const State& state, const Emit& emit) const {
  PLIMSOLL_ASSERT(state.servers.size() == bounds_.servers);
  for (Term term = 1; term <= bounds_.terms_max; ++term) {
    elect(state, term, emit);
  }
  for (const auto& [term, election] : state.elections) {
    for (const auto& [leader, leadership] : election.leaders) {
      if (leadership.acting) {
        lead(state, term, leader, emit);
      }
    }
  }
  for (std::uint8_t i = 0; i < bounds_.servers; ++i) {
    follow(state, Server{i}, emit);
    learn_commit(state, Server{i}, emit);
    if (bounds_.restarts) {
      restart(state, Server{i}, emit);
    }
  }
}

void RaftSpec::elect(const State& state, Term term, const Emit& emit) const {
  for (std::uint8_t i = 0; i < bounds_.servers; ++i) {
    const Server server{i};
    update_term(state, server, term, emit);
    request_votes(state, server, term, emit);
    vote(state, server, term, emit);
  }
  become_leader(state, term, emit);
}

void RaftSpec::update_term(const State& state, Server server, Term term, const Emit& emit) const {
  if (state.servers[server.value].term < term && state.elections.contains(term)) {
    State after = state;
    after.servers[server.value].term = term;
    after.servers[server.value].vote.reset();
    stop_leading_below(after, server, term);
    emit(UpdateTerm{server, term}, std::move(after));
  }
}

void RaftSpec::become_leader(const State& state, Term term, const Emit& emit) const {
  const auto election = state.elections.find(term);
  if (election == state.elections.end()) {
    return;
  }
  for (const auto& [server, candidacy] : election->second.candidates) {
    std::set<Server> voters;
    for (const auto& [voter, candidate] : election->second.votes) {
      if (candidate == server) {
        voters.insert(voter);
      }
    }
    const Configuration& config = configuration(candidacy.log, candidacy.configured);
    const bool by_both = missing_ != MissingGuard::leader_by_both_majorities;
    if (!election->second.leaders.contains(server) && state.servers[server.value].term <= term &&
        guard(MissingGuard::leader_by_a_quorum, is_quorum(config, voters, by_both))) {
      const ServerState& self = state.servers[server.value];
      const Index commit = std::min(self.commit, common_length(self.log, candidacy.log));
      State after = state;
      after.elections[term].leaders.emplace(
          server, Leadership{candidacy.log, commit, candidacy.configured, {}, true});
      write_down(after, term, server);
      emit(BecomeLeader{server, term}, std::move(after));
    }
  }
}

void RaftSpec::request_votes(const State& state, Server server, Term term, const Emit& emit) const {
  const ServerState& self = state.servers[server.value];
  const auto election = state.elections.find(term);
  const bool has_asked = election != state.elections.end() && election->second.candidates.contains(server);
  if (has_asked || self.term >= term) {
    return;
  }
  const auto ask = [&](const Log& log, Term of_term) {
    const Index configured = last_configuration(log, self.commit);
    if (!configuration(log, configured).voters.contains(server) &&
        !configuration(log, configured).outgoing.contains(server)) {
      return;
    }
    State after = state;
    after.elections[term].candidates.emplace(server, Candidacy{log, configured});
    if (!bounds_.memory_ahead) {
      give_vote(after, server, term, server);
    }
    emit(RequestVote{server, term, of_term, of_term == 0 ? 0 : length_of(log)}, std::move(after));
  };
  ask(self.log, 0);
  if (!bounds_.memory_ahead) {
    return;
  }
  for (const auto& [earlier, before] : state.elections) {
    for (const auto& [leader, leadership] : before.leaders) {
      for (Index length = self.commit; earlier < term && length <= length_of(leadership.log); ++length) {
        const Log claimed = prefix(leadership.log, length);
        if (claimed != self.log && common_length(claimed, self.log) >= self.commit &&
            is_as_up_to_date(claimed, self.log)) {
          ask(claimed, earlier);
        }
      }
    }
  }
}

void RaftSpec::vote(const State& state, Server server, Term term, const Emit& emit) const {
  const ServerState& self = state.servers[server.value];
  const auto election = state.elections.find(term);
  if (election == state.elections.end() || self.term > term) {
    return;
  }
  for (const auto& [candidate, candidacy] : election->second.candidates) {
    const bool has_voted = self.term == term && self.vote.has_value();
    if ((has_voted && self.vote == candidate) || !guard(MissingGuard::one_vote_a_term, !has_voted) ||
        !guard(MissingGuard::vote_for_a_log_as_up_to_date, is_as_up_to_date(candidacy.log, self.log))) {
      continue;
    }
    State after = state;
    give_vote(after, server, term, candidate);
    emit(Vote{server, term, candidate}, std::move(after));
  }
}

void RaftSpec::lead(const State& state, Term term, Server leader, const Emit& emit) const {
  const Leadership& now = state.elections.at(term).leaders.at(leader);
  const auto with = [&](auto&& change) {
    State after = state;
    change(after.elections[term].leaders.at(leader));
    write_down(after, term, leader);
    return after;
  };
  if (length_of(now.log) < bounds_.entries_max) {
    for (const std::string& command : bounds_.commands) {
      emit(ClientRequest{leader, term, command},
           with([&](Leadership& after) { after.log.push_back({term, command, std::nullopt}); }));
    }
    change_configuration(state, term, leader, emit);
  }
  const bool by_both = missing_ != MissingGuard::commit_by_both_majorities;
  for (Index commit = now.commit + 1; commit <= length_of(now.log); ++commit) {
    std::set<Server> holders;
    for (const auto& [server, length] : now.acknowledged) {
      if (length >= commit) {
        holders.insert(server);
      }
    }
    if (guard(MissingGuard::commit_of_an_own_entry, now.log[commit - 1].term == term) &&
        guard(MissingGuard::commit_by_a_quorum,
              is_quorum(configuration(now.log, now.configured), holders, by_both))) {
      emit(AdvanceCommitIndex{leader, term, commit}, with([&](Leadership& after) { after.commit = commit; }));
    }
  }
  for (Index place = now.configured + 1; place <= length_of(now.log); ++place) {
    if (now.log[place - 1].configuration) {
      if (guard(MissingGuard::apply_of_a_committed_configuration, place <= now.commit)) {
        emit(ApplyConfiguration{leader, term}, with([&](Leadership& after) { after.configured = place; }));
      }
      break;
    }
  }
}

void RaftSpec::write_down(State& state, Term term, Server leader) const {
  if (!bounds_.memory_ahead) {
    Leadership& leadership = state.elections[term].leaders.at(leader);
    state.servers[leader.value].log = leadership.log;
    Index& commit = state.servers[leader.value].commit;
    commit = std::max(commit, leadership.commit);
    leadership.acknowledged[leader] = length_of(leadership.log);
  }
}

void RaftSpec::change_configuration(const State& state, Term term, Server leader, const Emit& emit) const {
  const Leadership& now = state.elections.at(term).leaders.at(leader);
  const auto changes =
      std::ranges::count_if(now.log, [](const Entry& e) { return e.configuration.has_value(); });
  if (static_cast<std::uint32_t>(changes) >= bounds_.conf_changes) {
    return;
  }
  const Configuration& from = configuration(now.log, now.configured);
  const auto propose = [&](const Configuration& to) {
    if (may_change(now, to)) {
      State after = state;
      after.elections[term].leaders.at(leader).log.push_back({term, {}, to});
      write_down(after, term, leader);
      emit(ChangeConfiguration{leader, term, to}, std::move(after));
    }
  };
  if (!from.outgoing.empty()) {
    propose({from.voters, {}});
    return;
  }
  for (std::uint32_t chosen = 1; chosen < std::uint32_t{1} << bounds_.servers; ++chosen) {
    Configuration to;
    for (std::uint8_t i = 0; i < bounds_.servers; ++i) {
      if ((chosen >> i & 1U) != 0) {
        to.voters.insert(Server{i});
      }
    }
    if (to.voters != from.voters) {
      propose(to);
      to.outgoing = from.voters;
      propose(to);
    }
  }
}

bool RaftSpec::may_change(const Leadership& leader, const Configuration& to) const {
  const Configuration& from = configuration(leader.log, leader.configured);
  const Index last = last_configuration(leader.log, length_of(leader.log));
  const bool is_joint = !to.outgoing.empty() || !from.outgoing.empty();
  return guard(MissingGuard::one_change_at_a_time, last <= leader.configured) &&
         guard(MissingGuard::change_by_one_voter_or_jointly,
               is_joint || difference(from.voters, to.voters) == 1);
}

void RaftSpec::follow(const State& state, Server server, const Emit& emit) const {
  const ServerState& self = state.servers[server.value];
  for (const auto& [term, election] : state.elections) {
    if (!guard(MissingGuard::append_from_a_leader_of_the_own_term, term == self.term)) {
      continue;
    }
    for (const auto& [leader, leadership] : election.leaders) {
      for (Index length = 0; length <= length_of(leadership.log); ++length) {
        State after = state;
        ServerState& now = after.servers[server.value];
        const bool is_there = common_length(self.log, leadership.log) >= length;
        if (!is_there || missing_ == MissingGuard::append_keeps_what_agrees) {
          now.log = prefix(leadership.log, length);
          now.commit = std::max(std::min(now.commit, length), commit_known_with(now.log));
        }
        Index& acknowledged = after.elections[term].leaders.at(leader).acknowledged[server];
        acknowledged = std::max(acknowledged, length);
        if (after != state) {
          emit(AppendEntries{server, leader, length}, std::move(after));
        }
      }
    }
  }
}

void RaftSpec::learn_commit(const State& state, Server server, const Emit& emit) const {
  const ServerState& self = state.servers[server.value];
  Index committed = 0;
  for (const auto& [term, election] : state.elections) {
    for (const auto& [leader, leadership] : election.leaders) {
      const Index known = missing_ == MissingGuard::learn_what_a_leader_committed ? length_of(leadership.log)
                                                                                  : leadership.commit;
      committed = std::max(committed, std::min(known, common_length(self.log, leadership.log)));
    }
  }
  for (Index commit = self.commit + 1; commit <= committed; ++commit) {
    State after = state;
    after.servers[server.value].commit = commit;
    emit(LearnCommit{server, commit}, std::move(after));
  }
}

void RaftSpec::restart(const State& state, Server server, const Emit& emit) const {
  const ServerState& self = state.servers[server.value];
  const Index least = missing_ == MissingGuard::restart_remembers_earlier_configurations
                          ? 0
                          : std::min(self.commit, commit_known_with(self.log));
  for (Index commit = least; commit <= self.commit; ++commit) {
    State after = state;
    after.servers[server.value].commit = commit;
    stop_leading_below(after, server, bounds_.terms_max + 1);
    if (after != state) {
      emit(Restart{server, commit}, std::move(after));
    }
  }
}

const Configuration& RaftSpec::configuration(const Log& log, Index length) const {
  const Index place = last_configuration(log, length);
  return place == 0 ? initial_configuration_ : *log[place - 1].configuration;
}

bool is_quorum(const Configuration& configuration, const std::set<Server>& deciders, bool both) {
  return holds_majority(configuration.voters, deciders) &&
         (!both || configuration.outgoing.empty() || holds_majority(configuration.outgoing, deciders));
}

bool is_as_up_to_date(const Log& log, const Log& other) {
  const auto last = [](const Log& of) { return std::pair(of.empty() ? 0 : of.back().term, of.size()); };
  return last(log) >= last(other);
}

Index common_length(const Log& a, const Log& b) {
  return static_cast<Index>(std::ranges::mismatch(a, b).in1 - a.begin());
}

Index last_configuration(const Log& log, Index length) {
  Index place = std::min(length, length_of(log));
  while (place > 0 && !log[place - 1].configuration) {
    --place;
  }
  return place;
}

}  // namespace plimsoll::model::raft
