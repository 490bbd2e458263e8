// What answers of the store say, and whether they are those of the sequential program.
#include <algorithm>

#include "checker/history/overloaded.hpp"
#include "checker/history/store_object.hpp"

namespace plimsoll::history {
namespace {

using kv::KeyValue;

bool agree(const KeyValue& is, const KeyValue& told) {
  const auto same = [](auto real, auto recorded) {
    return recorded == decltype(recorded){} || real == recorded;
  };
  return is.key == told.key && is.value == told.value && is.lease == told.lease &&
         same(is.create_revision, told.create_revision) && same(is.mod_revision, told.mod_revision) &&
         same(is.version, told.version);
}
bool agree(const std::vector<KeyValue>& is, const std::vector<KeyValue>& told) {
  return std::ranges::equal(is, told, [](const auto& a, const auto& b) { return agree(a, b); });
}

bool agree(const kv::RangeRequest& /*request*/, const kv::RangeResult& is, const kv::RangeResult& told) {
  return agree(is.kvs, told.kvs) && is.more == told.more &&
         (is.count == told.count || (told.count == 0 && !told.kvs.empty()));
}
bool agree(const kv::PutRequest& /*request*/, const kv::PutResult& is, const kv::PutResult& told) {
  return is.prev_kv.has_value() == told.prev_kv.has_value() &&
         (!is.prev_kv || agree(*is.prev_kv, *told.prev_kv));
}
bool agree(const kv::DeleteRequest& /*request*/, const kv::DeleteResult& is, const kv::DeleteResult& told) {
  return is.deleted == told.deleted && agree(is.prev_kvs, told.prev_kvs);
}
bool agree(const kv::TxnRequest& request, const kv::TxnResult& is, const kv::TxnResult& told) {
  if (is.succeeded != told.succeeded || is.responses.size() != told.responses.size()) {
    return false;
  }
  const auto& operations = is.succeeded ? request.success : request.failure;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const auto* range = std::get_if<kv::RangeRequest>(&operations[i]);
    if (range != nullptr && range->revision.value != 0) {
      continue;
    }
    const bool agrees =
        std::visit(Overloaded{[](const kv::RangeRequest& asked, const kv::RangeResult& a,
                                 const kv::RangeResult& b) { return agree(asked, a, b); },
                              [](const kv::PutRequest& asked, const kv::PutResult& a,
                                 const kv::PutResult& b) { return agree(asked, a, b); },
                              [](const kv::DeleteRequest& asked, const kv::DeleteResult& a,
                                 const kv::DeleteResult& b) { return agree(asked, a, b); },
                              [](const base::Box<kv::TxnRequest>& asked, const base::Box<kv::TxnResult>& a,
                                 const base::Box<kv::TxnResult>& b) { return agree(*asked, *a, *b); },
                              [](const auto&, const auto&, const auto&) { return false; }},
                   operations[i], is.responses[i], told.responses[i]);
    if (!agrees) {
      return false;
    }
  }
  return true;
}

bool has_changed(const kv::RangeResult& /*result*/) {
  return false;
}
bool has_changed(const kv::PutResult& /*result*/) {
  return true;
}
bool has_changed(const kv::DeleteResult& result) {
  return result.deleted > 0;
}
bool has_changed(const kv::TxnResult& result) {
  return std::ranges::any_of(result.responses, [](const kv::OperationResult& one) {
    return std::visit(Overloaded{[](const base::Box<kv::TxnResult>& inner) { return has_changed(*inner); },
                                 [](const auto& other) { return has_changed(other); }},
                      one);
  });
}

/// Calls `visit` with every part of a request: compares and what is no transaction.
template <class Visit>
void each_part(const kv::TxnRequest& request, const Visit& visit) {
  std::ranges::for_each(request.compares, visit);
  for (const auto* branch : {&request.success, &request.failure}) {
    for (const kv::Operation& operation : *branch) {
      std::visit(Overloaded{[&](const base::Box<kv::TxnRequest>& inner) { each_part(*inner, visit); },
                            [&](const auto& other) { visit(other); }},
                 operation);
    }
  }
}
template <class Visit>
void each_part(const StoreRequest& request, const Visit& visit) {
  std::visit(Overloaded{[&](const kv::TxnRequest& txn) { each_part(txn, visit); },
                        [&](const auto& other) { visit(other); }},
             request);
}

bool holds_revisions(const KeyValue& told) {
  return told.create_revision.value != 0 || told.mod_revision.value != 0;
}
bool holds_revisions(const kv::RangeResult& result) {
  return std::ranges::any_of(result.kvs, [](const KeyValue& told) { return holds_revisions(told); });
}
bool holds_revisions(const kv::PutResult& result) {
  return result.prev_kv && holds_revisions(*result.prev_kv);
}
bool holds_revisions(const kv::DeleteResult& result) {
  return std::ranges::any_of(result.prev_kvs, [](const KeyValue& told) { return holds_revisions(told); });
}
bool holds_revisions(const kv::TxnResult& result) {
  return std::ranges::any_of(result.responses, [](const kv::OperationResult& one) {
    return std::visit(
        Overloaded{[](const base::Box<kv::TxnResult>& inner) { return holds_revisions(*inner); },
                   [](const auto& other) { return holds_revisions(other); }},
        one);
  });
}

}  // namespace

