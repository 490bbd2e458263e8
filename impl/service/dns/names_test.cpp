#include "impl/service/dns/names.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::dns {
namespace {

Address address(std::string_view text) {
  return parse_address(text).value();
}

BOOST_AUTO_TEST_SUITE(names_test)

BOOST_AUTO_TEST_CASE(names_are_compared_in_lower_case_without_the_last_dot) {
  BOOST_TEST(canonical_name("Web.Default.SVC.Cluster.Local.") == "web.default.svc.cluster.local");
  BOOST_TEST(canonical_name("") == "");
  BOOST_TEST(canonical_name(".") == "");
}

BOOST_AUTO_TEST_CASE(labels) {
  BOOST_TEST(labels_of("").empty());
  BOOST_TEST(labels_of("a").size() == 1U);
  BOOST_TEST(labels_of("_http._tcp.web").at(1) == "_tcp");
  BOOST_TEST(labels_of("svc.").size() == 2U, "an empty label is one");
}

BOOST_AUTO_TEST_CASE(a_name_lies_in_a_zone_only_at_a_dot) {
  BOOST_TEST(within_zone("a.cluster.local", "cluster.local").value() == "a");
  BOOST_TEST(within_zone("cluster.local", "cluster.local").value() == "");
  BOOST_TEST(!within_zone("mycluster.local", "cluster.local"));
  BOOST_TEST(!within_zone("local", "cluster.local"));
  BOOST_TEST(!within_zone("example.org", "cluster.local"));
}

BOOST_AUTO_TEST_CASE(an_address_and_its_label) {
  for (const char* text : {"10.0.0.7", "fd00::7", "fd00:1:2:3:4:5:6:7", "::"}) {
    BOOST_TEST((from_dashed(dashed(address(text))) == address(text)), text);
  }
  BOOST_TEST(dashed(address("fd00::7")) == "fd00--7");
  BOOST_TEST((from_dashed("fd00-0-0-0-0-0-0-7") == address("fd00::7")));
  for (const char* text : {"", "web", "10-0-0", "10-0-0-256", "10-0-0-7-1", "10.0.0.7", "fd00::7"}) {
    BOOST_TEST(!from_dashed(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(reverse_names) {
  BOOST_TEST(reverse_name(address("10.1.2.3")) == "3.2.1.10.in-addr.arpa");
  BOOST_TEST(reverse_name(address("fd00::12")) ==
             "2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa");
  BOOST_TEST(is_reverse("in-addr.arpa"));
  BOOST_TEST(is_reverse("3.2.1.10.in-addr.arpa"));
  BOOST_TEST(!is_reverse("arpa"));
}

BOOST_AUTO_TEST_CASE(the_labels_of_a_port) {
  BOOST_TEST(port_labels({"http", Protocol::tcp, 80}) == "_http._tcp");
  BOOST_TEST(port_labels({"dns", Protocol::udp, 53}) == "_dns._udp");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::dns
