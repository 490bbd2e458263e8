#include "impl/store/backend.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace plimsoll;
using namespace plimsoll::store;

Row row(std::uint64_t revision) {
  return {{.key = "k", .mod_revision = {revision}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(backend_test)

BOOST_AUTO_TEST_CASE(a_batch_adds_removes_and_replaces) {
  Backend backend;
  apply_batch(backend, {.rows = {{{{2}, 0}, row(2)}, {{{2}, 1}, row(2)}},
                        .leases = {{{7}, LeaseRow{{10}, {}}}, {{8}, LeaseRow{{20}, {}}}}});
  Meta meta;
  meta.consistent_index = 5;
  apply_batch(backend, {.rows = {{{{3}, 0}, row(3)}},
                        .removed = {{{2}, 0}, {{9}, 9}},
                        .leases = {{{7}, std::nullopt}, {{8}, LeaseRow{{20}, {3}}}},
                        .meta = meta});
  Backend wanted;
  wanted.rows.append({{2}, 1}, row(2));
  wanted.rows.append({{3}, 0}, row(3));
  wanted.leases = {{{8}, LeaseRow{{20}, {3}}}};
  wanted.meta = meta;
  BOOST_CHECK(backend == wanted);
}

BOOST_AUTO_TEST_CASE(a_batch_without_anything_is_empty) {
  BOOST_TEST(Batch{}.empty());
  BOOST_TEST(!(Batch{.removed = {{{2}, 0}}}.empty()));
  BOOST_TEST(!(Batch{.meta = Meta{}}.empty()));
}

BOOST_AUTO_TEST_CASE(rows_before_the_first_uncommitted_one_are_committed) {
  Backend backend;
  backend.rows.append({{2}, 0}, row(2));
  Uncommitted uncommitted;
  BOOST_TEST(!uncommitted.empty(backend));
  uncommitted.first_row = {{3}, 0};
  BOOST_TEST(uncommitted.empty(backend));
  uncommitted.leases.insert(kv::LeaseId{1});
  BOOST_TEST(!uncommitted.empty(backend));
}

BOOST_AUTO_TEST_SUITE_END()
