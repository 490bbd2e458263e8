// Starting and restarting, Ready, and changes of the configuration.
#include <algorithm>
#include <memory>

#include "properties/raft/trace_model.hpp"

namespace plimsoll::properties::raft::trace {
namespace {

/// The voters after `changes`; a voter that becomes a learner is none (RAFT-M4).
[[nodiscard]] Ids changed(const Ids& voters, const std::vector<Change>& changes) {
  std::set<Id> after(voters.begin(), voters.end());
  for (const Change& change : changes) {
    if (change.action == ChangeAction::add) {
      after.insert(change.node);
    } else {
      after.erase(change.node);
    }
  }
  return {after.begin(), after.end()};
}

[[nodiscard]] bool differ_by_one(const Ids& a, const Ids& b) {
  Ids differing;
  std::ranges::set_symmetric_difference(a, b, std::back_inserter(differing));
  return differing.size() <= 1;
}

/// Where changes lead from a configuration (RAFT-M3). More than one change needs a joint one, a single change
/// may have asked for it; no change at all leaves it.
[[nodiscard]] std::vector<Conf> outcomes(const Conf& from, const std::vector<Change>& changes) {
  if (changes.empty()) {
    return {{from[0], {}}};
  }
  if (!from[1].empty()) {
    return {};
  }
  const Ids to = changed(from[0], changes);
  std::vector<Conf> found = {{to, from[0]}};
  if (changes.size() == 1) {
    found.push_back({to, {}});
  }
  return found;
}

}  // namespace

/// newRaft: the log is there, then the configuration, then HardState, and last it becomes a follower.
void TraceModel::start(Place& place, const Event& event) {
  const auto disks = std::make_shared<std::deque<Persisted>>(std::move(place.node.persisted));
  const bool is_restart = place.life > 0;
  std::erase_if(under_way_, [&](const Sent& sent) {
    return sent.message.from == event.node && (sent.ready == 0 || sent.message.to == event.node);
  });
  ++place.life;
  place.node = {};
  NodeModel& node = place.node;
  node.id = event.node;
  node.log.assign(event.log, 0);
  node.commit = event.commit;
  claim_state(node, event);
  expect(place, EventName::apply_conf_change, [this, &node](const Event& next) {
    claim_state(node, next);
    node.conf = {next.new_conf, {}};
  });
  expect(place, EventName::become_follower, [this, &node, disks, is_restart](const Event& next) {
    claim(next.conf[0] == node.conf[0], "the configuration is not the one applied");
    claim(next.term > 0 || next.vote == 0, "nobody votes in term 0");
    claim(next.commit >= node.commit && next.commit <= node.log.size(), "the commit index is not in the log");
    if (is_restart) {
      const auto disk = std::find_if(disks->rbegin(), disks->rend(), [&](const Persisted& held) {
        return held.term == next.term && held.vote == next.vote && held.log.size() == node.log.size() &&
               next.commit <= held.commit && next.commit >= disks->front().commit;
      });
      if (!claim(disk != disks->rend(),
                 "a disk of this node held no such term, vote, commit index and log")) {
        return;
      }
      node.log = disk->log;
    } else {
      node.opaque_log = node.log.size();
    }
    node.conf = next.conf;
    node.term = next.term;
    node.vote = next.vote;
    node.commit = next.commit;
    claim_state(node, next);
    claim_committed(node);
    node.opaque_log = std::max(node.opaque_log, node.commit);
    node.persisted = {{node.term, node.vote, node.commit, node.log}};
  });
}

void TraceModel::ready(Place& place, const Event& /*event*/) {
  NodeModel& node = place.node;
  ++node.ready_count;
  node.is_fresh = false;
  node.ready_commit = node.commit;
  for (Sent& sent : under_way_) {
    if (sent.message.from == node.id && sent.ready == 0) {
      sent.ready = node.ready_count;
      sent.sender_life = place.life;
    }
  }
  node.persisted.push_back({node.term, node.vote, node.commit, node.log});
}

void TraceModel::change_conf(Place& place, const Event& event) {
  NodeModel& node = place.node;
  claim(node.role == Role::leader && !event.changes.empty(), "only a leader proposes changes, and not none");
  node.proposed_changes.emplace_back(node.proposed, event.changes);
  ++node.proposed;
}

void TraceModel::apply_conf_change(Place& place, const Event& event) {
  NodeModel& node = place.node;
  // Bootstrap puts one entry for each member into an empty log and applies them before the first Ready.
  if (node.is_fresh && node.log.empty() && node.term == 1 && event.log > 0 && event.log == event.commit) {
    node.log.assign(event.log, 1);
    node.opaque_log = event.log;
    commit_to(node, event.commit);
  }
  if (claim_state(node, event)) {
    node.conf_choices = conf_after(node, event.new_conf);
    claim(!node.conf_choices.empty(), "no committed change of the configuration leads to these voters");
  }
}

/// Applied are the entries that the last Ready handed out, in order (RAFT-M1). What stood in the log before
/// the trace began may be any change.
std::vector<Conf> TraceModel::conf_after(NodeModel& node, const Ids& voters) {
  const bool may_skip = node.applied_conf == 0;
  const Index last = std::min<Index>(node.ready_commit, node.log.size());
  for (Index index = node.applied_conf + 1; index <= last; ++index) {
    const auto entry = conf_entries_.find({term_at(node, index), index});
    if (entry == conf_entries_.end()) {
      continue;
    }
    std::vector<Conf> found = outcomes(node.conf, entry->second);
    std::erase_if(found, [&](const Conf& conf) { return conf[0] != voters; });
    if (!found.empty() || voters == node.conf[0]) {
      node.applied_conf = index;
      // The same voters may also mean that the application refused the change.
      return found.empty() ? std::vector{node.conf} : found;
    }
    if (!may_skip) {
      return {};
    }
  }
  std::vector<Conf> found;
  if (node.opaque_log > node.applied_conf) {
    if (voters == node.conf[0] || (differ_by_one(voters, node.conf[0]) && node.conf[1].empty())) {
      found.push_back({voters, {}});
    }
    if (node.conf[1].empty() && !node.is_fresh) {
      found.push_back({voters, node.conf[0]});
    } else if (voters == node.conf[0]) {
      found.push_back(node.conf);
    }
  }
  return found;
}

/// A leader looks at once whether its new configuration commits more, unless it decides nothing in it
/// (RAFT-M6).
void TraceModel::configured(Place& place) {
  NodeModel& node = place.node;
  conf_by_entry_.insert_or_assign(node.applied_conf, node.conf);
  const Ids all = members(node.conf);
  if (node.role != Role::leader) {
    return;
  }
  for (auto& [id, progress] : node.progress) {
    if (!contains(all, id)) {
      progress.is_known = false;
      progress.match_least = 0;
    }
  }
  for (const Id id : all) {
    node.progress.try_emplace(id);
  }
  if (contains(all, node.id) && !node.conf[0].empty()) {
    expect_commit(place);
  }
}

}  // namespace plimsoll::properties::raft::trace
