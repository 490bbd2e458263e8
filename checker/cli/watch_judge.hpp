// The store's guarantees of watches, for recorded histories.
#pragma once

#include "checker/history/watches.hpp"

namespace plimsoll::cli {

/// Judges by properties/store/watch_guarantees.hpp. A judge is for one history, and for one thread.
[[nodiscard]] history::WatchJudge watch_judge();

}  // namespace plimsoll::cli
