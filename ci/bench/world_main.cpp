// Speed and memory of exhaustive search over the worlds of model/scenarios: what README.md of this directory
// describes.
#include <fmt/core.h>

#include <boost/json.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

#include "ci/bench/machine.hpp"
#include "ci/bench/plain_search.hpp"
#include "ci/bench/runs.hpp"
#include "ci/bench/text_table.hpp"
#include "ci/bench/world_reductions.hpp"
#include "ci/bench/world_request.hpp"

namespace plimsoll::bench {
namespace {

using checker::SearchResult;
using checker::VisitedMode;

constexpr std::uint64_t worth_timing_states = 1'000'000;

double per_state(std::uint64_t bytes, const SearchResult& run) {
  return static_cast<double>(bytes) / static_cast<double>(run.distinct);
}
double million(std::uint64_t count) {
  return static_cast<double>(count) / 1e6;
}

/// Runs all settings of a world in turn, round after round. Different counts under different settings are a
/// bug, not a measurement.
Result<std::vector<Series>> measure(const World& world, const std::vector<Setting>& settings,
                                    std::uint64_t rounds, std::uint64_t states_max) {
  std::vector<Series> all;
  for (const Setting& setting : settings) {
    all.push_back({world, setting, {}});
  }
  for (std::uint64_t round = 0; round < rounds; ++round) {
    fmt::print(stderr, "{}: round {} of {}\n", world.name, round + 1, rounds);
    for (Series& series : all) {
      auto result = run(world, series.setting, states_max);
      if (!result) {
        return tl::unexpected(Failure{2, result.error().to_string()});
      }
      series.runs.push_back(std::move(*result));
      const SearchResult& first = all.front().runs.front();
      const SearchResult& last = series.runs.back();
      if (last.distinct != first.distinct || last.generated != first.generated || last.depth != first.depth) {
        return tl::unexpected(
            Failure{4, fmt::format("{}: {} states with {} workers and {}, {} at first", world.name,
                                   last.distinct, last.workers, to_text(last.visited), first.distinct)});
      }
    }
  }
  return all;
}

const std::vector<Setting> every_setting = {{VisitedMode::fingerprint, 1},
                                            {VisitedMode::fingerprint, 2},
                                            {VisitedMode::exact, 1},
                                            {VisitedMode::exact, 2}};

void add_speed(TextTable& table, const Series& series) {
  const SearchResult& run = series.runs.front();
  const Spread time = seconds(series);
  table.add({series.world.name, std::string(to_text(run.visited)), fmt::format("{}", run.workers),
             fmt::format("{}", run.distinct), fmt::format("{}", run.generated),
             fmt::format("{:.2f}", time.median), fmt::format("{:.2f}..{:.2f}", time.least, time.most),
             fmt::format("{:.2f}", million(run.generated) / time.median),
             fmt::format("{:.2f}", million(run.distinct) / time.median),
             fmt::format("{:.1f}", per_state(run.visited_memory_bytes, run)),
             fmt::format("{:.1f}", per_state(run.parents_memory_bytes, run)),
             fmt::format("{:.0f}", static_cast<double>(run.memory_bytes) / (1 << 20))});
}

double recalled_share(const SearchResult& run) {
  const std::uint64_t steps = run.system.steps_run + run.system.steps_recalled;
  return steps == 0 ? 0 : static_cast<double>(run.system.steps_recalled) / static_cast<double>(steps);
}

/// `all` as measure() makes it from every_setting.
void add_ratios(TextTable& table, const std::vector<Series>& all) {
  const SearchResult& run = all[0].runs.front();
  table.add({all[0].world.name, run.stop == checker::Stop::exhausted ? "all" : "a part",
             fmt::format("{}", run.depth), fmt::format("{:.2f}", paired_ratio(all[0], all[1])),
             fmt::format("{:.2f}", paired_ratio(all[2], all[3])),
             fmt::format("{:.2f}", paired_ratio(all[2], all[0])),
             fmt::format("{:.2f}", paired_ratio(all[3], all[1])), fmt::format("{}", run.system.steps_run),
             fmt::format("{:.3f} %", recalled_share(run) * 100), fmt::format("{}", run.system.local_states),
             fmt::format("{}", run.system.interned_values)});
}

boost::json::object as_json(const Series& series) {
  const SearchResult& run = series.runs.front();
  boost::json::array times;
  for (const SearchResult& each : series.runs) {
    times.push_back(each.seconds);
  }
  boost::json::array set;
  for (const std::string& assignment : series.world.set) {
    set.push_back(boost::json::string(assignment));
  }
  return {{"world", series.world.name},
          {"set", set},
          {"visited", std::string(to_text(run.visited))},
          {"workers", run.workers},
          {"properties", series.setting.properties},
          {"stop", std::string(to_text(run.stop))},
          {"distinct", run.distinct},
          {"generated", run.generated},
          {"depth", run.depth},
          {"seconds", times},
          {"seconds_median", seconds(series).median},
          {"visited_bytes", run.visited_memory_bytes},
          {"parents_bytes", run.parents_memory_bytes},
          {"memory_bytes", run.memory_bytes},
          {"steps_run", run.system.steps_run},
          {"steps_recalled", run.system.steps_recalled},
          {"local_states", run.system.local_states},
          {"interned_values", run.system.interned_values}};
}

World founding_example(const Request& request, std::string name, std::vector<std::string> set) {
  return {std::move(name), request.root + "/model/scenarios/default/founding-example.yaml", std::move(set)};
}

World raft_world(const Request& request, const char* name, std::vector<std::string> set = {}) {
  return {name, request.root + "/model/scenarios/raft/" + name + ".yaml", std::move(set)};
}

/// The founding example, Raft's largest world, one in which each state is sent packets, and those of
/// model/scenarios/ipam that take long enough to be timed; or what the user asked for.
Result<std::vector<World>> worlds(const Request& request) {
  std::vector<World> chosen;
  for (const std::string& path : request.scenarios) {
    chosen.push_back({std::filesystem::path(path).stem().string(), path, {}});
  }
  if (!chosen.empty()) {
    return chosen;
  }
  chosen.push_back(founding_example(request, "founding-example", {}));
  if (request.quick) {
    return chosen;
  }
  chosen.push_back(raft_world(request, "three-servers"));
  chosen.push_back(
      {"restart-with-leftovers", request.root + "/model/scenarios/overlay/restart-with-leftovers.yaml", {}});
  chosen.push_back({"endpoint-replaced, 3 nodes",
                    request.root + "/model/scenarios/service/endpoint-replaced.yaml",
                    {"parameters.nodes=3"}});
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& file :
       std::filesystem::directory_iterator(request.root + "/model/scenarios/ipam", error)) {
    if (file.path().extension() == ".yaml") {
      paths.push_back(file.path().string());
    }
  }
  if (error) {
    return tl::unexpected(Failure{2, request.root + "/model/scenarios/ipam: " + error.message()});
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    World world{std::filesystem::path(path).stem().string(), path, {}};
    const auto size = run(world, {VisitedMode::fingerprint, 1, false}, worth_timing_states);
    if (!size) {
      return tl::unexpected(Failure{2, size.error().to_string()});
    }
    if (size->distinct >= worth_timing_states) {
      chosen.push_back(std::move(world));
    }
  }
  return chosen;
}

Result<void> time_worlds(const Request& request, boost::json::object& report) {
  const auto chosen = worlds(request);
  if (!chosen) {
    return tl::unexpected(chosen.error());
  }
  TextTable speed({"world", "visited", "workers", "distinct", "generated", "seconds", "least..most",
                   "M gen/s", "M dist/s", "set B/state", "parents B/state", "peak MiB"});
  TextTable ratios({"world", "searched", "depth", "2 workers", "2 workers exact", "exact:fp",
                    "exact:fp 2 workers", "steps run", "recalled", "local states", "values"});
  boost::json::array rows;
  for (const World& world : *chosen) {
    const auto all = measure(world, every_setting, request.repeat, request.states_max);
    if (!all) {
      return tl::unexpected(all.error());
    }
    for (const Series& series : *all) {
      add_speed(speed, series);
      rows.push_back(as_json(series));
    }
    add_ratios(ratios, *all);
  }
  std::puts("Searches: median seconds, and what the memory is spent on");
  speed.print();
  std::puts(
      "Speed-up by a second worker; price of exactness (seconds : seconds); memoised steps, with 1 worker");
  ratios.print();
  report["searches"] = std::move(rows);
  return {};
}

/// One world at several sizes: time and memory per state should hardly change.
Result<void> time_sizes(const std::string& title, const std::vector<World>& sizes, std::uint64_t rounds,
                        boost::json::array& rows) {
  TextTable table({title, "visited", "distinct", "generated", "seconds", "us/distinct", "us/generated",
                   "steps run", "recalled", "set B/state", "parents B/state", "peak B/state"});
  for (const World& world : sizes) {
    const auto all = measure(world, {{VisitedMode::fingerprint, 1}, {VisitedMode::exact, 1}}, rounds,
                             std::numeric_limits<std::uint64_t>::max());
    if (!all) {
      return tl::unexpected(all.error());
    }
    for (const Series& series : *all) {
      const SearchResult& run = series.runs.front();
      const double time = seconds(series).median;
      table.add({world.name, std::string(to_text(run.visited)), fmt::format("{}", run.distinct),
                 fmt::format("{}", run.generated), fmt::format("{:.2f}", time),
                 fmt::format("{:.3f}", time / million(run.distinct)),
                 fmt::format("{:.3f}", time / million(run.generated)),
                 fmt::format("{}", run.system.steps_run), fmt::format("{:.3f} %", recalled_share(run) * 100),
                 fmt::format("{:.1f}", per_state(run.visited_memory_bytes, run)),
                 fmt::format("{:.1f}", per_state(run.parents_memory_bytes, run)),
                 fmt::format("{:.1f}", per_state(run.memory_bytes, run))});
      rows.push_back(as_json(series));
    }
  }
  table.print();
  return {};
}

Result<void> time_growth(const Request& request, boost::json::object& report) {
  std::vector<World> faults = {founding_example(request, "delete-pod 2, no disconnect",
                                                {"faults.disconnect=0", "faults.delete-pod=2"}),
                               founding_example(request, "as it is", {})};
  const auto services = [&](const char* name, std::vector<std::string> set) {
    return World{name, request.root + "/model/scenarios/service/endpoint-replaced.yaml", std::move(set)};
  };
  // The tables of a node grow with services; each step of kube-proxy reads and writes them whole.
  std::vector<World> tables = {services("1 service", {}),
                               services("11 services", {"parameters.bystanders=10"})};
  std::vector<World> nodes = {services("2 nodes", {})};
  if (!request.quick) {
    faults.push_back(founding_example(request, "disconnect 2, no delete-pod",
                                      {"faults.disconnect=2", "faults.delete-pod=0"}));
    tables.push_back(services("101 services", {"parameters.bystanders=100"}));
    nodes.push_back(services("3 nodes", {"parameters.nodes=3"}));
  }
  std::puts("Growth: one world at several sizes, 1 worker");
  const std::uint64_t rounds = std::min<std::uint64_t>(request.repeat, 3);
  boost::json::array rows;
  for (const auto& [title, sizes] :
       {std::pair("founding-example", &faults), std::pair("endpoint-replaced, services", &tables),
        std::pair("endpoint-replaced, nodes", &nodes)}) {
    if (const auto timed = time_sizes(title, *sizes, rounds, rows); !timed) {
      return timed;
    }
  }
  report["growth"] = std::move(rows);
  return {};
}

/// Raft's worlds, whole: what is left of them by the reductions that they allow.
Result<void> time_raft_reductions(const Request& request, boost::json::object& report) {
  std::vector<World> sizes = {raft_world(request, "divergence"), raft_world(request, "reads")};
  if (!request.quick) {
    sizes.push_back(raft_world(request, "separate-writes"));
    sizes.push_back(raft_world(request, "three-servers"));
  }
  const auto reduced = time_reductions(sizes);
  if (!reduced) {
    return tl::unexpected(Failure{2, reduced.error().to_string()});
  }
  boost::json::array& rows = report["reductions"].emplace_array();
  for (const Reduced& row : *reduced) {
    rows.push_back(boost::json::object{{"world", row.world},
                                       {"reduction", row.reduction},
                                       {"distinct", row.distinct},
                                       {"generated", row.generated},
                                       {"seconds", row.seconds}});
  }
  return {};
}

/// The engine without properties against plain_search.hpp, in turn.
Result<void> time_against_plain(const Request& request, boost::json::object& report) {
  const World world = founding_example(request, "founding-example", {});
  Series engine{world, {VisitedMode::fingerprint, 1, false}, {}};
  std::vector<double> plain_seconds;
  std::vector<double> ratios;
  const std::uint64_t rounds = std::min<std::uint64_t>(request.repeat, 3);
  for (std::uint64_t round = 0; round < rounds; ++round) {
    auto measured = measure(world, {engine.setting}, 1, std::numeric_limits<std::uint64_t>::max());
    if (!measured) {
      return tl::unexpected(measured.error());
    }
    engine.runs.push_back(measured->front().runs.front());
    const auto built = build(world);
    if (!built) {
      return tl::unexpected(Failure{2, built.error().to_string()});
    }
    const PlainResult plain = plain_search(*built->system);
    const SearchResult& run = engine.runs.back();
    if (plain.distinct != run.distinct || plain.generated != run.generated) {
      return tl::unexpected(Failure{4, fmt::format("{}: the plain search sees {} states, the engine {}",
                                                   world.name, plain.distinct, run.distinct)});
    }
    plain_seconds.push_back(plain.seconds);
    ratios.push_back(plain.seconds / run.seconds);
  }
  const double ratio = spread(ratios).median;
  fmt::print(
      "Yardstick: std::unordered_set of whole states, one thread, no parents: {:.2f} s; the engine "
      "(fingerprint, "
      "1 worker, no properties): {:.2f} s, {:.2f} times as fast\n",
      spread(plain_seconds).median, seconds(engine).median, ratio);
  boost::json::array plain_times(plain_seconds.begin(), plain_seconds.end());
  report["yardstick"] = boost::json::object{
      {"plain_seconds", std::move(plain_times)}, {"engine", as_json(engine)}, {"ratio_median", ratio}};
  return {};
}

Result<void> bench(const std::vector<std::string>& arguments) {
  const Result<Request> request = read_arguments(arguments);
  if (!request) {
    return tl::unexpected(request.error());
  }
  const Machine machine = this_machine();
  fmt::print("{}, {} cores, {}, load {:.2f}; each search {} times\n\n", machine.processor, machine.cores,
             machine.compiler, machine.load, request->repeat);
  boost::json::object report{{"schema", "plimsoll-bench/1"},
                             {"machine",
                              {{"processor", machine.processor},
                               {"cores", machine.cores},
                               {"compiler", machine.compiler},
                               {"load", machine.load}}}};
  auto done = time_worlds(*request, report);
  if (done && request->scenarios.empty()) {
    done = time_growth(*request, report);
  }
  if (done && request->scenarios.empty()) {
    done = time_raft_reductions(*request, report);
  }
  if (done && request->scenarios.empty()) {
    done = time_against_plain(*request, report);
  }
  if (!done || request->json_path.empty()) {
    return done;
  }
  std::ofstream file(request->json_path);
  file << boost::json::serialize(report) << '\n';
  file.close();
  if (!file) {
    return tl::unexpected(Failure{2, request->json_path + " cannot be written"});
  }
  return {};
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  try {
    const auto done = plimsoll::bench::bench({argv + 1, argv + argc});
    if (done) {
      return 0;
    }
    fmt::print(stderr, "{}\n", done.error().sentence);
    return done.error().exit_code;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 4;
  }
}
