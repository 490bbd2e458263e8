#include "properties/raft/world/claims.hpp"

#include <algorithm>

#include "impl/base/described.hpp"

namespace plimsoll::properties::raft {
namespace {

using core::MessageType;
using core::PlainMessage;
using core::Role;

class Claims {
 public:
  Claims(const PathQuestion& question, const spec::RaftState& reached, core::Index base)
      : asked_(question),
        before_(*question.before),
        after_(*question.after),
        self_(server_of(question.id)),
        base_(base),
        reached_(reached) {}

  [[nodiscard]] std::string missing_of(const PlainMessage& message) {
    const std::string what =
        base::enumerator_text(message.type) + " to server " + std::to_string(message.to.value) + ": ";
    if (is_of_no_term(message)) {
      return "";
    }
    if (message.term > after_.term) {
      return what + "its term";
    }
    const spec::Election& election = election_of(message);
    if (is_vote(message)) {
      const auto vote = election.votes.find(self_);
      return vote != election.votes.end() && vote->second == server_of(message.to) ? "" : what + "that vote";
    }
    if (is_acknowledgement(message)) {
      const auto leader = election.leaders.find(server_of(message.to));
      const auto acknowledged = [&] {
        const auto found = leader->second.acknowledged.find(self_);
        return found == leader->second.acknowledged.end() ? 0 : found->second;
      };
      return leader != election.leaders.end() && acknowledged() >= place_of(message.index, base_)
                 ? ""
                 : what + "entries that are the leader's, up to " + std::to_string(message.index);
    }
    if (message.type == MessageType::vote) {
      const auto candidacy = election.candidates.find(self_);
      const bool is_true = candidacy != election.candidates.end() && after_.log.last() == message.index &&
                           after_.log.matches({message.log_term, message.index});
      return is_true ? "" : what + "a candidacy with that log";
    }
    return is_from_leader(message) ? missing_of_leaders_message(message, what) : "";
  }

 private:
  [[nodiscard]] std::string missing_of_leaders_message(const PlainMessage& message, const std::string& what) {
    const spec::Election& election = election_of(message);
    if (!election.leaders.contains(self_)) {
      return what + "its leading in that term";
    }
    if (message.commit > after_.commit) {
      return what + "the commit index in it";
    }
    if (message.type == MessageType::heartbeat) {
      const auto progress = before_.progress.find(message.to);
      const bool had = before_.role == Role::leader && progress != before_.progress.end();
      const core::Index known =
          std::max(asked_.acknowledged_by(message.to), had ? progress->second.match : 0);
      return message.commit <= known ? "" : what + "an acknowledgement of what it says is committed";
    }
    if (message.type == MessageType::snap) {
      const core::SnapshotMetadata& metadata = message.snapshot->metadata;
      const auto members = after_.log.members_at(metadata.index);
      const bool is_true = metadata.index <= after_.commit &&
                           after_.log.matches({metadata.term, metadata.index}) && members &&
                           configuration_of(*members) == configuration_of(metadata.conf_state);
      return is_true ? "" : what + "a committed log that this is a snapshot of";
    }
    core::Index index = message.index;
    bool is_true = after_.log.matches({message.log_term, message.index});
    for (const core::Entry& entry : message.entries) {
      is_true = is_true && ++index <= after_.log.last() &&
                after_.log.entries[index - after_.log.from.index - 1] == entry;
    }
    return is_true ? "" : what + "its log";
  }

  [[nodiscard]] const spec::Election& election_of(const PlainMessage& message) const {
    static const spec::Election none;
    const auto found = reached_.elections.find(term_of(message.term));
    return found == reached_.elections.end() ? none : found->second;
  }

  const PathQuestion& asked_;
  const ServerView& before_;
  const ServerView& after_;
  spec::Server self_;
  core::Index base_;
  const spec::RaftState& reached_;
};

}  // namespace

std::string missing_for(const core::PlainMessage& message, const PathQuestion& question,
                        const spec::RaftState& reached, core::Index base) {
  return Claims(question, reached, base).missing_of(message);
}

}  // namespace plimsoll::properties::raft
