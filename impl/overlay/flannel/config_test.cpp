#include "impl/overlay/flannel/config.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::overlay::flannel {
namespace {

BackendConfig config_of(BackendKind kind) {
  BackendConfig config;
  config.kind = kind;
  config.network = {base::Ipv4(10, 244, 0, 0), 16};
  config.external.address = config.external.public_ip = base::Ipv4(192, 168, 50, 11);
  return config;
}

const base::Ipv4Prefix subnet{base::Ipv4(10, 244, 1, 0), 24};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_test)

BOOST_AUTO_TEST_CASE(FLN_U_FLN_V_headers_take_room) {
  BOOST_TEST(device_mtu(config_of(BackendKind::udp)) == 1472U);
  BOOST_TEST(device_mtu(config_of(BackendKind::vxlan)) == 1450U);
  BOOST_TEST(device_mtu(config_of(BackendKind::host_gw)) == 1500U);
}

BOOST_AUTO_TEST_CASE(F13_pods_are_not_told_of_the_headers) {
  BackendConfig config = config_of(BackendKind::vxlan);
  BOOST_TEST(pod_mtu(config) == 1450U);
  config.defects = Defects().with(Defect::F13);
  BOOST_TEST(pod_mtu(config) == 1500U);
  BOOST_TEST(device_mtu(config) == 1450U);
}

BOOST_AUTO_TEST_CASE(FLN_U_FLN_V_ports) {
  BOOST_TEST(port_of(config_of(BackendKind::udp)) == 8285);
  BOOST_TEST(port_of(config_of(BackendKind::vxlan)) == 8472);
  BackendConfig config = config_of(BackendKind::udp);
  config.port = 5678;
  BOOST_TEST(port_of(config) == 5678);
}

BOOST_AUTO_TEST_CASE(subnet_env_is_the_file_that_the_cni_plugin_reads) {
  BackendConfig config = config_of(BackendKind::udp);
  BOOST_TEST(subnet_env(config, subnet) ==
             "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1472\n"
             "FLANNEL_IPMASQ=true\n");
  config.masquerade = false;
  BOOST_TEST(subnet_env(config, subnet).ends_with("FLANNEL_IPMASQ=false\n"));
}

BOOST_AUTO_TEST_CASE(FLN_H_no_host_gw_behind_nat) {
  BackendConfig config = config_of(BackendKind::host_gw);
  BOOST_TEST(config.check().has_value());
  config.external.public_ip = base::Ipv4(203, 0, 113, 1);
  BOOST_TEST(config.check().error() ==
             "the public address 203.0.113.1 is not 192.168.50.11 of eth0: host-gw cannot route to a node "
             "behind NAT");
  config.kind = BackendKind::vxlan;
  BOOST_TEST(config.check().has_value());
}

BOOST_AUTO_TEST_CASE(what_cannot_work_is_refused) {
  BackendConfig config = config_of(BackendKind::vxlan);
  config.external.mtu = 117;
  BOOST_TEST(config.check().error() == "the MTU of eth0, 117, leaves no room for packets in a tunnel");
  config.external.mtu = 118;
  BOOST_TEST(config.check().has_value());
  config.vni = 1U << 24U;
  BOOST_TEST(config.check().error() == "VNI 16777216 has more than 24 bits");
  config.vni = 1;
  config.mac_choices = 0;
  BOOST_TEST(config.check().error() == "mac_choices must be at least 1");
  config.mac_choices = 1;
  config.retry_after = base::Ticks{0};
  BOOST_TEST(config.check().error() == "check_after and retry_after must be at least 1 tick");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::flannel
