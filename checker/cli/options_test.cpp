#include "checker/cli/options.hpp"

#include <boost/test/unit_test.hpp>

#include "checker/cli/exit_code.hpp"

namespace plimsoll::cli {
namespace {

Command parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "plimsoll");
  return parse_command_line(arguments);
}

std::string complaint(const std::vector<std::string>& arguments) {
  const Command command = parse(arguments);
  const auto* error = std::get_if<UsageError>(&command);
  return error == nullptr ? "accepted" : error->message;
}

CheckOptions check_options(const std::vector<std::string>& arguments) {
  const Command command = parse(arguments);
  BOOST_REQUIRE(std::holds_alternative<CheckOptions>(command));
  return std::get<CheckOptions>(command);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(options_test)

BOOST_AUTO_TEST_CASE(options_are_decoded) {
  const CheckOptions options =
      check_options({"check",   "--set",  "a=1",       "x.yaml",   "--set=b=[1,2]", "--defect",    "F1",
                     "y.yaml",  "--time", "2m",        "--memory", "1GiB",          "--states",    "7",
                     "--depth", "9",      "--workers", "3",        "--visited",     "fingerprint", "--all",
                     "--json",  "-",      "--junit",   "j.xml",    "--progress",    "plain",       "--seed",
                     "5"});
  BOOST_TEST(options.scenarios == (std::vector<std::string>{"x.yaml", "y.yaml"}),
             boost::test_tools::per_element());
  BOOST_TEST(options.overrides.set == (std::vector<std::string>{"a=1", "b=[1,2]"}),
             boost::test_tools::per_element());
  BOOST_TEST(options.overrides.defects == std::vector<std::string>{"F1"}, boost::test_tools::per_element());
  BOOST_TEST(options.limits.seconds_max == 120.0);
  BOOST_TEST(options.limits.memory_bytes_max == 1024ULL * 1024 * 1024);
  BOOST_TEST(options.limits.states_max == 7U);
  BOOST_TEST(options.limits.depth_max == 9U);
  BOOST_TEST((options.workers == 3U));
  BOOST_TEST((options.choice.visited == checker::VisitedMode::fingerprint));
  BOOST_TEST(!options.choice.engine.has_value());
  BOOST_TEST(!options.choice.symmetry.has_value());
  BOOST_TEST(options.all);
  BOOST_TEST((options.json == "-"));
  BOOST_TEST((options.junit == "j.xml"));
  BOOST_TEST((options.progress == ProgressMode::plain));
  BOOST_TEST(options.seed == 5U);
}

BOOST_AUTO_TEST_CASE(engines_are_chosen) {
  const CheckOptions walk = check_options({"check", "--engine", "walk", "--runs", "12", "--seed", "3"});
  BOOST_TEST((walk.choice.engine == checker::Engine::walk));
  BOOST_TEST((walk.runs == 12U));
  const CheckOptions dfs = check_options({"check", "--engine", "dfs", "--visited", "bitstate", "--symmetry"});
  BOOST_TEST((dfs.choice.engine == checker::Engine::dfs));
  BOOST_TEST((dfs.choice.visited == checker::VisitedMode::bitstate));
  BOOST_TEST((dfs.choice.symmetry == true));
  BOOST_TEST(!dfs.bitstate_bytes.has_value());
  BOOST_TEST((check_options({"check", "--memory", "1GiB"}).bitstate_bytes == std::uint64_t{1} << 29U));
}

BOOST_AUTO_TEST_CASE(tests_are_walks_with_other_defaults) {
  const auto test = [](const std::vector<std::string>& arguments) {
    const Command command = parse(arguments);
    BOOST_REQUIRE(std::holds_alternative<TestOptions>(command));
    return std::get<TestOptions>(command).check;
  };
  const CheckOptions plain = test({"test", "x.yaml"});
  BOOST_TEST((plain.choice.engine == checker::Engine::walk));
  BOOST_TEST((plain.schedule == checker::Schedule::mixture));
  BOOST_TEST(!plain.runs.has_value());
  BOOST_TEST((test({"test", "x.yaml", "--time", "5s"}).runs == std::numeric_limits<std::uint64_t>::max()));
  const CheckOptions all =
      test({"test",       "x.yaml", "--seed",  "4",   "--runs",      "9", "--time",           "1m",
            "--schedule", "pct",    "--steps", "77",  "--bug-depth", "5", "--minimise-steps", "0",
            "--defect",   "F1",     "--set",   "a=1", "--trace-dir", "t"});
  BOOST_TEST(all.seed == 4U);
  BOOST_TEST((all.runs == 9U));
  BOOST_TEST(all.limits.seconds_max == 60.0);
  BOOST_TEST((all.schedule == checker::Schedule::pct));
  BOOST_TEST((all.steps == 77U));
  BOOST_TEST((all.bug_depth == 5U));
  BOOST_TEST((all.minimise_steps == 0U));
  BOOST_TEST((all.trace_dir == "t"));
  BOOST_TEST(!check_options({"check"}).schedule.has_value());
}

BOOST_AUTO_TEST_CASE(memory_is_limited_by_default) {
  const std::uint64_t bytes = check_options({"check"}).limits.memory_bytes_max;
  BOOST_TEST(bytes > 0U);
  BOOST_TEST(bytes < std::numeric_limits<std::uint64_t>::max());
}

BOOST_AUTO_TEST_CASE(usage_errors_are_clear) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> table = {
      {{},
       "a command is missing: check, test, replay, conform, history, prove, dataplane or list (plimsoll "
       "--help "
       "says more)"},
      {{"chekc"}, "unknown command 'chekc', did you mean 'check'? (plimsoll --help lists them)"},
      {{"study", "x"}, "plimsoll study: not available in this version"},
      {{"check", "--engine", "bsf"}, "--engine: expected bfs, dfs or walk, found 'bsf', did you mean 'bfs'?"},
      {{"check", "--visited", "bits"}, "--visited: expected exact, fingerprint or bitstate, found 'bits'"},
      {{"check", "--runs", "0"}, "--runs: expected a whole number of at least 1, found '0'"},
      {{"check", "--engine", "dfs", "--runs", "5"},
       "--runs: it is about random walks: expected --engine walk, found dfs"},
      {{"check", "--workers", "0"}, "--workers: expected a whole number between 1 and 256, found '0'"},
      {{"check", "--states", "-1"}, "--states: expected a whole number of at least 1, found '-1'"},
      {{"check", "--time", "5"}, "--time: expected a duration such as 30s, 10m or 2h, found '5'"},
      {{"check", "--memory", "lots"}, "--memory: expected a size such as 512MiB or 8GiB, found 'lots'"},
      {{"check", "--json", "x", "--junit", "x"}, "--junit and --json cannot be the same file"},
      {{"replay"}, "traces is required (plimsoll --help says more)"},
      {{"dataplane"}, "dumps is required (plimsoll --help says more)"},
      {{"list", "defect"},
       "plimsoll list: expected scenarios, properties, engines, defects, systems or proofs, found 'defect', "
       "did you "
       "mean "
       "'defects'?"},
  };
  for (const auto& [arguments, message] : table) {
    BOOST_TEST(complaint(arguments) == message);
  }
}

