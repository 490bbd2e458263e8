// What a server's log and configuration are in the words of the spec (model/raft).
//
// The spec's log is a list of entries that know which configuration they lead to. The implementation's begins
// where it was compacted, and an entry holds a change, which is relative to what was in force before. So a
// log is mapped from the configuration of its snapshot on. What is known to be committed and needed by
// nobody is left out: entries up to a base are one entry in the spec's log, of the last one's term and with
// the configuration that they leave behind. Every log of one comparison has the same base.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "impl/raft/process.hpp"
#include "model/raft/raft_spec.hpp"

namespace plimsoll::properties::raft {

namespace core = plimsoll::raft;
namespace spec = plimsoll::model::raft;

/// Requires: not nobody.
[[nodiscard]] inline spec::Server server_of(core::ServerId id) {
  return spec::Server{static_cast<std::uint8_t>(id.value - 1)};
}
[[nodiscard]] spec::Term term_of(core::Term term);
/// Learners do not show; a joint configuration whose halves have the same voters is as good as one half.
[[nodiscard]] spec::Configuration configuration_of(const core::ConfState& members);

/// Where the entry `index` is in a log with that base; 0 for those before the base.
[[nodiscard]] inline spec::Index place_of(core::Index index, core::Index base) {
  return static_cast<spec::Index>(base == 0 ? index : index < base ? 0 : index - base + 1);
}

/// A log that is known from an entry on, with what is known of that entry.
struct LogView {
  core::EntryId from;          ///< of this entry only the term is known, and of those before it nothing
  core::ConfState members;     ///< what the entries up to `members_of` leave behind
  core::Index members_of = 0;  ///< not below from.index; above it, what led to `members` is not known
  std::vector<core::Entry> entries;

  /// What is on disk, under what `unstable` replaces.
  [[nodiscard]] static LogView of(const core::Storage& disk, const core::Unstable* unstable = nullptr);
  [[nodiscard]] static LogView of(const core::SnapshotMetadata& snapshot);

  [[nodiscard]] core::Index last() const { return from.index + entries.size(); }
  /// The term of an entry that is known and there.
  [[nodiscard]] std::optional<core::Term> term(core::Index index) const;
  [[nodiscard]] bool matches(core::EntryId id) const { return term(id.index) == id.term; }
  /// Keeps the entries up to `index`, which is not below `from`, and puts `more` after them.
  void replace_after(core::Index index, std::span<const core::Entry> more);
  /// The members that the entries up to `index` leave behind, if that is known.
  [[nodiscard]] std::optional<core::ConfState> members_at(core::Index index) const;
  /// Requires: base <= last(). What is not known is entries of term 0.
  [[nodiscard]] spec::Log mapped(core::Index base) const;
};

/// The entries with which the two begin alike, as far as both are known; at least `base`. Requires: both have
/// the same up to there.
[[nodiscard]] core::Index agreement(const LogView& a, const LogView& b, core::Index base);

/// Whether `log` is what `view` is, wherever that is known.
[[nodiscard]] bool is_seen_as(const spec::RaftSpec& spec, const spec::Log& log, const LogView& view,
                              core::Index base);

}  // namespace plimsoll::properties::raft
