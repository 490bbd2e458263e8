#include "checker/drivers/disk_error.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace plimsoll::drivers {

std::string DiskError::to_string() const {
  return kind == Kind::call ? what + ": " + std::generic_category().message(code) : what;
}

DiskError call_failed(std::string what) {
  return {DiskError::Kind::call, std::move(what), errno};
}

}  // namespace plimsoll::drivers
