// Consensus as the store sees it, without the messages that bring it about: one log that everybody agrees on,
// and who leads.
//
// It belongs to no replica, so it survives everything. An entry is committed when it is appended, by whoever
// leads or by Raft on behalf of whoever does not (a follower's proposals are forwarded). A new leader begins
// its term with an empty entry; so does a leader that crashed, when it starts again. What is left out is in
// system `raft`: entries that are never committed, and elections that take their time.
#pragma once

#include <optional>
#include <vector>

#include "impl/base/describe_macro.hpp"
#include "impl/raft/types.hpp"
#include "impl/store/backend.hpp"

namespace plimsoll::properties::store {

namespace core = plimsoll::store;

/// Invariant: entry i (from 0) has index i + 1.
struct AgreedLog {
  raft::Term term = 1;
  raft::ServerId leader{1};
  std::vector<raft::Entry> entries = {};  ///< all there ever were: what replicas do is judged by them
  raft::Index compacted = 0;              ///< no replica gets entries up to this one any more
  core::Backend snapshot = {};            ///< what is applied up to `compacted`
  PLIMSOLL_DESCRIBE(AgreedLog, term, leader, entries, compacted, snapshot)

  [[nodiscard]] raft::Index last() const { return entries.size(); }
  void append(base::Bytes data) {
    entries.push_back({term, last() + 1, raft::EntryType::normal, std::move(data)});
  }
  /// Of a cluster that starts: server 1 leads.
  [[nodiscard]] static AgreedLog started() {
    AgreedLog log;
    log.append({});
    return log;
  }
};

}  // namespace plimsoll::properties::store
