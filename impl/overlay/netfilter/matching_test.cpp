// Every match and every target, as tables: a rule, a packet, and what the manual says.
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/test_bed.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

constexpr std::uint16_t syn = tcp_flag::syn;
constexpr std::uint16_t ack = tcp_flag::ack;

/// What a packet meets in mangle's FORWARD, whose rule drops what it matches.
struct Case {
  std::string matches;
  Ipv4Packet packet;
  bool dropped;
};

Ipv4Packet later_fragment() {
  Ipv4Packet packet = udp("10.0.0.1", 1000, "10.0.0.2", 53);
  packet.fragment_offset = 1480;
  packet.src_port = packet.dst_port = 0;
  return packet;
}

bool is_dropped(HookNode& node, Ipv4Packet packet, Metadata metadata = {}, DeviceId physdev_in = 0,
                DeviceId physdev_out = 0) {
  Environment environment = node.environment();
  AtHook at{packet, metadata, Hook::forward, HookNode::cni0, HookNode::eth0, physdev_in, physdev_out};
  const Walked walked = evaluate(node.program, TableName::mangle, environment, at);
  BOOST_REQUIRE(walked.decision != Decision::unknown);
  return walked.decision == Decision::drop;
}

std::string mangle(const std::string& matches) {
  return "*mangle\n-A FORWARD " + matches + " -j DROP\nCOMMIT\n";
}

