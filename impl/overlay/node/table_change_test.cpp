#include "impl/overlay/node/table_change.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/node/cluster_bed.hpp"

namespace plimsoll::overlay {
namespace {

base::Ipv4 ip(const char* text) {
  return *base::Ipv4::parse(text);
}
base::Ipv4Prefix prefix(const char* text) {
  return *base::Ipv4Prefix::parse(text);
}

/// "ok", or the error; on an error nothing may have changed.
std::string answer(Tables& tables, const TableChange& change) {
  const Tables before = tables;
  const ChangeResult result = overlay::apply(tables, change);
  if (!result) {
    BOOST_TEST((tables == before));
  }
  return result ? "ok" : to_text(result.error());
}

Tables node() {
  return bed::cluster(2, 1).tables.at("n1");
}

std::size_t routes_by(const Tables& tables, const std::string& device) {
  return static_cast<std::size_t>(std::ranges::count(tables.routes, device, &Route::device));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(table_change_test)

BOOST_AUTO_TEST_CASE(devices) {
  Tables tables = node();
  BOOST_TEST(answer(tables, LinkAdd{{.name = "eth0"}}) == "EEXIST");
  BOOST_TEST(answer(tables, LinkDelete{"eth9"}) == "ENODEV");
  BOOST_TEST(answer(tables, LinkUp{"eth9"}) == "ENODEV");
  BOOST_TEST(answer(tables, LinkMtu{"flannel.1", 1451}) == "EINVAL");
  BOOST_TEST(answer(tables, LinkMtu{"eth0", 60}) == "EINVAL");
  BOOST_TEST(answer(tables, LinkMtu{"flannel.1", 1400}) == "ok");
  Link vxlan = {.name = "flannel.2", .kind = LinkKind::vxlan, .mtu = 0, .vxlan = VxlanInfo{.link = "eth0"}};
  BOOST_TEST(answer(tables, LinkAdd{vxlan}) == "ok");
  BOOST_TEST(find_link(tables, "flannel.2")->mtu == 1450U);
  vxlan.name = "flannel.3";
  vxlan.mtu = 1451;
  BOOST_TEST(answer(tables, LinkAdd{vxlan}) == "EINVAL");
  vxlan.vxlan->link = "eth9";
  BOOST_TEST(answer(tables, LinkAdd{vxlan}) == "ENODEV");
}

BOOST_AUTO_TEST_CASE(a_device_that_goes_down_takes_routes_and_neighbours_but_not_the_fdb) {
  Tables tables = node();
  BOOST_TEST(answer(tables, LinkDown{"flannel.1"}) == "ok");
  BOOST_TEST(routes_by(tables, "flannel.1") == 1U);  // the local one
  BOOST_TEST(tables.neighbours.empty());
  BOOST_TEST(tables.fdb.size() == 1U);
  BOOST_TEST(answer(tables, LinkUp{"flannel.1"}) == "ok");
  BOOST_TEST(routes_by(tables, "flannel.1") == 1U);
  BOOST_TEST(answer(tables, LinkDelete{"flannel.1"}) == "ok");
  BOOST_TEST(routes_by(tables, "flannel.1") == 0U);
  BOOST_TEST(tables.fdb.empty());
}

BOOST_AUTO_TEST_CASE(addresses_bring_routes) {
  Tables tables = node();
  const std::size_t before = routes_by(tables, "eth0");
  const InterfaceAddress second = bed::address("eth0", ip("10.7.0.1"), 24);
  BOOST_TEST(answer(tables, AddressAdd{second}) == "ok");
  BOOST_TEST(routes_by(tables, "eth0") == before + 3);
  BOOST_TEST(answer(tables, AddressAdd{second}) == "EEXIST");
  BOOST_TEST(answer(tables, AddressDelete{second}) == "ok");
  BOOST_TEST(routes_by(tables, "eth0") == before);
  BOOST_TEST(answer(tables, AddressDelete{second}) == "EADDRNOTAVAIL");
  BOOST_TEST(answer(tables, AddressAdd{bed::address("eth9", ip("10.7.0.1"), 24)}) == "ENODEV");
}

BOOST_AUTO_TEST_CASE(routes) {
  Tables tables = node();
  const Route flannel = {
      .destination = prefix("10.244.9.0/24"), .gateway = ip("10.244.9.0"), .device = "flannel.1"};
  BOOST_TEST(answer(tables, RouteAdd{flannel}) == "ENETUNREACH");
  Route onlink = flannel;
  onlink.onlink = true;
  BOOST_TEST(answer(tables, RouteAdd{onlink}) == "ok");
  BOOST_TEST(answer(tables, RouteAdd{onlink}) == "EEXIST");
  Route other = onlink;
  other.metric = 5;
  BOOST_TEST(answer(tables, RouteAdd{other}) == "ok");
  BOOST_TEST(answer(tables, RouteReplace{onlink}) == "ok");
  BOOST_TEST(answer(tables, RouteDelete{{.destination = prefix("10.244.9.0/24")}}) == "ok");
  BOOST_TEST(answer(tables, RouteDelete{{.destination = prefix("10.244.9.0/24")}}) == "ok");
  BOOST_TEST(answer(tables, RouteDelete{{.destination = prefix("10.244.9.0/24")}}) == "ESRCH");
  const Route own = {.destination = prefix("10.8.0.0/16"), .gateway = ip("192.168.50.11")};
  BOOST_TEST(answer(tables, RouteAdd{own}) == "EINVAL");
  const Route by_gateway = {.destination = prefix("10.8.0.0/16"), .gateway = ip("192.168.50.12")};
  BOOST_TEST(answer(tables, RouteAdd{by_gateway}) == "ok");
  BOOST_TEST(tables.routes.back().device == "eth0");
  BOOST_TEST(answer(tables, RouteAdd{{.destination = prefix("10.9.0.0/16"), .device = "eth9"}}) == "ENODEV");
  bed::must(tables, LinkDown{"flannel.1"});
  BOOST_TEST(answer(tables, RouteReplace{onlink}) == "ENETDOWN");
}

BOOST_AUTO_TEST_CASE(neighbours) {
  Tables tables = node();
  const Neighbour peer = {.address = ip("10.244.7.0"), .device = "flannel.1", .mac = bed::mac(3, 7, 0)};
  BOOST_TEST(answer(tables, NeighbourDelete{peer}) == "ENOENT");
  BOOST_TEST(answer(tables, NeighbourAdd{peer}) == "ok");
  BOOST_TEST(answer(tables, NeighbourAdd{peer}) == "EEXIST");
  BOOST_TEST(answer(tables, NeighbourReplace{peer}) == "ok");
  BOOST_TEST(answer(tables, NeighbourDelete{peer}) == "ok");
  Neighbour nowhere = peer;
  nowhere.device = "eth9";
  BOOST_TEST(answer(tables, NeighbourReplace{nowhere}) == "ENODEV");
}

BOOST_AUTO_TEST_CASE(a_unicast_mac_has_one_destination_and_the_default_entry_many) {
  Tables tables = node();
  const FdbEntry one = {.mac = bed::mac(3, 7, 0), .device = "flannel.1", .remote = ip("192.168.50.17")};
  FdbEntry two = one;
  two.remote = ip("192.168.50.18");
  BOOST_TEST(answer(tables, FdbAdd{one}) == "ok");
  BOOST_TEST(answer(tables, FdbAdd{two}) == "EEXIST");
  const std::size_t size = tables.fdb.size();
  BOOST_TEST(answer(tables, FdbAppend{two}) == "ok");
  BOOST_TEST(tables.fdb.size() == size);
  BOOST_TEST(answer(tables, FdbReplace{two}) == "ok");
  BOOST_TEST(answer(tables, FdbDelete{one}) == "ENOENT");
  BOOST_TEST(answer(tables, FdbDelete{two}) == "ok");
  FdbEntry any = one;
  any.mac = base::Mac();
  FdbEntry also = two;
  also.mac = base::Mac();
  BOOST_TEST(answer(tables, FdbAppend{any}) == "ok");
  BOOST_TEST(answer(tables, FdbAppend{also}) == "ok");
  BOOST_TEST(tables.fdb.size() == size + 1);
  BOOST_TEST(answer(tables, FdbReplace{any}) == "EOPNOTSUPP");
}

BOOST_AUTO_TEST_CASE(kernel_parameters) {
  Tables tables = node();
  BOOST_TEST(answer(tables, SysctlSet{"net.ipv4.conf.flannel/1.rp_filter", "2"}) == "ok");
  BOOST_TEST(int{tables.sysctls.conf.at("flannel.1").rp_filter} == 2);
  BOOST_TEST(answer(tables, SysctlSet{"net.ipv4.conf.eth9.rp_filter", "2"}) == "ENOENT");
  BOOST_TEST(answer(tables, SysctlSet{"net.ipv4.conf.eth0.rp_filter", "two"}) == "EINVAL");
  BOOST_TEST(answer(tables, SysctlSet{"net.ipv4.ip_forward", "0"}) == "ok");
  BOOST_TEST(!tables.sysctls.conf.at("cni0").forwarding);
}

BOOST_AUTO_TEST_CASE(rules) {
  Tables tables = node();
  BOOST_TEST(answer(tables, IptablesRestore{.text = "*nat\n-A PREROUTING -j\nCOMMIT\n"}) == "EINVAL");
  BOOST_TEST(answer(tables, IptablesRestore{.text = "*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n"}) == "ok");
  BOOST_TEST(tables.ruleset.tables.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
