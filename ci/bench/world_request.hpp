// What the user asks bench_world for.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace plimsoll::bench {

struct Request {
  std::string root = ".";
  std::vector<std::string> scenarios;
  std::string json_path;
  std::uint64_t repeat = 5;
  std::uint64_t states_max = 4'000'000;
  bool quick = false;
};

struct Failure {
  int exit_code = 2;
  std::string sentence;
};
template <class T>
using Result = tl::expected<T, Failure>;

/// A value that makes no sense is a failure with exit code 2.
[[nodiscard]] Result<Request> read_arguments(const std::vector<std::string>& arguments);

}  // namespace plimsoll::bench
