// The options of `plimsoll check` and `plimsoll test`: declared, and decoded once CLI11 is done.
#pragma once

#include <string>

#include "checker/cli/options.hpp"

namespace CLI {
class App;
}

namespace plimsoll::cli {

/// The options as typed.
struct RawCheck {
  CheckOptions options;  ///< those that need no decoding
  std::string engine;
  std::string visited;
  std::string workers;
  std::string seed;
  std::string runs;
  std::string steps;
  std::string schedule;
  std::string bug_depth;
  std::string minimise_steps;
  std::string time;
  std::string memory;
  std::string states;
  std::string depth;
  std::string trace_dir;
  std::string junit;
  std::string json;
  std::string progress = "auto";
  bool symmetry = false;
  bool stale = false;
  bool por = false;
};

/// Declares the options of a subcommand; `raw` must outlive it.
void add_check(CLI::App& app, RawCheck& raw);
void add_test(CLI::App& app, RawCheck& raw);

/// CheckOptions or a UsageError.
[[nodiscard]] Command decode_check(RawCheck& raw);
/// TestOptions or a UsageError.
[[nodiscard]] Command decode_test(RawCheck& raw);

}  // namespace plimsoll::cli
