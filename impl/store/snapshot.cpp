#include "impl/store/snapshot.hpp"

#include "impl/base/crc32c.hpp"
#include "impl/base/described.hpp"

namespace plimsoll::store {
namespace {

constexpr base::BytesView magic = "plimsoll-db-1\n";
constexpr std::size_t crc_bytes = 4;

std::uint32_t word_at(base::BytesView bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = crc_bytes; i > 0; --i) {
    word = word << 8U | static_cast<unsigned char>(bytes[i - 1]);
  }
  return word;
}

}  // namespace

base::Bytes to_snapshot(const Backend& backend) {
  const base::Bytes content = base::to_bytes(backend);
  base::Bytes bytes(magic);
  const std::uint32_t crc = base::crc32c(0, content);
  for (unsigned shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<char>(crc >> shift & 0xffU));
  }
  return bytes + content;
}

tl::expected<Backend, SnapshotError> from_snapshot(base::BytesView bytes) {
  if (!bytes.starts_with(magic.substr(0, bytes.size()))) {
    return tl::unexpected(SnapshotError::foreign);
  }
  if (bytes.size() <= magic.size() + crc_bytes) {
    return tl::unexpected(SnapshotError::cut_short);
  }
  const base::BytesView content = bytes.substr(magic.size() + crc_bytes);
  if (base::crc32c(0, content) != word_at(bytes.substr(magic.size()))) {
    return tl::unexpected(SnapshotError::corrupt);
  }
  return base::from_bytes<Backend>(content);
}

}  // namespace plimsoll::store
