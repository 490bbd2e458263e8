// Answers: GatewayAnswer <-> Response, and the messages of a watch.
#include <algorithm>
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

json::object header(kv::Revision revision) {
  return Members().number("revision", revision.value).take();
}

json::object write_key_value(const kv::KeyValue& kv) {
  return Members()
      .bytes("key", kv.key)
      .number("create_revision", kv.create_revision.value)
      .number("mod_revision", kv.mod_revision.value)
      .number("version", kv.version)
      .bytes("value", kv.value)
      .number("lease", kv.lease.value)
      .take();
}

json::array write_key_values(const std::vector<kv::KeyValue>& kvs) {
  json::array items;
  for (const kv::KeyValue& kv : kvs) {
    items.push_back(write_key_value(kv));
  }
  return items;
}

Members range_members(const kv::RangeResult& result) {
  return std::move(Members()
                       .list("kvs", write_key_values(result.kvs))
                       .flag("more", result.more)
                       .number("count", result.count));
}
Members put_members(const kv::PutResult& result) {
  Members members;
  if (result.prev_kv) {
    members.set("prev_kv", write_key_value(*result.prev_kv));
  }
  return members;
}
Members delete_members(const kv::DeleteResult& result) {
  return std::move(
      Members().number("deleted", result.deleted).list("prev_kvs", write_key_values(result.prev_kvs)));
}

[[nodiscard]] bool has_changed(const kv::TxnResult& result) {
  return std::ranges::any_of(result.responses, [](const kv::OperationResult& response) {
    const auto* removal = std::get_if<kv::DeleteResult>(&response);
    const auto* nested = std::get_if<base::Box<kv::TxnResult>>(&response);
    return std::holds_alternative<kv::PutResult>(response) || (removal != nullptr && removal->deleted > 0) ||
           (nested != nullptr && has_changed(**nested));
  });
}

/// Each answer in a transaction has a header with the revision that its operation saw: the one before until
/// something is changed. Nested transactions have an empty one.
class TxnWriter {
 public:
  TxnWriter(const kv::TxnResult& result, kv::Revision revision)
      : after_(revision), seen_(has_changed(result) ? kv::Revision{revision.value - 1} : revision) {}

  Members members(const kv::TxnResult& result) {
    json::array responses;
    for (const kv::OperationResult& response : result.responses) {
      responses.push_back(std::visit(*this, response));
    }
    Members members;
    members.flag("succeeded", result.succeeded).list("responses", std::move(responses));
    return members;
  }
  json::value operator()(const kv::RangeResult& result) {
    return one("response_range", range_members(result), header(seen_));
  }
  json::value operator()(const kv::PutResult& result) {
    seen_ = after_;
    return one("response_put", put_members(result), header(seen_));
  }
  json::value operator()(const kv::DeleteResult& result) {
    seen_ = result.deleted > 0 ? after_ : seen_;
    return one("response_delete_range", delete_members(result), header(seen_));
  }
  json::value operator()(const base::Box<kv::TxnResult>& result) {
    return one("response_txn", members(*result), {});
  }

 private:
  static json::value one(std::string_view name, Members members, json::object head) {
    members.set("header", std::move(head));
    return json::object{{name, members.take()}};
  }

  kv::Revision after_;
  kv::Revision seen_;
};

[[nodiscard]] kv::LeaseId asked_lease(const RequestBody& asked) {
  const auto* keep_alive = std::get_if<kv::LeaseKeepAliveRequest>(&asked);
  return keep_alive == nullptr ? kv::LeaseId{} : keep_alive->id;
}

/// All but the header, of answers that are no errors.
struct Write {
  const RequestBody& asked;
  kv::Revision revision;

