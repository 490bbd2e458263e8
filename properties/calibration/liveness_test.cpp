// Liveness of the calibration models: what each fairness brings about, as the models' sources say, and lassos
// for what it does not. Every counterexample is judged step by step, and is the same on any number of
// workers.
#include <boost/test/unit_test.hpp>
#include <map>

#include "model/calibration/alternating_bit.hpp"
#include "model/calibration/backlog.hpp"
#include "model/calibration/dining_philosophers.hpp"
#include "model/calibration/fairness_strengths.hpp"
#include "model/calibration/lighthouse.hpp"
#include "model/calibration/peterson.hpp"
#include "properties/calibration/judged.hpp"
#include "properties/calibration/measured.hpp"

namespace plimsoll::properties::calibration {
namespace {

using checker::Verdict;
using model::calibration::AlternatingBit;
using model::calibration::AlternatingBitMutation;
using model::calibration::Backlog;
using model::calibration::BacklogMutation;
using model::calibration::DiningPhilosophers;
using model::calibration::FairnessChoice;
using model::calibration::FairnessStrengths;
using model::calibration::FairnessStrengthsMutation;
using model::calibration::Lighthouse;
using model::calibration::LighthouseMutation;
using model::calibration::Peterson;
using model::calibration::PetersonMutation;
using enum FairnessChoice;
using Verdicts = std::map<std::string, Verdict>;

constexpr Verdict held = Verdict::holds;
constexpr Verdict broken = Verdict::violated;
constexpr Verdict open = Verdict::inconclusive;

checker::SearchResult judge(const checker::System& system, unsigned workers) {
  checker::SearchOptions options;
  options.workers = workers;
  options.selected = properties_of(system, true);
  options.all = true;
  return checker::check_liveness(system, options);
}

/// The verdicts of all liveness properties on 1, 2 and 4 workers.
Verdicts verdicts(const checker::System& system) {
  Verdicts first;
  std::vector<checker::PropertyOutcome> reference;
  for (const unsigned workers : {1U, 2U, 4U}) {
    const checker::SearchResult result = judge(system, workers);
    Verdicts found;
    for (std::size_t i = 0; i < result.properties.size(); ++i) {
      const checker::PropertyOutcome& outcome = result.properties[i];
      const std::string& id = system.properties()[outcome.property].id;
      found[id] = outcome.verdict;
      BOOST_TEST(outcome.path.has_value() == (outcome.verdict == broken), id);
      if (outcome.path) {
        BOOST_TEST(objection(system, outcome.property, *outcome.path) == "", id);
        if (workers > 1 && reference[i].path) {
          BOOST_TEST((outcome.path->states == reference[i].path->states), id);
          BOOST_TEST((outcome.path->actions == reference[i].path->actions), id);
          BOOST_TEST((outcome.path->loop == reference[i].path->loop), id);
        }
      }
    }
    if (workers == 1) {
      first = found;
      reference = result.properties;
    }
    BOOST_TEST((found == first));
  }
  return first;
}

template <class Model>
void finds(const Model& model, const Verdicts& expected) {
  const checker::PodSystem<Model> system{model};
  const Verdicts found = verdicts(system);
  BOOST_TEST(found.size() == expected.size());
  for (const auto& [id, verdict] : found) {
    const auto named = expected.find(id);
    BOOST_REQUIRE_MESSAGE(named != expected.end(), id);
    BOOST_TEST(to_text(verdict) == to_text(named->second), id);
  }
}

/// starvation-free-1 .. n.
Verdicts starvation(std::uint32_t n, Verdict verdict) {
  Verdicts expected;
  for (std::uint32_t i = 1; i <= n; ++i) {
    expected["starvation-free-" + std::to_string(i)] = verdict;
  }
  return expected;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(liveness_test)

BOOST_AUTO_TEST_CASE(peterson_is_free_of_starvation) {
  finds(Peterson(2), starvation(2, held));
  finds(Peterson(3), starvation(3, held));
}
BOOST_AUTO_TEST_CASE(peterson_without_precedence_starves) {
  finds(Peterson(2, PetersonMutation::ignores_precedence), starvation(2, broken));
  finds(Peterson(2, PetersonMutation::steps_back), starvation(2, broken));
  finds(Peterson(3, PetersonMutation::steps_back), starvation(3, broken));
}

BOOST_AUTO_TEST_CASE(philosophers_need_an_order_and_strong_fairness) {
  using enum DiningPhilosophers::Order;
  for (const std::uint32_t n : {2U, 3U, 5U}) {
    for (const FairnessChoice fairness : {none, weak, strong}) {
      BOOST_TEST_CONTEXT(n << " philosophers, fairness " << static_cast<int>(fairness)) {
        finds(DiningPhilosophers(n, one_right_handed, fairness),
              starvation(n, fairness == strong ? held : broken));
        finds(DiningPhilosophers(n, left_first, fairness), starvation(n, broken));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(alternating_bit_needs_strong_fairness) {
  const Verdicts all_held = {{"accepted-is-delivered", held}, {"accepted-is-acknowledged", held}};
  const Verdicts all_broken = {{"accepted-is-delivered", broken}, {"accepted-is-acknowledged", broken}};
  for (std::uint32_t capacity = 1; capacity <= 3; ++capacity) {
    BOOST_TEST_CONTEXT("capacity " << capacity) {
      finds(AlternatingBit({capacity, 0, strong}), all_held);
      finds(AlternatingBit({capacity, 2, strong}), all_held);
      finds(AlternatingBit({capacity, 0, weak}), all_broken);
      finds(AlternatingBit({capacity, 1, none}), all_broken);
      finds(AlternatingBit({capacity, 0, strong}, AlternatingBitMutation::sends_once), all_broken);
    }
  }
}
BOOST_AUTO_TEST_CASE(a_receiver_that_never_delivers_breaks_every_promise) {
  finds(AlternatingBit({1, 0, strong}, AlternatingBitMutation::never_delivers),
        {{"accepted-is-delivered", broken}, {"accepted-is-acknowledged", broken}});
}

BOOST_AUTO_TEST_CASE(strengths_of_fairness) {
  const auto expected = [](Verdict enters, Verdict rings, Verdict opens) {
    return Verdicts{{"visitor-enters", enters}, {"bell-rings", rings}, {"door-opens-again", opens}};
  };
  finds(FairnessStrengths(none), expected(broken, broken, held));
  finds(FairnessStrengths(weak), expected(broken, held, held));
  finds(FairnessStrengths(strong), expected(held, held, held));
  finds(FairnessStrengths(strong, FairnessStrengthsMutation::door_jams), expected(broken, held, broken));
}

BOOST_AUTO_TEST_CASE(eventually_again_and_again_and_for_good) {
  const auto with = [](const Verdicts& others) {
    Verdicts expected = {{"warms-up", held},    {"tepid-once", held},
                         {"stays-warm", held},  {"lit-again-and-again", held},
                         {"stays-lit", broken}, {"tepid-again-and-again", broken}};
    for (const auto& [id, verdict] : others) {
      expected[id] = verdict;
    }
    return expected;
  };
  for (const std::uint32_t warmth : {2U, 3U, 50U}) {
    finds(Lighthouse(warmth), with({}));
  }
  finds(Lighthouse(3, LighthouseMutation::burns_out), with({{"lit-again-and-again", broken}}));
  // It may now warm up and cool down for ever, and leave the lamp alone.
  finds(Lighthouse(3, LighthouseMutation::cools_down),
        with({{"stays-warm", broken}, {"lit-again-and-again", broken}}));
  finds(Lighthouse(3, LighthouseMutation::skips_a_step), with({{"tepid-once", broken}}));
  finds(Lighthouse(3, LighthouseMutation::puts_it_off),
        with({{"warms-up", broken}, {"tepid-once", broken}, {"stays-warm", broken}}));
}

BOOST_AUTO_TEST_CASE(a_bound_is_no_answer) {
  const auto expected = [](Verdict empties, Verdict lasting, Verdict grows) {
    return Verdicts{{"backlog-empties", empties}, {"no-lasting-level", lasting}, {"grows", grows}};
  };
  for (const std::uint32_t bound : {2U, 5U, 100U}) {
    finds(Backlog(bound, false), expected(open, open, open));
    finds(Backlog(bound, false, BacklogMutation::only_arrives), expected(open, open, open));
    finds(Backlog(bound, false, BacklogMutation::arrives_seldom), expected(broken, broken, broken));
  }
  finds(Backlog(5, true), expected(broken, open, open));
  // Below a bound of two, work that comes and goes touches it; the arrival that is then possible, and pruned,
  // is not owed, for it has been taken again and again.
  finds(Backlog(2, true), expected(broken, open, open));
}

/// What the engine must not do with the pruned arrival: without the bound's transitions each answer changes.
BOOST_AUTO_TEST_CASE(the_lassos_at_the_bound_are_not_fair) {
  const checker::PodSystem<Backlog> system{Backlog(3, false)};
  const std::vector<checker::Slot> full = {3, 0};
  const std::vector<checker::Slot> full_later = {3, 1};
  const checker::Action tick = {3, Backlog::ticks};
  checker::Path path;
  for (checker::Slot work = 0; work < 3; ++work) {
    path.states.push_back({work, 0});
    path.actions.push_back({work + 1, Backlog::arrives});
  }
  path.states.insert(path.states.end(), {full, full_later, full});
  path.actions.insert(path.actions.end(), {tick, tick});
  path.loop = 3;
  BOOST_TEST(objection(system, 0, path) == "it is not fair");
  BOOST_TEST(violates(system, 0, path));
  BOOST_TEST(violates(system, 1, path));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::calibration
