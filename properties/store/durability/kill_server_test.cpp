// The store's server with its real disk, killed with SIGKILL again and again: whatever it acknowledged is
// there when it starts again (ETCD-8).
//
// PLIMSOLL_KILLS=300 in the environment kills it so often, PLIMSOLL_KILL_SEED=5 in other ways.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string>

#include "properties/store/durability/kill_campaign.hpp"
#include "properties/store/durability/requests.hpp"

namespace plimsoll::properties::store {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

constexpr Death deaths[] = {Death::power, Death::call, Death::signal};
constexpr raft::StorageWrites writings[] = {raft::StorageWrites::atomic, raft::StorageWrites::separate};

BOOST_AUTO_TEST_SUITE(kill_server_test)

BOOST_AUTO_TEST_CASE(ETCD_8_nothing_acknowledged_is_lost_whenever_the_server_is_killed) {
  const std::uint64_t kills = from_environment("PLIMSOLL_KILLS", 24);
  const std::uint64_t seed = from_environment("PLIMSOLL_KILL_SEED", 1);
  constexpr std::uint64_t lives_each = 12;
  KillCampaign::Counts all;
  std::uint64_t snapshots = 0;
  for (std::uint64_t number = 0; all.lives < kills; ++number) {
    KillCampaign campaign(seed * 1'000'003 + number);
    drivers::FaultyCalls calls;
    for (std::uint64_t life = 0; life < lives_each; ++life) {
      LoneServerOptions options;
      options.writes = writings[(number + life / 3) % 2];
      options.calls = &calls;
      const auto lived = campaign.live(deaths[life % 3], options);
      BOOST_REQUIRE_MESSAGE(lived.has_value(), "campaign " << number << ", life " << life << ": "
                                                           << (lived ? "" : lived.error()));
    }
    all.lives += campaign.counts().lives;
    all.acknowledged += campaign.counts().acknowledged;
    all.unanswered += campaign.counts().unanswered;
    all.torn += campaign.counts().torn;
    snapshots += campaign.judge().state().log.compacted.index > 0 ? 1 : 0;
    BOOST_TEST((campaign.judge().state().kv.compact_revision() > kv::Revision{}));
  }
  BOOST_TEST_MESSAGE(all.lives << " kills, " << all.acknowledged << " requests acknowledged, "
                               << all.unanswered << " found unanswered, " << all.torn << " torn records");
  BOOST_TEST(all.acknowledged > 10 * kills);
  BOOST_TEST(all.unanswered > 0U);
  BOOST_TEST(all.torn > 0U);
  BOOST_TEST(snapshots > 0U);
}

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost_on_a_disk_that_really_syncs) {
  KillCampaign campaign(7);
  for (int life = 0; life < 3; ++life) {
    const auto lived = campaign.live(Death::signal, {});
    BOOST_REQUIRE_MESSAGE(lived.has_value(), (lived ? "" : lived.error()));
  }
  BOOST_TEST(campaign.counts().acknowledged > 0U);
}

// The tests above can fail.
BOOST_AUTO_TEST_CASE(E2_a_server_that_acknowledges_what_is_not_synced_loses_it) {
  LoneServerOptions hasty;
  hasty.writes = raft::StorageWrites::separate;
  hasty.defects = hasty.defects.with(plimsoll::store::Defect::E2);
  // Only what is acknowledged while nothing else is being written is lost, and only if the power fails then.
  bool is_lost = false;
  for (std::uint64_t seed = 0; !is_lost && seed < 100; ++seed) {
    is_lost = !KillCampaign(seed).live(Death::power, hasty).has_value();
  }
  BOOST_TEST(is_lost);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::properties::store
