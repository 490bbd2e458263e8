// What a scenario of a calibration model may say: its parameters, each with a range, and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/scenario/reader.hpp"
#include "checker/scenario/scenario.hpp"
#include "model/calibration/fairness_choice.hpp"

namespace plimsoll::properties::calibration {

/// Reads `parameters` one by one; whatever is absent or wrong yields its fallback, and the first error comes
/// out of finish().
///
/// Requires the scenario to outlive it. Not thread-safe.
class Parameters {
 public:
  Parameters(const scenario::Scenario& scenario, const std::vector<std::string>& defects);
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;
  Parameters(Parameters&&) = delete;
  Parameters& operator=(Parameters&&) = delete;
  ~Parameters() = default;

  [[nodiscard]] std::uint32_t number(std::string_view name, scenario::UintRange range,
                                     std::uint32_t fallback);
  /// 0 or 1.
  [[nodiscard]] bool flag(std::string_view name, bool fallback);
  /// Returns an index in `words`.
  [[nodiscard]] std::size_t word(std::string_view name, std::span<const std::string_view> words,
                                 std::size_t fallback);
  /// Parameter `fairness`: none, weak or strong.
  [[nodiscard]] model::calibration::FairnessChoice fairness(model::calibration::FairnessChoice fallback);

  /// What is wrong with the scenario: a parameter, an unknown one, or something that a model without
  /// processes, network, clock and defects does not have.
  [[nodiscard]] std::optional<scenario::Error> finish();

 private:
  void refuse_the_rest();
  void refuse_counts(const std::vector<scenario::Count>& counts, const char* what);

  const scenario::Scenario& scenario_;
  const std::vector<std::string>& defects_;
  scenario::FirstError errors_;
  std::optional<scenario::MapReader> fields_;
};

}  // namespace plimsoll::properties::calibration
