// Judges the references by what a real etcd was recorded to answer: `plimsoll conform etcd-samples`.
#pragma once

#include <string>

#include "properties/conformance/report.hpp"

namespace plimsoll::properties::store {

/// Sends each request to each reference and compares its answer, as the gateway would write it, with the one
/// recorded. Requests that the recording leaves out are made up for where answers tell of them (untold.hpp).
///
/// Not compared: who answered (cluster_id, member_id, raft_term), the value of a hash, the order in which
/// leases and their keys are listed; of the time that a lease has left only that it is not more than was
/// granted.
[[nodiscard]] ConformanceResult judge_etcd_samples(const std::string& path);

}  // namespace plimsoll::properties::store
