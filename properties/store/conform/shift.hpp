// Revisions of a running etcd, as a reference counts them.
#pragma once

#include "impl/base/kv.hpp"
#include "properties/store/conform/gateway.hpp"

namespace plimsoll::properties::store {

/// All revisions of the request raised by `by`, but for 0, which says something else.
[[nodiscard]] RequestBody raised(RequestBody request, std::uint64_t by);
/// All revisions of an answer or an event lowered by `by`, but for 0. One that is not above `by` becomes 0,
/// as it is none of the sequence's.
[[nodiscard]] kv::Response lowered(kv::Response response, std::uint64_t by);
[[nodiscard]] kv::WatchResponse lowered(kv::WatchResponse response, std::uint64_t by);

}  // namespace plimsoll::properties::store
