// A journal whose process is killed at any moment: whatever it acknowledged is there when it starts again.
#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "checker/drivers/kill_bed.hpp"
#include "checker/drivers/runner.hpp"
#include "checker/drivers/test_bed.hpp"

namespace plimsoll::drivers {
namespace {

using JournalRunner = Runner<Journal>;

/// A file holds a few records, so that files come and go.
RunnerOptions options_with(FileCalls& calls) {
  RunnerOptions options;
  options.disk.file_bytes_max = 500;
  options.disk.calls = &calls;
  options.tick = std::chrono::hours(1);
  return options;
}

/// In the child: writes number after number, and tells of those that are acknowledged.
void write_for_ever(const TemporaryDirectory& directory, bool hasty, FileCalls& calls, const Tell& tell) {
  auto runner = JournalRunner::start(
      directory.path(), Journal::Config{7, hasty, {}}, {},
      [&](base::ProcessId, const Journal::Written& written) { tell(written.number); }, options_with(calls));
  while (runner) {
    const std::uint64_t next = (*runner)->state().last + 1;
    if (!(*runner)->receive({}, {next, base::Bytes(next * 37 % 101, 'j')})) {
      return;
    }
  }
}

Journal::State reopened(const TemporaryDirectory& directory) {
  FaultyCalls calls;
  const auto runner = JournalRunner::start(
      directory.path(), {}, {}, [](base::ProcessId, const auto&) {}, options_with(calls));
  PLIMSOLL_ASSERT_KNOWN(runner.has_value(), runner ? "" : runner.error().to_string());
  return (*runner)->state();
}

/// Uniform whatever RapidCheck's size.
std::uint64_t below(std::uint64_t count) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(0, count));
}

BOOST_AUTO_TEST_SUITE(kill_test)

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost_whenever_the_process_is_killed) {
  std::uint64_t acknowledged = 0;
  BOOST_TEST(rc::check("in several lives", [&] {
    const TemporaryDirectory directory;
    std::uint64_t last = 0;
    for (std::uint32_t life = 0; life < 4; ++life) {
      const Killed killed = run_and_kill(
          [&](const Tell& tell) {
            FaultyCalls calls;
            write_for_ever(directory, false, calls, tell);
          },
          1 + below(40));
      acknowledged += killed.count;
      const Journal::State found = reopened(directory);
      RC_ASSERT(!found.has_gap);
      RC_ASSERT(found.last >= std::max(last, killed.told));
      // At most one number is written and not yet acknowledged.
      RC_ASSERT(found.last <= killed.told + 1);
      RC_ASSERT(found.incarnation == 2 * life + 1);
      last = found.last;
    }
  }));
  BOOST_TEST(acknowledged > 1000U);
}

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost_in_the_middle_of_any_call) {
  std::uint64_t torn = 0;
  BOOST_TEST(rc::check("in several lives", [&] {
    const TemporaryDirectory directory;
    std::uint64_t last = 0;
    for (int life = 0; life < 4; ++life) {
      // The first life may not even have made its directory safe.
      const std::uint64_t calls_left = below(60);
      const std::uint64_t bytes_of_last = below(1000);
      const Killed killed = run_and_kill(
          [&](const Tell& tell) {
            KillingCalls calls(calls_left, bytes_of_last);
            write_for_ever(directory, false, calls, tell);
          },
          ~std::uint64_t{0});
      const Journal::State found = reopened(directory);
      RC_ASSERT(!found.has_gap);
      RC_ASSERT(found.last >= std::max(last, killed.told));
      RC_ASSERT(found.last <= std::max(last, killed.told) + 1);
      torn += found.found_torn ? 1 : 0;
      last = found.last;
    }
  }));
  BOOST_TEST(torn > 20U);
}

BOOST_AUTO_TEST_CASE(nothing_acknowledged_is_lost_on_a_disk_that_really_syncs) {
  const TemporaryDirectory directory;
  for (std::uint64_t life = 1; life <= 3; ++life) {
    const Killed killed = run_and_kill(
        [&](const Tell& tell) { write_for_ever(directory, false, FileCalls::real(), tell); }, 5 * life);
    const Journal::State found = reopened(directory);
    BOOST_TEST(!found.has_gap);
    BOOST_TEST(found.last >= killed.told);
  }
}

// The tests above can fail.
BOOST_AUTO_TEST_CASE(a_journal_that_acknowledges_what_it_has_not_written_loses_it) {
  int lost = 0;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    const TemporaryDirectory directory;
    const Killed killed = run_and_kill(
        [&](const Tell& tell) {
          FaultyCalls calls;
          write_for_ever(directory, true, calls, tell);
        },
        i);
    lost += reopened(directory).last < killed.told ? 1 : 0;
  }
  BOOST_TEST(lost > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::drivers
