// What a client asks of the server that is killed: an endless sequence, any request of which can be made
// again, so that neither the server nor its judge has to write down what was asked.
#pragma once

#include <cstdint>

#include "impl/base/kv.hpp"

namespace plimsoll::properties::store {

/// The request with this number, from 1, which is its id too: puts, deletions, transactions, leases and
/// compactions of a few keys. It depends on nothing but its arguments. No request is refused before it is in
/// the log.
[[nodiscard]] kv::Request request_number(std::uint64_t number, std::uint64_t seed);

/// Is it answered only by work that the server does later?
[[nodiscard]] bool has_late_answer(const kv::Request& request);

}  // namespace plimsoll::properties::store
