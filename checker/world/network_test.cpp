// What the network and the clocks may do, in worlds small enough to say by hand what must come out.
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "checker/world/test_bed.hpp"
#include "checker/world/walk.hpp"
#include "checker/world/watchdog.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

/// Says numbers to its peer at its start, one more whenever a connection is lost; keeps what it heard.
struct Talker {
  enum class Timer : std::uint8_t { none };
  struct Config {
    base::ProcessId peer;
    std::uint8_t words = 0;
    bool calls_back = false;
  };
  struct State {
    std::vector<std::uint8_t> heard;
    std::uint32_t losses = 0;
    PLIMSOLL_DESCRIBE(State, heard, losses)
  };
  struct Word {
    std::uint8_t number = 0;
    PLIMSOLL_DESCRIBE(Word, number)
  };
  using Incoming = Word;
  using Outgoing = Word;
  static constexpr bool never_exits = true;

  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::work; }
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (const auto* received = std::get_if<base::Received<Word>>(&input)) {
      state.heard.push_back(received->message.number);
    } else if (std::holds_alternative<base::Started>(input)) {
      for (std::uint8_t i = 1; i <= config.words; ++i) {
        outputs.send(config.peer, {i});
      }
    } else {
      ++state.losses;
      if (config.calls_back) {
        outputs.send(config.peer, {9});
      }
    }
  }
};
PLIMSOLL_DESCRIBE_ENUM(Talker::Timer, none)

/// `a` says `words` numbers to `b`.
WorldModel talk(LinkKind kind, std::uint8_t words, bool calls_back = false) {
  WorldModel model;
  const base::ProcessId a{0};
  const base::ProcessId b{1};
  const auto speaker = std::make_shared<Component<Talker>>(Talker::Config{b, words, calls_back});
  speaker->wire<Talker::Word>(b);
  const auto listener = std::make_shared<Component<Talker>>(Talker::Config{a, 0, false});
  listener->wire<Talker::Word>(a);
  model.add_process("a", speaker);
  model.add_process("b", listener);
  model.links = {{a, b, kind, false, ""}};
  return model;
}

void check_enabled(Walk& walk, const std::vector<std::string>& expected) {
  BOOST_TEST(walk.enabled() == expected, boost::test_tools::per_element());
}

std::string heard(const Walk& walk) {
  return to_line(*walk.describe().member("b.heard"));
}
std::string word(const std::string& action, int number, const std::string& more = "") {
  return action + "(to: b, from: a, message: number: " + std::to_string(number) + more + ")";
}

BOOST_AUTO_TEST_SUITE(network_test)

BOOST_AUTO_TEST_CASE(faults_without_a_budget_take_no_slot) {
  WorldModel model = talk(LinkKind::fifo, 1);
  model.time = {true, 3};
  const std::uint32_t width = WorldSystem(model).width();
  model.budgets = {{"drop", 1}, {"reorder", 1}, {"partition", 0}, {"pause", 1}};
  BOOST_TEST(WorldSystem(model).width() == width);
  model.budgets["partition"] = 1;
  BOOST_TEST(WorldSystem(model).width() == width + 1);
  model.time.drift = 1;
  BOOST_TEST(WorldSystem(model).width() == width + 2);
  // Where no link can be cut there is nothing to remember.
  model.links[0].kind = LinkKind::local;
  BOOST_TEST(WorldSystem(model).width() == width + 1);
}

BOOST_AUTO_TEST_CASE(a_fifo_link_delivers_in_order_what_it_does_not_lose) {
  WorldModel model = talk(LinkKind::fifo, 3);
  Walk in_order(model);
  check_enabled(in_order, {word("deliver", 1)});
  model.budgets["drop"] = 1;
  Walk walk(model);
  check_enabled(walk, {word("deliver", 1), word("drop", 1)});
  walk.take(word("deliver", 1));
  walk.take(word("drop", 2));
  check_enabled(walk, {word("deliver", 3)});
  walk.take(word("deliver", 3));
  BOOST_TEST(heard(walk) == "[1, 3]");
}

BOOST_AUTO_TEST_CASE(the_head_of_a_fifo_link_is_doubled_in_place) {
  WorldModel model = talk(LinkKind::fifo, 2);
  model.budgets["duplicate"] = 1;
  Walk walk(model);
  walk.take(word("duplicate", 1));
  for (const int number : {1, 1, 2}) {
    check_enabled(walk, {word("deliver", number)});
    walk.take(word("deliver", number));
  }
  BOOST_TEST(heard(walk) == "[1, 1, 2]");
  model.mailbox_messages_max = 2;
  Walk full(model);
  full.take(word("duplicate", 1));
  full.take(word("deliver", 1));
  check_enabled(full, {word("deliver", 2)});
}

