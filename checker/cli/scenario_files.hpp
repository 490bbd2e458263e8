// Where scenarios are: those named on the command line, and those that came with Plimsoll.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

namespace plimsoll::cli {

/// The directory of the scenarios that came with Plimsoll: model/scenarios below the current directory, else
/// beside the build directory the executable is in, else ../share/plimsoll/scenarios as installed. Nothing if
/// there is none.
[[nodiscard]] std::optional<std::string> scenario_root();

/// The files meant by `named`, each a file or a directory whose *.yaml and *.yml files are all meant, in
/// order of path. Without names: those in `default` below scenario_root(). Errors: what does not exist, and
/// directories without scenarios; one sentence.
[[nodiscard]] tl::expected<std::vector<std::string>, std::string> scenario_files(
    const std::vector<std::string>& named);

/// All *.yaml and *.yml files below `directory`, in order of path; unreadable directories count as empty.
[[nodiscard]] std::vector<std::string> yaml_files(const std::string& directory);

}  // namespace plimsoll::cli
