// Files compressed by gzip (RFC 1952), by zlib.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace plimsoll::properties::overlay {

[[nodiscard]] bool is_gzip(std::string_view bytes);
/// All members of the file, one after the other. Error: one sentence; more than 256 MiB come out.
[[nodiscard]] tl::expected<std::string, std::string> gunzip(std::string_view bytes);

}  // namespace plimsoll::properties::overlay
