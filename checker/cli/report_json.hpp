// Results for machines: "plimsoll-result/1" as JSON, and JUnit XML for CI servers.
#pragma once

#include <string>
#include <vector>

#include "checker/cli/check_run.hpp"

namespace plimsoll::cli {

/// {"schema": "plimsoll-result/1", "results": [one object for each scenario]}.
[[nodiscard]] std::string result_json(const std::vector<ScenarioReport>& reports);

/// One test suite for each scenario, one test case for each property. A case fails if its verdict is not the
/// expected one, and is skipped if it was not decided.
[[nodiscard]] std::string result_junit(const std::vector<ScenarioReport>& reports);

}  // namespace plimsoll::cli
