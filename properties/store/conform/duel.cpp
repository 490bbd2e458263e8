#include "properties/store/conform/duel.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>
#include <vector>

#include "checker/system/datum.hpp"
#include "impl/base/assert.hpp"
#include "properties/store/conform/shift.hpp"
#include "properties/store/conform/watch_pair.hpp"

namespace plimsoll::properties::store {
namespace {

using Clock = std::chrono::steady_clock;
using Outcome = tl::expected<std::optional<Disagreement>, std::string>;

/// etcd looks for watches that are behind every 100 ms.
constexpr std::chrono::milliseconds sync_time{150};
constexpr std::chrono::milliseconds poll_time{50};
/// etcd looks for leases that ran out every 500 ms.
constexpr std::chrono::seconds expiry_patience{20};

template <class T>
checker::Datum datum_of(const T& value) {
  return checker::to_datum(base::schema_of<T>(), base::to_bytes(value));
}

/// One attempt at a sequence.
class Duel {
 public:
  Duel(Arena& arena, const ReferenceKind& kind, const Sequence& sequence, std::uint64_t offset)
      : arena_(arena), reference_(kind.make(arena.settings())), sequence_(sequence), offset_(offset) {
    (void)reference_->answer({kv::RequestId{1}, kv::PutRequest{first_key, ""}});
    (void)reference_->answer({kv::RequestId{1}, kv::CompactRequest{first_revision}});
  }

  Outcome run() {
    for (std::size_t i = 0; i < sequence_.size(); ++i) {
      auto difference = std::visit([&](const auto& step) { return take(step, i); }, sequence_[i]);
      if (difference && difference->empty()) {
        *difference = compare_watches();
      }
      if (!difference) {
        return tl::unexpected(difference.error());
      }
      if (!difference->empty()) {
        was_too_slow_ = was_too_slow_ || short_lease_may_be_gone();
        return Disagreement{i, std::move(*difference)};
      }
    }
    auto difference = end_watches();
    if (!difference) {
      return tl::unexpected(difference.error());
    }
    return difference->empty() ? std::nullopt
                               : std::optional(Disagreement{sequence_.size(), std::move(*difference)});
  }
  /// Whether a lease may have run out at etcd before its time had come.
  [[nodiscard]] bool was_too_slow() const { return was_too_slow_; }
  [[nodiscard]] const Seen& seen() const { return seen_; }

 private:
  /// The difference; empty: none. Error: etcd does not answer.
  using Difference = tl::expected<std::string, std::string>;

  [[nodiscard]] bool short_lease_may_be_gone() const {
    return short_since_ && Clock::now() > *short_since_ + short_time_ * 2 / 3;
  }

  Difference take(const RequestBody& request, std::size_t i) {
    if (const auto* watch = std::get_if<kv::WatchRequest>(&request)) {
      open(*watch, i);
      return std::string();
    }
    if (std::holds_alternative<kv::WatchCancelRequest>(request)) {
      return std::string();  // said as the watch was opened
    }
    if (std::holds_alternative<kv::CompactRequest>(request)) {
      settle();
    }
    renew(request);
    return compare(request);
  }
  Difference take(const LetExpire& /*step*/, std::size_t /*i*/) {
    const kv::LeaseTimeToLiveRequest look{short_lease};
    const auto before = reference_->answer({kv::RequestId{1}, look});
    const auto& lease = std::get<kv::LeaseTimeToLiveResult>(before->result);
    if (!lease.alive) {
      return std::string();
    }
    was_too_slow_ = short_lease_may_be_gone();
    const Clock::time_point earliest = *short_since_ + std::chrono::seconds(lease.granted.value);
    while (!was_too_slow_ && Clock::now() < earliest + expiry_patience) {
      const auto answer = call(look);
      if (!answer) {
        return tl::unexpected(answer.error());
      }
      const auto* seen = *answer ? std::get_if<kv::LeaseTimeToLiveResult>(&(*answer)->result) : nullptr;
      if (seen == nullptr || !seen->alive) {
        reference_->pass(lease.granted);
        expect_events();
        ++seen_["expired lease"];
        short_since_.reset();
        // It may be late, but is never early.
        return Clock::now() < earliest ? std::string("the lease ran out too early\n") : std::string();
      }
      arena_.client().wait(poll_time);
    }
    return was_too_slow_ ? std::string() : std::string("the lease does not run out\n");
  }

