#include "impl/raft/types.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::raft {

BOOST_AUTO_TEST_SUITE(types_test)

BOOST_AUTO_TEST_CASE(a_message_survives_its_canonical_bytes) {
  PlainMessage response;
  response.type = MessageType::app_resp;
  response.to = {2};
  response.index = 11;
  Message message;
  message.type = MessageType::storage_append;
  message.to = append_thread;
  message.term = 3;
  message.entries = {{3, 11, EntryType::normal, "data"}};
  message.snapshot = Snapshot{{{{{1}, {2}}}, 10, 2}, "state"};
  message.responses = {response};
  BOOST_TEST((base::from_bytes<Message>(base::to_bytes(message)) == message));
  Message other = message;
  other.responses.front().reject = true;
  BOOST_TEST((other != message));
  BOOST_TEST((base::to_bytes(other) != base::to_bytes(message)));
}

BOOST_AUTO_TEST_CASE(a_response_is_a_message_without_responses) {
  PlainMessage response;
  response.type = MessageType::vote_resp;
  response.from = {1};
  const Message message{response};
  BOOST_TEST((static_cast<const PlainMessage&>(message) == response));
  BOOST_TEST(message.responses.empty());
}

BOOST_AUTO_TEST_CASE(storage_threads_are_no_servers) {
  BOOST_TEST(is_storage_thread(append_thread));
  BOOST_TEST(is_storage_thread(apply_thread));
  BOOST_TEST(!is_storage_thread(nobody));
  BOOST_TEST(!is_storage_thread({1}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
