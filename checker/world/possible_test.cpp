// Which timers may fire, by what is known of their kinds.
#include "checker/world/possible.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <variant>

#include "checker/world/component.hpp"

namespace plimsoll::checker {
namespace {

struct Work {
  PLIMSOLL_DESCRIBE(Work)
};
struct Lapse {
  std::uint32_t number = 0;
  std::string text = {};
  PLIMSOLL_DESCRIBE(Lapse, number, text)
};
struct Whim {
  std::optional<Lapse> inner = {};
  PLIMSOLL_DESCRIBE(Whim, inner)
};
/// Nobody knows what a default of it looks like.
struct Listed {
  std::vector<std::uint32_t> numbers = {};
  PLIMSOLL_DESCRIBE(Listed, numbers)
};

struct Clock {
  struct Config {};
  struct State {
    bool unused = false;
    PLIMSOLL_DESCRIBE(State, unused)
  };
  struct Message {
    PLIMSOLL_DESCRIBE(Message)
  };
  using Incoming = Message;
  using Outgoing = Message;
  using Timer = std::variant<Work, Lapse, Whim, Listed>;
  static constexpr bool never_exits = true;
  static base::TimerKind timer_kind(const Timer& timer) {
    constexpr std::array kinds = {base::TimerKind::work, base::TimerKind::lapse, base::TimerKind::whim,
                                  base::TimerKind::work};
    return kinds.at(timer.index());
  }
  static void step(const Config& /*config*/, State& /*state*/, const base::Input<Incoming, Timer>& /*input*/,
                   base::Outputs<Outgoing, Timer>& /*outputs*/) {}
};

WorldModel clock_world() {
  WorldModel model;
  model.add_process("clock", std::make_shared<Component<Clock>>(Clock::Config{}));
  return model;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(possible_test)

BOOST_AUTO_TEST_CASE(the_alternative_of_a_timer_says_what_it_is_for) {
  WorldModel model = clock_world();
  const std::vector<std::string> kinds = kinds_of(model.processes[0].process->timer_schema());
  BOOST_TEST(kinds == (std::vector<std::string>{"work", "lapse", "whim", "listed"}),
             boost::test_tools::per_element());
  BOOST_TEST(!may_spend(model, 0, 0));
  BOOST_TEST(may_spend(model, 0, 1));
  BOOST_TEST(may_spend(model, 0, 2));
  BOOST_TEST(may_spend(model, 0, 3));
  model.time.discrete = true;
  BOOST_TEST(!may_spend(model, 0, 1));
  BOOST_TEST(may_spend(model, 0, 2));
  BOOST_TEST(!is_whim(model, 0, 1));
  BOOST_TEST(is_whim(model, 0, 2));
  BOOST_TEST(!is_whim(model, 0, 3));
}

BOOST_AUTO_TEST_CASE(what_spends_needs_a_budget_or_patience) {
  WorldModel model = clock_world();
  const auto possible = [&](std::size_t kind) { return may_fire(model, WorldLayout(model), 0, kind); };
  BOOST_TEST(possible(0));
  BOOST_TEST(!possible(1));
  BOOST_TEST(!possible(2));
  BOOST_TEST(possible(3));
  model.budgets = {{"lapse", 1}};
  model.patient_timers = {{base::ProcessId{0}, "whim"}};
  BOOST_TEST(possible(1));
  BOOST_TEST(possible(2));
  BOOST_TEST(find_patience(model, 0, 2) == 0U);
  BOOST_TEST(find_patience(model, 0, 1) == no_patience);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