  Members operator()(const kv::RangeResult& result) const { return range_members(result); }
  Members operator()(const kv::PutResult& result) const { return put_members(result); }
  Members operator()(const kv::DeleteResult& result) const { return delete_members(result); }
  Members operator()(const kv::TxnResult& result) const {
    return TxnWriter(result, revision).members(result);
  }
  Members operator()(const kv::LeaseGrantResult& result) const {
    return std::move(Members().number("ID", result.id.value).number("TTL", result.ttl.value));
  }
  Members operator()(const kv::LeaseResult& result) const {
    return std::move(Members().number("ID", asked_lease(asked).value).number("TTL", result.ttl.value));
  }
  Members operator()(const kv::LeaseTimeToLiveResult& result) const {
    Members members;
    members.number("ID", result.id.value);
    if (!result.alive) {
      return std::move(members.set("TTL", json::value("-1")));
    }
    json::array keys;
    for (const std::string& key : result.keys) {
      json::object encoded = Members().bytes("key", key).take();
      keys.push_back(std::move(encoded["key"]));
    }
    return std::move(members.number("TTL", result.left.value)
                         .number("grantedTTL", result.granted.value)
                         .list("keys", std::move(keys)));
  }
  Members operator()(const kv::LeaseLeasesResult& result) const {
    json::array leases;
    for (const kv::LeaseId id : result.leases) {
      leases.push_back(Members().number("ID", id.value).take());
    }
    return std::move(Members().list("leases", std::move(leases)));
  }
  Members operator()(const kv::HashResult& result) const {
    return std::move(Members().set("hash", json::value(result.hash)));
  }
  template <class Other>
  Members operator()(const Other& /*result*/) const {
    return {};
  }
};

GatewayAnswer write_error(kv::ErrorCode code) {
  const auto* words = std::ranges::find(error_words, code, &ErrorWords::code);
  if (words == error_words.end()) {
    return {500, R"({"error":"unknown","message":"unknown","code":2})"};
  }
  return {words->status,
          json::serialize(json::object{
              {"error", words->message}, {"message", words->message}, {"code", words->grpc_code}})};
}

kv::KeyValue read_key_value(const Fields& fields) {
  return {fields.bytes("key"),
          fields.bytes("value"),
          {fields.number("create_revision")},
          {fields.number("mod_revision")},
          fields.number("version"),
          {fields.number("lease")}};
}

std::vector<kv::KeyValue> read_key_values(const Fields& fields, std::string_view name) {
  std::vector<kv::KeyValue> kvs;
  fields.each(name,
              [&](const json::value& item) { kvs.push_back(read_key_value(Fields(&item, fields.error()))); });
  return kvs;
}

std::optional<kv::KeyValue> read_previous(const Fields& fields) {
  return fields.has("prev_kv") ? std::optional(read_key_value(fields.object("prev_kv"))) : std::nullopt;
}
kv::RangeResult read_range(const Fields& fields) {
  return {read_key_values(fields, "kvs"), fields.number("count"), fields.flag("more")};
}
kv::PutResult read_put(const Fields& fields) {
  return {read_previous(fields)};
}
kv::DeleteResult read_delete(const Fields& fields) {
  return {fields.number("deleted"), read_key_values(fields, "prev_kvs")};
}
kv::TxnResult read_txn(const Fields& fields) {
  kv::TxnResult result;
  result.succeeded = fields.flag("succeeded");
  fields.each("responses", [&](const json::value& item) {
    const Fields one(&item, fields.error());
    if (one.has("response_range")) {
      result.responses.emplace_back(read_range(one.object("response_range")));
    } else if (one.has("response_put")) {
      result.responses.emplace_back(read_put(one.object("response_put")));
    } else if (one.has("response_delete_range")) {
      result.responses.emplace_back(read_delete(one.object("response_delete_range")));
    } else if (one.has("response_txn")) {
      result.responses.emplace_back(base::Box<kv::TxnResult>(read_txn(one.object("response_txn"))));
    } else {
      fields.fail("a response of no known kind");
    }
  });
  return result;
}

