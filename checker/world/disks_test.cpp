// What crashes leave of disks: torn records, and nothing; and what processes release themselves.
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <vector>

#include "checker/world/test_bed.hpp"
#include "checker/world/walk.hpp"

namespace plimsoll::checker {
namespace {

/// Counts what it finds at its start, and writes a record, synced or not, when a wish is granted.
struct Scribe {
  enum class Timer : std::uint8_t { write };
  enum class Release : std::uint8_t { never, of_what_is_replaced, of_what_will_be_replaced };
  struct Config {
    bool syncs = false;
    Release release = Release::never;
  };
  struct State {
    std::uint32_t found = 0;
    bool found_torn = false;
    std::uint32_t file = 7;
    PLIMSOLL_DESCRIBE(State, found, found_torn, file)
  };
  struct Nothing {
    PLIMSOLL_DESCRIBE(Nothing)
  };
  using Incoming = Nothing;
  using Outgoing = Nothing;
  static constexpr bool never_exits = true;

  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::whim; }
  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (const auto* started = std::get_if<base::Started>(&input)) {
      state.found = static_cast<std::uint32_t>(started->disk.size());
      state.found_torn = started->torn_tail;
    } else {
      if (config.release == Release::of_what_will_be_replaced) {
        outputs.sync();
        outputs.release(state.found);
      }
      outputs.append("record");
      if (config.syncs) {
        outputs.sync();
      }
      if (config.release == Release::of_what_is_replaced) {
        outputs.release(state.found);
      }
      state.found = 1;
      ++state.file;
    }
    outputs.arm(Timer::write, {});
  }
};
PLIMSOLL_DESCRIBE_ENUM(Scribe::Timer, write)

WorldModel scribe(bool syncs, Scribe::Release release = Scribe::Release::never) {
  WorldModel model;
  const auto process = std::make_shared<Component<Scribe>>(Scribe::Config{syncs, release});
  const base::ProcessId id = model.add_process("scribe", process);
  model.processes[0].has_disk = true;
  model.units = {{"desk", "crash", {id}, {}}};
  model.units[0].disk_parts = {model.find_part("scribe.file").value()};
  model.budgets = {{"write", 2}};
  return model;
}

constexpr const char* writes = "fire(process: scribe, timer: write)";
constexpr const char* restarts = "restart(process: scribe)";

void check_enabled(Walk& walk, const std::vector<std::string>& expected) {
  BOOST_TEST(walk.enabled() == expected, boost::test_tools::per_element());
}

std::string found(const Walk& walk) {
  return to_line(*walk.describe().member("scribe.found")) +
         ", torn: " + to_line(*walk.describe().member("scribe.found-torn"));
}

BOOST_AUTO_TEST_SUITE(disks_test)

BOOST_AUTO_TEST_CASE(any_unsynced_record_may_be_torn_but_none_that_is_synced) {
  WorldModel model = scribe(false);
  model.budgets["crash"] = 1;
  model.budgets["torn-write"] = 1;
  Walk walk(model);
  walk.take(writes);
  walk.take(writes);
  check_enabled(walk, {"crash(unit: desk, variant: 0)", "crash(unit: desk, variant: 1)",
                       "crash(unit: desk, variant: 2)", "crash(unit: desk, variant: 3, torn: scribe)",
                       "crash(unit: desk, variant: 4, torn: scribe)"});
  walk.take("crash(unit: desk, variant: 4, torn: scribe)");
  BOOST_TEST(to_line(*walk.describe().member("scribe.disk")) ==
             "{records: [7265636f7264], synced: 1, torn-tail: true}");
  walk.take(restarts);
  BOOST_TEST(found(walk) == "1, torn: true");
  Walk synced([&] {
    WorldModel careful = model;
    careful.processes[0].process = std::make_shared<Component<Scribe>>(Scribe::Config{true});
    return careful;
  }());
  synced.take(writes);
  check_enabled(synced, {writes, "crash(unit: desk, variant: 0)"});
}

