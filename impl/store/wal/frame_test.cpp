#include "impl/store/wal/frame.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "impl/base/crc32c.hpp"
#include "impl/base/described.hpp"

namespace plimsoll::store::wal {
namespace {

using base::Bytes;

Bytes two_frames(std::uint32_t crc) {
  Bytes record;
  put_frame(record, FrameType::entries, "some entries", crc);
  put_frame(record, FrameType::batch, "", crc);
  return record;
}

/// "": everything verifies.
std::string fault_in(const Bytes& record, std::uint32_t crc) {
  FrameReader reader(record, crc);
  do {
    if (const auto frame = reader.next(); !frame) {
      return base::enumerator_text(frame.error());
    }
  } while (!reader.at_end());
  return "";
}

BOOST_AUTO_TEST_SUITE(frame_test)

BOOST_AUTO_TEST_CASE(frames_of_a_record_are_read_in_order) {
  const Bytes record = two_frames(9);
  FrameReader reader(record, 9);
  BOOST_TEST((reader.peek() == FrameType::entries));
  const auto first = reader.next();
  BOOST_REQUIRE(first.has_value());
  BOOST_TEST((first->type == FrameType::entries));
  BOOST_TEST(first->payload == "some entries");
  BOOST_TEST(!reader.at_end());
  const auto second = reader.next();
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST((second->type == FrameType::batch));
  BOOST_TEST(second->payload.empty());
  BOOST_TEST(reader.at_end());
}

BOOST_AUTO_TEST_CASE(the_layout_is_length_type_checksum_payload) {
  Bytes record;
  std::uint32_t crc = 5;
  put_frame(record, FrameType::snapshot, "abc", crc);
  const Bytes covered{3, 0, 0, 0, static_cast<char>(FrameType::snapshot)};
  BOOST_TEST(record.substr(0, 5) == covered);
  BOOST_TEST(record.substr(frame_header_bytes) == "abc");
  BOOST_TEST(crc == base::crc32c(base::crc32c(5, covered), "abc"));
  BOOST_TEST(static_cast<unsigned char>(record[5]) == (crc & 0xffU));
  BOOST_TEST(static_cast<unsigned char>(record[8]) == crc >> 24U);
}

BOOST_AUTO_TEST_CASE(a_frame_verifies_only_behind_the_one_that_it_followed) {
  BOOST_TEST(fault_in(two_frames(9), 9) == "");
  BOOST_TEST(fault_in(two_frames(9), 8) == "wrong-checksum");
}

BOOST_AUTO_TEST_CASE(a_segment_begins_whatever_was_before) {
  Bytes record;
  std::uint32_t crc = 77;
  put_frame(record, FrameType::segment, "header", crc);
  BOOST_TEST(fault_in(record, 3) == "");
}

BOOST_AUTO_TEST_CASE(a_record_that_ends_too_early_is_cut_short_wherever_it_ends) {
  const Bytes record = two_frames(9);
  const std::size_t whole = frame_header_bytes + std::string("some entries").size();
  for (std::size_t size = 0; size < record.size(); ++size) {
    BOOST_TEST(fault_in(record.substr(0, size), 9) == (size == whole ? "" : "cut-short"), "of size " << size);
  }
}

BOOST_AUTO_TEST_CASE(a_type_that_nobody_knows_is_refused) {
  Bytes record = two_frames(9);
  record[4] = static_cast<char>(static_cast<unsigned>(FrameType::batch) + 1);
  BOOST_TEST(fault_in(record, 9) == "unknown-type");
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_found) {
  const Bytes record = two_frames(9);
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    Bytes flipped = record;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    BOOST_TEST(fault_in(flipped, 9) != "", "bit " << bit);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::store::wal
