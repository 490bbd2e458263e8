#include <map>
#include <utility>
#include <variant>

#include "impl/base/assert.hpp"
#include "impl/store/applier.hpp"
#include "impl/store/check.hpp"
#include "impl/store/lessor.hpp"
#include "impl/store/mvcc.hpp"
#include "impl/store/txn.hpp"
#include "impl/store/watch_hub.hpp"
#include "properties/store/conform/reference.hpp"

namespace plimsoll::properties::store {
namespace {

using plimsoll::store::Applied;
using plimsoll::store::Applier;
using plimsoll::store::InternalRequest;
using plimsoll::store::LeaseTimer;
using plimsoll::store::LeaseTimerChanges;
using plimsoll::store::LeaseTimerKind;
using plimsoll::store::Lessor;
using plimsoll::store::Mvcc;
using plimsoll::store::Renewal;
using plimsoll::store::WatchContext;
using plimsoll::store::WatchHub;

using Result = decltype(kv::Response::result);

constexpr base::ProcessId client{1};
constexpr raft::ServerId self{1};
/// The largest number of Ticks stands for what is too large for etcd (gateway_request.cpp).
constexpr std::uint64_t ttl_max = 0xfffffffe;
constexpr std::size_t rows_per_step = 1000;

class ImplementationReference : public Reference {
 public:
  explicit ImplementationReference(const ReferenceSettings& settings)
      : store_(Mvcc::restore({})), lessor_(Lessor::restore(store_)) {
    config_.leases.ttl_min = settings.lease_ttl_min;
    config_.leases.ttl_max = ttl_max;
    config_.leases.checkpoint_interval = {0};
    note(lessor_.promote(config_.leases, store_, {0}));
  }

  std::optional<kv::Response> answer(const kv::Request& request) override {
    if (const auto checked = plimsoll::store::check(request); !checked) {
      return respond(request, kv::ErrorResult{checked.error()});
    }
    std::optional<Result> result =
        std::visit([this](const auto& body) -> std::optional<Result> { return serve(body); }, request.body);
    while (hub_.has_unsynced()) {
      hub_.sync(watching());
    }
    return result ? std::optional(respond(request, std::move(*result))) : std::nullopt;
  }

  std::vector<kv::WatchResponse> take_stream() override {
    std::vector<kv::WatchResponse> stream;
    for (auto& sent : out_.take()) {
      stream.push_back(std::move(sent.response));
    }
    return stream;
  }

  void pass(base::Ticks ticks) override {
    const std::uint64_t end = now_ + ticks.value;
    while (true) {
      auto first = due_.end();
      for (auto timer = due_.begin(); timer != due_.end(); ++timer) {
        first = first == due_.end() || timer->second < first->second ? timer : first;
      }
      if (first == due_.end() || first->second > end) {
        break;
      }
      now_ = first->second;
      const LeaseTimer timer = first->first;
      due_.erase(first);
      fire(timer);
    }
    now_ = end;
  }

 private:
  [[nodiscard]] kv::Response respond(const kv::Request& request, Result result) const {
    kv::Response response{request.id, store_.revision(), {}};
    response.result = std::move(result);
    return response;
  }
  [[nodiscard]] WatchContext watching() { return {store_, watch_config_, out_}; }