BOOST_AUTO_TEST_CASE(a_torn_record_is_found_until_something_is_written_over_it) {
  WorldModel model = scribe(false);
  model.budgets["crash"] = 3;
  model.budgets["torn-write"] = 1;
  Walk walk(model);
  walk.take(writes);
  walk.take("crash(unit: desk, variant: 2, torn: scribe)");
  walk.take(restarts);
  BOOST_TEST(found(walk) == "0, torn: true");
  walk.take("crash(unit: desk, variant: 0)");
  walk.take(restarts);
  BOOST_TEST(found(walk) == "0, torn: true");
  walk.take(writes);
  walk.take("crash(unit: desk, variant: 1)");
  walk.take(restarts);
  BOOST_TEST(found(walk) == "1, torn: false");
}

BOOST_AUTO_TEST_CASE(a_torn_record_costs_its_budget_besides_that_of_the_crash) {
  WorldModel model = scribe(false);
  model.budgets["torn-write"] = 1;
  Walk no_crash(model);
  no_crash.take(writes);
  check_enabled(no_crash, {writes});
  model.budgets["crash"] = 1;
  Walk walk(model);
  walk.take(writes);
  walk.take("crash(unit: desk, variant: 2, torn: scribe)");
  BOOST_TEST(to_line(*walk.describe().member("environment")) == "{crash: 0, torn-write: 0, write: 1}");
}

BOOST_AUTO_TEST_CASE(the_loss_of_a_disk_takes_what_was_synced_and_the_parts_that_stand_for_files) {
  WorldModel model = scribe(true);
  model.budgets["disk-loss"] = 1;
  Walk walk(model);
  walk.take(writes);
  BOOST_TEST(to_line(*walk.describe().member("scribe.file")) == "8");
  walk.take("disk-loss(unit: desk, variant: 0)");
  BOOST_TEST(to_line(*walk.describe().member("scribe.file")) == "7");
  check_enabled(walk, {restarts});
  walk.take(restarts);
  BOOST_TEST(found(walk) == "0, torn: false");
  // It is another life, and known as one.
  BOOST_TEST(to_line(*walk.describe().member("scribe")->member("incarnation")) == "1");
}

std::string disk(const Walk& walk) {
  return to_line(*walk.describe().member("scribe.disk"));
}

BOOST_AUTO_TEST_CASE(a_record_that_is_released_once_its_successor_is_synced_is_gone_for_ever) {
  WorldModel model = scribe(true, Scribe::Release::of_what_is_replaced);
  model.budgets["write"] = 3;
  model.budgets["crash"] = 1;
  Walk walk(model);
  for (int i = 0; i < 3; ++i) {
    walk.take(writes);
    BOOST_TEST(disk(walk) == "{records: [7265636f7264], synced: 1}");
  }
  check_enabled(walk, {"crash(unit: desk, variant: 0)"});
  walk.take("crash(unit: desk, variant: 0)");
  walk.take(restarts);
  BOOST_TEST(found(walk) == "1, torn: false");
}

BOOST_AUTO_TEST_CASE(a_record_that_is_released_before_its_successor_is_synced_leaves_nothing_after_a_crash) {
  WorldModel model = scribe(false, Scribe::Release::of_what_will_be_replaced);
  model.budgets["crash"] = 1;
  model.budgets["torn-write"] = 1;
  Walk walk(model);
  walk.take(writes);
  BOOST_TEST(disk(walk) == "{records: [7265636f7264], synced: 0, torn-tail: false}");
  walk.take(writes);
  BOOST_TEST(disk(walk) == "{records: [7265636f7264], synced: 0, torn-tail: false}");
  check_enabled(walk, {"crash(unit: desk, variant: 0)", "crash(unit: desk, variant: 1)",
                       "crash(unit: desk, variant: 2, torn: scribe)"});
  walk.take("crash(unit: desk, variant: 2, torn: scribe)");
  walk.take(restarts);
  BOOST_TEST(found(walk) == "0, torn: true");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
