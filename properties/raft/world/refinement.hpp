// Does what a Raft server does refine the spec (model/raft)? Asked of each step of each server by itself.
//
// The mapping. A server of the spec is a server's disk: term, vote and log, and as its commit index what the
// server knows, as far as the disk has it. Elections are what was said: who asked for votes with which log,
// who gave them, who led with which log, commit index and configuration, and what was acknowledged. A step
// must be a path of 0 to k steps of the spec, where k is whatever one input can bring about.
//
// Why it is enough to ask one server at a time. A step changes what one server is and says. The spec's
// guards look at that server and at `elections`, and what they ask of elections, more sayings never take
// away. So a path from the state in which nothing was said but what this server can know (beliefs.hpp) is
// one from the whole state, if that is so what it believes was said: by induction over the messages, what is
// believed was said, and what is said is justified in the step that says it (claims.hpp). Two things are
// beyond a server's own knowledge. A leader has what was committed before it: an invariant of the spec, and
// the state is one of the spec's as long as all steps before were. And the one guard that more sayings do
// take away: a server is a candidate once in a term, and leads once. It knows what it said in its term while
// it has a memory; where a crash takes a term that was announced before it was written, Announced keeps it.
// What is assumed: messages are not forged, and a crash takes memory and no more.
//
// Where disks are slower than memories, memory is a future of the disk: writes that are handed out are
// done in order, each is what was handed out, and between what they leave there are paths, because there was
// one when each was brought about, and guards once met stay so. So the path of a step is that of the memory;
// a write moves the disk along the paths of earlier steps. What others rely on, votes and acknowledgements,
// must have been written when it is sent (RAFT-R6), and a candidate and a leader count themselves by their
// disks.
//
// refinement_world_test.cpp keeps one state of the spec for a whole cluster and asks the spec itself, with
// all that was said, whether each step is a path. Liveness is not asked, nor what clients are told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "properties/raft/world/member.hpp"

namespace plimsoll::properties::raft {

/// What a server announced in a term before the term was on its disk.
struct Announced {
  core::Term term = 0;
  core::EntryId last;  ///< of the log that it asked for votes with
  bool led = false;    ///< it spoke as the leader of that term
  PLIMSOLL_DESCRIBE(Announced, term, last, led)
};

/// What is to be known of a server besides its state. Survives crashes.
struct Refinement {
  std::string missing;  ///< the first step that the spec does not have: what it lacked. Empty: none
  std::vector<Announced> announced;  ///< in order of terms; empty where the disk has them
  PLIMSOLL_DESCRIBE(Refinement, missing, announced)
};

struct RefinementConfig {
  std::uint32_t servers = 0;      ///< of the cluster, members or not, numbered from 1
  core::ConfState first_members;  ///< what the cluster starts with
};

/// A step of one server.
struct StepSeen {
  const Member::Config& config;
  const Member::State& before;
  const Member::Input& input;
  const Member::State& after;
  const std::vector<Member::Outputs::Send>& sent;
};

/// Brings `refinement` from before the step to after it. Nothing is asked any more once something is missing.
/// Cost: some copies of the logs since they were compacted or, if that is less, committed. Thread-safety: a
/// function of values.
void refine(const RefinementConfig& config, const StepSeen& step, Refinement& refinement);

}  // namespace plimsoll::properties::raft
