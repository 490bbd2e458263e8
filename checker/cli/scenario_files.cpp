#include "checker/cli/scenario_files.hpp"

#include <algorithm>
#include <filesystem>

namespace plimsoll::cli {
namespace {

namespace fs = std::filesystem;

bool names_directory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

}  // namespace

std::optional<std::string> scenario_root() {
  const fs::path here = fs::path("model") / "scenarios";
  if (names_directory(here)) {
    return here.string();
  }
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (error) {
    return std::nullopt;
  }
  const fs::path directory = executable.parent_path();
  for (const fs::path& candidate :
       {directory / "../../model/scenarios", directory / "../share/plimsoll/scenarios"}) {
    if (names_directory(candidate)) {
      return candidate.lexically_normal().string();
    }
  }
  return std::nullopt;
}

std::vector<std::string> yaml_files(const std::string& directory) {
  std::vector<std::string> files;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto entry = fs::recursive_directory_iterator(directory, options, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    const fs::path extension = entry->path().extension();
    std::error_code ignored;
    if ((extension == ".yaml" || extension == ".yml") && !entry->is_directory(ignored)) {
      files.push_back(entry->path().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

tl::expected<std::vector<std::string>, std::string> scenario_files(const std::vector<std::string>& named) {
  std::vector<std::string> roots = named;
  if (roots.empty()) {
    const std::optional<std::string> root = scenario_root();
    if (!root) {
      return tl::unexpected(
          std::string("no scenario is named, and there is no model/scenarios here or beside plimsoll"));
    }
    roots.push_back((fs::path(*root) / "default").string());
  }
  std::vector<std::string> files;
  for (const std::string& path : roots) {
    std::error_code error;
    if (!fs::exists(path, error)) {
      return tl::unexpected(path + ": no such file or directory");
    }
    if (!names_directory(path)) {
      files.push_back(path);
      continue;
    }
    const std::vector<std::string> found = yaml_files(path);
    if (found.empty()) {
      return tl::unexpected(path + ": no scenarios (*.yaml) in this directory");
    }
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

}  // namespace plimsoll::cli
