#include "impl/raft/configuration.hpp"

namespace plimsoll::raft {

ConfState to_conf_state(const Configuration& configuration) {
  return {configuration.voters.incoming.voters, configuration.learners, configuration.voters.outgoing.voters,
          configuration.learners_next, configuration.auto_leave};
}

Configuration to_configuration(const ConfState& conf_state) {
  Configuration configuration;
  configuration.voters.incoming.voters = conf_state.voters;
  configuration.voters.outgoing.voters = conf_state.voters_outgoing;
  configuration.learners = conf_state.learners;
  configuration.learners_next = conf_state.learners_next;
  configuration.auto_leave = conf_state.auto_leave;
  return configuration;
}

}  // namespace plimsoll::raft
