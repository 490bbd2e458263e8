// Of the tables in a recording, what the pipeline does not know is said to be unknown; it is no bad input.
#include "properties/overlay/conform/recorded_tables.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/node/node.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::overlay;
using properties::overlay::JsonPlace;

Tables tables_of(const std::string& routes, const std::string& more_sysctls = "") {
  const boost::json::value json = boost::json::parse(
      R"({"links": [{"ifname": "eth0", "ifindex": 2, "mtu": 1500, "flags": ["UP", "LOWER_UP"]}],)"
      R"("routes": [)" +
      routes + R"(], "sysctl": {)" + more_sysctls + R"("ipv4.conf": {}}})");
  return properties::overlay::recorded_tables(JsonPlace(json, "")).tables;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_tables_test)

BOOST_AUTO_TEST_CASE(packets_that_would_use_a_multipath_route_are_unknown) {
  const Tables tables = tables_of(R"({"dst": "10.1.0.0/16", "nexthops": [
      {"gateway": "10.0.0.1", "dev": "eth0", "weight": 1},
      {"gateway": "10.0.0.2", "dev": "eth0", "weight": 1}]},
      {"dst": "10.1.2.0/24", "gateway": "10.0.0.3", "dev": "eth0", "flags": ["onlink"]})");
  const CompiledTables compiled = compile(tables);
  const Fib fib(tables, compiled);
  BOOST_TEST(fib.lookup({.destination = base::Ipv4(10, 1, 3, 1)}).unsupported);
  BOOST_TEST(fib.unsupported() == "route to 10.1.0.0/16 with several next hops");
  const FibResult longer = fib.lookup({.destination = base::Ipv4(10, 1, 2, 1)});
  BOOST_TEST(!longer.unsupported);
  BOOST_REQUIRE(longer.route != nullptr);
  BOOST_TEST(to_text(*longer.route->gateway) == "10.0.0.3");
  const FibResult none = fib.lookup({.destination = base::Ipv4(10, 2, 0, 1)});
  BOOST_TEST(!none.unsupported);
  BOOST_TEST(none.route == nullptr);
}

BOOST_AUTO_TEST_CASE(parameters_of_ipvs_and_of_conntrack_are_read) {
  const Sysctls sysctls = tables_of("", R"("ipv4.vs.conntrack": "1", "ipv4.vs.expire_nodest_conn": 1,
      "netfilter.nf_conntrack_tcp_be_liberal": "1", )")
                              .sysctls;
  BOOST_TEST(sysctls.others.at("net.ipv4.vs.conntrack") == "1");
  BOOST_TEST(sysctls.others.at("net.ipv4.vs.expire_nodest_conn") == "1");
  BOOST_TEST(sysctls.conntrack_tcp_be_liberal);
  BOOST_TEST(!tables_of("").sysctls.conntrack_tcp_be_liberal);
}

BOOST_AUTO_TEST_SUITE_END()
