#include "properties/raft/world/beliefs.hpp"

#include <algorithm>
#include <utility>

namespace plimsoll::properties::raft {
namespace {

using core::MessageType;
using core::PlainMessage;
using core::Role;

/// No server has this number.
constexpr spec::Server somebody{255};

class Beliefs {
 public:
  Beliefs(const PathQuestion& question, core::Index base)
      : asked_(question), before_(*question.before), self_(server_of(question.id)), base_(base) {}

  spec::RaftState run() {
    state_.servers.resize(asked_.servers);
    believe_itself();
    if (asked_.received != nullptr && !is_of_no_term(*asked_.received) &&
        asked_.received->term >= before_.term) {
      believe(*asked_.received);
    }
    return std::move(state_);
  }

 private:
  [[nodiscard]] spec::Index place(core::Index index) const { return place_of(index, base_); }

  void believe_itself() {
    const spec::Log log = before_.log.mapped(base_);
    spec::ServerState& self = state_.servers[self_.value];
    self = {term_of(before_.term), std::nullopt, log, place(before_.commit)};
    if (before_.vote != core::nobody) {
      self.vote = server_of(before_.vote);
    }
    if (before_.term == 0) {
      return;
    }
    spec::Election& election = state_.elections[self.term];
    if (self.vote && self.vote != self_) {
      election.votes[self_] = *self.vote;
    }
    const spec::Index configured = spec::last_configuration(log, place(before_.applied));
    if (before_.role == Role::candidate) {
      election.candidates[self_] = {log, configured};
      const ServerView& disk = *asked_.disk_after;
      if (disk.term == before_.term && disk.vote == asked_.id) {
        election.votes[self_] = self_;
      }
      for (const spec::Server voter : voters_for(asked_.id, before_, *asked_.disk_before)) {
        election.votes[voter] = self_;
      }
    }
    if (before_.role == Role::leader) {
      spec::Leadership& own = election.leaders[self_];
      own = {log, place(before_.commit), configured, {}, true};
      for (const auto& [id, progress] : before_.progress) {
        const core::Index durable = id == asked_.id ? durable_of_itself() : progress.match;
        own.acknowledged[server_of(id)] = place(std::min(progress.match, durable));
      }
    }
    if (election.candidates.empty() && election.votes.empty() && election.leaders.empty()) {
      election.candidates[somebody] = {};
    }
  }

  /// Of a leader's log, on its own disk.
  [[nodiscard]] core::Index durable_of_itself() const {
    const ServerView& disk = *asked_.disk_before;
    return disk.term == before_.term ? agreement(disk.log, before_.log, base_) : 0;
  }

  void believe(const PlainMessage& message) {
    spec::Election& election = state_.elections[term_of(message.term)];
    const spec::Server from = server_of(message.from);
    if (message.type == MessageType::vote) {
      spec::Log log(place(message.index), spec::Entry{0, "?", std::nullopt});
      if (!log.empty()) {
        log.back().term = term_of(message.log_term);
      }
      election.candidates[from].log = std::move(log);
    } else if (is_from_leader(message)) {
      believe_leader(message, election.leaders[from]);
    } else if (is_vote(message)) {
      election.votes[from] = self_;
    } else if (is_acknowledgement(message) && election.leaders.contains(self_)) {
      spec::Index& acknowledged = election.leaders[self_].acknowledged[from];
      acknowledged = std::max(acknowledged, place(message.index));
    }
    if (election.candidates.empty() && election.votes.empty() && election.leaders.empty()) {
      election.candidates[somebody] = {};
    }
  }

