// libFuzzer entry for parse_scenario: any bytes are a Scenario or an error with a place, never a crash and
// never a hang.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "checker/scenario/scenario.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto scenario = plimsoll::scenario::parse_scenario(text, "fuzz");
  if (scenario) {
    // Every defect the file names must load too: that is parse_scenario's promise.
    for (const auto& defect : scenario->expect_defects) {
      if (!plimsoll::scenario::parse_scenario(text, "fuzz", {{}, {defect.defect}})) {
        std::abort();
      }
    }
    return 0;
  }
  const bool has_place = scenario.error().where.line >= 1 && scenario.error().where.column >= 1;
  if (!has_place || scenario.error().message.empty()) {
    std::abort();
  }
  return 0;
}
