// For tests: foreign material that lies beside the repository and is no part of it.
//
// A test over it names the directory, and is skipped where that is not there:
//   BOOST_AUTO_TEST_CASE(name, *boost::unit_test::precondition(SharedMaterial{"raft/quorum"}))
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace plimsoll::properties {

/// A directory of ../shared/conformance, seen from the repository.
struct SharedMaterial {
  std::string directory;

  [[nodiscard]] std::filesystem::path path() const {
    return std::filesystem::path(PLIMSOLL_SOURCE_DIR).parent_path() / "shared" / "conformance" / directory;
  }
  /// Files with this extension, in order of name.
  [[nodiscard]] std::vector<std::string> files(const std::string& extension) const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(path())) {
      if (entry.path().extension() == extension) {
        found.push_back(entry.path().string());
      }
    }
    std::ranges::sort(found);
    return found;
  }
  /// Whether it is there: a precondition of Boost.Test.
  template <class TestUnit>
  bool operator()(TestUnit /*asking*/) const {
    return std::filesystem::is_directory(path());
  }
};

}  // namespace plimsoll::properties
