#include "model/calibration/alternating_bit.hpp"

#include <boost/test/unit_test.hpp>

#include "model/calibration/steps.hpp"

namespace plimsoll::model::calibration {
namespace {

using System = checker::PodSystem<AlternatingBit>;
using Lines = std::vector<std::string>;

const System& lossy() {
  static const System system{AlternatingBit({3, 1, FairnessChoice::strong})};
  return system;
}
const Lines accept_and_send = {"accepts(bit: 1, message: 1)", "sends(bit: 1, message: 1)"};

}  // namespace

BOOST_AUTO_TEST_SUITE(alternating_bit_test)

BOOST_AUTO_TEST_CASE(a_message_goes_all_the_way) {
  Slots state = after(lossy(), first_state(lossy()), accept_and_send);
  BOOST_REQUIRE(!state.empty());
  BOOST_TEST(AlternatingBit::engaged(2, state));
  BOOST_TEST(AlternatingBit::engaged(3, state));
  state = after(lossy(), state, {"delivers(bit: 1, message: 1)"});
  BOOST_TEST(AlternatingBit::holds(2, state));
  BOOST_TEST(!AlternatingBit::holds(1, state));
  state = after(lossy(), state, {"acknowledges(bit: 1)", "hears(bit: 1)"});
  BOOST_TEST(AlternatingBit::holds(1, state));
  BOOST_TEST(AlternatingBit::holds(3, state));
  BOOST_TEST(
      to_line(lossy().describe(state)) ==
      "{sender: {bit: 1, message: 1, heard: 1, waits: false}, receiver: {bit: 1, message: 1}, frames: [], "
      "acknowledgements: [], duplications-left: 1}");
  BOOST_TEST(!after(lossy(), state, {"accepts(bit: 0, message: 2)"}).empty());
}

BOOST_AUTO_TEST_CASE(what_comes_again_is_discarded) {
  Slots state = after(lossy(), first_state(lossy()), accept_and_send);
  state = after(lossy(), state, {accept_and_send[1], "delivers(bit: 1, message: 1)"});
  BOOST_TEST(!after(lossy(), state, {"discards(bit: 1, message: 1)"}).empty());
  BOOST_TEST(after(lossy(), state, {"delivers(bit: 1, message: 1)"}).empty());
}

BOOST_AUTO_TEST_CASE(channels_lose_and_double_their_oldest_frame) {
  Slots state = after(lossy(), first_state(lossy()),
                      {"acknowledges(bit: 0)", "accepts(bit: 1, message: 1)", "sends(bit: 1, message: 1)",
                       "delivers(bit: 1, message: 1)", "acknowledges(bit: 1)"});
  BOOST_REQUIRE(!state.empty());
  BOOST_TEST(fingerprints_fit(lossy(), state));
  const auto acks = [&](const Slots& at) {
    return to_line(*lossy().describe(at).member("acknowledgements"));
  };
  BOOST_TEST(acks(state) == "[0, 1]");
  const Slots doubled = after(lossy(), state, {"doubles-acknowledgement(bit: 0)"});
  BOOST_TEST(acks(doubled) == "[0, 0, 1]");
  BOOST_TEST(after(lossy(), doubled, {"doubles-acknowledgement(bit: 0)"}).empty());
  BOOST_TEST(after(lossy(), doubled, {"acknowledges(bit: 1)"}).empty());
  BOOST_TEST(acks(after(lossy(), doubled, {"hears(bit: 0)", "loses-acknowledgement(bit: 0)"})) == "[1]");
}

BOOST_AUTO_TEST_CASE(order_is_judged_by_numbers) {
  const Slots state = first_state(lossy());
  const auto judge = [&](std::uint64_t number, AlternatingBit::Group group) {
    return AlternatingBit::holds_step(0, state, {number << 1U, group}, state);
  };
  BOOST_TEST(judge(1, AlternatingBit::delivers));
  BOOST_TEST(!judge(0, AlternatingBit::delivers));
  BOOST_TEST(!judge(2, AlternatingBit::delivers));
  BOOST_TEST(judge(0, AlternatingBit::discards));
}

BOOST_AUTO_TEST_CASE(deliveries_are_as_fair_as_was_chosen) {
  const AlternatingBit strong({1, 0, FairnessChoice::strong});
  BOOST_REQUIRE(strong.fairness().size() == 4U);
  BOOST_TEST((strong.fairness()[0].strength == checker::Fairness::weak));
  BOOST_TEST((strong.fairness()[2].strength == checker::Fairness::strong));
  const Slots state = first_state(lossy());
  const auto mask = [&](AlternatingBit::Group group) { return strong.fairness_of(state, {0, group}); };
  BOOST_TEST(mask(AlternatingBit::accepts) == 0U);
  BOOST_TEST(mask(AlternatingBit::sends) == checker::fairness_bit(0));
  BOOST_TEST(mask(AlternatingBit::delivers) == mask(AlternatingBit::discards));
  BOOST_TEST(mask(AlternatingBit::delivers) == checker::fairness_bit(2));
  BOOST_TEST(mask(AlternatingBit::loses_frame) == 0U);
  BOOST_TEST(AlternatingBit({1, 0, FairnessChoice::none}).fairness().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::calibration
