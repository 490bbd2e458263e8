#include "checker/drivers/runner.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "checker/drivers/loop.hpp"
#include "checker/drivers/test_bed.hpp"

namespace plimsoll::drivers {
namespace {

constexpr base::ProcessId client{4};
constexpr base::ProcessId owner{5};
constexpr auto tick = std::chrono::seconds(10);

/// A runner of a journal on a clock that the test turns; what it does is written down.
struct Bed {
  TemporaryDirectory directory = {};
  FaultyCalls calls = {};
  Clock::time_point now = {};
  std::vector<std::string> sent = {};
  std::unique_ptr<Runner<Journal>> runner = {};

  Done start() {
    runner.reset();
    RunnerOptions options;
    options.tick = tick;
    options.disk.calls = &calls;
    options.now = [this] { return now; };
    auto started = Runner<Journal>::start(
        directory.path(), Journal::Config{5, false, owner}, {},
        [this](base::ProcessId to, const Journal::Written& written) {
          sent.push_back(std::to_string(written.number) + " to " + std::to_string(to.value));
          calls.done.emplace_back("send");
        },
        options);
    if (!started) {
      return tl::unexpected(started.error());
    }
    runner = *std::move(started);
    return {};
  }
  std::string calls_of_writing(std::uint64_t number) {
    calls.done.clear();
    BOOST_REQUIRE(runner->receive(client, {number, "text"}).has_value());
    std::string all;
    for (const std::string& call : calls.done) {
      all += (all.empty() ? "" : " ") + call;
    }
    return all;
  }
};

BOOST_AUTO_TEST_SUITE(runner_test)

BOOST_AUTO_TEST_CASE(what_is_sent_depends_on_what_is_synced_before_and_releases_come_between) {
  Bed bed;
  BOOST_REQUIRE(bed.start().has_value());
  BOOST_TEST(bed.calls_of_writing(1) == "create write sync sync-directory write sync send");
  BOOST_TEST(bed.calls_of_writing(2) == "write sync send");
  BOOST_TEST(bed.calls_of_writing(3) == "write sync send");
  BOOST_TEST(bed.calls_of_writing(4) == "write sync send");
  BOOST_TEST(bed.calls_of_writing(5) == "write sync write sync send");
  BOOST_TEST(bed.runner->disk().record_count() == 1U);
  BOOST_TEST((bed.sent == std::vector<std::string>{"1 to 4", "2 to 4", "3 to 4", "4 to 4", "5 to 4"}));
}

BOOST_AUTO_TEST_CASE(a_process_that_starts_again_finds_its_records_and_knows_that_it_is_another_life) {
  Bed bed;
  for (std::uint32_t life = 0; life < 3; ++life) {
    BOOST_REQUIRE(bed.start().has_value());
    BOOST_TEST(bed.runner->state().incarnation == life);
    BOOST_TEST(bed.runner->state().last == 2 * life);
    BOOST_TEST(!bed.runner->state().has_gap);
    BOOST_TEST(bed.runner->receive(client, {2 * life + 1, "a"}).has_value());
    BOOST_TEST(bed.runner->receive(client, {2 * life + 2, "b"}).has_value());
  }
  BOOST_TEST(bed.runner->disconnected(client).has_value());
}

BOOST_AUTO_TEST_CASE(timers_fire_when_they_are_due_and_whims_when_somebody_wants) {
  Bed bed;
  BOOST_REQUIRE(bed.start().has_value());
  BOOST_TEST((bed.runner->next_due() == bed.now + 3 * tick));
  bed.now += 3 * tick - std::chrono::nanoseconds(1);
  BOOST_TEST(bed.runner->fire_due().has_value());
  BOOST_TEST(bed.sent.empty());
  bed.now += std::chrono::nanoseconds(1);
  BOOST_TEST(bed.runner->fire_due().has_value());
  BOOST_TEST((bed.sent == std::vector<std::string>{"0 to 5"}));
  BOOST_TEST((bed.runner->next_due() == bed.now + 2 * tick));
  BOOST_TEST(!bed.runner->has_ended());
  BOOST_TEST(bed.runner->fire_whim(Journal::Timer::audit).value());
  BOOST_TEST(bed.runner->exit_reason().value_or("") == "audited");
  BOOST_TEST(bed.runner->has_ended());
  BOOST_TEST(!bed.runner->next_due().has_value());
  BOOST_TEST(!bed.runner->fire_whim(Journal::Timer::audit).value());
  BOOST_TEST(bed.runner->receive(client, {1, "too late"}).has_value());
  BOOST_TEST(bed.runner->state().last == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_is_heard_of_a_step_that_the_disk_refuses_and_the_process_is_over) {
  Bed bed;
  BOOST_REQUIRE(bed.start().has_value());
  BOOST_TEST(bed.runner->receive(client, {1, "a"}).has_value());
  bed.calls.room = 10;
  const Done refused = bed.runner->receive(client, {2, "b"});
  BOOST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().code == ENOSPC);
  BOOST_TEST(bed.runner->has_ended());
  bed.calls.room = FaultyCalls::never;
  BOOST_TEST(!bed.runner->receive(client, {3, "c"}).has_value());
  BOOST_TEST((bed.sent == std::vector<std::string>{"1 to 4"}));
  BOOST_REQUIRE(bed.start().has_value());
  BOOST_TEST(bed.runner->state().last == 1U);
  BOOST_TEST(!bed.runner->state().found_torn);
  BOOST_TEST(bed.runner->receive(client, {2, "b"}).has_value());
  BOOST_TEST(bed.sent.back() == "2 to 4");
}

BOOST_AUTO_TEST_CASE(the_number_of_starts_is_a_number) {
  Bed bed;
  BOOST_REQUIRE(bed.start().has_value());
  bed.runner.reset();
  for (const char* text : {"", "one\n", "1", "1\n2\n", "-1\n", "99999999999\n"}) {
    write_file(bed.directory.path() / "starts", text);
    const Done started = bed.start();
    BOOST_REQUIRE(!started.has_value());
    BOOST_TEST((started.error().kind == DiskError::Kind::corrupt), text);
  }
}

BOOST_AUTO_TEST_CASE(timers_due_at_the_same_time_fire_in_the_order_in_which_they_were_armed) {
  Timers<int> timers;
  const Clock::time_point now{};
  timers.arm(1, now + tick);
  timers.arm(2, now + tick);
  timers.arm(3, now);
  timers.arm(4, now + tick);
  timers.arm(1, now + tick);
  timers.disarm(4);
  BOOST_TEST(!timers.take_due(now - tick).has_value());
  for (const int expected : {3, 2, 1}) {
    BOOST_TEST(timers.take_due(now + tick).value_or(0) == expected);
  }
  BOOST_TEST(!timers.next_due().has_value());
}

BOOST_AUTO_TEST_CASE(a_loop_takes_messages_from_other_threads_and_fires_timers_until_it_is_stopped) {
  const TemporaryDirectory directory;
  FaultyCalls calls;
  Loop<Journal> loop;
  std::uint64_t reminded = 0;
  std::uint64_t acknowledged = 0;
  RunnerOptions options;
  options.tick = std::chrono::microseconds(100);
  options.disk.calls = &calls;
  auto runner = Runner<Journal>::start(
      directory.path(), Journal::Config{100, false, owner}, {},
      [&](base::ProcessId to, const Journal::Written& written) {
        (to == owner ? reminded : acknowledged) = written.number;
        if (reminded == 50) {
          loop.stop();
        }
      },
      options);
  BOOST_REQUIRE(runner.has_value());
  std::jthread writer([&] {
    for (std::uint64_t number = 1; number <= 50; ++number) {
      loop.post(client, {number, "text"});
    }
    loop.post_disconnected(client);
  });
  BOOST_TEST(loop.run(**runner).has_value());
  BOOST_TEST(acknowledged == 50U);
  BOOST_TEST(reminded == 50U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::drivers
