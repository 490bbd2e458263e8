// What Raft promises, as one transition system without messages.
//
// A server is what its disk holds: term, vote and log, and besides how far it knows the log to be committed.
// What was said in an election or by a leader is remembered by term (Election), because a message may arrive
// long after its sender has moved on: candidates with the logs they claimed, votes given, and for each leader
// the log in its memory and how much of it each server has acknowledged. The implementation's messages,
// timers, caches and the order of its writes are its own affair. A snapshot is an append and a commit learned
// with it.
//
// Source: Diego Ongaro, "Consensus: Bridging Theory and Practice" (2014), chapter 3, and his TLA+
// specification raft.tla, whose names the actions keep; joint consensus is section 4.3. Deviates, after
// etcd's raft:
// - A configuration is in force when a leader has applied it, not when it is in the log (RAFT-M1). It can be
//   applied once it is committed.
// - A restart keeps what HardState keeps, so the commit index falls back no further than to what came with
// the
//   entries on disk: of the configurations in a log all but the last are known to be committed. Without that
//   a server could campaign under a configuration that others have long left.
// - A leader may be ahead of its own disk, so its log is apart from its server's, which takes entries from it
//   as the others do; and Bounds::memory_ahead lets candidates claim entries that their disks do not have.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/base/ids.hpp"

namespace plimsoll::model::raft {

struct ServerTag {
  static constexpr const char* name = "server";
  static constexpr bool renames = true;
};
/// A server, numbered from 0.
using Server = base::Strong<ServerTag, std::uint8_t>;
using Term = std::uint32_t;   ///< 0 is before the first election
using Index = std::uint32_t;  ///< counted from 1; as a length, the number of entries

/// Who decides. Joint if `outgoing` is not empty: then majorities of both sets are needed. Learners decide
/// nothing and do not show.
struct Configuration {
  std::set<Server> voters;
  std::set<Server> outgoing;
  PLIMSOLL_DESCRIBE(Configuration, voters, outgoing)
};

struct Entry {
  Term term = 0;
  std::string command;
  std::optional<Configuration> configuration;  ///< the entry changes it to this
  PLIMSOLL_DESCRIBE(Entry, term, command, configuration)
};
using Log = std::vector<Entry>;

struct ServerState {
  Term term = 0;
  std::optional<Server> vote;  ///< in `term`
  Log log;
  Index commit = 0;  ///< at most the log's length
  PLIMSOLL_DESCRIBE(ServerState, term, vote, log, commit)
};

struct Candidacy {
  Log log;
  Index configured = 0;  ///< place of the configuration it campaigns under; 0: the initial one
  PLIMSOLL_DESCRIBE(Candidacy, log, configured)
};

struct Leadership {
  Log log;
  Index commit = 0;
  Index configured = 0;                  ///< place of the configuration in force; 0: the initial one
  std::map<Server, Index> acknowledged;  ///< how much of `log` is on that disk; absent: nothing is known
  bool acting = true;                    ///< has not stepped down
  PLIMSOLL_DESCRIBE(Leadership, log, commit, configured, acknowledged, acting)
};

/// What was said in one term.
struct Election {
  std::map<Server, Candidacy> candidates;
  std::map<Server, Server> votes;  ///< by voter
  std::map<Server, Leadership> leaders;
  PLIMSOLL_DESCRIBE(Election, candidates, votes, leaders)
};

struct RaftState {
  std::vector<ServerState> servers;
  std::map<Term, Election> elections;  ///< none that is empty
  PLIMSOLL_DESCRIBE(RaftState, servers, elections)
};

/// A server hears of a higher term and stops what it was in the lower one.
struct UpdateTerm {
  Server server;
  Term term = 0;
  PLIMSOLL_DESCRIBE(UpdateTerm, server, term)
};
/// A server asks for votes, claiming to have the first `length` entries of the log of the leader of
/// `of_term`; 0: its own log.
struct RequestVote {
  Server server;
  Term term = 0;
  Term of_term = 0;
  Index length = 0;
  PLIMSOLL_DESCRIBE(RequestVote, server, term, of_term, length)
};
/// A server writes its vote down (RAFT-E3).
struct Vote {
  Server server;
  Term term = 0;
  Server candidate;
  PLIMSOLL_DESCRIBE(Vote, server, term, candidate)
};
struct BecomeLeader {
  Server server;
  Term term = 0;
  PLIMSOLL_DESCRIBE(BecomeLeader, server, term)
};
struct ClientRequest {
  Server leader;
  Term term = 0;
  std::string command;
  PLIMSOLL_DESCRIBE(ClientRequest, leader, term, command)
};
/// A leader proposes to enter or to leave a joint configuration, or to add or remove one voter (RAFT-M2, M3).
/// The implementation's waiting for earlier entries is not needed: what is in force is committed.
struct ChangeConfiguration {
  Server leader;
  Term term = 0;
  Configuration to;
  PLIMSOLL_DESCRIBE(ChangeConfiguration, leader, term, to)
};
/// The disk of a server takes on the first `length` entries of the log of the leader of its term (RAFT-R1).
struct AppendEntries {
  Server server;
  Server leader;
  Index length = 0;
  PLIMSOLL_DESCRIBE(AppendEntries, server, leader, length)
};
/// A quorum has acknowledged an entry of the leader's own term (RAFT-R5).
struct AdvanceCommitIndex {
  Server leader;
  Term term = 0;
  Index commit = 0;
  PLIMSOLL_DESCRIBE(AdvanceCommitIndex, leader, term, commit)
};
/// The next committed configuration in a leader's log comes into force.
struct ApplyConfiguration {
  Server leader;
  Term term = 0;
  PLIMSOLL_DESCRIBE(ApplyConfiguration, leader, term)
};
/// A server hears that entries it has are committed (RAFT-R3, R4).
struct LearnCommit {
  Server server;
  Index commit = 0;
  PLIMSOLL_DESCRIBE(LearnCommit, server, commit)
};
/// A server stops to lead, and may forget how far its log is committed.
struct Restart {
  Server server;
  Index commit = 0;  ///< what it remembers
  PLIMSOLL_DESCRIBE(Restart, server, commit)
};

/// Guards that a test can take away, to see which invariant stood on it.
enum class MissingGuard : std::uint8_t {
  none,
  one_vote_a_term,
  vote_for_a_log_as_up_to_date,
  leader_by_a_quorum,
  leader_by_both_majorities,
  append_keeps_what_agrees,
  append_from_a_leader_of_the_own_term,
  commit_by_a_quorum,
  commit_by_both_majorities,
  commit_of_an_own_entry,
  one_change_at_a_time,
  change_by_one_voter_or_jointly,
  apply_of_a_committed_configuration,
  learn_what_a_leader_committed,
  restart_remembers_earlier_configurations,
};

/// Thread-safety: immutable; next() may be called from any number of threads.
class RaftSpec {
 public:
  using State = RaftState;
  using Action = std::variant<UpdateTerm, RequestVote, Vote, BecomeLeader, ClientRequest, ChangeConfiguration,
                              AppendEntries, AdvanceCommitIndex, ApplyConfiguration, LearnCommit, Restart>;

