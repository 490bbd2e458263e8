// The history of all clients together, judged while it happens: could one store have said all this, one
// request after the other, each between being asked and being answered?
//
// Source: Herlihy and Wing, "Linearizability" (1990); the monitor is checker/history/monitor.hpp. Answers
// carry revisions, so they must be those of one store, too. What is asked about leases, watches or older
// revisions is not observed, and neither are serializable reads.
#pragma once

#include <optional>
#include <vector>

#include "checker/history/monitored_objects.hpp"
#include "properties/store/world/operations.hpp"

namespace plimsoll::properties::store {

/// Nothing for what is not observed.
[[nodiscard]] std::optional<history::StoreRequest> observed(const RequestBody& body);

/// A history that begins with a store to which `done` was done, in this order.
[[nodiscard]] history::StoreMonitor history_after(const std::vector<RequestBody>& done);

/// The open request of `caller` was answered.
void note_answer(history::StoreMonitor& monitor, const history::Caller& caller, const kv::Response& response);

}  // namespace plimsoll::properties::store
