#include "checker/cli/report_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "checker/cli/prepare.hpp"

namespace plimsoll::cli {
namespace {

using checker::Verdict;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

std::string steps_text(std::size_t steps) {
  return fmt::format("{} step{}", steps, steps == 1 ? "" : "s");
}

std::string counts_text(const std::vector<scenario::Count>& counts) {
  std::string text;
  for (const scenario::Count& count : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count.name, count.count);
  }
  return text;
}

std::string expectation_text(const scenario::Expectation& expected) {
  std::string text(to_text(expected.verdict));
  if (expected.property) {
    text += " (" + *expected.property;
    text += expected.length ? " after " + steps_text(*expected.length) + ")" : ")";
  }
  return text;
}

std::string line(std::string_view name, const std::string& value) {
  return value.empty() ? "" : fmt::format("  {:<12} {}\n", name, value);
}

double rate(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

std::string rounded(double number) {
  return with_separators(static_cast<std::uint64_t>(std::llround(number)));
}

/// Nothing if it is the usual one.
std::string engine_text(const ScenarioReport& report) {
  std::string text(report.search.engine == checker::Engine::bfs ? "" : to_text(report.search.engine));
  if (const auto& walks = report.search.walks) {
    text += fmt::format(", {}, seed {}", to_text(walks->schedule), report.seed);
  }
  if (report.symmetry) {
    text += text.empty() ? "bfs, symmetry" : ", symmetry";
  }
  if (report.stale) {
    text += text.empty() ? "bfs, stale messages alike" : ", stale messages alike";
  }
  if (report.partial_order) {
    text += text.empty() ? "bfs, partial order" : ", partial order";
  }
  return text;
}

std::string fairness_text(const std::vector<checker::FairnessConstraint>& constraints) {
  std::string text;
  for (const checker::Fairness strength : {checker::Fairness::weak, checker::Fairness::strong}) {
    std::vector<std::string> names;
    for (const checker::FairnessConstraint& constraint : constraints) {
      if (constraint.strength == strength) {
        names.push_back(constraint.name);
      }
    }
    // A world has dozens; the JSON result lists them all.
    constexpr std::size_t shown_max = 5;
    const std::size_t count = names.size();
    names.resize(std::min(count, shown_max));
    if (count > shown_max) {
      names.back() = fmt::format("{} more", count - shown_max + 1);
    }
    if (!names.empty()) {
      text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", to_text(strength), joined(names));
    }
  }
  return text;
}

/// What PCT promises of the walks that it schedules: a bound, and far from what it mostly does.
std::string promise_text(const checker::WalkSummary& walks) {
  if (walks.schedule != checker::Schedule::pct && walks.schedule != checker::Schedule::mixture) {
    return "";
  }
  return fmt::format(
      "{} shows a bug of depth {} within k steps with probability 1/({} n k^{}) or more, with n: {} actors "
      "and each fault or whim before it, none with a choice",
      walks.schedule == checker::Schedule::pct ? "a walk" : "each third walk", walks.bug_depth,
      walks.horizons, walks.bug_depth - 1, walks.actors);
}

std::string walks_text(const ScenarioReport& report) {
  const checker::SearchResult& search = report.search;
  const checker::WalkSummary& walks = *search.walks;
  const std::size_t groups = report.action_groups.size();
  const std::size_t taken = groups - report.silent_actions().size();
  return line("walks", fmt::format("{}, each of {} at most", with_separators(walks.walks),
                                   steps_text(walks.steps_max))) +
         line("states",
              fmt::format("at least {} distinct in {} steps, {} deep", with_separators(search.distinct),
                          with_separators(search.generated), search.depth)) +
         line("pct", promise_text(walks)) +
         line("actions",
              fmt::format(
                  "{} of {} kinds taken ({:.0f} %)", taken, groups,
                  groups == 0 ? 100.0 : 100.0 * static_cast<double>(taken) / static_cast<double>(groups)));
}

std::string coverage(const ScenarioReport& report) {
  const checker::SearchResult& search = report.search;
  std::string text;
  text += line("engine", engine_text(report));
  text += line("fairness", fairness_text(report.fairness));
  if (search.walks) {
    text += walks_text(report);
  } else {
    text += line("states",
                 fmt::format("{} distinct, {} generated, {} deep, {} {}", with_separators(search.distinct),
                             with_separators(search.generated), search.depth,
                             search.engine == checker::Engine::dfs ? "stacks of" : "widest level",
                             with_separators(search.frontier_max)));
  }
  if (search.pruned > 0) {
    text += line("pruned", with_separators(search.pruned) + " transitions lead outside the bounds");
  }
  text += line("never fired", joined(report.silent_actions()));
  std::vector<std::string> vacuous;
  for (const PropertyReport& property : report.properties) {
    if (property.is_vacuous) {
      vacuous.push_back(property.id);
    }
  }
  if (!vacuous.empty()) {
    text += line("vacuous", joined(vacuous) + ": the condition of the implication was never met");
  }
  return text;
}

std::string effort(const checker::SearchResult& search) {
  // Of a few states the table's initial size says nothing.
  constexpr std::uint64_t telling_states_min = 10'000;
  const bool keeps_states = search.engine != checker::Engine::walk;
  std::string memory = memory_text(search.memory_bytes);
  if (keeps_states && search.distinct >= telling_states_min) {
    memory +=
        fmt::format(", {:.1f} bytes for each {} state", search.bytes_per_state(), to_text(search.visited));
  }
  std::string text = line("memory", memory);
  text += line(
      "speed",
      fmt::format("{} distinct/s, {} {}/s, {} on {} worker{}", rounded(rate(search.distinct, search.seconds)),
                  rounded(rate(search.generated, search.seconds)), keeps_states ? "generated" : "steps",
                  seconds_text(search.seconds), search.workers, search.workers == 1 ? "" : "s"));
  const std::uint64_t steps = search.system.steps_run + search.system.steps_recalled;
  if (search.system.steps_recalled > 0) {
    const double share =
        100.0 * static_cast<double>(search.system.steps_recalled) / static_cast<double>(steps);
    text +=
        line("steps", fmt::format("{} run, {} recalled ({:.2f} %)", with_separators(search.system.steps_run),
                                  with_separators(search.system.steps_recalled), share));
  }
  if (keeps_states && search.visited == checker::VisitedMode::bitstate) {
    text += line("omission", fmt::format("at the end one new state in {:.1e} was taken for an old one",
                                         1 / std::max(search.omission_probability, 1e-300)));
  }
  if (keeps_states && search.visited == checker::VisitedMode::fingerprint) {
    text += line("omission", fmt::format("a state was left out with a probability of at most {:.1e}",
                                         search.omission_probability));
  }
  return text;
}

/// Why a property, or the whole, is not decided.
std::string doubt(const ScenarioReport& report, bool is_about_liveness) {
  const checker::SearchResult& search = report.search;
  if (is_about_liveness && search.engine == checker::Engine::walk) {
    return "walks decide no liveness";
  }
  if (search.stop != checker::Stop::exhausted) {
    return search.stop == checker::Stop::violated ? "another property was violated first"
                                                  : std::string(to_text(search.stop));
  }
  if (search.visited == checker::VisitedMode::bitstate) {
    return is_about_liveness ? "bitstate decides no liveness" : "bitstate may have omitted states";
  }
  return search.pruned > 0 ? "transitions lead outside the bounds" : "another property was violated first";
}

std::string explanation(const ScenarioReport& report, const PropertyReport& property) {
  if (property.verdict == Verdict::inconclusive) {
    return "not decided: " + doubt(report, is_liveness(property.kind));
  }
  if (property.kind == checker::PropertyKind::sometimes) {
    return property.verdict == Verdict::holds
               ? "witnessed after " + steps_text(property.behaviour ? property.behaviour->steps() : 0)
               : "no reachable state shows it";
  }
  if (property.verdict != Verdict::violated || !property.behaviour) {
    return "";
  }
  const checker::Behaviour& behaviour = *property.behaviour;
  if (behaviour.loop) {
    return fmt::format("{}, the last {} for ever", steps_text(behaviour.steps()),
                       behaviour.steps() - *behaviour.loop);
  }
  return "after " + steps_text(behaviour.steps()) + (behaviour.ends ? ", and then nothing more" : "");
}

std::string property_table(const ScenarioReport& report) {
  std::vector<std::vector<std::string>> rows;
  for (const PropertyReport& property : report.properties) {
    rows.push_back({" ", property.id, std::string(to_text(property.kind)),
                    std::string(to_text(property.verdict)), explanation(report, property)});
  }
  return aligned(rows);
}

std::string found_text(const checker::WalkFound& found, std::size_t steps_left) {
  return fmt::format("  found by walk {} ({}) after {}, shortened to {}; walks 0 to {} find it again\n",
                     with_separators(found.walk), to_text(found.schedule), steps_text(found.steps),
                     steps_left, with_separators(found.walk));
}

std::string stories(const ScenarioReport& report) {
  std::string text;
  for (const PropertyReport& property : report.properties) {
    if (property.verdict == Verdict::violated && property.behaviour) {
      text += fmt::format("\n  {} is violated: {}\n", property.id, property.statement);
      if (property.found) {
        text += found_text(*property.found, property.behaviour->steps());
      }
      text += tell(*property.behaviour, property.behaviour->steps());
    }
    if (!property.trace_file.empty()) {
      text += fmt::format("  {} of {} written to {}\n  replay with: plimsoll replay {}\n",
                          property.verdict == Verdict::violated ? "trace" : "witness", property.id,
                          property.trace_file, property.trace_file);
    }
  }
  return text;
}

std::string name_of(const scenario::Scenario& scenario) {
  return scenario.overrides.defects.empty() ? scenario.name
                                            : scenario.name + " with " + joined(scenario.overrides.defects);
}

}  // namespace

std::string with_separators(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, ",");
  }
  return digits;
}

