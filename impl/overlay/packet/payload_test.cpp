#include "impl/overlay/packet/payload.hpp"

#include <string>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::overlay {

BOOST_AUTO_TEST_SUITE(payload_test)

BOOST_AUTO_TEST_CASE(a_payload_is_its_bytes) {
  BOOST_TEST(rc::check("against std::string", [](const std::string& bytes, std::size_t zeros,
                                                 std::size_t offset, std::size_t count) {
    const std::string text = bytes + std::string(zeros % 20, '\0');
    const Payload payload = Payload(bytes).padded_to(text.size());
    RC_ASSERT(payload.text() == text);
    RC_ASSERT(payload == Payload(text));
    RC_ASSERT(base::to_bytes(payload) == base::to_bytes(Payload(text)));
    RC_ASSERT(base::from_bytes<Payload>(base::to_bytes(payload)) == payload);
    offset %= text.size() + 1;
    count %= text.size() - offset + 1;
    const Payload part = payload.part(offset, count);
    RC_ASSERT(part.text() == text.substr(offset, count));
    RC_ASSERT(part == Payload(text.substr(offset, count)));
  }));
}

BOOST_AUTO_TEST_CASE(payloads_differ_if_a_byte_does) {
  BOOST_TEST(rc::check("order is one of strings", [](const std::string& a, const std::string& b) {
    RC_ASSERT((Payload(a) == Payload(b)) == (a == b));
    RC_ASSERT((Payload(a) <=> Payload(b) == 0) == (a == b));
    RC_ASSERT((Payload(a) < Payload(b)) == (Payload(b) > Payload(a)));
  }));
}

BOOST_AUTO_TEST_CASE(printed_without_the_zeros_at_the_end) {
  BOOST_TEST(to_text(Payload()) == "0 bytes");
  BOOST_TEST(to_text(Payload(64)) == "64 bytes");
  BOOST_TEST(to_text(Payload("PL").padded_to(9)) == "9 bytes 504c");
}

BOOST_AUTO_TEST_CASE(shared_values_are_equal_if_what_they_hold_is) {
  const Shared<int> nothing;
  const Shared<int> one(1);
  const Shared<int> another_one(1);
  BOOST_TEST((one == another_one));
  BOOST_TEST((nothing != one));
  BOOST_TEST((nothing < one));
  BOOST_TEST((one < Shared<int>(2)));
  BOOST_TEST((base::from_bytes<Shared<int>>(base::to_bytes(one)) == one));
  BOOST_TEST((base::from_bytes<Shared<int>>(base::to_bytes(nothing)) == nothing));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
