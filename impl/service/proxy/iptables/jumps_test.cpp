#include "impl/service/proxy/iptables/jumps.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/service/proxy/iptables/naive_kernel.hpp"

namespace {

using namespace plimsoll::service;
using Rules = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(jumps_test)

BOOST_AUTO_TEST_CASE(chains_are_found_by_table) {
  const std::string saved =
      "*nat\n:PREROUTING ACCEPT [1:2]\n:KUBE-SVC-A - [0:0]\n-A PREROUTING -j X\nCOMMIT\n"
      "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n";
  BOOST_TEST(iptables::chains_of(saved, "nat") == (Rules{"PREROUTING", "KUBE-SVC-A"}));
  BOOST_TEST(iptables::chains_of(saved, "filter") == (Rules{"INPUT"}));
  BOOST_TEST(iptables::chains_of(saved, "mangle").empty());
}

// The order is the one that recorded nodes show.
BOOST_AUTO_TEST_CASE(kpx_2_jumps_come_before_others_and_in_order) {
  NaiveIptables tables;
  tables.tables["nat"]["POSTROUTING"] = {"-j FLANNEL-POSTRTG"};
  BOOST_REQUIRE(tables.restore(iptables::ensure_input(tables.save())));
  BOOST_TEST(tables.tables["nat"]["PREROUTING"] ==
             (Rules{R"(-m comment --comment "kubernetes service portals" -j KUBE-SERVICES)"}));
  BOOST_TEST(tables.tables["nat"]["OUTPUT"] == tables.tables["nat"]["PREROUTING"]);
  BOOST_TEST(tables.tables["nat"]["POSTROUTING"] ==
             (Rules{R"(-m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING)",
                    "-j FLANNEL-POSTRTG"}));
  const auto targets = [&](const std::string& chain) {
    Rules all;
    for (const std::string& rule : tables.tables["filter"][chain]) {
      all.push_back(after(words_of(rule), "-j"));
    }
    return all;
  };
  BOOST_TEST(targets("INPUT") ==
             (Rules{"KUBE-PROXY-FIREWALL", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES", "KUBE-FIREWALL"}));
  BOOST_TEST(targets("FORWARD") ==
             (Rules{"KUBE-PROXY-FIREWALL", "KUBE-FORWARD", "KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES"}));
  BOOST_TEST(targets("OUTPUT") == (Rules{"KUBE-PROXY-FIREWALL", "KUBE-SERVICES", "KUBE-FIREWALL"}));
}

BOOST_AUTO_TEST_CASE(what_is_there_is_left_alone) {
  NaiveIptables tables;
  BOOST_TEST(!iptables::has_canaries(tables.save()));
  BOOST_REQUIRE(tables.restore(iptables::ensure_input(tables.save())));
  BOOST_TEST(iptables::has_canaries(tables.save()));
  BOOST_TEST(iptables::ensure_input(tables.save()).empty());
  tables.tables["nat"]["OUTPUT"].clear();
  BOOST_TEST(
      iptables::ensure_input(tables.save()) ==
      "*nat\n-I OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\nCOMMIT\n");
}

BOOST_AUTO_TEST_CASE(a_flushed_table_lacks_its_canary) {
  NaiveIptables tables;
  BOOST_REQUIRE(tables.restore(iptables::ensure_input(tables.save())));
  tables.tables["mangle"].erase("KUBE-PROXY-CANARY");
  BOOST_TEST(!iptables::has_canaries(tables.save()));
}

BOOST_AUTO_TEST_SUITE_END()
