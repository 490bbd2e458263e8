#include "impl/service/proxy/ipvs/input.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using namespace plimsoll::service::ipvs;
namespace flag = overlay::tcp_flag;

const VirtualKey web{base::Ipv4(10, 96, 0, 1), 80, Protocol::tcp};
const VirtualKey dns{base::Ipv4(10, 96, 0, 2), 53, Protocol::udp};
const RealKey first{base::Ipv4(10, 244, 1, 2), 8080};
const RealKey second{base::Ipv4(10, 244, 2, 2), 8080};

/// A node with two services of two servers each, as kube-proxy sets it up.
struct Node {
  Tables tables = {{web, {Scheduler::rr, 0, {{first, 1}, {second, 1}}}},
                   {dns, {Scheduler::rr, 0, {{first, 1}, {second, 1}}}}};
  Sysctls sysctls = {1, true, true, false, true};
  State state = {};

  Outcome send(const VirtualKey& to, std::uint16_t client_port, std::uint16_t flags = flag::syn,
               bool in_known_flow = false) {
    overlay::Ipv4Packet packet;
    packet.src = base::Ipv4(192, 0, 2, 1);
    packet.src_port = client_port;
    packet.dst = to.address;
    packet.dst_port = to.port;
    packet.protocol = ip_protocol(to.protocol);
    packet.tcp_flags = to.protocol == Protocol::tcp ? flags : std::uint16_t{0};
    return ipvs_input(tables, sysctls, state, packet, in_known_flow);
  }
  ConnectionKey key(const VirtualKey& to, std::uint16_t client_port) const {
    return {base::Ipv4(192, 0, 2, 1), client_port, to};
  }
  void set_weight(const VirtualKey& service, const RealKey& server, std::uint32_t weight) {
    for (RealServer& each : tables.at(service).servers) {
      each.weight = each.key == server ? weight : each.weight;
    }
  }
};

