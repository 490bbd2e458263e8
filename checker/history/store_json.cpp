#include "checker/history/store_json.hpp"

#include <array>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "checker/history/json_members.hpp"
#include "checker/history/overloaded.hpp"

namespace plimsoll::history {
namespace {

namespace json = boost::json;

class RequestReader {
 public:
  explicit RequestReader(Complaint& complaint) : complaint_(complaint) {}

  kv::RangeRequest range(const json::value& value) {
    JsonMembers members(value, "the range", complaint_);
    kv::RangeRequest request;
    request.range = keys(members);
    request.revision.value = members.number("revision");
    request.limit = members.number("limit");
    request.serializable = members.flag("serializable");
    request.keys_only = members.flag("keys_only");
    request.count_only = members.flag("count_only");
    request.min_mod_revision.value = members.number("min_mod_revision");
    request.max_mod_revision.value = members.number("max_mod_revision");
    request.min_create_revision.value = members.number("min_create_revision");
    request.max_create_revision.value = members.number("max_create_revision");
    static constexpr std::array<std::string_view, 3> orders = {"NONE", "ASCEND", "DESCEND"};
    static constexpr std::array<std::string_view, 5> targets = {"KEY", "VERSION", "CREATE", "MOD", "VALUE"};
    request.sort_order = static_cast<kv::SortOrder>(members.choice("sort_order", orders));
    request.sort_target = static_cast<kv::SortTarget>(members.choice("sort_target", targets));
    members.end();
    return request;
  }
  kv::PutRequest put(const json::value& value) {
    JsonMembers members(value, "the put", complaint_);
    kv::PutRequest request;
    request.key = members.text("key");
    request.value = members.text("value");
    request.lease.value = members.number("lease");
    request.prev_kv = members.flag("prev_kv");
    request.ignore_value = members.flag("ignore_value");
    request.ignore_lease = members.flag("ignore_lease");
    members.end();
    return request;
  }
  kv::DeleteRequest remove(const json::value& value) {
    JsonMembers members(value, "the delete", complaint_);
    kv::DeleteRequest request;
    request.range = keys(members);
    request.prev_kv = members.flag("prev_kv");
    members.end();
    return request;
  }
  kv::TxnRequest txn(const json::value& value) {
    JsonMembers members(value, "the transaction", complaint_);
    kv::TxnRequest request;
    members.each("compare", [&](const json::value& one) { request.compares.push_back(compare(one)); });
    members.each("success", [&](const json::value& one) { request.success.push_back(operation(one)); });
    members.each("failure", [&](const json::value& one) { request.failure.push_back(operation(one)); });
    members.end();
    return request;
  }
  kv::WatchRequest watch(const json::value& value) {
    JsonMembers members(value, "the watch", complaint_);
    kv::WatchRequest request;
    request.watch.value = static_cast<std::uint32_t>(members.number("watch_id"));
    request.range = keys(members);
    request.start_revision.value = members.number("start_revision");
    request.prev_kv = members.flag("prev_kv");
    request.progress_notify = members.flag("progress_notify");
    request.fragment = members.flag("fragment");
    members.each("filters", [&](const json::value& filter) {
      const std::string_view name = filter.is_string() ? std::string_view(filter.get_string()) : "";
      request.no_put = request.no_put || name == "NOPUT";
      request.no_delete = request.no_delete || name == "NODELETE";
      if (name != "NOPUT" && name != "NODELETE") {
        complaint_.add("expected NOPUT or NODELETE in filters of the watch");
      }
    });
    members.end();
    return request;
  }

 private:
  static kv::KeyRange keys(JsonMembers& members) { return {members.text("key"), members.text("range_end")}; }

