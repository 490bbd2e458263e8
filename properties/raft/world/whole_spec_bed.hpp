// For tests: one state of the spec for a whole cluster, with all that was ever said. Every step of a server
// must be a path from it, found by a small search, guided by what the server has on disk and in memory, and
// judged by the spec alone.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "impl/raft/conf_change.hpp"
#include "properties/raft/world/refinement_bed.hpp"
#include "properties/raft/world/spec_path.hpp"

namespace plimsoll::properties::raft {

class WholeSpec {
  using MessageType = core::MessageType;
  using PlainMessage = core::PlainMessage;
  using Role = core::Role;
  using Seen = HaphazardCluster::Seen;

 public:
  explicit WholeSpec(const ClusterKind& kind) : spec_(bounds(kind)) { state_ = spec_.initial().front(); }

  /// What is missing of a path for this step; empty: nothing.
  std::string follow(const Seen& seen) {
    const Step step(seen);
    if (seen.input == nullptr) {
      take_back(step);
      take(spec::Restart{step.self, static_cast<spec::Index>(step.disk.commit)});
    } else {
      while (speak(step) || write(step) || take(spec::LearnCommit{step.self, known_commit(step)})) {
      }
    }
    for (const PlainMessage& message : step.sent) {
      if (is_from_leader(message)) {
        heard_.emplace(term_of(message.term), step.self);
      }
    }
    std::string missing = missing_on_disk(step);
    for (const PlainMessage& message : step.sent) {
      missing = missing.empty() ? missing_for(step, message) : missing;
    }
    return missing;
  }

 private:
  static bool says(const PlainMessage& message, MessageType type) {
    return message.type == type && !message.reject;
  }
  struct Step {
    explicit Step(const Seen& seen)
        : self{static_cast<std::uint8_t>(seen.server)},
          disk(ServerView::of(seen.after.durable)),
          memory(ServerView::of(seen.after.durable, seen.after.server)),
          led(seen.before.server.node.raft.role == Role::leader &&
              seen.before.server.node.raft.term == memory.term) {
      for (const Member::Outputs::Send& send : seen.sent) {
        sent.push_back(send.message);
      }
    }
    [[nodiscard]] spec::Term term() const { return term_of(memory.term); }

    spec::Server self;
    ServerView disk;
    ServerView memory;
    bool led = false;
    std::vector<PlainMessage> sent = {};
  };

  static spec::RaftSpec::Bounds bounds(const ClusterKind& kind) {
    spec::RaftSpec::Bounds bounds;
    bounds.servers = static_cast<std::uint8_t>(kind.servers);
    for (std::uint8_t i = 0; i < kind.voters; ++i) {
      bounds.voters.insert(spec::Server{i});
    }
    bounds.entries_max = 10'000;
    bounds.conf_changes = 10'000;
    bounds.commands = {"", "x", "change "};
    // Changes that voters do not show are commands like others.
    for (const std::string& change : kind.changes) {
      bounds.commands.push_back("change " + core::to_entry(parse_change(change).value()).data);
    }
    bounds.memory_ahead = kind.writes != core::StorageWrites::atomic;
    return bounds;
  }

  bool take(const spec::RaftSpec::Action& action) {
    std::optional<spec::RaftState> next = spec_.after(state_, action);
    if (next) {
      state_ = *std::move(next);
    }
    return next.has_value();
  }
  [[nodiscard]] const spec::Election& election(spec::Term term) const {
    static const spec::Election none;
    const auto found = state_.elections.find(term);
    return found == state_.elections.end() ? none : found->second;
  }
  [[nodiscard]] const spec::Leadership* leadership(const Step& step, core::Term term) const {
    const auto& leaders = election(term_of(term)).leaders;
    const auto found = leaders.find(step.self);
    return found == leaders.end() ? nullptr : &found->second;
  }
  [[nodiscard]] bool sees(const spec::Log& log, const LogView& view) const {
    return is_seen_as(spec_, log, view, 0);
  }

  // What a candidate or a leader does in its memory.

  bool speak(const Step& step) {
    for (const PlainMessage& message : step.sent) {
      if (message.type == MessageType::vote && ask(step, message.term, {message.log_term, message.index})) {
        return true;
      }
    }
    const bool has_voted = step.disk.term == step.memory.term && step.disk.vote == id_of(step.self);
    const bool runs = step.memory.role == Role::candidate || step.memory.role == Role::leader;
    if (runs && has_voted && ask(step, step.memory.term, claimed_by(step.memory))) {
      return true;
    }
    if (step.memory.role == Role::leader && leadership(step, step.memory.term) == nullptr &&
        take(spec::BecomeLeader{step.self, step.term()})) {
      return true;
    }
    const bool leads = step.memory.role == Role::leader || step.led;
    return leads && leadership(step, step.memory.term) != nullptr && lead(step);
  }

