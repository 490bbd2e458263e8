#include "model/calibration/two_phase_commit.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::model::calibration {
namespace {

using System = checker::PodSystem<TwoPhaseCommit>;
using Slots = std::vector<checker::Slot>;

struct Move {
  std::string label;
  Slots target;
};

std::vector<Move> moves(const System& system, const Slots& state) {
  checker::Successors out(system.width());
  system.worker()->successors(state, system.fingerprint(state), out);
  std::vector<Move> found;
  for (std::size_t i = 0; i < out.size(); ++i) {
    BOOST_TEST(out[i].fingerprint == system.fingerprint(out.state(i)));
    found.push_back(
        {to_line(system.describe(state, out[i].action)), Slots(out.state(i).begin(), out.state(i).end())});
  }
  return found;
}

/// Takes the first move of that label.
Slots after(const System& system, const Slots& state, const std::string& label) {
  for (const Move& move : moves(system, state)) {
    if (move.label == label) {
      return move.target;
    }
  }
  BOOST_FAIL("not enabled: " << label);
  return {};
}

std::vector<std::string> labels(const System& system, const Slots& state) {
  std::vector<std::string> lines;
  for (const Move& move : moves(system, state)) {
    lines.push_back(move.label);
  }
  return lines;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(two_phase_commit_test)

BOOST_AUTO_TEST_CASE(everybody_commits_after_everybody_is_known_to_be_prepared) {
  const System system{TwoPhaseCommit(2)};
  Slots state = system.spec().initial().front();
  const std::vector<std::string> at_first = {
      "tm-aborts", "rm-prepares(manager: rm-1)", "rm-chooses-to-abort(manager: rm-1)",
      "rm-prepares(manager: rm-2)", "rm-chooses-to-abort(manager: rm-2)"};
  BOOST_TEST(labels(system, state) == at_first, boost::test_tools::per_element());
  for (const char* label :
       {"rm-prepares(manager: rm-1)", "rm-prepares(manager: rm-2)", "tm-receives-prepared(manager: rm-1)",
        "tm-receives-prepared(manager: rm-2)", "tm-commits", "rm-receives-commit(manager: rm-1)",
        "rm-receives-commit(manager: rm-2)"}) {
    state = after(system, state, label);
  }
  BOOST_TEST(
      to_line(system.describe(state)) ==
      "{resource-managers: {rm-1: committed, rm-2: committed}, transaction-manager: {state: committed, "
      "prepared: [rm-1, rm-2]}, messages: [prepared rm-1, prepared rm-2, commit]}");
  BOOST_TEST(system.spec().holds(0, state));
  BOOST_TEST(system.spec().holds(1, state));
}

BOOST_AUTO_TEST_CASE(nobody_commits_while_one_is_not_known_to_be_prepared) {
  const System system{TwoPhaseCommit(2)};
  Slots state = system.spec().initial().front();
  state = after(system, state, "rm-prepares(manager: rm-1)");
  state = after(system, state, "rm-prepares(manager: rm-2)");
  state = after(system, state, "tm-receives-prepared(manager: rm-2)");
  const std::vector<std::string> expected = {"tm-receives-prepared(manager: rm-1)",
                                             "tm-receives-prepared(manager: rm-2)", "tm-aborts"};
  BOOST_TEST(labels(system, state) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_received_again_is_a_self_loop) {
  const System system{TwoPhaseCommit(1)};
  Slots state = after(system, system.spec().initial().front(), "rm-prepares(manager: rm-1)");
  state = after(system, state, "tm-receives-prepared(manager: rm-1)");
  BOOST_TEST(after(system, state, "tm-receives-prepared(manager: rm-1)") == state);
  state = after(system, state, "tm-aborts");
  state = after(system, state, "rm-receives-abort(manager: rm-1)");
  BOOST_TEST(after(system, state, "rm-receives-abort(manager: rm-1)") == state);
  BOOST_TEST(moves(system, state).size() == 1U);
}

BOOST_AUTO_TEST_CASE(consistency_is_about_committed_beside_aborted) {
  const TwoPhaseCommit model(3);
  const auto state = [](checker::Slot a, checker::Slot b, checker::Slot c) { return Slots{a, b, c, 0, 0}; };
  using enum TwoPhaseCommit::ManagerState;
  BOOST_TEST(model.holds(0, state(working, prepared, aborted)));
  BOOST_TEST(model.holds(0, state(committed, prepared, working)));
  BOOST_TEST(!model.holds(0, state(committed, prepared, aborted)));
  BOOST_TEST(!model.holds(0, state(aborted, aborted, committed)));
  BOOST_TEST(!model.holds(1, state(committed, committed, prepared)));
  BOOST_TEST(model.holds(1, state(committed, committed, committed)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::calibration
