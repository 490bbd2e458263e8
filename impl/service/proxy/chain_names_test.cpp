#include "impl/service/proxy/chain_names.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll::service;

}  // namespace

BOOST_AUTO_TEST_SUITE(chain_names_test)

// The golden names of upstream's own tests (pkg/proxy/iptables/proxier_test.go).
BOOST_AUTO_TEST_CASE(kpx_1_names_are_upstreams) {
  BOOST_TEST(port_hash("ns1/svc1:p80", Protocol::tcp) == "XPGD46QRK7WJZT7O");
  BOOST_TEST(endpoint_chain("ns1/svc1:p80", Protocol::tcp, "10.180.0.1:80") == "KUBE-SEP-SXIVWICOYRO3J4NJ");
}

// Names that the recorded clusters of the data-plane conformance material have.
BOOST_AUTO_TEST_CASE(kpx_1_names_are_those_of_recorded_clusters) {
  BOOST_TEST(cluster_policy_chain(port_hash("default/web:http-udp", Protocol::udp)) ==
             "KUBE-SVC-JYE2XZRWHUYDTDMH");
  BOOST_TEST(external_chain(port_hash("default/loc:http-tcp", Protocol::tcp)) == "KUBE-EXT-XXEKWML33DRU2CCG");
  BOOST_TEST(firewall_chain(port_hash("default/lb:http-udp", Protocol::udp)) == "KUBE-FW-WKJQTT6JNBPXOZ4N");
  BOOST_TEST(endpoint_chain("default/api:https-tcp", Protocol::tcp, "192.168.50.11:6443") ==
             "KUBE-SEP-HD3GBCOYR2LGM6UT");
}

BOOST_AUTO_TEST_CASE(kpx_1_the_protocol_is_part_of_the_name) {
  BOOST_TEST(port_hash("a/b:c", Protocol::tcp) != port_hash("a/b:c", Protocol::udp));
  BOOST_TEST(local_policy_chain("H") == "KUBE-SVL-H");
}

BOOST_AUTO_TEST_CASE(kpx_1_a_port_without_a_name_has_no_colon) {
  BOOST_TEST(port_name_text({"ns", "svc"}, {"", Protocol::tcp}) == "ns/svc");
  BOOST_TEST(port_name_text({"ns", "svc"}, {"p80", Protocol::tcp}) == "ns/svc:p80");
}

BOOST_AUTO_TEST_CASE(service_chains_are_told_from_others) {
  for (const char* chain :
       {"KUBE-SVC-X", "KUBE-SVL-X", "KUBE-SEP-X", "KUBE-FW-X", "KUBE-EXT-X", "KUBE-XLB-X"}) {
    BOOST_TEST(is_service_chain(chain));
  }
  for (const char* chain : {"KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-MARK-MASQ", "KUBE-PROXY-CANARY",
                            "POSTROUTING", "CNI-FW-X"}) {
    BOOST_TEST(!is_service_chain(chain));
  }
}

BOOST_AUTO_TEST_SUITE_END()
