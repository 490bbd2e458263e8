// CRC-32C (Castagnoli): the checksum of etcd's write-ahead log and of its HashKV, of ext4 and of iSCSI.
//
// Source: RFC 3720, appendix B.4 (polynomial, test vectors); Go hash/crc32 (Castagnoli), whose Update() has
// the same meaning. Eight bytes at a time by tables ("slicing-by-8": Kounavis and Berry, ISCC 2005), which is
// portable and fast enough not to matter beside a disk.
#pragma once

#include <cstdint>

#include "impl/base/bytes.hpp"

namespace plimsoll::base {

/// The checksum of all that `crc` is the checksum of, followed by `bytes`. The checksum of nothing is 0.
/// A single flipped bit, and any burst of up to 32 bits, always changes it. Complexity: linear.
[[nodiscard]] std::uint32_t crc32c(std::uint32_t crc, BytesView bytes);

}  // namespace plimsoll::base
