#include "properties/store/conform/samples_driver.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "checker/trace/json.hpp"
#include "impl/base/assert.hpp"
#include "properties/conformance/difference.hpp"
#include "properties/conformance/text_file.hpp"
#include "properties/store/conform/gateway.hpp"
#include "properties/store/conform/reference.hpp"
#include "properties/store/conform/samples_file.hpp"
#include "properties/store/conform/untold.hpp"

namespace plimsoll::properties::store {
namespace {

namespace json = boost::json;

/// Members in order of name, without those that say who answered; leases and the keys of a lease in order.
json::value canonical(const json::value& value) {
  if (const json::array* items = value.if_array()) {
    json::array sorted;
    for (const json::value& item : *items) {
      sorted.push_back(canonical(item));
    }
    return sorted;
  }
  const json::object* members = value.if_object();
  if (members == nullptr) {
    return value;
  }
  std::vector<std::string> names;
  for (const auto& member : *members) {
    names.emplace_back(member.key());
  }
  std::ranges::sort(names);
  json::object sorted;
  for (const std::string& name : names) {
    if (name == "cluster_id" || name == "member_id" || name == "raft_term") {
      continue;
    }
    json::value inner = canonical(members->at(name));
    if ((name == "leases" || name == "keys") && inner.is_array()) {
      json::array& items = inner.get_array();
      std::sort(items.begin(), items.end(), [](const json::value& a, const json::value& b) {
        return json::serialize(a) < json::serialize(b);
      });
    }
    sorted.emplace(name, std::move(inner));
  }
  return sorted;
}

std::string readable(const json::value& value) {
  const auto tree = checker::parse_json(json::serialize(value), "answer");
  return tree ? checker::write_json(*tree) : json::serialize(value);
}

struct Answer {
  int status = 200;
  json::value content = {};
};

/// Plays a recording to one reference.
class Player {
 public:
  Player(Reference& reference, const std::vector<Sample>& samples)
      : reference_(reference), samples_(samples), untold_(samples) {}

  /// What is different in the answer to the next sample; empty: nothing.
  std::string next() {
    const Sample& sample = samples_[at_];
    json::value recorded = json::parse(sample.response);
    const Answer answer = answer_to(sample, recorded);
    ++at_;
    std::string expected = "status " + std::to_string(sample.status) + "\n" + readable(canonical(recorded));
    std::string actual =
        "status " + std::to_string(answer.status) + "\n" + readable(canonical(answer.content));
    return line_difference(expected, actual);
  }

 private:
  [[nodiscard]] kv::Response ask(RequestBody body) {
    auto response = reference_.answer({kv::RequestId{1}, std::move(body)});
    PLIMSOLL_ASSERT(response.has_value());
    return std::move(*response);
  }
  [[nodiscard]] kv::Revision revision() { return ask(kv::RangeRequest{{"a", ""}}).revision; }
  void fill(kv::Revision until) {
    for (kv::Revision now = revision(); now < until;) {
      untold_.make(reference_, now.next(), at_);
      const kv::Revision then = revision();
      if (then == now) {
        return;  // the difference will be seen
      }
      now = then;
    }
  }

  Answer answer_to(const Sample& sample, json::value& recorded) {
    auto request = read_request(sample.call);
    if (!request) {
      return {request.error().status, json::parse(request.error().json)};
    }
    if (auto* watch = std::get_if<kv::WatchRequest>(&*request)) {
      return {200, watched(*watch, recorded)};
    }
    if (sample.status == 200) {
      const auto told = read_response(*request, {200, sample.response});
      name_lease(*request, told);
      const kv::Revision after = told_revision(sample);
      fill(told && changes(*request, *told) ? kv::Revision{after.value - 1} : after);
    }
    if (std::holds_alternative<kv::HashRequest>(*request)) {
      return hashed(recorded);
    }
    const kv::Response response = ask(*request);
    accept_time_left(response, recorded);
    const GatewayAnswer written = write_response(*request, response);
    json::value content = json::parse(written.json);
    const bool is_stream = std::holds_alternative<kv::LeaseKeepAliveRequest>(*request);
    return {written.status, is_stream ? json::array{std::move(content)} : std::move(content)};
  }