  kv::Compare compare(const json::value& value) {
    JsonMembers members(value, "the compare", complaint_);
    static constexpr std::array<std::string_view, 4> relations = {"EQUAL", "GREATER", "LESS", "NOT_EQUAL"};
    static constexpr std::array<std::string_view, 5> targets = {"VERSION", "CREATE", "MOD", "VALUE", "LEASE"};
    static constexpr std::array<std::string_view, 5> operands = {"version", "create_revision", "mod_revision",
                                                                 "value", "lease"};
    kv::Compare compare;
    compare.key = members.text("key");
    compare.range_end = members.text("range_end");
    compare.result = static_cast<kv::CompareResult>(members.choice("result", relations));
    const std::size_t target = members.choice("target", targets);
    compare.target = static_cast<kv::CompareTarget>(target);
    if (compare.target == kv::CompareTarget::value) {
      compare.value = members.text("value");
    } else {
      compare.number = members.number(operands.at(target));
    }
    members.end();
    return compare;
  }

  kv::Operation operation(const json::value& value) {
    JsonMembers members(value, "an operation of the transaction", complaint_);
    kv::Operation operation;
    if (const json::value* range_of = members.find("request_range")) {
      operation = range(*range_of);
    } else if (const json::value* put_of = members.find("request_put")) {
      operation = put(*put_of);
    } else if (const json::value* removal = members.find("request_delete_range")) {
      operation = remove(*removal);
    } else if (const json::value* inner = members.find("request_txn")) {
      operation = base::Box<kv::TxnRequest>(txn(*inner));
    } else {
      complaint_.add(
          "expected request_range, request_put, request_delete_range or request_txn in an operation");
    }
    members.end();
    return operation;
  }

  Complaint& complaint_;
};

class AnswerReader {
 public:
  explicit AnswerReader(Complaint& complaint) : complaint_(complaint) {}

  std::uint64_t revision(const json::value& value) {
    JsonMembers members(value, "the response", complaint_);
    const json::value* header = members.find("header");
    return header == nullptr ? 0 : JsonMembers(*header, "the header", complaint_).number("revision");
  }
  kv::RangeResult read(const kv::RangeRequest& /*request*/, const json::value& value) {
    JsonMembers members(value, "the range's response", complaint_);
    kv::RangeResult result;
    members.each("kvs", [&](const json::value& one) { result.kvs.push_back(key_value(one)); });
    result.count = members.number("count");
    result.more = members.flag("more");
    return result;
  }
  kv::PutResult read(const kv::PutRequest& /*request*/, const json::value& value) {
    JsonMembers members(value, "the put's response", complaint_);
    const json::value* before = members.find("prev_kv");
    return {before == nullptr ? std::nullopt : std::optional(key_value(*before))};
  }
  kv::DeleteResult read(const kv::DeleteRequest& /*request*/, const json::value& value) {
    JsonMembers members(value, "the delete's response", complaint_);
    kv::DeleteResult result;
    result.deleted = members.number("deleted");
    members.each("prev_kvs", [&](const json::value& one) { result.prev_kvs.push_back(key_value(one)); });
    return result;
  }
  kv::TxnResult read(const kv::TxnRequest& request, const json::value& value) {
    JsonMembers members(value, "the transaction's response", complaint_);
    kv::TxnResult result;
    result.succeeded = members.flag("succeeded");
    const auto& operations = result.succeeded ? request.success : request.failure;
    members.each("responses", [&](const json::value& one) {
      if (result.responses.size() < operations.size()) {
        result.responses.push_back(response(operations[result.responses.size()], one));
      } else {
        complaint_.add("expected one of responses for each operation of the branch that ran, found more");
      }
    });
    if (result.responses.size() < operations.size()) {
      complaint_.add("expected one of responses for each operation of the branch that ran, found fewer");
    }
    return result;
  }
  kv::WatchResponse watch(const json::value& value) {
    JsonMembers members(value, "the watch's response", complaint_);
    kv::WatchResponse response;
    response.watch = watch_id(members);
    response.revision.value = revision(value);
    response.created = members.flag("created");
    response.canceled = members.flag("canceled");
    response.fragment = members.flag("fragment");
    if (const std::uint64_t compacted = members.number("compact_revision"); compacted != 0) {
      response.compact_revision = kv::Revision{compacted};
    }
    members.each("events", [&](const json::value& one) { response.events.push_back(event(one)); });
    return response;
  }

