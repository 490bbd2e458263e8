#include "model/calibration/peterson.hpp"

#include <boost/test/unit_test.hpp>

#include "model/calibration/steps.hpp"

namespace plimsoll::model::calibration {
namespace {

using System = checker::PodSystem<Peterson>;
using Lines = std::vector<std::string>;

Lines of(const std::string& process, const Lines& steps) {
  Lines lines;
  for (const std::string& step : steps) {
    const std::size_t more = step.find(' ');
    lines.push_back(step.substr(0, more) + "(process: " + process +
                    (more == std::string::npos ? ")" : ", " + step.substr(more + 1) + ")"));
  }
  return lines;
}
const Lines up_to_the_wait = {"wants", "announces gate: 1", "gives-precedence gate: 1"};

}  // namespace

BOOST_AUTO_TEST_SUITE(peterson_test)

BOOST_AUTO_TEST_CASE(alone_a_process_reads_everybody_and_enters) {
  const System system{Peterson(2)};
  Slots state = after(system, first_state(system), of("process-2", up_to_the_wait));
  BOOST_REQUIRE(!state.empty());
  state = after(system, state,
                of("process-2",
                   {"reads level-of: process-1", "reads level-of: process-2", "passes gate: 1", "enters"}));
  BOOST_REQUIRE(!state.empty());
  BOOST_TEST(fingerprints_fit(system, state));
  BOOST_TEST(to_line(system.describe(state)) ==
             "{processes: {process-1: {at: noncritical, gate: 0, scanned: 0, level: 0}, process-2: {at: "
             "critical, gate: 2, scanned: 2, level: 1}}, last-at-gate: [process-2]}");
  BOOST_TEST(!after(system, state, of("process-2", {"leaves", "wants"})).empty());
}

BOOST_AUTO_TEST_CASE(who_came_first_passes_and_who_came_last_waits) {
  const System system{Peterson(2)};
  Slots state = after(system, first_state(system), of("process-1", up_to_the_wait));
  state = after(system, state, of("process-2", up_to_the_wait));
  const Lines expected = {"reads(process: process-1, level-of: process-1)",
                          "passes(process: process-1, gate: 1)"};
  BOOST_TEST(labels(system, state) == expected, boost::test_tools::per_element());
  state = after(system, state, of("process-1", {"passes gate: 1", "enters", "leaves"}));
  const Lines afterwards = {"wants(process: process-1)", "reads(process: process-2, level-of: process-1)"};
  BOOST_TEST(labels(system, state) == afterwards, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(properties_look_at_the_critical_sections) {
  const Peterson model(3);
  constexpr checker::Slot inside = Peterson::critical;
  constexpr checker::Slot waits = Peterson::waiting;
  BOOST_TEST(model.holds(0, Slots{inside, waits, waits, 0, 0}));
  BOOST_TEST(!model.holds(0, Slots{inside, waits, inside, 0, 0}));
  BOOST_TEST(model.holds(1, Slots{waits, waits, inside, 0, 0}));
  BOOST_TEST(!model.holds(1, Slots{waits, waits, 0, 0, 0}));
  BOOST_TEST(model.holds(3, Slots{inside, waits, 0, 0, 0}));
  BOOST_TEST(!model.engaged(3, Slots{inside, waits, 0, 0, 0}));
  BOOST_TEST(model.engaged(4, Slots{inside, waits, 0, 0, 0}));
  BOOST_TEST(!model.engaged(5, Slots{inside, waits, 0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(wanting_to_enter_is_owed_by_nobody) {
  const Peterson model(3);
  BOOST_TEST(model.fairness().size() == 3U);
  BOOST_TEST(Peterson::fairness_of(Slots(5, 0), {2, Peterson::wants}) == 0U);
  BOOST_TEST(Peterson::fairness_of(Slots(5, 0), {2, Peterson::enters}) == checker::fairness_bit(2));
  BOOST_TEST(Peterson::fairness_of(Slots(5, 0), {1 | 2U << 8U, Peterson::reads}) == checker::fairness_bit(1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::model::calibration
