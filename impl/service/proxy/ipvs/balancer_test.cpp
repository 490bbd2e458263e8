#include "impl/service/proxy/ipvs/balancer.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using namespace plimsoll::service::ipvs;
using Verdict = overlay::Balanced::Verdict;

const base::Ipv4 client(192, 0, 2, 1);
const VirtualKey web{base::Ipv4(10, 96, 0, 1), 80, Protocol::udp};
const VirtualKey shop{base::Ipv4(10, 96, 0, 2), 80, Protocol::udp};
const RealKey server{base::Ipv4(10, 244, 1, 2), 8080};

overlay::Ipv4Packet datagram(base::Ipv4 src, std::uint16_t src_port, base::Ipv4 dst, std::uint16_t dst_port) {
  overlay::Ipv4Packet packet;
  packet.src = src;
  packet.src_port = src_port;
  packet.dst = dst;
  packet.dst_port = dst_port;
  packet.protocol = overlay::protocol::udp;
  return packet;
}

overlay::Ipv4Packet error_about(const overlay::Ipv4Packet& about) {
  overlay::Ipv4Packet error;
  error.src = base::Ipv4(192, 0, 2, 254);
  error.dst = about.src;
  error.protocol = overlay::protocol::icmp;
  error.icmp_type = overlay::icmp_type::unreachable;
  error.inner = overlay::Inner{overlay::quote_of(about, 548)};
  return error;
}

struct Bed {
  Tables tables = {{web, {Scheduler::rr, 0, {{server, 1}}}}, {shop, {Scheduler::rr, 0, {{server, 1}}}}};
  State state = {};
  Balancer balancer{tables, {1, true, true, false, true}, state};
  overlay::Ipv4Packet request = datagram(client, 1000, web.address, web.port);
  overlay::Ipv4Packet answer = datagram(server.address, server.port, client, 1000);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(balancer_test)

BOOST_AUTO_TEST_CASE(requests_go_to_the_server_and_answers_come_from_the_virtual_server) {
  Bed bed;
  BOOST_CHECK(bed.balancer.answer(bed.answer).verdict == Verdict::pass);
  const overlay::Balanced there = bed.balancer.request(bed.request, false);
  BOOST_CHECK(there.verdict == Verdict::translate);
  BOOST_CHECK((RealKey{there.address, there.port}) == server);
  const overlay::Balanced back = bed.balancer.answer(bed.answer);
  BOOST_CHECK(back.verdict == Verdict::translate);
  BOOST_CHECK((VirtualKey{back.address, back.port, Protocol::udp}) == web);
}

BOOST_AUTO_TEST_CASE(a_flow_whose_server_is_gone_is_dropped_and_forgotten) {
  Bed bed;
  (void)bed.balancer.request(bed.request, false);
  bed.tables.at(web).servers.clear();
  const overlay::Balanced dropped = bed.balancer.request(bed.request, true);
  BOOST_CHECK(dropped.verdict == Verdict::drop);
  BOOST_TEST(dropped.forget_flow);
  BOOST_CHECK(bed.balancer.request(bed.request, false).verdict == Verdict::refuse);
}

BOOST_AUTO_TEST_CASE(two_connections_of_one_port_with_one_server_are_unknown) {
  Bed bed;
  (void)bed.balancer.request(bed.request, false);
  (void)bed.balancer.request(datagram(client, 1000, shop.address, shop.port), false);
  BOOST_CHECK(bed.balancer.answer(bed.answer).verdict == Verdict::unknown);
}

BOOST_AUTO_TEST_CASE(errors_about_connections_are_unknown_and_others_pass) {
  Bed bed;
  BOOST_CHECK(
      bed.balancer.request(error_about(datagram(web.address, web.port, client, 1000)), false).verdict ==
      Verdict::pass);
  (void)bed.balancer.request(bed.request, false);
  BOOST_CHECK(
      bed.balancer.request(error_about(datagram(web.address, web.port, client, 1000)), false).verdict ==
      Verdict::unknown);
  BOOST_CHECK(bed.balancer.answer(error_about(datagram(client, 1000, server.address, server.port))).verdict ==
              Verdict::unknown);
  BOOST_CHECK(bed.balancer.answer(error_about(datagram(client, 1001, server.address, server.port))).verdict ==
              Verdict::pass);
}

BOOST_AUTO_TEST_CASE(sysctls_are_those_written_or_the_kernels_defaults) {
  overlay::Sysctls sysctls;
  BOOST_CHECK(sysctls_of(sysctls) == Sysctls());
  sysctls.others = {{"net.ipv4.vs.conntrack", "1"},
                    {"net.ipv4.vs.conn_reuse_mode", "0"},
                    {"net.ipv4.vs.expire_nodest_conn", "1"},
                    {"net.ipv4.vs.expire_quiescent_template", "1"}};
  BOOST_CHECK((sysctls_of(sysctls) == Sysctls{0, true, true, false, true}));
}

BOOST_AUTO_TEST_SUITE_END()
