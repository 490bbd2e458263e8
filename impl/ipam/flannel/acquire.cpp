// Acquiring a subnet (FLN-2, FLN-3): flannel's AcquireLease, tryAcquireLease and allocateSubnet in
// local_manager.go.

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/ipam/flannel/manager_step.hpp"
#include "impl/ipam/flannel/subnets.hpp"

namespace plimsoll::ipam::flannel {

namespace {

kv::Compare mod_revision_is(std::string key, kv::Revision seen) {
  return {std::move(key), kv::CompareTarget::mod_revision, kv::CompareResult::equal, seen.value, {}};
}

kv::Compare is_absent(std::string key) {
  return {std::move(key), kv::CompareTarget::version, kv::CompareResult::equal, 0, {}};
}

/// Somebody else was faster. What is free may have changed, so everything starts with a new list.
void try_again(Step step) {
  if (++step.state.manager.races_lost >= step.config.create_attempts_max) {
    end(step, "too many races for a subnet were lost");
  } else {
    list(step);
  }
}

void delete_own(Step step, const StoredLease& own) {
  const std::string key = subnet_key(step.config.prefix, own.subnet);
  kv::TxnRequest txn;
  txn.compares.push_back(mod_revision_is(key, own.mod_revision));
  txn.success.push_back(kv::DeleteRequest{{key, {}}});
  ask(step, ManagerPhase::deleting, std::move(txn));
}

/// FLN-2 (b) and (c): the subnet of last time, or one of the first free ones by chance. None: the network is
/// full.
std::optional<base::Ipv4Prefix> choose_subnet(Step step, const std::vector<StoredLease>& leases) {
  std::vector<base::Ipv4Prefix> taken;
  for (const StoredLease& lease : leases) {
    taken.push_back(lease.subnet);
  }
  const SubnetManager::Config& config = step.config;
  const std::optional<base::Ipv4Prefix> previous =
      config.previous_subnet ? config.previous_subnet : step.state.subnet_env.subnet;
  const auto overlaps_previous = [&](const base::Ipv4Prefix& lease) { return lease.overlaps(*previous); };
  if (previous && is_compatible(config.network, *previous) &&
      std::none_of(taken.begin(), taken.end(), overlaps_previous)) {
    return previous;
  }
  const std::vector<base::Ipv4Prefix> free = free_subnets(config.network, taken, config.free_subnets_max);
  if (free.empty()) {
    return std::nullopt;
  }
  return free[step.outputs.choose(static_cast<std::uint32_t>(free.size()), "free subnet")];
}

}  // namespace

LeaseAttributes own_attributes(Step step) {
  return node_attributes(step.config.network, step.config.public_ip, step.state.manager.call.incarnation);
}

void list(Step step) {
  ask(step, ManagerPhase::listing, kv::RangeRequest{subnets_range(step.config.prefix)});
}

void on_listed(Step step, const kv::RangeResult& result) {
  const std::vector<StoredLease> leases = read_leases(step.config.prefix, result.kvs);
  const auto own = std::find_if(leases.begin(), leases.end(), [&](const StoredLease& lease) {
    return lease.attributes && lease.attributes->public_ip == step.config.public_ip;
  });
  if (own != leases.end()) {
    // FLN-2 (a): a lease of an earlier life is taken over, if it still fits.
    if (is_compatible(step.config.network, own->subnet)) {
      begin_attempt(step, own->subnet, own->mod_revision);
    } else {
      delete_own(step, *own);
    }
  } else if (const std::optional<base::Ipv4Prefix> subnet = choose_subnet(step, leases)) {
    begin_attempt(step, *subnet, kv::Revision{0});
  } else {
    wait(step);
  }
}

void on_deleted(Step step, const kv::TxnResult& result) {
  if (result.succeeded) {
    list(step);
  } else {
    try_again(step);
  }
}

void begin_attempt(Step step, const base::Ipv4Prefix& subnet, kv::Revision seen) {
  Manager& manager = step.state.manager;
  PLIMSOLL_ASSERT(!manager.attempt);
  const bool even_is_used = manager.held && manager.held->expiry == Timer::expiry_even;
  const Timer expiry = even_is_used ? Timer::expiry_odd : Timer::expiry_even;
  const kv::LeaseId lease = lease_id(step.config.public_ip, manager.call.incarnation, ++manager.grants);
  manager.attempt = LeaseAttempt{subnet, seen, lease, expiry};
  // The store counts the time to live from when it grants, which is later: what is trusted here always ends
  // before the lease.
  step.outputs.arm(expiry, base::Ticks{step.config.ttl.value - step.config.safety_margin.value});
  ask(step, ManagerPhase::granting, kv::LeaseGrantRequest{lease, step.config.ttl});
}

void on_granted(Step step) {
  const LeaseAttempt& attempt = *step.state.manager.attempt;
  const std::string key = subnet_key(step.config.prefix, attempt.subnet);
  const bool is_new = attempt.seen.value == 0;
  kv::TxnRequest txn;
  if (is_new) {
    txn.compares.push_back(is_absent(key));
  } else if (!step.config.defects.has(Defect::F1)) {
    txn.compares.push_back(mod_revision_is(key, attempt.seen));
  }
  txn.success.push_back(kv::PutRequest{key, lease_value(own_attributes(step)), attempt.lease});
  if (step.state.manager.held) {
    // Whoever is refused a renewal wants to know by whom.
    txn.failure.push_back(kv::RangeRequest{{key, {}}});
  }
  ask(step, ManagerPhase::committing, std::move(txn));
}

void on_committed(Step step, const kv::Response& response, const kv::TxnResult& result) {
  Manager& manager = step.state.manager;
  const bool was_renewal = manager.held.has_value();
  if (result.succeeded) {
    hold(step, response.revision);
    if (was_renewal) {
      return;
    }
    step.state.subnet_env.subnet = manager.held->subnet;
    change_network(step, manager.held->subnet);
    start_watching(step);
    return;
  }
  if (was_renewal) {
    on_renewal_refused(step, result);
    return;
  }
  const bool was_creation = manager.attempt->seen.value == 0;
  drop_attempt(step);
  if (was_creation && step.config.defects.has(Defect::F8)) {
    end(step, "the subnet was created by another node");
    return;
  }
  try_again(step);
}

}  // namespace plimsoll::ipam::flannel
