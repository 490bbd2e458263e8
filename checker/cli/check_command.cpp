#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

#include "checker/cli/commands.hpp"
#include "checker/cli/output_file.hpp"
#include "checker/cli/prepare.hpp"
#include "checker/cli/progress.hpp"
#include "checker/cli/report_json.hpp"
#include "checker/cli/report_text.hpp"
#include "checker/cli/scenario_files.hpp"
#include "checker/cli/signals.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::cli {
namespace {

using checker::Verdict;

constexpr const char* default_trace_dir = "plimsoll-traces";

void complain(const std::string& message) {
  std::fprintf(stderr, "plimsoll: %s\n", message.c_str());
}

class CheckCommand {
 public:
  explicit CheckCommand(const CheckOptions& options)
      : options_(options), out_(options.json == "-" ? stderr : stdout) {}

  ExitCode run() {
    if (!load() || !outputs_are_writable()) {
      return ExitCode::bad_input;
    }
    for (const scenario::Scenario& scenario : scenarios_) {
      const base::AssertContext context("checking " + scenario.file);
      say(introduction(scenario));
      if (!check(scenario)) {
        return ExitCode::bad_input;
      }
      say(conclusion(reports_.back()));
    }
    say(verdict_table(reports_));
    write_results();
    for (const ScenarioReport& report : reports_) {
      code_ = worst(code_, report.exit_code());
    }
    return code_;
  }

 private:
  void say(const std::string& text) {
    std::fputs(text.c_str(), out_);
    std::fflush(out_);
  }

  /// Reads every scenario and builds every system once, so that all that is wrong is said before the first
  /// search.
  bool load() {
    const auto files = scenario_files(options_.scenarios);
    if (!files) {
      complain(files.error());
      return false;
    }
    bool is_good = true;
    for (const std::string& file : *files) {
      auto scenario = scenario::load_scenario(file, options_.overrides);
      if (const auto error = scenario ? problem_of(*scenario) : scenario.error()) {
        std::fprintf(stderr, "%s\n", error->to_string().c_str());
        is_good = false;
      } else {
        scenarios_.push_back(std::move(*scenario));
      }
    }
    return is_good;
  }

  [[nodiscard]] std::optional<scenario::Error> problem_of(const scenario::Scenario& scenario) const {
    const auto system = build_system(scenario);
    if (!system) {
      return system.error();
    }
    if (const auto selected = selected_properties(scenario, **system); !selected) {
      return selected.error();
    }
    const auto plan = plan_search(scenario, **system, options_.choice);
    return plan ? std::nullopt : std::optional(plan.error());
  }

  bool outputs_are_writable() {
    tl::expected<void, std::string> tried;
    if (options_.trace_dir) {
      tried = make_writable_directory(*options_.trace_dir);
    }
    for (const std::optional<std::string>& file : {options_.json, options_.junit}) {
      if (tried && file && *file != "-") {
        tried = check_writable(*file);
      }
    }
    if (!tried) {
      complain(tried.error());
    }
    return tried.has_value();
  }

  [[nodiscard]] RunSettings settings_for(const scenario::Scenario& scenario,
                                         const checker::System& system) const {
    RunSettings settings;
    const auto plan = plan_search(scenario, system, options_.choice);
    PLIMSOLL_ASSERT(plan.has_value());
    settings.plan = *plan;
    settings.plan.minimise_steps_max = options_.minimise_steps.value_or(settings.plan.minimise_steps_max);
    settings.search.seed = options_.seed;
    settings.search.runs = options_.runs.value_or(settings.search.runs);
    settings.search.walk_steps_max = options_.steps.value_or(settings.search.walk_steps_max);
    settings.search.schedule = options_.schedule.value_or(settings.search.schedule);
    settings.search.bug_depth = options_.bug_depth.value_or(settings.search.bug_depth);
    settings.search.bitstate_bytes = options_.bitstate_bytes.value_or(settings.search.bitstate_bytes);
    settings.search.limits = options_.limits;
    settings.search.all = options_.all;
    settings.search.interrupted = &interrupted();
    settings.search.renewed_from_bytes =
        std::min(settings.search.renewed_from_bytes, options_.limits.memory_bytes_max / 4);
    settings.search.renewed = [&scenario] {
      auto another = build_system(scenario);
      PLIMSOLL_ASSERT(another.has_value());
      return std::move(*another);
    };
    const unsigned cores = std::clamp(std::thread::hardware_concurrency(), 1U, 256U);
    settings.search.workers = options_.workers.value_or(scenario.engine.workers.value_or(cores));
    return settings;
  }

  bool check(const scenario::Scenario& scenario) {
    const auto system = build_system(scenario);
    PLIMSOLL_ASSERT(system.has_value());
    RunSettings settings = settings_for(scenario, **system);
    ProgressPrinter progress(out_, options_.progress);
    settings.search.progress = progress.callback();
    auto report = interrupted() ? leave_scenario(scenario, **system, settings, checker::Stop::interrupted)
                                : run_scenario(scenario, **system, settings);
    progress.finish();
    if (!report) {
      std::fprintf(stderr, "%s\n", report.error().to_string().c_str());
      return false;
    }
    write_traces(*report);
    reports_.push_back(std::move(*report));
    return true;
  }

  /// Violations are always written; witnesses if a directory was asked for.
  void write_traces(ScenarioReport& report) {
    for (PropertyReport& property : report.properties) {
      const bool is_wanted = property.verdict == Verdict::violated || options_.trace_dir;
      if (!property.behaviour || !is_wanted) {
        continue;
      }
      const std::string directory = options_.trace_dir.value_or(default_trace_dir);
      const std::string path = (std::filesystem::path(directory) / trace_name(report, property)).string();
      auto written = make_writable_directory(directory);
      if (written) {
        written = write_file(path, write_itf(trace_of(report, property)));
      }
      if (written) {
        property.trace_file = path;
      } else {
        complain(written.error());
        code_ = options_.trace_dir ? worst(code_, ExitCode::bad_input) : code_;
      }
    }
  }

  std::string trace_name(const ScenarioReport& report, const PropertyReport& property) {
    std::string name = report.scenario.name;
    for (const std::string& defect : report.scenario.overrides.defects) {
      name += "-" + defect;
    }
    name += "-" + property.id;
    std::string unique = name;
    for (int i = 2; !trace_names_.insert(unique).second; ++i) {
      unique = name + "-" + std::to_string(i);
    }
    return unique + ".itf.json";
  }

  void write_results() {
    const auto write = [this](const std::optional<std::string>& path, const std::string& text) {
      if (path == "-") {
        std::fputs(text.c_str(), stdout);
      } else if (path) {
        if (const auto written = write_file(*path, text); !written) {
          complain(written.error());
          code_ = worst(code_, ExitCode::bad_input);
        }
      }
    };
    if (options_.json) {
      write(options_.json, result_json(reports_));
    }
    if (options_.junit) {
      write(options_.junit, result_junit(reports_));
    }
  }

  const CheckOptions& options_;
  std::FILE* out_;
  ExitCode code_ = ExitCode::as_expected;
  std::vector<scenario::Scenario> scenarios_;
  std::vector<ScenarioReport> reports_;
  std::set<std::string> trace_names_;
};

}  // namespace

ExitCode run_check(const CheckOptions& options) {
  return CheckCommand(options).run();
}

}  // namespace plimsoll::cli
