#include "impl/ipam/flannel/network_config.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

namespace plimsoll::ipam {
namespace {

using base::Ipv4;
using base::Ipv4Prefix;

NetworkConfigFields fields_of(const std::string& network) {
  NetworkConfigFields fields;
  fields.network = network;
  return fields;
}

NetworkConfigFields with_backend(const BackendFields& backend) {
  NetworkConfigFields fields = fields_of("10.1.0.0/16");
  fields.backend = backend;
  return fields;
}

struct Refusal {
  std::function<void(NetworkConfigFields&)> change;  ///< of a good configuration for 10.1.0.0/16
  std::string field;
  std::string sentence;
};

void check_refusals(const std::vector<Refusal>& table) {
  for (const Refusal& row : table) {
    NetworkConfigFields fields = fields_of("10.1.0.0/16");
    row.change(fields);
    const auto config = make_network_config(fields);
    BOOST_TEST_REQUIRE(!config.has_value(), row.sentence);
    BOOST_TEST(config.error().field == row.field);
    BOOST_TEST(config.error().sentence == row.sentence);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(network_config_test)

BOOST_AUTO_TEST_CASE(fln_c1_defaults) {
  const NetworkConfig config = make_network_config(fields_of("10.1.0.0/16")).value();
  BOOST_TEST((config.network == Ipv4Prefix(Ipv4(10, 1, 0, 0), 16)));
  BOOST_TEST(config.subnet_len == 24U);
  BOOST_TEST((config.subnet_min == Ipv4(10, 1, 1, 0)));
  BOOST_TEST((config.subnet_max == Ipv4(10, 1, 255, 0)));
}

BOOST_AUTO_TEST_CASE(fln_c1_every_network_length) {
  for (unsigned length = 0; length <= 32; ++length) {
    const Ipv4Prefix network = Ipv4Prefix(Ipv4(192, 168, 0, 0), length).network();
    const auto config = make_network_config(fields_of(to_text(network)));
    const bool is_accepted = length >= 1 && length <= 28;
    BOOST_TEST_REQUIRE(config.has_value() == is_accepted, length);
    if (!is_accepted) {
      BOOST_TEST(config.error().field == "Network");
      continue;
    }
    BOOST_TEST(config->subnet_len == (length <= 22 ? 24 : length + 2));
    BOOST_TEST((config->subnet_min == network.subnet(1, config->subnet_len).first()));
    BOOST_TEST((Ipv4Prefix(config->subnet_max, config->subnet_len).last() == network.last()));
  }
}

BOOST_AUTO_TEST_CASE(fln_c1_every_subnet_len) {
  for (unsigned length = 1; length <= 32; ++length) {
    for (unsigned subnet_len = 1; subnet_len <= 40; ++subnet_len) {
      NetworkConfigFields fields = fields_of(to_text(Ipv4Prefix(Ipv4(10, 0, 0, 0), length).network()));
      fields.network =
          length < 5 ? to_text(Ipv4Prefix(Ipv4(255, 0, 0, 0), length).network()) : fields.network;
      fields.subnet_len = subnet_len;
      const auto config = make_network_config(fields);
      const bool is_accepted = subnet_len <= 30 && subnet_len >= length + 2;
      BOOST_TEST_REQUIRE(config.has_value() == is_accepted, length << " " << subnet_len);
      if (!is_accepted) {
        BOOST_TEST(config.error().field == "SubnetLen");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(fln_c1_zero_means_absent) {
  NetworkConfigFields fields = fields_of("10.1.0.0/16");
  const NetworkConfig defaulted = make_network_config(fields).value();
  fields.subnet_len = 0;
  fields.subnet_min = "0.0.0.0";
  fields.subnet_max = "0.0.0.0";
  fields.enable_ipv4 = true;
  fields.enable_ipv6 = false;
  BOOST_TEST((make_network_config(fields).value() == defaulted));
}

BOOST_AUTO_TEST_CASE(fln_c1_explicit_limits) {
  NetworkConfigFields fields = fields_of("10.1.0.0/16");
  fields.subnet_len = 26;
  fields.subnet_min = "10.1.0.0";
  fields.subnet_max = "10.1.0.192";
  const NetworkConfig config = make_network_config(fields).value();
  BOOST_TEST((config.subnet_min == Ipv4(10, 1, 0, 0)));
  BOOST_TEST((config.subnet_max == Ipv4(10, 1, 0, 192)));
}

BOOST_AUTO_TEST_CASE(fln_c1_refusals) {
  check_refusals({
      {[](auto& f) { f.network.reset(); }, "Network",
       "Network is missing: it is the prefix all subnets are taken from, such as 10.1.0.0/16"},
      {[](auto& f) { f.network = "10.1.0.1/16"; }, "Network",
       "Network \"10.1.0.1/16\" has host bits set: did you mean 10.1.0.0/16?"},
      {[](auto& f) { f.network = "0.0.0.0/0"; }, "Network",
       "Network cannot be 0.0.0.0/0, which flannel takes for a missing one"},
      {[](auto& f) { f.network = "10.1.0.0/29"; }, "Network",
       "Network 10.1.0.0/29 is too small: the longest useful prefix has 28 bits"},
      {[](auto& f) { f.subnet_len = 31; }, "SubnetLen",
       "SubnetLen 31 is too long: a subnet needs four addresses, so at most 30 bits"},
      {[](auto& f) { f.subnet_len = 17; }, "SubnetLen",
       "SubnetLen 17 leaves fewer than four subnets in 10.1.0.0/16: expected at least 18 bits"},
      {[](auto& f) { f.subnet_min = "10.2.0.0"; }, "SubnetMin",
       "SubnetMin 10.2.0.0 is not inside the Network 10.1.0.0/16"},
      {[](auto& f) { f.subnet_max = "10.0.255.0"; }, "SubnetMax",
       "SubnetMax 10.0.255.0 is not inside the Network 10.1.0.0/16"},
      {[](auto& f) { f.subnet_min = "10.1.5.7"; }, "SubnetMin",
       "SubnetMin 10.1.5.7 is not on a SubnetLen boundary: did you mean 10.1.5.0?"},
      {[](auto& f) { f.subnet_max = "10.1.5"; }, "SubnetMax",
       "SubnetMax \"10.1.5\" is not an IPv4 address: expected four numbers separated by dots, such as "
       "10.1.0.7"},
      {[](auto& f) {
         f.subnet_min = "10.1.9.0";
         f.subnet_max = "10.1.8.0";
       },
       "SubnetMax", "SubnetMax 10.1.8.0 is below SubnetMin 10.1.9.0: no subnet could ever be leased"},
      {[](auto& f) { f.enable_ipv4 = false; }, "EnableIPv4",
       "EnableIPv4 cannot be false: this component leases IPv4 subnets only"},
  });
}

BOOST_AUTO_TEST_CASE(ipv6_keys_are_refused) {
  const auto sentence = [](const std::string& key) {
    return key +
           " cannot be used: IPv6 and dual-stack leases are outside this component, which leases IPv4 "
           "subnets only";
  };
  check_refusals({
      {[](auto& f) { f.enable_ipv6 = true; }, "EnableIPv6", sentence("EnableIPv6")},
      {[](auto& f) { f.ipv6_network = "fd00::/48"; }, "IPv6Network", sentence("IPv6Network")},
      {[](auto& f) { f.ipv6_subnet_len = 64; }, "IPv6SubnetLen", sentence("IPv6SubnetLen")},
      {[](auto& f) { f.ipv6_subnet_min = "fd00::"; }, "IPv6SubnetMin", sentence("IPv6SubnetMin")},
      {[](auto& f) { f.ipv6_subnet_max = "fd00::"; }, "IPv6SubnetMax", sentence("IPv6SubnetMax")},
  });
}

BOOST_AUTO_TEST_CASE(fln_c2_a_missing_backend_is_udp) {
  const NetworkConfig config = make_network_config(fields_of("10.1.0.0/16")).value();
  BOOST_TEST((config.backend == BackendType::udp));
  BOOST_TEST(config.port == 8285);
  BOOST_TEST(config.vni == 0U);
}

BOOST_AUTO_TEST_CASE(backend_defaults) {
  const NetworkConfig vxlan = make_network_config(with_backend({.type = "VXLAN"})).value();
  BOOST_TEST((vxlan.backend == BackendType::vxlan));
  BOOST_TEST(vxlan.vni == 1U);
  BOOST_TEST(vxlan.port == 8472);
  BOOST_TEST(!vxlan.direct_routing);
  const NetworkConfig host_gw = make_network_config(with_backend({.type = "host-gw"})).value();
  BOOST_TEST((host_gw.backend == BackendType::host_gw));
  BOOST_TEST(host_gw.port == 0);
  BOOST_TEST(host_gw.vni == 0U);
}

BOOST_AUTO_TEST_CASE(backend_keys_are_kept) {
  const BackendFields given{.type = "vxlan", .vni = 16777215, .port = 65535, .direct_routing = true};
  const NetworkConfig config = make_network_config(with_backend(given)).value();
  BOOST_TEST(config.vni == 16777215U);
  BOOST_TEST(config.port == 65535);
  BOOST_TEST(config.direct_routing);
  BOOST_TEST(make_network_config(with_backend({.type = "vxlan", .port = 0}))->port == 8472);
  BOOST_TEST(make_network_config(with_backend({.type = "udp", .port = 9}))->port == 9);
}

BOOST_AUTO_TEST_CASE(backend_refusals) {
  const auto backend = [](BackendFields given) {
    return [given](NetworkConfigFields& f) { f.backend = given; };
  };
  check_refusals({
      {backend({}), "Backend.Type", "Backend.Type is missing: expected udp, vxlan or host-gw"},
      {backend({.type = "wireguard"}), "Backend.Type",
       "Backend.Type \"wireguard\" is not a known backend: expected udp, vxlan or host-gw"},
      {backend({.type = "vxlan", .vni = 16777216}), "Backend.VNI",
       "Backend.VNI 16777216 is not a number from 0 to 16777215"},
      {backend({.type = "vxlan", .port = 65536}), "Backend.Port",
       "Backend.Port 65536 is not a number from 0 to 65535"},
      {backend({.type = "udp", .port = 0}), "Backend.Port",
       "Backend.Port 0 would give every node another UDP port, which no peer knows"},
      {backend({.type = "udp", .vni = 1}), "Backend.VNI", "Backend.VNI has no meaning for the backend udp"},
      {backend({.type = "host-gw", .port = 1}), "Backend.Port",
       "Backend.Port has no meaning for the backend host-gw"},
      {backend({.type = "udp", .direct_routing = false}), "Backend.DirectRouting",
       "Backend.DirectRouting has no meaning for the backend udp"},
  });
}

BOOST_AUTO_TEST_CASE(backend_words_round_trip) {
  for (const BackendType type : {BackendType::udp, BackendType::vxlan, BackendType::host_gw}) {
    BOOST_TEST((parse_backend_type(to_text(type)).value() == type));
  }
  BOOST_TEST(!parse_backend_type("").has_value());
  BOOST_TEST(!parse_backend_type("host_gw").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::ipam
