#include "properties/store/durability/requests.hpp"

#include <random>
#include <string>
#include <utility>
#include <variant>

namespace plimsoll::properties::store {
namespace {

using Body = decltype(kv::Request::body);

constexpr std::uint64_t key_count = 12;
constexpr std::uint64_t lease_count = 4;
/// In seconds; the test is over long before.
constexpr base::Ticks ttl{1'000'000};

class Drawing {
 public:
  Drawing(std::uint64_t number, std::uint64_t seed)
      : number_(number), random_(number * 0x9e3779b97f4a7c15U ^ seed) {}

  Body body() {
    const std::uint64_t kind = below(100);
    if (kind < 60) {
      return put();
    }
    if (kind < 72) {
      return remove();
    }
    if (kind < 86) {
      return txn();
    }
    if (kind < 91) {
      return kv::LeaseGrantRequest{lease(), ttl};
    }
    if (kind < 94) {
      return kv::LeaseRevokeRequest{lease()};
    }
    if (kind < 99) {
      // About half of what there is: most of the requests before made a revision.
      return kv::CompactRequest{{number_ / 2 + 1}, below(2) == 0};
    }
    return kv::DefragmentRequest{};
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  std::string key() { return "key-" + std::to_string(below(key_count)); }
  kv::LeaseId lease() { return {below(lease_count) + 1}; }

  kv::PutRequest put() {
    kv::PutRequest request{.key = key(), .value = std::to_string(number_) + std::string(below(80), '.')};
    if (below(6) == 0) {
      request.lease = lease();
    }
    return request;
  }
  kv::DeleteRequest remove() {
    kv::DeleteRequest request{.range = {key(), {}}};
    if (below(4) == 0) {
      request.range.range_end = request.range.key + "~";
    }
    return request;
  }
  /// Two keys change together, or another one does.
  kv::TxnRequest txn() {
    kv::TxnRequest request;
    request.compares.push_back({.key = key(),
                                .target = kv::CompareTarget::version,
                                .result = kv::CompareResult::greater,
                                .number = below(3)});
    const std::uint64_t first = below(key_count);
    const std::string value = std::to_string(number_);
    request.success.emplace_back(kv::PutRequest{.key = "key-" + std::to_string(first), .value = value});
    request.success.emplace_back(
        kv::PutRequest{.key = "key-" + std::to_string((first + 1) % key_count), .value = value});
    request.failure.emplace_back(put());
    return request;
  }

  std::uint64_t number_;
  std::mt19937_64 random_;
};

}  // namespace

kv::Request request_number(std::uint64_t number, std::uint64_t seed) {
  kv::Request request;
  request.id = {static_cast<std::uint32_t>(number)};
  request.body = Drawing(number, seed).body();
  return request;
}

bool has_late_answer(const kv::Request& request) {
  if (const auto* compact = std::get_if<kv::CompactRequest>(&request.body)) {
    return compact->physical;
  }
  return std::holds_alternative<kv::DefragmentRequest>(request.body);
}

}  // namespace plimsoll::properties::store
