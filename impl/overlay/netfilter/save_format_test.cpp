#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

/// A filter table with one user's chain and these lines.
std::string filter(const std::string& lines) {
  return "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:C - [0:0]\n" + lines +
         "COMMIT\n";
}
std::string table(const std::string& name, const std::string& lines) {
  return "*" + name + "\n" + lines + "COMMIT\n";
}

struct Canonical {
  std::string table;
  std::string given;
  std::string printed;  ///< empty: as given
};

/// Rules that any chain of any table may hold, here raw's PREROUTING.
std::vector<Canonical> headers_and_transports() {
  return {
      {"raw", "-A PREROUTING", ""},
      {"raw", "-A PREROUTING -j ACCEPT", ""},
      {"raw", "-A PREROUTING -s 10.1.2.3/8 -j DROP", "-A PREROUTING -s 10.0.0.0/8 -j DROP"},
      {"raw", "-A PREROUTING --src 10.1.2.3 ! --dst 10.0.0.0/255.255.0.0",
       "-A PREROUTING -s 10.1.2.3/32 ! -d 10.0.0.0/16"},
      {"raw", "-A PREROUTING -s 10.0.0.1/255.0.0.255 -j ACCEPT", ""},
      {"raw", "-A PREROUTING ! -s 0.0.0.0/0 -j ACCEPT", ""},
      {"raw", "-A PREROUTING -s 0.0.0.0/0 -d 0/0", "error"},
      {"raw", "-A PREROUTING -i eth+ -j ACCEPT", ""},
      {"raw", "-A PREROUTING ! -i eth0 -p TCP --syn",
       "-A PREROUTING ! -i eth0 -p tcp -m tcp --tcp-flags "
       "FIN,SYN,RST,ACK SYN"},
      {"raw", "-A PREROUTING -p 6 ! -f", "-A PREROUTING -p tcp ! -f"},
      {"raw", "-A PREROUTING ! -p 200 -f", ""},
      {"raw", "-A PREROUTING -p udp --dport 53", "-A PREROUTING -p udp -m udp --dport 53"},
      {"raw", "-A PREROUTING -p udp -m udp --sport 1024:65535 ! --dport 53", ""},
      {"raw", "-A PREROUTING -p udp -m udp --sport :1023", "-A PREROUTING -p udp -m udp --sport 0:1023"},
      {"raw", "-A PREROUTING -m tcp -p tcp --dport 80 -m comment --comment x",
       "-A PREROUTING -p tcp -m tcp --dport 80 -m comment --comment x"},
      {"raw", "-A PREROUTING -p tcp -m tcp --tcp-option 8 ! --tcp-flags SYN NONE", ""},
      {"raw", "-A PREROUTING -p tcp -m tcp --tcp-flags ALL FIN,SYN",
       "-A PREROUTING -p tcp -m tcp --tcp-flags FIN,SYN,RST,PSH,ACK,URG FIN,SYN"},
      {"raw", "-A PREROUTING -p icmp -m icmp --icmp-type 8", ""},
      {"raw", "-A PREROUTING -p icmp --icmp-type port-unreachable",
       "-A PREROUTING -p icmp -m icmp --icmp-type 3/3"},
      {"raw", "-A PREROUTING -p icmp -m icmp ! --icmp-type any", ""},
  };
}

