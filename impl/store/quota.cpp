#include "impl/store/quota.hpp"

#include <algorithm>
#include <variant>

namespace plimsoll::store {
namespace {

constexpr std::uint64_t put_overhead = 256;  // etcd's kvOverhead
constexpr std::uint64_t lease_cost = 64;     // etcd's leaseOverhead

struct CostOf {
  std::uint64_t operator()(const kv::PutRequest& request) const { return cost(request); }
  std::uint64_t operator()(const kv::TxnRequest& request) const { return cost(request); }
  std::uint64_t operator()(const base::Box<kv::TxnRequest>& request) const { return cost(*request); }
  std::uint64_t operator()(const kv::LeaseGrantRequest& request) const { return cost(request); }
  template <class Other>
  std::uint64_t operator()(const Other& /*request*/) const {
    return 0;
  }
};

std::uint64_t cost(const std::vector<kv::Operation>& branch) {
  std::uint64_t sum = 0;
  for (const kv::Operation& operation : branch) {
    sum += std::visit(CostOf{}, operation);
  }
  return sum;
}

}  // namespace

std::uint64_t cost(const kv::PutRequest& request) {
  return put_overhead + request.key.size() + request.value.size();
}

std::uint64_t cost(const kv::TxnRequest& request) {
  return std::max(cost(request.success), cost(request.failure));
}

std::uint64_t cost(const kv::LeaseGrantRequest& /*request*/) {
  return lease_cost;
}

std::uint64_t cost(const InternalRequest& request) {
  return std::visit(CostOf{}, request.body);
}

bool has_room(const Mvcc& store, const InternalRequest& request, std::uint64_t quota_bytes) {
  if (quota_bytes == 0) {
    return true;
  }
  const std::uint64_t added = cost(request);
  return added == 0 || store.size_bytes() + added < quota_bytes;
}

}  // namespace plimsoll::store
