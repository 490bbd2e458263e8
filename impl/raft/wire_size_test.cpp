#include "impl/raft/wire_size.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

namespace plimsoll::raft {
namespace {

/// The encoding itself, by hand, from raft.proto: type is field 1, term 2, index 3, data 4.
base::Bytes encoded(const Entry& entry) {
  base::ByteWriter out;
  out.put_raw("\x08");
  out.put_unsigned(static_cast<std::uint64_t>(entry.type));
  out.put_raw("\x10");
  out.put_unsigned(entry.term);
  out.put_raw("\x18");
  out.put_unsigned(entry.index);
  if (!entry.data.empty()) {
    out.put_raw("\x22");
    out.put_text(entry.data);
  }
  return std::move(out).bytes();
}

std::vector<Entry> entries(std::size_t count) {
  return std::vector<Entry>(count, Entry{1, 1, EntryType::normal, "12345"});  // 13 bytes each
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_size_test)

BOOST_AUTO_TEST_CASE(numbers_take_a_byte_for_seven_bits) {
  BOOST_TEST(varint_size(0) == 1U);
  BOOST_TEST(varint_size(127) == 1U);
  BOOST_TEST(varint_size(128) == 2U);
  BOOST_TEST(varint_size((1U << 14U) - 1) == 2U);
  BOOST_TEST(varint_size(1U << 14U) == 3U);
  BOOST_TEST(varint_size(no_limit) == 10U);
}

BOOST_AUTO_TEST_CASE(an_entry_is_as_long_as_its_encoding) {
  BOOST_TEST(wire_size(Entry{}) == 6U);
  BOOST_TEST(rc::check("of any entry", [] {
    const Entry entry{*rc::gen::arbitrary<Term>(), *rc::gen::arbitrary<Index>(),
                      *rc::gen::element(EntryType::normal, EntryType::conf_change, EntryType::conf_change_v2),
                      *rc::gen::arbitrary<std::string>()};
    RC_ASSERT(wire_size(entry) == encoded(entry).size());
    RC_ASSERT(payload_size(entry) == entry.data.size());
  }));
}

BOOST_AUTO_TEST_CASE(sizes_add_up) {
  const std::vector<Entry> three = entries(3);
  BOOST_TEST(wire_size(std::span(three)) == 39U);
  BOOST_TEST(payload_size(std::span(three)) == 15U);
}

BOOST_AUTO_TEST_CASE(a_limit_takes_a_prefix_but_always_an_entry) {
  const std::vector<Entry> three = entries(3);
  BOOST_TEST(limit_size(three, 0).size() == 1U);
  BOOST_TEST(limit_size(three, 25).size() == 1U);
  BOOST_TEST(limit_size(three, 26).size() == 2U);
  BOOST_TEST(limit_size(three, 39).size() == 3U);
  BOOST_TEST(limit_size(three, no_limit).size() == 3U);
  BOOST_TEST(limit_size({}, 0).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
