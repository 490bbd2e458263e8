// Objects for the monitor: a register, and the store.
#pragma once

#include <cstdint>
#include <optional>

#include "checker/history/monitor.hpp"
#include "checker/history/store_object.hpp"

namespace plimsoll::history {

/// A register with reads, writes and compare-and-swaps; empty at first.
struct RegisterObject {
  using State = std::optional<std::uint64_t>;
  enum class What : std::uint8_t { read, write, swap };
  struct Request {
    What what = What::read;
    std::uint64_t value = 0;        ///< that is written
    State expected = std::nullopt;  ///< by a swap
    PLIMSOLL_DESCRIBE(Request, what, value, expected)
  };
  struct Result {
    State found = std::nullopt;  ///< by a read
    bool refused = false;        ///< a swap that found something else
    PLIMSOLL_DESCRIBE(Result, found, refused)
  };

  [[nodiscard]] static Result perform(State& state, const Request& request);
  [[nodiscard]] static bool agrees(const Request& /*request*/, const Result& is, const Result& told) {
    return is == told;
  }
  [[nodiscard]] static bool only_reads(const Request& request) { return request.what == What::read; }
};
PLIMSOLL_DESCRIBE_ENUM(RegisterObject::What, read, write, swap)

/// The store, revisions included. Requests that read the past are not for it (reads_the_past()).
struct StoreObject {
  using State = StoreState;
  using Request = StoreRequest;
  struct Result {
    kv::Revision revision = {};  ///< told as 0: not recorded
    std::optional<StoreResult> result =
        std::nullopt;  ///< nothing: refused, since a value to keep was not there
    PLIMSOLL_DESCRIBE(Result, revision, result)
  };

  [[nodiscard]] static Result perform(State& state, const Request& request);
  [[nodiscard]] static bool agrees(const Request& request, const Result& is, const Result& told);
  [[nodiscard]] static bool only_reads(const Request& request) {
    return std::holds_alternative<kv::RangeRequest>(request);
  }
};

using RegisterMonitor = Monitor<RegisterObject>;
using StoreMonitor = Monitor<StoreObject>;

}  // namespace plimsoll::history
