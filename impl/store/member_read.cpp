// Reads that wait: until the leader has confirmed that it leads and said how far the log is committed, and
// then until that is applied.
//
// Source: etcd server/etcdserver/v3_server.go (linearizableReadLoop, requestCurrentIndex; v3.5), later
// server/etcdserver/read/read.go. Statements: ETCD-5, 6.
#include <utility>

#include "impl/base/described.hpp"
#include "impl/store/member.hpp"
#include "impl/store/txn.hpp"

namespace plimsoll::store {
namespace {

template <class T>
Member::Result to_result(tl::expected<T, kv::ErrorCode> expected) {
  return expected ? Member::Result(*std::move(expected)) : Member::Result(kv::ErrorResult{expected.error()});
}

}  // namespace

void Member::read_linearizable(ClientRead read) {
  if (config_.defects.has(Defect::E18) && leads()) {
    return serve(read);
  }
  await_answer({read.client, read.request.id});
  add_reader(std::move(read));
}

void Member::read_applied(ClientRead read) {
  if (status_.committed <= applied()) {
    return serve(read);
  }
  await_answer({read.client, read.request.id});
  parts_.waiting.unapplied[status_.committed].emplace_back(std::move(read));
}

void Member::add_reader(Reader reader) {
  if (parts_.waiting.add(std::move(reader))) {
    send_round();
  }
}

void Member::send_round() {
  wants_.reads.push_back(base::to_bytes(ProposalId{config_.id, parts_.waiting.round->counter}));
  arm(ReadRetry{}, config_.read_retry);
}

// With a key of its own: answers to the older request, and acknowledgements of it, say nothing about this
// one.
void Member::send_round_again() {
  if (!parts_.waiting.round) {
    return;
  }
  if (!config_.defects.has(Defect::E13)) {
    parts_.waiting.round->counter = parts_.waiting.next_counter();
  }
  send_round();
}

void Member::after_round() {
  if (parts_.waiting.round) {
    send_round();
  } else {
    disarm(ReadRetry{});
  }
}

void Member::read_index(const raft::ReadState& read) {
  const auto id = base::from_bytes<ProposalId>(read.request_context);
  if (!parts_.waiting.round || id != ProposalId{config_.id, parts_.waiting.round->counter}) {
    return;
  }
  for (Reader& reader : parts_.waiting.take_round(id.counter)) {
    if (read.index <= applied()) {
      serve(reader);
    } else {
      parts_.waiting.unapplied[read.index].push_back(std::move(reader));
    }
  }
  after_round();
}

void Member::fail_reads() {
  if (!parts_.waiting.round) {
    return;
  }
  for (const Reader& reader : parts_.waiting.fail_round()) {
    if (const auto* const read = std::get_if<ClientRead>(&reader)) {
      refuse({read->client, read->request.id}, kv::ErrorCode::leader_changed);
    }
  }
  after_round();
}

void Member::serve(const Reader& reader) {
  if (const auto* const check = std::get_if<LeadershipCheck>(&reader)) {
    if (leads()) {
      propose_revoke(check->revokes);
    }
    return;
  }
  serve(std::get<ClientRead>(reader));
}

void Member::serve(const ClientRead& read) {
  const Asker asker{read.client, read.request.id};
  const auto& body = read.request.body;
  if (const auto* const range = std::get_if<kv::RangeRequest>(&body)) {
    answer(asker, to_result(parts_.kv.range(*range)));
  } else if (const auto* const txn = std::get_if<kv::TxnRequest>(&body)) {
    answer(asker, to_result(store::read(parts_.kv, *txn)));
  } else if (const auto* const keep_alive = std::get_if<kv::LeaseKeepAliveRequest>(&body)) {
    handle(asker, parts_.lessor.renew(config_.applier.leases, parts_.kv, keep_alive->id));
  } else if (const auto* const ttl = std::get_if<kv::LeaseTimeToLiveRequest>(&body)) {
    answer(asker, parts_.lessor.primary ? Result(parts_.lessor.time_to_live(parts_.kv, *ttl))
                                        : Result(kv::ErrorResult{kv::ErrorCode::not_primary}));
  } else {
    PLIMSOLL_ASSERT(std::holds_alternative<kv::MemberListRequest>(body));
    answer(asker, members());
  }
}

}  // namespace plimsoll::store
