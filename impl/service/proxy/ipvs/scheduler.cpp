#include "impl/service/proxy/ipvs/scheduler.hpp"

#include <algorithm>
#include <numeric>

namespace plimsoll::service::ipvs {

namespace {

using Candidates = std::span<const Candidate>;
using Choice = std::optional<std::size_t>;

Choice position_of(Candidates candidates, const std::optional<RealKey>& key) {
  if (!key) {
    return std::nullopt;
  }
  const auto found =
      std::ranges::find_if(candidates, [&](const Candidate& each) { return each.key == *key; });
  return found == candidates.end() ? Choice{} : Choice{static_cast<std::size_t>(found - candidates.begin())};
}

/// The next one after the last that takes connections; the last one itself comes last.
Choice round_robin(Candidates candidates, SchedulerState& state) {
  const Choice last = position_of(candidates, state.last);
  const std::size_t first = last ? *last + 1 : 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::size_t at = (first + i) % candidates.size();
    if (candidates[at].weight > 0) {
      state.last = candidates[at].key;
      return at;
    }
  }
  return std::nullopt;
}

struct Weights {
  std::int64_t step = 1;  ///< the greatest common divisor of the weights
  std::int64_t most = 0;  ///< the greatest weight, less step - 1; 0 or less: nobody takes connections
};
template <class Servers>
Weights weights_of(const Servers& servers) {
  std::int64_t divisor = 0;
  std::int64_t greatest = 0;
  for (const auto& server : servers) {
    divisor = std::gcd(divisor, std::int64_t{server.weight});
    greatest = std::max(greatest, std::int64_t{server.weight});
  }
  const std::int64_t step = divisor == 0 ? 1 : divisor;
  return {step, greatest - (step - 1)};
}

/// Rounds through the list with a falling bar: from the greatest weight down by the divisor of all. A server
/// gets a turn in each round whose bar it reaches.
Choice weighted_round_robin(Candidates candidates, SchedulerState& state) {
  const Weights weights = weights_of(candidates);
  if (weights.most <= 0) {
    return std::nullopt;
  }
  if (state.current_weight <= 0 || state.current_weight > weights.most) {
    state.current_weight = weights.most;
  }
  const Choice last = position_of(candidates, state.last);
  std::size_t at = last ? *last + 1 : 0;
  while (true) {
    for (; at < candidates.size(); ++at) {
      if (candidates[at].weight >= state.current_weight) {
        state.last = candidates[at].key;
        return at;
      }
    }
    at = 0;
    state.current_weight -= weights.step;
    if (state.current_weight <= 0) {
      state.current_weight = weights.most;
    }
  }
}

/// The first of those with the least load by weight. Compared crosswise, as the kernel does, without
/// division.
template <class Load>
Choice least(Candidates candidates, bool is_weighted, const Load& load) {
  Choice best;
  for (std::size_t at = 0; at < candidates.size(); ++at) {
    const Candidate& each = candidates[at];
    if (each.weight == 0) {
      continue;
    }
    if (!best) {
      best = at;
      continue;
    }
    const Candidate& other = candidates[*best];
    const bool is_less =
        is_weighted ? load(other) * each.weight > load(each) * other.weight : load(other) > load(each);
    best = is_less ? at : *best;
  }
  return best;
}

/// ip_vs_dest_conn_overhead(): an active connection is as much as 256 inactive ones.
std::uint64_t overhead(const Candidate& candidate) {
  return (std::uint64_t{candidate.connections.active} << 8U) + candidate.connections.inactive;
}
/// The delay that the next connection would meet.
std::uint64_t expected_delay(const Candidate& candidate) {
  return std::uint64_t{candidate.connections.active} + 1;
}

/// An idle server is taken at once, though a faster one may be less delayed.
Choice never_queue(Candidates candidates) {
  for (std::size_t at = 0; at < candidates.size(); ++at) {
    if (candidates[at].weight > 0 && candidates[at].connections.active == 0) {
      return at;
    }
  }
  return least(candidates, true, expected_delay);
}

constexpr std::size_t hash_buckets = 256;

/// hash_32(): the golden ratio's high bits.
std::size_t bucket_of(const base::Ipv4& address) {
  constexpr std::uint32_t golden_ratio = 0x61c88647;
  constexpr unsigned bits = 8;
  return (address.value() * golden_ratio) >> (32 - bits);
}

/// The server of a bucket, when each server in turn is given `share` buckets; none if it takes no
/// connections.
template <class Share>
Choice hashed(Candidates candidates, std::size_t bucket, const Share& share) {
  if (candidates.empty()) {
    return std::nullopt;
  }
  std::size_t at = 0;
  std::size_t given = 0;
  for (std::size_t i = 0; i < bucket; ++i) {
    if (++given >= share(candidates[at])) {
      at = (at + 1) % candidates.size();
      given = 0;
    }
  }
  return candidates[at].weight > 0 ? Choice{at} : Choice{};
}

/// ip_vs_rr_del_dest(), ip_vs_wrr_dest_changed(). @param removed  The server taken off the list, which was at
/// `at` of it.
void servers_changed(const VirtualServer& service, SchedulerState& state,
                     const std::optional<RealKey>& removed, std::size_t at) {
  const std::span<const RealServer> servers = service.servers;
  if (service.scheduler == Scheduler::rr) {
    if (removed && state.last == removed) {  // the turn is that of the one after it
      state.last = at == 0 ? std::nullopt : std::optional(servers[at - 1].key);
    }
  } else if (service.scheduler == Scheduler::wrr) {
    const Weights weights = weights_of(servers);
    state.last.reset();
    if (state.current_weight > weights.most || state.current_weight == 0) {
      state.current_weight = std::max<std::int64_t>(weights.most, 0);
    } else if (weights.step > 1) {
      state.current_weight = state.current_weight / weights.step * weights.step + 1;
    }
  }
}

std::size_t place_of(const Tables& tables, const VirtualKey& service, const RealKey& key) {
  const auto found = tables.find(service);
  if (found == tables.end()) {
    return 0;
  }
  const auto& servers = found->second.servers;
  return static_cast<std::size_t>(
      std::ranges::find_if(servers, [&](const RealServer& each) { return each.key == key; }) -
      servers.begin());
}

}  // namespace

