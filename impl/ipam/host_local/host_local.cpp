#include "impl/ipam/host_local/host_local.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <tl/expected.hpp>

#include "impl/base/assert.hpp"

namespace plimsoll::ipam {
namespace {

using base::Ipv4;
using Config = HostLocal::Config;
using State = HostLocal::State;
using Outputs = base::Outputs<HostLocal::Outgoing, HostLocal::Timer>;
using Outcome = decltype(CniResponse::outcome);
using RangeSets = std::vector<RangeSet<Ipv4>>;

bool uses_lease(const Config& config) {
  return config.from_lease && !config.defects.has(Defect::I4);
}

// A lease is one range set of one range, all of it. Constant in a run but for the lease, so an ADD that needs
// several steps, which needs several sets, sees the same sets in all of them.
tl::expected<RangeSets, CniError> range_sets(const Config& config, const NodeNetwork& network) {
  if (!uses_lease(config)) {
    PLIMSOLL_ASSERT(!config.range_sets.empty());
    return config.range_sets;
  }
  if (!network.subnet) {
    return tl::unexpected(CniError::network_down);
  }
  auto range = make_range(RangeFields<Ipv4>{.subnet = *network.subnet});
  if (!range) {
    return tl::unexpected(CniError::unusable_subnet);
  }
  auto set = RangeSet<Ipv4>::make({*range});
  PLIMSOLL_ASSERT(set.has_value());
  return RangeSets{*set};
}

// The verb that holds the lock. Member functions return the outcome, or nothing if the verb goes on.
class Verb {
 public:
  Verb(const Config& config, State& state)
      : config_(config), network_(state.network), files_(state.files), call_(*state.operation.running) {}

  std::optional<Outcome> proceed() {
    switch (call_.stage) {
      case Stage::begin:
        return std::visit([this](const auto& request) { return begin(request); }, call_.pending.request.body);
      case Stage::reserve:
        return reserve(add_request());
      case Stage::write_content:
        files_.write(call_.ips.back().address.address(), file_content(add_request().attachment));
        call_.stage = Stage::record_last;
        return std::nullopt;
      case Stage::record_last:
        return record_last();
      case Stage::release:
        return release();
    }
    PLIMSOLL_ASSERT(false);
    return std::nullopt;
  }

 private:
  const AddRequest& add_request() const { return std::get<AddRequest>(call_.pending.request.body); }

  std::optional<Outcome> begin(const AddRequest& add) {
    if (!is_valid(add.attachment)) {
      return Failed{CniError::invalid_attachment};
    }
    const auto sets = range_sets(config_, network_);
    if (!sets) {
      return Failed{sets.error()};
    }
    if (add.requested) {
      const auto holds_requested = [&](const RangeSet<Ipv4>& set) { return set.contains(*add.requested); };
      const auto set = std::find_if(sets->begin(), sets->end(), holds_requested);
      if (set == sets->end()) {
        return Failed{CniError::not_in_range};
      }
      if (!set->is_allocatable(*add.requested)) {
        return Failed{CniError::is_gateway};
      }
    }
    if (!config_.defects.has(Defect::I6) && !files_.held_by(add.attachment).empty()) {
      return Failed{CniError::already_allocated};
    }
    return reserve(add);
  }

  std::optional<Outcome> begin(const DelRequest& del) {
    if (!is_valid(del.attachment)) {
      return Failed{CniError::invalid_attachment};
    }
    call_.to_release = files_.released_by_del(del.attachment);
    return release();
  }

  std::optional<Outcome> begin(const CheckRequest& check) {
    if (!is_valid(check.attachment)) {
      return Failed{CniError::invalid_attachment};
    }
    if (files_.held_by(check.attachment).empty()) {
      return Failed{CniError::nothing_allocated};
    }
    return Done{};
  }

  std::optional<Outcome> begin(const GcRequest& gc) {
    if (!std::all_of(gc.valid.begin(), gc.valid.end(), is_valid)) {
      return Failed{CniError::invalid_attachment};
    }
    call_.to_release = files_.released_by_gc(gc.valid);
    return release();
  }

