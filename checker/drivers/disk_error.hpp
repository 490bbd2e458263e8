// Why a disk refuses: what was tried, on which file, and what the operating system said.
#pragma once

#include <cstdint>
#include <string>

namespace plimsoll::drivers {

struct DiskError {
  enum class Kind : std::uint8_t {
    call,     ///< a call failed: `code` is its errno
    corrupt,  ///< what is in a file is not what was written there, and no crash explains it
    in_use,   ///< another process has the directory open as a disk
  };
  Kind kind = Kind::call;
  std::string what = {};  ///< "write 0000000000000000.log"
  int code = 0;

  /// "write 0000000000000000.log: No space left on device"
  [[nodiscard]] std::string to_string() const;
};

/// Of the call that just failed.
[[nodiscard]] DiskError call_failed(std::string what);

}  // namespace plimsoll::drivers
