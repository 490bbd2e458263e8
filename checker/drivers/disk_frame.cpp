#include "checker/drivers/disk_frame.hpp"

#include <algorithm>
#include <limits>

#include "impl/base/assert.hpp"
#include "impl/base/crc32c.hpp"

namespace plimsoll::drivers {
namespace {

constexpr std::uint64_t alignment = 32;
constexpr std::uint64_t sector_bytes = 512;

std::uint64_t padded(std::uint64_t size) {
  return (size + alignment - 1) / alignment * alignment;
}

void put_number(base::Bytes& out, std::uint64_t number, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) {
    out.push_back(static_cast<char>(number >> 8U * i & 0xffU));
  }
}

std::uint64_t number_at(base::BytesView bytes, std::size_t position, unsigned count) {
  std::uint64_t number = 0;
  for (unsigned i = count; i > 0; --i) {
    number = number << 8U | static_cast<unsigned char>(bytes[position + i - 1]);
  }
  return number;
}

/// Is any sector of file[begin, end), or what of it is there, nothing but zeros?
bool has_unwritten_sector(base::BytesView file, std::uint64_t begin, std::uint64_t end) {
  for (std::uint64_t at = begin; at < end;) {
    const std::uint64_t next = std::min(end, (at / sector_bytes + 1) * sector_bytes);
    const base::BytesView piece = file.substr(at, next - at);
    if (piece.find_first_not_of('\0') == base::BytesView::npos) {
      return true;
    }
    at = next;
  }
  return false;
}

}  // namespace

void put_disk_frame(base::Bytes& out, const DiskFrame& frame) {
  PLIMSOLL_ASSERT(frame.payload.size() <= std::numeric_limits<std::uint32_t>::max());
  PLIMSOLL_ASSERT(out.size() % alignment == 0);
  const std::size_t begin = out.size();
  const base::Bytes padding(padded(frame.payload.size()) - frame.payload.size(), '\0');
  put_number(out, frame.payload.size(), 4);
  put_number(out, static_cast<std::uint32_t>(frame.type), 4);
  put_number(out, frame.number, 8);
  put_number(out, frame.synced, 8);
  put_number(out, base::crc32c(base::crc32c(0, frame.payload), padding), 4);
  put_number(out, base::crc32c(0, base::BytesView(out).substr(begin)), 4);
  out.append(frame.payload);
  out.append(padding);
}

base::Bytes number_payload(std::uint64_t number) {
  base::Bytes payload;
  put_number(payload, number, 8);
  return payload;
}

std::uint64_t payload_number(base::BytesView payload) {
  PLIMSOLL_ASSERT(payload.size() == 8);
  return number_at(payload, 0, 8);
}

std::optional<DiskFrameHeader> read_disk_frame_header(base::BytesView file, std::uint64_t begin) {
  if (file.size() - begin < disk_frame_header_bytes) {
    return std::nullopt;
  }
  const base::BytesView header = file.substr(begin, disk_frame_header_bytes);
  const std::uint64_t type = number_at(header, 4, 4);
  if (base::crc32c(0, header.substr(0, 28)) != number_at(header, 28, 4) ||
      type < static_cast<std::uint64_t>(DiskFrameType::segment) ||
      type > static_cast<std::uint64_t>(DiskFrameType::release)) {
    return std::nullopt;
  }
  return DiskFrameHeader{static_cast<std::uint32_t>(number_at(header, 0, 4)),
                         static_cast<DiskFrameType>(type),
                         number_at(header, 8, 8),
                         number_at(header, 16, 8),
                         static_cast<std::uint32_t>(number_at(header, 24, 4)),
                         begin + disk_frame_header_bytes + padded(number_at(header, 0, 4))};
}

DiskFrameRead read_disk_frame(base::BytesView file, std::uint64_t begin) {
  using Kind = DiskFrameRead::Kind;
  const std::uint64_t header_end = begin + disk_frame_header_bytes;
  if (file.size() < header_end) {
    return {Kind::torn};
  }
  const auto header = read_disk_frame_header(file, begin);
  if (!header) {
    return {has_unwritten_sector(file, begin, header_end) ? Kind::torn : Kind::damaged};
  }
  const std::uint64_t end = header->end;
  if (file.size() < end) {
    return {Kind::torn};
  }
  if (base::crc32c(0, file.substr(header_end, end - header_end)) != header->payload_crc) {
    return has_unwritten_sector(file, begin, end) ? DiskFrameRead{Kind::torn, {}, end, header->number}
                                                  : DiskFrameRead{Kind::damaged};
  }
  return {Kind::frame,
          {header->type, header->number, header->synced, file.substr(header_end, header->length)},
          end,
          header->number};
}

}  // namespace plimsoll::drivers
