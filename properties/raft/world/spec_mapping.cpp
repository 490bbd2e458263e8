#include "properties/raft/world/spec_mapping.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/raft/conf_change.hpp"
#include "impl/raft/membership.hpp"

namespace plimsoll::properties::raft {
namespace {

constexpr const char* unknown = "?";

/// The configuration that entries lead to, one after the other.
class Fold {
 public:
  explicit Fold(const core::ConfState& members) {
    core::MembershipResult restored = core::restore_membership(members, 0);
    PLIMSOLL_ASSERT_KNOWN(restored.has_value(), restored.error());
    now_ = *std::move(restored);
  }

  void apply(const core::Entry& entry) {
    if (entry.type == core::EntryType::normal) {
      return;
    }
    const auto change = core::conf_change_of(entry);
    PLIMSOLL_ASSERT_KNOWN(change.has_value(), change.error());
    core::MembershipResult next =
        core::leaves_joint(*change) ? core::leave_joint(now_)
        : core::enters_joint(*change)
            ? core::enter_joint(now_, 0, core::leaves_automatically(*change), change->changes)
            : core::simple_change(now_, 0, change->changes);
    // The application decides against what is impossible.
    if (next) {
      now_ = *std::move(next);
    }
  }
  [[nodiscard]] core::ConfState members() const { return core::to_conf_state(now_.config); }
  [[nodiscard]] spec::Configuration configuration() const { return configuration_of(members()); }

 private:
  core::Membership now_;
};

/// A change that the spec does not see is a command like any other.
spec::Entry mapped_entry(const core::Entry& entry, Fold& fold) {
  if (entry.type == core::EntryType::normal) {
    return {term_of(entry.term), entry.data, std::nullopt};
  }
  const spec::Configuration before = fold.configuration();
  fold.apply(entry);
  spec::Configuration after = fold.configuration();
  if (before == after) {
    return {term_of(entry.term), "change " + entry.data, std::nullopt};
  }
  return {term_of(entry.term), {}, std::move(after)};
}

}  // namespace

spec::Term term_of(core::Term term) {
  return static_cast<spec::Term>(term);
}

spec::Configuration configuration_of(const core::ConfState& members) {
  const auto servers = [](const core::ServerSet& ids) {
    std::set<spec::Server> mapped;
    for (const core::ServerId id : ids) {
      mapped.insert(server_of(id));
    }
    return mapped;
  };
  const bool is_joint = members.voters != members.voters_outgoing;
  return {servers(members.voters), is_joint ? servers(members.voters_outgoing) : std::set<spec::Server>{}};
}

LogView LogView::of(const core::SnapshotMetadata& snapshot) {
  return {{snapshot.term, snapshot.index}, snapshot.conf_state, snapshot.index, {}};
}

LogView LogView::of(const core::Storage& disk, const core::Unstable* unstable) {
  const core::SnapshotMetadata& taken = disk.snapshot.metadata;
  PLIMSOLL_ASSERT(taken.index >= disk.compacted.index);
  LogView view{disk.compacted, taken.conf_state, taken.index, disk.entries};
  if (unstable != nullptr && unstable->snapshot) {
    view = of(unstable->snapshot->metadata);
  }
  if (unstable != nullptr && !unstable->entries.empty()) {
    view.replace_after(unstable->offset - 1, unstable->entries);
  }
  return view;
}

std::optional<core::Term> LogView::term(core::Index index) const {
  if (index < from.index || index > last()) {
    return std::nullopt;
  }
  return index == from.index ? from.term : entries[index - from.index - 1].term;
}

void LogView::replace_after(core::Index index, std::span<const core::Entry> more) {
  PLIMSOLL_ASSERT(from.index <= index && index <= last());
  entries.resize(index - from.index);
  entries.insert(entries.end(), more.begin(), more.end());
}

std::optional<core::ConfState> LogView::members_at(core::Index index) const {
  if (index < from.index || index > last()) {
    return std::nullopt;
  }
  Fold fold(members);
  for (core::Index i = std::min(index, members_of) + 1; i <= std::max(index, members_of); ++i) {
    const core::Entry& entry = entries[i - from.index - 1];
    if (index < members_of && entry.type != core::EntryType::normal) {
      return std::nullopt;
    }
    fold.apply(entry);
  }
  return fold.members();
}

spec::Log LogView::mapped(core::Index base) const {
  PLIMSOLL_ASSERT(base <= last());
  spec::Log log;
  Fold fold(members);
  // The first entry of which anything is known, or a later one that stands for all before it.
  const core::Index first = std::max(base, from.index);
  if (first > 0) {
    log.resize(place_of(first, base), {0, unknown, std::nullopt});
    log.back().term = term_of(*term(first));
  }
  for (core::Index i = from.index; i <= last(); ++i) {
    const core::Entry* const entry = i == from.index ? nullptr : &entries[i - from.index - 1];
    if (i > first) {
      log.push_back(i > members_of ? mapped_entry(*entry, fold)
                                   : spec::Entry{term_of(entry->term), unknown, std::nullopt});
    } else if (i > members_of) {
      fold.apply(*entry);
    }
    if (!log.empty() && (i == std::max(first, members_of))) {
      log.back().configuration = fold.configuration();
    }
  }
  return log;
}

core::Index agreement(const LogView& a, const LogView& b, core::Index base) {
  core::Index same = std::max({base, a.from.index, b.from.index});
  if (same > std::min(a.last(), b.last()) || (same > base && a.term(same) != b.term(same))) {
    return base;
  }
  while (same < std::min(a.last(), b.last()) &&
         a.entries[same - a.from.index] == b.entries[same - b.from.index]) {
    ++same;
  }
  return same;
}

bool is_seen_as(const spec::RaftSpec& spec, const spec::Log& log, const LogView& view, core::Index base) {
  const spec::Log seen = view.mapped(base);
  if (log.size() != seen.size()) {
    return false;
  }
  // The first entry that is known is so by its term and by what it leaves behind.
  const spec::Index first = place_of(std::max(base, view.members_of), base);
  if (first > 0 && (log[first - 1].term != seen[first - 1].term ||
                    spec.configuration(log, first) != spec.configuration(seen, first))) {
    return false;
  }
  return std::equal(log.begin() + first, log.end(), seen.begin() + first);
}

}  // namespace plimsoll::properties::raft
