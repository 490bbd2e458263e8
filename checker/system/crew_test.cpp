// The threads that do a search's work, and what happens without them.
#include "checker/system/crew.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "checker/system/no_more_threads.hpp"

namespace plimsoll::checker {
namespace {

BOOST_AUTO_TEST_SUITE(crew_test)

BOOST_AUTO_TEST_CASE(every_worker_runs_once_on_a_thread_of_its_own) {
  std::vector<std::thread::id> ran_on(8);
  std::atomic<unsigned> done_without{0};
  run_crew(8, [&](unsigned i) { ran_on[i] = std::this_thread::get_id(); }, [&](unsigned) { ++done_without; });
  BOOST_TEST((ran_on[0] == std::this_thread::get_id()));
  for (const std::thread::id id : ran_on) {
    BOOST_TEST((id != std::thread::id()));
  }
  BOOST_TEST(done_without == 0U);
}

BOOST_AUTO_TEST_CASE(without_threads_the_caller_works_alone) {
  const NoMoreThreads without;
  std::vector<unsigned> calls;
  run_crew(4, [&](unsigned i) { calls.push_back(i); }, [&](unsigned i) { calls.push_back(10 + i); });
  BOOST_TEST(calls == std::vector<unsigned>({11, 12, 13, 0}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
