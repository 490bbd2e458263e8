// etcd-io/raft's scripts about configuration changes (confchange/testdata), run against impl/raft/membership.
//
//   simple                       changes of one voter at most, one a word of the input: v1 (voter), l2
//   (learner), v1 l2                        r3 (remove), u4 (update) enter-joint autoleave=true   changes
//   that begin a joint configuration leave-joint                  no input
//
// Each prints the configuration and the progress of its members, or the sentence that refuses it. The
// leader's last index is the number of directives that came before, whatever became of them.
#pragma once

#include <string>

#include "impl/raft/membership.hpp"
#include "properties/raft/datadriven.hpp"

namespace plimsoll::properties::raft {

/// The membership that a script builds up, directive by directive. Not thread-safe.
class ConfChangeScript {
 public:
  /// What one directive prints. Errors: an unknown command or argument.
  [[nodiscard]] DirectiveOutput run(const Directive& directive);

 private:
  plimsoll::raft::Membership membership_ = {};
  plimsoll::raft::Index last_index_ = 0;
};

/// "voters=(1 2)&&(1) learners=(3) learners_next=(2) autoleave", without what is empty.
[[nodiscard]] std::string describe_configuration(const plimsoll::raft::Configuration& configuration);

[[nodiscard]] ConformanceResult judge_confchange_script(const std::string& path);

}  // namespace plimsoll::properties::raft
