// A small Raft as a calibration model: election, replication, commit and restart, whose counts of states
// several independent checkers agree on.
//
// Source: the project's own TLA+ module MailRaft, written for comparing checkers; its algorithm is that of
// Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm" (USENIX ATC 2014).
// Each ordered pair of servers has a mailbox for one AppendEntries message, which may be lost. Requests for
// votes, votes and acknowledgements are tables by term that nobody clears: what was once said can always be
// heard. Deviates from the paper: one entry at most in a message; a leader that hears a rejection need not
// note it, for it may send from any index; a restart forgets the role and the commit index only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker/system/pod_system.hpp"

namespace plimsoll::model::calibration {

/// Ways to break the protocol, for tests: each makes a property fail.
enum class MailRaftMutation : std::uint8_t {
  none,
  votes_again,             ///< a server votes again in a term in which it has voted
  ignores_previous_entry,  ///< a follower does not compare the term of the entry before
  ignores_log_in_vote,     ///< a server votes for one whose log is behind its own
  never_commits,           ///< a leader does not advance its commit index
};

/// Slots: for each server one of what it is, remembers and has acknowledged, and one of what it asked for and
/// voted in each term; then the mailboxes, three to a slot.
///
/// Thread-safety: immutable.
class MailRaft {
 public:
  struct Bounds {
    std::uint32_t servers = 3;     ///< N: 1 .. servers_max
    std::uint32_t terms = 2;       ///< T: 1 .. terms_max
    std::uint32_t log_length = 1;  ///< L: 1 .. log_length_max
    bool restarts = true;          ///< RST
    std::uint32_t in_flight = 1;   ///< MB: AppendEntries messages in all mailboxes together
  };
  static constexpr std::uint32_t servers_max = 5;
  static constexpr std::uint32_t terms_max = 3;
  static constexpr std::uint32_t log_length_max = 3;

  enum Role : std::uint32_t { follower, candidate, leader };
  enum Group : std::uint32_t {
    timeout,
    become_leader,
    client,
    restart,
    bump,
    vote,
    handle_append,
    drop_append,
    send_append,
    commit,
  };

  explicit MailRaft(Bounds bounds, MailRaftMutation mutation = MailRaftMutation::none);

  [[nodiscard]] std::uint32_t width() const;
  [[nodiscard]] std::vector<std::vector<checker::Slot>> initial() const;
  void next(checker::StateView state, checker::PodSuccessors& out) const;

  /// The module's three invariants, and a witness that entries are committed at all.
  [[nodiscard]] std::vector<checker::Property> properties() const;
  [[nodiscard]] bool holds(std::size_t property, checker::StateView state) const;

  [[nodiscard]] static std::vector<std::string> action_groups();
  /// Servers are called server-0, server-1 and so on, as the module numbers them.
  [[nodiscard]] static checker::ActionLabel describe(const checker::Action& action);
  [[nodiscard]] checker::Datum describe(checker::StateView state) const;

  /// Servers may be renamed.
  [[nodiscard]] const checker::Symmetry* symmetry() const { return symmetry_.get(); }

 private:
  class Step;
  [[nodiscard]] static std::shared_ptr<const checker::Symmetry> make_symmetry(const Bounds& bounds);
  [[nodiscard]] bool at_most_one_leader_per_term(checker::StateView state) const;
  [[nodiscard]] bool logs_match(checker::StateView state) const;
  [[nodiscard]] bool committed_entries_agree(checker::StateView state) const;

  Bounds bounds_;
  MailRaftMutation mutation_;
  std::shared_ptr<const checker::Symmetry> symmetry_;
};

}  // namespace plimsoll::model::calibration

// Instantiated where the model is compiled, for the engines' speed hangs on it.
extern template class plimsoll::checker::PodSystem<plimsoll::model::calibration::MailRaft>;
