// What clients ask of a member: answered at once, by a read that waits, or by an entry of the log.
//
// Source: etcd server/etcdserver/v3_server.go, api/v3rpc/{key,lease,maintenance,member}.go (v3.5).
#include <utility>

#include "impl/base/described.hpp"
#include "impl/store/hash.hpp"
#include "impl/store/member.hpp"
#include "impl/store/quota.hpp"

namespace plimsoll::store {

struct Member::Dispatch {
  Member& member;
  base::ProcessId client;
  const kv::Request& request;

  [[nodiscard]] Asker asker() const { return {client, request.id}; }
  void read(bool serializable) const {
    if (serializable) {
      member.serve(ClientRead{client, request});
    } else {
      member.read_linearizable({client, request});
    }
  }
  template <class Body>
  void propose(Body body, bool physical = false) const {
    member.propose({asker(), physical, {}}, std::move(body));
  }

  void operator()(const kv::RangeRequest& body) const { read(body.serializable); }
  void operator()(const kv::TxnRequest& body) const {
    if (is_read_only(body)) {
      read(is_serializable(body));
    } else {
      propose(body);
    }
  }
  void operator()(const kv::PutRequest& body) const { propose(body); }
  void operator()(const kv::DeleteRequest& body) const { propose(body); }
  void operator()(const kv::CompactRequest& body) const { propose(body, body.physical); }
  void operator()(const kv::LeaseGrantRequest& body) const {
    kv::LeaseGrantRequest named = body;
    if (named.id == kv::LeaseId{}) {
      // As etcd's ids of requests: of this member, and never used before.
      named.id = {member.parts_.waiting.next_counter() << 8U | (member.config_.id.value & 0xffU)};
    }
    propose(named);
  }
  void operator()(const kv::LeaseRevokeRequest& body) const { propose(body); }
  void operator()(const kv::LeaseKeepAliveRequest& /*body*/) const { ask_primary(); }
  void operator()(const kv::LeaseTimeToLiveRequest& /*body*/) const { ask_primary(); }
  void operator()(const kv::LeaseLeasesRequest& /*body*/) const {
    member.answer(asker(), member.parts_.lessor.list());
  }
  void operator()(const kv::WatchRequest& body) const {
    member.parts_.watches.watch(member.watch_context(), client, body);
  }
  void operator()(const kv::WatchCancelRequest& body) const {
    member.parts_.watches.cancel(member.watch_context(), client, body.watch);
  }
  void operator()(const kv::WatchProgressRequest& /*body*/) const {
    member.parts_.watches.progress_request(member.watch_context(), client);
  }
  void operator()(const kv::HashRequest& body) const {
    const auto hash = hash_kv(member.parts_.kv, body.revision);
    member.answer(asker(), hash ? Result(*hash) : Result(kv::ErrorResult{hash.error()}));
  }
  void operator()(const kv::DefragmentRequest& /*body*/) const {
    member.parts_.waiting.defragmentations.push_back(asker());
    member.await_answer(asker());
  }
  void operator()(const kv::MemberChangeRequest& body) const { member.change_members(asker(), body); }
  void operator()(const kv::MemberListRequest& body) const { read(!body.linearizable); }
  void operator()(const kv::StatusRequest& /*body*/) const { member.answer(asker(), member.status()); }

