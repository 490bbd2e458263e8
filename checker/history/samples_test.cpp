// Whole files with known verdicts: our own, and those of other projects where they lie beside the repository.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "checker/history/judge.hpp"
#include "checker/history/read.hpp"

namespace plimsoll::history {
namespace {

const std::filesystem::path source = PLIMSOLL_SOURCE_DIR;
const std::filesystem::path shared = source.parent_path() / "shared" / "conformance" / "history";

/// A precondition of Boost.Test: a test without its material is reported as skipped.
boost::test_tools::assertion_result shared_is_there(boost::unit_test::test_unit_id /*asking*/) {
  boost::test_tools::assertion_result result(std::filesystem::is_directory(shared));
  result.message() << "there is no " << shared;
  return result;
}

Verdict verdict_of(const std::filesystem::path& path) {
  std::ifstream stream(path);
  BOOST_REQUIRE_MESSAGE(stream, path);
  std::ostringstream text;
  text << stream.rdbuf();
  auto history = read(text.str(), path.string(), std::nullopt);
  BOOST_REQUIRE_MESSAGE(history,
                        path << ": line " << history.error().where.line << ": " << history.error().message);
  Verdict verdict = judge(*history, {});
  if (verdict.violation) {
    explain(*verdict.violation, *history, {});
    BOOST_TEST(!verdict.violation->contradiction.empty());
  }
  return verdict;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(samples_test)

BOOST_AUTO_TEST_CASE(own_samples) {
  std::size_t good = 0;
  std::size_t bad = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source / "checker/history/testdata")) {
    const std::string stem = entry.path().stem().string();
    if (stem.ends_with("-good")) {
      BOOST_TEST((verdict_of(entry.path()).answer == Answer::linearizable), stem);
      ++good;
    } else if (stem.ends_with("-bad")) {
      BOOST_TEST((verdict_of(entry.path()).answer == Answer::not_linearizable), stem);
      ++bad;
    }
  }
  BOOST_TEST(good == 5U);
  BOOST_TEST(bad == 5U);
}

BOOST_AUTO_TEST_CASE(verdicts_of_porcupine, *boost::unit_test::precondition(shared_is_there)) {
  std::ifstream table(shared / "verdicts.tsv");
  std::string line;
  std::getline(table, line);
  std::size_t count = 0;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string file;
    std::string operations;
    std::string verdict;
    fields >> file >> operations >> verdict;
    const Answer expected = verdict == "NOT" ? Answer::not_linearizable : Answer::linearizable;
    BOOST_TEST((verdict_of(shared / file).answer == expected), file);
    ++count;
  }
  BOOST_TEST(count == 28U);
}

BOOST_AUTO_TEST_CASE(recorded_on_etcd, *boost::unit_test::precondition(shared_is_there)) {
  BOOST_TEST((verdict_of(shared / "etcd/linearizable.ndjson").answer == Answer::linearizable));
  BOOST_TEST((verdict_of(shared / "etcd/not_linearizable.ndjson").answer == Answer::not_linearizable));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
