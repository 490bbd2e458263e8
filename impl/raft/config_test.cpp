#include <boost/test/unit_test.hpp>

#include "impl/raft/config.hpp"

namespace {

using namespace plimsoll::raft;

bool is_usable(void (*change)(Config&)) {
  Config config;
  change(config);
  return !config.complaint().has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_test)

BOOST_AUTO_TEST_CASE(a_configuration_that_cannot_work_is_complained_about) {
  BOOST_TEST(is_usable([](Config&) {}));
  BOOST_TEST(!is_usable([](Config& config) { config.heartbeat_tick = 0; }));
  BOOST_TEST(!is_usable([](Config& config) { config.election_tick = config.heartbeat_tick; }));
  BOOST_TEST(!is_usable([](Config& config) { config.inflight.messages = 0; }));
  BOOST_TEST(!is_usable([](Config& config) { config.inflight.bytes = 10; }));
  BOOST_TEST(is_usable([](Config& config) {
    config.max_size_per_message = 10;
    config.inflight.bytes = 10;
  }));
}

BOOST_AUTO_TEST_CASE(limits_that_are_not_given) {
  Config config;
  config.max_size_per_message = 7;
  BOOST_TEST(config.committed_size_limit() == 7);
  BOOST_TEST(config.uncommitted_size_limit() == no_limit);
  config.max_size_per_message = 0;
  BOOST_TEST(config.committed_size_limit() == 1);
  config.max_committed_size_per_ready = 3;
  config.max_uncommitted_entries_size = 5;
  BOOST_TEST(config.committed_size_limit() == 3);
  BOOST_TEST(config.uncommitted_size_limit() == 5);
}

BOOST_AUTO_TEST_SUITE_END()