bool agrees(const StoreRequest& request, const StoreResult& result, const StoreResult& told) {
  if (result.index() != told.index() || request.index() != told.index()) {
    return false;
  }
  return std::visit(
      [&](const auto& is) {
        using Result = std::remove_cvref_t<decltype(is)>;
        const auto& other = std::get<Result>(told);
        if constexpr (std::is_same_v<Result, kv::RangeResult>) {
          return agree(std::get<kv::RangeRequest>(request), is, other);
        } else if constexpr (std::is_same_v<Result, kv::PutResult>) {
          return agree(std::get<kv::PutRequest>(request), is, other);
        } else if constexpr (std::is_same_v<Result, kv::DeleteResult>) {
          return agree(std::get<kv::DeleteRequest>(request), is, other);
        } else {
          return agree(std::get<kv::TxnRequest>(request), is, other);
        }
      },
      result);
}

bool has_changed_something(const StoreResult& result) {
  return std::visit([](const auto& one) { return has_changed(one); }, result);
}

bool reads_the_past(const StoreRequest& request) {
  const auto* range = std::get_if<kv::RangeRequest>(&request);
  return range != nullptr && (range->serializable || range->revision.value != 0);
}

std::vector<KeyInterval> keys_of(const StoreRequest& request) {
  std::vector<KeyInterval> keys;
  each_part(request, Overloaded{[&](const kv::PutRequest& put) { keys.push_back(interval_of(put.key, "")); },
                                [&](const kv::Compare& compare) {
                                  keys.push_back(interval_of(compare.key, compare.range_end));
                                },
                                [&](const auto& ranged) {
                                  keys.push_back(interval_of(ranged.range.key, ranged.range.range_end));
                                }});
  return keys;
}

bool mentions_revisions(const StoreRequest& request) {
  bool found = false;
  each_part(request,
            Overloaded{[&](const kv::PutRequest& /*put*/) {}, [&](const kv::DeleteRequest& /*deletion*/) {},
                       [&](const kv::Compare& compare) {
                         found = found || compare.target == kv::CompareTarget::create_revision ||
                                 compare.target == kv::CompareTarget::mod_revision;
                       },
                       [&](const kv::RangeRequest& range) {
                         found = found || range.revision.value != 0 || range.min_mod_revision.value != 0 ||
                                 range.max_mod_revision.value != 0 || range.min_create_revision.value != 0 ||
                                 range.max_create_revision.value != 0 ||
                                 range.sort_target == kv::SortTarget::create_revision ||
                                 range.sort_target == kv::SortTarget::mod_revision;
                       }});
  return found;
}

bool mentions_revisions(const StoreResult& result) {
  return std::visit([](const auto& one) { return holds_revisions(one); }, result);
}

}  // namespace plimsoll::history
