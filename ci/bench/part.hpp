// What the benchmarks that are a program of their own have in common: their arguments, their place in the
// JSON file, their last words.
#pragma once

#include <fmt/core.h>

#include <boost/json.hpp>
#include <charconv>
#include <ctime>
#include <exception>
#include <fstream>
#include <sstream>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "ci/bench/machine.hpp"

namespace plimsoll::bench {

struct PartRequest {
  std::string json_path;
  std::uint64_t repeat = 5;
  bool quick = false;
  bool add = false;  ///< to what the file says already
};

/// Processor time in milliseconds.
template <class Operation>
double milliseconds(const Operation& operation) {
  const std::clock_t begin = std::clock();
  operation();
  return static_cast<double>(std::clock() - begin) * 1000.0 / static_cast<double>(CLOCKS_PER_SEC);
}

/// usage: NAME [--quick] [--repeat N] [--json FILE [--add]]
inline tl::expected<PartRequest, std::string> read_part_arguments(const std::string& program,
                                                                  const std::vector<std::string>& arguments) {
  PartRequest request;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& name = arguments[i];
    const bool has_value = i + 1 < arguments.size();
    if (name == "--quick") {
      request.quick = true;
      request.repeat = 3;
    } else if (name == "--add") {
      request.add = true;
    } else if (name == "--json" && has_value) {
      request.json_path = arguments[++i];
    } else if (name == "--repeat" && has_value) {
      const std::string& value = arguments[++i];
      const char* const end = value.data() + value.size();
      const auto read = std::from_chars(value.data(), end, request.repeat);
      if (read.ec != std::errc{} || read.ptr != end || request.repeat == 0) {
        return tl::unexpected("--repeat needs a positive number, not " + value);
      }
    } else {
      return tl::unexpected("usage: " + program + " [--quick] [--repeat N] [--json FILE [--add]]");
    }
  }
  return request;
}

/// Returns whether the file could be written.
inline bool write_part(const PartRequest& request, const std::string& part, boost::json::array rows) {
  boost::json::value whole = boost::json::object{{"schema", "plimsoll-bench/1"}};
  if (request.add) {
    std::ostringstream text;
    text << std::ifstream(request.json_path).rdbuf();
    whole = boost::json::parse(text.str());
  }
  whole.as_object()[part] = std::move(rows);
  std::ofstream file(request.json_path);
  file << boost::json::serialize(whole) << '\n';
  file.close();
  return !file.fail();
}

/// Runs `bench_PART`: `rows_of(request)` prints its table and returns its rows, or what went wrong.
/// @return the exit code: 2 bad usage, 4 what was measured is not what it must be.
template <class RowsOf>
int run_part(const std::string& part, int argc, char** argv, const RowsOf& rows_of) {
  try {
    const auto request = read_part_arguments("bench_" + part, {argv + 1, argv + argc});
    if (!request) {
      fmt::print(stderr, "{}\n", request.error());
      return 2;
    }
    const Machine machine = this_machine();
    fmt::print("{}, {} cores, {}, load {:.2f}; median of {}, by processor time, one thread\n\n",
               machine.processor, machine.cores, machine.compiler, machine.load, request->repeat);
    auto rows = rows_of(*request);
    if (!rows) {
      fmt::print(stderr, "{}\n", rows.error());
      return 4;
    }
    if (!request->json_path.empty() && !write_part(*request, part, std::move(*rows))) {
      fmt::print(stderr, "{} cannot be written\n", request->json_path);
      return 2;
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 4;
  }
}

}  // namespace plimsoll::bench
