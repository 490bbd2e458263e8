#include "properties/raft/world/liveness.hpp"

#include <algorithm>

#include "properties/raft/world/calm.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::PropertyKind;
using checker::Truth;
using checker::WorldProperty;
using checker::WorldView;
using core::Raft;

enum Number : std::uint8_t { leader_stays, proposals_commit, joint_left, replicated_to, undisturbed };

Truth truth(bool holds) {
  return holds ? Truth::holds : Truth::violated;
}

bool has_all_committed(const Cluster& cluster, const ServerPlaces& server) {
  return cluster.raft(server).log.committed == cluster.last_entry(server).index;
}

bool some_leader_lags(const Cluster& cluster, const Assembly& assembly) {
  return std::ranges::any_of(assembly.servers, [&](const ServerPlaces& server) {
    return cluster.leads(server) && !has_all_committed(cluster, server);
  });
}

bool some_leader_is_joint(const Cluster& cluster, const Assembly& assembly) {
  return std::ranges::any_of(assembly.servers, [&](const ServerPlaces& server) {
    return cluster.leads(server) && cluster.raft(server).tracker.config.auto_leave;
  });
}

bool is_replicated_to(const Cluster& cluster, const ServerPlaces& leader, const ServerPlaces& follower) {
  const core::Progress* const progress = cluster.raft(leader).tracker.find(follower.id);
  if (progress == nullptr || leader.process == follower.process || !cluster.is_up(follower)) {
    return true;
  }
  return progress->state == core::ProgressState::replicate &&
         progress->match == cluster.last_entry(leader).index &&
         cluster.raft(follower).log.committed == cluster.raft(leader).log.committed;
}

class Declarations {
 public:
  explicit Declarations(const Assembly& assembly) : assembly_(assembly) {}

  /// The goal: an established leader of which `says`.
  template <class Says>
  void leader(Number number, const Says& says) {
    declare(number).state = [says, &assembly = assembly_](const WorldView& view) {
      const Cluster cluster(view, assembly.servers);
      const ServerPlaces* const established = cluster.established_leader();
      return truth(established != nullptr ? says(cluster, *established) : !cluster.can_have_leader());
    };
  }
  /// What the goal just declared must follow.
  void wherever(bool (*cause)(const Cluster&, const Assembly&)) {
    made_.back().cause = [cause, &assembly = assembly_](const WorldView& view) {
      return cause(Cluster(view, assembly.servers), assembly);
    };
  }
  void step(Number number,
            Truth (*predicate)(const WorldView& before, const WorldView& after, const Assembly&)) {
    declare(number).step = [predicate, &assembly = assembly_](const WorldView& before,
                                                              const WorldView& after) {
      return predicate(before, after, assembly);
    };
  }
  std::vector<WorldProperty> take() { return std::move(made_); }

 private:
  WorldProperty& declare(Number number) {
    WorldProperty& property = made_.emplace_back();
    property.property = liveness_property_list().at(number);
    for (const ServerPlaces& server : assembly_.servers) {
      property.parts.insert(property.parts.end(), {server.durable, server.memory});
      property.controls.push_back(server.process);
    }
    property.budgets = true;  // cuts of the network
    return property;
  }

  const Assembly& assembly_;
  std::vector<WorldProperty> made_;
};

Truth leads_on(const WorldView& before, const WorldView& after, const Assembly& assembly) {
  const Cluster then(before, assembly.servers);
  const ServerPlaces* const leader = then.established_leader();
  if (leader == nullptr || then.raft(*leader).lead_transferee != core::nobody) {
    return Truth::vacuous;
  }
  const Cluster now(after, assembly.servers);
  return truth(now.leads(*leader) || !now.is_up(*leader));
}

}  // namespace

const std::vector<checker::Property>& liveness_property_list() {
  static const std::vector<checker::Property> list = {
      {"a-leader-stays", PropertyKind::eventually_always,
       "from some moment on there is a leader that a quorum follows, unless too many are down", 0, false},
      {"proposals-commit", PropertyKind::leads_to,
       "where a leader has proposals that are not committed, there is later one that has committed all", 0,
       true},
      {"joint-configurations-are-left", PropertyKind::leads_to,
       "where a leader has a joint configuration that is left automatically, there is later one whose "
       "configuration is not joint",
       0, true},
      {"followers-are-replicated-to", PropertyKind::eventually_always,
       "from some moment on every member that is up is in Replicate, and has what the leader has", 0, false},
      {"undisturbed-leader", PropertyKind::step,
       "nothing deposes a leader that a quorum follows and that does not hand over", 0, true},
  };
  return list;
}

std::vector<WorldProperty> make_liveness_properties(const Assembly& assembly) {
  Declarations made(assembly);
  made.leader(leader_stays, [](const Cluster&, const ServerPlaces&) { return true; });
  made.leader(proposals_commit, has_all_committed);
  made.wherever(some_leader_lags);
  made.leader(joint_left, [](const Cluster& cluster, const ServerPlaces& leader) {
    return !cluster.raft(leader).tracker.config.joint();
  });
  made.wherever(some_leader_is_joint);
  made.leader(replicated_to, [&assembly](const Cluster& cluster, const ServerPlaces& leader) {
    return std::ranges::all_of(assembly.servers, [&](const ServerPlaces& follower) {
      return is_replicated_to(cluster, leader, follower);
    });
  });
  made.step(undisturbed, leads_on);
  return made.take();
}

}  // namespace plimsoll::properties::raft
