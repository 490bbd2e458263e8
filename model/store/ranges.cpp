#include "model/store/ranges.hpp"

#include <algorithm>
#include <vector>

namespace plimsoll::model::store {
namespace {

[[nodiscard]] bool is_filtered(const kv::RangeRequest& request) {
  const kv::Revision none{};
  return request.min_mod_revision != none || request.max_mod_revision != none ||
         request.min_create_revision != none || request.max_create_revision != none;
}

[[nodiscard]] bool passes(const kv::KeyValue& kv, const kv::RangeRequest& request) {
  const auto within = [](kv::Revision revision, kv::Revision min, kv::Revision max) {
    return revision >= min && (max == kv::Revision{} || revision <= max);
  };
  return within(kv.mod_revision, request.min_mod_revision, request.max_mod_revision) &&
         within(kv.create_revision, request.min_create_revision, request.max_create_revision);
}

[[nodiscard]] bool is_less(const kv::KeyValue& a, const kv::KeyValue& b, kv::SortTarget target) {
  switch (target) {
    case kv::SortTarget::version:
      return a.version < b.version;
    case kv::SortTarget::create_revision:
      return a.create_revision < b.create_revision;
    case kv::SortTarget::mod_revision:
      return a.mod_revision < b.mod_revision;
    case kv::SortTarget::value:
      return a.value < b.value;
    case kv::SortTarget::key:
      break;
  }
  return a.key < b.key;
}

/// Keys that are equal in what is sorted by stay in order of key, whatever the direction.
void sort(std::vector<kv::KeyValue>& kvs, const kv::RangeRequest& request) {
  const bool descends = request.sort_order == kv::SortOrder::descend;
  std::ranges::sort(kvs, [&](const kv::KeyValue& a, const kv::KeyValue& b) {
    const kv::KeyValue& lesser = descends ? b : a;
    const kv::KeyValue& greater = descends ? a : b;
    if (is_less(lesser, greater, request.sort_target)) {
      return true;
    }
    return !is_less(greater, lesser, request.sort_target) && a.key < b.key;
  });
}

}  // namespace

kv::RangeResult read_range(const Keys& keys, const kv::RangeRequest& request) {
  kv::RangeResult result;
  for (const auto& [key, kv] : keys) {
    if (kv::contains(request.range, key)) {
      result.kvs.push_back(kv);
    }
  }
  result.count = result.kvs.size();
  if (request.count_only) {
    result.kvs.clear();
    return result;
  }
  // etcd fetches no more than it needs where it need not look at all: without an order or a filter the first
  // keys, and one more that tells whether there is more. So a target without an order sorts only these.
  if (request.limit != 0 && request.sort_order == kv::SortOrder::none && !is_filtered(request) &&
      result.kvs.size() > request.limit) {
    result.kvs.resize(request.limit + 1);
  }
  std::erase_if(result.kvs, [&](const kv::KeyValue& kv) { return !passes(kv, request); });
  sort(result.kvs, request);
  if (request.limit != 0 && result.kvs.size() > request.limit) {
    result.kvs.resize(request.limit);
    result.more = true;
  }
  for (kv::KeyValue& kv : result.kvs) {
    kv.value = request.keys_only ? std::string() : std::move(kv.value);
  }
  return result;
}

}  // namespace plimsoll::model::store
