// etcd-io/raft's scripts about quorums (quorum/testdata), run against impl/raft/quorum.
//
//   committed cfg=(1,2,3) cfgj=(2,3,4) idx=(100,_,99,98)     what is committed, with a picture of who has how
//   much vote cfg=(1,2,3) votes=(y,n,_)                           VoteWon, VoteLost or VotePending
//
// cfg and cfgj are the halves of the configuration; without cfgj it is a plain majority, and with cfgj=zero a
// joint one whose second half is empty. idx and votes are those of the voters in the order in which cfg and
// then cfgj name them first; _ stands for nothing known. Each result is also computed in other ways that must
// agree (naively, joint with nothing, joint with itself, the halves exchanged), and a line tells of each that
// does not.
#pragma once

#include <string>

#include "properties/raft/datadriven.hpp"

namespace plimsoll::properties::raft {

/// What one directive prints. Errors: an unknown command or argument, a value that is none.
[[nodiscard]] DirectiveOutput run_quorum_directive(const Directive& directive);

[[nodiscard]] ConformanceResult judge_quorum_script(const std::string& path);

}  // namespace plimsoll::properties::raft
