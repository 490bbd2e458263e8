#include "model/overlay/delivery.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll::model::overlay;
using Owners = std::vector<std::optional<Machine>>;

constexpr std::optional<Machine> nobody = std::nullopt;
const std::vector<Ownership> history = {{0, 10}, {1, 20}, {0, 11}, {1, nobody}, {1, 30}};

Judgement judged(const Fate& fate, const Owners& known = {10}, const Sending& sending = {.to = 1}) {
  return judge(sending, known, fate);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(delivery_test)

BOOST_AUTO_TEST_CASE(a_node_that_has_seen_all_knows_one_owner) {
  BOOST_TEST((versions(history, 0, {5, false}) == Owners{11}));
  BOOST_TEST((versions(history, 1, {5, false}) == Owners{30}));
  BOOST_TEST((versions({}, 1, {0, false}) == Owners{nobody}));
}

BOOST_AUTO_TEST_CASE(a_node_that_is_behind_may_act_on_each_version_since) {
  BOOST_TEST((versions(history, 0, {2, false}) == Owners{10, 11}));
  BOOST_TEST((versions(history, 1, {2, false}) == Owners{20, nobody, 30}));
  BOOST_TEST((versions(history, 1, {4, false}) == Owners{nobody, 30}));
}

BOOST_AUTO_TEST_CASE(news_of_one_subnet_is_none_of_another) {
  BOOST_TEST((versions(history, 0, {3, false}) == Owners{11}));
}

BOOST_AUTO_TEST_CASE(a_node_that_must_mend_its_tables_may_know_nobody) {
  BOOST_TEST((versions(history, 0, {5, true}) == Owners{11, nobody}));
  BOOST_TEST((versions(history, 1, {4, true}) == Owners{nobody, 30, nobody}));
}

BOOST_AUTO_TEST_CASE(delivery_is_once_and_to_the_pod_that_is_meant) {
  BOOST_TEST((judged({.arrivals = {1}}) == Judgement::delivered));
  BOOST_TEST((judged({.arrivals = {2}}) == Judgement::misdelivered));
  BOOST_TEST((judged({.arrivals = {1, 2}}) == Judgement::misdelivered));
  BOOST_TEST((judged({.arrivals = {1, 1}}) == Judgement::duplicated));
  BOOST_TEST((judged({.arrivals = {1}, .source_kept = false}) == Judgement::source_changed));
  // An earlier owner passed it on, and masqueraded it.
  BOOST_TEST((judged({.arrivals = {1}, .source_kept = false}, {10, 11}) == Judgement::delivered));
}

BOOST_AUTO_TEST_CASE(loss_is_excused_only_while_the_sender_is_behind) {
  BOOST_TEST((judged({}) == Judgement::lost));
  BOOST_TEST((judged({}, {10, 11}) == Judgement::excused));
  BOOST_TEST((judged({}, {nobody}) == Judgement::excused));
  BOOST_TEST((judged({}, {10}, {.to = {}}) == Judgement::excused));
}

BOOST_AUTO_TEST_CASE(being_behind_excuses_no_misdelivery_and_no_loop) {
  BOOST_TEST((judged({.arrivals = {2}}, {10, 11}) == Judgement::misdelivered));
  BOOST_TEST((judged({.went_round = true}, {10, 11}) == Judgement::went_round));
  BOOST_TEST((judged({.arrivals = {2}}, {10}, {.to = {}}) == Judgement::misdelivered));
}

BOOST_AUTO_TEST_CASE(what_is_too_large_arrives_or_is_noticed) {
  const Sending large = {.to = 1, .is_oversize = true};
  BOOST_TEST((judged({.arrivals = {1}}, {10}, large) == Judgement::delivered));
  BOOST_TEST((judged({.noticed_as_too_big = true}, {10}, large) == Judgement::noticed));
  BOOST_TEST((judged({}, {10}, large) == Judgement::swallowed));
  BOOST_TEST((judged({}, {10, 11}, large) == Judgement::excused));
  // A notice about a packet that fits is none that its sender can act on.
  BOOST_TEST((judged({.noticed_as_too_big = true}) == Judgement::lost));
}

BOOST_AUTO_TEST_CASE(three_judgements_keep_the_promise) {
  for (const Judgement kept : {Judgement::delivered, Judgement::noticed, Judgement::excused}) {
    BOOST_TEST(is_allowed(kept));
  }
  for (const Judgement broken : {Judgement::lost, Judgement::swallowed, Judgement::misdelivered,
                                 Judgement::duplicated, Judgement::went_round, Judgement::source_changed}) {
    BOOST_TEST(!is_allowed(broken));
  }
}

BOOST_AUTO_TEST_SUITE_END()
