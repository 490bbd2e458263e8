#include "impl/base/kv.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <string>

namespace plimsoll::kv {
namespace {

bool begins_with(const std::string& key, const std::string& prefix) {
  return key.compare(0, prefix.size(), prefix) == 0;
}

/// Texts over few bytes, the extreme ones among them, so that generated keys and prefixes often agree.
rc::Gen<std::string> short_texts() {
  return rc::gen::container<std::string>(rc::gen::element('a', 'b', '\xfe', '\xff', '\0', '\x7f'));
}

BOOST_AUTO_TEST_SUITE(kv_test)

BOOST_AUTO_TEST_CASE(the_end_of_a_prefix_is_its_successor) {
  BOOST_TEST(prefix_range("a").range_end == "b");
  BOOST_TEST(prefix_range("/registry/pods/").range_end == "/registry/pods0");
  BOOST_TEST(prefix_range("a\xff").range_end == "b");
  BOOST_TEST(prefix_range("a\xff\xff").range_end == "b");
  BOOST_TEST(prefix_range("a\x7f").range_end == "a\x80");
  BOOST_TEST(prefix_range("a").key == "a");
}

BOOST_AUTO_TEST_CASE(a_range_without_end_is_one_key) {
  BOOST_TEST(contains({"a", ""}, "a"));
  BOOST_TEST(!contains({"a", ""}, "aa"));
  BOOST_TEST(!contains({"a", ""}, ""));
  BOOST_TEST(contains({"", ""}, ""));
}

BOOST_AUTO_TEST_CASE(a_range_is_half_open) {
  BOOST_TEST(contains({"a", "c"}, "a"));
  BOOST_TEST(contains({"a", "c"}, "b\xff"));
  BOOST_TEST(!contains({"a", "c"}, "c"));
  BOOST_TEST(!contains({"a", "c"}, "A"));
  BOOST_TEST(!contains({"c", "a"}, "b"));
  // Keys are bytes: 0x80 and above sort after ASCII.
  BOOST_TEST(contains({"a", "\xff"}, "\xc3\xa9"));
}

BOOST_AUTO_TEST_CASE(a_prefix_range_holds_what_begins_with_the_prefix) {
  BOOST_TEST(rc::check("for every prefix and key", [] {
    const std::string head = *short_texts();
    const std::string tail = *short_texts();
    const std::string other = *short_texts();
    const bool extend = *rc::gen::arbitrary<bool>();
    const std::string prefix = head + "a" + tail;
    const std::string key = extend ? prefix + other : other;
    RC_CLASSIFY(begins_with(key, prefix), "begins with the prefix");
    RC_ASSERT(contains(prefix_range(prefix), key) == begins_with(key, prefix));
  }));
}

BOOST_AUTO_TEST_CASE(requests_and_responses_come_back_from_their_bytes) {
  const TxnRequest txn{{{"k", CompareTarget::mod_revision, CompareResult::equal, 7, ""}},
                       {PutRequest{"k", "v", LeaseId{3}}},
                       {RangeRequest{prefix_range("k")}, DeleteRequest{{"k", ""}}}};
  const Request request{RequestId{9}, txn};
  BOOST_TEST((base::from_bytes<Request>(base::to_bytes(request)) == request));
  const Response response{RequestId{9}, Revision{12}, ErrorResult{ErrorCode::compacted}};
  BOOST_TEST((base::from_bytes<Response>(base::to_bytes(response)) == response));
  const WatchResponse watched{
      WatchId{1}, Revision{5}, {{EventType::put, {"k", "v", {}, {}, 1, {}}}}, Revision{2}, true};
  BOOST_TEST((base::from_bytes<WatchResponse>(base::to_bytes(watched)) == watched));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::kv
