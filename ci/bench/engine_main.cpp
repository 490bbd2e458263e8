// One search of one scenario in a process of its own, and what it took: JSON on standard output.
//
// usage: bench_engine SCENARIO exact|fingerprint WORKERS [PATH=VALUE...]
//
// The script ci/bench/engines measures processor time from outside, on `plimsoll check`; this is for what
// only the inside knows: parents apart from the set, and memory from moment to moment.
#include <fmt/core.h>

#include <boost/json.hpp>
#include <charconv>
#include <exception>

#include "ci/bench/resident.hpp"
#include "ci/bench/runs.hpp"

namespace plimsoll::bench {
namespace {

using checker::SearchResult;
using checker::VisitedMode;

struct Request {
  World world;
  Setting setting;
};

tl::expected<Request, std::string> read_arguments(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) {
    return tl::unexpected(
        std::string("usage: bench_engine SCENARIO exact|fingerprint WORKERS [PATH=VALUE...]"));
  }
  Request request;
  request.world.name = request.world.path = arguments[0];
  if (arguments[1] == "exact") {
    request.setting.visited = VisitedMode::exact;
  } else if (arguments[1] == "fingerprint") {
    request.setting.visited = VisitedMode::fingerprint;
  } else {
    return tl::unexpected("states are stored exact or as fingerprint, not " + arguments[1]);
  }
  const std::string& workers = arguments[2];
  const char* const end = workers.data() + workers.size();
  const auto read = std::from_chars(workers.data(), end, request.setting.workers);
  if (read.ec != std::errc{} || read.ptr != end || request.setting.workers < 1 ||
      request.setting.workers > 256) {
    return tl::unexpected("workers are 1 to 256, not " + workers);
  }
  request.world.set.assign(arguments.begin() + 3, arguments.end());
  return request;
}

boost::json::object as_json(const SearchResult& run, const ResidentWatch& watch) {
  return {{"stop", std::string(to_text(run.stop))},
          {"distinct", run.distinct},
          {"generated", run.generated},
          {"depth", run.depth},
          {"frontier_max", run.frontier_max},
          {"seconds", run.seconds},
          {"visited_bytes", run.visited_memory_bytes},
          {"parents_bytes", run.parents_memory_bytes},
          {"memory_bytes", run.memory_bytes},
          {"resident_before_bytes", watch.before_bytes()},
          {"resident_peak_bytes", watch.peak_bytes()},
          {"largest_fall", watch.largest_fall(run.seconds)}};
}

int bench(const std::vector<std::string>& arguments) {
  const auto request = read_arguments(arguments);
  if (!request) {
    fmt::print(stderr, "{}\n", request.error());
    return 2;
  }
  ResidentWatch watch;
  const auto result = run(request->world, request->setting, std::numeric_limits<std::uint64_t>::max());
  watch.stop();
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().to_string());
    return 2;
  }
  fmt::print("{}\n", boost::json::serialize(as_json(*result, watch)));
  return 0;
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  try {
    return plimsoll::bench::bench({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 4;
  }
}