 private:
  void ask_primary() const {
    if (member.leads()) {
      member.read_applied({client, request});
    } else {
      member.refuse(asker(), kv::ErrorCode::not_primary);
    }
  }
};

void Member::request(base::ProcessId client, kv::Request request) {
  const Asker asker{client, request.id};
  if (!is_member()) {
    return refuse(asker, kv::ErrorCode::stopped);
  }
  if (const Checked checked = check(request, config_.operations_max); !checked) {
    return refuse(asker, checked.error());
  }
  std::visit(Dispatch{*this, client, request}, request.body);
}

void Member::answer(const Asker& asker, Result result) {
  wants_.answers.push_back({asker.client, {asker.request, parts_.kv.revision(), std::move(result)}});
  if (config_.request_timeout != base::Ticks{}) {
    disarm(RequestTimeout{asker.client, asker.request});
  }
}

void Member::await_answer(const Asker& asker) {
  if (config_.request_timeout != base::Ticks{}) {
    arm(RequestTimeout{asker.client, asker.request}, config_.request_timeout);
  }
}

template <class Body>
void Member::propose(WaitingProposal waiting, Body body) {
  if (status_.committed > applied() + config_.unapplied_max) {
    return refuse(waiting.asker, kv::ErrorCode::too_many_requests);
  }
  const InternalRequest proposal{{config_.id, parts_.waiting.next_counter()}, std::move(body)};
  if (!has_room(parts_.kv, proposal, config_.applier.quota_bytes)) {
    return refuse(waiting.asker, kv::ErrorCode::no_space);
  }
  await_answer(waiting.asker);
  parts_.waiting.proposals.emplace(proposal.id.counter, std::move(waiting));
  wants_.proposals.push_back({proposal.id.counter, base::to_bytes(proposal)});
}

bool Member::is_member() const {
  const raft::ConfState& members = status_.members;
  return members.voters.contains(config_.id) || members.learners.contains(config_.id) ||
         members.voters_outgoing.contains(config_.id);
}

kv::MemberListResult Member::members() const {
  kv::MemberListResult result;
  for (const raft::ServerId id : status_.members.voters) {
    result.members.push_back({id.value, false});
  }
  for (const raft::ServerId id : status_.members.learners) {
    result.members.push_back({id.value, true});
  }
  return result;
}

kv::StatusResult Member::status() const {
  return {status_.lead.value, status_.term, status_.last, applied(),
          status_.members.learners.contains(config_.id)};
}

std::optional<kv::ErrorCode> Member::objection(const kv::MemberChangeRequest& request) const {
  const raft::ServerId id{request.member};
  const bool is_learner = status_.members.learners.contains(id);
  const bool is_there = is_learner || status_.members.voters.contains(id);
  switch (request.change) {
    case kv::MemberChange::add:
    case kv::MemberChange::add_learner:
      return is_there ? std::optional(kv::ErrorCode::member_exists) : std::nullopt;
    case kv::MemberChange::remove:
      return is_there ? std::nullopt : std::optional(kv::ErrorCode::member_not_found);
    case kv::MemberChange::promote:
      break;
  }
  if (!is_learner) {
    return is_there ? kv::ErrorCode::member_not_learner : kv::ErrorCode::member_not_found;
  }
  if (status_.progress == nullptr) {
    return kv::ErrorCode::no_leader;
  }
  // etcd's readyPercent: a learner that is farther behind would hold up the cluster as a voter.
  const raft::ProgressMap& progress = *status_.progress;
  const auto learner = progress.find(id);
  const auto own = progress.find(config_.id);
  const bool is_ready = learner != progress.end() && own != progress.end() &&
                        learner->second.match * 10 >= own->second.match * 9;
  return is_ready ? std::nullopt : std::optional(kv::ErrorCode::learner_not_ready);
}

void Member::change_members(const Asker& asker, const kv::MemberChangeRequest& request) {
  if (const auto code = objection(request)) {
    return refuse(asker, *code);
  }
  const ProposalId id{config_.id, parts_.waiting.next_counter()};
  raft::ConfChange change{{}, raft::ServerId{request.member}, base::to_bytes(id)};
  switch (request.change) {
    case kv::MemberChange::add:
    case kv::MemberChange::promote:
      change.type = raft::ConfChangeType::add_node;
      break;
    case kv::MemberChange::add_learner:
      change.type = raft::ConfChangeType::add_learner_node;
      break;
    case kv::MemberChange::remove:
      change.type = raft::ConfChangeType::remove_node;
      break;
  }
  await_answer(asker);
  parts_.waiting.proposals.emplace(id.counter, WaitingProposal{asker, false, {}});
  wants_.changes.push_back({id.counter, std::move(change)});
}

}  // namespace plimsoll::store
