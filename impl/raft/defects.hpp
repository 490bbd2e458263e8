// The defects of the consensus domain: real, documented bugs that a run may switch back on.
//
// Sources are given with each.
#pragma once

#include <array>
#include <cstdint>

#include "impl/base/defect_set.hpp"

namespace plimsoll::raft {

enum class Defect : std::uint8_t {
  R1,
  R2,
  R3,
  R4,
  R5,
  R6,
  R7,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  R16,
  R17,
  R18,
  R19,
  R20,
  R21,
  R22
};

using Defects = base::DefectSet<Defect>;
using DefectStory = base::DefectStory<Defect>;

inline constexpr std::array defect_stories = {
    DefectStory{
        Defect::R1, "R1", "impl/raft",
        "A leader leaves an uncommitted membership change behind, the next one starts another from the "
        "older configuration before anything of its own term is committed: two majorities that do not "
        "overlap.",
        "https://groups.google.com/d/msg/raft-dev/t4xj6dJTP6E/d2D9LrWRza8J"},
    DefectStory{Defect::R2, "R2", "impl/raft",
                "In a joint configuration one majority of all voters is taken for both majorities.",
                "Ongaro, Consensus: Bridging Theory and Practice (2014), section 4.3"},
    DefectStory{Defect::R3, "R3", "impl/raft",
                "A vote is told before it is durable; the voter crashes and votes again in the same term.",
                "Ongaro, Consensus: Bridging Theory and Practice (2014), section 3.8"},
    DefectStory{
        Defect::R4, "R4", "impl/raft",
        "Entries are acknowledged before they are durable; a crash loses what the leader has committed.",
        "https://github.com/etcd-io/etcd/issues/14370"},
    DefectStory{
        Defect::R5, "R5", "impl/raft",
        "A leader commits an entry of an old term by counting its copies; a later leader overwrites it.",
        "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm (2014), section 5.4.2"},
    DefectStory{
        Defect::R6, "R6", "impl/raft",
        "Heartbeats carry the leader's commit index to followers whose logs do not match; they commit "
        "entries that nobody else has.",
        "https://github.com/etcd-io/raft/blob/cdfbeed/raft.go"},
    DefectStory{
        Defect::R7, "R7", "impl/raft",
        "A learner that does not know of its promotion yet refuses to vote, and nobody can be elected.",
        "https://github.com/etcd-io/raft/blob/cdfbeed/testdata/campaign_learner_must_vote.txt"},
    DefectStory{
        Defect::R8, "R8", "impl/raft",
        "A pre-vote of a lower term gets no answer, so the candidate never learns of the higher term, "
        "and each ignores the other.",
        "https://github.com/etcd-io/etcd/issues/8243"},
    DefectStory{
        Defect::R9, "R9", "impl/raft",
        "With pre-vote, a node of a higher term gives a leader of a lower one no sign; it can neither "
        "follow nor win.",
        "https://github.com/etcd-io/etcd/issues/8501"},
    DefectStory{
        Defect::R10, "R10", "impl/raft",
        "A pre-candidate keeps the leader it had, and by that leader's lease refuses everybody its vote.",
        "https://github.com/etcd-io/etcd/pull/8334"},
    DefectStory{
        Defect::R11, "R11", "impl/raft",
        "A node that was cut off raises its term again and again, and deposes a healthy leader whenever "
        "it comes back.",
        "https://github.com/etcd-io/etcd/issues/8499"},
    DefectStory{
        Defect::R12, "R12", "impl/raft",
        "An append that finishes late is taken for a newer one of the same index, which is not durable "
        "yet: entries leave the unstable log while storage holds others.",
        "https://github.com/etcd-io/raft/blob/cdfbeed/testdata/async_storage_writes_append_aba_race.txt"},
    DefectStory{
        Defect::R13, "R13", "impl/raft",
        "The term of a compacted entry is given as 0, and an empty append with it matches where it must "
        "not.",
        "https://github.com/etcd-io/raft/commit/76f1249"},
    DefectStory{
        Defect::R14, "R14", "impl/raft",
        "All append messages of a full window are lost; nothing is sent to the follower any more, not "
        "even an empty append.",
        "https://github.com/etcd-io/etcd/pull/14633"},
    DefectStory{Defect::R15, "R15", "impl/raft",
                "A follower that has everything and was reported unreachable is probed for ever.",
                "https://github.com/etcd-io/raft/commit/49bac48"},
    DefectStory{
        Defect::R16, "R16", "impl/raft",
        "A follower was restored from an older snapshot than the one it was sent; the leader waits for "
        "the newer one for ever.",
        "https://github.com/etcd-io/raft/commit/d87942f"},
    DefectStory{Defect::R17, "R17", "impl/raft",
                "A node campaigns with a committed change of the configuration that it has not applied, and "
                "counts votes by the old one.",
                "https://github.com/etcd-io/etcd/issues/7625"},
    DefectStory{Defect::R18, "R18", "impl/raft",
                "A new leader answers reads before it has committed an entry of its own term, with old data.",
                "Ongaro, Consensus: Bridging Theory and Practice (2014), section 6.4"},
    DefectStory{
        Defect::R19, "R19", "impl/raft",
        "A read is retried with the id it had, and late acknowledgements of the first round confirm the "
        "second one.",
        "https://github.com/etcd-io/etcd/issues/20418"},
    DefectStory{
        Defect::R20, "R20", "impl/raft",
        "A lease lasts longer than the others' election time-out: the old leader still reads from its "
        "own state when there is a new one.",
        "https://github.com/etcd-io/raft/blob/cdfbeed/raft.go"},
    DefectStory{Defect::R21, "R21", "impl/raft",
                "Acknowledged messages still count in the bytes of the inflight window, until it never opens "
                "again.",
                "https://github.com/etcd-io/raft/commit/e419ba5"},
    DefectStory{
        Defect::R22, "R22", "impl/raft",
        "A candidate asks for votes before its term is on disk; after a crash it enters the term again with "
        "fewer entries, and late votes for the first request elect it.",
        "https://github.com/etcd-io/raft/blob/cdfbeed/doc.go"},
};

}  // namespace plimsoll::raft
