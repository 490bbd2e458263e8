#include "properties/raft/world/spec_path.hpp"

#include <algorithm>
#include <utility>

#include "properties/raft/world/claims.hpp"

namespace plimsoll::properties::raft {
namespace {

using core::PlainMessage;
using core::Role;

class Path {
 public:
  explicit Path(const PathQuestion& question)
      : asked_(question),
        before_(*question.before),
        after_(*question.after),
        self_(server_of(question.id)),
        base_(base_of(question)),
        term_(term_of(after_.term)),
        target_(after_.log.mapped(base_)),
        spec_(bounds()),
        state_(believed(question, base_)) {}

  std::string run() {
    follow();
    campaign();
    while (lead()) {
    }
    std::string missing = missing_of_server();
    for (const PlainMessage& message : asked_.said) {
      missing = missing.empty() ? missing_for(message, asked_, state_, base_) : missing;
    }
    return missing.empty() ? missing_of_crash() : missing;
  }

 private:
  [[nodiscard]] spec::RaftSpec::Bounds bounds() const {
    spec::RaftSpec::Bounds bounds;
    bounds.servers = static_cast<std::uint8_t>(asked_.servers);
    bounds.voters = configuration_of(*asked_.first_members).voters;
    bounds.entries_max = static_cast<spec::Index>(target_.size());
    bounds.conf_changes = bounds.entries_max;
    bounds.memory_ahead = true;
    std::set<std::string> commands;
    for (const spec::Entry& entry : target_) {
      commands.insert(entry.command);
    }
    bounds.commands.assign(commands.begin(), commands.end());
    return bounds;
  }
  [[nodiscard]] spec::Index place(core::Index index) const { return place_of(index, base_); }
  [[nodiscard]] spec::Server self() const { return self_; }
  [[nodiscard]] spec::ServerState& me() { return state_.servers[self_.value]; }

  // The path.

  bool take(const spec::RaftSpec::Action& action) {
    std::optional<spec::RaftState> next = spec_.after(state_, action);
    if (next) {
      state_ = *std::move(next);
    }
    return next.has_value();
  }

  void follow() {
    const PlainMessage* const message = asked_.received;
    if (message != nullptr && !is_of_no_term(*message) && message->term <= after_.term) {
      take(spec::UpdateTerm{self_, term_of(message->term)});
    }
    if (message != nullptr && is_from_leader(*message)) {
      const spec::Server leader = server_of(message->from);
      for (const PlainMessage& answer : asked_.said) {
        if (is_acknowledgement(answer) && answer.to == message->from) {
          take(spec::AppendEntries{self_, leader, place(answer.index)});
        }
      }
      if (me().log != target_) {
        take(spec::AppendEntries{self_, leader, static_cast<spec::Index>(target_.size())});
      }
    }
    take(spec::LearnCommit{self_, place(after_.commit)});
    if (after_.vote != core::nobody && after_.vote != asked_.id) {
      take(spec::Vote{self_, term_, server_of(after_.vote)});
    }
  }

  void campaign() {
    const bool campaigns = after_.role == Role::candidate || after_.role == Role::leader;
    if (campaigns && before_.term < after_.term) {
      take(spec::RequestVote{self_, term_, 0, 0});
    }
    const bool has_voted = asked_.disk_after->term == after_.term && asked_.disk_after->vote == asked_.id;
    const bool votes = after_.vote == asked_.id;
    if (votes && has_voted) {
      take(spec::Vote{self_, term_, self_});
    }
    if (after_.role == Role::leader) {
      take(spec::BecomeLeader{self_, term_});
    }
    if (votes) {
      take(spec::Vote{self_, term_, self_});
    }
  }

  [[nodiscard]] const spec::Leadership* own() const {
    const auto election = state_.elections.find(term_);
    if (election == state_.elections.end()) {
      return nullptr;
    }
    const auto leader = election->second.leaders.find(self_);
    return leader == election->second.leaders.end() ? nullptr : &leader->second;
  }

  /// One more action of a leader. Returns whether there was any.
  bool lead() {
    const spec::Leadership* const now = own();
    if (now == nullptr) {
      return false;
    }
    if (now->log.size() < target_.size()) {
      const spec::Entry& next = target_[now->log.size()];
      if (next.configuration ? take(spec::ChangeConfiguration{self_, term_, *next.configuration})
                             : take(spec::ClientRequest{self_, term_, next.command})) {
        return true;
      }
    }
    const spec::Index durable = place(agreement(asked_.disk_after->log, after_.log, base_));
    if (asked_.disk_after->term == after_.term &&
        take(spec::AppendEntries{self_, self_,
                                 std::min(durable, static_cast<spec::Index>(now->log.size()))})) {
      return true;
    }
    for (spec::Index commit = place(after_.commit); commit > own()->commit; --commit) {
      if (take(spec::AdvanceCommitIndex{self_, term_, commit})) {
        return true;
      }
    }
    const spec::Index configured = spec::last_configuration(own()->log, place(after_.applied));
    return own()->configured < configured && take(spec::ApplyConfiguration{self_, term_});
  }

