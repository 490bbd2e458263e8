#include "properties/calibration/parameters.hpp"

#include <array>

namespace plimsoll::properties::calibration {

using model::calibration::FairnessChoice;

Parameters::Parameters(const scenario::Scenario& scenario, const std::vector<std::string>& defects)
    : scenario_(scenario), defects_(defects) {
  if (scenario.parameters) {
    fields_.emplace(*scenario.parameters, "parameters", errors_);
  }
}

std::uint32_t Parameters::number(std::string_view name, scenario::UintRange range, std::uint32_t fallback) {
  return fields_ ? static_cast<std::uint32_t>(fields_->optional_uint(name, range).value_or(fallback))
                 : fallback;
}

bool Parameters::flag(std::string_view name, bool fallback) {
  return number(name, {0, 1}, fallback ? 1 : 0) == 1;
}

std::size_t Parameters::word(std::string_view name, std::span<const std::string_view> words,
                             std::size_t fallback) {
  return fields_ ? fields_->optional_one_of(name, words).value_or(fallback) : fallback;
}

FairnessChoice Parameters::fairness(FairnessChoice fallback) {
  static constexpr std::array<std::string_view, 3> words = {"none", "weak", "strong"};
  static constexpr std::array choices = {FairnessChoice::none, FairnessChoice::weak, FairnessChoice::strong};
  return choices.at(word("fairness", words, static_cast<std::size_t>(fallback)));
}

std::optional<scenario::Error> Parameters::finish() {
  if (fields_) {
    fields_->finish();
  }
  refuse_the_rest();
  return errors_.error();
}

void Parameters::refuse_the_rest() {
  const std::string system = "system " + scenario_.system;
  if (!defects_.empty()) {
    errors_.add({scenario_.system_where, system + " has no defect '" + defects_.front() + "'; it has none"});
  }
  if (scenario_.network) {
    errors_.add({scenario_.network->where, system + " has no network"});
  }
  if (scenario_.nodes) {
    errors_.add({scenario_.nodes->where, system + " has no nodes"});
  }
  refuse_counts(scenario_.processes, "process");
  refuse_counts(scenario_.faults, "fault");
  refuse_counts(scenario_.bounds, "bound");
  if (scenario_.time.is_discrete) {
    errors_.add({scenario_.time.where, system + " has no clock: expected untimed"});
  }
  if (!scenario_.manifests.empty()) {
    errors_.add({scenario_.manifests.front().where, system + " does not use manifests"});
  }
}

void Parameters::refuse_counts(const std::vector<scenario::Count>& counts, const char* what) {
  if (!counts.empty()) {
    errors_.add({counts.front().where, "system " + scenario_.system + " has no " + what + " '" +
                                           counts.front().name +
                                           "': its parameters say all there is to say"});
  }
}

}  // namespace plimsoll::properties::calibration
