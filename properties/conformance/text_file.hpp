// Reading a file that may be anything.
#pragma once

#include <cstdint>
#include <string>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"

namespace plimsoll::properties {

/// No material we know of is larger by far.
inline constexpr std::uint64_t file_bytes_max = std::uint64_t{256} << 20U;

/// The bytes of the file. Errors: there is none, it is a directory, it cannot be read, or has more than
/// `bytes_max`.
[[nodiscard]] tl::expected<std::string, scenario::Error> read_file(const std::string& path,
                                                                   std::uint64_t bytes_max = file_bytes_max);

}  // namespace plimsoll::properties
