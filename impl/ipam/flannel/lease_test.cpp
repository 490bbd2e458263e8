#include "impl/ipam/flannel/lease.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll;
using namespace plimsoll::ipam;

NetworkConfig network_over(const std::string& backend) {
  NetworkConfigFields fields;
  fields.network = "10.5.0.0/16";
  fields.backend = BackendFields{.type = backend};
  return *make_network_config(fields);
}

constexpr base::Ipv4 node_ip{192, 0, 2, 1};
const std::string prefix = "/coreos.com/network";
const base::Ipv4Prefix subnet{base::Ipv4(10, 5, 1, 0), 24};

}  // namespace

BOOST_AUTO_TEST_SUITE(lease_test)

BOOST_AUTO_TEST_CASE(a_vxlan_lease_is_written_as_flannel_writes_it) {
  BOOST_TEST(lease_value(node_attributes(network_over("vxlan"), node_ip, 0)) ==
             R"({"PublicIP":"192.0.2.1","PublicIPv6":null,"BackendType":"vxlan",)"
             R"("BackendData":{"VNI":1,"VtepMAC":"02:00:c0:00:02:01"}})");
}

BOOST_AUTO_TEST_CASE(a_host_gw_lease_has_no_backend_data) {
  BOOST_TEST(lease_value(node_attributes(network_over("host-gw"), node_ip, 0)) ==
             R"({"PublicIP":"192.0.2.1","PublicIPv6":null,"BackendType":"host-gw"})");
}

BOOST_AUTO_TEST_CASE(the_vtep_address_changes_at_every_start_and_differs_between_nodes) {
  BOOST_CHECK(vtep_mac(node_ip, 0) != vtep_mac(node_ip, 1));
  BOOST_CHECK(vtep_mac(node_ip, 0) != vtep_mac(base::Ipv4(192, 0, 2, 2), 0));
  BOOST_TEST(vtep_mac(node_ip, 1).is_locally_administered());
}

BOOST_AUTO_TEST_CASE(values_are_read_back) {
  BOOST_TEST(rc::check("parse_lease_value(lease_value(a)) == a", [] {
    const auto ip = *rc::gen::arbitrary<std::uint32_t>();
    const auto life = *rc::gen::arbitrary<std::uint32_t>();
    const auto backend = *rc::gen::element<std::string>("udp", "vxlan", "host-gw");
    const LeaseAttributes attributes = node_attributes(network_over(backend), base::Ipv4(ip), life);
    const auto read = parse_lease_value(lease_value(attributes));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == attributes);
  }));
}

BOOST_AUTO_TEST_CASE(unknown_fields_and_white_space_are_passed_over) {
  const auto read =
      parse_lease_value(R"({ "PublicIP" : "192.0.2.1", "BackendType": "vxlan", )"
                        R"("BackendData": { "VtepMAC": "02:00:00:00:00:01" }, "Weather": "fair" })");
  BOOST_REQUIRE(read.has_value());
  BOOST_CHECK((*read == LeaseAttributes{node_ip, "vxlan", R"({"VtepMAC":"02:00:00:00:00:01"})"}));
}

BOOST_AUTO_TEST_CASE(values_of_foreign_writers_are_refused_with_a_sentence) {
  const std::string deep(100'000, '[');
  for (const std::string& text :
       {std::string(), std::string("hello"), std::string("[]"), std::string("{}"),
        std::string(R"({"PublicIP":7})"), std::string(R"({"PublicIP":"192.0.2.256"})"),
        std::string(R"({"PublicIP":"192.0.2.1","BackendType":1})"), deep}) {
    const auto read = parse_lease_value(text);
    BOOST_TEST(!read.has_value());
    BOOST_TEST(read.error().find("is not a lease: ") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(hostile_values_never_throw) {
  BOOST_TEST(rc::check("mutated values are read or refused", [] {
    std::string text = lease_value(node_attributes(network_over("vxlan"), node_ip, 0));
    const auto where = *rc::gen::inRange<std::size_t>(0, text.size());
    const auto what = *rc::gen::arbitrary<char>();
    text[where] = what;
    const auto read = parse_lease_value(text);
    RC_ASSERT((read.has_value() || !read.error().empty()));
  }));
}

BOOST_AUTO_TEST_CASE(a_key_names_its_subnet) {
  BOOST_TEST(subnet_key(prefix, subnet) == "/coreos.com/network/subnets/10.5.1.0-24");
  BOOST_CHECK(subnet_of_key(prefix, subnet_key(prefix, subnet)) == subnet);
  BOOST_TEST(kv::contains(subnets_range(prefix), subnet_key(prefix, subnet)));
  BOOST_TEST(!kv::contains(subnets_range(prefix), prefix + "/config"));
}

BOOST_AUTO_TEST_CASE(other_keys_are_no_leases) {
  for (const char* const key :
       {"/coreos.com/network/config", "/coreos.com/network/subnets/", "/elsewhere/10.5.1.0-24",
        "/coreos.com/network/subnets/10.5.1.0-24&fd00::-64", "/coreos.com/network/subnets/10.5.1.7-24"}) {
    BOOST_TEST_CONTEXT(key) {
      BOOST_TEST(!subnet_of_key(prefix, key).has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(an_unreadable_value_leaves_the_subnet_taken_and_without_attributes) {
  const kv::KeyValue bad{subnet_key(prefix, subnet), "scribble", {4}, {5}, 2, {6}};
  const kv::KeyValue other{prefix + "/subnets/readme", "", {4}, {5}, 2, {6}};
  const std::vector<StoredLease> leases = read_leases(prefix, {bad, other});
  BOOST_REQUIRE(leases.size() == 1U);
  BOOST_CHECK((leases.front() == StoredLease{subnet, std::nullopt, {5}, {6}}));
}

BOOST_AUTO_TEST_SUITE_END()
