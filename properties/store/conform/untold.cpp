#include "properties/store/conform/untold.hpp"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>

#include "impl/base/assert.hpp"
#include "properties/store/conform/gateway_fields.hpp"

namespace plimsoll::properties::store {
namespace {

namespace json = boost::json;

constexpr kv::RequestId nobody{0};

kv::Revision revision_in(const json::value& answer) {
  if (const json::array* messages = answer.if_array()) {
    kv::Revision latest;
    for (const json::value& message : *messages) {
      latest = std::max(latest, revision_in(message));
    }
    return latest;
  }
  ReadError ignored;
  const Fields fields(&answer, ignored);
  const Fields inner = fields.has("result") ? fields.object("result") : fields;
  return {inner.object("header").number("revision")};
}

/// Visits every object in the value, with its parent; null: it has none.
void each_object(const json::value& value, const json::object* parent, const auto& visit) {
  if (const json::array* items = value.if_array()) {
    for (const json::value& item : *items) {
      each_object(item, parent, visit);
    }
  } else if (const json::object* members = value.if_object()) {
    visit(value, parent);
    for (const auto& member : *members) {
      each_object(member.value(), members, visit);
    }
  }
}

[[nodiscard]] bool is_removal(const json::object* parent, const json::value& kv) {
  const json::value* type = parent == nullptr ? nullptr : parent->if_contains("type");
  return type != nullptr && *type == "DELETE" && parent->if_contains("kv") == &kv;
}

std::set<std::string> keys_of(Reference& reference, kv::LeaseId lease) {
  const auto response = reference.answer({nobody, kv::LeaseTimeToLiveRequest{lease, true}});
  const auto& keys = std::get<kv::LeaseTimeToLiveResult>(response->result).keys;
  return {keys.begin(), keys.end()};
}

/// Lets the time of the lease run out that has just these keys. Returns false if none has.
bool expire(Reference& reference, const std::set<std::string>& keys) {
  const auto response = reference.answer({nobody, kv::LeaseLeasesRequest{}});
  for (const kv::LeaseId lease : std::get<kv::LeaseLeasesResult>(response->result).leases) {
    if (keys_of(reference, lease) == keys) {
      const auto time = reference.answer({nobody, kv::LeaseTimeToLiveRequest{lease, false}});
      reference.pass(std::get<kv::LeaseTimeToLiveResult>(time->result).granted);
      return true;
    }
  }
  return false;
}

}  // namespace

kv::Revision told_revision(const Sample& sample) {
  return revision_in(json::parse(sample.response));
}

Untold::Untold(const std::vector<Sample>& samples) : samples_(samples) {
  for (const Sample& sample : samples) {
    learn(sample);
  }
}

void Untold::learn(const Sample& sample) {
  const json::value response = json::parse(sample.response);
  const auto visit = [&](const json::value& value, const json::object* parent) {
    ReadError unreadable;
    const Fields fields(&value, unreadable);
    kv::KeyValue kv{fields.bytes("key"),
                    fields.bytes("value"),
                    {fields.number("create_revision")},
                    {fields.number("mod_revision")},
                    fields.number("version"),
                    {fields.number("lease")}};
    if (unreadable.message || kv.key.empty() || kv.mod_revision == kv::Revision{}) {
      return;
    }
    if (is_removal(parent, value)) {
      changes_[kv.mod_revision].removals.insert(kv.key);
      return;
    }
    kv::KeyValue created;
    created.key = kv.key;
    changes_[kv.create_revision].puts.try_emplace(kv.key, std::move(created));
    kv::KeyValue& known = changes_[kv.mod_revision].puts[kv.key];
    if (known.value.empty()) {  // an answer with keys only tells less
      known = std::move(kv);
    }
  };
  each_object(response, nullptr, visit);
}

kv::LeaseId Untold::lease_with_keys(std::size_t next) const {
  kv::Revision before;
  for (std::size_t i = next; i < samples_.size(); ++i) {
    const kv::Revision told = told_revision(samples_[i]);
    if (samples_[i].call.path.ends_with("/lease/revoke") && told != kv::Revision{}) {
      const auto request = read_request(samples_[i].call);
      const auto* revoke = request ? std::get_if<kv::LeaseRevokeRequest>(&*request) : nullptr;
      return revoke != nullptr && told.value == before.value + 1 ? revoke->id : kv::LeaseId{};
    }
    before = std::max(before, told);
  }
  return {};
}

void Untold::make(Reference& reference, kv::Revision revision, std::size_t next) const {
  const auto found = changes_.find(revision);
  const Changes known = found == changes_.end() ? Changes{} : found->second;
  if (known.puts.empty() && !known.removals.empty() && expire(reference, known.removals)) {
    return;
  }
  kv::TxnRequest txn;
  for (const auto& [key, kv] : known.puts) {
    txn.success.emplace_back(kv::PutRequest{key, kv.value, kv.lease});
  }
  for (const std::string& key : known.removals) {
    txn.success.emplace_back(kv::DeleteRequest{{key, ""}});
  }
  if (txn.success.empty()) {
    const std::string key = "\x01untold/" + std::to_string(revision.value);
    txn.success.emplace_back(kv::PutRequest{key, "", lease_with_keys(next)});
  }
  (void)reference.answer({nobody, std::move(txn)});
}

}  // namespace plimsoll::properties::store