  /// Leading that a crash has ended, of which nobody heard and nothing is on disk, did not happen.
  void take_back(const Step& step) {
    for (auto& [term, election] : state_.elections) {
      if (term > term_of(step.disk.term) && !heard_.contains({term, step.self})) {
        election.leaders.erase(step.self);
      }
    }
  }

  static core::ServerId id_of(spec::Server server) { return core::ServerId{server.value + 1U}; }

  /// The log that it has in memory, but for what it appended as a leader since.
  static core::EntryId claimed_by(const ServerView& memory) {
    core::Index length = memory.log.last();
    while (memory.log.term(length) == memory.term) {
      --length;
    }
    return {memory.log.term(length).value_or(0), length};
  }

  bool ask(const Step& step, core::Term term, core::EntryId last) {
    const auto length = static_cast<spec::Index>(last.index);
    if (election(term_of(term)).candidates.contains(step.self)) {
      return false;
    }
    std::vector<spec::RequestVote> ways = {{step.self, term_of(term), 0, 0}};
    for (const auto& [of_term, earlier] : state_.elections) {
      ways.push_back({step.self, term_of(term), of_term, length});
    }
    for (const spec::RequestVote& way : ways) {
      std::optional<spec::RaftState> next = spec_.after(state_, way);
      if (next && ends_in(next->elections.at(term_of(term)).candidates.at(step.self).log, last)) {
        state_ = *std::move(next);
        return true;
      }
    }
    return false;
  }
  static bool ends_in(const spec::Log& log, core::EntryId last) {
    return log.size() == last.index && (log.empty() || log.back().term == last.term);
  }

  bool lead(const Step& step) {
    const spec::Leadership& now = *leadership(step, step.memory.term);
    const LogView& log = step.memory.log;
    if (now.log.size() < log.last()) {
      const spec::Entry next = log.mapped(0).at(now.log.size());
      const spec::RaftSpec::Action action =
          next.configuration
              ? spec::RaftSpec::Action(spec::ChangeConfiguration{step.self, step.term(), *next.configuration})
              : spec::RaftSpec::Action(spec::ClientRequest{step.self, step.term(), next.command});
      if (take(action)) {
        return true;
      }
    }
    for (auto commit = static_cast<spec::Index>(step.memory.commit); commit > now.commit; --commit) {
      if (take(spec::AdvanceCommitIndex{step.self, step.term(), commit})) {
        return true;
      }
    }
    return now.configured <
               spec::last_configuration(now.log, static_cast<spec::Index>(step.memory.applied)) &&
           take(spec::ApplyConfiguration{step.self, step.term()});
  }

  // What comes on disk, by a search: one write may bring what several steps have left in memory.

  bool write(const Step& step) {
    if (is_written(state_, step)) {
      return false;
    }
    std::set<spec::ServerState> seen;
    std::vector<spec::RaftState> level = {state_};
    for (int depth = 0; depth < 8 && !level.empty(); ++depth) {
      std::vector<spec::RaftState> next;
      for (const spec::RaftState& from : level) {
        for (const spec::RaftSpec::Action& action : possible_writes(from, step)) {
          std::optional<spec::RaftState> after = spec_.after(from, action);
          if (after && is_written(*after, step)) {
            state_ = *std::move(after);
            return true;
          }
          if (after) {
            next.push_back(*std::move(after));
          }
        }
      }
      std::ranges::sort(next);
      next.erase(std::unique(next.begin(), next.end()), next.end());
      level = std::move(next);
    }
    return false;
  }

  [[nodiscard]] std::vector<spec::RaftSpec::Action> possible_writes(const spec::RaftState& from,
                                                                    const Step& step) const {
    const spec::ServerState& now = from.servers[step.self.value];
    std::vector<spec::RaftSpec::Action> actions;
    for (const auto& [term, election] : from.elections) {
      if (now.term < term && term <= term_of(step.disk.term)) {
        actions.emplace_back(spec::UpdateTerm{step.self, term});
      }
    }
    if (step.disk.vote != core::nobody) {
      actions.emplace_back(spec::Vote{step.self, term_of(step.disk.term), server_of(step.disk.vote)});
    }
    std::set<spec::Index> lengths = {static_cast<spec::Index>(step.disk.log.last())};
    for (const PlainMessage& message : step.sent) {
      if (says(message, MessageType::vote_resp)) {
        actions.emplace_back(spec::Vote{step.self, term_of(message.term), server_of(message.to)});
      } else if (says(message, MessageType::app_resp) && message.term == now.term) {
        lengths.insert(static_cast<spec::Index>(message.index));
      }
    }
    const auto election = from.elections.find(now.term);
    if (election != from.elections.end()) {
      for (const auto& [leader, leadership] : election->second.leaders) {
        for (const spec::Index length : lengths) {
          actions.emplace_back(spec::AppendEntries{step.self, leader, length});
        }
      }
    }
    return actions;
  }