std::vector<Canonical> matches() {
  return {
      {"raw", "-A PREROUTING -m comment --comment \"two words, \\\"quoted\\\"\"", ""},
      {"raw", "-A PREROUTING -m comment --comment \"\"", ""},
      {"raw", "-A PREROUTING -m comment --comment plain-word_1", ""},
      {"raw", "-A PREROUTING -m comment --comment default/web:http",
       "-A PREROUTING -m comment --comment \"default/web:http\""},
      {"raw", "-A PREROUTING -m mark ! --mark 0x4000/0x4000", ""},
      {"raw", "-A PREROUTING -m mark --mark 16384", "-A PREROUTING -m mark --mark 0x4000"},
      {"raw", "-A PREROUTING -p tcp -m multiport ! --dports 80,443,8000:8080", ""},
      {"raw", "-A PREROUTING -p udp -m multiport --ports 53", ""},
      {"raw", "-A PREROUTING -m statistic --mode random --probability 0.33333333349", ""},
      {"raw", "-A PREROUTING -m statistic --mode random ! --probability 0.5",
       "-A PREROUTING -m statistic --mode random ! --probability 0.50000000000"},
      {"raw", "-A PREROUTING -m statistic --mode nth --every 3 --packet 1", ""},
      {"raw", "-A PREROUTING -m recent --set --name L --mask 255.255.255.255 --rsource", ""},
      {"raw", "-A PREROUTING -m recent --name L --rcheck --seconds 10800 --reap",
       "-A PREROUTING -m recent --rcheck --seconds 10800 --reap --name L --mask 255.255.255.255 --rsource"},
      {"raw",
       "-A PREROUTING -m recent ! --update --seconds 60 --hitcount 4 --rttl --name D --mask 255.255.0.0 "
       "--rdest",
       ""},
      {"raw", "-A PREROUTING -m conntrack --ctstate ESTABLISHED,NEW",
       "-A PREROUTING -m conntrack --ctstate NEW,ESTABLISHED"},
      {"raw", "-A PREROUTING -m conntrack ! --ctstate INVALID,UNTRACKED,SNAT,DNAT", ""},
      {"raw", "-A PREROUTING -m state --state RELATED,ESTABLISHED", ""},
      {"raw",
       "-A PREROUTING -m conntrack --ctproto 17 --ctorigsrc 10.0.0.0/8 ! --ctorigdst 10.96.0.1 "
       "--ctorigdstport "
       "80:90 --ctstatus SEEN_REPLY,CONFIRMED --ctdir REPLY",
       ""},
      {"raw", "-A PREROUTING -m addrtype ! --src-type LOCAL --dst-type UNICAST,BROADCAST --limit-iface-in",
       ""},
      {"raw", "-A PREROUTING -m physdev ! --physdev-in veth+ --physdev-is-in ! --physdev-is-bridged", ""},
      {"raw", "-A PREROUTING -m set ! --match-set KUBE-CLUSTER-IP dst,dst,src", ""},
      {"raw", "-A PREROUTING -m limit --limit 3/min --limit-burst 5 -j ACCEPT", ""},
      {"raw", "-A PREROUTING -m conntrack --ctexpire 10", ""},
      {"raw", "-A PREROUTING -m conntrack --ctstate NEW --ctexpire 10",
       "-A PREROUTING -m conntrack --ctstate NEW -m conntrack --ctexpire 10"},
  };
}

std::vector<Canonical> targets() {
  return {
      {"raw", "-A PREROUTING -j MARK --set-xmark 0x4000/0x4000", ""},
      {"raw", "-A PREROUTING -j MARK --or-mark 0x4000", "-A PREROUTING -j MARK --set-xmark 0x4000/0x4000"},
      {"raw", "-A PREROUTING -j MARK --xor-mark 0x4000", "-A PREROUTING -j MARK --set-xmark 0x4000/0x0"},
      {"raw", "-A PREROUTING -j MARK --and-mark 0xff", "-A PREROUTING -j MARK --set-xmark 0x0/0xffffff00"},
      {"raw", "-A PREROUTING -j MARK --set-mark 0x10/0x1", "-A PREROUTING -j MARK --set-xmark 0x10/0x11"},
      {"raw", "-A PREROUTING -j CT --notrack", ""},
      {"raw", "-A PREROUTING -j NOTRACK", "-A PREROUTING -j CT --notrack"},
      {"raw", "-A PREROUTING -j CT --zone 5", ""},
      {"raw", "-A PREROUTING -j LOG --log-prefix \"what is this\" --log-level 4", ""},
      {"raw", "-A PREROUTING -j TEE --gateway 10.0.0.1", ""},
      {"filter", "-A INPUT -j REJECT", "-A INPUT -j REJECT --reject-with icmp-port-unreachable"},
      {"filter", "-A INPUT -p tcp -j REJECT --reject-with tcp-reset", ""},
      {"nat", "-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:80", ""},
      {"nat", "-A PREROUTING -j DNAT --to-destination 10.0.0.1-10.0.0.9 --random --persistent", ""},
      {"nat", "-A PREROUTING -p udp -j DNAT --to-destination :53", ""},
      {"nat", "-A PREROUTING -p udp -j DNAT --to-destination 10.0.0.1:100-200/50", ""},
      {"nat", "-A POSTROUTING -p udp -j SNAT --to-source 10.0.0.1:1024-2048 --random-fully", ""},
      {"nat", "-A POSTROUTING -j MASQUERADE --random-fully", ""},
      {"nat", "-A POSTROUTING -p tcp -j MASQUERADE --to-ports 1024-2048", ""},
      {"nat", "-A PREROUTING -p tcp -j REDIRECT --to-ports 8080", ""},
  };
}