  /// What etcd answers, or why that is no answer to such a request. Error: there is none.
  using Call = tl::expected<tl::expected<kv::Response, std::string>, std::string>;
  [[nodiscard]] Call call(const RequestBody& request) {
    const RequestBody there = raised(request, offset_);
    const auto answer = arena_.client().call(write_request(there));
    if (!answer) {
      return tl::unexpected(answer.error());
    }
    auto response = read_response(there, *answer);
    return response ? tl::expected<kv::Response, std::string>(lowered(std::move(*response), offset_))
                    : std::move(response);
  }
  void expect_events() {
    for (const kv::WatchResponse& response : reference_->take_stream()) {
      for (WatchPair& watch : watches_) {
        if (watch.request().watch == response.watch) {
          watch.expect(response);
        }
      }
    }
  }
  void tell(const RequestBody& request) {
    (void)reference_->answer({kv::RequestId{1}, request});
    expect_events();
  }
  Difference compare(const RequestBody& request) {
    auto expected = reference_->answer({kv::RequestId{1}, request});
    PLIMSOLL_ASSERT(expected.has_value());
    expect_events();
    auto actual = call(request);
    if (!actual) {
      return tl::unexpected(actual.error());
    }
    if (!*actual) {
      return "etcd: " + actual->error() + "\n";
    }
    note(request, *expected);
    normalise(*expected, **actual);
    std::string text;
    for (const auto& difference : checker::differences(datum_of(**actual), datum_of(*expected))) {
      text += difference.path + "\n  etcd:      " + difference.before + "\n  reference: " + difference.after +
              "\n";
    }
    return text;
  }
  /// Makes equal what may differ.
  static void normalise(kv::Response& expected, kv::Response& actual) {
    actual.id = expected.id;
    if (std::holds_alternative<kv::ErrorResult>(actual.result)) {
      expected.revision = actual.revision;  // the gateway's errors name none
    }
    if (auto* leases = std::get_if<kv::LeaseLeasesResult>(&actual.result)) {
      std::ranges::sort(leases->leases);  // etcd: the ones that run out first come first
    }
    auto* told = std::get_if<kv::LeaseTimeToLiveResult>(&actual.result);
    const auto* known = std::get_if<kv::LeaseTimeToLiveResult>(&expected.result);
    if (told != nullptr) {
      std::ranges::sort(told->keys);  // etcd's are in no order
    }
    if (told != nullptr && known != nullptr && told->alive && told->left <= known->left) {
      told->left = known->left;  // the reference's is a bound
    }
  }
  void note(const RequestBody& request, const kv::Response& response) {
    if (std::holds_alternative<kv::CompactResult>(response.result)) {
      compacted_ = std::get<kv::CompactRequest>(request).revision;
    }
    if (const auto* error = std::get_if<kv::ErrorResult>(&response.result)) {
      ++seen_[base::enumerator_text(error->code)];
    } else if (std::holds_alternative<kv::TxnResult>(response.result)) {
      ++seen_["transaction"];
    }
    ++seen_["answer"];
  }
  void renew(const RequestBody& request) {
    const auto* grant = std::get_if<kv::LeaseGrantRequest>(&request);
    const auto* keep_alive = std::get_if<kv::LeaseKeepAliveRequest>(&request);
    if ((grant != nullptr && grant->id == short_lease) ||
        (keep_alive != nullptr && keep_alive->id == short_lease)) {
      short_since_ = Clock::now();
      if (grant != nullptr) {
        short_time_ = std::chrono::seconds(std::max(arena_.settings().lease_ttl_min, grant->ttl).value);
      }
    }
  }

  void open(const kv::WatchRequest& request, std::size_t i) {
    const RequestBody there = raised(request, offset_);
    std::string messages = write_request(there).json;
    const auto* next = i + 1 < sequence_.size() ? std::get_if<RequestBody>(&sequence_[i + 1]) : nullptr;
    const bool is_canceled = next != nullptr && std::holds_alternative<kv::WatchCancelRequest>(*next);
    if (is_canceled) {
      messages += write_request(*next).json;
    }
    const kv::Revision lost = arena_.loses_removals() ? compacted_ : kv::Revision{};
    watches_.emplace_back(request, offset_, lost, arena_.client().watch(messages));
    is_settled_ = is_settled_ && request.start_revision == kv::Revision{};
    tell(request);
    if (is_canceled) {
      tell(*next);
    }
    ++seen_["watch"];
  }
  /// A watch from the past is behind until etcd has looked after it, whether it has anything to tell or not;
  /// compaction would cancel it.
  void settle() {
    if (!is_settled_) {
      arena_.client().wait(sync_time);
    }
    is_settled_ = true;
  }
  std::string compare_watches() {
    for (WatchPair& watch : watches_) {
      if (std::string difference = watch.compare(); !difference.empty()) {
        return difference;
      }
    }
    return {};
  }
  /// Something happens that each watch must tell, so that nothing else is still on the way.
  Difference end_watches() {
    for (std::size_t i = 0; i < watches_.size(); ++i) {
      seen_["event"] += watches_[i].events().size();
      seen_["watch canceled"] += watches_[i].is_canceled() ? 1 : 0;
      const std::string key = watches_[i].request().range.key;
      for (const RequestBody& request :
           {RequestBody(kv::PutRequest{key, "last"}), RequestBody(kv::DeleteRequest{{key, ""}})}) {
        Difference difference = compare(request);
        if (difference && difference->empty()) {
          *difference = compare_watches();
        }
        if (!difference || !difference->empty()) {
          return difference;
        }
      }
    }
    return std::string();
  }

  Arena& arena_;
  std::unique_ptr<Reference> reference_;
  const Sequence& sequence_;
  std::uint64_t offset_;
  std::vector<WatchPair> watches_ = {};
  kv::Revision compacted_ = first_revision;
  bool is_settled_ = true;
  bool was_too_slow_ = false;
  std::chrono::seconds short_time_ = {};
  std::optional<Clock::time_point> short_since_ = {};  ///< when the short lease was last renewed
  Seen seen_ = {};
};

}  // namespace

Outcome play(Arena& arena, const ReferenceKind& kind, const Sequence& sequence, Seen& seen) {
  for (int attempt = 0; attempt < 5; ++attempt) {
    const auto start = arena.clear();
    if (!start) {
      return tl::unexpected(start.error());
    }
    Duel duel(arena, kind, sequence, start->value - first_revision.value);
    Outcome outcome = duel.run();
    if (duel.was_too_slow()) {
      continue;
    }
    for (const auto& [what, times] : duel.seen()) {
      seen[what] += times;
    }
    return outcome;
  }
  return tl::unexpected(
      std::string("this machine is too slow: leases run out before their sequence has come to it"));
}

}  // namespace plimsoll::properties::store
