// Every file of corpus/ is a scenario that is wrong in one way; its first line says with which error it must
// be refused.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "checker/scenario/scenario.hpp"

namespace plimsoll::scenario {
namespace {

const std::filesystem::path corpus = std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "checker/scenario/corpus";

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

/// `LINE:COLUMN: message` behind `# expect: ` on the first line.
std::string expected_error(const std::filesystem::path& path) {
  std::ifstream stream(path);
  std::string line;
  std::getline(stream, line);
  const std::string mark = "# expect: ";
  BOOST_REQUIRE_MESSAGE(line.starts_with(mark), path.filename());
  return line.substr(mark.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(corpus_test)

BOOST_AUTO_TEST_CASE(each_bad_scenario_is_refused_as_its_first_line_says) {
  for (const std::filesystem::path& path : files()) {
    const auto scenario = load_scenario(path.string());
    BOOST_TEST(!scenario.has_value(), path.filename() << " is accepted");
    if (!scenario) {
      const std::string prefix = path.string() + ":";
      const std::string error = scenario.error().to_string();
      BOOST_TEST(error.starts_with(prefix));
      BOOST_TEST(error.substr(prefix.size()) == expected_error(path), path.filename() << ": " << error);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_corpus_is_not_empty) {
  BOOST_TEST(files().size() >= 30U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::scenario
