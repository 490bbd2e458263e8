// `plimsoll prove` as a shell sees it.
#include <boost/test/unit_test.hpp>

#include "checker/cli/sandbox.hpp"
#include "checker/trace/json.hpp"
#include "properties/proof_targets.hpp"

namespace plimsoll::cli {
namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(prove_test)

BOOST_AUTO_TEST_CASE(what_is_proved_is_0_and_states_its_assumptions) {
  const Sandbox box;
  BOOST_TEST(box.run("prove leases") == 0);
  BOOST_TEST(contains(box.out(), "  Assumptions:\n    - The rules are the text that the explicit engine"));
  BOOST_TEST(contains(box.out(), "live-leases-are-disjoint          holds        induction with k = 1, "));
  BOOST_TEST(box.out().ends_with("  => holds: 3 of 3 claims are proved under these assumptions\n"));
  BOOST_TEST(box.err().empty());
}

BOOST_AUTO_TEST_CASE(what_is_broken_as_expected_is_0_and_told) {
  const Sandbox box;
  BOOST_TEST(box.run("prove leases --defect F1") == 0);
  BOOST_TEST(contains(box.out(), "  with F1: A node that was offline writes its lease back without looking"));
  BOOST_TEST(
      contains(box.out(), "held-subnets-are-disjoint         violated     bounded search, shortest, "));
  BOOST_TEST(contains(box.out(), "      1. grant: 10.1."));
  BOOST_TEST(contains(box.out(), "      8. take: "));
  BOOST_TEST(box.out().ends_with("  => violated, as expected\n"));
}

BOOST_AUTO_TEST_CASE(json_says_the_same) {
  const Sandbox box;
  BOOST_TEST(box.run("prove leases --defect overlap-by-equality --json -") == 0);
  const std::string json = box.out();
  const auto root = checker::parse_json(json, "out");
  BOOST_REQUIRE(root.has_value());
  BOOST_TEST(root->find("schema")->text == "plimsoll-prove/1");
  const scenario::Node& result = root->find("results")->items.at(0);
  BOOST_TEST(result.find("target")->text == "leases");
  BOOST_TEST(result.find("defects")->items.at(0).text == "overlap-by-equality");
  BOOST_TEST(result.find("verdict")->text == "violated");
  BOOST_TEST(result.find("expected")->text == "violated");
  BOOST_TEST(result.find("passed")->text == "true");
  BOOST_TEST(result.find("assumptions")->items.size() == 5U);
  const scenario::Node& claim = result.find("claims")->items.at(0);
  BOOST_TEST(claim.find("id")->text == "live-leases-are-disjoint");
  BOOST_TEST(claim.find("counterexample")->items.size() == 3U);
  BOOST_TEST(contains(box.err(), "=> violated, as expected"));
  BOOST_TEST(box.run("prove leases --json out.json") == 0);
  BOOST_TEST(contains(box.read("out.json"), "\"verdict\": \"holds\""));
}

BOOST_AUTO_TEST_CASE(a_limit_is_3_and_never_holds) {
  const Sandbox box;
  BOOST_TEST(box.run("prove ipam --time 1ms") == 3);
  BOOST_TEST(contains(box.out(), "reason: the time limit came first"));
  BOOST_TEST(contains(box.out(), "  => inconclusive: "));
  BOOST_TEST(box.run("prove leases --defect F1 --time 1ms") == 3);
  BOOST_TEST(box.out().ends_with("  => inconclusive, violated was expected\n"));
}

BOOST_AUTO_TEST_CASE(a_signal_ends_it_as_a_limit_does) {
  const Sandbox box;
  Child child(box.start("prove ipam ipam ipam ipam"));
  wait_until_searching(child);
  child.send(SIGINT);
  BOOST_TEST(child.wait() == 3);
  BOOST_TEST(contains(box.out(), "reason: interrupted"));
}

BOOST_AUTO_TEST_CASE(bad_usage_is_2) {
  const Sandbox box;
  const std::vector<std::pair<std::string, std::string>> table = {
      {"prove", "plimsoll prove: targets are missing: ipam, leases"},
      {"prove lease", "plimsoll prove: expected one of ipam, leases, found 'lease', did you mean 'leases'?"},
      {"prove leases --defect I4", "plimsoll prove leases: --defect: expected one that"},
      {"prove ipam leases --defect F1", "plimsoll prove ipam: --defect: expected one that"},
      {"prove leases --time soon", "--time: expected a duration such as 30s, 10m or 2h, found 'soon'"},
      {"prove leases --json no/such/directory/x", "cannot write no/such/directory/x"},
  };
  for (const auto& [arguments, message] : table) {
    BOOST_TEST(box.run(arguments) == 2, arguments);
    BOOST_TEST(box.out().empty(), arguments);
    BOOST_TEST(contains(box.err(), message), box.err());
  }
}

BOOST_AUTO_TEST_CASE(targets_claims_and_variants_are_listed) {
  const Sandbox box;
  BOOST_TEST(box.run("prove --list") == 0);
  const std::string list = box.out();
  BOOST_TEST(box.run("list proofs") == 0);
  const std::string proofs = box.out();
  std::string before;
  for (const symbolic::ProofTarget& target : properties::proof_targets()) {
    BOOST_TEST((before < target.name));
    before = target.name;
    BOOST_TEST(contains(list, target.name + ": " + target.description));
    for (const symbolic::Claim& claim : target.claims) {
      BOOST_TEST(contains(list, claim.id));
      BOOST_TEST(contains(proofs, claim.id));
    }
    for (const symbolic::Variant& variant : target.variants) {
      BOOST_TEST(contains(list, variant.id + " breaks " + variant.breaks));
    }
  }
  BOOST_TEST(box.run("list proofs --json -") == 0);
  BOOST_TEST(contains(box.out(), "\"id\": \"live-leases-are-disjoint\""));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
