// What a client of a scenario does, in words: one line for each request.
//
//   put KEY VALUE [lease N] [prev-kv] [ignore-value] [ignore-lease]
//   get KEY [at N] [serializable]         delete KEY [prev-kv]
//   txn if KEY TARGET SIGN NUMBER, ... then OPERATION, ... else OPERATION, ...
//   lease N ttl TICKS    revoke N    keep-alive N
//   watch KEY [from N] [prev-kv] [progress-notify] [no-put] [no-delete]    progress
//   compact N [physical]    defragment
//
// The key `*` means all keys. TARGET is version, create, mod or lease; SIGN is =, !=, < or >. Each of `if`,
// `then` and `else` may be left out, in this order; operations in a transaction are put, get and delete.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "impl/base/kv.hpp"

namespace plimsoll::properties::store {

using RequestBody = decltype(kv::Request::body);

/// Watches get the id 0: whoever sends the request names them. Error: what is wrong, in words.
[[nodiscard]] tl::expected<RequestBody, std::string> parse_operation(const std::string& line);

/// Must its answer say no older revision than any answer that came before it was asked? (ETCD-5)
[[nodiscard]] bool is_linearizable(const RequestBody& body);

}  // namespace plimsoll::properties::store