  /// A leader has what was committed before: that is an invariant of the spec.
  void believe_leader(const PlainMessage& message, spec::Leadership& leader) const {
    LogView log = before_.log;
    core::Index known = std::max(before_.commit, before_.log.from.index);
    core::Index commit = message.commit;
    if (message.type == MessageType::app && log.matches({message.log_term, message.index})) {
      known = std::max(known, message.index + message.entries.size());
      const core::Index kept = std::max(std::min(known, message.index), before_.commit);
      log.replace_after(kept,
                        std::span(message.entries)
                            .subspan(std::min<std::size_t>(kept - message.index, message.entries.size())));
    } else if (message.type == MessageType::heartbeat) {
      // It says no more than it has been acknowledged.
      known = std::max(known, std::min(message.commit, log.last()));
    } else if (message.type == MessageType::snap && message.snapshot &&
               message.snapshot->metadata.index > before_.commit) {
      const core::SnapshotMetadata& metadata = message.snapshot->metadata;
      known = metadata.index;
      commit = metadata.index;
      if (!log.matches({metadata.term, metadata.index})) {
        log = LogView::of(metadata);
      }
    }
    log.replace_after(known, {});
    leader.log = log.mapped(base_);
    // Of what is in a snapshot alone, at least what was committed before is known.
    const spec::Log own = before_.log.mapped(base_);
    std::copy_n(own.begin(), place(before_.commit), leader.log.begin());
    leader.commit = std::min(place(std::min(commit, known)), static_cast<spec::Index>(leader.log.size()));
  }

  const PathQuestion& asked_;
  const ServerView& before_;
  spec::Server self_;
  core::Index base_;
  spec::RaftState state_;
};

}  // namespace

ServerView ServerView::of(const core::Storage& disk) {
  ServerView view;
  view.term = disk.hard_state.term;
  view.vote = disk.hard_state.vote;
  view.commit = std::max(disk.hard_state.commit, disk.snapshot.metadata.index);
  view.applied = disk.snapshot.metadata.index;
  view.log = LogView::of(disk);
  view.members = disk.snapshot.metadata.conf_state;
  return view;
}

ServerView ServerView::of(const core::Storage& disk, const core::Memory& memory) {
  const core::Raft& raft = memory.node.raft;
  if (raft.id == core::nobody) {
    return of(disk);
  }
  ServerView view;
  view.term = raft.term;
  view.vote = raft.vote;
  view.commit = raft.log.committed;
  view.applied = raft.log.applied;
  view.role = raft.role;
  view.log = LogView::of(disk, &raft.log.unstable);
  view.members = raft.tracker.conf_state();
  view.progress = raft.role == Role::leader ? raft.tracker.progress : core::ProgressMap{};
  view.votes = raft.tracker.votes;
  return view;
}

bool is_from_leader(const PlainMessage& message) {
  return message.type == MessageType::app || message.type == MessageType::heartbeat ||
         message.type == MessageType::snap;
}
/// The term in it is nobody's yet.
bool is_of_no_term(const PlainMessage& message) {
  return message.term == 0 || message.type == MessageType::pre_vote ||
         (message.type == MessageType::pre_vote_resp && !message.reject);
}
bool is_vote(const PlainMessage& message) {
  return message.type == MessageType::vote_resp && !message.reject;
}
bool is_acknowledgement(const PlainMessage& message) {
  return message.type == MessageType::app_resp && !message.reject && message.index > 0;
}

core::Index base_of(const PathQuestion& question) {
  // A configuration that is committed is in force when it is applied, which may be later.
  core::Index base =
      std::min({question.before->commit, question.before->applied, question.after->commit,
                question.after->applied, question.disk_before->commit, question.disk_after->commit});
  if (question.received != nullptr && question.received->type == MessageType::vote) {
    base = std::min(base, question.received->index);
  }
  return base;
}

spec::RaftState believed(const PathQuestion& question, core::Index base) {
  return Beliefs(question, base).run();
}

core::Index PathQuestion::acknowledged_by(core::ServerId other) const {
  core::Index known = 0;
  const auto old = before->progress.find(other);
  if (old != before->progress.end() && before->role == Role::leader && before->term == after->term) {
    known = old->second.match;
  }
  if (received != nullptr && is_acknowledgement(*received) && received->from == other &&
      received->term == after->term) {
    known = std::max(known, received->index);
  }
  return known;
}

std::set<spec::Server> voters_for(core::ServerId candidate, const ServerView& view, const ServerView& disk) {
  std::set<spec::Server> voters;
  for (const auto& [id, granted] : view.votes) {
    if (granted && (id != candidate || (disk.term == view.term && disk.vote == candidate))) {
      voters.insert(server_of(id));
    }
  }
  return voters;
}

}  // namespace plimsoll::properties::raft
