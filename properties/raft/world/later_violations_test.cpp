// A defect breaks more than the property that is violated first.
#include <boost/test/unit_test.hpp>

#include "properties/raft/world/loaded_scenario.hpp"

namespace plimsoll::properties::raft {
namespace {

/// What else a defect breaks, searched for alone.
struct Broken {
  const char* scenario;
  const char* defect;
  const char* property;
  std::vector<std::string> more = {};  ///< assignments
};

}  // namespace

BOOST_AUTO_TEST_SUITE(later_violations_test)

BOOST_AUTO_TEST_CASE(other_properties_fall_later) {
  const std::vector<Broken> all = {
      {"separate-writes", "R3", "state-machine-safety", {"bounds.messages=2"}},
      {"separate-writes", "R4", "state-machine-safety"},
      {"divergence", "R6", "state-machine-safety"},
      {"figure-eight", "R5", "state-machine-safety"},
      {"joint", "R2", "state-machine-safety"},
      {"servers-replaced", "R1", "election-safety", {"faults.election-timeout=3", "bounds.messages=2"}},
      {"one-voter-replaced", "R17", "election-safety"},
      {"separate-writes",
       "R3",
       "log-matching",
       {"bounds.terms=3", "parameters.start=[{term: 2}, {term: 2, log: [1]}, {term: 2, log: [2]}]"}},
  };
  for (const Broken& one : all) {
    BOOST_TEST_CONTEXT(one.defect << " breaks " << one.property) {
      std::vector<std::string> assignments = one.more;
      assignments.push_back(std::string("properties=[") + one.property + "]");
      const LoadedScenario loaded =
          load(std::string("model/scenarios/raft/") + one.scenario + ".yaml", {assignments, {one.defect}});
      BOOST_TEST((loaded.search(checker::VisitedMode::fingerprint, 2).verdict == checker::Verdict::violated));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
