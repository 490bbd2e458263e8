// How foreign material judges the implementation: files of other projects, with what they say must come out.
//
// A kind of material (etcd-io/raft's interaction scripts, say) has one function that runs a file against the
// implementation. The table of all kinds is properties/conformance_kinds.hpp; `plimsoll conform` runs it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"

namespace plimsoll::properties {

/// One thing that a file asks for and the implementation does differently.
struct ConformanceFailure {
  std::uint64_t line = 0;    ///< where the file asks for it, counted from 1
  std::string what = {};     ///< what is asked for, on one line
  std::string details = {};  ///< lines for people: the difference, or why the rest makes no sense
};

/// What became of one file. Invariant: passed + failures.size() == total, unless the file was given up at its
/// first failure, which leaves the rest uncounted among both.
struct ConformanceReport {
  std::uint64_t total = 0;   ///< things that the file asks for: directives, events, cases
  std::uint64_t passed = 0;  ///< those that came out as it says
  std::vector<ConformanceFailure> failures = {};
  /// Of kinds that agree more or less: how many reach each tier ("T1"), the least first.
  std::vector<std::pair<std::string, std::uint64_t>> tiers = {};
  /// Of kinds that predict: what was predicted for each case, by its name, as JSON.
  std::vector<std::pair<std::string, std::string>> predictions = {};
};

/// Error: the file is missing, or is no material of this kind.
using ConformanceResult = tl::expected<ConformanceReport, scenario::Error>;

/// Foreign material may be a running server instead of files.
struct LiveRequest {
  std::string endpoint = {};      ///< "http://127.0.0.1:2379"
  std::uint64_t sequences = 100;  ///< random ones
  std::uint64_t first = 0;        ///< the number of the first one
  std::uint64_t seed = 0;
  const std::atomic<bool>* stop = nullptr;  ///< set when the run is to end early; null: never
};

/// A row of the table.
struct ConformanceKind {
  std::string_view name;                                          ///< "raft-quorum", as on the command line
  std::string_view description;                                   ///< of the files, and where they come from
  std::string_view unit;                                          ///< what `total` counts: "directives"
  ConformanceResult (*judge)(const std::string& path) = nullptr;  ///< null: it is judged live
  ConformanceResult (*judge_live)(const LiveRequest& request) = nullptr;  ///< null: it is judged by files
  bool predicts = false;                                                  ///< reports have predictions
};

}  // namespace plimsoll::properties
