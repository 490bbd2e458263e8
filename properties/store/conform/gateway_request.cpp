// Requests: GatewayCall <-> RequestBody.
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include <boost/json.hpp>

#include "impl/base/assert.hpp"
#include "properties/store/conform/gateway.hpp"
#include "properties/store/conform/gateway_fields.hpp"
#include "properties/store/conform/gateway_words.hpp"

namespace plimsoll::properties::store {
namespace {

namespace json = boost::json;

/// etcd's largest TTL is more than Ticks hold; their largest value stands for all that is too large for etcd.
constexpr std::uint64_t ttl_max = 9'000'000'000;
constexpr std::uint32_t ticks_max = std::numeric_limits<std::uint32_t>::max();

Members& write_range_keys(Members& members, const kv::KeyRange& range) {
  return members.bytes("key", range.key).bytes("range_end", range.range_end);
}

json::object write_txn(const kv::TxnRequest& request);

/// The body of each request.
struct Write {
  json::object operator()(const kv::RangeRequest& request) const {
    Members members;
    return write_range_keys(members, request.range)
        .number("limit", request.limit)
        .number("revision", request.revision.value)
        .word("sort_order", static_cast<std::size_t>(request.sort_order), sort_orders)
        .word("sort_target", static_cast<std::size_t>(request.sort_target), sort_targets)
        .flag("serializable", request.serializable)
        .flag("keys_only", request.keys_only)
        .flag("count_only", request.count_only)
        .number("min_mod_revision", request.min_mod_revision.value)
        .number("max_mod_revision", request.max_mod_revision.value)
        .number("min_create_revision", request.min_create_revision.value)
        .number("max_create_revision", request.max_create_revision.value)
        .take();
  }
  json::object operator()(const kv::PutRequest& request) const {
    return Members()
        .bytes("key", request.key)
        .bytes("value", request.value)
        .number("lease", request.lease.value)
        .flag("prev_kv", request.prev_kv)
        .flag("ignore_value", request.ignore_value)
        .flag("ignore_lease", request.ignore_lease)
        .take();
  }
  json::object operator()(const kv::DeleteRequest& request) const {
    Members members;
    return write_range_keys(members, request.range).flag("prev_kv", request.prev_kv).take();
  }
  json::object operator()(const kv::TxnRequest& request) const { return write_txn(request); }
  json::object operator()(const base::Box<kv::TxnRequest>& request) const { return write_txn(*request); }
  json::object operator()(const kv::LeaseGrantRequest& request) const {
    const std::uint64_t ttl = request.ttl.value == ticks_max ? ttl_max + 1 : request.ttl.value;
    return Members().number("TTL", ttl).number("ID", request.id.value).take();
  }
  json::object operator()(const kv::LeaseRevokeRequest& request) const {
    return Members().number("ID", request.id.value).take();
  }
  json::object operator()(const kv::LeaseKeepAliveRequest& request) const {
    return Members().number("ID", request.id.value).take();
  }
  json::object operator()(const kv::LeaseTimeToLiveRequest& request) const {
    return Members().number("ID", request.id.value).flag("keys", request.keys).take();
  }
  json::object operator()(const kv::WatchRequest& request) const {
    json::array filters;
    for (const auto& [is_set, name] :
         {std::pair{request.no_put, watch_filters[0]}, std::pair{request.no_delete, watch_filters[1]}}) {
      if (is_set) {
        filters.emplace_back(json::string(name));
      }
    }
    Members members;
    json::object create = write_range_keys(members, request.range)
                              .number("start_revision", request.start_revision.value)
                              .flag("progress_notify", request.progress_notify)
                              .list("filters", std::move(filters))
                              .flag("prev_kv", request.prev_kv)
                              .flag("fragment", request.fragment)
                              .take();
    return {{"create_request", std::move(create)}};
  }
  json::object operator()(const kv::WatchCancelRequest& /*request*/) const {
    return {{"cancel_request", json::object()}};  // the stream's first watch
  }
  json::object operator()(const kv::WatchProgressRequest& /*request*/) const {
    return {{"progress_request", json::object()}};
  }
  json::object operator()(const kv::CompactRequest& request) const {
    return Members().number("revision", request.revision.value).flag("physical", request.physical).take();
  }
  template <class Other>
  json::object operator()(const Other& /*request*/) const {
    return {};
  }
};

json::object write_compare(const kv::Compare& compare) {
  const auto target = static_cast<std::size_t>(compare.target);
  Members members;
  members.word("result", static_cast<std::size_t>(compare.result), compare_results)
      .word("target", target, compare_targets)
      .bytes("key", compare.key)
      .bytes("range_end", compare.range_end);
  if (compare.target == kv::CompareTarget::value) {
    members.bytes("value", compare.value);
  } else {
    members.number(compare_operands[target], compare.number);
  }
  return members.take();
}

constexpr std::array<std::string_view, 4> operation_names = {"request_range", "request_put",
                                                             "request_delete_range", "request_txn"};

json::array write_operations(const std::vector<kv::Operation>& operations) {
  json::array items;
  for (const kv::Operation& operation : operations) {
    items.push_back(json::object{{operation_names[operation.index()], std::visit(Write{}, operation)}});
  }
  return items;
}

json::object write_txn(const kv::TxnRequest& request) {
  json::array compares;
  for (const kv::Compare& compare : request.compares) {
    compares.push_back(write_compare(compare));
  }
  return Members()
      .list("compare", std::move(compares))
      .list("success", write_operations(request.success))
      .list("failure", write_operations(request.failure))
      .take();
}

struct Path {
  const char* operator()(const kv::RangeRequest& /*request*/) const { return "/v3/kv/range"; }
  const char* operator()(const kv::PutRequest& /*request*/) const { return "/v3/kv/put"; }
  const char* operator()(const kv::DeleteRequest& /*request*/) const { return "/v3/kv/deleterange"; }
  const char* operator()(const kv::TxnRequest& /*request*/) const { return "/v3/kv/txn"; }
  const char* operator()(const kv::CompactRequest& /*request*/) const { return "/v3/kv/compaction"; }
  const char* operator()(const kv::LeaseGrantRequest& /*request*/) const { return "/v3/lease/grant"; }
  const char* operator()(const kv::LeaseRevokeRequest& /*request*/) const { return "/v3/lease/revoke"; }
  const char* operator()(const kv::LeaseKeepAliveRequest& /*request*/) const { return "/v3/lease/keepalive"; }
  const char* operator()(const kv::LeaseTimeToLiveRequest& /*request*/) const {
    return "/v3/lease/timetolive";
  }
  const char* operator()(const kv::LeaseLeasesRequest& /*request*/) const { return "/v3/lease/leases"; }
  const char* operator()(const kv::WatchRequest& /*request*/) const { return "/v3/watch"; }
  const char* operator()(const kv::WatchCancelRequest& /*request*/) const { return "/v3/watch"; }
  const char* operator()(const kv::WatchProgressRequest& /*request*/) const { return "/v3/watch"; }
  const char* operator()(const kv::HashRequest& /*request*/) const { return "/v3/maintenance/hash"; }
  const char* operator()(const kv::DefragmentRequest& /*request*/) const {
    return "/v3/maintenance/defragment";
  }
  template <class Other>
  const char* operator()(const Other& /*request*/) const {
    return "";
  }
};

kv::KeyRange read_key_range(const Fields& fields) {
  return {fields.bytes("key"), fields.bytes("range_end")};
}

kv::RangeRequest read_range(const Fields& fields) {
  kv::RangeRequest request;
  request.range = read_key_range(fields);
  request.revision = {fields.number("revision")};
  request.limit = fields.number("limit");
  request.sort_order =
      static_cast<kv::SortOrder>(fields.word("sort_order", sort_orders, "RangeRequest_SortOrder"));
  request.sort_target =
      static_cast<kv::SortTarget>(fields.word("sort_target", sort_targets, "RangeRequest_SortTarget"));
  request.serializable = fields.flag("serializable");
  request.keys_only = fields.flag("keys_only");
  request.count_only = fields.flag("count_only");
  request.min_mod_revision = {fields.number("min_mod_revision")};
  request.max_mod_revision = {fields.number("max_mod_revision")};
  request.min_create_revision = {fields.number("min_create_revision")};
  request.max_create_revision = {fields.number("max_create_revision")};
  return request;
}

kv::PutRequest read_put(const Fields& fields) {
  return {fields.bytes("key"),    fields.bytes("value"),       {fields.number("lease")},
          fields.flag("prev_kv"), fields.flag("ignore_value"), fields.flag("ignore_lease")};
}

kv::DeleteRequest read_delete(const Fields& fields) {
  return {read_key_range(fields), fields.flag("prev_kv")};
}

kv::Compare read_compare(const Fields& fields) {
  kv::Compare compare;
  const std::size_t target = fields.word("target", compare_targets, "Compare_CompareTarget");
  compare.key = fields.bytes("key");
  compare.target = static_cast<kv::CompareTarget>(target);
  compare.result =
      static_cast<kv::CompareResult>(fields.word("result", compare_results, "Compare_CompareResult"));
  if (compare.target == kv::CompareTarget::value) {
    compare.value = fields.bytes("value");
  } else {
    compare.number = fields.number(compare_operands[target]);
  }
  compare.range_end = fields.bytes("range_end");
  return compare;
}

kv::TxnRequest read_txn(const Fields& fields);

std::vector<kv::Operation> read_operations(const Fields& fields, std::string_view name) {
  std::vector<kv::Operation> operations;
  fields.each(name, [&](const json::value& item) {
    const Fields one(&item, fields.error());
    if (one.has("request_range")) {
      operations.emplace_back(read_range(one.object("request_range")));
    } else if (one.has("request_put")) {
      operations.emplace_back(read_put(one.object("request_put")));
    } else if (one.has("request_delete_range")) {
      operations.emplace_back(read_delete(one.object("request_delete_range")));
    } else if (one.has("request_txn")) {
      operations.emplace_back(base::Box<kv::TxnRequest>(read_txn(one.object("request_txn"))));
    } else {
      fields.fail("etcdserver: key not found");  // what etcd says of an operation that is none
    }
  });
  return operations;
}

kv::TxnRequest read_txn(const Fields& fields) {
  kv::TxnRequest request;
  fields.each("compare", [&](const json::value& item) {
    request.compares.push_back(read_compare(Fields(&item, fields.error())));
  });
  request.success = read_operations(fields, "success");
  request.failure = read_operations(fields, "failure");
  return request;
}

RequestBody read_grant(const Fields& fields) {
  const std::uint64_t ttl = fields.number("TTL");
  if (ttl >= ticks_max && ttl <= ttl_max) {
    fields.fail("TTLs from 4294967295 to 9000000000 are not supported");
  }
  return kv::LeaseGrantRequest{{fields.number("ID")},
                               {static_cast<std::uint32_t>(std::min<std::uint64_t>(ttl, ticks_max))}};
}

RequestBody read_watch(const Fields& fields) {
  if (fields.has("cancel_request")) {
    return kv::WatchCancelRequest{};
  }
  if (fields.has("progress_request")) {
    return kv::WatchProgressRequest{};
  }
  const Fields create = fields.object("create_request");
  kv::WatchRequest request;
  request.range = read_key_range(create);
  request.start_revision = {create.number("start_revision")};
  request.prev_kv = create.flag("prev_kv");
  request.progress_notify = create.flag("progress_notify");
  request.fragment = create.flag("fragment");
  create.each("filters", [&](const json::value& item) {
    const bool no_put = word_of(item, watch_filters, "WatchCreateRequest_FilterType", create.error()) == 0;
    (no_put ? request.no_put : request.no_delete) = true;
  });
  return request;
}

struct Reader {
  std::string_view path;
  RequestBody (*read)(const Fields& fields);
};
constexpr std::array readers = {
    Reader{"/v3/kv/range", [](const Fields& f) -> RequestBody { return read_range(f); }},
    Reader{"/v3/kv/put", [](const Fields& f) -> RequestBody { return read_put(f); }},
    Reader{"/v3/kv/deleterange", [](const Fields& f) -> RequestBody { return read_delete(f); }},
    Reader{"/v3/kv/txn", [](const Fields& f) -> RequestBody { return read_txn(f); }},
    Reader{"/v3/kv/compaction",
           [](const Fields& f) -> RequestBody {
             return kv::CompactRequest{{f.number("revision")}, f.flag("physical")};
           }},
    Reader{"/v3/lease/grant", read_grant},
    Reader{"/v3/lease/revoke",
           [](const Fields& f) -> RequestBody { return kv::LeaseRevokeRequest{{f.number("ID")}}; }},
    Reader{"/v3/lease/keepalive",
           [](const Fields& f) -> RequestBody { return kv::LeaseKeepAliveRequest{{f.number("ID")}}; }},
    Reader{"/v3/lease/timetolive",
           [](const Fields& f) -> RequestBody {
             return kv::LeaseTimeToLiveRequest{{f.number("ID")}, f.flag("keys")};
           }},
    Reader{"/v3/lease/leases", [](const Fields&) -> RequestBody { return kv::LeaseLeasesRequest{}; }},
    Reader{"/v3/watch", read_watch},
    Reader{"/v3/maintenance/hash", [](const Fields&) -> RequestBody { return kv::HashRequest{}; }},
    Reader{"/v3/maintenance/defragment",
           [](const Fields&) -> RequestBody { return kv::DefragmentRequest{}; }},
};

GatewayAnswer refuse(int status, int code, const std::string& message) {
  return {status, json::serialize(json::object{{"error", message}, {"message", message}, {"code", code}})};
}

}  // namespace

GatewayCall write_request(const RequestBody& request) {
  GatewayCall call{std::visit(Path{}, request), json::serialize(std::visit(Write{}, request))};
  PLIMSOLL_ASSERT(!call.path.empty());
  return call;
}

tl::expected<RequestBody, GatewayAnswer> read_request(const GatewayCall& call) {
  std::string path = call.path;
  if (path.starts_with("/v3/kv/lease/")) {  // the older names of revoke, timetolive and leases
    path.erase(0, std::string_view("/v3/kv").size());
    path.insert(0, "/v3");
  }
  for (const Reader& reader : readers) {
    if (reader.path != path) {
      continue;
    }
    boost::system::error_code malformed;
    const json::value value = json::parse(call.json, malformed);
    if (malformed) {
      return tl::unexpected(refuse(400, 3, malformed.message()));
    }
    ReadError error;
    RequestBody request = reader.read(Fields(&value, error));
    if (error.message) {
      return tl::unexpected(refuse(400, 3, *error.message));
    }
    return request;
  }
  return tl::unexpected(refuse(501, 12, call.path + " is not served"));
}

}  // namespace plimsoll::properties::store
