#include "properties/ipam/random_failure.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "checker/trace/minimise.hpp"

namespace plimsoll::properties::ipam {
namespace {

/// Re-executions of a behaviour of some hundred steps: seconds.
constexpr std::size_t minimise_budget = 2000;

}  // namespace

checker::Trace failure_trace(const scenario::Scenario& scenario, const checker::System& system,
                             checker::Path path, std::size_t property) {
  const checker::Path shortened = checker::minimise(system, std::move(path), property, minimise_budget);
  checker::Trace trace = checker::trace_of(scenario);
  trace.property = system.properties()[property].id;
  trace.shown = checker::Shown::violated;
  trace.engine = "random-walk";
  trace.visited = "none";
  trace.version = PLIMSOLL_VERSION;
  trace.behaviour = checker::describe(system, shortened);
  return trace;
}

std::string failure_directory() {
  const char* chosen = std::getenv("PLIMSOLL_TRACE_DIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "traces-of-failures";
}

tl::expected<std::string, std::string> write_failure(const checker::Trace& trace,
                                                     const std::string& directory, std::uint64_t seed) {
  std::string name = trace.property;
  for (const std::string& defect : trace.defects) {
    name += "-" + defect;
  }
  name += "-" + std::to_string(seed) + ".itf.json";
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const std::string path = (std::filesystem::path(directory) / name).string();
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << checker::write_itf(trace);
  file.close();
  if (error || !file) {
    return tl::unexpected("the trace could not be written to " + path);
  }
  return path;
}

}  // namespace plimsoll::properties::ipam
