// As world_defects_test.cpp, for what only a depth-first search finds in time.
#include <boost/test/unit_test.hpp>

#include "properties/raft/world/defects_bed.hpp"

namespace plimsoll::properties::raft {

BOOST_AUTO_TEST_SUITE(depth_first_defects_test)

BOOST_AUTO_TEST_CASE(every_depth_first_row_of_the_table_is_found_again) {
  std::size_t rows = 0;
  for (const ShownDefect& row : shown_defects()) {
    if (row.engine == FoundBy::depth_first) {
      BOOST_TEST_CONTEXT(id_of(row) << " in " << row.scenario) {
        BOOST_TEST(difference(row) == "");
      }
      ++rows;
    }
  }
  BOOST_TEST(rows > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