 private:
  kv::KeyValue key_value(const json::value& value) {
    JsonMembers members(value, "a key", complaint_);
    return {members.text("key"),
            members.text("value"),
            {members.number("create_revision")},
            {members.number("mod_revision")},
            members.number("version"),
            {members.number("lease")}};
  }

  kv::OperationResult response(const kv::Operation& operation, const json::value& value) {
    static constexpr std::array<std::string_view, 4> names = {"response_range", "response_put",
                                                              "response_delete_range", "response_txn"};
    const std::string name(names.at(operation.index()));
    JsonMembers members(value, "one of responses", complaint_);
    const json::value* inner = members.find(name);
    static const json::value empty = json::object();
    if (inner == nullptr) {
      complaint_.add("expected " + name + ", as the transaction asked for");
    }
    const json::value& given = inner == nullptr ? empty : *inner;
    return std::visit(Overloaded{[&](const base::Box<kv::TxnRequest>& txn) {
                                   return kv::OperationResult(base::Box<kv::TxnResult>(read(*txn, given)));
                                 },
                                 [&](const auto& one) { return kv::OperationResult(read(one, given)); }},
                      operation);
  }

  /// -1 stands where progress is that of all watches of the stream.
  static kv::WatchId watch_id(JsonMembers& members) {
    const json::value* member = members.find("watch_id");
    const bool is_all = member != nullptr && (*member == json::value(-1) || *member == json::value("-1"));
    return is_all ? kv::all_watches : kv::WatchId{static_cast<std::uint32_t>(members.number("watch_id"))};
  }

  kv::Event event(const json::value& value) {
    JsonMembers members(value, "an event", complaint_);
    static constexpr std::array<std::string_view, 2> types = {"PUT", "DELETE"};
    kv::Event event;
    event.type = static_cast<kv::EventType>(members.choice("type", types));
    if (const json::value* now = members.find("kv")) {
      event.kv = key_value(*now);
    } else {
      complaint_.add("expected kv in an event");
    }
    if (const json::value* before = members.find("prev_kv")) {
      event.prev_kv = key_value(*before);
    }
    return event;
  }

  Complaint& complaint_;
};

template <class T>
tl::expected<T, std::string> checked(T value, Complaint complaint) {
  if (!complaint.text.empty()) {
    return tl::unexpected(std::move(complaint.text));
  }
  return value;
}

}  // namespace

tl::expected<StoreRequest, std::string> read_request(StoreVerb verb, const json::value& value) {
  Complaint complaint;
  RequestReader reader(complaint);
  StoreRequest request;
  switch (verb) {
    case StoreVerb::range:
      request = reader.range(value);
      break;
    case StoreVerb::put:
      request = reader.put(value);
      break;
    case StoreVerb::remove:
      request = reader.remove(value);
      break;
    case StoreVerb::txn:
      request = reader.txn(value);
      break;
  }
  return checked(std::move(request), std::move(complaint));
}

tl::expected<StoreAnswer, std::string> read_answer(const StoreRequest& request, const json::value& value) {
  Complaint complaint;
  AnswerReader reader(complaint);
  StoreAnswer answer;
  answer.revision = reader.revision(value);
  answer.result =
      std::visit([&](const auto& asked) { return StoreResult(reader.read(asked, value)); }, request);
  return checked(std::move(answer), std::move(complaint));
}

tl::expected<kv::WatchRequest, std::string> read_watch_request(const json::value& value) {
  Complaint complaint;
  kv::WatchRequest request = RequestReader(complaint).watch(value);
  return checked(std::move(request), std::move(complaint));
}

tl::expected<kv::WatchResponse, std::string> read_watch_response(const json::value& value) {
  Complaint complaint;
  kv::WatchResponse response = AnswerReader(complaint).watch(value);
  return checked(std::move(response), std::move(complaint));
}

}  // namespace plimsoll::history
