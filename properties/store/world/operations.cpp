#include "properties/store/world/operations.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

namespace plimsoll::properties::store {
namespace {

using Words = std::vector<std::string>;

Words words_of(const std::string& text) {
  std::istringstream stream(text);
  Words words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> pieces;
  for (std::string piece; std::getline(stream, piece, ',');) {
    pieces.push_back(piece);
  }
  return pieces;
}

/// Reads the words of one request, and keeps the first error.
class Line {
 public:
  explicit Line(Words words) : words_(std::move(words)) {}

  [[nodiscard]] std::string next(const char* what) {
    if (at_ == words_.size()) {
      fail("expected " + std::string(what));
      return "";
    }
    return words_[at_++];
  }
  [[nodiscard]] std::uint64_t number(const char* what) {
    const std::string word = next(what);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) {
      fail("expected " + std::string(what) + ", a number");
    }
    return value;
  }
  [[nodiscard]] kv::KeyRange range() {
    const std::string key = next("a key, or *");
    const std::string zero(1, '\0');
    return key == "*" ? kv::KeyRange{zero, zero} : kv::KeyRange{key, ""};
  }
  /// Takes the word if it is next.
  bool takes(const std::string& word) {
    const bool is_next = at_ < words_.size() && words_[at_] == word;
    at_ += is_next ? 1 : 0;
    return is_next;
  }
  void fail(std::string message) {
    if (error_.empty()) {
      error_ = std::move(message);
    }
  }
  template <class T>
  [[nodiscard]] tl::expected<T, std::string> finished(T value) {
    if (at_ < words_.size()) {
      fail("did not expect '" + words_[at_] + "'");
    }
    return error_.empty() ? tl::expected<T, std::string>(std::move(value)) : tl::unexpected(error_);
  }

 private:
  Words words_;
  std::size_t at_ = 0;
  std::string error_;
};

kv::PutRequest put(Line& line) {
  kv::PutRequest put;
  put.key = line.next("a key");
  put.value = line.next("a value");
  put.lease = {line.takes("lease") ? line.number("a lease") : 0};
  put.prev_kv = line.takes("prev-kv");
  put.ignore_value = line.takes("ignore-value");
  put.ignore_lease = line.takes("ignore-lease");
  if (put.ignore_value) {
    put.value.clear();
  }
  return put;
}
kv::RangeRequest get(Line& line) {
  kv::RangeRequest get;
  get.range = line.range();
  get.revision = {line.takes("at") ? line.number("a revision") : 0};
  get.serializable = line.takes("serializable");
  return get;
}
kv::DeleteRequest remove(Line& line) {
  kv::DeleteRequest remove;
  remove.range = line.range();
  remove.prev_kv = line.takes("prev-kv");
  return remove;
}
kv::LeaseGrantRequest grant(Line& line) {
  kv::LeaseGrantRequest grant;
  grant.id = {line.number("a lease")};
  const bool has_ttl = line.takes("ttl");
  const std::uint64_t ttl = has_ttl ? line.number("a time to live") : 0;
  if (grant.id.value == 0 || ttl == 0) {
    line.fail("expected a lease that is not 0, and `ttl` with ticks");
  }
  grant.ttl = {static_cast<std::uint32_t>(ttl)};
  return grant;
}
kv::WatchRequest watch(Line& line) {
  kv::WatchRequest watch;
  watch.range = line.range();
  watch.start_revision = {line.takes("from") ? line.number("a revision") : 0};
  watch.prev_kv = line.takes("prev-kv");
  watch.progress_notify = line.takes("progress-notify");
  watch.no_put = line.takes("no-put");
  watch.no_delete = line.takes("no-delete");
  return watch;
}
kv::CompactRequest compact(Line& line) {
  kv::CompactRequest compact;
  compact.revision = {line.number("a revision")};
  compact.physical = line.takes("physical");
  return compact;
}

tl::expected<kv::Operation, std::string> parse_inner(const std::string& text) {
  Line line(words_of(text));
  const std::string verb = line.next("an operation");
  kv::Operation operation;
  if (verb == "put") {
    operation = put(line);
  } else if (verb == "get") {
    operation = get(line);
  } else if (verb == "delete") {
    operation = remove(line);
  } else {
    line.fail("'" + verb + "' cannot be in a transaction: expected put, get or delete");
  }
  return line.finished(std::move(operation));
}

tl::expected<kv::Compare, std::string> parse_compare(const std::string& text) {
  static const std::map<std::string, kv::CompareTarget> targets = {
      {"version", kv::CompareTarget::version},
      {"create", kv::CompareTarget::create_revision},
      {"mod", kv::CompareTarget::mod_revision},
      {"lease", kv::CompareTarget::lease},
  };
  static const std::map<std::string, kv::CompareResult> signs = {
      {"=", kv::CompareResult::equal},
      {"!=", kv::CompareResult::not_equal},
      {"<", kv::CompareResult::less},
      {">", kv::CompareResult::greater},
  };
  Line line(words_of(text));
  kv::Compare compare;
  compare.key = line.next("a key");
  const auto target = targets.find(line.next("a target"));
  const auto sign = signs.find(line.next("a sign"));
  compare.number = line.number("a number");
  if (target == targets.end() || sign == signs.end()) {
    return tl::unexpected(
        std::string("expected KEY, one of version, create, mod, lease, one of = != < >, "
                    "and a number"));
  }
  compare.target = target->second;
  compare.result = sign->second;
  return line.finished(compare);
}

/// What follows ` word ` in `text` is cut off it; none: the word is not there.
std::optional<std::string> cut_after(std::string& text, const std::string& word) {
  const std::size_t at = (" " + text + " ").find(" " + word + " ");
  if (at == std::string::npos) {
    return std::nullopt;
  }
  std::string rest = text.size() > at + word.size() ? text.substr(at + word.size() + 1) : "";
  text.resize(at);
  return rest;
}

template <class T, class Parse>
std::string parse_list(const std::optional<std::string>& text, const Parse& parse, std::vector<T>& made) {
  for (const std::string& piece : split_at_commas(text.value_or(""))) {
    const auto parsed = parse(piece);
    if (!parsed) {
      return parsed.error();
    }
    made.push_back(*parsed);
  }
  return "";
}

tl::expected<RequestBody, std::string> parse_txn(std::string text) {
  kv::TxnRequest txn;
  const auto failure = cut_after(text, "else");
  const auto success = cut_after(text, "then");
  const auto compares = cut_after(text, "if");
  if (!words_of(text).empty()) {
    return tl::unexpected("did not expect '" + text + "' after txn");
  }
  for (const std::string& error :
       {parse_list(compares, parse_compare, txn.compares), parse_list(success, parse_inner, txn.success),
        parse_list(failure, parse_inner, txn.failure)}) {
    if (!error.empty()) {
      return tl::unexpected(error);
    }
  }
  return txn;
}

}  // namespace

