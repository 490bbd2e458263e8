#include "impl/raft/membership.hpp"

#include <algorithm>

namespace plimsoll::raft {
namespace {

using Failure = tl::unexpected<std::string>;

ServerSet& incoming(Membership& membership) {
  return membership.config.voters.incoming.voters;
}
ServerSet& outgoing(Membership& membership) {
  return membership.config.voters.outgoing.voters;
}

void add_member(Membership& membership, ServerId id, Index last_index, bool is_learner) {
  (is_learner ? membership.config.learners : incoming(membership)).insert(id);
  Progress fresh;
  // Probing begins at the last entry: a new member that was restored from a snapshot may have it.
  fresh.next = std::max<Index>(last_index, 1);
  // Otherwise the next check of the quorum would count the new member as silent.
  fresh.recent_active = true;
  fresh.is_learner = is_learner;
  membership.progress.emplace(id, std::move(fresh));
}

void remove_member(Membership& membership, ServerId id) {
  incoming(membership).erase(id);
  membership.config.learners.erase(id);
  membership.config.learners_next.erase(id);
  if (!outgoing(membership).contains(id)) {
    membership.progress.erase(id);
  }
}

void make_voter(Membership& membership, ServerId id, Index last_index) {
  const auto member = membership.progress.find(id);
  if (member == membership.progress.end()) {
    add_member(membership, id, last_index, false);
    return;
  }
  member->second.is_learner = false;
  membership.config.learners.erase(id);
  membership.config.learners_next.erase(id);
  incoming(membership).insert(id);
}

void make_learner(Membership& membership, ServerId id, Index last_index) {
  const auto member = membership.progress.find(id);
  if (member == membership.progress.end()) {
    add_member(membership, id, last_index, true);
    return;
  }
  if (member->second.is_learner) {
    return;
  }
  incoming(membership).erase(id);
  if (outgoing(membership).contains(id)) {
    membership.config.learners_next.insert(id);
  } else {
    member->second.is_learner = true;
    membership.config.learners.insert(id);
  }
}

std::optional<std::string> apply(Membership& membership, Index last_index,
                                 std::span<const ConfChangeSingle> changes) {
  for (const ConfChangeSingle& change : changes) {
    if (change.node == nobody) {
      continue;
    }
    switch (change.type) {
      case ConfChangeType::add_node:
        make_voter(membership, change.node, last_index);
        break;
      case ConfChangeType::add_learner_node:
        make_learner(membership, change.node, last_index);
        break;
      case ConfChangeType::remove_node:
        remove_member(membership, change.node);
        break;
      case ConfChangeType::update_node:
        break;
    }
  }
  if (incoming(membership).empty()) {
    return "removed all voters";
  }
  return std::nullopt;
}

std::size_t symmetric_difference(const ServerSet& one, const ServerSet& other) {
  const auto not_in = [](const ServerSet& set) { return [&set](ServerId id) { return !set.contains(id); }; };
  return static_cast<std::size_t>(std::count_if(one.begin(), one.end(), not_in(other)) +
                                  std::count_if(other.begin(), other.end(), not_in(one)));
}

// Input and output of every change satisfy the invariants, as upstream's checkAndCopy and checkAndReturn see
// to.
MembershipResult checked(Membership membership) {
  if (auto broken = check_membership(membership)) {
    return Failure(*std::move(broken));
  }
  return membership;
}

std::string text(ServerId id) {
  return std::to_string(id.value);
}

std::optional<std::string> check_learner(const Membership& membership, ServerId id) {
  if (membership.config.voters.outgoing.contains(id)) {
    return text(id) + " is in Learners and Voters[1]";
  }
  if (membership.config.voters.incoming.contains(id)) {
    return text(id) + " is in Learners and Voters[0]";
  }
  if (!membership.progress.at(id).is_learner) {
    return text(id) + " is in Learners, but is not marked as learner";
  }
  return std::nullopt;
}

std::optional<std::string> check_next_learner(const Membership& membership, ServerId id) {
  if (!membership.config.voters.outgoing.contains(id)) {
    return text(id) + " is in LearnersNext, but not Voters[1]";
  }
  if (membership.progress.at(id).is_learner) {
    return text(id) + " is in LearnersNext, but is already marked as learner";
  }
  return std::nullopt;
}

std::optional<std::string> check_progress(const Membership& membership) {
  const Configuration& config = membership.config;
  for (const ServerSet& members : {config.voters.ids(), config.learners, config.learners_next}) {
    for (const ServerId id : members) {
      if (!membership.progress.contains(id)) {
        return "no progress for " + text(id);
      }
    }
  }
  return std::nullopt;
}

}  // namespace

MembershipResult simple_change(const Membership& from, Index last_index,
                               std::span<const ConfChangeSingle> changes) {
  MembershipResult result = checked(from);
  if (!result) {
    return result;
  }
  if (from.config.joint()) {
    return Failure("can't apply simple config change in joint config");
  }
  if (auto refused = apply(*result, last_index, changes)) {
    return Failure(*std::move(refused));
  }
  if (symmetric_difference(from.config.voters.incoming.voters, incoming(*result)) > 1) {
    return Failure("more than one voter changed without entering joint config");
  }
  return checked(*std::move(result));
}

MembershipResult enter_joint(const Membership& from, Index last_index, bool auto_leave,
                             std::span<const ConfChangeSingle> changes) {
  MembershipResult result = checked(from);
  if (!result) {
    return result;
  }
  if (from.config.joint()) {
    return Failure("config is already joint");
  }
  if (incoming(*result).empty()) {
    return Failure("can't make a zero-voter config joint");
  }
  outgoing(*result) = incoming(*result);
  if (auto refused = apply(*result, last_index, changes)) {
    return Failure(*std::move(refused));
  }
  result->config.auto_leave = auto_leave;
  return checked(*std::move(result));
}

MembershipResult leave_joint(const Membership& from) {
  MembershipResult result = checked(from);
  if (!result) {
    return result;
  }
  if (!from.config.joint()) {
    return Failure("can't leave a non-joint config");
  }
  Configuration& config = result->config;
  for (const ServerId id : config.learners_next) {
    config.learners.insert(id);
    result->progress.at(id).is_learner = true;
  }
  config.learners_next.clear();
  for (const ServerId id : config.voters.outgoing.voters) {
    if (!config.voters.incoming.contains(id) && !config.learners.contains(id)) {
      result->progress.erase(id);
    }
  }
  config.voters.outgoing.voters.clear();
  config.auto_leave = false;
  return checked(*std::move(result));
}

MembershipResult restore_membership(const ConfState& conf_state, Index last_index) {
  std::vector<ConfChangeSingle> to_outgoing;
  std::vector<ConfChangeSingle> to_incoming;
  const auto append = [](std::vector<ConfChangeSingle>& changes, ConfChangeType type, const ServerSet& ids) {
    for (const ServerId id : ids) {
      changes.push_back({type, id});
    }
  };
  append(to_outgoing, ConfChangeType::add_node, conf_state.voters_outgoing);
  append(to_incoming, ConfChangeType::remove_node, conf_state.voters_outgoing);
  append(to_incoming, ConfChangeType::add_node, conf_state.voters);
  append(to_incoming, ConfChangeType::add_learner_node, conf_state.learners);
  append(to_incoming, ConfChangeType::add_learner_node, conf_state.learners_next);

  const bool joint = !to_outgoing.empty();
  MembershipResult result = Membership{};
  // One by one, since a simple change may touch one voter only.
  for (const ConfChangeSingle& change : joint ? to_outgoing : to_incoming) {
    if (!result) {
      return result;
    }
    result = simple_change(*result, last_index, {&change, 1});
  }
  if (result && joint) {
    result = enter_joint(*result, last_index, conf_state.auto_leave, to_incoming);
  }
  return result;
}

std::optional<std::string> check_membership(const Membership& membership) {
  if (auto missing = check_progress(membership)) {
    return missing;
  }
  const Configuration& config = membership.config;
  for (const ServerId id : config.learners_next) {
    if (auto broken = check_next_learner(membership, id)) {
      return broken;
    }
  }
  for (const ServerId id : config.learners) {
    if (auto broken = check_learner(membership, id)) {
      return broken;
    }
  }
  if (config.auto_leave && !config.joint()) {
    return "AutoLeave must be false when not joint";
  }
  return std::nullopt;
}

}  // namespace plimsoll::raft