BOOST_AUTO_TEST_CASE(a_message_overtakes_the_one_before_it) {
  WorldModel model = talk(LinkKind::fifo, 3);
  model.budgets["reorder"] = 2;
  Walk walk(model);
  const std::string last_before_second = word("reorder", 3, ", before: number: 2, variant: 1");
  check_enabled(
      walk, {word("deliver", 1), word("reorder", 2, ", before: number: 1, variant: 0"), last_before_second});
  walk.take(last_before_second);
  walk.take(word("reorder", 3, ", before: number: 1, variant: 0"));
  for (const int number : {3, 1, 2}) {
    walk.take(word("deliver", number));
  }
  BOOST_TEST(heard(walk) == "[3, 1, 2]");
}

BOOST_AUTO_TEST_CASE(a_link_may_have_a_bound_and_budgets_of_its_own) {
  WorldModel model = talk(LinkKind::datagram, 3);
  model.links[0].messages_max = 2;
  Walk lossy(model);
  check_enabled(lossy, {word("deliver", 1), word("deliver", 2)});
  model.links[0].drop_budget = "drop-at-night";
  model.budgets["drop"] = 1;
  Walk other_budget(model);
  check_enabled(other_budget, {word("deliver", 1), word("deliver", 2)});
  model.budgets["drop-at-night"] = 1;
  Walk own_budget(model);
  BOOST_TEST(own_budget.enabled().size() == 4U);
  model = talk(LinkKind::datagram, 3);
  model.messages_max = 1;
  Walk total(model);
  check_enabled(total, {word("deliver", 1)});
  // Where nothing may be lost, more than the bound is not explored.
  model.links[0].kind = LinkKind::local;
  const WorldSystem reliable(model);
  Successors out(reliable.width());
  reliable.initial(out);
  BOOST_TEST(out.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_cut_loses_what_is_sent_and_all_or_nothing_of_what_is_under_way) {
  WorldModel model = watchdog_world({{}, 1, {}, 0}, {{}, 0, {}, 0, true, true});
  model.links[0].kind = LinkKind::datagram;
  model.budgets["partition"] = 1;
  const std::string cut = "partition(between: man, and: dog, under-way: ";
  const std::string kick = "deliver(to: dog, from: man, message: {})";
  Walk lost(model);
  check_enabled(lost, {kick, cut + "arrives)", cut + "lost)"});
  lost.take(cut + "lost)");
  BOOST_TEST(to_line(*lost.describe().member("cuts")) == "[{from: man, to: dog}, {from: dog, to: man}]");
  check_enabled(lost, {"heal"});
  lost.take("heal");
  check_enabled(lost, {});
  // The dog kicks back, into the cut.
  Walk arrives(model);
  arrives.take(cut + "arrives)");
  check_enabled(arrives, {kick, "heal"});
  arrives.take(kick);
  check_enabled(arrives, {"heal"});
  // Without the cut the kick comes back.
  Walk uncut(model);
  uncut.take(kick);
  BOOST_TEST(uncut.enabled()[0] == "deliver(to: man, from: dog, message: {})");
}

BOOST_AUTO_TEST_CASE(one_way_is_cut_and_the_other_is_open) {
  WorldModel model = watchdog_world({{}, 1, {}, 0}, {{}, 0, {}, 0, true, true});
  model.links[0].kind = LinkKind::datagram;
  model.budgets["one-way-partition"] = 1;
  const std::string kick = "deliver(to: dog, from: man, message: {})";
  const std::string back = "deliver(to: man, from: dog, message: {})";
  Walk open(model);
  open.take("one-way-partition(from: man, to: dog, under-way: arrives)");
  open.take(kick);
  check_enabled(open, {back, "heal"});
  Walk cut(model);
  // Nothing is under way to the man, so that there is one way only.
  cut.take("one-way-partition(from: dog, to: man, under-way: arrives)");
  cut.take(kick);
  check_enabled(cut, {"heal"});
}

BOOST_AUTO_TEST_CASE(a_connection_across_a_cut_fails_until_the_network_heals) {
  WorldModel model = talk(LinkKind::connection, 1, true);
  model.budgets["one-way-partition"] = 1;
  const std::string news = "connection-lost(to: a, peer: b)";
  const std::string news_there = "connection-lost(to: b, peer: a)";
  Walk walk(model);
  // A connection needs both ways: which one is cut makes no difference.
  check_enabled(walk, {word("deliver", 1), "one-way-partition(from: a, to: b, under-way: arrives)",
                       "one-way-partition(from: a, to: b, under-way: lost)"});
  walk.take("one-way-partition(from: a, to: b, under-way: lost)");
  check_enabled(walk, {news, news_there, "heal"});
  // It calls again, and is told again.
  walk.take(news);
  check_enabled(walk, {news, news_there, "heal"});
  walk.take(news_there);
  walk.take("heal");
  check_enabled(walk, {news});
  walk.take(news);
  check_enabled(walk, {word("deliver", 9)});
  walk.take(word("deliver", 9));
  BOOST_TEST(heard(walk) == "[9]");
  BOOST_TEST(to_line(*walk.describe().member("a.losses")) == "2");
}

BOOST_AUTO_TEST_CASE(processes_of_one_host_and_local_links_are_never_cut) {
  WorldModel model = talk(LinkKind::datagram, 1);
  model.budgets = {{"partition", 1}, {"one-way-partition", 1}, {"partial-partition", 1}};
  model.hosts = {{"machine", {base::ProcessId{0}, base::ProcessId{1}}}, {"elsewhere", {}}};
  Walk together(model);
  check_enabled(together, {word("deliver", 1)});
  model.hosts.pop_back();
  model.hosts[0].processes.pop_back();
  Walk nowhere(model);
  check_enabled(nowhere, {word("deliver", 1)});
  model.hosts.clear();
  model.links[0].kind = LinkKind::local;
  Walk local(model);
  check_enabled(local, {word("deliver", 1)});
}

BOOST_AUTO_TEST_CASE(a_network_with_three_hosts_has_as_many_states_as_it_has_cuts) {
  WorldModel model = ring_world(3, 0);
  for (Link& link : model.links) {
    link.kind = LinkKind::datagram;
  }
  // Whole, cut in one of three or six ways, whole again.
  for (const auto& [budget, cuts] :
       {std::pair("partition", 3U), {"one-way-partition", 6U}, {"partial-partition", 3U}}) {
    model.budgets = {{budget, 1}};
    const WorldSystem system(model);
    std::size_t states = 0;
    for_each_state(system, 1000, [&](Worker&, const std::vector<Slot>&, const Successors&) { ++states; });
    BOOST_TEST(states == cuts + 2);
  }
}

BOOST_AUTO_TEST_CASE(a_cut_network_is_not_at_rest_and_is_bound_to_heal) {
  WorldModel model = talk(LinkKind::datagram, 0);
  model.budgets["partition"] = 1;
  const WorldSystem system(model);
  BOOST_TEST(system.fairness().front().name == "heal");
  for_each_state(system, 10, [&](Worker& worker, const std::vector<Slot>& state, const Successors& out) {
    const bool is_cut = to_line(*system.describe(state).member("cuts")) != "[]";
    BOOST_TEST(worker.may_end(state) == !is_cut);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool heals = system.describe(state, out[i].action).name == "heal";
      BOOST_TEST(worker.fairness_of(state, out[i].action) == (heals ? fairness_bit(0) : 0));
    }
  });
}

