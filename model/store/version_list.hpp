// For tests: the dumbest store there is, a list of all versions of all keys.
//
// It shares nothing with the spec but the words of kv.hpp. Source: ETCD-1..4 and 9 of the semantics. Keys are
// a, b and c.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/kv.hpp"
#include "model/store/data.hpp"

namespace plimsoll::model::store {

/// One change of one key; no value: deleted.
struct Version {
  std::uint64_t revision;
  std::string key;
  std::optional<std::string> value;
  std::uint64_t lease;
};

class VersionList {
 public:
  std::uint64_t revision = 1;
  std::uint64_t compacted = 0;
  std::set<std::uint64_t> leases;
  std::vector<Version> versions;

  /// What the i-th version made of its key.
  [[nodiscard]] kv::KeyValue described(std::size_t i) const {
    kv::KeyValue kv;
    kv.key = versions[i].key;
    kv.mod_revision = {versions[i].revision};
    if (!versions[i].value) {
      return kv;
    }
    kv.value = *versions[i].value;
    kv.lease = {versions[i].lease};
    for (std::size_t j = i + 1; j-- > 0;) {
      if (versions[j].key == kv.key) {
        if (!versions[j].value) {
          break;
        }
        ++kv.version;
        kv.create_revision = {versions[j].revision};
      }
    }
    return kv;
  }
  /// The key as it was, if it was live; without a revision as it is, with the revision in the making.
  [[nodiscard]] std::optional<kv::KeyValue> present(const std::string& key,
                                                    std::uint64_t at = UINT64_MAX) const {
    for (std::size_t i = versions.size(); i-- > 0;) {
      if (versions[i].key == key && versions[i].revision <= at) {
        return versions[i].value ? std::optional(described(i)) : std::nullopt;
      }
    }
    return std::nullopt;
  }
  [[nodiscard]] std::vector<kv::KeyValue> range(const kv::KeyRange& keys,
                                                std::uint64_t at = UINT64_MAX) const {
    std::vector<kv::KeyValue> found;
    for (const std::string key : {"a", "b", "c"}) {
      const auto kv = present(key, at);
      if (kv && kv::contains(keys, key)) {
        found.push_back(*kv);
      }
    }
    return found;
  }

  [[nodiscard]] std::optional<kv::ErrorCode> refusal(const std::vector<kv::Operation>& operations) const {
    for (const kv::Operation& operation : operations) {
      const auto* put = std::get_if<kv::PutRequest>(&operation);
      if (put != nullptr && put->lease.value != 0 && !leases.contains(put->lease.value)) {
        return kv::ErrorCode::lease_not_found;
      }
    }
    return std::nullopt;
  }
  /// Appends versions with the next revision, which the caller adopts by settle().
  std::vector<kv::OperationResult> run(const std::vector<kv::Operation>& operations) {
    std::vector<kv::OperationResult> results;
    for (const kv::Operation& operation : operations) {
      if (const auto* put = std::get_if<kv::PutRequest>(&operation)) {
        versions.push_back({revision + 1, put->key, put->value, put->lease.value});
        results.emplace_back(kv::PutResult{});
      } else if (const auto* removal = std::get_if<kv::DeleteRequest>(&operation)) {
        const auto doomed = range(removal->range);
        for (const kv::KeyValue& kv : doomed) {
          versions.push_back({revision + 1, kv.key, std::nullopt, 0});
        }
        results.emplace_back(kv::DeleteResult{doomed.size(), {}});
      } else {
        const auto kvs = range(std::get<kv::RangeRequest>(operation).range);
        results.emplace_back(kv::RangeResult{kvs, kvs.size()});
      }
    }
    return results;
  }
  void end_lease(std::uint64_t lease) {
    leases.erase(lease);
    for (const kv::KeyValue& kv : range({"a", "z"})) {
      if (kv.lease.value == lease) {
        versions.push_back({revision + 1, kv.key, std::nullopt, 0});
      }
    }
  }
  void settle(bool keep_history) {
    if (!versions.empty() && versions.back().revision > revision) {
      revision = versions.back().revision;
      compacted = keep_history ? compacted : revision;
    }
  }

  [[nodiscard]] bool holds(const kv::Compare& compare) const {
    const auto kv = present(compare.key);
    const auto decide = [&](const auto& mine, const auto& theirs) {
      switch (compare.result) {
        case kv::CompareResult::equal:
          return mine == theirs;
        case kv::CompareResult::greater:
          return mine > theirs;
        case kv::CompareResult::less:
          return mine < theirs;
        default:
          return mine != theirs;
      }
    };
    if (compare.target == kv::CompareTarget::value) {
      return kv && decide(kv->value, compare.value);
    }
    const kv::KeyValue it = kv.value_or(kv::KeyValue{});
    const std::uint64_t numbers[] = {it.version, it.create_revision.value, it.mod_revision.value, 0,
                                     it.lease.value};
    return decide(numbers[static_cast<std::size_t>(compare.target)], compare.number);
  }
};

}  // namespace plimsoll::model::store
