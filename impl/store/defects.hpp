// The defects of the store's domain: real, documented bugs that a run may switch back on.
//
// Most come from the table "Robustness track record" in etcd's tests/robustness/README.md; the sources are
// given with each.
#pragma once

#include <array>
#include <cstdint>

#include "impl/base/defect_set.hpp"

namespace plimsoll::store {

enum class Defect : std::uint8_t {
  E1,
  E2,
  E3,
  E4,
  E5,
  E6,
  E7,
  E8,
  E9,
  E10,
  E11,
  E12,
  E13,
  E14,
  E15,
  E16,
  E17,
  E18,
  E19,
  E20
};

using Defects = base::DefectSet<Defect>;
using DefectStory = base::DefectStory<Defect>;

inline constexpr std::array defect_stories = {
    DefectStory{Defect::E1, "E1", "impl/store",
                "The consistent index is committed before the effects that belong to it; after a crash "
                "between the two the entry is skipped, and the member lacks what the others have.",
                "https://github.com/etcd-io/etcd/issues/13766"},
    DefectStory{Defect::E2, "E2", "impl/store",
                "A cluster of one member applies and acknowledges writes before its write-ahead log is "
                "synced; a crash loses them.",
                "https://github.com/etcd-io/etcd/issues/14370"},
    DefectStory{Defect::E3, "E3", "impl/store",
                "Defragmenting writes a database without the consistent index; a member that crashes then "
                "applies entries twice, and its revisions drift from the others'.",
                "https://github.com/etcd-io/etcd/pull/14685"},
    DefectStory{Defect::E4, "E4", "impl/store",
                "A progress notification tells the store's revision to a watcher that is not synced: events "
                "up to it are still to come.",
                "https://github.com/etcd-io/etcd/issues/15220"},
    DefectStory{Defect::E5, "E5", "impl/store",
                "When a member installs a snapshot its watchers begin anew at the revision they once asked "
                "for, and are sent events that they have seen.",
                "https://github.com/etcd-io/etcd/issues/15271"},
    DefectStory{Defect::E6, "E6", "impl/store", "A watcher is sent an event of a transaction twice.",
                "https://github.com/etcd-io/etcd/issues/17247"},
    DefectStory{Defect::E7, "E7", "impl/store",
                "Events that a slow watcher could not take are dropped when what they come from has been "
                "compacted meanwhile, and the watch goes on behind them.",
                "https://github.com/etcd-io/etcd/issues/17529"},
    DefectStory{
        Defect::E8, "E8", "impl/store",
        "A member crashes while it compacts away the newest row, a tombstone; when it starts again it "
        "takes the highest revision that is left for the current one.",
        "https://github.com/etcd-io/etcd/issues/17780"},
    DefectStory{
        Defect::E9, "E9", "impl/store",
        "A compaction takes the tombstone at its own revision too; a watch from there misses that the "
        "key was removed.",
        "https://github.com/etcd-io/etcd/issues/18089"},
    DefectStory{
        Defect::E10, "E10", "impl/store",
        "A read of a compacted revision inside a transaction is judged while the transaction runs, by "
        "how far this member's own compaction is: members do different things with one entry.",
        "https://github.com/etcd-io/etcd/issues/18667"},
    DefectStory{
        Defect::E11, "E11", "impl/store",
        "A watch from a revision that a lagging member has yet to reach is taken for one from now on, "
        "and is sent events and notifications of revisions before its start.",
        "https://github.com/etcd-io/etcd/issues/20221"},
    DefectStory{Defect::E12, "E12", "impl/store",
                "A second snapshot arrives while the first is being applied, and the member stops for good.",
                "https://github.com/etcd-io/etcd/issues/18055"},
    DefectStory{Defect::E13, "E13", "impl/store",
                "A read is retried with the id it had; a member that was paused answers it by the "
                "confirmation of the first round, with old data.",
                "https://github.com/etcd-io/etcd/issues/20418"},
    DefectStory{
        Defect::E14, "E14", "impl/store",
        "A leader that was held up by its disk does not ask whether it still leads before it proposes "
        "to revoke leases, which are renewed at its successor.",
        "https://github.com/etcd-io/etcd/issues/15247"},
    DefectStory{
        Defect::E15, "E15", "impl/store",
        "A keep-alive that waited for its expired lease to be revoked does not look whether the lease "
        "is still there, and reports success.",
        "https://github.com/etcd-io/etcd/pull/20616"},
    DefectStory{Defect::E16, "E16", "impl/store",
                "Every new leader gives every lease its full time to live again; if leaders change often, "
                "leases never expire.",
                "https://github.com/etcd-io/etcd/pull/13508"},
    DefectStory{
        Defect::E17, "E17", "properties/store",
        "A client that waited for a lock does not look whether its lease is still there when its turn "
        "comes: two clients hold the lock.",
        "http://jepsen.io/analyses/etcd-3.4.3"},
    DefectStory{Defect::E18, "E18", "impl/store",
                "A member that takes itself for the leader answers reads from its own state, with old data "
                "when it has been deposed.",
                "http://jepsen.io/analyses/etcd-3.4.3"},
    DefectStory{Defect::E19, "E19", "impl/store",
                "An operation in the middle of a transaction fails, and what was written before it stays.",
                "https://github.com/etcd-io/etcd/pull/18799"},
    DefectStory{Defect::E20, "E20", "impl/store",
                "A snapshot is installed while the database is being defragmented, and the defragmented old "
                "one takes its place.",
                "https://github.com/etcd-io/etcd/pull/20653"},
};

}  // namespace plimsoll::store
