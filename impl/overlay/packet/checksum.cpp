#include "impl/overlay/packet/checksum.hpp"

namespace plimsoll::overlay {
namespace {

std::uint16_t folded(std::uint64_t sum) {
  while (sum > 0xffffU) {
    sum = (sum & 0xffffU) + (sum >> 16U);
  }
  return static_cast<std::uint16_t>(sum);
}

std::uint16_t complement(std::uint16_t word) {
  return static_cast<std::uint16_t>(~word);
}

}  // namespace

ChecksumSum& ChecksumSum::add(std::string_view bytes) {
  std::size_t at = 0;
  for (; at + 1 < bytes.size(); at += 2) {
    sum_ += static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at])) << 8U |
            static_cast<std::uint8_t>(bytes[at + 1]);
  }
  if (at < bytes.size()) {
    sum_ += static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at])) << 8U;
  }
  return *this;
}

ChecksumSum& ChecksumSum::add_pseudo_header(base::Ipv4 src, base::Ipv4 dst, std::uint8_t protocol,
                                            std::size_t length) {
  return add(src).add(dst).add(std::uint16_t{protocol}).add(static_cast<std::uint16_t>(length));
}

std::uint16_t ChecksumSum::checksum() const {
  return complement(folded(sum_));
}

std::uint16_t checksum_of(std::string_view bytes) {
  return ChecksumSum().add(bytes).checksum();
}

std::uint16_t updated_checksum(std::uint16_t checksum, std::uint16_t before, std::uint16_t after) {
  return complement(folded(std::uint64_t{complement(checksum)} + complement(before) + after));
}

std::uint16_t updated_checksum(std::uint16_t checksum, base::Ipv4 before, base::Ipv4 after) {
  const auto high = [](base::Ipv4 address) { return static_cast<std::uint16_t>(address.value() >> 16U); };
  const auto low = [](base::Ipv4 address) { return static_cast<std::uint16_t>(address.value()); };
  return updated_checksum(updated_checksum(checksum, high(before), high(after)), low(before), low(after));
}

}  // namespace plimsoll::overlay