  // What needs no entry in the log.
  std::optional<Result> serve(const kv::RangeRequest& request) {
    auto result = store_.range(request);
    return result ? Result(std::move(*result)) : Result(kv::ErrorResult{result.error()});
  }
  std::optional<Result> serve(const kv::TxnRequest& request) {
    if (!plimsoll::store::is_read_only(request)) {
      return propose(request);
    }
    auto result = plimsoll::store::read(store_, request);
    return result ? Result(std::move(*result)) : Result(kv::ErrorResult{result.error()});
  }
  std::optional<Result> serve(const kv::LeaseKeepAliveRequest& request) {
    const Renewal renewal = lessor_.renew(config_.leases, store_, request.id);
    note(renewal.timers);
    if (const auto* renewed = std::get_if<kv::LeaseResult>(&renewal.outcome)) {
      return *renewed;
    }
    const auto* error = std::get_if<kv::ErrorResult>(&renewal.outcome);
    PLIMSOLL_ASSERT(error != nullptr);
    return *error;
  }
  std::optional<Result> serve(const kv::LeaseTimeToLiveRequest& request) {
    return lessor_.time_to_live(store_, request);
  }
  std::optional<Result> serve(const kv::LeaseLeasesRequest& /*request*/) { return lessor_.list(); }
  std::optional<Result> serve(const kv::DefragmentRequest& /*request*/) {
    (void)store_.start_defragment();
    const bool is_done = store_.finish_defragment().has_value();
    PLIMSOLL_ASSERT(is_done);
    return kv::DefragmentResult{};
  }
  std::optional<Result> serve(const kv::WatchRequest& request) {
    hub_.watch(watching(), client, request);
    return std::nullopt;
  }
  std::optional<Result> serve(const kv::WatchCancelRequest& request) {
    hub_.cancel(watching(), client, request.watch);
    return std::nullopt;
  }
  std::optional<Result> serve(const kv::WatchProgressRequest& /*request*/) {
    hub_.progress_request(watching(), client);
    return std::nullopt;
  }
  std::optional<Result> serve(const kv::PutRequest& request) { return propose(request); }
  std::optional<Result> serve(const kv::DeleteRequest& request) { return propose(request); }
  std::optional<Result> serve(const kv::CompactRequest& request) { return propose(request); }
  std::optional<Result> serve(const kv::LeaseGrantRequest& request) { return propose(request); }
  std::optional<Result> serve(const kv::LeaseRevokeRequest& request) { return propose(request); }
  std::optional<Result> serve(const kv::HashRequest& /*request*/) { return refuse(); }
  std::optional<Result> serve(const kv::MemberChangeRequest& /*request*/) { return refuse(); }
  std::optional<Result> serve(const kv::MemberListRequest& /*request*/) { return refuse(); }
  std::optional<Result> serve(const kv::StatusRequest& /*request*/) { return refuse(); }
  static std::optional<Result> refuse() {
    PLIMSOLL_ASSERT_KNOWN(false, "a reference has neither hashes nor members nor a server's status");
    return std::nullopt;
  }

  template <class Body>
  Result propose(Body body) {
    InternalRequest request;
    request.id = {self, ++proposals_};
    request.body = std::move(body);
    std::optional<Applied> applied =
        Applier(config_, store_, lessor_).apply(++index_, raft::Term{1}, std::move(request));
    PLIMSOLL_ASSERT(applied.has_value());
    note(applied->timers);
    if (!applied->events.empty()) {
      hub_.notify(watching(), applied->events);
    }
    while (store_.compacting()) {
      (void)store_.compact_step(rows_per_step);
    }
    return std::move(applied->result);
  }
  void note(const LeaseTimerChanges& changes) {
    for (const auto& change : changes) {
      if (change.after) {
        due_[change.timer] = now_ + change.after->value;
      } else {
        due_.erase(change.timer);
      }
    }
  }
  void fire(const LeaseTimer& timer) {
    PLIMSOLL_ASSERT(timer.kind == LeaseTimerKind::expiry);
    const auto expiry = lessor_.expire(config_.leases, timer.lease);
    note(expiry.timers);
    if (expiry.revoke) {
      (void)propose(kv::LeaseRevokeRequest{timer.lease});
    }
  }

  plimsoll::store::ApplierConfig config_ = {};
  plimsoll::store::WatchConfig watch_config_ = {};
  Mvcc store_;
  Lessor lessor_;
  WatchHub hub_ = {};
  plimsoll::store::WatchOut out_ = {};
  std::uint64_t proposals_ = 0;
  raft::Index index_{0};
  std::uint64_t now_ = 0;
  std::map<LeaseTimer, std::uint64_t> due_ = {};
};

}  // namespace

std::unique_ptr<Reference> make_implementation_reference(const ReferenceSettings& settings) {
  return std::make_unique<ImplementationReference>(settings);
}

}  // namespace plimsoll::properties::store
