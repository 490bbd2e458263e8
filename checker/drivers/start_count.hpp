// How often a process has started, kept in a file: what base::Started::incarnation is for components that run
// for real.
#pragma once

#include <cstdint>
#include <filesystem>

#include <tl/expected.hpp>

#include "checker/drivers/disk_error.hpp"
#include "checker/drivers/file_calls.hpp"

namespace plimsoll::drivers {

/// Counts this start and returns how many were before it; 0 if the file is not there. The new count is
/// durable when it returns, and no crash leaves half of one. Requires: nobody else does so in this directory
/// at the same time. Errors: call, corrupt.
[[nodiscard]] tl::expected<std::uint32_t, DiskError> count_start(const std::filesystem::path& directory,
                                                                 FileCalls& calls = FileCalls::real());

}  // namespace plimsoll::drivers