struct Wrong {
  std::string text;
  std::uint32_t line;
  std::uint32_t column;
  std::string part_of_message;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(save_format_test)

BOOST_AUTO_TEST_CASE(rules_are_printed_as_iptables_save_prints_them) {
  std::vector<Canonical> rules = headers_and_transports();
  for (const std::vector<Canonical>& more : {matches(), targets()}) {
    rules.insert(rules.end(), more.begin(), more.end());
  }
  for (const Canonical& rule : rules) {
    BOOST_TEST_CONTEXT(rule.given) {
      const auto parsed = parse(table(rule.table, rule.given + "\n"));
      if (rule.printed == "error") {
        BOOST_TEST(!parsed.has_value());
        continue;
      }
      BOOST_REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : to_text(parsed.error())));
      const std::string printed = print(*parsed);
      const std::string expected = (rule.printed.empty() ? rule.given : rule.printed) + "\nCOMMIT\n";
      BOOST_TEST(printed.substr(printed.find("-A ")) == expected);
      const auto again = parse(printed);
      BOOST_REQUIRE(again.has_value());
      BOOST_TEST((*again == *parsed));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_text_of_iptables_save_comes_back_but_for_its_comments) {
  const std::string text = filter(
      "-A FORWARD -m conntrack --ctstate NEW -m comment --comment \"kubernetes service portals\" -j C\n"
      "-A C -d 10.96.0.30/32 -p udp -m comment --comment \"default/empty has no endpoints\" -m udp "
      "--dport 80 -j REJECT --reject-with icmp-port-unreachable\n"
      "-A C -g C2\n");
  const std::string with_chain =
      std::string(text).replace(text.find(":C - [0:0]\n"), 11, ":C - [0:0]\n:C2 - [0:0]\n");
  const auto parsed = parse("# made by hand\n" + with_chain + "# done\n");
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST(print(*parsed) == with_chain);
}

BOOST_AUTO_TEST_CASE(counters_are_kept_if_wanted) {
  const std::string text =
      "*filter\n:INPUT ACCEPT [12:3456]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [7:8]\n[1:2] -A INPUT -j "
      "ACCEPT\n"
      "COMMIT\n";
  BOOST_TEST(print(parse(text).value(), true) == text);
  Ruleset ruleset;
  BOOST_REQUIRE(restore(ruleset, text).has_value());
  BOOST_TEST(print(ruleset, true).find("[12:3456]") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(errors_name_line_and_column) {
  const std::vector<Wrong> wrongs = {
      {"-A INPUT -j ACCEPT\n", 1, 1, "table"},
      {"*filtre\nCOMMIT\n", 1, 1, "filtre"},
      {"*filter\n-A INPUT -j NOWHERE\nCOMMIT\n", 2, 13, "NOWHERE"},
      {"*filter\n-A NOWHERE -j ACCEPT\nCOMMIT\n", 2, 4, "NOWHERE"},
      {"*filter\n-A INPUT -p tcp --dport http\nCOMMIT\n", 2, 25, "number"},
      {"*filter\n-A INPUT -p tcp --dport 80:70\nCOMMIT\n", 2, 25, "upside down"},
      {"*filter\n-A INPUT -s 10.0.0.256\nCOMMIT\n", 2, 13, "IPv4"},
      {"*filter\n-A INPUT -s 10.0.0.0/33\nCOMMIT\n", 2, 13, "32"},
      {"*filter\n-A INPUT --frobnicate\nCOMMIT\n", 2, 10, "frobnicate"},
      {"*filter\n-A INPUT -m comment --comment \"open\nCOMMIT\n", 2, 31, "end"},
      {"*filter\n-A INPUT -s\nCOMMIT\n", 2, 12, "value"},
      {"*filter\n-A INPUT -j ACCEPT -j DROP\nCOMMIT\n", 2, 20, "already"},
      {"*filter\n:INPUT MAYBE [0:0]\nCOMMIT\n", 2, 8, "MAYBE"},
      {"*filter\n:X ACCEPT [0:0]\nCOMMIT\n", 2, 4, "policy"},
      {"*filter\n:INPUT ACCEPT [0:x]\nCOMMIT\n", 2, 15, "number"},
      {"*filter\n-A INPUT -j ACCEPT\n", 3, 1, "COMMIT"},
      {"*filter\n-A INPUT -j MASQUERADE\nCOMMIT\n", 3, 1, "another table"},
      {"*nat\n-A PREROUTING -j MASQUERADE\nCOMMIT\n", 3, 1, "PREROUTING"},
      {"*filter\n:A - [0:0]\n-A INPUT -j A\n-A A -j A\nCOMMIT\n", 5, 1, "loop"},
      {"*filter\n:A - [0:0]\n:B - [0:0]\n-A INPUT -j A\n-A A -j B\n-A B -g A\nCOMMIT\n", 7, 1, "loop"},
      {"*filter\n-A INPUT -m statistic --mode nth --every 0\nCOMMIT\n", 2, 43, "every"},
      {"*filter\n-A INPUT -m statistic --mode random --probability 1.5\nCOMMIT\n", 2, 51, "probability"},
      {"*filter\n-A INPUT ! -j ACCEPT\nCOMMIT\n", 2, 12, "negated"},
      {"*filter\n-Z INPUT\nCOMMIT\n", 2, 1, "-Z"},
  };
  for (const Wrong& wrong : wrongs) {
    BOOST_TEST_CONTEXT(wrong.text) {
      const auto parsed = parse(wrong.text);
      BOOST_REQUIRE(!parsed.has_value());
      BOOST_TEST_INFO(to_text(parsed.error()));
      BOOST_TEST(parsed.error().line == wrong.line);
      BOOST_TEST(parsed.error().column == wrong.column);
      BOOST_TEST(parsed.error().message.find(wrong.part_of_message) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(restore_replaces_a_table_and_keeps_policies) {
  Ruleset ruleset;
  BOOST_REQUIRE(restore(ruleset, filter("-P FORWARD DROP\n-A FORWARD -j C\n-A C -j ACCEPT\n")).has_value());
  BOOST_REQUIRE(restore(ruleset, "*filter\n-A INPUT -j DROP\nCOMMIT\n").has_value());
  BOOST_TEST(print(ruleset) ==
             "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -j DROP\n"
             "COMMIT\n");
}

BOOST_AUTO_TEST_CASE(restore_without_flush_changes_the_chains_it_names) {
  Ruleset ruleset;
  BOOST_REQUIRE(restore(ruleset, filter("-A FORWARD -j C\n-A C -j ACCEPT\n-A INPUT -j DROP\n")).has_value());
  RestoreOptions options;
  options.noflush = true;
  const std::string change =
      "*filter\n:C - [0:0]\n:NEW - [0:0]\n-A C -j NEW\n-I INPUT -j ACCEPT\n-I INPUT 2 -s 10.0.0.0/8\n"
      "-D INPUT -j DROP\nCOMMIT\n";
  BOOST_REQUIRE(restore(ruleset, change, options).has_value());
  BOOST_TEST(print(ruleset) ==
             "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
             ":C - [0:0]\n:NEW - [0:0]\n-A INPUT -j ACCEPT\n-A INPUT -s 10.0.0.0/8\n"
             "-A FORWARD -j C\n-A C -j NEW\nCOMMIT\n");
  BOOST_REQUIRE(restore(ruleset, "*filter\n-F C\n-X NEW\n-D INPUT 1\nCOMMIT\n", options).has_value());
  BOOST_TEST(print(ruleset) ==
             "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
             ":C - [0:0]\n-A INPUT -s 10.0.0.0/8\n-A FORWARD -j C\nCOMMIT\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_deleted_is_not) {
  RestoreOptions options;
  options.noflush = true;
  for (const std::string line :
       {"-X C", "-X INPUT", "-X NOWHERE", "-D INPUT 2", "-D INPUT -j DROP", "-N C"}) {
    Ruleset ruleset;
    BOOST_REQUIRE(restore(ruleset, filter("-A FORWARD -j C\n")).has_value());
    const Ruleset before = ruleset;
    BOOST_TEST(!restore(ruleset, "*filter\n-A INPUT -j C\n" + line + "\nCOMMIT\n", options).has_value(),
               line);
    BOOST_TEST((ruleset == before));
  }
}

BOOST_AUTO_TEST_CASE(tables_before_the_bad_one_stay_changed) {
  Ruleset ruleset;
  const std::string text =
      "*nat\n-A PREROUTING -j ACCEPT\nCOMMIT\n*filter\n-A INPUT -j DROP\n-A NOWHERE -j DROP\nCOMMIT\n";
  BOOST_TEST(!restore(ruleset, text).has_value());
  BOOST_TEST(ruleset.tables.size() == 1U);
  BOOST_TEST(ruleset.find(TableName::nat)->find("PREROUTING")->rules.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::netfilter
