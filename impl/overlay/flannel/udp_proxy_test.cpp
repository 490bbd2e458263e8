#include "impl/overlay/flannel/udp_proxy.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/parse.hpp"
#include "impl/overlay/packet/print.hpp"

namespace plimsoll::overlay::flannel {
namespace {

const base::Ipv4 node_2(192, 168, 50, 12);
const base::Ipv4 node_3(192, 168, 50, 13);
const base::Ipv4 pod_1(10, 244, 1, 2);
const base::Ipv4 pod_2(10, 244, 2, 2);
const UdpProxyConfig config{base::Ipv4(10, 244, 1, 0), 1472};

base::Ipv4Prefix subnet(std::uint8_t third, unsigned length = 24) {
  return {base::Ipv4(10, 244, third, 0), length};
}

Ipv4Packet packet(std::uint8_t protocol, std::uint8_t ttl = 63) {
  Ipv4Packet made;
  made.src = pod_1, made.dst = pod_2;
  made.ttl = ttl, made.protocol = protocol;
  made.payload = Payload("sixteen bytes...");
  return made;
}

Ipv4Packet datagram_of(const Ipv4Packet& inner) {
  Ipv4Packet datagram;
  datagram.protocol = protocol::udp;
  datagram.inner = Inner{TunnelledPacket{inner}};
  return datagram;
}

/// Flanneld's list in the words of its source: arrays, indices, and the last one into the gap.
struct NaiveRoutes {
  std::vector<std::pair<base::Ipv4Prefix, base::Ipv4>> list;
  void set(const base::Ipv4Prefix& subnet, base::Ipv4 node) {
    for (auto& entry : list) {
      if (entry.first == subnet) {
        entry.second = node;
        return;
      }
    }
    list.emplace_back(subnet, node);
  }
  void remove(const base::Ipv4Prefix& subnet) {
    for (auto& entry : list) {
      if (entry.first == subnet) {
        entry = list[list.size() - 1];
        list.resize(list.size() - 1);
        return;
      }
    }
  }
  base::Ipv4 find(base::Ipv4 destination) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (destination >= list[i].first.first() && destination <= list[i].first.last()) {
        const auto entry = list[i];
        list[i] = list[0];
        list[0] = entry;
        return entry.second;
      }
    }
    return {};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(udp_proxy_test)

BOOST_AUTO_TEST_CASE(FLN_U_first_match_not_longest_prefix) {
  UdpRoutes routes;
  set_route(routes, {subnet(0, 16), node_3, 8285});
  set_route(routes, {subnet(2), node_2, 8285});
  BOOST_TEST((find_route(routes, pod_2)->node == node_3));
  delete_route(routes, subnet(0, 16));
  BOOST_TEST((find_route(routes, pod_2)->node == node_2));
}

BOOST_AUTO_TEST_CASE(FLN_U_what_matched_is_first_from_then_on) {
  UdpRoutes routes;
  for (const std::uint8_t third : std::to_array<std::uint8_t>({1, 2, 3})) {
    set_route(routes, {subnet(third), node_2, 8285});
  }
  BOOST_TEST(find_route(routes, base::Ipv4(10, 244, 3, 9)).has_value());
  BOOST_TEST((routes[0].subnet == subnet(3)));
  BOOST_TEST((routes[1].subnet == subnet(2)));
  BOOST_TEST((routes[2].subnet == subnet(1)));
}

BOOST_AUTO_TEST_CASE(FLN_U_list_is_flannelds) {
  BOOST_TEST(rc::check("against arrays", [] {
    UdpRoutes routes;
    NaiveRoutes naive;
    const auto length = *rc::gen::inRange(0, 40);
    for (int i = 0; i < length; ++i) {
      const auto third = static_cast<std::uint8_t>(*rc::gen::inRange(0, 8));
      const base::Ipv4Prefix prefix =
          base::Ipv4Prefix(base::Ipv4(10, 244, third, 0), static_cast<unsigned>(*rc::gen::inRange(20, 25)))
              .network();
      const base::Ipv4 node(static_cast<std::uint32_t>(*rc::gen::inRange(1, 5)));
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          set_route(routes, {prefix, node, 1});
          naive.set(prefix, node);
          break;
        case 1:
          delete_route(routes, prefix);
          naive.remove(prefix);
          break;
        default: {
          const auto found = find_route(routes, prefix.address());
          RC_ASSERT((found ? found->node : base::Ipv4()) == naive.find(prefix.address()));
        }
      }
      RC_ASSERT(routes.size() == naive.list.size());
      RC_ASSERT(std::equal(
          routes.begin(), routes.end(), naive.list.begin(),
          [](const UdpRoute& a, const auto& b) { return a.subnet == b.first && a.node == b.second; }));
    }
  }));
}

BOOST_AUTO_TEST_CASE(FLN_U_ttl_falls_at_both_ends_and_dies_in_silence) {
  UdpRoutes routes = {{subnet(2), node_2, 5678}};
  const UdpFate sent = from_tun(config, routes, packet(protocol::udp, 63));
  BOOST_TEST_REQUIRE(std::holds_alternative<ToPeer>(sent));
  BOOST_TEST((std::get<ToPeer>(sent) == ToPeer{node_2, 5678, packet(protocol::udp, 62)}));
  BOOST_TEST((from_socket(config, datagram_of(packet(protocol::udp, 62))) ==
              UdpFate(ToTun{packet(protocol::udp, 61)})));
  BOOST_TEST((from_tun(config, routes, packet(protocol::udp, 1)) == UdpFate(Vanished{Vanished::Why::ttl})));
  BOOST_TEST(
      (from_socket(config, datagram_of(packet(protocol::udp, 1))) == UdpFate(Vanished{Vanished::Why::ttl})));
  // An unsigned char counted down from 0.
  BOOST_TEST((from_socket(config, datagram_of(packet(protocol::udp, 0))) ==
              UdpFate(ToTun{packet(protocol::udp, 255)})));
}

BOOST_AUTO_TEST_CASE(FLN_U_without_route_the_sender_hears_net_unreachable) {
  UdpRoutes routes;
  const UdpFate fate = from_tun(config, routes, packet(protocol::udp));
  BOOST_TEST_REQUIRE(std::holds_alternative<ToTun>(fate));
  const Ipv4Packet& error = std::get<ToTun>(fate).packet;
  BOOST_TEST(to_text(error) == "10.244.1.0>10.244.1.2 ttl8 icmp3/0 len56");
  BOOST_TEST(error.id == 0);
  BOOST_TEST((build_content(error) == build(packet(protocol::udp)).substr(0, 28)));
  BOOST_TEST((parse_ip(build(error)).value() == error));
}

BOOST_AUTO_TEST_CASE(FLN_U_no_errors_about_icmp_later_fragments_and_longest_headers) {
  UdpRoutes routes;
  const UdpFate silence = Vanished{Vanished::Why::no_route};
  BOOST_TEST((from_tun(config, routes, packet(protocol::icmp)) == silence));
  Ipv4Packet fragment = packet(protocol::udp);
  fragment.fragment_offset = 8;
  BOOST_TEST((from_tun(config, routes, fragment) == silence));
  fragment.fragment_offset = 0;
  fragment.mf = true;
  BOOST_TEST(std::holds_alternative<ToTun>(from_tun(config, routes, fragment)));
  Ipv4Packet options = packet(protocol::udp);
  options.ip_options = Payload(36);
  BOOST_TEST(std::holds_alternative<ToTun>(from_tun(config, routes, options)));
  options.ip_options = Payload(40);
  BOOST_TEST((from_tun(config, routes, options) == silence));
}

BOOST_AUTO_TEST_CASE(FLN_U_an_error_has_eight_bytes_even_of_shorter_packets) {
  UdpRoutes routes;
  Ipv4Packet empty = packet(47);
  empty.payload = {};
  const UdpFate fate = from_tun(config, routes, empty);
  BOOST_TEST(std::get<ToTun>(fate).packet.total_length() == 56U);
}

BOOST_AUTO_TEST_CASE(FLN_U_socket_takes_packets_of_anybody_but_only_packets) {
  Ipv4Packet nonsense;
  nonsense.protocol = protocol::udp;
  nonsense.payload = Payload("nonsense");
  BOOST_TEST((from_socket(config, nonsense) == UdpFate(Vanished{Vanished::Why::not_a_packet})));
  Ipv4Packet large = packet(protocol::udp);
  large.payload = Payload(config.tun_mtu - 28);
  BOOST_TEST(std::holds_alternative<ToTun>(from_socket(config, datagram_of(large))));
  large.payload = Payload(config.tun_mtu - 27);
  BOOST_TEST((from_socket(config, datagram_of(large)) == UdpFate(Vanished{Vanished::Why::too_large})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::flannel
