// The line that says a search is alive: rewritten in place on a terminal, a new one every few seconds
// elsewhere.
#pragma once

#include <cstdio>
#include <functional>

#include "checker/cli/options.hpp"
#include "checker/search/search.hpp"

namespace plimsoll::cli {

/// Thread-safety: callback() is called by the search from one thread at a time; finish() after it.
class ProgressPrinter {
 public:
  /// @param out  Outlives the printer. `automatic` becomes in-place lines if it is a terminal, plain ones
  /// otherwise.
  ProgressPrinter(std::FILE* out, ProgressMode mode);

  /// For SearchOptions::progress; empty if nothing is to be printed. Refers to this object.
  [[nodiscard]] std::function<void(const checker::Progress&)> callback();
  /// Clears the line that is being rewritten.
  void finish();

 private:
  void print(const checker::Progress& progress);

  std::FILE* out_;
  ProgressMode mode_;
  bool in_place_;
  bool is_dirty_ = false;
  double next_seconds_ = 0;
};

}  // namespace plimsoll::cli