tl::expected<RequestBody, std::string> parse_operation(const std::string& text) {
  const Words words = words_of(text);
  Line line(words);
  const std::string verb = line.next("an operation");
  RequestBody body;
  if (verb == "txn") {
    return parse_txn(text.substr(text.find("txn") + 3));
  }
  if (verb == "put") {
    body = put(line);
  } else if (verb == "get") {
    body = get(line);
  } else if (verb == "delete") {
    body = remove(line);
  } else if (verb == "lease") {
    body = grant(line);
  } else if (verb == "revoke") {
    body = kv::LeaseRevokeRequest{{line.number("a lease")}};
  } else if (verb == "keep-alive") {
    body = kv::LeaseKeepAliveRequest{{line.number("a lease")}};
  } else if (verb == "watch") {
    body = watch(line);
  } else if (verb == "progress") {
    body = kv::WatchProgressRequest{};
  } else if (verb == "compact") {
    body = compact(line);
  } else if (verb == "defragment") {
    body = kv::DefragmentRequest{};
  } else {
    line.fail("'" + verb +
              "' is no operation: expected put, get, delete, txn, lease, revoke, keep-alive, watch, "
              "progress, compact or defragment");
  }
  return line.finished(std::move(body));
}

bool is_linearizable(const RequestBody& body) {
  if (const auto* const range = std::get_if<kv::RangeRequest>(&body)) {
    return !range->serializable;
  }
  if (const auto* const txn = std::get_if<kv::TxnRequest>(&body)) {
    const auto is_local = [](const kv::Operation& operation) {
      const auto* const range = std::get_if<kv::RangeRequest>(&operation);
      return range != nullptr && range->serializable;
    };
    return !std::ranges::all_of(txn->success, is_local) || !std::ranges::all_of(txn->failure, is_local);
  }
  return std::holds_alternative<kv::PutRequest>(body) || std::holds_alternative<kv::DeleteRequest>(body);
}

}  // namespace plimsoll::properties::store
