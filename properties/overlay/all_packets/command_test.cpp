#include "properties/overlay/all_packets/command.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay;  // NOLINT(google-build-using-namespace): what commands change

/// Requires: the command can be read.
template <class Change>
Change change_of(const std::string& text) {
  const auto read = read_change(text);
  BOOST_REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error()));
  const auto* change = std::get_if<Change>(&read->change);
  BOOST_REQUIRE_MESSAGE(change != nullptr, text << " is another change");
  return *change;
}

std::string error_of(const std::string& text) {
  const auto read = read_change(text);
  return read ? "" : read.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(command_test)

BOOST_AUTO_TEST_CASE(routes) {
  const Route added =
      change_of<RouteAdd>("n1: ip route add 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink").route;
  BOOST_TEST(to_text(added.destination) == "10.244.2.0/24");
  BOOST_TEST(to_text(*added.gateway) == "10.244.2.0");
  BOOST_TEST(added.device == "flannel.1");
  BOOST_TEST(added.onlink);
  const Route dead = change_of<RouteReplace>("n1: ip route replace unreachable 10.244.2.0/24").route;
  BOOST_CHECK(dead.type == RouteType::unreachable);
  BOOST_TEST(change_of<RouteDelete>("n1: ip route del default").route.destination.length() == 0U);
}

BOOST_AUTO_TEST_CASE(neighbours_and_entries) {
  const Neighbour neighbour =
      change_of<NeighbourReplace>("n1: ip neigh replace 10.244.2.0 lladdr 02:00:00:00:00:02 dev flannel.1")
          .neighbour;
  BOOST_TEST(neighbour.device == "flannel.1");
  BOOST_TEST(to_text(neighbour.mac) == "02:00:00:00:00:02");
  const FdbEntry entry =
      change_of<FdbDelete>("n1: bridge fdb del 02:00:00:00:00:02 dev flannel.1 dst 192.168.50.12").entry;
  BOOST_TEST(to_text(*entry.remote) == "192.168.50.12");
}

BOOST_AUTO_TEST_CASE(links_and_settings) {
  BOOST_TEST(change_of<LinkMtu>("n1: ip link set eth0 mtu 1400").mtu == 1400U);
  (void)change_of<LinkDown>("n1: ip link set eth0 down");
  const SysctlSet set = change_of<SysctlSet>("n1: sysctl -w net.ipv4.ip_forward=0");
  BOOST_TEST(set.key == "net.ipv4.ip_forward");
  BOOST_TEST(set.value == "0");
}

BOOST_AUTO_TEST_CASE(errors_name_the_word) {
  BOOST_TEST(error_of("ip route del default").starts_with("expected a namespace and a command"));
  BOOST_TEST(error_of("n1: tc qdisc") == "expected ip, bridge or sysctl, found 'tc'");
  BOOST_TEST(error_of("n1: ip route") == "expected add, replace or del, found the end");
  BOOST_TEST(error_of("n1: ip route del 10.244.2.0/33").ends_with("or default, found '10.244.2.0/33'"));
  BOOST_TEST(error_of("n1: ip route del default by eth0") == "expected via, dev or onlink, found 'by'");
  BOOST_TEST(error_of("n1: ip link set eth0 up now") == "expected the end, found 'now'");
  BOOST_TEST(error_of("n1: ip link set eth0 mtu big") == "mtu: expected a number of bytes, found 'big'");
  BOOST_TEST(error_of("n1: sysctl -w net") == "expected KEY=VALUE, found 'net'");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
