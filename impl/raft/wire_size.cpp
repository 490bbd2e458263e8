#include "impl/raft/wire_size.hpp"

#include <algorithm>
#include <bit>

namespace plimsoll::raft {

std::uint64_t varint_size(std::uint64_t value) {
  return std::max<std::uint64_t>((static_cast<std::uint64_t>(std::bit_width(value)) + 6) / 7, 1);
}

std::uint64_t wire_size(const Entry& entry) {
  // A byte for each field's number; then the number, or the length and the data.
  std::uint64_t size = 1 + varint_size(static_cast<std::uint64_t>(entry.type)) + 1 + varint_size(entry.term) +
                       1 + varint_size(entry.index);
  if (!entry.data.empty()) {
    size += 1 + varint_size(entry.data.size()) + entry.data.size();
  }
  return size;
}

std::uint64_t wire_size(std::span<const Entry> entries) {
  std::uint64_t size = 0;
  for (const Entry& entry : entries) {
    size += wire_size(entry);
  }
  return size;
}

std::uint64_t payload_size(const Entry& entry) {
  return entry.data.size();
}

std::uint64_t payload_size(std::span<const Entry> entries) {
  std::uint64_t size = 0;
  for (const Entry& entry : entries) {
    size += payload_size(entry);
  }
  return size;
}

std::span<const Entry> limit_size(std::span<const Entry> entries, std::uint64_t bytes) {
  std::uint64_t size = 0;
  for (std::size_t count = 0; count < entries.size(); ++count) {
    size += wire_size(entries[count]);
    if (size > bytes) {
      return entries.first(std::max<std::size_t>(count, 1));
    }
  }
  return entries;
}

}  // namespace plimsoll::raft
