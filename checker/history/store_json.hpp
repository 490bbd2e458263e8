// Requests and answers of the store as JSON, in the members and enumerators of etcd's gateway:
//
//   {"key":"a","value":"1","prev_kv":true}                                                      a put
//   {"compare":[{"key":"a","target":"MOD","result":"EQUAL","mod_revision":"3"}],
//    "success":[{"request_put":{"key":"a","value":"1"}}],"failure":[{"request_range":{"key":"a"}}]}
//   {"header":{"revision":"4"},"succeeded":true,"responses":[{"response_put":{}}]}
//
// Deviates: keys and values are strings as they are, where the gateway has base64. Numbers may be strings of
// digits or numbers. Of a request every member must be known, since what it asks for changes its meaning; of
// an answer, members that say nothing of keys are passed over.
#pragma once

#include <cstdint>
#include <string>

#include <tl/expected.hpp>

#include "checker/history/history.hpp"

namespace boost::json {
class value;
}

namespace plimsoll::history {

enum class StoreVerb : std::uint8_t { range, put, remove, txn };

/// Errors are sentences: what was expected, and where in the value.
[[nodiscard]] tl::expected<StoreRequest, std::string> read_request(StoreVerb verb,
                                                                   const boost::json::value& json);

struct StoreAnswer {
  StoreResult result = {};
  std::uint64_t revision = 0;  ///< 0: there is no header
};
/// Of an answer to `request`. Errors: also those of an answer to something else.
[[nodiscard]] tl::expected<StoreAnswer, std::string> read_answer(const StoreRequest& request,
                                                                 const boost::json::value& json);

[[nodiscard]] tl::expected<kv::WatchRequest, std::string> read_watch_request(const boost::json::value& json);
[[nodiscard]] tl::expected<kv::WatchResponse, std::string> read_watch_response(
    const boost::json::value& json);

}  // namespace plimsoll::history
