// Scripts in the form of cockroachdb/datadriven, which etcd-io/raft's own tests are written in.
//
//   # a comment
//   command argument key=value key=(value, value)
//   lines of input, perhaps none
//   ----
//   lines of expected output, to the first blank line
//
// Output that has blank lines itself stands between doubled ---- lines. A command that ends in a backslash
// goes on in the next line. Source: the README and the reader of github.com/cockroachdb/datadriven. Where
// that one reads on with what it has got (no ---- at all, no second pair of them), a file is refused here.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "properties/conformance/report.hpp"

namespace plimsoll::properties::raft {

/// `key`, `key=value` or `key=(value, value)`.
struct ScriptArgument {
  std::string key = {};
  std::vector<std::string> values = {};  ///< none for a key alone and for `key=()`
  scenario::Location where = {};
};

/// One directive: what to do, and what must come out.
struct Directive {
  std::string command = {};
  std::vector<ScriptArgument> arguments = {};
  std::string input = {};     ///< without white space around it
  std::string expected = {};  ///< every line of it ends in '\n'
  std::string text = {};      ///< the command line as it stands
  scenario::Location where = {};

  /// The argument of that key, or nullptr.
  [[nodiscard]] const ScriptArgument* find(std::string_view key) const;
};

/// Reads a whole script. The error names file, line and column.
[[nodiscard]] tl::expected<std::vector<Directive>, scenario::Error> parse_datadriven(std::string_view text,
                                                                                     const std::string& file);

/// What a directive prints, or why it makes no sense: a place in the file, and a sentence.
using DirectiveOutput = tl::expected<std::string, scenario::Error>;
using RunDirective = std::function<DirectiveOutput(const Directive&)>;
/// Changes text before it is compared, on both sides; the identity if empty.
using Normalise = std::function<std::string(std::string_view)>;

/// Runs the directives of a file in order and compares what each prints with what it should. Output that
/// lacks the last line end gets it. Errors: those of reading, and the first of `run`, which ends the run.
[[nodiscard]] ConformanceResult judge_datadriven(const std::string& path, const RunDirective& run,
                                                 const Normalise& normalise = {});
/// The same for a script that is in memory; `file` is its name in errors.
[[nodiscard]] ConformanceResult judge_datadriven_text(std::string_view text, const std::string& file,
                                                      const RunDirective& run,
                                                      const Normalise& normalise = {});

/// An unsigned decimal number as an argument has it; an error at `argument` otherwise.
[[nodiscard]] tl::expected<std::uint64_t, scenario::Error> number_of(const ScriptArgument& argument,
                                                                     std::string_view value);
/// An error at `argument`: its message.
[[nodiscard]] tl::unexpected<scenario::Error> script_error(const scenario::Location& where,
                                                           std::string message);

}  // namespace plimsoll::properties::raft
