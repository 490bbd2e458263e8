// Where a scenario begins, if not with an empty cluster: what each server has on disk.
//
// Many elections can pass before something goes wrong that takes only a few more steps, and a search from an
// empty cluster would go through all of them first. A start must be one that Raft can reach. What can be told
// from the disks alone is checked here: that terms rise along a log, that logs match, and that committed
// entries agree. Whether the rest could have happened is shown by the search, which must find nothing wrong
// without a defect.
#pragma once

#include <vector>

#include "checker/scenario/reader.hpp"
#include "impl/raft/storage.hpp"

namespace plimsoll::properties::raft {

namespace core = plimsoll::raft;

/// A server's disk but for its configuration, which is the one that the cluster starts with.
struct StartingDisk {
  core::HardState hard_state;
  std::vector<core::Entry> log;
};

/// Decodes one disk for each server: `{term: 2, vote: 1, log: [1, 1 v4, 2 x], commit: 1}`. Everything may be
/// left out: the term is then that of the last entry, there is no vote, nothing is in the log, and nothing is
/// committed. An entry is its term; after it `x` stands for a client's data, or words for a change of the
/// configuration (setup.hpp, parse_change). An empty list stands for an empty cluster.
///
/// @param fields  The parameters of a scenario; errors are recorded there.
[[nodiscard]] std::vector<StartingDisk> decode_start(scenario::MapReader& fields, std::uint32_t servers,
                                                     scenario::FirstError& errors);

}  // namespace plimsoll::properties::raft