  /// What is known to be committed, as far as that is what is on disk.
  static spec::Index known_commit(const Step& step) {
    const core::Index same = agreement(step.disk.log, step.memory.log, step.disk.commit);
    return static_cast<spec::Index>(std::min(step.memory.commit, same));
  }

  /// The server is what its disk is, and has said on disk what it says to others.
  [[nodiscard]] bool is_written(const spec::RaftState& state, const Step& step) const {
    const spec::ServerState& now = state.servers[step.self.value];
    const std::optional<spec::Server> vote =
        step.disk.vote == core::nobody ? std::nullopt : std::optional(server_of(step.disk.vote));
    if (now.term != term_of(step.disk.term) || now.vote != vote || !sees(now.log, step.disk.log)) {
      return false;
    }
    // A leader acknowledges what it has itself.
    const auto own = state.elections.find(now.term);
    if (own != state.elections.end() && own->second.leaders.contains(step.self)) {
      const spec::Leadership& leader = own->second.leaders.at(step.self);
      const auto known = leader.acknowledged.find(step.self);
      if (spec::common_length(now.log, leader.log) >
          (known == leader.acknowledged.end() ? 0 : known->second)) {
        return false;
      }
    }
    return std::ranges::all_of(step.sent, [&](const PlainMessage& message) {
      return !is_answer(message) || is_justified(state, step, message);
    });
  }
  static bool is_answer(const PlainMessage& message) {
    return says(message, MessageType::vote_resp) || says(message, MessageType::app_resp);
  }
  [[nodiscard]] static bool is_justified(const spec::RaftState& state, const Step& step,
                                         const PlainMessage& message) {
    if (message.type == MessageType::app_resp && message.index == 0) {
      return true;
    }
    const auto found = state.elections.find(term_of(message.term));
    if (found == state.elections.end()) {
      return false;
    }
    if (message.type == MessageType::vote_resp) {
      const auto vote = found->second.votes.find(step.self);
      return vote != found->second.votes.end() && vote->second == server_of(message.to);
    }
    const auto leader = found->second.leaders.find(server_of(message.to));
    if (leader == found->second.leaders.end()) {
      return false;
    }
    const auto known = leader->second.acknowledged.find(step.self);
    return known != leader->second.acknowledged.end() && known->second >= message.index;
  }

  // What must be so in the end.

  [[nodiscard]] std::string missing_on_disk(const Step& step) const {
    if (!is_written(state_, step) || state_.servers[step.self.value].commit != known_commit(step)) {
      return "a path to what is on disk";
    }
    const spec::Leadership* const own = leadership(step, step.memory.term);
    if (own == nullptr || step.memory.role != Role::leader) {
      return "";
    }
    const bool is_so =
        sees(own->log, step.memory.log) && own->commit == step.memory.commit &&
        spec_.configuration(own->log, own->configured) == configuration_of(step.memory.members);
    return is_so ? "" : "a path to what the leader has in memory";
  }

  [[nodiscard]] std::string missing_for(const Step& step, const PlainMessage& message) const {
    const spec::Leadership* const own = leadership(step, message.term);
    bool is_true = true;
    if (message.type == MessageType::vote) {
      const auto& candidates = election(term_of(message.term)).candidates;
      const auto found = candidates.find(step.self);
      is_true = found != candidates.end() && ends_in(found->second.log, {message.log_term, message.index});
    } else if (is_from_leader(message)) {
      is_true = own != nullptr && message.commit <= own->commit;
    }
    if (is_true && message.type == MessageType::heartbeat && message.commit > 0) {
      const auto known = own->acknowledged.find(server_of(message.to));
      is_true = known != own->acknowledged.end() && known->second >= message.commit;
    } else if (is_true && message.type == MessageType::app) {
      is_true = message.index + message.entries.size() <= own->log.size() &&
                (message.index == 0 || own->log[message.index - 1].term == message.log_term);
      for (std::size_t i = 0; is_true && i < message.entries.size(); ++i) {
        is_true = own->log[message.index + i].term == message.entries[i].term;
      }
    } else if (is_true && message.type == MessageType::snap) {
      const core::SnapshotMetadata& metadata = message.snapshot->metadata;
      is_true = metadata.index <= own->commit && own->log[metadata.index - 1].term == metadata.term &&
                spec_.configuration(own->log, static_cast<spec::Index>(metadata.index)) ==
                    configuration_of(metadata.conf_state);
    }
    return is_true ? "" : base::enumerator_text(message.type) + ": what it says";
  }

  spec::RaftSpec spec_;
  spec::RaftState state_;
  std::set<std::pair<spec::Term, spec::Server>> heard_;  ///< who spoke as the leader of which term
};

}  // namespace plimsoll::properties::raft
