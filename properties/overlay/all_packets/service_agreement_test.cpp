#include "properties/overlay/all_packets/service_agreement.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::overlay {
namespace {

/// Two services: sets 0 and 1 are of the first, 2 and 3 of the second.
std::vector<FlatService> sets() {
  return {{0, {{10, 80}, {11, 80}}}, {0, {{10, 80}}}, {1, {{12, 80}}}, {1, {}}};
}

SetIndex some_set(std::uint32_t service) {
  return *rc::gen::element<SetIndex>(2 * service, 2 * service + 1, no_set);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(service_agreement_test)

BOOST_AUTO_TEST_CASE(nodes_that_agree_have_nothing_to_tell) {
  const ServiceAgreement agreement(sets(), {{0, 2}, {0, 2}, {0, 2}}, {10, 11, 12});
  BOOST_TEST(agreement.differing() == 0U);
  BOOST_TEST(agreement.disagreements().empty());
  BOOST_TEST(agreement.gone().empty());
}

BOOST_AUTO_TEST_CASE(the_few_are_told_from_the_many) {
  ServiceAgreement agreement(sets(), {{0, 2}, {1, 2}, {0, no_set}}, {10, 12});
  BOOST_TEST(agreement.differing() == 2U);
  const std::vector<Disagreement> found = agreement.disagreements();
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0].node == 1U);
  BOOST_TEST(found[0].own == 1U);
  BOOST_TEST(found[0].most == 0U);
  BOOST_TEST(found[1].own == no_set);
  const std::vector<GoneEndpoint> gone = agreement.gone();
  BOOST_REQUIRE(gone.size() == 1U);
  BOOST_TEST(gone[0].endpoint.address == 11U);
  agreement.set(1, 0, 0);
  agreement.set(2, 1, 2);
  BOOST_TEST(agreement.differing() == 0U);
}

BOOST_AUTO_TEST_CASE(a_service_that_one_node_knows_is_missing_on_the_others) {
  const ServiceAgreement agreement(sets(), {{0, no_set}, {0, no_set}, {0, 2}}, {10, 11, 12});
  BOOST_TEST(agreement.differing() == 2U);
}

BOOST_AUTO_TEST_CASE(changes_come_to_what_the_rows_say_from_scratch) {
  BOOST_TEST(rc::check("changed step by step", [] {
    std::vector<std::vector<SetIndex>> rows(*rc::gen::inRange<std::size_t>(1, 6));
    for (auto& row : rows) {
      row = {some_set(0), some_set(1)};
    }
    ServiceAgreement changed(sets(), rows, {10});
    for (int k = *rc::gen::inRange(1, 8); k > 0; --k) {
      const auto node = *rc::gen::inRange<NodeIndex>(0, static_cast<NodeIndex>(rows.size()));
      const auto service = *rc::gen::inRange<std::uint32_t>(0, 2);
      rows[node][service] = some_set(service);
      changed.set(node, service, rows[node][service]);
      const ServiceAgreement expected(sets(), rows, {10});
      RC_ASSERT(changed.differing() == expected.differing());
      RC_ASSERT(changed.disagreements().size() == expected.disagreements().size());
      RC_ASSERT(changed.disagreements().size() == changed.differing());
      RC_ASSERT(changed.gone().size() == expected.gone().size());
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::overlay