base::Ticks read_ticks(const Fields& fields, std::string_view name) {
  return {static_cast<std::uint32_t>(fields.number(name))};
}

/// The result that answers each kind of request.
struct Read {
  const Fields& fields;

  ResultBody operator()(const kv::RangeRequest& /*asked*/) const { return read_range(fields); }
  ResultBody operator()(const kv::PutRequest& /*asked*/) const { return read_put(fields); }
  ResultBody operator()(const kv::DeleteRequest& /*asked*/) const { return read_delete(fields); }
  ResultBody operator()(const kv::TxnRequest& /*asked*/) const { return read_txn(fields); }
  ResultBody operator()(const kv::LeaseGrantRequest& /*asked*/) const {
    return kv::LeaseGrantResult{{fields.number("ID")}, read_ticks(fields, "TTL")};
  }
  ResultBody operator()(const kv::LeaseRevokeRequest& /*asked*/) const { return kv::LeaseResult{}; }
  // The gateway has no error for a keep-alive that finds no lease: the TTL is 0.
  ResultBody operator()(const kv::LeaseKeepAliveRequest& /*asked*/) const {
    const Fields result = fields.object("result");
    if (result.number("TTL") == 0) {
      return kv::ErrorResult{kv::ErrorCode::lease_not_found};
    }
    return kv::LeaseResult{read_ticks(result, "TTL")};
  }
  ResultBody operator()(const kv::LeaseTimeToLiveRequest& /*asked*/) const {
    kv::LeaseTimeToLiveResult result;
    result.id = {fields.number("ID")};
    // One that has run out and is not revoked yet has a TTL below 0, too, but was granted something.
    result.alive = fields.signed_number("TTL") >= 0 || fields.has("grantedTTL");
    result.granted = read_ticks(fields, "grantedTTL");
    result.left = read_ticks(fields, "TTL");
    fields.each("keys", [&](const json::value& item) {
      const json::value named = json::object{{"key", item}};
      result.keys.push_back(Fields(&named, fields.error()).bytes("key"));
    });
    return result;
  }
  ResultBody operator()(const kv::LeaseLeasesRequest& /*asked*/) const {
    kv::LeaseLeasesResult result;
    fields.each("leases", [&](const json::value& item) {
      result.leases.push_back({Fields(&item, fields.error()).number("ID")});
    });
    return result;
  }
  ResultBody operator()(const kv::CompactRequest& /*asked*/) const { return kv::CompactResult{}; }
  ResultBody operator()(const kv::HashRequest& /*asked*/) const {
    return kv::HashResult{static_cast<std::uint32_t>(fields.number("hash")), {}};
  }
  ResultBody operator()(const kv::DefragmentRequest& /*asked*/) const { return kv::DefragmentResult{}; }
  template <class Other>
  ResultBody operator()(const Other& /*asked*/) const {
    fields.fail("there is no answer to such a request");
    return kv::ErrorResult{};
  }
};

tl::expected<kv::Response, std::string> read_error(const Fields& fields, int status) {
  const std::string message = fields.has("message") ? fields.text("message") : fields.text("error");
  const auto* words = std::ranges::find(error_words, message, &ErrorWords::message);
  if (words == error_words.end()) {
    return tl::unexpected("status " + std::to_string(status) + ": " + message);
  }
  if (fields.number("code") != static_cast<std::uint64_t>(words->grpc_code)) {
    return tl::unexpected("code " + std::to_string(fields.number("code")) + " with: " + message);
  }
  // Gateways of etcd 3.5 tell every failed precondition with 400.
  if (status != words->status && !(words->status == 412 && status == 400)) {
    return tl::unexpected("status " + std::to_string(status) + " with: " + message);
  }
  kv::Response response;
  response.result = kv::ErrorResult{words->code};
  return response;
}

kv::Event read_event(const Fields& fields) {
  kv::Event event;
  event.type = static_cast<kv::EventType>(fields.word("type", event_types, "Event_EventType"));
  event.kv = read_key_value(fields.object("kv"));
  event.prev_kv = read_previous(fields);
  return event;
}

}  // namespace

