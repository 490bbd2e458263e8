#include "properties/conformance_kinds.hpp"

#include <algorithm>
#include <array>

#include "properties/overlay/conform/dataplane_driver.hpp"
#include "properties/raft/confchange_driver.hpp"
#include "properties/raft/quorum_driver.hpp"
#include "properties/raft/script_driver.hpp"
#include "properties/raft/trace_driver.hpp"
#include "properties/store/conform/live_driver.hpp"
#include "properties/store/conform/samples_driver.hpp"

namespace plimsoll::properties {

std::span<const ConformanceKind> conformance_kinds() {
  static constexpr std::array table = {
      ConformanceKind{"dataplane",
                      "tables and probes of a real Linux kernel, and what became of each (JSON, also "
                      "compressed by gzip)",
                      "probes", overlay::judge_dataplane, nullptr, true},
      ConformanceKind{"etcd", "a running etcd, which nobody else uses: random sequences of operations",
                      "sequences", nullptr, store::judge_by_etcd},
      ConformanceKind{"etcd-samples", "requests to a real etcd and its answers, recorded (JSON line by line)",
                      "answers", store::judge_etcd_samples},
      ConformanceKind{"raft-confchange", "etcd-io/raft confchange/testdata: changes of the configuration",
                      "directives", raft::judge_confchange_script},
      ConformanceKind{"raft-quorum", "etcd-io/raft quorum/testdata: what is committed, how a vote stands",
                      "directives", raft::judge_quorum_script},
      ConformanceKind{"raft-script", "etcd-io/raft testdata: what nodes do and say, compared at level A",
                      "directives", raft::judge_raft_script},
      ConformanceKind{"raft-trace", "traced events of clusters of etcd-io/raft (ndjson)", "events",
                      raft::judge_raft_trace},
  };
  return table;
}

const ConformanceKind* find_conformance_kind(std::string_view name) {
  const std::span<const ConformanceKind> kinds = conformance_kinds();
  const auto found = std::ranges::find(kinds, name, &ConformanceKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace plimsoll::properties
