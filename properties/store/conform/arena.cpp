#include "properties/store/conform/arena.hpp"

#include <chrono>
#include <utility>

#include "properties/store/conform/sequence.hpp"

namespace plimsoll::properties::store {
namespace {

const kv::KeyRange everything{std::string(1, '\0'), std::string(1, '\0')};
constexpr kv::LeaseId probe{12345};
constexpr std::chrono::seconds patience{10};

}  // namespace

tl::expected<kv::Response, std::string> Arena::ask(const RequestBody& request) {
  const auto answer = client_->call(write_request(request));
  return answer ? read_response(request, *answer) : tl::unexpected(answer.error());
}

tl::expected<Arena, std::string> Arena::open(const std::string& endpoint) {
  Arena arena;
  arena.client_ = make_etcd_client(endpoint);
  tl::expected<void, std::string> ready = arena.look_at_empty();
  ready = ready ? arena.measure_least_ttl() : ready;
  ready = ready ? arena.look_for_lost_removals() : ready;
  if (!ready) {
    return tl::unexpected(ready.error());
  }
  return arena;
}

tl::expected<void, std::string> Arena::look_at_empty() {
  kv::RangeRequest count{everything};
  count.count_only = true;
  const auto keys = ask(count);
  const auto leases = keys ? ask(kv::LeaseLeasesRequest{}) : keys;
  if (!leases) {
    return tl::unexpected(leases.error());
  }
  if (std::get<kv::RangeResult>(keys->result).count != 0 ||
      !std::get<kv::LeaseLeasesResult>(leases->result).leases.empty()) {
    return tl::unexpected(
        std::string("it holds keys or leases, and all would be removed: an empty one is wanted"));
  }
  return {};
}

tl::expected<void, std::string> Arena::measure_least_ttl() {
  const auto granted = ask(kv::LeaseGrantRequest{probe, {0}});
  const auto* lease = granted ? std::get_if<kv::LeaseGrantResult>(&granted->result) : nullptr;
  if (lease == nullptr) {
    return tl::unexpected(granted ? std::string("it grants no lease") : granted.error());
  }
  settings_.lease_ttl_min = lease->ttl;
  const auto revoked = ask(kv::LeaseRevokeRequest{probe});
  return revoked ? tl::expected<void, std::string>() : tl::unexpected(revoked.error());
}

// Removes a key, compacts at that, and watches from there on: the first event is the removal or what follows.
tl::expected<void, std::string> Arena::look_for_lost_removals() {
  (void)ask(kv::PutRequest{first_key, "1"});
  const auto removed = ask(kv::DeleteRequest{{first_key, ""}});
  if (!removed) {
    return tl::unexpected(removed.error());
  }
  (void)ask(kv::CompactRequest{removed->revision, true});
  kv::WatchRequest request;
  request.range = {first_key, ""};
  request.start_revision = removed->revision;
  const auto stream = client_->watch(write_request(request).json);
  (void)ask(kv::PutRequest{first_key, "2"});
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    for (const std::string& message : stream->take(std::chrono::milliseconds(100))) {
      const auto response = read_watch_response(message, {});
      if (!response) {
        return tl::unexpected(response.error());
      }
      if (!response->events.empty()) {
        loses_removals_ = response->events.front().type != kv::EventType::remove;
        return {};
      }
    }
  }
  return tl::unexpected(std::string("a watch tells nothing"));
}

tl::expected<void, std::string> Arena::wipe() {
  const auto leases = ask(kv::LeaseLeasesRequest{});
  if (!leases) {
    return tl::unexpected(leases.error());
  }
  for (const kv::LeaseId lease : std::get<kv::LeaseLeasesResult>(leases->result).leases) {
    (void)ask(kv::LeaseRevokeRequest{lease});
  }
  const auto removed = ask(kv::DeleteRequest{everything});
  return removed ? tl::expected<void, std::string>() : tl::unexpected(removed.error());
}

tl::expected<kv::Revision, std::string> Arena::clear() {
  if (const auto wiped = wipe(); !wiped) {
    return tl::unexpected(wiped.error());
  }
  const auto put = ask(kv::PutRequest{first_key, ""});
  const auto compacted = put ? ask(kv::CompactRequest{put->revision}) : put;
  if (!compacted) {
    return tl::unexpected(compacted.error());
  }
  if (!std::holds_alternative<kv::CompactResult>(compacted->result)) {
    return tl::unexpected(std::string("it cannot be cleared: does anybody else use it?"));
  }
  return put->revision;
}

}  // namespace plimsoll::properties::store