  /// What makes the spec finite. As the target of a refinement it must reach as far as the implementation
  /// does.
  struct Bounds {
    std::uint8_t servers = 3;
    std::set<Server> voters;  ///< the initial configuration; empty: all servers
    Term terms_max = 2;
    Index entries_max = 1;           ///< in a log, configurations included
    std::uint32_t conf_changes = 0;  ///< in a log
    bool restarts = true;
    /// False, as in raft.tla: candidates and leaders write before they speak, so their disks hold what is in
    /// their memories. True, as in etcd's raft: others may hear of a term, an entry or a candidate's log
    /// first.
    bool memory_ahead = false;
    std::vector<std::string> commands = {"x"};
  };

  explicit RaftSpec(Bounds bounds, MissingGuard missing = MissingGuard::none);

  [[nodiscard]] std::vector<State> initial() const;
  /// Calls `emit` for each action that is enabled, in a fixed order.
  void next(const State& state, const std::function<void(const Action&, State)>& emit) const;
  /// Where `action` leads to, as next() says; none if it is not enabled. Bounds::terms_max does not matter.
  /// Cost: of the actions of that kind by that server.
  [[nodiscard]] std::optional<State> after(const State& state, const Action& action) const;

  /// The configuration that the first `length` entries of `log` leave behind.
  [[nodiscard]] const Configuration& configuration(const Log& log, Index length) const;
  [[nodiscard]] const Bounds& bounds() const { return bounds_; }

 private:
  using Emit = std::function<void(const Action&, State)>;
  void elect(const State& state, Term term, const Emit& emit) const;
  void update_term(const State& state, Server server, Term term, const Emit& emit) const;
  void request_votes(const State& state, Server server, Term term, const Emit& emit) const;
  void vote(const State& state, Server server, Term term, const Emit& emit) const;
  void become_leader(const State& state, Term term, const Emit& emit) const;
  void lead(const State& state, Term term, Server leader, const Emit& emit) const;
  /// What a leader has in memory it has on disk, unless memory may be ahead.
  void write_down(State& state, Term term, Server leader) const;
  void change_configuration(const State& state, Term term, Server leader, const Emit& emit) const;
  void follow(const State& state, Server server, const Emit& emit) const;
  void learn_commit(const State& state, Server server, const Emit& emit) const;
  void restart(const State& state, Server server, const Emit& emit) const;

  // The actions among which after() looks for one.
  void emit_like(const State& state, const UpdateTerm& action, const Emit& emit) const;
  void emit_like(const State& state, const RequestVote& action, const Emit& emit) const;
  void emit_like(const State& state, const Vote& action, const Emit& emit) const;
  void emit_like(const State& state, const BecomeLeader& action, const Emit& emit) const;
  void emit_like(const State& state, const AppendEntries& action, const Emit& emit) const;
  void emit_like(const State& state, const LearnCommit& action, const Emit& emit) const;
  void emit_like(const State& state, const Restart& action, const Emit& emit) const;
  template <class OfLeader>
  void emit_like(const State& state, const OfLeader& action, const Emit& emit) const;

  [[nodiscard]] bool guard(MissingGuard which, bool holds) const { return holds || missing_ == which; }
  [[nodiscard]] bool may_change(const Leadership& leader, const Configuration& to) const;

  Bounds bounds_;
  Configuration initial_configuration_;
  MissingGuard missing_;
};

/// Whether `deciders` hold a majority of `configuration`: of both sets if it is joint and `both` asks for it.
[[nodiscard]] bool is_quorum(const Configuration& configuration, const std::set<Server>& deciders,
                             bool both = true);
/// RAFT-E3: compares the last entries' terms, and then the lengths.
[[nodiscard]] bool is_as_up_to_date(const Log& log, const Log& other);
/// Entries that the two logs begin with alike.
[[nodiscard]] Index common_length(const Log& a, const Log& b);
/// The place of the last configuration within the first `length` entries, or 0.
[[nodiscard]] Index last_configuration(const Log& log, Index length);

}  // namespace plimsoll::model::raft
