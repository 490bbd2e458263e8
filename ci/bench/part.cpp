#include "ci/bench/part.hpp"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <charconv>
#include <exception>
#include <fstream>
#include <sstream>
#include <vector>

#include "ci/bench/machine.hpp"

namespace plimsoll::bench {
namespace {

/// usage: NAME [--quick] [--repeat N] [--json FILE [--add]]
tl::expected<PartRequest, std::string> read_part_arguments(const std::string& program,
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
bool write_part(const PartRequest& request, const std::string& part, const std::string& rows) {
  boost::json::value whole = boost::json::object{{"schema", "plimsoll-bench/1"}};
  if (request.add) {
    std::ostringstream text;
    text << std::ifstream(request.json_path).rdbuf();
    whole = boost::json::parse(text.str());
  }
  whole.as_object()[part] = boost::json::parse(rows);
  std::ofstream file(request.json_path);
  file << boost::json::serialize(whole) << '\n';
  file.close();
  return !file.fail();
}

}  // namespace

int run_part(const std::string& name, int argc, char** argv, const Part& part) {
  try {
    const auto request = read_part_arguments("bench_" + name, {argv + 1, argv + argc});
    if (!request) {
      fmt::print(stderr, "{}\n", request.error());
      return 2;
    }
    const Machine machine = this_machine();
    fmt::print("{}, {} cores, {}, load {:.2f}; median of {}, by processor time, one thread\n\n",
               machine.processor, machine.cores, machine.compiler, machine.load, request->repeat);
    const auto rows = part(*request);
    if (!rows) {
      fmt::print(stderr, "{}\n", rows.error());
      return 4;
    }
    if (!request->json_path.empty() && !write_part(*request, name, *rows)) {
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
