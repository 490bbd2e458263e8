#include "impl/store/wal/frame.hpp"

#include <limits>

#include "impl/base/assert.hpp"
#include "impl/base/crc32c.hpp"

namespace plimsoll::store::wal {
namespace {

constexpr std::size_t type_at = 4;
constexpr std::size_t crc_at = 5;

void put_word(base::Bytes& out, std::uint32_t word) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<char>(word >> shift & 0xffU));
  }
}

std::uint32_t word_at(base::BytesView bytes, std::size_t position) {
  std::uint32_t word = 0;
  for (std::size_t i = 4; i > 0; --i) {
    word = word << 8U | static_cast<unsigned char>(bytes[position + i - 1]);
  }
  return word;
}

/// @param covered  Length and type.
std::uint32_t roll(FrameType type, std::uint32_t crc, base::BytesView covered, base::BytesView payload) {
  return base::crc32c(base::crc32c(type == FrameType::segment ? 0 : crc, covered), payload);
}

}  // namespace

void put_frame(base::Bytes& record, FrameType type, base::BytesView payload, std::uint32_t& crc) {
  PLIMSOLL_ASSERT(payload.size() <= std::numeric_limits<std::uint32_t>::max());
  const std::size_t begin = record.size();
  put_word(record, static_cast<std::uint32_t>(payload.size()));
  record.push_back(static_cast<char>(type));
  crc = roll(type, crc, base::BytesView(record).substr(begin, crc_at), payload);
  put_word(record, crc);
  record.append(payload);
}

std::optional<FrameType> FrameReader::peek() const {
  if (left_.size() < frame_header_bytes) {
    return std::nullopt;
  }
  const auto type = static_cast<unsigned char>(left_[type_at]);
  return type <= static_cast<unsigned char>(FrameType::batch) ? std::optional(static_cast<FrameType>(type))
                                                              : std::nullopt;
}

tl::expected<Frame, FrameFault> FrameReader::next() {
  if (left_.size() < frame_header_bytes) {
    return tl::unexpected(FrameFault::cut_short);
  }
  const std::size_t size = word_at(left_, 0);
  if (left_.size() - frame_header_bytes < size) {
    return tl::unexpected(FrameFault::cut_short);
  }
  const std::optional<FrameType> type = peek();
  if (!type) {
    return tl::unexpected(FrameFault::unknown_type);
  }
  Frame frame{*type, left_.substr(frame_header_bytes, size)};
  const std::uint32_t crc = roll(frame.type, crc_, left_.substr(0, crc_at), frame.payload);
  if (crc != word_at(left_, crc_at)) {
    return tl::unexpected(FrameFault::wrong_checksum);
  }
  crc_ = crc;
  left_.remove_prefix(frame_header_bytes + size);
  return frame;
}

}  // namespace plimsoll::store::wal
