// What the pipeline says will become of a recorded probe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "properties/overlay/conform/recording.hpp"

namespace plimsoll::properties::overlay {

/// Predicts the probes of one recording. Tables are compiled once for each namespace.
///
/// Thread-safety: none.
class Predictor {
 public:
  /// The recording must outlive the predictor.
  explicit Predictor(const Recording& recording) : recording_(recording) {}

  /// All outcomes that some choice of the environment leads to, each once. Choices among few (endpoints) are
  /// explored exhaustively; a port that NAT draws is one that stands for all.
  [[nodiscard]] std::vector<plimsoll::overlay::Outcome> predict(const RecordedProbe& probe);

 private:
  [[nodiscard]] const plimsoll::overlay::NodeTables& compiled(const std::string& key);
  [[nodiscard]] std::vector<plimsoll::overlay::NamespaceSetup> setups(const RecordedProbe& probe,
                                                                      std::string& unsupported);

  const Recording& recording_;
  std::map<std::string, std::unique_ptr<plimsoll::overlay::NodeTables>> compiled_ = {};
};

/// The outcome in the recordings' form: a JSON object.
[[nodiscard]] std::string to_json(const plimsoll::overlay::Outcome& outcome,
                                  const plimsoll::overlay::Probe& probe);

}  // namespace plimsoll::properties::overlay