BOOST_AUTO_TEST_CASE(conform_takes_a_kind_and_files) {
  const Command command = parse({"conform", "raft-quorum", "a.txt", "b.txt", "--json", "-"});
  const auto* options = std::get_if<ConformOptions>(&command);
  BOOST_REQUIRE(options != nullptr);
  BOOST_TEST(options->kind == "raft-quorum");
  BOOST_TEST((options->files == std::vector<std::string>{"a.txt", "b.txt"}));
  BOOST_TEST((options->json == "-"));
  BOOST_TEST(complaint({"conform"}) == "kind is required (plimsoll --help says more)");
  BOOST_TEST(complaint({"conform", "raft-quorum"}) == "plimsoll conform raft-quorum: files are missing");
  BOOST_TEST(complaint({"conform", "raft-qorum", "a.txt"}).ends_with("did you mean 'raft-quorum'?"));
}

BOOST_AUTO_TEST_CASE(help_and_version_are_information) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--help"}, {"--version"}, {"check", "--help"}}) {
    BOOST_TEST(std::holds_alternative<Information>(parse(arguments)));
  }
}

BOOST_AUTO_TEST_CASE(the_worst_exit_code_wins) {
  const std::vector<ExitCode> from_best = {ExitCode::as_expected, ExitCode::inconclusive,
                                           ExitCode::unexpected, ExitCode::bad_input,
                                           ExitCode::internal_error};
  for (std::size_t i = 0; i < from_best.size(); ++i) {
    for (std::size_t k = 0; k < from_best.size(); ++k) {
      BOOST_TEST((worst(from_best[i], from_best[k]) == from_best[std::max(i, k)]));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