BOOST_AUTO_TEST_CASE(a_clock_may_be_off_by_no_more_than_its_drift) {
  for (const std::uint32_t drift : {0U, 1U, 2U}) {
    WorldModel model = watchdog_world({}, {{}, 0, {Watchdog::Timer::bark}, 5});
    model.time = {true, 9, drift};
    const WorldSystem system(model);
    std::set<std::string> fired_at;
    for_each_state(system, 10000, [&](Worker&, const std::vector<Slot>& state, const Successors& out) {
      for (std::size_t i = 0; i < out.size(); ++i) {
        if (system.describe(state, out[i].action).name == "fire") {
          fired_at.insert(to_line(*system.describe(state).member("environment")->member("ticks")));
        }
      }
    });
    std::set<std::string> expected;
    for (std::uint32_t ticks = 5 - drift; ticks <= 5 + drift; ++ticks) {
      expected.insert(std::to_string(ticks));
    }
    BOOST_TEST(fired_at == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_clock_that_nobody_waits_for_does_not_drift) {
  WorldModel model = watchdog_world({}, {{}, 0, {Watchdog::Timer::bark}, 1});
  model.time = {true, 1, 1};
  Walk walk(model);
  check_enabled(walk, {"tick", "clock-gains(process: dog)", "clock-loses(process: dog)"});
  walk.take("clock-gains(process: dog)");
  BOOST_TEST(to_line(*walk.describe().member("clocks")) == "{man: 0, dog: 1}");
  check_enabled(walk, {"fire(process: dog, timer: bark)"});
  walk.take("fire(process: dog, timer: bark)");
  check_enabled(walk, {"tick"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
