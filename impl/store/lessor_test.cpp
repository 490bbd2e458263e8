#include "impl/store/lessor.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

#include "impl/store/request_words.hpp"
#include "impl/store/txn.hpp"

namespace plimsoll::store {
namespace {

using kv::ErrorCode;
using Kind = LeaseTimerKind;

/// A lessor, its store and the timers that are armed.
struct Bed {
  LessorConfig config{{2}, 1000, {100}, {3}, 0};
  Mvcc store = {};
  Lessor lessor = {};
  std::map<LeaseTimer, std::uint32_t> timers = {};

  void take(const LeaseTimerChanges& changes) {
    for (const LeaseTimerChange& change : changes) {
      if (change.after) {
        timers[change.timer] = change.after->value;
      } else {
        timers.erase(change.timer);
      }
    }
  }
  bool grant(std::uint64_t id, std::uint32_t ttl) {
    const auto granted = lessor.grant(config, store, {{id}, {ttl}});
    if (granted) {
      take(granted->timers);
    }
    return granted.has_value();
  }
  ErrorCode refusal(std::uint64_t id, std::uint32_t ttl) {
    const auto granted = lessor.grant(config, store, {{id}, {ttl}});
    return granted ? ErrorCode::unavailable : granted.error();
  }
  void promote(std::uint32_t extend = 0, Defects defects = {}) {
    take(lessor.promote(config, store, {extend}, defects));
  }
  void demote() { take(lessor.demote()); }
  std::vector<kv::Event> revoke(std::uint64_t id) {
    auto revoked = lessor.revoke(store, {id});
    BOOST_TEST_REQUIRE(revoked.has_value());
    take(revoked->timers);
    return revoked->events;
  }
  void put(const std::string& key, std::uint64_t lease) {
    BOOST_TEST_REQUIRE(execute(store, lessor, words::put(key, "v", lease)).result.has_value());
  }
  /// The expiry timer fires. Returns whether the lease is to be revoked.
  bool expire(std::uint64_t id) {
    timers.erase({Kind::expiry, {id}});
    const Expiry expiry = lessor.expire(config, {id});
    take(expiry.timers);
    return expiry.revoke;
  }
  std::optional<LeaseCheckpoint> checkpoint_due(std::uint64_t id) {
    timers.erase({Kind::checkpoint, {id}});
    auto due = lessor.checkpoint_due(config, store, {id});
    take(due.timers);
    return due.proposal;
  }
  void checkpoint(std::uint64_t id, std::uint32_t remaining) {
    lessor.checkpoint(store, {{id}, {remaining}});
  }
  auto renew(std::uint64_t id) {
    Renewal renewal = lessor.renew(config, store, {id});
    take(renewal.timers);
    return renewal.outcome;
  }
  auto resume(const WaitingRenewal& waiting, Defects defects = {}) {
    Renewal renewal = lessor.resume_renewal(config, waiting, defects);
    take(renewal.timers);
    return renewal.outcome;
  }
  [[nodiscard]] std::uint32_t timer(Kind kind, std::uint64_t id) const {
    const auto found = timers.find({kind, {id}});
    return found == timers.end() ? 0 : found->second;
  }
  [[nodiscard]] std::uint32_t expiry(std::uint64_t id) const { return timer(Kind::expiry, id); }
};

using Outcome = decltype(Renewal::outcome);
bool renewed(const Outcome& outcome, std::uint32_t ttl) {
  return outcome == Outcome(kv::LeaseResult{{ttl}});
}
bool refused(const Outcome& outcome, ErrorCode code) {
  return outcome == Outcome(kv::ErrorResult{code});
}
bool waits(const Outcome& outcome, const WaitingRenewal& expected) {
  return outcome == Outcome(expected);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lessor_test)

BOOST_AUTO_TEST_CASE(etcd_9_ids_are_unique_and_not_zero) {
  Bed bed;
  BOOST_TEST((bed.refusal(0, 60) == ErrorCode::lease_not_found));
  BOOST_TEST(bed.grant(7, 60));
  BOOST_TEST((bed.refusal(7, 60) == ErrorCode::lease_exists));
  BOOST_TEST((bed.refusal(7, 1001) == ErrorCode::lease_ttl_too_large));
  BOOST_TEST((bed.refusal(0, 1001) == ErrorCode::lease_not_found));
  BOOST_TEST(bed.grant(8, 1000));
  BOOST_TEST(bed.store.backend.leases.size() == 2U);
  BOOST_TEST(bed.lessor.list().leases.size() == 2U);
}

BOOST_AUTO_TEST_CASE(etcd_9_short_leases_get_the_least_time_to_live) {
  Bed bed;
  const auto granted = bed.lessor.grant(bed.config, bed.store, {{7}, {0}});
  BOOST_TEST((granted->ttl == base::Ticks{2}));
  BOOST_TEST((bed.store.backend.leases.at({7}) == LeaseRow{{2}, {}}));
}

BOOST_AUTO_TEST_CASE(etcd_9_only_the_primary_has_timers) {
  Bed bed;
  bed.grant(7, 60);
  BOOST_TEST(bed.timers.empty());
  bed.promote();
  bed.grant(8, 50);
  BOOST_TEST(bed.expiry(7) == 60U);
  BOOST_TEST(bed.expiry(8) == 50U);
  bed.revoke(8);
  BOOST_TEST(bed.timers.size() == 1U);
  bed.demote();
  BOOST_TEST(bed.timers.empty());
  BOOST_TEST(!bed.expire(7));
  BOOST_TEST(!bed.checkpoint_due(7).has_value());
  BOOST_TEST(bed.lessor.demote().empty());
  BOOST_TEST(!bed.lessor.leases.at({7}).expired);
}

BOOST_AUTO_TEST_CASE(etcd_9_a_new_primary_extends_every_lease) {
  Bed bed;
  bed.grant(7, 60);
  bed.grant(8, 10);
  bed.promote(5);
  BOOST_TEST(bed.expiry(7) == 65U);
  BOOST_TEST(bed.expiry(8) == 15U);
  bed.grant(9, 60);
  BOOST_TEST(bed.expiry(9) == 60U);
}

// It was elected twice, and has not heard of what was between.
BOOST_AUTO_TEST_CASE(etcd_9_a_primary_that_is_promoted_again_governs_every_lease_anew) {
  Bed bed;
  bed.promote();
  bed.grant(7, 60);
  bed.expire(7);
  bed.promote(5);
  BOOST_TEST(bed.expiry(7) == 65U);
  BOOST_TEST(renewed(bed.renew(7), 60));
}

BOOST_AUTO_TEST_CASE(etcd_9_revoke_deletes_the_keys_in_sorted_order_in_one_revision) {
  Bed bed;
  bed.grant(7, 60);
  for (const char* key : {"c", "a", "d", "b"}) {
    bed.put(key, 7);
  }
  bed.put("d", 0);
  bed.put("e", 0);
  const auto events = bed.revoke(7);
  BOOST_TEST_REQUIRE(events.size() == 3U);
  std::string keys;
  for (const kv::Event& event : events) {
    keys += event.kv.key;
    BOOST_TEST((event.type == kv::EventType::remove));
    BOOST_TEST((event.kv.mod_revision == bed.store.revision()));
  }
  BOOST_TEST(keys == "abc");
  BOOST_TEST(bed.store.live().size() == 2U);
  BOOST_TEST(bed.store.backend.leases.empty());
  const auto again = bed.lessor.revoke(bed.store, {7});
  BOOST_TEST_REQUIRE(!again.has_value());
  BOOST_TEST((again.error() == ErrorCode::lease_not_found));
}

BOOST_AUTO_TEST_CASE(etcd_1_a_lease_without_keys_uses_up_no_revision) {
  Bed bed;
  bed.grant(7, 60);
  BOOST_TEST(bed.revoke(7).empty());
  BOOST_TEST((bed.store.revision() == kv::Revision{1}));
}

BOOST_AUTO_TEST_CASE(etcd_9_an_expiry_is_a_proposal_and_is_repeated) {
  Bed bed;
  bed.promote();
  bed.grant(7, 60);
  const Expiry expiry = bed.lessor.expire(bed.config, {7});
  BOOST_TEST(expiry.revoke);
  BOOST_TEST(expiry.confirm_leadership);
  BOOST_TEST(bed.lessor.knows({7}));
  BOOST_TEST(bed.expire(7));
  BOOST_TEST(bed.expiry(7) == 3U);
  bed.revoke(7);
  BOOST_TEST(!bed.expire(7));
}

BOOST_AUTO_TEST_CASE(e14_leadership_is_not_confirmed) {
  Bed bed;
  bed.promote();
  bed.grant(7, 60);
  const Expiry expiry = bed.lessor.expire(bed.config, {7}, Defects().with(Defect::E14));
  BOOST_TEST(expiry.revoke);
  BOOST_TEST(!expiry.confirm_leadership);
}

BOOST_AUTO_TEST_CASE(etcd_9_a_keep_alive_gives_all_of_the_time_anew) {
  Bed bed;
  bed.grant(7, 60);
  BOOST_TEST(refused(bed.renew(7), ErrorCode::not_primary));
  bed.promote();
  bed.timers.clear();
  BOOST_TEST(renewed(bed.renew(7), 60));
  BOOST_TEST(bed.expiry(7) == 60U);
  BOOST_TEST(refused(bed.renew(8), ErrorCode::lease_not_found));
}

BOOST_AUTO_TEST_CASE(etcd_9_a_keep_alive_of_an_expired_lease_waits_for_the_revoke) {
  Bed bed;
  bed.promote();
  bed.grant(7, 60);
  bed.expire(7);
  const WaitingRenewal waiting{{7}, {60}, false};
  BOOST_TEST(waits(bed.renew(7), waiting));
  BOOST_TEST(waits(bed.resume(waiting), waiting));
  BOOST_TEST(bed.expiry(7) == 3U);
  Bed demoted = bed;
  demoted.demote();
  BOOST_TEST(refused(demoted.resume(waiting), ErrorCode::not_primary));
  // Promoted again, it governs the lease anew.
  demoted.promote(5);
  BOOST_TEST(renewed(demoted.renew(7), 60));
  bed.revoke(7);
  BOOST_TEST(refused(bed.resume(waiting), ErrorCode::lease_not_found));
  BOOST_TEST(renewed(bed.resume(waiting, Defects().with(Defect::E15)), 60));
}

BOOST_AUTO_TEST_CASE(etcd_9_checkpoints_persist_what_is_left) {
  Bed bed;
  bed.promote();
  bed.grant(7, 250);
  bed.grant(8, 100);
  BOOST_TEST(bed.timer(Kind::checkpoint, 7) == 100U);
  BOOST_TEST(bed.timer(Kind::checkpoint, 8) == 0U);
  BOOST_TEST((bed.checkpoint_due(7) == LeaseCheckpoint{{7}, {150}}));
  BOOST_TEST(bed.timer(Kind::checkpoint, 7) == 100U);
  bed.checkpoint(7, 150);
  BOOST_TEST((bed.store.backend.leases.at({7}) == LeaseRow{{250}, {150}}));
  BOOST_TEST((bed.checkpoint_due(7) == LeaseCheckpoint{{7}, {50}}));
  BOOST_TEST(bed.timer(Kind::checkpoint, 7) == 0U);
  bed.checkpoint(9, 50);
  BOOST_TEST(!bed.store.backend.leases.contains({9}));
}

BOOST_AUTO_TEST_CASE(etcd_9_a_new_primary_goes_on_from_the_checkpoint) {
  Bed bed;
  bed.grant(7, 250);
  bed.checkpoint(7, 150);
  Bed defective = bed;
  bed.promote(5);
  BOOST_TEST(bed.expiry(7) == 155U);
  BOOST_TEST(bed.timer(Kind::checkpoint, 7) == 100U);
  // E16: as if there were no checkpoint.
  defective.promote(5, Defects().with(Defect::E16));
  BOOST_TEST(defective.expiry(7) == 255U);
}

BOOST_AUTO_TEST_CASE(a_lease_with_more_than_its_time_needs_no_checkpoint) {
  Bed bed;
  bed.grant(7, 250);
  bed.promote(200);
  BOOST_TEST(!bed.checkpoint_due(7).has_value());
  BOOST_TEST(bed.timer(Kind::checkpoint, 7) == 100U);
  BOOST_TEST((bed.checkpoint_due(7) == LeaseCheckpoint{{7}, {250}}) == false);
  BOOST_TEST((bed.checkpoint_due(7) == LeaseCheckpoint{{7}, {150}}));
}

BOOST_AUTO_TEST_CASE(etcd_9_a_keep_alive_clears_the_checkpoint_first) {
  Bed bed;
  bed.promote();
  bed.grant(7, 250);
  bed.checkpoint_due(7);
  // The checkpoint may be applied yet.
  const WaitingRenewal waiting{{7}, {250}, true};
  BOOST_TEST(waits(bed.renew(7), waiting));
  BOOST_TEST(bed.timer(Kind::checkpoint, 7) == 0U);
  bed.checkpoint(7, 150);
  BOOST_TEST(waits(bed.renew(7), waiting));
  bed.checkpoint(7, 0);
  BOOST_TEST(renewed(bed.resume(waiting), 250));
  BOOST_TEST(bed.expiry(7) == 250U);
  BOOST_TEST(bed.timer(Kind::checkpoint, 7) == 100U);
  BOOST_TEST(renewed(bed.renew(7), 250));
}

// The lease expires, or is revoked by a client, while the checkpoint is being cleared.
BOOST_AUTO_TEST_CASE(etcd_9_a_keep_alive_looks_at_the_lease_again_after_it_waited) {
  Bed bed;
  bed.promote();
  bed.grant(7, 250);
  bed.checkpoint(7, 150);
  const WaitingRenewal waiting{{7}, {250}, true};
  BOOST_TEST(waits(bed.renew(7), waiting));
  bed.checkpoint(7, 0);
  Bed revoked = bed;
  revoked.revoke(7);
  BOOST_TEST(refused(revoked.resume(waiting), ErrorCode::lease_not_found));
  BOOST_TEST(renewed(revoked.resume(waiting, Defects().with(Defect::E15)), 250));
  bed.expire(7);
  BOOST_TEST(waits(bed.resume(waiting), {{7}, {250}, false}));
}

BOOST_AUTO_TEST_CASE(checkpoints_can_be_switched_off) {
  Bed bed;
  bed.config.checkpoint_interval = {};
  bed.promote();
  bed.grant(7, 250);
  BOOST_TEST(bed.timers.size() == 1U);
  BOOST_TEST(renewed(bed.renew(7), 250));
  BOOST_TEST(bed.timers.size() == 1U);
}

BOOST_AUTO_TEST_CASE(leases_that_pile_up_are_spread) {
  Bed bed;
  bed.config.expiries_per_tick = 2;
  for (std::uint64_t id = 1; id <= 5; ++id) {
    bed.grant(id, 10);
  }
  bed.grant(6, 11);
  bed.grant(7, 30);
  bed.promote();
  const std::vector<std::uint32_t> expected = {10, 10, 11, 11, 12, 12, 30};
  for (std::uint64_t id = 1; id <= 7; ++id) {
    BOOST_TEST(bed.expiry(id) == expected.at(id - 1));
  }
}

BOOST_AUTO_TEST_CASE(a_lessor_is_restored_from_rows_and_live_keys) {
  Bed bed;
  bed.promote();
  bed.grant(7, 60);
  bed.grant(8, 60);
  bed.put("a", 7);
  bed.put("b", 7);
  bed.put("b", 8);
  bed.put("c", 7);
  bed.put("c", 0);
  bed.demote();
  BOOST_TEST((Lessor::restore(Mvcc::restore(bed.store.backend)) == bed.lessor));
}

BOOST_AUTO_TEST_CASE(leases_tell_what_they_have) {
  Bed bed;
  bed.grant(7, 250);
  bed.put("b", 7);
  bed.put("a", 7);
  const kv::LeaseTimeToLiveResult follower{{7}, true, {250}, {}, {}};
  BOOST_TEST((bed.lessor.time_to_live(bed.store, {{7}, false}) == follower));
  bed.promote();
  bed.checkpoint_due(7);
  const kv::LeaseTimeToLiveResult primary{{7}, true, {250}, {150}, {"a", "b"}};
  BOOST_TEST((bed.lessor.time_to_live(bed.store, {{7}, true}) == primary));
  const kv::LeaseTimeToLiveResult gone{{8}, false, {}, {}, {}};
  BOOST_TEST((bed.lessor.time_to_live(bed.store, {{8}, true}) == gone));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
