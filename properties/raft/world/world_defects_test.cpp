// The table of defects is true: every row's search ends as it says.
#include "properties/raft/world/defects.hpp"

#include <boost/test/unit_test.hpp>

#include "properties/raft/world/defects_bed.hpp"

namespace plimsoll::properties::raft {

BOOST_AUTO_TEST_SUITE(world_defects_test)

// Depth-first searches have a file of their own: depth_first_defects_test.cpp.
BOOST_AUTO_TEST_CASE(every_row_of_the_table_is_found_again) {
  BOOST_TEST(!shown_defects().empty());
  for (const ShownDefect& row : shown_defects()) {
    BOOST_TEST_CONTEXT(id_of(row) << " in " << row.scenario) {
      if (row.engine != FoundBy::depth_first) {
        BOOST_TEST(difference(row) == "");
      }
    }
  }
}

/// A defect has one row at most, and rows are in order.
BOOST_AUTO_TEST_CASE(rows_are_in_order) {
  const auto rows = shown_defects();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    BOOST_TEST((rows[i - 1].defect < rows[i].defect));
  }
}

/// Any scenario takes any defect, whether a row shows it or not.
BOOST_AUTO_TEST_CASE(all_defects_are_listed) {
  BOOST_TEST(defect_entries().size() == plimsoll::raft::defect_stories.size());
  for (const DefectEntry& entry : defect_entries()) {
    BOOST_TEST(entry.scenario.empty() == entry.breaks.empty());
    BOOST_TEST((load(file_of("reads"), {{}, {entry.id}}).system != nullptr));
  }
}

/// Where everything is written in the step that brings it about, nothing can be said before it is written.
BOOST_AUTO_TEST_CASE(what_is_written_at_once_is_not_said_too_early) {
  for (const char* const defect : {"R3", "R4"}) {
    const LoadedScenario loaded = load("model/scenarios/raft/two-servers.yaml",
                                       {{"parameters.storage=atomic", "faults.proposal=0"}, {defect}});
    BOOST_TEST((loaded.search(VisitedMode::fingerprint, 2).verdict == Verdict::holds));
  }
}

/// Without clocks, lease-based reads are as unsafe without R20 as with it: the trace is the same.
BOOST_AUTO_TEST_CASE(leases_need_clocks) {
  const SearchResult reference = load(file_of("lease-reads")).search(VisitedMode::fingerprint, 2);
  const SearchResult defective =
      load(file_of("lease-reads"), {{}, {"R20"}}).search(VisitedMode::fingerprint, 2);
  BOOST_TEST((reference.verdict == Verdict::violated));
  BOOST_TEST(reference.distinct == defective.distinct);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
