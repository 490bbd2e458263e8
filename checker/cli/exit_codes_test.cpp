// Exit codes never lie: whatever ends a search early, however it ends, is 3 and never 0; a violation is 1 and
// a bug is 4. SPIN's pan exits with 0 on a violation, and LTSmin did on a full table.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <exception>
#include <functional>
#include <new>
#include <stdexcept>
#include <vector>

#include "checker/cli/exit_code.hpp"
#include "checker/cli/sandbox.hpp"
#include "checker/cli/signals.hpp"
#include "checker/trace/json.hpp"

namespace plimsoll::cli {
namespace {

/// A way to search, as options: each row is put to the tests below.
struct Way {
  std::string options;
  bool is_shortest = true;       ///< counterexamples are
  bool may_hold = true;          ///< whether it ever says so
  bool memory_is_fixed = false;  ///< taken at the start, not with the states
};
const std::vector<Way> ways = {
    {"--visited exact"},
    {"--visited fingerprint"},
    {"--engine dfs", false},
    {"--engine dfs --visited fingerprint", false},
    {"--engine dfs --visited bitstate", false, false, true},
};

std::string scenario_file(const std::string& name) {
  return "'" PLIMSOLL_SOURCE_DIR "/model/scenarios/" + name + ".yaml'";
}
/// 8,832 states.
const std::string quick = scenario_file("calibration/two-phase-commit");
/// Some ten billion states; the limits are for the case that a test fails.
const std::string endless = quick + " --set parameters.rms=14 --memory 2GiB --time 100s";

std::string two_phase_commit(const std::string& rms, const std::string& expected) {
  return "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {name: x}\nsystem: two-phase-commit\n"
         "parameters: {rms: " +
         rms + "}\nexpect: {default: " + expected + "}\n";
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool may_limit_addresses = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool may_limit_addresses = false;
#else
constexpr bool may_limit_addresses = true;
#endif
#else
constexpr bool may_limit_addresses = true;
#endif

scenario::Node results_of(const Sandbox& box) {
  const auto root = checker::parse_json(box.read("result.json"), "result.json");
  BOOST_REQUIRE_MESSAGE(root.has_value(), "result.json is not whole");
  return *root->find("results");
}
void check_inconclusive(const scenario::Node& result, const std::string& stop) {
  BOOST_TEST(result.find("verdict")->text == "inconclusive");
  BOOST_TEST(result.find("passed")->text == "false");
  BOOST_TEST(result.find("stop")->text == stop);
  BOOST_TEST(result.find("properties")->items.at(0).find("id")->text == "consistency");
  BOOST_TEST(result.find("properties")->items.at(0).find("verdict")->text == "inconclusive");
}

/// How a forked copy of this process, with the command's handlers, ends after `act`.
int ending_of(const std::function<void()>& act) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    (void)::close(STDERR_FILENO);
    install_signal_handlers();
    act();
    ::_exit(0);
  }
  return Child(pid).wait();
}

/// Lets an exception out of where none may come from, as out of a thread.
template <class Exception>
std::function<void()> escape_with(const Exception& exception) {
  return [held = std::make_exception_ptr(exception)]() noexcept { std::rethrow_exception(held); };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exit_codes_test)

BOOST_AUTO_TEST_CASE(limits_are_3_and_named) {
  struct Row {
    std::string options;
    std::string stop;
  };
  const std::vector<Row> table = {
      {"--memory 1KiB", "memory limit"}, {"--memory 8MiB", "memory limit"}, {"--time 100ms", "time limit"},
      {"--states 10000", "state limit"}, {"--depth 3", "depth limit"},
  };
  for (const Way& way : ways) {
    for (const Row& row : table) {
      if (row.options == "--memory 8MiB" && way.memory_is_fixed) {
        continue;
      }
      BOOST_TEST_CONTEXT(way.options << ", " << row.options) {
        const Sandbox box;
        BOOST_TEST(box.run("check " + quick + " --set parameters.rms=14 --workers 2 " + way.options + " " +
                           row.options + " --json result.json") == 3);
        check_inconclusive(results_of(box).items.at(0), row.stop);
        BOOST_TEST(box.out().find("inconclusive (" + row.stop + ")") != std::string::npos);
      }
    }
  }
}

/// The shell lets the process have so many addresses and no more: mmap fails, new throws, threads do not
/// start, depending on what comes first. Whoever waits for a worker that could not come must not wait for
/// ever.
BOOST_AUTO_TEST_CASE(the_end_of_the_machines_memory_is_3) {
  if (!may_limit_addresses) {
    return;  // Sanitizers take terabytes of addresses for themselves.
  }
  struct Row {
    std::string kibibytes;
    std::string workers;
  };
  const std::vector<Row> table = {{"50000", "1"}, {"50000", "4"}, {"80000", "4"}, {"400000", "1"}};
  for (const Way& way : ways) {
    if (way.memory_is_fixed) {
      continue;
    }
    for (const Row& row : table) {
      BOOST_TEST_CONTEXT(way.options << ", " << row.kibibytes << " KiB, " << row.workers << " workers") {
        const Sandbox box;
        BOOST_TEST(box.run("check " + endless + " " + way.options + " --workers " + row.workers +
                               " --json result.json",
                           "ulimit -v " + row.kibibytes) == 3);
        if (box.has("result.json")) {
          check_inconclusive(results_of(box).items.at(0), "memory limit");
        } else {
          BOOST_TEST(box.err().find("memory ran out: inconclusive") != std::string::npos);
        }
        BOOST_TEST(!box.has_unfinished_files());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_signal_is_3_with_all_that_is_known) {
  for (const Way& way : ways) {
    for (const int signal : {SIGINT, SIGTERM}) {
      const std::string workers = signal == SIGINT ? "1" : "4";
      BOOST_TEST_CONTEXT(way.options << ", " << workers << " workers, signal " << signal) {
        const Sandbox box;
        Child child(box.start("check " + endless + " " + way.options + " --workers " + workers +
                              " --json result.json --junit result.xml --trace-dir traces"));
        wait_until_searching(child);
        child.send(signal);
        BOOST_TEST(child.wait() == 3);
        const scenario::Node result = results_of(box).items.at(0);
        check_inconclusive(result, "interrupted");
        BOOST_TEST(std::stoull(result.find("states")->find("distinct")->text) > 1U);
        BOOST_TEST(box.out().find("inconclusive (interrupted)") != std::string::npos);
        BOOST_TEST(box.read("result.xml").ends_with("</testsuites>\n"));
        BOOST_TEST(!box.has_unfinished_files());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_impatient_signal_is_3_without_half_a_file) {
  const Sandbox box;
  Child child(box.start("check " + endless + " --json result.json"));
  wait_until_searching(child);
  child.send(SIGINT);
  child.send(SIGTERM);
  BOOST_TEST(child.wait() == 3);
  if (box.has("result.json")) {
    check_inconclusive(results_of(box).items.at(0), "interrupted");
  }
}

/// What came before the signal is told as it was found, what would have come after it is inconclusive.
BOOST_AUTO_TEST_CASE(a_signal_spares_what_was_decided) {
  const Sandbox box;
  box.write("short.yaml", two_phase_commit("3", "holds"));
  box.write("long.yaml", two_phase_commit("14", "holds"));
  Child child(box.start("check short.yaml long.yaml short.yaml --time 100s --json result.json"));
  wait_until_searching(child);
  child.send(SIGINT);
  BOOST_TEST(child.wait() == 3);
  const scenario::Node results = results_of(box);
  BOOST_REQUIRE(results.items.size() == 3U);
  BOOST_TEST(results.items[0].find("verdict")->text == "holds");
  check_inconclusive(results.items[1], "interrupted");
  check_inconclusive(results.items[2], "interrupted");
  BOOST_TEST(results.items[2].find("states")->find("distinct")->text == "0");
}

BOOST_AUTO_TEST_CASE(verdicts_are_compared_with_what_was_expected) {
  const std::string scarcity = scenario_file("ipam/scarcity");
  struct Row {
    std::string arguments;
    int code;
    bool has_length = false;  ///< expects a trace of the shortest length
  };
  const std::vector<Row> table = {
      {scarcity + " --defect F8", 0, true},
      // Nobody said what two defects together should do, so nothing should be violated.
      {scarcity + " --defect F8 --defect F1 --set parameters.supervised=false", 1},
      {quick + " --set expect.default=inconclusive --states 10", 0},
      {quick + " --set parameters.rms=0", 2},
      {quick + " --defect no-such-defect", 2},
  };
  for (const Way& way : ways) {
    for (const Row& row : table) {
      if (row.has_length && !way.is_shortest) {
        continue;
      }
      BOOST_TEST_CONTEXT(way.options << ", " << row.arguments) {
        const Sandbox box;
        BOOST_TEST(box.run("check " + row.arguments + " " + way.options) == row.code);
      }
    }
    BOOST_TEST_CONTEXT(way.options) {
      const Sandbox box;
      BOOST_TEST(box.run("check " + quick + " " + way.options) == (way.may_hold ? 0 : 3));
    }
  }
}

BOOST_AUTO_TEST_CASE(walks_never_hold) {
  const Sandbox box;
  box.write("holds.yaml", two_phase_commit("2", "holds"));
  box.write("open.yaml", two_phase_commit("2", "inconclusive"));
  BOOST_TEST(box.run("check holds.yaml --engine walk --runs 1000") == 3);
  BOOST_TEST(box.run("check open.yaml --engine walk --runs 1000") == 0);
  BOOST_TEST(box.run("check open.yaml") == 1);
}

BOOST_AUTO_TEST_CASE(of_several_scenarios_the_worst_is_reported) {
  const Sandbox box;
  box.write("holds.yaml", two_phase_commit("3", "holds"));
  box.write("wrong.yaml", two_phase_commit("3", "{violated: consistency}"));
  box.write("large.yaml", two_phase_commit("8", "holds"));
  box.write("bad.yaml", two_phase_commit("none", "holds"));
  const auto code = [&box](const std::string& files) { return box.run("check " + files + " --states 5000"); };
  BOOST_TEST(code("holds.yaml") == 0);
  BOOST_TEST(code("holds.yaml large.yaml holds.yaml") == 3);
  BOOST_TEST(code("large.yaml wrong.yaml large.yaml") == 1);
  BOOST_TEST(code("large.yaml wrong.yaml bad.yaml holds.yaml") == 2);
  using enum ExitCode;
  constexpr std::array ascending = {as_expected, inconclusive, unexpected, bad_input, internal_error};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t k = 0; k < ascending.size(); ++k) {
      BOOST_TEST((worst(ascending[i], ascending[k]) == ascending[std::max(i, k)]));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_result_that_cannot_be_written_is_2) {
  const Sandbox box;
  BOOST_TEST(box.run("check " + quick + " --json /dev/full") == 2);
  BOOST_TEST(box.run("check " + quick + " --junit /dev/full") == 2);
  BOOST_TEST(box.run("check " + quick, "true", ">/dev/full 2>err") == 2);
  BOOST_TEST(box.run("check " + quick + " --json -", "true", ">/dev/full 2>err") == 2);
  BOOST_TEST(box.run("list --json /dev/full") == 2);
  BOOST_TEST(box.run("list", "true", ">/dev/full 2>err") == 2);
  // Files can be made and nothing can be put into them, as on a disk that is full.
  BOOST_TEST(box.run("check " + quick + " --json result.json", "ulimit -f 0", ">/dev/null 2>&1") == 2);
  BOOST_TEST(box.run("check " + scenario_file("ipam/scarcity") + " --defect F8 --trace-dir traces",
                     "ulimit -f 0", ">/dev/null 2>&1") == 2);
  BOOST_TEST(!box.has("result.json"));
  BOOST_TEST(std::filesystem::is_empty(box.directory / "traces"));
  BOOST_TEST(!box.has_unfinished_files());
}

/// A failed assertion aborts, so SIGABRT is what a bug looks like from outside.
BOOST_AUTO_TEST_CASE(a_bug_is_4) {
  const Sandbox box;
  Child child(box.start("check " + endless + " --json result.json"));
  wait_until_searching(child);
  child.send(SIGABRT);
  BOOST_TEST(child.wait() == 4);
  BOOST_TEST(!box.has("result.json"));
  BOOST_TEST(ending_of([] { PLIMSOLL_ASSERT(getpid() == 0); }) == 4);
  BOOST_TEST(ending_of(escape_with(std::runtime_error("nobody expects it"))) == 4);
  BOOST_TEST(ending_of(escape_with(std::bad_alloc())) == 3);
}

BOOST_AUTO_TEST_CASE(the_list_of_defects_has_a_command_for_each_that_breaks_something) {
  const Sandbox box;
  BOOST_TEST(box.run("list defects") == 0);
  BOOST_TEST(box.out().find("breaks nothing that a scenario asks for") != std::string::npos);
  BOOST_TEST(box.out().find("plimsoll check  --defect") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
