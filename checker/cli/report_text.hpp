// What people read: numbers with units, the verdict and its evidence for each scenario, and a table of all of
// them last.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/cli/check_run.hpp"

namespace plimsoll::cli {

[[nodiscard]] std::string with_separators(std::uint64_t number);  ///< 1,234,567
[[nodiscard]] std::string memory_text(std::uint64_t bytes);       ///< 1.2 GiB
[[nodiscard]] std::string seconds_text(double seconds);           ///< 0.42 s, 3 min 5 s

/// What is about to be checked: system, defects, bounds, fault budgets, what is expected.
[[nodiscard]] std::string introduction(const scenario::Scenario& scenario);
/// One line, without line feed.
[[nodiscard]] std::string progress_line(const checker::Progress& progress);
/// Verdicts, counts, what never happened, memory, speed; for each violation the story, its trace and how to
/// replay it.
[[nodiscard]] std::string conclusion(const ScenarioReport& report);
/// The table of verdicts: one row for each scenario, columns aligned.
[[nodiscard]] std::string verdict_table(const std::vector<ScenarioReport>& reports);
/// Rows as columns of equal width; numeric columns are not known here, everything is aligned left.
[[nodiscard]] std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace plimsoll::cli