void check(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    BOOST_TEST_CONTEXT(one.matches) {
      HookNode node(mangle(one.matches));
      BOOST_TEST(is_dropped(node, one.packet) == one.dropped);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(matching_test)

BOOST_AUTO_TEST_CASE(headers) {
  const Ipv4Packet dns = udp("10.0.0.1", 1000, "10.0.1.2", 53);
  check({{"", dns, true},
         {"-s 10.0.0.1", dns, true},
         {"-s 10.0.0.2", dns, false},
         {"! -s 10.0.0.2", dns, true},
         {"-d 10.0.0.0/16", dns, true},
         {"! -d 10.0.0.0/16", dns, false},
         {"-d 10.0.0.2/255.0.0.255", dns, true},
         {"-p udp", dns, true},
         {"-p tcp", dns, false},
         {"! -p tcp", dns, true},
         {"-p 17", dns, true},
         {"-i cni0", dns, true},
         {"-i cni+", dns, true},
         {"-i eth0", dns, false},
         {"-i cni0.1", dns, false},
         {"! -i eth+", dns, true},
         {"-i +", dns, true},
         {"-o eth0 -i cni0", dns, true},
         {"-o gone0", dns, false},
         {"! -o gone0", dns, true},
         {"-f", dns, false},
         {"! -f", dns, true},
         {"-f", later_fragment(), true},
         {"! -f", later_fragment(), false}});
}

BOOST_AUTO_TEST_CASE(ports_and_flags) {
  const Ipv4Packet dns = udp("10.0.0.1", 1000, "10.0.1.2", 53);
  const Ipv4Packet web = tcp("10.0.0.1", 1000, "10.0.1.2", 80, syn);
  check({{"-p udp --dport 53", dns, true},
         {"-p udp --dport 54", dns, false},
         {"-p udp ! --dport 54", dns, true},
         {"-p udp --dport 50:60 --sport 1000:", dns, true},
         {"-p udp --sport :999", dns, false},
         {"-p udp --dport 53", later_fragment(), false},
         {"-p udp ! --dport 53", later_fragment(), false},
         {"-p udp -m udp", later_fragment(), false},
         {"-p tcp --dport 80", web, true},
         {"-p tcp --syn", web, true},
         {"-p tcp ! --syn", web, false},
         {"-p tcp --tcp-flags ALL SYN,ACK", web, false},
         {"-p tcp --tcp-flags SYN,ACK SYN", web, true},
         {"-p tcp --tcp-flags ACK NONE", web, true},
         {"-p tcp --tcp-option 2", web, false},
         {"-p tcp ! --tcp-option 2", web, true},
         {"-p udp -m multiport --dports 52,53", dns, true},
         {"-p udp -m multiport ! --dports 52,53", dns, false},
         {"-p udp -m multiport --sports 53", dns, false},
         {"-p udp -m multiport --ports 900:1100", dns, true},
         {"-p tcp -m multiport --dports 1,2,3,80", web, true}});
  Ipv4Packet with_options = web;
  with_options.tcp_options = Payload(std::string_view("\x01\x01\x02\x04\x05\xb4\x00\x00", 8));
  check({{"-p tcp --tcp-option 2", with_options, true}, {"-p tcp --tcp-option 8", with_options, false}});
}

BOOST_AUTO_TEST_CASE(icmp_types) {
  const Ipv4Packet ping = icmp("10.0.0.1", "10.0.0.2", 8, 0);
  const Ipv4Packet closed = icmp("10.0.0.1", "10.0.0.2", 3, 3);
  check({{"-p icmp --icmp-type any", ping, true},
         {"-p icmp --icmp-type 8", ping, true},
         {"-p icmp --icmp-type echo-reply", ping, false},
         {"-p icmp ! --icmp-type 8", ping, false},
         {"-p icmp --icmp-type 3", closed, true},
         {"-p icmp --icmp-type 3/3", closed, true},
         {"-p icmp --icmp-type 3/1", closed, false},
         {"-p icmp --icmp-type 3/3", udp("10.0.0.1", 3, "10.0.0.2", 3), false}});
}

BOOST_AUTO_TEST_CASE(marks) {
  const Ipv4Packet packet = udp("10.0.0.1", 1, "10.0.0.2", 2);
  for (const auto& [match, dropped] :
       std::vector<std::pair<std::string, bool>>{{"-m mark --mark 0x4001", true},
                                                 {"-m mark --mark 0x4000", false},
                                                 {"-m mark --mark 0x4000/0x4000", true},
                                                 {"-m mark ! --mark 0x4000/0x4000", false},
                                                 {"-m mark --mark 0x0/0x8000", true}}) {
    HookNode node(mangle(match));
    Metadata metadata;
    metadata.mark = 0x4001;
    BOOST_TEST(is_dropped(node, packet, metadata) == dropped, match);
  }
  for (const auto& [target, mark] :
       std::vector<std::pair<std::string, std::uint32_t>>{{"--set-xmark 0x4000/0x4000", 0x4001},
                                                          {"--set-xmark 0x4000/0x0", 0x1},
                                                          {"--set-mark 0x10", 0x10},
                                                          {"--or-mark 0x2", 0x4003},
                                                          {"--and-mark 0x4000", 0x4000},
                                                          {"--xor-mark 0x1", 0x4000},
                                                          {"--set-mark 0x80/0xff", 0x4080}}) {
    HookNode node("*mangle\n-A FORWARD -j MARK " + target + "\nCOMMIT\n");
    Metadata metadata;
    metadata.mark = 0x4001;
    Ipv4Packet copy = packet;
    BOOST_TEST((node.at(Hook::forward, copy, metadata, 3, 2).decision == Decision::accept));
    BOOST_TEST(metadata.mark == mark, target);
  }
}

BOOST_AUTO_TEST_CASE(statistics_ask_for_chance_and_count) {
  const Ipv4Packet packet = udp("10.0.0.1", 1, "10.0.0.2", 2);
  HookNode chance(mangle("-m statistic --mode random --probability 0.5"));
  chance.choices.answers = {1, 0, 1};
  BOOST_TEST(!is_dropped(chance, packet));
  BOOST_TEST(is_dropped(chance, packet));
  BOOST_TEST(!is_dropped(chance, packet));
  BOOST_TEST(chance.choices.asked.size() == 3U);
  BOOST_TEST(chance.choices.asked[0] == question::statistic);

  HookNode always(mangle("-m statistic --mode random --probability 1"));
  HookNode never(mangle("-m statistic --mode random --probability 0"));
  BOOST_TEST(is_dropped(always, packet));
  BOOST_TEST(!is_dropped(never, packet));
  BOOST_TEST(always.choices.asked.size() + never.choices.asked.size() == 0U);

  for (const auto& [options, expected] :
       std::vector<std::pair<std::string, std::string>>{{"--every 3 --packet 0", "001001001"},
                                                        {"--every 3 --packet 1", "010010010"},
                                                        {"--every 3 --packet 2", "100100100"},
                                                        {"--every 1 --packet 0", "111111111"}}) {
    HookNode nth(mangle("-m statistic --mode nth " + options));
    std::string seen;
    for (std::size_t at = 0; at < expected.size(); ++at) {
      seen += is_dropped(nth, packet) ? '1' : '0';
    }
    BOOST_TEST(seen == expected, options);
  }
}

BOOST_AUTO_TEST_CASE(types_of_addresses) {
  check({{"-m addrtype --dst-type LOCAL", udp("10.0.0.1", 1, "192.168.50.11", 2), true},
         {"-m addrtype --dst-type LOCAL", udp("10.0.0.1", 1, "192.168.50.12", 2), false},
         {"-m addrtype ! --dst-type LOCAL", udp("10.0.0.1", 1, "192.168.50.12", 2), true},
         {"-m addrtype --dst-type LOCAL,MULTICAST", udp("10.0.0.1", 1, "224.0.0.1", 2), true},
         {"-m addrtype --src-type LOCAL", udp("10.244.1.1", 1, "10.0.0.2", 2), true},
         {"-m addrtype --src-type LOCAL --dst-type LOCAL", udp("10.244.1.1", 1, "10.0.0.2", 2), false},
         {"-m addrtype --dst-type LOCAL --limit-iface-out", udp("10.0.0.1", 1, "192.168.50.11", 2), true},
         {"-m addrtype --dst-type LOCAL --limit-iface-in", udp("10.0.0.1", 1, "192.168.50.11", 2), false},
         {"-m addrtype --dst-type BROADCAST", udp("10.0.0.1", 1, "255.255.255.255", 2), true}});
}

BOOST_AUTO_TEST_CASE(ports_of_a_bridge) {
  struct BridgeCase {
    std::string matches;
    DeviceId in;
    DeviceId out;
    bool dropped;
  };
  constexpr DeviceId one = HookNode::vethp1;
  constexpr DeviceId two = HookNode::vethp2;
  for (const BridgeCase& bridged : std::vector<BridgeCase>{{"--physdev-is-bridged", one, two, true},
                                                           {"--physdev-is-bridged", one, 0, false},
                                                           {"--physdev-is-bridged", 0, 0, false},
                                                           {"! --physdev-is-bridged", 0, 0, true},
                                                           {"! --physdev-is-bridged", one, 0, true},
                                                           {"! --physdev-is-bridged", one, two, false},
                                                           {"--physdev-in vethp1", one, two, true},
                                                           {"--physdev-in veth+", one, two, true},
                                                           {"--physdev-in vethp2", one, two, false},
                                                           {"! --physdev-in vethp2", one, two, true},
                                                           {"--physdev-in vethp1", 0, 0, false},
                                                           {"! --physdev-in vethp1", 0, 0, true},
                                                           {"--physdev-out vethp2", one, two, true},
                                                           {"--physdev-out vethp2", one, 0, false},
                                                           {"--physdev-is-in", one, 0, true},
                                                           {"--physdev-is-out", one, 0, false},
                                                           {"! --physdev-is-in", 0, 0, true}}) {
    HookNode node(mangle("-m physdev " + bridged.matches));
    BOOST_TEST(
        is_dropped(node, udp("10.0.0.1", 1, "10.0.0.2", 2), {}, bridged.in, bridged.out) == bridged.dropped,
        bridged.matches << " " << bridged.in << " " << bridged.out);
  }
}

BOOST_AUTO_TEST_CASE(states_of_flows) {
  Flow flow;
  flow.original = {ip("10.0.0.1"), ip("10.96.0.1"), 1000, 80, protocol::tcp};
  flow.reply = {ip("10.244.1.2"), ip("10.0.0.1"), 8080, 1000, protocol::tcp};
  flow.dst_nat = flow.confirmed = flow.seen_reply = true;
  struct StateCase {
    std::string matches;
    CtInfo info;
    bool dropped;
  };
  for (const StateCase& one : std::vector<StateCase>{
           {"-m conntrack --ctstate NEW", CtInfo::new_, true},
           {"-m conntrack --ctstate NEW", CtInfo::established, false},
           {"-m conntrack ! --ctstate NEW", CtInfo::established, true},
           {"-m conntrack --ctstate ESTABLISHED", CtInfo::established_reply, true},
           {"-m conntrack --ctstate RELATED,ESTABLISHED", CtInfo::related_reply, true},
           {"-m conntrack --ctstate INVALID", CtInfo::invalid, true},
           {"-m conntrack --ctstate INVALID", CtInfo::none, true},
           {"-m conntrack --ctstate INVALID", CtInfo::untracked, false},
           {"-m conntrack --ctstate UNTRACKED", CtInfo::untracked, true},
           {"-m conntrack --ctstate DNAT", CtInfo::new_, true},
           {"-m conntrack --ctstate SNAT", CtInfo::new_, false},
           {"-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT", CtInfo::new_, false},
           {"-m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT", CtInfo::invalid, true},
           {"-m state --state NEW", CtInfo::new_, true},
           {"-m conntrack --ctorigdst 10.96.0.0/16", CtInfo::established, true},
           {"-m conntrack --ctorigdst 10.96.0.0/16", CtInfo::invalid, false},
           {"-m conntrack ! --ctorigdst 10.97.0.0/16", CtInfo::established, true},
           {"-m conntrack --ctreplsrc 10.244.1.2 --ctorigdstport 80", CtInfo::established, true},
           {"-m conntrack --ctorigdstport 81:90", CtInfo::established, false},
           {"-m conntrack --ctproto tcp", CtInfo::established, true},
           {"-m conntrack ! --ctproto tcp", CtInfo::established, false},
           {"-m conntrack --ctstatus SEEN_REPLY", CtInfo::established, true},
           {"-m conntrack --ctstatus ASSURED", CtInfo::established, false},
           {"-m conntrack ! --ctstatus ASSURED", CtInfo::established, true},
           {"-m conntrack --ctdir REPLY", CtInfo::established_reply, true},
           {"-m conntrack --ctdir REPLY", CtInfo::established, false}}) {
    HookNode node(mangle(one.matches));
    Metadata metadata;
    metadata.tracked = {one.info, flow};
    BOOST_TEST(is_dropped(node, tcp("10.0.0.1", 1000, "10.244.1.2", 8080, ack), metadata) == one.dropped,
               one.matches << " " << static_cast<int>(one.info));
  }
}

BOOST_AUTO_TEST_CASE(sets) {
  const base::Ipv4Prefix vip(ip("10.96.0.1"), 32);
  const base::Ipv4Prefix pod(ip("10.244.1.2"), 32);
  HookNode node;
  node.sets = {{"ports", {IpSetType::bitmap_port, {{{}, 0, 30080, {}}}}},
               {"vips", {IpSetType::hash_ip_port, {{vip, protocol::tcp, 80, {}}}}},
               {"loop", {IpSetType::hash_ip_port_ip, {{pod, protocol::tcp, 8080, pod}}}},
               {"ips", {IpSetType::hash_ip, {{vip, 0, 0, {}}}}},
               {"nets", {IpSetType::hash_net, {{{ip("10.244.0.0"), 16}, 0, 0, {}}}}}};
  const auto dropped = [&](const std::string& matches, const Ipv4Packet& packet) {
    node.install(mangle("-m set " + matches));
    return is_dropped(node, packet);
  };
  const Ipv4Packet to_vip = tcp("10.244.1.2", 1000, "10.96.0.1", 80, syn);
  BOOST_TEST(dropped("--match-set vips dst,dst", to_vip));
  BOOST_TEST(!dropped("! --match-set vips dst,dst", to_vip));
  BOOST_TEST(!dropped("--match-set vips dst,src", to_vip));
  BOOST_TEST(!dropped("--match-set vips dst,dst", udp("10.244.1.2", 1000, "10.96.0.1", 80)));
  BOOST_TEST(dropped("--match-set loop dst,dst,src", tcp("10.244.1.2", 1000, "10.244.1.2", 8080, syn)));
  BOOST_TEST(!dropped("--match-set loop dst,dst,src", tcp("10.244.1.3", 1000, "10.244.1.2", 8080, syn)));
  BOOST_TEST(dropped("--match-set ports dst", udp("10.0.0.1", 1, "10.0.0.2", 30080)));
  BOOST_TEST(!dropped("--match-set ports dst", later_fragment()));
  BOOST_TEST(dropped("--match-set ips dst", to_vip));
  BOOST_TEST(dropped("--match-set nets src", to_vip));
  BOOST_TEST(!dropped("--match-set nets dst", to_vip));
}

BOOST_AUTO_TEST_CASE(walks_return_and_go_to) {
  const std::string chains = "*filter\n:A - [0:0]\n:B - [0:0]\n";
  struct WalkCase {
    std::string rules;
    Decision decision;
    std::uint32_t mark;
  };
  for (const WalkCase& one : std::vector<WalkCase>{
           {"-A FORWARD -j A\n-A FORWARD -j DROP\n-A A -j MARK --set-mark 1\n", Decision::drop, 1},
           {"-A FORWARD -j A\n-A FORWARD -j DROP\n-A A -j RETURN\n-A A -j MARK --set-mark 1\n",
            Decision::drop, 0},
           {"-A FORWARD -j A\n-A FORWARD -j DROP\n-A A -j ACCEPT\n", Decision::accept, 0},
           {"-A FORWARD -j RETURN\n-A FORWARD -j DROP\n", Decision::accept, 0},
           {"-A FORWARD -g A\n-A FORWARD -j DROP\n-A A -j MARK --set-mark 1\n", Decision::accept, 1},
           {"-A FORWARD -j A\n-A FORWARD -j DROP\n-A A -g B\n-A A -j ACCEPT\n-A B -j MARK --set-mark 2\n",
            Decision::drop, 2},
           {"-P FORWARD DROP\n-A FORWARD -j A\n", Decision::drop, 0},
           {"-A FORWARD -m comment --comment counts\n-A FORWARD -j REJECT\n", Decision::reject, 0},
           {"-A FORWARD -j LOG --log-prefix x\n", Decision::accept, 0}}) {
    HookNode node(chains + one.rules + "COMMIT\n");
    Ipv4Packet packet = udp("10.0.0.1", 1, "10.0.0.2", 2);
    Metadata metadata;
    const HookResult result = node.at(Hook::forward, packet, metadata, 3, 2);
    BOOST_TEST((result.decision == one.decision), one.rules);
    BOOST_TEST(metadata.mark == one.mark, one.rules);
  }
}

BOOST_AUTO_TEST_CASE(rejections_say_how) {
  for (const auto& [name, type] : std::vector<std::pair<std::string, RejectType>>{
           {"icmp-port-unreachable", RejectType::icmp_port_unreachable},
           {"icmp-host-prohibited", RejectType::icmp_host_prohibited},
           {"tcp-reset", RejectType::tcp_reset}}) {
    HookNode node("*filter\n-A FORWARD -j ACCEPT -s 10.9.9.9\n-A FORWARD -p tcp -j REJECT --reject-with " +
                  name + "\nCOMMIT\n");
    Ipv4Packet packet = tcp("10.0.0.1", 1, "10.0.0.2", 2, syn);
    Metadata metadata;
    const HookResult result = node.at(Hook::forward, packet, metadata, 3, 2);
    BOOST_TEST((result.decision == Decision::reject && result.reject == type), name);
    BOOST_TEST((node.program.locate(result.rule) == RuleRef{TableName::filter, "FORWARD", 2}));
  }
}

BOOST_AUTO_TEST_CASE(what_is_not_supported_is_unknown_only_if_it_matters) {
  const auto decision = [](const std::string& rules) {
    HookNode node("*filter\n" + rules + "COMMIT\n");
    Ipv4Packet packet = udp("10.0.0.1", 1, "10.0.0.2", 2);
    Metadata metadata;
    const HookResult result = node.at(Hook::forward, packet, metadata, 3, 2);
    if (result.decision == Decision::unknown) {
      BOOST_TEST(!node.program.unsupported(result.rule).empty());
    }
    return result.decision;
  };
  BOOST_TEST((decision("-A FORWARD -m limit --limit 1/s -j DROP\n") == Decision::unknown));
  BOOST_TEST((decision("-A FORWARD -m limit --limit 1/s -s 10.0.0.9 -j DROP\n") == Decision::accept));
  BOOST_TEST(
      (decision("-A FORWARD -p udp -m limit --limit 1/s -m udp --dport 9 -j DROP\n") == Decision::accept));
  BOOST_TEST((decision("-A FORWARD -m limit --limit 1/s\n-A FORWARD -j DROP\n") == Decision::drop));
  BOOST_TEST((decision("-A FORWARD -m limit --limit 1/s -m recent --set\n") == Decision::unknown));
  BOOST_TEST((decision("-A FORWARD -j TEE --gateway 10.0.0.1\n") == Decision::unknown));
  BOOST_TEST((decision("-A FORWARD -m set --match-set gone dst -j DROP\n") == Decision::unknown));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::netfilter