GatewayAnswer write_response(const RequestBody& asked, const kv::Response& response) {
  const bool is_stream = std::holds_alternative<kv::LeaseKeepAliveRequest>(asked);
  Members members;
  if (const auto* error = std::get_if<kv::ErrorResult>(&response.result)) {
    if (!is_stream || error->code != kv::ErrorCode::lease_not_found) {
      return write_error(error->code);
    }
    members.number("ID", asked_lease(asked).value);
  } else if (!std::holds_alternative<kv::LeaseResult>(response.result) || is_stream) {
    members = std::visit(Write{asked, response.revision}, response.result);
  }
  if (!std::holds_alternative<kv::DefragmentResult>(response.result)) {  // whose header etcd leaves out
    members.set("header", header(response.revision));
  }
  json::object result = members.take();
  return {200, json::serialize(is_stream ? json::object{{"result", std::move(result)}} : result)};
}

tl::expected<kv::Response, std::string> read_response(const RequestBody& asked, const GatewayAnswer& answer) {
  boost::system::error_code malformed;
  const json::value value = json::parse(answer.json, malformed);
  if (malformed) {
    return tl::unexpected("no JSON: " + malformed.message());
  }
  ReadError error;
  const Fields fields(&value, error);
  if (answer.status != 200) {
    return error.message ? tl::unexpected(*error.message) : read_error(fields, answer.status);
  }
  kv::Response response;
  response.revision = {
      (fields.has("result") ? fields.object("result") : fields).object("header").number("revision")};
  response.result = std::visit(Read{fields}, asked);
  if (error.message) {
    return tl::unexpected(*error.message);
  }
  return response;
}

// The message by which etcd cancels a watch whose past is compacted has an empty header.
std::string write_watch_response(const kv::WatchResponse& response) {
  json::array events;
  for (const kv::Event& event : response.events) {
    Members members;
    members.word("type", static_cast<std::size_t>(event.type), event_types)
        .set("kv", write_key_value(event.kv));
    if (event.prev_kv) {
      members.set("prev_kv", write_key_value(*event.prev_kv));
    }
    events.push_back(members.take());
  }
  const kv::Revision compacted = response.compact_revision.value_or(kv::Revision{});
  Members members;
  members.set("header", header(response.compact_revision ? kv::Revision{} : response.revision))
      .flag("created", response.created)
      .flag("canceled", response.canceled || response.compact_revision.has_value())
      .number("compact_revision", compacted.value)
      .flag("fragment", response.fragment)
      .list("events", std::move(events));
  return json::serialize(json::object{{"result", members.take()}});
}

tl::expected<kv::WatchResponse, std::string> read_watch_response(std::string_view text, kv::WatchId watch) {
  boost::system::error_code malformed;
  const json::value value = json::parse(text, malformed);
  if (malformed) {
    return tl::unexpected("no JSON: " + malformed.message());
  }
  ReadError error;
  const Fields whole(&value, error);
  if (whole.has("error")) {
    return tl::unexpected("the stream failed: " + std::string(text));
  }
  const Fields fields = whole.object("result");
  kv::WatchResponse response;
  response.watch = fields.signed_number("watch_id") < 0 ? kv::all_watches : watch;
  response.revision = {fields.object("header").number("revision")};
  response.created = fields.flag("created");
  response.canceled = fields.flag("canceled");
  response.fragment = fields.flag("fragment");
  if (fields.number("compact_revision") != 0) {
    response.compact_revision = kv::Revision{fields.number("compact_revision")};
  }
  fields.each("events",
              [&](const json::value& item) { response.events.push_back(read_event(Fields(&item, error))); });
  if (error.message) {
    return tl::unexpected(*error.message);
  }
  return response;
}

}  // namespace plimsoll::properties::store