  // What must be so at its end.

  [[nodiscard]] std::string missing_of_server() {
    if (me().term != term_) {
      return "a way into term " + std::to_string(after_.term);
    }
    const std::optional<spec::Server> vote =
        after_.vote == core::nobody ? std::nullopt : std::optional(server_of(after_.vote));
    if (me().vote != vote) {
      return "a vote for server " + std::to_string(after_.vote.value) + " in term " +
             std::to_string(after_.term);
    }
    if (after_.role == Role::leader && own() == nullptr) {
      return "a quorum that elected it in term " + std::to_string(after_.term);
    }
    if (after_.role == Role::candidate) {
      return missing_of_candidate();
    }
    return own() == nullptr ? missing_of_follower() : missing_of_leader();
  }

  [[nodiscard]] std::string missing_of_follower() {
    if (!is_seen_as(spec_, me().log, after_.log, base_)) {
      return "a leader whose log this is";
    }
    return me().commit == place(after_.commit) ? "" : "a leader that knows as committed what it takes for it";
  }

  [[nodiscard]] std::string missing_of_candidate() {
    const spec::Election& election = state_.elections[term_];
    const auto candidacy = election.candidates.find(self_);
    if (candidacy == election.candidates.end() ||
        !is_seen_as(spec_, candidacy->second.log, after_.log, base_)) {
      return "a candidacy with this log";
    }
    if (spec_.configuration(candidacy->second.log, candidacy->second.configured) !=
        configuration_of(after_.members)) {
      return "a candidacy under this configuration: it is not the last one that it knows to be committed";
    }
    for (const spec::Server voter : voters_for(asked_.id, after_, *asked_.disk_after)) {
      const auto vote = election.votes.find(voter);
      if (vote == election.votes.end() || vote->second != self_) {
        return "the vote that it counts of server " + std::to_string(voter.value + 1);
      }
    }
    return me().commit == place(after_.commit) ? "" : "a commit index of a candidate that rises";
  }

  [[nodiscard]] std::string missing_of_leader() {
    if (!is_seen_as(spec_, own()->log, after_.log, base_)) {
      return "an entry that a leader may append, of a request or a change of the configuration";
    }
    if (own()->commit != place(after_.commit)) {
      return "a quorum that has what the leader takes for committed, in the leader's term";
    }
    if (spec_.configuration(own()->log, own()->configured) != configuration_of(after_.members)) {
      return "a committed entry with the configuration that is in force";
    }
    for (const auto& [id, progress] : after_.progress) {
      if (id != asked_.id && progress.match > asked_.acknowledged_by(id)) {
        return "an acknowledgement by server " + std::to_string(id.value) + " of entry " +
               std::to_string(progress.match);
      }
    }
    return "";
  }

  /// It may crash at any time now, and is what its disk is.
  [[nodiscard]] std::string missing_of_crash() const {
    spec::RaftState state;
    state.servers.resize(asked_.servers);
    spec::ServerState& down = state.servers[self_.value];
    down.log = asked_.disk_after->log.mapped(base_);
    core::Index agreed = agreement(asked_.disk_after->log, after_.log, base_);
    if (after_.log.from.index > asked_.disk_after->commit) {
      // In memory it is within a snapshot, of which no entry is known: what was committed is.
      agreed = std::max(agreed, asked_.disk_after->commit);
    }
    down.commit = place(std::min(after_.commit, agreed));
    const spec::Index remembered = place(asked_.disk_after->commit);
    return remembered == down.commit || spec_.after(state, spec::Restart{self_, remembered})
               ? ""
               : "a disk that remembers the configurations before the last as committed";
  }

  const PathQuestion& asked_;
  const ServerView& before_;
  const ServerView& after_;
  spec::Server self_;
  core::Index base_;
  spec::Term term_;
  spec::Log target_;
  spec::RaftSpec spec_;
  spec::RaftState state_;
};

}  // namespace

std::string missing_on_path(const PathQuestion& question) {
  return Path(question).run();
}

}  // namespace plimsoll::properties::raft
