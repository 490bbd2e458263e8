// Base64 as Go's encoding/base64 reads and writes it, mistakes and all: etcd's gateway reports its errors.
//
// Source: RFC 4648, section 4; Go src/encoding/base64/base64.go (StdEncoding, CorruptInputError).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace plimsoll::properties::store {

[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Line ends are passed over, padding is required. Error: the place of the "input byte" that Go's message
/// names, which for text that ends too early is that of its last group.
[[nodiscard]] tl::expected<std::string, std::size_t> from_base64(std::string_view text);

}  // namespace plimsoll::properties::store
