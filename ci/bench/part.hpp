// What the benchmarks that are a program of their own have in common: their arguments, their place in the
// JSON file, their last words.
#pragma once

#include <cstdint>
#include <ctime>
#include <functional>
#include <string>
#include <tl/expected.hpp>

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

/// Prints its table and returns its rows, a JSON list, or what went wrong.
using Part = std::function<tl::expected<std::string, std::string>(const PartRequest&)>;

/// Runs `bench_NAME [--quick] [--repeat N] [--json FILE [--add]]`.
/// @return the exit code: 2 bad usage, 4 what was measured is not what it must be.
int run_part(const std::string& name, int argc, char** argv, const Part& part);

}  // namespace plimsoll::bench