  /// The server named it.
  static void name_lease(RequestBody& request, const tl::expected<kv::Response, std::string>& told) {
    auto* grant = std::get_if<kv::LeaseGrantRequest>(&request);
    const auto* granted = told ? std::get_if<kv::LeaseGrantResult>(&told->result) : nullptr;
    if (grant != nullptr && granted != nullptr && grant->id == kv::LeaseId{}) {
      grant->id = granted->id;
    }
  }
  /// Whether a request that was answered so made a revision of its own.
  bool changes(const RequestBody& request, const kv::Response& told) {
    if (const auto* revoke = std::get_if<kv::LeaseRevokeRequest>(&request)) {
      const kv::Response lease = ask(kv::LeaseTimeToLiveRequest{revoke->id, true});
      return !std::get<kv::LeaseTimeToLiveResult>(lease.result).keys.empty();
    }
    const auto* removal = std::get_if<kv::DeleteResult>(&told.result);
    const auto* txn = std::get_if<kv::TxnResult>(&told.result);
    return std::holds_alternative<kv::PutResult>(told.result) ||
           (removal != nullptr && removal->deleted > 0) || (txn != nullptr && changes(*txn));
  }
  static bool changes(const kv::TxnResult& txn) {
    return std::ranges::any_of(txn.responses, [](const kv::OperationResult& response) {
      const auto* removal = std::get_if<kv::DeleteResult>(&response);
      const auto* nested = std::get_if<base::Box<kv::TxnResult>>(&response);
      return std::holds_alternative<kv::PutResult>(response) ||
             (removal != nullptr && removal->deleted > 0) || (nested != nullptr && changes(**nested));
    });
  }
  Answer hashed(const json::value& recorded) {
    json::object answer{{"header", {{"revision", std::to_string(revision().value)}}}};
    const json::object* members = recorded.if_object();
    const json::value* hash = members == nullptr ? nullptr : members->if_contains("hash");
    if (hash != nullptr && hash->is_int64() && hash->get_int64() >> 32U == 0) {
      answer.emplace("hash", *hash);
    }
    return {200, std::move(answer)};
  }
  /// Puts the reference's time left into the recorded answer, if that has a possible one.
  static void accept_time_left(const kv::Response& response, json::value& recorded) {
    const auto* lease = std::get_if<kv::LeaseTimeToLiveResult>(&response.result);
    json::object* members = recorded.if_object();
    if (lease == nullptr || !lease->alive || members == nullptr || !members->contains("TTL")) {
      return;
    }
    const auto told = read_response(kv::LeaseTimeToLiveRequest{}, {200, json::serialize(recorded)});
    if (told && std::get<kv::LeaseTimeToLiveResult>(told->result).left <= lease->granted) {
      (*members)["TTL"] = std::to_string(lease->left.value);
    }
  }
  /// Opens the watch when the store is at the revision of the first message, and lets happen what later ones
  /// tell of.
  json::value watched(kv::WatchRequest watch, const json::value& recorded) {
    watch.watch = {static_cast<std::uint32_t>(at_)};
    (void)reference_.take_stream();
    const json::array* messages = recorded.if_array();
    bool is_open = false;
    for (const json::value& message : messages == nullptr ? json::array() : *messages) {
      Sample part;
      part.response = json::serialize(message);
      fill(told_revision(part));
      if (!is_open) {
        (void)reference_.answer({kv::RequestId{1}, watch});
        is_open = true;
      }
    }
    json::array sent;
    for (const kv::WatchResponse& response : reference_.take_stream()) {
      if (response.watch == watch.watch) {
        sent.push_back(json::parse(write_watch_response(response)));
      }
    }
    (void)reference_.answer({kv::RequestId{1}, kv::WatchCancelRequest{watch.watch}});
    (void)reference_.take_stream();
    return sent;
  }

  Reference& reference_;
  const std::vector<Sample>& samples_;
  Untold untold_;
  std::size_t at_ = 0;
};

}  // namespace

ConformanceResult judge_etcd_samples(const std::string& path) {
  const auto text = read_file(path);
  if (!text) {
    return tl::unexpected(text.error());
  }
  const auto samples = read_samples(*text, path);
  if (!samples) {
    return tl::unexpected(samples.error());
  }
  std::vector<std::string> differences(samples->size());
  for (const ReferenceKind& kind : reference_kinds) {
    const auto reference = kind.make({});
    Player player(*reference, *samples);
    for (std::string& difference : differences) {
      if (const std::string found = player.next(); !found.empty()) {
        difference += std::string(kind.name) + " differs:\n" + found;
      }
    }
  }
  ConformanceReport report;
  report.total = samples->size();
  for (std::size_t i = 0; i < differences.size(); ++i) {
    if (differences[i].empty()) {
      ++report.passed;
    } else {
      report.failures.push_back({(*samples)[i].line, (*samples)[i].name, differences[i]});
    }
  }
  return report;
}

}  // namespace plimsoll::properties::store
