#include "impl/overlay/flannel/rules.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::overlay::flannel {
namespace {

const base::Ipv4Prefix subnet{base::Ipv4(10, 244, 1, 0), 24};

BackendConfig config_of() {
  BackendConfig config;
  config.network = {base::Ipv4(10, 244, 0, 0), 16};
  return config;
}

/// What iptables-save prints after the rules were put into `before` by iptables-restore --noflush.
std::string after(const BackendConfig& config, const base::Ipv4Prefix& own, const std::string& before) {
  netfilter::Ruleset ruleset = netfilter::parse(before).value();
  const std::string text = restore_text(all_rules(config, own), before);
  const auto restored = netfilter::restore(ruleset, text, {.noflush = true, .counters = false});
  BOOST_TEST_REQUIRE(restored.has_value(), (restored ? "" : to_text(restored.error())));
  return netfilter::print(ruleset);
}

const std::string fresh =
    "*nat\n"
    ":PREROUTING ACCEPT [0:0]\n"
    ":INPUT ACCEPT [0:0]\n"
    ":OUTPUT ACCEPT [0:0]\n"
    ":POSTROUTING ACCEPT [0:0]\n"
    ":FLANNEL-POSTRTG - [0:0]\n"
    "-A POSTROUTING -m comment --comment \"flanneld masq\" -j FLANNEL-POSTRTG\n"
    "-A FLANNEL-POSTRTG -m mark --mark 0x4000/0x4000 -m comment --comment \"flanneld masq\" -j RETURN\n"
    "-A FLANNEL-POSTRTG -s 10.244.1.0/24 -d 10.244.0.0/16 -m comment --comment \"flanneld masq\" -j RETURN\n"
    "-A FLANNEL-POSTRTG -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment \"flanneld masq\" -j RETURN\n"
    "-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.1.0/24 -m comment --comment \"flanneld masq\" "
    "-j RETURN\n"
    "-A FLANNEL-POSTRTG -s 10.244.0.0/16 ! -d 224.0.0.0/4 -m comment --comment \"flanneld masq\" "
    "-j MASQUERADE\n"
    "-A FLANNEL-POSTRTG ! -s 10.244.0.0/16 -d 10.244.0.0/16 -m comment --comment \"flanneld masq\" "
    "-j MASQUERADE\n"
    "COMMIT\n"
    "*filter\n"
    ":INPUT ACCEPT [0:0]\n"
    ":FORWARD ACCEPT [0:0]\n"
    ":OUTPUT ACCEPT [0:0]\n"
    ":FLANNEL-FWD - [0:0]\n"
    "-A FORWARD -m comment --comment \"flanneld forward\" -j FLANNEL-FWD\n"
    "-A FLANNEL-FWD -s 10.244.0.0/16 -m comment --comment \"flanneld forward\" -j ACCEPT\n"
    "-A FLANNEL-FWD -d 10.244.0.0/16 -m comment --comment \"flanneld forward\" -j ACCEPT\n"
    "COMMIT\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_test)

BOOST_AUTO_TEST_CASE(FLN_M_rules_in_their_order) {
  BOOST_TEST(after(config_of(), subnet, "") == fresh);
}

BOOST_AUTO_TEST_CASE(putting_them_there_twice_changes_nothing) {
  BOOST_TEST(after(config_of(), subnet, fresh) == fresh);
}

BOOST_AUTO_TEST_CASE(rules_of_an_earlier_subnet_go) {
  const base::Ipv4Prefix earlier{base::Ipv4(10, 244, 9, 0), 24};
  BOOST_TEST(after(config_of(), subnet, after(config_of(), earlier, "")) == fresh);
}

BOOST_AUTO_TEST_CASE(rules_of_others_stay_and_come_before) {
  std::string before = fresh;
  const std::string jump = "-A FORWARD -m comment --comment \"flanneld forward\" -j FLANNEL-FWD\n";
  const std::string other = "-A FORWARD -i docker0 -j ACCEPT\n";
  before.replace(before.find(jump), jump.size(), jump + jump + other);
  std::string expected = fresh;
  expected.replace(expected.find(jump), jump.size(), other + jump);
  BOOST_TEST(after(config_of(), subnet, before) == expected);
}

BOOST_AUTO_TEST_CASE(present_means_all_of_them_in_order_and_one_jump) {
  const RuleChain chain = forward_rules(config_of());
  BOOST_TEST(are_present(chain, fresh));
  BOOST_TEST(!are_present(chain, ""));
  for (const std::string& line : {chain.jump, chain.rules[0], chain.rules[1]}) {
    std::string without = fresh;
    without.erase(without.find(line), line.size() + 1);
    BOOST_TEST(!are_present(chain, without), line);
    std::string twice = fresh;
    twice.insert(twice.find(line), line + "\n");
    BOOST_TEST(!are_present(chain, twice), line);
  }
  // The same lines in another table are other rules.
  std::string elsewhere = fresh;
  elsewhere.replace(elsewhere.find("*filter"), 7, "*mangle");
  BOOST_TEST(!are_present(chain, elsewhere));
}

BOOST_AUTO_TEST_CASE(options_choose_the_rules) {
  BackendConfig config = config_of();
  config.random_fully = true;
  BOOST_TEST(masquerade_rules(config, subnet).rules.back().ends_with("-j MASQUERADE --random-fully"));
  config.masquerade = false;
  BOOST_TEST((all_rules(config, subnet) == std::vector<RuleChain>{forward_rules(config)}));
  config.forward_rules = false;
  BOOST_TEST(all_rules(config, subnet).empty());
  BOOST_TEST(restore_text({}, fresh).empty());
}

BOOST_AUTO_TEST_CASE(F14_the_mark_of_kube_proxy_is_not_looked_at) {
  BackendConfig config = config_of();
  const std::string first = masquerade_rules(config, subnet).rules.front();
  BOOST_TEST(first.find("--mark 0x4000/0x4000") != std::string::npos);
  config.defects = Defects().with(Defect::F14);
  const RuleChain defective = masquerade_rules(config, subnet);
  BOOST_TEST(defective.rules.size() == 5U);
  BOOST_TEST(defective.rules.front().find("--mark") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::flannel
