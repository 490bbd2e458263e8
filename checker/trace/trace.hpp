// A trace: one behaviour with all that is needed to run it again, as a file in the Informal Trace Format
// (`*.itf.json`).
//
// Source: Apalache ADR-015 (https://apalache.mc/docs/adr/015adr-trace.html), which Apalache, Quint and their
// viewers read. What is Plimsoll's own stands where the format leaves room: under "#meta" of the file
// (scenario, property, version) and of each state (its index and the action that led to it). The format's
// "loop" is the index of the state that a lasso goes back to; that state stands once more at the end, so that
// the action that closes the loop has a place. Reading is strict and takes nothing but what writing gives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/scenario.hpp"
#include "checker/trace/behaviour.hpp"

namespace plimsoll::checker {

/// What the last state or step of a trace shows; of liveness properties, the whole of it.
enum class Shown : std::uint8_t {
  violated,  ///< the property fails there
  witness,   ///< a `sometimes` property is true there
};
[[nodiscard]] std::string_view to_text(Shown shown);

/// Scenario text, file and overrides are what scenario::parse_scenario needs; a trace replays without the
/// file.
struct Trace {
  std::string scenario_text;
  std::string scenario_file;  ///< what locations in errors call it
  scenario::Overrides overrides;
  std::vector<std::string>
      defects;           ///< all that were switched on: the scenario's own and those of the overrides
  std::string property;  ///< id
  Shown shown = Shown::violated;
  std::string engine;   ///< "bfs"
  std::string visited;  ///< "exact"
  std::string version;  ///< of Plimsoll, when it was found
  Behaviour behaviour;  ///< at least one state
};

/// Everything but the behaviour that `scenario` says: its text, file, overrides and defects.
[[nodiscard]] Trace trace_of(const scenario::Scenario& scenario);

/// The file's text. The order of keys is fixed and lines are short, so that two traces can be compared by
/// eye.
[[nodiscard]] std::string write_itf(const Trace& trace);

/// Reads what write_itf wrote: read_itf(write_itf(t)) equals t.
/// @param file  What locations call the text.
/// Errors, each at its place: malformed JSON, traces of other programs, unknown or missing fields, wrong
/// types, states out of order, a loop that does not close.
[[nodiscard]] tl::expected<Trace, scenario::Error> read_itf(std::string_view text, std::string file);
/// Reads the file at `path`. Errors: also an unreadable or too large file.
[[nodiscard]] tl::expected<Trace, scenario::Error> load_trace(const std::string& path);

}  // namespace plimsoll::checker
