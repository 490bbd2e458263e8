#include "properties/store/world/operations.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::store {
namespace {

template <class T>
T parsed(const std::string& line) {
  return std::get<T>(parse_operation(line).value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(operations_test)

BOOST_AUTO_TEST_CASE(requests_are_read_word_by_word) {
  BOOST_TEST((parsed<kv::PutRequest>("put a 1 lease 7") == kv::PutRequest{"a", "1", {7}}));
  BOOST_TEST((parsed<kv::RangeRequest>("get a at 3 serializable") ==
              kv::RangeRequest{.range = {"a", ""}, .revision = {3}, .serializable = true}));
  BOOST_TEST((parsed<kv::LeaseGrantRequest>("lease 7 ttl 5") == kv::LeaseGrantRequest{{7}, {5}}));
  BOOST_TEST((parsed<kv::WatchRequest>("watch a from 2 no-put") ==
              kv::WatchRequest{.range = {"a", ""}, .start_revision = {2}, .no_put = true}));
  BOOST_TEST((parsed<kv::CompactRequest>("compact 4 physical") == kv::CompactRequest{{4}, true}));
}

BOOST_AUTO_TEST_CASE(a_star_is_every_key) {
  const kv::KeyRange all = parsed<kv::DeleteRequest>("delete *").range;
  BOOST_TEST(kv::contains(all, "a"));
  BOOST_TEST(kv::contains(all, "\xff"));
}

BOOST_AUTO_TEST_CASE(a_transaction_has_three_lists) {
  const auto txn = parsed<kv::TxnRequest>("txn if a version = 0, b mod < 5 then put a 1, put b 2 else get a");
  BOOST_TEST(txn.compares.size() == 2U);
  BOOST_TEST(
      (txn.compares[1] == kv::Compare{"b", kv::CompareTarget::mod_revision, kv::CompareResult::less, 5}));
  BOOST_TEST((txn.success == std::vector<kv::Operation>{kv::PutRequest{"a", "1"}, kv::PutRequest{"b", "2"}}));
  BOOST_TEST((txn.failure == std::vector<kv::Operation>{kv::RangeRequest{.range = {"a", ""}}}));
  BOOST_TEST(parsed<kv::TxnRequest>("txn then put a 1").success.size() == 1U);
  BOOST_TEST(parsed<kv::TxnRequest>("txn else get a").failure.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_named) {
  BOOST_TEST(parse_operation("put a").error() == "expected a value");
  BOOST_TEST(parse_operation("put a 1 lease x").error() == "expected a lease, a number");
  BOOST_TEST(parse_operation("get a b").error() == "did not expect 'b'");
  BOOST_TEST(parse_operation("txn then compact 3").error() ==
             "'compact' cannot be in a transaction: expected put, get or delete");
  BOOST_TEST(!parse_operation("").has_value());
  BOOST_TEST(!parse_operation("sing").has_value());
  BOOST_TEST(!parse_operation("lease 0 ttl 5").has_value());
  BOOST_TEST(!parse_operation("txn if a sings = 3").has_value());
  BOOST_TEST(!parse_operation("txn put a 1").has_value());
}

BOOST_AUTO_TEST_CASE(serializable_reads_may_be_old) {
  BOOST_TEST(is_linearizable(parse_operation("get a").value()));
  BOOST_TEST(!is_linearizable(parse_operation("get a serializable").value()));
  BOOST_TEST(is_linearizable(parse_operation("put a 1").value()));
  BOOST_TEST(is_linearizable(parse_operation("txn then get a, get b serializable").value()));
  BOOST_TEST(!is_linearizable(parse_operation("txn then get a serializable").value()));
  BOOST_TEST(!is_linearizable(parse_operation("watch a").value()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
