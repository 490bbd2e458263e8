// Which requests the history of all clients has, and what answers say in it.
#include "properties/store/world/observed.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::properties::store {
namespace {

constexpr history::Caller alice{{1}, 0};
constexpr history::Caller bob{{2}, 0};

RequestBody request(const std::string& line) {
  return parse_operation(line).value();
}
kv::Response error(kv::ErrorCode code) {
  return {{}, {}, kv::ErrorResult{code}};
}
/// What a read of `a` was told: nothing, at this revision.
kv::Response nothing_at(std::uint64_t revision) {
  return {{}, {revision}, kv::RangeResult{}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(observed_test)

BOOST_AUTO_TEST_CASE(what_says_nothing_of_the_present_is_not_observed) {
  for (const char* const line : {"put a 1", "get a", "delete a", "txn then put a 1"}) {
    BOOST_TEST(observed(request(line)).has_value(), line);
  }
  for (const char* const line : {"get a serializable", "get a at 2", "watch a", "progress", "lease 1 ttl 5",
                                 "keep-alive 1", "compact 2", "defragment"}) {
    BOOST_TEST(!observed(request(line)).has_value(), line);
  }
}

BOOST_AUTO_TEST_CASE(a_history_begins_with_what_was_done) {
  auto monitor = history_after({request("put a 1"), request("compact 2")});
  monitor.invoke(alice, *observed(request("get a")));
  note_answer(monitor, alice, nothing_at(2));
  BOOST_TEST(monitor.violated);
}

BOOST_AUTO_TEST_CASE(a_read_that_misses_what_was_answered_is_a_violation) {
  auto monitor = history_after({});
  monitor.invoke(alice, *observed(request("put a 1")));
  note_answer(monitor, alice, {{}, {2}, kv::PutResult{}});
  monitor.invoke(bob, *observed(request("get a")));
  note_answer(monitor, bob, nothing_at(1));
  BOOST_TEST(monitor.violated);
}

/// What may have happened may be seen or not; what did not happen may not be seen.
BOOST_AUTO_TEST_CASE(errors_say_whether_something_may_have_happened) {
  using kv::ErrorCode;
  const kv::KeyValue one{"a", "1", {2}, {2}, 1, {}};
  for (const ErrorCode code : {ErrorCode::timed_out, ErrorCode::unavailable, ErrorCode::leader_changed,
                               ErrorCode::no_leader, ErrorCode::too_many_requests}) {
    for (const bool is_seen : {false, true}) {
      auto monitor = history_after({});
      monitor.invoke(alice, *observed(request("put a 1")));
      note_answer(monitor, alice, error(code));
      monitor.invoke(bob, *observed(request("get a")));
      note_answer(monitor, bob,
                  is_seen ? kv::Response{{}, {2}, kv::RangeResult{{one}, 1, false}} : nothing_at(1));
      const bool is_refusal = code == ErrorCode::no_leader || code == ErrorCode::too_many_requests;
      BOOST_TEST(monitor.violated == (is_seen && is_refusal), base::enumerator_text(code));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
