// What the benchmarks of the store are asked for, and where their numbers go.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace plimsoll::bench {

/// [--quick] [--repeat N] [--json FILE [--add]] [DIRECTORY]
struct Options {
  std::string json_path = {};
  std::uint64_t repeat = 3;
  bool quick = false;
  bool add = false;  ///< keep what is in the file
  std::string directory = {};
};

/// @param usage  What is said of anything else. A directory only if it names one.
[[nodiscard]] inline tl::expected<Options, std::string> read_options(
    const std::vector<std::string>& arguments, const std::string& usage) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    const bool has_value = i + 1 < arguments.size();
    if (name == "--quick") {
      options.quick = true;
      options.repeat = 1;
    } else if (name == "--add") {
      options.add = true;
    } else if (name == "--json" && has_value) {
      options.json_path = arguments[++i];
    } else if (name == "--repeat" && has_value) {
      const std::string& value = arguments[++i];
      const char* const end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, options.repeat);
      if (read.ec != std::errc{} || read.ptr != end || options.repeat == 0) {
        return tl::unexpected("--repeat needs a positive number, not " + value);
      }
    } else if (!name.starts_with("-") && usage.find("DIRECTORY") != std::string::npos) {
      options.directory = name;
    } else {
      return tl::unexpected("usage: " + usage);
    }
  }
  return options;
}

/// Puts the fields of a JSON object into the file that was asked for, if any. Returns whether it could be
/// written. Requires: `object` has fields, and to add them, the file has an object without them.
[[nodiscard]] inline bool write_json(const Options& options, const std::string& object) {
  if (options.json_path.empty()) {
    return true;
  }
  std::string whole = R"({"schema":"plimsoll-bench/1"})";
  if (options.add) {
    std::ostringstream text;
    text << std::ifstream(options.json_path).rdbuf();
    whole = text.str();
  }
  whole.erase(std::min(whole.rfind('}'), whole.size()));
  std::ofstream file(options.json_path);
  file << whole << ',' << object.substr(1) << '\n';
  file.close();
  return !file.fail();
}

}  // namespace plimsoll::bench
