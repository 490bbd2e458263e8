// Every trace in traces/ is reproduced by the systems of today.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "checker/cli/commands.hpp"

namespace plimsoll::cli {
namespace {

std::vector<std::string> golden_traces() {
  std::vector<std::string> files;
  const std::filesystem::path root = std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "traces";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().string().ends_with(".itf.json")) {
      files.push_back(entry.path().string());
    }
  }
  return files;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden_traces_test)

BOOST_AUTO_TEST_CASE(all_are_reproduced) {
  BOOST_TEST(golden_traces().size() >= 94U);
  for (const std::string& file : golden_traces()) {
    BOOST_TEST((run_replay({{file}, std::nullopt, std::nullopt}) == ExitCode::as_expected), file);
  }
}

BOOST_AUTO_TEST_CASE(one_that_cannot_be_read_would_be_noticed) {
  const std::string bad = PLIMSOLL_SOURCE_DIR "/checker/trace/corpus/value-null.itf.json";
  BOOST_TEST((run_replay({{bad}, std::nullopt, std::nullopt}) == ExitCode::bad_input));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