std::string memory_text(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  double amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (amount >= 1024 && unit + 1 < units.size()) {
    amount /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string seconds_text(double seconds) {
  if (seconds < 60) {
    return fmt::format("{:.2f} s", seconds);
  }
  const auto whole = static_cast<std::uint64_t>(seconds);
  return whole < 3600 ? fmt::format("{} min {} s", whole / 60, whole % 60)
                      : fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string introduction(const scenario::Scenario& scenario) {
  std::string text = fmt::format("{} ({})\n", name_of(scenario), scenario.file);
  text += line("about", scenario.description);
  text += line("system", scenario.system);
  text += line("defects", joined(scenario.defects));
  text += line("changed", joined(scenario.overrides.set));
  text += line("processes", counts_text(scenario.processes));
  text += line("faults", counts_text(scenario.faults));
  text += line("bounds", counts_text(scenario.bounds));
  if (scenario.time.is_discrete) {
    text += line("time", fmt::format("{} ticks, drift {}", scenario.time.ticks_max, scenario.time.drift));
  }
  text += line("expected", expectation_text(expected_of(scenario)));
  return text;
}

std::string progress_line(const checker::Progress& progress) {
  return fmt::format("  {}: depth {}, {} distinct ({}/s), {} generated, level of {}, {}",
                     seconds_text(progress.seconds), progress.depth, with_separators(progress.distinct),
                     rounded(rate(progress.distinct, progress.seconds)), with_separators(progress.generated),
                     with_separators(progress.frontier), memory_text(progress.memory_bytes));
}

std::string conclusion(const ScenarioReport& report) {
  std::string text = coverage(report) + effort(report.search) + property_table(report) + stories(report);
  std::string verdict(to_text(report.verdict()));
  if (report.verdict() == Verdict::inconclusive) {
    verdict += " (" + doubt(report, false) + ")";
  } else if (report.verdict() == Verdict::holds) {
    verdict += " within these bounds";
  }
  text += fmt::format("  => {}{}\n\n", verdict, report.passed ? ", as expected" : ": " + report.reason);
  return text;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const auto& row : rows) {
    std::string made;
    for (std::size_t i = 0; i < row.size(); ++i) {
      made += fmt::format("{:<{}}  ", row[i], widths[i]);
    }
    made.erase(made.find_last_not_of(' ') + 1);
    text += made + "\n";
  }
  return text;
}

std::string verdict_table(const std::vector<ScenarioReport>& reports) {
  std::vector<std::vector<std::string>> rows = {
      {"scenario", "verdict", "expected", "distinct", "depth", "time", "as expected"}};
  for (const ScenarioReport& report : reports) {
    const PropertyReport* shown = nullptr;
    for (const PropertyReport& property : report.properties) {
      if (property.verdict == Verdict::violated &&
          (shown == nullptr || property.id == report.expected.property)) {
        shown = &property;
      }
    }
    const std::string verdict(to_text(report.verdict()));
    rows.push_back({name_of(report.scenario), shown == nullptr ? verdict : verdict + " (" + shown->id + ")",
                    expectation_text(report.expected), with_separators(report.search.distinct),
                    std::to_string(report.search.depth), seconds_text(report.search.seconds),
                    report.passed ? "yes" : "NO: " + report.reason});
  }
  return aligned(rows);
}

}  // namespace plimsoll::cli
