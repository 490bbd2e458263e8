// What a server may believe before it takes a step: the spec's state as far as that server can know it.
//
// It is made of the server itself, as its memory has it; of what it keeps of what others said (votes that it
// counts, acknowledgements); and of what the message says that it gets now. Elections hold no more than was
// said, and may hold less: the spec's guards ask for what is in them, never for what is not, but for the
// server's own candidacies. Of a leader something is known that is in no message: it has whatever was
// committed in its term or before, which is an invariant of the spec.
#pragma once

#include <set>
#include <vector>

#include "properties/raft/world/spec_mapping.hpp"

namespace plimsoll::properties::raft {

/// A server in numbers of its own. One that is down is what its disk is.
struct ServerView {
  core::Term term = 0;
  core::ServerId vote = core::nobody;
  core::Index commit = 0;
  core::Index applied = 0;
  core::Role role = core::Role::follower;
  LogView log = {};
  core::ConfState members = {};  ///< in force, as it believes
  core::ProgressMap progress = {};
  core::Votes votes = {};

  [[nodiscard]] static ServerView of(const core::Storage& disk);
  [[nodiscard]] static ServerView of(const core::Storage& disk, const core::Memory& memory);
};

/// What a step has to be a path of.
struct PathQuestion {
  core::ServerId id = core::nobody;
  std::uint32_t servers = 0;
  const core::ConfState* first_members = nullptr;  ///< what the cluster starts with
  const ServerView* disk_before = nullptr;
  const ServerView* disk_after = nullptr;
  const ServerView* before = nullptr;
  const ServerView* after = nullptr;
  const core::PlainMessage* received = nullptr;  ///< null: it was no message
  std::vector<core::PlainMessage> said = {};     ///< messages to others that are new in this step

  /// In the implementation's numbers: what the server as a leader may take for acknowledged by `other`.
  [[nodiscard]] core::Index acknowledged_by(core::ServerId other) const;
};

/// The entries that a question is not about: a base for all logs (LogView::mapped).
[[nodiscard]] core::Index base_of(const PathQuestion& question);

[[nodiscard]] spec::RaftState believed(const PathQuestion& question, core::Index base);

/// Those whose vote a candidate counts. Its own is one when it is on disk.
[[nodiscard]] std::set<spec::Server> voters_for(core::ServerId candidate, const ServerView& view,
                                                const ServerView& disk);

// What a message says.
[[nodiscard]] bool is_from_leader(const core::PlainMessage& message);
/// The term in it is none that its sender is in.
[[nodiscard]] bool is_of_no_term(const core::PlainMessage& message);
[[nodiscard]] bool is_vote(const core::PlainMessage& message);
[[nodiscard]] bool is_acknowledgement(const core::PlainMessage& message);

}  // namespace plimsoll::properties::raft
