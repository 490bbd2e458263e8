// The kernel's error numbers, as far as somebody acts differently on them.
//
// Source: Linux, include/uapi/asm-generic/errno-base.h and errno.h. Names, not numbers: numbers differ
// between architectures.
#pragma once

#include <cstdint>
#include <string>

#include "impl/base/described.hpp"

namespace plimsoll::overlay {

enum class Errno : std::uint8_t {
  eperm,          ///< not permitted
  enoent,         ///< no such entry
  esrch,          ///< no such route, rule or process
  eio,            ///< the request failed
  eacces,         ///< a prohibit route, a filter
  ebusy,          ///< in use
  eexist,         ///< is there already
  enodev,         ///< no such device
  einval,         ///< makes no sense to the kernel
  eopnotsupp,     ///< this device or protocol cannot do that
  eaddrnotavail,  ///< no such address here
  enetdown,       ///< the device is down
  enetunreach,    ///< no route, or a gateway that is not reachable
  ehostunreach,   ///< an unreachable route, or no answer of the neighbour
  emsgsize,       ///< larger than the path takes
  econnrefused,   ///< nobody listens there
  etimedout,      ///< no answer
  enoprotoopt,    ///< no such protocol there
  ehostdown,      ///< the host is down
  enonet,         ///< the host is not on the network
};
PLIMSOLL_DESCRIBE_ENUM(Errno, eperm, enoent, esrch, eio, eacces, ebusy, eexist, enodev, einval, eopnotsupp,
                       eaddrnotavail, enetdown, enetunreach, ehostunreach, emsgsize, econnrefused, etimedout,
                       enoprotoopt, ehostdown, enonet)

/// "EEXIST"
[[nodiscard]] std::string to_text(Errno error);

}  // namespace plimsoll::overlay
