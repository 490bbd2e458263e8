// Generated sequences: the same every time, rich, and made simpler step by step.
#include "properties/store/conform/sequence.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <variant>

namespace plimsoll::properties::store {
namespace {

std::size_t size_of(const Sequence& sequence) {
  return sequence_text(sequence).size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sequence_test)

BOOST_AUTO_TEST_CASE(a_number_and_a_seed_name_one_sequence) {
  std::set<std::string> texts;
  for (std::uint64_t number = 0; number < 50; ++number) {
    BOOST_TEST((generate_sequence(3, number) == generate_sequence(3, number)));
    texts.insert(sequence_text(generate_sequence(3, number)));
    texts.insert(sequence_text(generate_sequence(4, number)));
  }
  BOOST_TEST(texts.size() == 100U);
}

BOOST_AUTO_TEST_CASE(a_transaction_keeps_nothing_that_it_may_have_removed) {
  // etcd would stop.
  for (std::uint64_t number = 0; number < 200; ++number) {
    for (const Step& step : generate_sequence(5, number)) {
      const std::string text = sequence_text({step});
      const bool removes_on = text.find("delete-request{range{key: ") != std::string::npos &&
                              text.find("range-end: \\x00}, prev") != std::string::npos;
      const bool is_txn = text.find("txn-request") != std::string::npos;
      BOOST_TEST(!(is_txn && removes_on && text.find("ignore-") != std::string::npos), text);
    }
  }
}

BOOST_AUTO_TEST_CASE(simpler_ones_are_shorter_and_end) {
  Sequence sequence = generate_sequence(1, 7);
  const auto is_seen = [](const Sequence& candidate) {
    return sequence_text(candidate).find("put-request{key: ") != std::string::npos;
  };
  BOOST_REQUIRE(is_seen(sequence));
  for (bool found = true; found;) {
    found = false;
    for (const Sequence& simpler : simpler_sequences(sequence)) {
      BOOST_REQUIRE(size_of(simpler) < size_of(sequence));
      if (is_seen(simpler)) {
        sequence = simpler;
        found = true;
        break;
      }
    }
  }
  BOOST_TEST(sequence.size() == 1U);
}

BOOST_AUTO_TEST_CASE(keys_are_shown_whatever_their_bytes) {
  const kv::RangeRequest request{{std::string(1, '\0'), "b\xff"}};
  BOOST_TEST(sequence_text({Step(RequestBody(request))}).find("\\x00, range-end: b\\xff") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
