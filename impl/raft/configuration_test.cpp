#include "impl/raft/configuration.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::raft {

BOOST_AUTO_TEST_SUITE(configuration_test)

BOOST_AUTO_TEST_CASE(a_joint_configuration_survives_a_snapshot) {
  Configuration configuration;
  configuration.voters.incoming.voters = {{3}, {1}};
  configuration.voters.outgoing.voters = {{2}};
  configuration.learners = {{4}};
  configuration.learners_next = {{2}};
  configuration.auto_leave = true;
  const ConfState state = to_conf_state(configuration);
  BOOST_TEST((state == ConfState{{{1}, {3}}, {{4}}, {{2}}, {{2}}, true}));
  BOOST_TEST((to_configuration(state) == configuration));
}

BOOST_AUTO_TEST_CASE(it_is_joint_as_long_as_there_is_an_outgoing_half) {
  Configuration configuration;
  configuration.voters.incoming.voters = {{1}};
  BOOST_TEST(!configuration.joint());
  configuration.voters.outgoing.voters = {{1}};
  BOOST_TEST(configuration.joint());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
