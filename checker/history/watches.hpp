// Recorded watches, and what really happened to the keys, for whoever judges them.
//
// What a watch owes its client is a matter of the store, so the judge is passed in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checker/history/history.hpp"
#include "checker/history/linearize.hpp"

namespace plimsoll::history {

/// A watch as its client saw it.
struct WatchRecord {
  std::uint32_t client = 0;
  std::uint32_t line = 0;  ///< of the request
  kv::WatchRequest request = {};
  std::vector<kv::WatchResponse> responses = {};
  std::vector<std::uint32_t> lines = {};  ///< of the responses
};

/// The watches of a history, in order of their requests. A request with the id of an older one on its stream
/// ends that; what is said of all watches of a stream is said to each that is open. Responses to no watch are
/// left out.
[[nodiscard]] std::vector<WatchRecord> watches_of(const History& history);

/// Every change of every key, in order, as far as operations and watches show it. Nothing if it cannot be
/// told: operations are not linearizable, or answers carry no revisions.
[[nodiscard]] std::optional<std::vector<kv::Event>> changes_of(const History& history,
                                                               const SearchLimits& limits);

/// A guarantee that a watch broke.
struct WatchFinding {
  std::string guarantee = {};
  std::string what = {};

  friend bool operator==(const WatchFinding&, const WatchFinding&) = default;
};

/// Says which guarantees a watch broke. `changes` are all up to the last event that it was sent, or null if
/// they are not known. Requires: fewer responses break no guarantee that more of them keep.
using WatchJudge =
    std::function<std::vector<WatchFinding>(const WatchRecord& watch, const std::vector<kv::Event>* changes)>;

struct BrokenWatch {
  std::uint32_t client = 0;
  std::uint32_t request_line = 0;
  std::uint32_t line = 0;  ///< of the response that broke it
  WatchFinding finding = {};
};

struct WatchVerdict {
  std::uint64_t watches = 0;
  std::uint64_t responses = 0;
  bool has_changes = false;  ///< guarantees that need to know what really happened were judged of all watches
  std::vector<BrokenWatch> broken = {};
};

/// Judges all watches of a history.
[[nodiscard]] WatchVerdict judge_watches(const History& history, const WatchJudge& judge,
                                         const SearchLimits& limits);

/// A line for each broken guarantee. Lines end in line feeds.
[[nodiscard]] std::string draw(const WatchVerdict& verdict);

}  // namespace plimsoll::history
