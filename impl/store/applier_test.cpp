#include "impl/store/applier.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "impl/base/described.hpp"
#include "impl/raft/conf_change.hpp"
#include "impl/store/quota.hpp"
#include "impl/store/request_words.hpp"

namespace plimsoll::store {
namespace {

using namespace words;
using kv::ErrorCode;
using Body = decltype(InternalRequest::body);

raft::Entry entry_of(raft::Index index, Body body) {
  const InternalRequest request{{{1}, index}, std::move(body)};
  return {1, index, raft::EntryType::normal, base::to_bytes(request)};
}

/// A member that applies, commits now and then, and may crash.
struct Member {
  ApplierConfig config = {};
  Mvcc store = {};
  Lessor lessor = {};
  Backend disk = {};

  std::optional<Applied> apply(const raft::Entry& entry) {
    return Applier(config, store, lessor).apply(entry);
  }
  Applied apply(Body body) {
    auto applied = apply(entry_of(store.meta().consistent_index + 1, std::move(body)));
    PLIMSOLL_ASSERT(applied.has_value());
    return std::move(*applied);
  }
  void commit() {
    for (Batch& batch : store.commit(config.defects)) {
      apply_batch(disk, std::move(batch));
    }
  }
  void crash() {
    store = Mvcc::restore(disk, config.defects);
    lessor = Lessor::restore(store);
  }
  void finish_compaction() {
    while (store.compacting()) {
      store.compact_step(100);
    }
  }
};

bool is_error(const Applied& applied, ErrorCode code) {
  return applied.result == Applied::Result(kv::ErrorResult{code});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(applier_test)

BOOST_AUTO_TEST_CASE(an_entry_has_a_result_a_revision_and_events) {
  Member member;
  const Applied done = member.apply(put("a", "1"));
  BOOST_TEST((done.id == ProposalId{{1}, 1}));
  BOOST_TEST((done.result == Applied::Result(kv::PutResult{})));
  BOOST_TEST((done.revision == kv::Revision{2}));
  BOOST_TEST_REQUIRE(done.events.size() == 1U);
  BOOST_TEST(done.events.front().kv.value == "1");
  BOOST_TEST((member.apply(remove("a")).result == Applied::Result(kv::DeleteResult{1, {}})));
  const Applied txn_done = member.apply(txn({put("b")}));
  BOOST_TEST(std::get<kv::TxnResult>(txn_done.result).responses.size() == 1U);
  BOOST_TEST((txn_done.revision == kv::Revision{4}));
  BOOST_TEST((member.apply(kv::CompactRequest{{3}, false}).result == Applied::Result(kv::CompactResult{})));
  BOOST_TEST(is_error(member.apply(kv::CompactRequest{{3}, false}), ErrorCode::compacted));
  BOOST_TEST(is_error(member.apply(kv::CompactRequest{{9}, false}), ErrorCode::future_revision));
  BOOST_TEST(is_error(member.apply(put("b", "2", 7)), ErrorCode::lease_not_found));
}

BOOST_AUTO_TEST_CASE(etcd_8_an_entry_is_applied_once) {
  Member member;
  const raft::Entry entry = entry_of(1, put("a"));
  BOOST_TEST(member.apply(entry).has_value());
  const Mvcc before = member.store;
  BOOST_TEST(!member.apply(entry).has_value());
  BOOST_TEST(!Applier(member.config, member.store, member.lessor).apply(1, 1, {}).has_value());
  BOOST_TEST(!Applier(member.config, member.store, member.lessor).apply_conf_change(entry, {}).has_value());
  BOOST_TEST((member.store == before));
  BOOST_TEST(member.apply(entry_of(2, put("a"))).has_value());
}

BOOST_AUTO_TEST_CASE(etcd_8_the_consistent_index_is_in_the_batch_of_the_effects) {
  Member member;
  member.apply(kv::LeaseGrantRequest{{7}, {60}});
  member.commit();
  member.apply(put("a", "1", 7));
  const std::vector<Batch> batches = member.store.commit();
  BOOST_TEST_REQUIRE(batches.size() == 1U);
  BOOST_TEST(batches.front().rows.size() == 1U);
  BOOST_TEST_REQUIRE(batches.front().meta.has_value());
  BOOST_TEST(batches.front().meta->consistent_index == 2U);
  member.apply(kv::LeaseRevokeRequest{{7}});
  const std::vector<Batch> revoked = member.store.commit();
  BOOST_TEST_REQUIRE(revoked.size() == 1U);
  BOOST_TEST(revoked.front().rows.size() == 1U);
  BOOST_TEST(revoked.front().leases.size() == 1U);
  BOOST_TEST(revoked.front().meta->consistent_index == 3U);
}

BOOST_AUTO_TEST_CASE(etcd_8_every_entry_moves_the_consistent_index) {
  Member member;
  const auto empty = member.apply(raft::Entry{3, 1, raft::EntryType::normal, {}});
  BOOST_TEST_REQUIRE(empty.has_value());
  BOOST_TEST(empty->is_empty);
  BOOST_TEST(member.store.meta().consistent_index == 1U);
  BOOST_TEST(member.store.meta().term == 3U);
  // An error is an effect, too.
  BOOST_TEST(is_error(member.apply(kv::LeaseRevokeRequest{{7}}), ErrorCode::lease_not_found));
  BOOST_TEST(member.store.meta().consistent_index == 2U);

  raft::ConfState conf_state;
  conf_state.voters = {{1}, {2}};
  raft::ConfChange change{raft::ConfChangeType::add_node, {2}, base::to_bytes(ProposalId{{1}, 5})};
  raft::Entry entry = raft::to_entry(change);
  entry.index = 3;
  entry.term = 3;
  Applier applier(member.config, member.store, member.lessor);
  const auto changed = applier.apply_conf_change(entry, conf_state);
  BOOST_TEST_REQUIRE(changed.has_value());
  BOOST_TEST((changed->id == ProposalId{{1}, 5}));
  BOOST_TEST(member.store.meta().consistent_index == 3U);
  BOOST_TEST((member.store.meta().conf_state == conf_state));

  raft::Entry leave = raft::to_entry(raft::ConfChangeV2{});
  leave.index = 4;
  const auto left = applier.apply_conf_change(leave, conf_state);
  BOOST_TEST_REQUIRE(left.has_value());
  BOOST_TEST((left->id == ProposalId{}));
  BOOST_TEST(member.store.meta().consistent_index == 4U);
}

BOOST_AUTO_TEST_CASE(etcd_9_leases_change_by_entries) {
  Member member;
  member.config.leases.ttl_min = {5};
  const Applied granted = member.apply(kv::LeaseGrantRequest{{7}, {3}});
  BOOST_TEST((granted.result == Applied::Result(kv::LeaseGrantResult{{7}, {5}})));
  BOOST_TEST(granted.timers.empty());
  BOOST_TEST(is_error(member.apply(kv::LeaseGrantRequest{{7}, {3}}), ErrorCode::lease_exists));
  BOOST_TEST(member.apply(LeaseCheckpointRequest{{{{7}, {2}}, {{8}, {2}}}}).events.empty());
  BOOST_TEST((member.store.backend.leases.at({7}) == LeaseRow{{5}, {2}}));
  BOOST_TEST(!member.lessor.promote(member.config.leases, member.store, {}).empty());
  BOOST_TEST(!member.apply(kv::LeaseGrantRequest{{8}, {5}}).timers.empty());
  member.apply(put("a", "1", 7));
  const Applied revoked = member.apply(kv::LeaseRevokeRequest{{7}});
  BOOST_TEST(revoked.events.size() == 1U);
  BOOST_TEST(!revoked.timers.empty());
  BOOST_TEST((revoked.revoked == kv::LeaseId{7}));
  BOOST_TEST((member.apply(kv::LeaseRevokeRequest{{7}}).revoked == kv::LeaseId{}));
}

BOOST_AUTO_TEST_CASE(costs_are_those_of_the_larger_branch) {
  BOOST_TEST(cost(put("key", "value")) == 264U);
  BOOST_TEST(cost(txn({put("a"), get("a")}, {put("a"), put("b")})) == 516U);
  BOOST_TEST(cost(txn({base::Box(txn({put("a")}))})) == 258U);
  BOOST_TEST(cost(InternalRequest{{}, remove("a")}) == 0U);
  BOOST_TEST(cost(InternalRequest{{}, txn({get("a")}, {remove("a")})}) == 0U);
  BOOST_TEST(cost(InternalRequest{{}, kv::LeaseGrantRequest{}}) == 64U);
}

BOOST_AUTO_TEST_CASE(beyond_the_quota_there_is_no_space) {
  Member member;
  member.apply(put("a", std::string(1000, 'x')));
  member.config.quota_bytes = member.store.size_bytes() + 300;
  BOOST_TEST(!has_room(member.store, {{}, put("b", std::string(200, 'x'))}, member.config.quota_bytes));
  BOOST_TEST(has_room(member.store, {{}, put("b", "x")}, member.config.quota_bytes));
  BOOST_TEST(has_room(member.store, {{}, remove("a")}, 1));
  BOOST_TEST(has_room(member.store, {{}, put("a")}, 0));
  // What another member has proposed is done all the same: the members must stay equal.
  const Applied done = member.apply(put("b", std::string(200, 'x')));
  BOOST_TEST(is_error(done, ErrorCode::no_space));
  BOOST_TEST(done.events.size() == 1U);
  BOOST_TEST(is_error(member.apply(txn({put("c", std::string(200, 'x'))})), ErrorCode::no_space));
  BOOST_TEST(is_error(member.apply(kv::LeaseGrantRequest{{7}, {60}}), ErrorCode::no_space));
  BOOST_TEST((member.apply(remove("b")).result == Applied::Result(kv::DeleteResult{1, {}})));
  // Other errors say more.
  BOOST_TEST(is_error(member.apply(put("c", "x", 8)), ErrorCode::lease_not_found));
}

namespace {

int below(int count) {
  return *rc::gen::inRange(0, count);
}
std::string any_key() {
  return {static_cast<char>('a' + below(4))};
}

Body any_body(std::uint64_t revision) {
  const std::uint64_t earlier = revision - std::min(revision, static_cast<std::uint64_t>(below(3)));
  const kv::LeaseId lease{static_cast<std::uint64_t>(below(3))};
  switch (below(8)) {
    case 0:
      return kv::LeaseGrantRequest{lease, {60}};
    case 1:
      return kv::LeaseRevokeRequest{lease};
    case 2:
      return LeaseCheckpointRequest{{{lease, {static_cast<std::uint32_t>(below(60))}}}};
    case 3:
      return kv::CompactRequest{{earlier}, false};
    case 4:
      return remove(any_key(), below(2) == 0 ? any_key() : "");
    case 5:
      return txn({put(any_key(), "t", lease.value), get("a", "", earlier)}, {remove(any_key())},
                 {compare(any_key(), kv::CompareTarget::version, kv::CompareResult::greater, 1)});
    default:
      return put(any_key(), std::to_string(below(3)), lease.value);
  }
}

/// What all members must agree on, but for how far their compactions are.
void check_equal(Member one, Member other) {
  one.finish_compaction();
  other.finish_compaction();
  RC_ASSERT(one.store.backend == other.store.backend);
  RC_ASSERT(one.store.revision() == other.store.revision());
  RC_ASSERT(one.store.compact_revision() == other.store.compact_revision());
  static_cast<void>(one.lessor.demote());
  static_cast<void>(other.lessor.demote());
  RC_ASSERT(one.lessor == other.lessor);
}

}  // namespace

BOOST_AUTO_TEST_CASE(etcd_8_members_that_have_applied_the_same_are_equal) {
  BOOST_TEST(rc::check("in spite of crashes, compactions and who is primary", [] {
    Member steady;
    Member crashing;
    static_cast<void>(steady.lessor.promote(steady.config.leases, steady.store, {}));
    std::vector<raft::Entry> log;
    const auto catch_up = [&] {
      // From the start of the log: what was applied before is skipped.
      for (const raft::Entry& entry : log) {
        const bool is_new = entry.index > crashing.store.meta().consistent_index;
        RC_ASSERT(crashing.apply(entry).has_value() == is_new);
      }
    };
    for (int step = below(40) + 1; step > 0; --step) {
      log.push_back(entry_of(log.size() + 1, any_body(steady.store.revision().value)));
      const auto expected = steady.apply(log.back());
      const auto applied = crashing.apply(log.back());
      RC_ASSERT(expected->result == applied->result);
      RC_ASSERT(expected->events == applied->events);
      switch (below(5)) {
        case 0:
          crashing.commit();
          break;
        case 1:
          crashing.crash();
          catch_up();
          break;
        case 2:
          crashing.store.compact_step(1);
          break;
        default:
          break;
      }
      check_equal(steady, crashing);
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
