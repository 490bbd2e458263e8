// The JSON of etcd's v3 gateway, to and from the store's own words.
//
// Bytes are base64, 64-bit integers strings, and members at their defaults absent. Reading is as lenient as
// the gateway is: unknown members are ignored, both spellings of a name are known (range_end, rangeEnd),
// numbers may come as strings, null is a default; what it refuses, it refuses with an error of its own.
// Source: etcd api/etcdserverpb/rpc.proto, gw/rpc.pb.gw.go, v3rpc/rpctypes/error.go (v3.4, v3.5); answers
// recorded from etcd 3.4.23. Deviates: numbers below 0 are read as 0 (a limit and a revision mean the same
// then); of the requests that change members and of a server's status there is no JSON here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "impl/base/kv.hpp"

namespace plimsoll::properties::store {

using RequestBody = decltype(kv::Request::body);
using ResultBody = decltype(kv::Response::result);

struct GatewayCall {
  std::string path = {};  ///< "/v3/kv/put"
  std::string json = {};
};
/// `json` is the error's if the status is not 200.
struct GatewayAnswer {
  int status = 200;
  std::string json = {};
};

/// Of a watch, a cancellation or a question for progress: the message for the stream.
/// Requires: not of members or a server's status.
[[nodiscard]] GatewayCall write_request(const RequestBody& request);
/// Error: the answer by which the gateway refuses, or for what we have no words, one with status 501.
[[nodiscard]] tl::expected<RequestBody, GatewayAnswer> read_request(const GatewayCall& call);

/// The answer to a request with this body. Stream answers (keep-alive) come as one {"result": ...}.
[[nodiscard]] GatewayAnswer write_response(const RequestBody& asked, const kv::Response& response);
/// The id of the response is 0, the revision of a refusal too.
/// Error: a sentence that says what is no answer to such a request.
[[nodiscard]] tl::expected<kv::Response, std::string> read_response(const RequestBody& asked,
                                                                    const GatewayAnswer& answer);

/// One message of a watch's stream: {"result": ...}. Watch ids are the streams' own matter: the first watch
/// of a stream has number 0, which is absent.
[[nodiscard]] std::string write_watch_response(const kv::WatchResponse& response);
[[nodiscard]] tl::expected<kv::WatchResponse, std::string> read_watch_response(std::string_view json,
                                                                               kv::WatchId watch);

}  // namespace plimsoll::properties::store
