// Good timing: what a real network and real clocks give a Raft cluster most of the time, and what its
// liveness rests on.
//
// In a world of system raft any timer may fire at any moment, within its budget. That is right for safety,
// which no timing may break. Liveness needs more, for with bad timing for ever no leader is ever elected
// (Fischer, Lynch and Paterson, 1985). `timing: calm` grants what the paper asks for, broadcastTime <<
// electionTimeout << MTBF (Ongaro and Ousterhout, 2014, section 5.6), and etcd's Config with its election
// tick far above its heartbeat tick:
//
//   - A time-out is long compared with messages and disks: without a budget a timer fires where nothing is
//     under way and no work is left (PatientTimer), and there is no other limit to how often.
//   - A leader's heartbeat comes before an election time-out: nobody's election timer runs out whom such a
//     heartbeat reaches and puts off. The heartbeat must be one that the server heeds: a leader of a lower
//     term, or one that does not know the server as a member, does not put it off.
//   - Time-outs are random: nobody loses every race (strong fairness). A server that asks for pre-votes may
//     lose as often as it likes. One that does not raises its term by each election that it loses, without an
//     end; such races are left out: where there is no leader, the time-out that runs out is that of a server
//     whose log is good enough to be elected by those that are up. (A random race that is lost a few times
//     first leads to the same states but for the terms.)
//   - A leader that checks its quorum hears from everybody it reaches between two checks. So a check that
//     succeeds is left out; it fires where a quorum is out of reach, and where a transfer is to be given up.
//
// Budgets beside it are what goes wrong before: messages lost, servers down, `election-timeout` for timers
// that run out too early. They are finite, so in the end timing is good.
//
// Thread-safety: all functions are of values.
#pragma once

#include "checker/world/view.hpp"
#include "properties/raft/world/assembly.hpp"

namespace plimsoll::properties::raft {

/// The servers of a cluster in one state of a world. Valid as long as the view.
class Cluster {
 public:
  Cluster(const checker::WorldView& view, const std::vector<ServerPlaces>& servers)
      : view_(view), servers_(servers) {}

  [[nodiscard]] const core::Raft& raft(const ServerPlaces& server) const;
  [[nodiscard]] core::EntryId last_entry(const ServerPlaces& server) const;
  /// Running, and not standing still.
  [[nodiscard]] bool is_up(const ServerPlaces& server) const;
  [[nodiscard]] bool leads(const ServerPlaces& server) const;
  /// Do messages get from one to the other and back?
  [[nodiscard]] bool reach_each_other(const ServerPlaces& a, const ServerPlaces& b) const;
  /// Does a heartbeat of `leader`, if it is one, put off the election time-out of `server`?
  [[nodiscard]] bool puts_off(const ServerPlaces& leader, const ServerPlaces& server) const;
  /// Is its log good enough for a quorum of those whom it reaches, by the configuration that it knows?
  [[nodiscard]] bool is_electable(const ServerPlaces& server) const;
  /// Does it lead, and does a quorum of its configuration follow it, in its term?
  [[nodiscard]] bool is_followed(const ServerPlaces& server) const;
  /// The leader that a quorum follows; null if there is none.
  [[nodiscard]] const ServerPlaces* established_leader() const;
  /// False where too many are down for good: nobody can be blamed for there being no leader.
  [[nodiscard]] bool can_have_leader() const;

 private:
  template <class Says>
  [[nodiscard]] bool quorum_says(const ServerPlaces& asking, const Says& says) const;

  const checker::WorldView& view_;
  const std::vector<ServerPlaces>& servers_;
};

/// The timers that calm timing makes patient, and when. Requires: `servers` outlives the result.
[[nodiscard]] std::vector<checker::PatientTimer> calm_timers(const std::vector<ServerPlaces>& servers,
                                                             const Setup& setup);

}  // namespace plimsoll::properties::raft
