// Who is eligible under each policy, and what a node that lags behind is forgiven.
#include "model/service/routing.hpp"

#include <array>
#include <boost/test/unit_test.hpp>

namespace plimsoll::model::service {
namespace {

constexpr Endpoint ready_on(Address address, Node node) {
  return {address, node, true, true, false};
}
constexpr Endpoint leaving_on(Address address, Node node) {
  return {address, node, false, true, true};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_test)

BOOST_AUTO_TEST_CASE(policy_local_reaches_the_own_node_only) {
  const Service service{{ready_on(1, 0), ready_on(2, 1)}, Policy::cluster, Policy::local};
  BOOST_TEST(eligible(service, 0, Entrance::internal) == 0b110U);
  BOOST_TEST(eligible(service, 0, Entrance::external) == 0b010U);
  BOOST_TEST(eligible(service, 2, Entrance::external) == 0U);
}

BOOST_AUTO_TEST_CASE(terminating_endpoints_serve_when_no_ready_one_is_within_reach) {
  const Service service{{leaving_on(1, 0), ready_on(2, 1)}, Policy::cluster, Policy::local};
  BOOST_TEST(eligible(service, 0, Entrance::internal) == 0b100U);
  BOOST_TEST(eligible(service, 0, Entrance::external) == 0b010U);
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_is_neither_ready_nor_serving_gets_nothing) {
  const Service service{{{1, 0, false, false, true}}};
  BOOST_TEST(eligible(service, 0, Entrance::internal) == 0U);
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_serves_unready_gets_traffic_only_while_it_terminates) {
  const Service service{{{1, 0, false, true, false}}};
  BOOST_TEST(eligible(service, 0, Entrance::internal) == 0U);
}

BOOST_AUTO_TEST_CASE(a_lagging_node_may_drop_or_use_any_version_but_never_misdeliver) {
  const std::array versions{Service{{ready_on(1, 0)}}, Service{{ready_on(2, 1)}}};
  BOOST_TEST((judge(versions, 0, Entrance::internal, 1) == Judgement::allowed));
  BOOST_TEST((judge(versions, 0, Entrance::internal, 2) == Judgement::allowed));
  BOOST_TEST((judge(versions, 0, Entrance::internal, std::nullopt) == Judgement::allowed));
  BOOST_TEST((judge(versions, 0, Entrance::internal, 3) == Judgement::misdelivered));
}

BOOST_AUTO_TEST_CASE(a_converged_node_delivers_to_the_newest_version_only) {
  const std::array versions{Service{{ready_on(2, 1)}}};
  BOOST_TEST((judge(versions, 0, Entrance::internal, 2) == Judgement::allowed));
  BOOST_TEST((judge(versions, 0, Entrance::internal, 1) == Judgement::misdelivered));
  BOOST_TEST((judge(versions, 0, Entrance::internal, std::nullopt) == Judgement::lost));
  const std::array scaled_to_zero{Service{}};
  BOOST_TEST((judge(scaled_to_zero, 0, Entrance::internal, std::nullopt) == Judgement::allowed));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::service