std::optional<std::size_t> schedule(Scheduler scheduler, std::span<const Candidate> candidates,
                                    SchedulerState& state, const base::Ipv4& source,
                                    const base::Ipv4& destination) {
  static_assert(hash_buckets == 1U << 8U);
  switch (scheduler) {
    case Scheduler::rr:
      return round_robin(candidates, state);
    case Scheduler::wrr:
      return weighted_round_robin(candidates, state);
    case Scheduler::lc:
      return least(candidates, false, overhead);
    case Scheduler::wlc:
      return least(candidates, true, overhead);
    case Scheduler::sh:
      // A server has as many buckets in a row as its weight says; weight 0 has one, which serves nobody.
      return hashed(candidates, bucket_of(source),
                    [](const Candidate& each) { return std::max<std::size_t>(each.weight, 1); });
    case Scheduler::dh:
      return hashed(candidates, bucket_of(destination), [](const Candidate&) { return std::size_t{1}; });
    case Scheduler::sed:
      return least(candidates, true, expected_delay);
    case Scheduler::nq:
      return never_queue(candidates);
  }
  return std::nullopt;
}

std::optional<overlay::Errno> make_change(Tables& tables, State& state, const Change& change) {
  const auto* const removal = std::get_if<ServerDelete>(&change);
  const std::size_t at = removal == nullptr ? 0 : place_of(tables, removal->service, removal->server);
  if (const auto error = make_change(tables, change)) {
    return error;
  }
  const VirtualKey key = std::visit([](const auto& each) { return each.service; }, change);
  if (std::holds_alternative<ServiceDelete>(change)) {
    state.schedulers.erase(key);
    std::erase_if(state.templates, [&](const auto& each) { return each.first.to == key; });
    return {};
  }
  servers_changed(tables.at(key), state.schedulers[key],
                  removal == nullptr ? std::nullopt : std::optional(removal->server), at);
  return {};
}

}  // namespace plimsoll::service::ipvs
