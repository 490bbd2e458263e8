// For tests: short words for requests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "impl/base/kv.hpp"

namespace plimsoll::store::words {

inline kv::PutRequest put(std::string key, std::string value = "v", std::uint64_t lease = 0) {
  return {std::move(key), std::move(value), {lease}, false, false, false};
}
inline kv::PutRequest put_keeping_value(std::string key, std::uint64_t lease = 0) {
  return {std::move(key), "", {lease}, false, true, false};
}
inline kv::PutRequest put_keeping_lease(std::string key, std::string value) {
  return {std::move(key), std::move(value), {}, false, false, true};
}
inline kv::DeleteRequest remove(std::string key, std::string range_end = "") {
  return {{std::move(key), std::move(range_end)}, false};
}
inline kv::RangeRequest get(std::string key, std::string range_end = "", std::uint64_t revision = 0) {
  kv::RangeRequest request;
  request.range = {std::move(key), std::move(range_end)};
  request.revision = {revision};
  return request;
}
inline kv::TxnRequest txn(std::vector<kv::Operation> success, std::vector<kv::Operation> failure = {},
                          std::vector<kv::Compare> compares = {}) {
  return {std::move(compares), std::move(success), std::move(failure)};
}
inline kv::Compare compare(std::string key, kv::CompareTarget target, kv::CompareResult result,
                           std::uint64_t number) {
  return {std::move(key), target, result, number, "", ""};
}
inline kv::Compare compare_value(std::string key, kv::CompareResult result, std::string value) {
  return {std::move(key), kv::CompareTarget::value, result, 0, std::move(value), ""};
}
inline kv::Compare over(std::string range_end, kv::Compare compare) {
  compare.range_end = std::move(range_end);
  return compare;
}
inline const std::string open_end{'\0'};  ///< all keys from `key` on

}  // namespace plimsoll::store::words
