// Changes of tables as people type them: "n1: ip route del 10.244.2.0/24".
//
// Source: the commands of iproute2 and sysctl(8), as far as tables of the data plane have what they ask for:
//   ip route {add|replace|del} [unreachable|blackhole|prohibit] PREFIX [via A] [dev D] [onlink]
//   ip neigh {add|replace|del} A [lladdr MAC] dev D
//   bridge fdb {add|append|replace|del} MAC dev D [dst A]
//   ip link set D {up|down|mtu N}
//   sysctl -w KEY=VALUE
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "impl/overlay/node/table_change.hpp"

namespace plimsoll::properties::overlay {

/// A change, and whose tables it is made to.
struct NamedChange {
  std::string where = {};  ///< the namespace
  plimsoll::overlay::TableChange change = {};
};

/// @return the change, or one sentence that says which word is wrong and what was expected.
[[nodiscard]] tl::expected<NamedChange, std::string> read_change(std::string_view text);

}  // namespace plimsoll::properties::overlay
