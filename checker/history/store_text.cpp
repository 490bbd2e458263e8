// Requests and answers of the store in one line each.
#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/core.h>

#include "checker/history/store_object.hpp"
#include "impl/base/described.hpp"
#include "impl/base/quoted.hpp"

namespace plimsoll::history {
namespace {

/// Keys and values as they are where that can be read.
std::string plain(const std::string& text) {
  const bool is_plain = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '/' || c == '-' || c == '_' || c == '.';
  });
  return is_plain ? text : base::quoted(text);
}

std::string keys(const std::string& key, const std::string& range_end) {
  const KeyInterval interval = interval_of(key, range_end);
  if (range_end.empty()) {
    return plain(key);
  }
  return plain(key) + ".." + (interval.to ? plain(*interval.to) : "");
}

std::string text_of(const kv::KeyValue& found) {
  std::string text = plain(found.key) + "=" + plain(found.value);
  return found.mod_revision.value == 0 ? text : text + fmt::format("@{}", found.mod_revision.value);
}
std::string text_of(const std::vector<kv::KeyValue>& found) {
  std::string text;
  for (const kv::KeyValue& one : found) {
    text += (text.empty() ? "" : " ") + text_of(one);
  }
  return text.empty() ? "none" : text;
}

std::string text_of(const kv::Compare& compare) {
  static constexpr std::array<std::string_view, 4> relations = {"=", ">", "<", "!="};
  const bool is_value = compare.target == kv::CompareTarget::value;
  return fmt::format("{} {} {} {}", keys(compare.key, compare.range_end),
                     base::enumerator_text(compare.target),
                     relations.at(static_cast<std::size_t>(compare.result)),
                     is_value ? plain(compare.value) : std::to_string(compare.number));
}

std::string text_of(const kv::RangeRequest& request) {
  std::string text = "get " + keys(request.range.key, request.range.range_end);
  text += request.revision.value == 0 ? "" : fmt::format(" at {}", request.revision.value);
  text += request.serializable ? " serializable" : "";
  return request.limit == 0 ? text : text + fmt::format(" limit {}", request.limit);
}
std::string text_of(const kv::PutRequest& request) {
  return "put " + plain(request.key) + (request.ignore_value ? "" : " " + plain(request.value));
}
std::string text_of(const kv::DeleteRequest& request) {
  return "delete " + keys(request.range.key, request.range.range_end);
}
std::string text_of(const kv::TxnRequest& request);
std::string text_of(const kv::Operation& operation) {
  if (const auto* inner = std::get_if<base::Box<kv::TxnRequest>>(&operation)) {
    return "(" + text_of(**inner) + ")";
  }
  return std::visit(
      [](const auto& one) {
        if constexpr (std::is_same_v<decltype(one), const base::Box<kv::TxnRequest>&>) {
          return std::string();
        } else {
          return text_of(one);
        }
      },
      operation);
}
std::string text_of(const std::vector<kv::Operation>& branch) {
  std::string text;
  for (const kv::Operation& operation : branch) {
    text += (text.empty() ? "" : "; ") + text_of(operation);
  }
  return text.empty() ? "nothing" : text;
}
std::string text_of(const kv::TxnRequest& request) {
  std::string text;
  for (const kv::Compare& compare : request.compares) {
    text += (text.empty() ? "if " : " and ") + text_of(compare);
  }
  text = (text.empty() ? "" : text + ": ") + text_of(request.success);
  return request.failure.empty() ? text : text + " else " + text_of(request.failure);
}

std::string text_of(const kv::RangeResult& result) {
  const bool counts_only = result.kvs.empty() && result.count > 0;
  return counts_only ? fmt::format("{} found", result.count)
                     : text_of(result.kvs) + (result.more ? " and more" : "");
}
std::string text_of(const kv::PutResult& result) {
  return result.prev_kv ? "over " + text_of(*result.prev_kv) : "";
}
std::string text_of(const kv::DeleteResult& result) {
  return fmt::format("deleted {}", result.deleted);
}
std::string text_of(const kv::TxnResult& result) {
  std::string text = result.succeeded ? "succeeded" : "failed";
  for (const kv::OperationResult& response : result.responses) {
    if (const auto* inner = std::get_if<base::Box<kv::TxnResult>>(&response)) {
      text += ", " + text_of(**inner);
    } else if (const auto* range = std::get_if<kv::RangeResult>(&response)) {
      text += ", " + text_of(*range);
    } else if (const auto* deletion = std::get_if<kv::DeleteResult>(&response)) {
      text += ", " + text_of(*deletion);
    }
  }
  return text;
}

}  // namespace

std::string describe(const StoreRequest& request) {
  return std::visit([](const auto& one) { return text_of(one); }, request);
}

std::string describe(const StoreResult& result) {
  return std::visit([](const auto& one) { return text_of(one); }, result);
}

}  // namespace plimsoll::history
