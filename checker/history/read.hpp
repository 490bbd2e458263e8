// Recorded histories: Jepsen's logs, EDN, and JSON line by line.
//
//   INFO  jepsen.util - 3  :invoke  :write  4                        a log: one register, initially nil
//   {:process 0, :type :ok, :f :get, :key "7", :value ""}            EDN: maps, bare or in one vector
//   {"process":3,"type":"ok","f":"read","key":"r0","value":58}       ndjson: an object a line
//
// Types are invoke, ok, fail and info; the recorder (recorder.hpp) says what they mean. A key is optional,
// and members that are not named here are passed over, but for "error". Events stand in order of time.
// Operations of processes that are not numbers (Jepsen's nemesis) are passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "checker/history/history.hpp"
#include "checker/scenario/location.hpp"

namespace plimsoll::history {

enum class Format : std::uint8_t { jepsen_log, edn, ndjson };

/// What a text seems to be: a brace before a colon or a bracket begins EDN, any other brace JSON; a log is
/// what begins with a word.
[[nodiscard]] Format format_of(std::string_view text);

/// Reads a history in the format it seems to have. Pure.
/// @param file   What locations call the text; nothing is opened.
/// @param model  What the object is; nothing: whatever the operations fit.
/// Errors: the first place at which something else was expected. Cost: n log n in the text.
[[nodiscard]] tl::expected<History, scenario::Error> read(std::string_view text, const std::string& file,
                                                          std::optional<Model> model);

// The same for one format.

[[nodiscard]] tl::expected<History, scenario::Error> read_jepsen_log(std::string_view text,
                                                                     const std::string& file,
                                                                     std::optional<Model> model);
[[nodiscard]] tl::expected<History, scenario::Error> read_edn(std::string_view text, const std::string& file,
                                                              std::optional<Model> model);
[[nodiscard]] tl::expected<History, scenario::Error> read_ndjson(std::string_view text,
                                                                 const std::string& file,
                                                                 std::optional<Model> model);

}  // namespace plimsoll::history