  std::optional<Outcome> reserve(const AddRequest& add) {
    const auto sets = range_sets(config_, network_);
    PLIMSOLL_ASSERT(sets.has_value() && call_.ips.size() < sets->size());
    const RangeSet<Ipv4>& set = (*sets)[call_.ips.size()];
    const auto address = choose(set, add.requested);
    if (!address) {
      return give_up(address.error());
    }
    const bool in_two_steps = config_.defects.has(Defect::I2);
    const bool created = files_.create(*address, in_two_steps ? "" : file_content(add.attachment));
    PLIMSOLL_ASSERT(created);
    const Range<Ipv4>& range = *set.range_for(*address);
    call_.ips.push_back({base::Ipv4Prefix(*address, range.subnet.length()), range.gateway});
    call_.stage = in_two_steps ? Stage::write_content : Stage::record_last;
    return std::nullopt;
  }

  // IPAM-3, or the requested address if it is one of this set's.
  tl::expected<Ipv4, CniError> choose(const RangeSet<Ipv4>& set, const std::optional<Ipv4>& requested) const {
    if (requested && set.contains(*requested)) {
      if (files_.holds(*requested)) {
        return tl::unexpected(CniError::not_free);
      }
      return *requested;
    }
    std::optional<Ipv4> last;
    if (const auto found = files_.last_reserved.find(set_number()); found != files_.last_reserved.end()) {
      last = found->second;
    }
    RangeIter<Ipv4> candidates(set, last);
    while (const auto candidate = candidates.next()) {
      if (!files_.holds(candidate->address)) {
        return candidate->address;
      }
    }
    return tl::unexpected(CniError::exhausted);
  }

  // Of the set to reserve from next.
  std::uint32_t set_number() const { return static_cast<std::uint32_t>(call_.ips.size()); }

  std::optional<Outcome> record_last() {
    const std::uint32_t number = set_number() - 1;
    files_.last_reserved.insert_or_assign(number, call_.ips.back().address.address());
    const std::size_t sets = uses_lease(config_) ? 1 : config_.range_sets.size();
    if (call_.ips.size() == sets) {
      return Added{std::move(call_.ips)};
    }
    call_.stage = Stage::reserve;
    return std::nullopt;
  }

  // IPAM-6.
  std::optional<Outcome> give_up(CniError error) {
    for (const IpConfig& ip : std::exchange(call_.ips, {})) {
      call_.to_release.push_back(ip.address.address());
    }
    call_.error = error;
    return release();
  }

  std::optional<Outcome> release() {
    if (!call_.to_release.empty()) {
      files_.remove(call_.to_release.front());
      call_.to_release.erase(call_.to_release.begin());
    }
    if (!call_.to_release.empty()) {
      call_.stage = Stage::release;
      return std::nullopt;
    }
    return call_.error ? Outcome(Failed{*call_.error}) : Outcome(Done{});
  }

  const Config& config_;
  const NodeNetwork& network_;
  AddressFiles& files_;
  RunningCall& call_;
};

// Does one thing for the call that runs, or for the first that waits; answers it if that was all.
void proceed(const Config& config, State& state, Outputs& outputs) {
  Operation& operation = state.operation;
  if (!operation.running) {
    PLIMSOLL_ASSERT(!operation.waiting.empty());
    operation.running.emplace().pending = std::move(operation.waiting.front());
    operation.waiting.erase(operation.waiting.begin());
  }
  if (std::optional<Outcome> outcome = Verb(config, state).proceed()) {
    const PendingCall& answered = operation.running->pending;
    outputs.send(answered.client, CniResponse{answered.request.call, std::move(*outcome)});
    operation.running.reset();
  }
  if (operation.running || !operation.waiting.empty()) {
    outputs.arm(HostLocalTimer::proceed, base::Ticks{0});
  }
}

}  // namespace

void HostLocal::step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                     base::Outputs<Outgoing, Timer>& outputs) {
  Operation& operation = state.operation;
  if (std::holds_alternative<base::Started>(input)) {
    if (config.defects.has(Defect::I3)) {
      state.files = {};
    }
  } else if (const auto* received = std::get_if<base::Received<Incoming>>(&input)) {
    const bool idle = !operation.running && operation.waiting.empty();
    operation.waiting.push_back({received->from, received->message});
    if (idle) {
      proceed(config, state, outputs);
    }
  } else if (std::holds_alternative<base::TimerFired<Timer>>(input)) {
    proceed(config, state, outputs);
  } else if (const auto* disconnected = std::get_if<base::Disconnected>(&input)) {
    // Who waits for the lock goes with its parent; who holds it finishes, and its response finds nobody.
    std::erase_if(operation.waiting,
                  [&](const PendingCall& waiting) { return waiting.client == disconnected->peer; });
    if (!operation.running && operation.waiting.empty()) {
      outputs.disarm(HostLocalTimer::proceed);
    }
  }
}

}  // namespace plimsoll::ipam
