#include "properties/overlay/conform/dataplane_driver.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "properties/overlay/conform/predict.hpp"
#include "properties/overlay/conform/score.hpp"

namespace plimsoll::properties::overlay {
namespace {

/// The best tier that some prediction reaches with this outcome.
unsigned best(const std::string& expected, const std::vector<std::string>& predicted) {
  unsigned reached = 0;
  for (const std::string& one : predicted) {
    reached = std::max(reached, tier(expected, one));
  }
  return reached;
}

unsigned judged(const RecordedProbe& probe, const std::vector<std::string>& predicted) {
  constexpr unsigned answers = 3;  // the highest tier that every variant has to reach
  unsigned least = 4;
  unsigned most = 0;
  for (const std::string& expected : probe.outcomes) {
    const unsigned reached = best(expected, predicted);
    least = std::min(least, reached);
    most = std::max(most, reached);
  }
  return probe.with_past || least >= answers ? most : least;
}

}  // namespace

Judgement judge(const Recording& recording) {
  Judgement judgement;
  Predictor predictor(recording);
  for (const RecordedProbe& probe : recording.probes) {
    std::vector<std::string> predicted;
    for (const plimsoll::overlay::Outcome& outcome : predictor.predict(probe)) {
      predicted.push_back(to_json(outcome, probe.probe));
    }
    const unsigned reached = judged(probe, predicted);
    ++judgement.total;
    for (unsigned k = 1; k <= reached; ++k) {
      ++judgement.reached.at(k - 1);
    }
    constexpr unsigned passing = 3;
    if (reached < passing) {
      judgement.failures.push_back({.line = judgement.total,
                                    .what = probe.id + ": reaches tier " + std::to_string(reached),
                                    .details = difference(probe.outcomes.front(), predicted.front())});
    }
    judgement.predictions.emplace_back(probe.id, std::move(predicted.front()));
  }
  return judgement;
}

ConformanceResult judge_dataplane(const std::string& path) {
  const auto recording = read_recording(path);
  if (!recording) {
    return tl::unexpected(recording.error());
  }
  Judgement judgement = judge(*recording);
  constexpr std::size_t passing = 3;
  ConformanceReport report = {.total = judgement.total,
                              .passed = judgement.reached.at(passing - 1),
                              .failures = std::move(judgement.failures)};
  for (std::size_t k = 0; k < judgement.reached.size(); ++k) {
    report.tiers.emplace_back("T" + std::to_string(k + 1), judgement.reached.at(k));
  }
  report.predictions = std::move(judgement.predictions);
  return report;
}

}  // namespace plimsoll::properties::overlay
