#include "impl/store/rows.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <vector>

#include <rapidcheck.h>

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

using Oracle = std::map<BucketKey, Row>;

Row row(std::uint64_t revision) {
  return {{.key = "k", .value = std::to_string(revision), .mod_revision = {revision}}};
}

bool same(const Rows& rows, const Oracle& oracle) {
  return rows.size() == oracle.size() && rows.empty() == oracle.empty() &&
         std::equal(rows.begin(), rows.end(), oracle.begin(), oracle.end(),
                    [](const auto& a, const auto& b) { return a.first == b.first && a.second == b.second; });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rows_test)

BOOST_AUTO_TEST_CASE(a_row_counts_its_texts_and_six_numbers) {
  BOOST_TEST(size_bytes({{.key = "abc", .value = "12345"}}) == 56);
}

BOOST_AUTO_TEST_CASE(is_what_a_sorted_map_is) {
  const bool same_as_map = rc::check("random appends, erasures and look-ups", [] {
    Rows rows;
    Oracle oracle;
    std::uint64_t main = 1;
    const auto steps = *rc::gen::inRange(0, 400);
    for (int step = 0; step < steps; ++step) {
      main += static_cast<std::uint64_t>(*rc::gen::weightedElement<int>({{8, 1}, {1, 0}, {1, 7}}));
      const BucketKey at{{main}, static_cast<std::uint32_t>(step)};
      rows.append(at, row(main));
      oracle.emplace(at, row(main));
    }
    for (const auto& number : *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, 900U))) {
      const BucketKey at{{number}, number % 400};
      const auto wanted = oracle.lower_bound(at);
      const auto found = rows.lower_bound(at);
      RC_ASSERT((found == rows.end()) == (wanted == oracle.end()));
      if (wanted == oracle.end()) {
        continue;
      }
      RC_ASSERT(found->first == wanted->first);
      RC_ASSERT(*rows.find(wanted->first) == wanted->second);
      RC_ASSERT((rows.find(at) != nullptr) == (oracle.count(at) == 1));
      const BucketKey erased = wanted->first;
      if (number % 3 == 0) {
        const auto next = rows.erase(found);
        const auto next_wanted = oracle.erase(wanted);
        RC_ASSERT((next == rows.end()) == (next_wanted == oracle.end()));
        RC_ASSERT((next_wanted == oracle.end() ? true : next->first == next_wanted->first));
      } else if (number % 3 == 1) {
        rows.erase(erased);
        oracle.erase(erased);
      }
    }
    RC_ASSERT(same(rows, oracle));
    RC_ASSERT((oracle.empty() ? true : rows.back().first == oracle.rbegin()->first));
    // As values too: the bytes are the map's, whatever was erased on the way.
    RC_ASSERT(base::to_bytes(rows) == base::to_bytes(oracle));
    const Rows read = base::from_bytes<Rows>(base::to_bytes(oracle));
    RC_ASSERT(read == rows);
    RC_ASSERT((read <=> rows) == std::strong_ordering::equal);
  });
  BOOST_TEST(same_as_map);
}

BOOST_AUTO_TEST_CASE(different_rows_are_unequal_and_in_order) {
  Rows one;
  one.append({{2}, 0}, row(2));
  Rows two = one;
  two.append({{3}, 0}, row(3));
  BOOST_CHECK(one != two);
  BOOST_CHECK(one < two);
  Rows other;
  other.append({{2}, 0}, row(7));
  BOOST_CHECK(one != other);
  BOOST_CHECK(two < other);
}

BOOST_AUTO_TEST_SUITE_END()
