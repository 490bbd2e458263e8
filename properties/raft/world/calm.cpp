#include "properties/raft/world/calm.hpp"

#include <algorithm>

#include "properties/raft/world/member.hpp"

namespace plimsoll::properties::raft {

using checker::WorldView;
using core::Raft;
using core::Role;

const Raft& Cluster::raft(const ServerPlaces& server) const {
  return view_.part<core::Memory>(server.memory).node.raft;
}

core::EntryId Cluster::last_entry(const ServerPlaces& server) const {
  return raft(server).log.last_entry_id(view_.part<core::Storage>(server.durable));
}

bool Cluster::is_up(const ServerPlaces& server) const {
  return view_.is_up(server.process);
}

bool Cluster::leads(const ServerPlaces& server) const {
  return is_up(server) && raft(server).role == Role::leader;
}

bool Cluster::reach_each_other(const ServerPlaces& a, const ServerPlaces& b) const {
  return is_up(a) && is_up(b) && !view_.is_cut(a.process, b.process) && !view_.is_cut(b.process, a.process);
}

bool Cluster::puts_off(const ServerPlaces& leader, const ServerPlaces& server) const {
  return leader.process != server.process && leads(leader) && is_up(server) &&
         !view_.is_cut(leader.process, server.process) && raft(leader).term >= raft(server).term &&
         raft(leader).tracker.find(server.id) != nullptr;
}

/// Does a quorum of the configuration that `asking` knows say yes, itself included? Others than those it
/// reaches say nothing.
template <class Says>
bool Cluster::quorum_says(const ServerPlaces& asking, const Says& says) const {
  core::Votes votes = {{asking.id, true}};
  for (const ServerPlaces& server : servers_) {
    if (server.process != asking.process && reach_each_other(asking, server)) {
      votes.emplace(server.id, says(server));
    }
  }
  return raft(asking).tracker.config.voters.vote_result(votes) == core::VoteResult::won;
}

bool Cluster::is_electable(const ServerPlaces& server) const {
  if (!is_up(server) || !raft(server).tracker.config.voters.contains(server.id)) {
    return false;
  }
  const core::EntryId own = last_entry(server);
  return quorum_says(server, [&](const ServerPlaces& voter) {
    const core::EntryId theirs = last_entry(voter);
    return std::tie(own.term, own.index) >= std::tie(theirs.term, theirs.index);
  });
}

bool Cluster::is_followed(const ServerPlaces& server) const {
  return leads(server) && quorum_says(server, [&](const ServerPlaces& other) {
           const Raft& follower = raft(other);
           return follower.role == Role::follower && follower.term == raft(server).term &&
                  follower.lead == server.id;
         });
}

const ServerPlaces* Cluster::established_leader() const {
  const auto found =
      std::ranges::find_if(servers_, [this](const ServerPlaces& server) { return is_followed(server); });
  return found == servers_.end() ? nullptr : &*found;
}

bool Cluster::can_have_leader() const {
  return std::ranges::any_of(servers_, [this](const ServerPlaces& server) { return is_electable(server); });
}

namespace {

using Servers = std::vector<ServerPlaces>;

bool election_may_begin(const Cluster& cluster, const Servers& servers, const ServerPlaces& server,
                        const Setup& setup, bool pre_votes) {
  bool is_led_by_others = false;
  for (const ServerPlaces& other : servers) {
    if (cluster.puts_off(other, server)) {
      return false;
    }
    is_led_by_others |= cluster.leads(other) && cluster.reach_each_other(server, other);
  }
  // A leader that the server does not heed is deposed by its election, or hears of its term: no race.
  return pre_votes || cluster.is_electable(server) || (is_led_by_others && !setup.check_quorum);
}

bool check_may_matter(const Cluster& cluster, const Servers& servers, const ServerPlaces& leader,
                      const Setup& setup) {
  const Raft& raft = cluster.raft(leader);
  core::Votes heard = {{leader.id, true}};
  for (const ServerPlaces& other : servers) {
    if (cluster.reach_each_other(leader, other) && cluster.raft(other).term <= raft.term) {
      heard.emplace(other.id, true);
    }
  }
  const bool hears_quorum = raft.tracker.config.voters.vote_result(heard) == core::VoteResult::won;
  const bool gives_up_transfer = raft.lead_transferee != core::nobody &&
                                 (!setup.check_quorum || raft.tracker.quorum_active(setup.defects));
  return !hears_quorum || gives_up_transfer;
}

std::vector<checker::PartId> all_parts(const Servers& servers) {
  std::vector<checker::PartId> parts;
  for (const ServerPlaces& server : servers) {
    parts.insert(parts.end(), {server.durable, server.memory});
  }
  return parts;
}

}  // namespace

std::vector<checker::PatientTimer> calm_timers(const Servers& servers, const Setup& setup) {
  std::vector<checker::PatientTimer> timers;
  for (const ServerPlaces& server : servers) {
    const auto add = [&](Member::Timer timer, auto may_fire) {
      timers.push_back({server.process, base::enumerator_text(timer), all_parts(servers),
                        [&servers, &server, setup, may_fire](const WorldView& view) {
                          return may_fire(Cluster(view, servers), servers, server, setup);
                        }});
    };
    add(Member::Timer::election_timeout,
        [pre_votes = setup.pre_votes(server.id)](const Cluster& cluster, const Servers& all,
                                                 const ServerPlaces& own, const Setup& asked) {
          return election_may_begin(cluster, all, own, asked, pre_votes);
        });
    add(Member::Timer::heartbeat,
        [](const Cluster&, const Servers&, const ServerPlaces&, const Setup&) { return true; });
    add(Member::Timer::check_quorum, check_may_matter);
  }
  return timers;
}

}  // namespace plimsoll::properties::raft