Outcome to(const RealKey& server) {
  return Forwarded{server};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(input_test)

BOOST_AUTO_TEST_CASE(new_connections_are_scheduled_and_kept) {
  Node node;
  BOOST_CHECK(node.send(web, 1000) == to(first));
  BOOST_CHECK(node.send(web, 1001) == to(second));
  BOOST_CHECK(node.send(web, 1000, flag::ack) == to(first));
  BOOST_CHECK(node.send(dns, 1000) == to(first));
  BOOST_CHECK(node.send(dns, 1000) == to(first));
}

BOOST_AUTO_TEST_CASE(what_is_no_virtual_servers_goes_on) {
  Node node;
  BOOST_CHECK(node.send({base::Ipv4(10, 96, 0, 1), 81, Protocol::tcp}, 1000) == Outcome{NotOurs{}});
  BOOST_CHECK(node.send(web, 1000, flag::ack) == Outcome{NotOurs{}});
  overlay::Ipv4Packet ping;
  ping.protocol = overlay::protocol::icmp;
  ping.icmp_type = overlay::icmp_type::echo;
  BOOST_CHECK(ipvs_input(node.tables, node.sysctls, node.state, ping) == Outcome{NotOurs{}});
}

BOOST_AUTO_TEST_CASE(icmp_errors_and_fragments_are_unknown) {
  Node node;
  overlay::Ipv4Packet packet;
  packet.protocol = overlay::protocol::icmp;
  packet.icmp_type = overlay::icmp_type::unreachable;
  BOOST_TEST(std::holds_alternative<Unknown>(ipvs_input(node.tables, node.sysctls, node.state, packet)));
  packet.protocol = overlay::protocol::udp;
  packet.mf = true;
  BOOST_TEST(std::holds_alternative<Unknown>(ipvs_input(node.tables, node.sysctls, node.state, packet)));
}

BOOST_AUTO_TEST_CASE(a_service_without_servers_refuses) {
  Node node;
  node.tables.at(web).servers.clear();
  BOOST_CHECK(node.send(web, 1000) == Outcome{Refused{}});
  BOOST_TEST(node.state.connections.empty());
}

BOOST_AUTO_TEST_CASE(weight_0_takes_no_new_connections_and_keeps_the_old_ones) {
  Node node;
  BOOST_CHECK(node.send(web, 1000) == to(first));
  BOOST_CHECK(node.send(web, 1000, flag::ack) == to(first));
  node.set_weight(web, first, 0);
  BOOST_CHECK(node.send(web, 1000, flag::ack) == to(first));
  for (std::uint16_t port = 2000; port < 2004; ++port) {
    BOOST_CHECK(node.send(web, port) == to(second));
  }
}

BOOST_AUTO_TEST_CASE(a_connection_whose_server_is_gone_is_dropped_and_then_forgotten) {
  Node node;
  BOOST_CHECK(node.send(dns, 1000) == to(first));
  node.tables.at(dns).servers = {{second, 1}};
  BOOST_CHECK(node.send(dns, 1000, 0, true) == Outcome{Dropped{true}});
  BOOST_CHECK(node.send(dns, 1000) == to(second));
  node.tables.at(dns).servers = {{first, 1}};
  BOOST_CHECK(node.send(dns, 1000) == to(first));  // conntrack knows nothing of it: at once
  node.sysctls.expire_nodest_conn = false;
  node.tables.at(dns).servers.clear();
  BOOST_CHECK(node.send(dns, 1000) == Outcome{Dropped{}});
  BOOST_CHECK(node.send(dns, 1000) == Outcome{Dropped{}});
}

BOOST_AUTO_TEST_CASE(a_reused_port_is_a_new_connection_once_the_old_one_is_over) {
  Node node;
  BOOST_CHECK(node.send(web, 1000) == to(first));
  BOOST_CHECK(node.send(web, 1000, flag::ack) == to(first));
  BOOST_CHECK(node.send(web, 1000) == to(first));  // a retransmission
  BOOST_CHECK(node.send(web, 1000, flag::fin | flag::ack) == to(first));
  ipvs_reply(node.state, node.key(web, 1000), flag::fin | flag::ack);
  BOOST_CHECK(node.state.connections.at(node.key(web, 1000)).state == ConnectionState::time_wait);
  BOOST_CHECK(node.send(web, 1000) == to(second));
}

BOOST_AUTO_TEST_CASE(a_flow_is_not_turned_to_another_server) {
  Node node;
  BOOST_CHECK(node.send(web, 1000) == to(first));
  node.state.connections.at(node.key(web, 1000)).state = ConnectionState::time_wait;
  BOOST_CHECK(node.send(web, 1000, flag::syn, true) == Outcome{Dropped{true}});
  BOOST_CHECK(node.send(web, 1000) == to(second));  // the SYN again, a second later
}

BOOST_AUTO_TEST_CASE(an_answer_belongs_to_the_connection_of_its_server) {
  Node node;
  BOOST_CHECK(node.send(web, 1000) == to(first));
  BOOST_CHECK(node.send(dns, 1000) == to(first));
  overlay::Ipv4Packet answer;
  answer.src = first.address;
  answer.src_port = first.port;
  answer.dst = base::Ipv4(192, 0, 2, 1);
  answer.dst_port = 1000;
  answer.protocol = overlay::protocol::udp;
  BOOST_CHECK(connection_of_answer(node.state, answer).connection == node.key(dns, 1000));
  answer.protocol = overlay::protocol::tcp;
  BOOST_CHECK(connection_of_answer(node.state, answer).connection == node.key(web, 1000));
  answer.src = second.address;
  BOOST_CHECK(!connection_of_answer(node.state, answer).connection);
}

BOOST_AUTO_TEST_CASE(sctp_associations_begin_with_an_init_chunk) {
  const VirtualKey diameter{base::Ipv4(10, 96, 0, 3), 3868, Protocol::sctp};
  Node node;
  node.tables[diameter] = {Scheduler::rr, 0, {{first, 1}, {second, 1}}};
  const auto send = [&](std::uint8_t client_port, char chunk) {
    std::string bytes(20, '\0');
    bytes[0] = '\x10';
    bytes[1] = static_cast<char>(client_port);
    bytes[2] = '\x0f';
    bytes[3] = '\x1c';
    bytes[12] = chunk;
    overlay::Ipv4Packet packet;
    packet.src = base::Ipv4(192, 0, 2, 1);
    packet.dst = diameter.address;
    packet.protocol = ip_protocol(Protocol::sctp);
    packet.payload = overlay::Payload(std::string_view(bytes));
    return ipvs_input(node.tables, node.sysctls, node.state, packet);
  };
  constexpr char data = 0;
  constexpr char init = 1;
  BOOST_CHECK(send(1, data) == Outcome{NotOurs{}});
  BOOST_CHECK(send(1, init) == to(first));
  BOOST_CHECK(send(2, init) == to(second));
  BOOST_CHECK(send(1, data) == to(first));
  BOOST_TEST(node.state.connections.contains({base::Ipv4(192, 0, 2, 1), 0x1001, diameter}));
}

BOOST_AUTO_TEST_CASE(p11_conn_reuse_mode_0_sends_a_reused_port_to_a_server_of_weight_0) {
  for (const bool is_defect : {false, true}) {
    Node node;
    if (is_defect) {
      node.sysctls.conn_reuse_mode = 0;
      node.sysctls.before_5_16 = true;
    }
    BOOST_CHECK(node.send(web, 1000) == to(first));
    node.state.connections.at(node.key(web, 1000)).state = ConnectionState::time_wait;
    node.set_weight(web, first, 0);
    BOOST_CHECK(node.send(web, 1000) == to(is_defect ? first : second));
  }
}

BOOST_AUTO_TEST_CASE(since_5_16_weight_0_is_seen_without_conn_reuse_mode) {
  Node node;
  node.sysctls.conn_reuse_mode = 0;
  BOOST_CHECK(node.send(web, 1000) == to(first));
  node.set_weight(web, first, 0);
  BOOST_CHECK(node.send(web, 1000) == to(second));
}

BOOST_AUTO_TEST_CASE(persistence_keeps_a_client_at_its_server) {
  Node node;
  node.tables.at(web).persistence_seconds = 10800;
  for (std::uint16_t port = 1000; port < 1004; ++port) {
    BOOST_CHECK(node.send(web, port) == to(first));
  }
  node.state.templates.clear();  // it ran out
  BOOST_CHECK(node.send(web, 2000) == to(second));
}

BOOST_AUTO_TEST_CASE(p12_persistence_follows_a_server_of_weight_0) {
  for (const bool is_defect : {false, true}) {
    Node node;
    node.sysctls.expire_quiescent_template = !is_defect;
    node.tables.at(web).persistence_seconds = 10800;
    BOOST_CHECK(node.send(web, 1000) == to(first));
    node.set_weight(web, first, 0);
    BOOST_CHECK(node.send(web, 1001) == to(is_defect ? first : second));
  }
}

BOOST_AUTO_TEST_CASE(persistence_lets_go_of_a_server_that_is_gone) {
  Node node;
  node.tables.at(web).persistence_seconds = 10800;
  BOOST_CHECK(node.send(web, 1000) == to(first));
  node.tables.at(web).servers = {{second, 1}};
  BOOST_CHECK(node.send(web, 1001) == to(second));
}

BOOST_AUTO_TEST_CASE(connections_count_as_active_until_they_close) {
  Node node;
  node.tables.at(web).scheduler = Scheduler::lc;
  BOOST_CHECK(node.send(web, 1000) == to(first));
  BOOST_CHECK(node.send(web, 1001) == to(second));
  BOOST_CHECK(node.send(web, 1000, flag::rst) == to(first));
  auto counts = count_connections(node.state, web);
  // A reset before the handshake is over is taken for a retransmitted SYN's.
  BOOST_CHECK((counts.at(first) == Counts{1, 0}));
  BOOST_CHECK(node.send(web, 1000, flag::ack) == to(first));
  BOOST_CHECK(node.send(web, 1000, flag::rst) == to(first));
  counts = count_connections(node.state, web);
  BOOST_CHECK((counts.at(first) == Counts{0, 1}));
  BOOST_CHECK(node.send(web, 1002) == to(first));
}

BOOST_AUTO_TEST_SUITE_END()
