// What a test says of a file that it judged.
#pragma once

#include <string>

#include "properties/conformance/report.hpp"

namespace plimsoll::properties {

/// Every failure in a line of its own; empty if the file was understood and all of it passed.
[[nodiscard]] inline std::string failures_text(const ConformanceResult& result, const std::string& path) {
  if (!result) {
    return result.error().to_string();
  }
  std::string text;
  for (const ConformanceFailure& failure : result->failures) {
    text += path + ":" + std::to_string(failure.line) + ": " + failure.what + "\n" + failure.details + "\n";
  }
  return text;
}

}  // namespace plimsoll::properties
