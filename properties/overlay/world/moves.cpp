#include "properties/overlay/world/moves.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"
#include "properties/overlay/world/draft.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

/// The serial number of the next pod, beside the ticks.
constexpr unsigned serial_shift = 4;
constexpr Slot ticks_mask = 15;
constexpr Slot serial_max = 31;

}  // namespace

Moves::Moves(const Setup& setup, const Layout& layout, checker::Interner& values)
    : setup_(setup), layout_(layout), values_(values), steps_(setup, values), packets_(setup, values) {
  no_kernel_ = values.intern(base::to_bytes(net::Tables()));
  no_daemon_ = values.intern(base::to_bytes(Daemon()));
}

void Moves::all(checker::StateView state, checker::Fingerprint fingerprint, checker::Successors& out) {
  Now now = {state, fingerprint, out, steps_.registry(state[layout_.registry()])};
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    now.words[node] = Word::unpack(state[Layout::word(node)]);
  }
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    of_node(now, node);
  }
  of_registry(now);
  packets_of(now);
}

void Moves::of_node(const Now& now, std::uint32_t node) {
  if (now.words[node].is_on) {
    of_daemon(now, node);
    of_feed(now, node);
    of_lease(now, node);
    of_pods(now, node);
  }
  of_power(now, node);
}

void Moves::of_daemon(const Now& now, std::uint32_t node) {
  const DaemonView& daemon = steps_.daemon(now.state[Layout::daemon(node)]);
  Word word = now.words[node];
  if (!daemon.is_alive) {
    if (word.starts == counter_max) {
      return now.out.prune({node, static_cast<std::uint32_t>(Move::start)});
    }
    Draft(*this, now, Move::start, node).step(node, MachineOp::start, word.starts++).word(node, word);
    return;
  }
  if (daemon.is_pending) {
    Draft(*this, now, Move::proceed, node).step(node, MachineOp::proceed);
    if (now.budget(layout_, Fault::refuse) > 0) {
      word.must_mend = true;
      Draft(*this, now, Move::refuse, node)
          .step(node, MachineOp::refuse)
          .word(node, word)
          .spend(Fault::refuse);
    }
  } else {
    if (daemon.check_armed) {
      Draft(*this, now, Move::check, node).step(node, MachineOp::check);
    }
    if (daemon.retry_armed) {
      Draft(*this, now, Move::retry, node).step(node, MachineOp::retry);
    }
  }
  if (now.budget(layout_, Fault::flanneld_crash) > 0) {
    Word after = now.words[node];
    after.must_mend =
        after.must_mend || setup_.backend == flannel::BackendKind::udp;  // its routes go with it
    Draft(*this, now, Move::crash, node)
        .step(node, MachineOp::end)
        .word(node, after)
        .spend(Fault::flanneld_crash);
  }
  if (now.budget(layout_, Fault::bounce) > 0 && daemon.is_running) {
    word.must_mend = true;
    Draft(*this, now, Move::bounce, node).step(node, MachineOp::bounce).word(node, word).spend(Fault::bounce);
  }
}

void Moves::of_feed(const Now& now, std::uint32_t node) {
  const DaemonView& daemon = steps_.daemon(now.state[Layout::daemon(node)]);
  const Slot registry = now.state[layout_.registry()];
  Word word = now.words[node];
  if (!word.is_connected) {
    word.is_connected = true;
    const bool is_lost = daemon.is_running && daemon.feed == flannel::FeedPhase::watching &&
                         word.position < now.registry.value.compacted;
    Draft draft(*this, now, Move::reconnect, node);
    if (is_lost) {
      draft.step(node, MachineOp::lose_log);
    }
    draft.word(node, word);
    return;
  }
  if (now.budget(layout_, Fault::disconnect) > 0) {
    word.is_connected = false;
    Draft(*this, now, Move::disconnect, node).word(node, word).spend(Fault::disconnect);
    word.is_connected = true;
  }
  const bool owns = daemon.is_running && now.registry.owners[daemon.subnet] == node;
  if (!owns || daemon.is_pending) {
    return;
  }
  const std::uint32_t size = now.registry.size();
  if (daemon.feed == flannel::FeedPhase::must_list) {
    word.position = static_cast<std::uint8_t>(size);
    Draft(*this, now, Move::list, node).step(node, MachineOp::list, registry).word(node, word);
    return;
  }
  if (daemon.feed != flannel::FeedPhase::watching || word.position >= size) {
    return;
  }
  const std::uint32_t first = word.position;
  word.position = static_cast<std::uint8_t>(first + 1);
  Draft(*this, now, Move::hear, node)
      .step(node, MachineOp::hear, registry, first | (first + 1) << 6U)
      .word(node, word);
  if (first + 1 < size) {
    word.position = static_cast<std::uint8_t>(size);
    Draft(*this, now, Move::hear_all, node)
        .step(node, MachineOp::hear, registry, first | size << 6U)
        .word(node, word);
  }
}

/// A node that has no lease takes the one that has its name, or any free subnet.
void Moves::of_lease(const Now& now, std::uint32_t node) {
  const DaemonView& daemon = steps_.daemon(now.state[Layout::daemon(node)]);
  const Word& word = now.words[node];
  if (!word.is_connected || daemon.is_pending) {
    return;
  }
  if (daemon.is_running && now.registry.owners[daemon.subnet] != node) {
    Draft(*this, now, Move::revoke, node).step(node, MachineOp::revoke);
    return;
  }
  if (!daemon.wants_lease) {
    return;
  }
  const std::uint32_t own = now.registry.subnet_of_node(node);
  for (std::uint32_t subnet = 0; subnet < setup_.subnets; ++subnet) {
    const bool is_free = now.registry.owners[subnet] == RegistryView::no_owner;
    if (own == no_subnet ? !is_free : own != subnet) {
      continue;
    }
    const std::uint32_t lease = node | subnet << 3U | machine_number(node, word) << 6U;
    const std::uint64_t payload = node | std::uint64_t{subnet} << operand_shift;
    if (now.registry.size() == log_max) {
      now.out.prune({payload, static_cast<std::uint32_t>(Move::acquire)});
      continue;
    }
    Draft(*this, now, Move::acquire, payload)
        .set(layout_.registry(), steps_.registry(RegistryOp::put, now.state[layout_.registry()], lease,
                                                 now.state[Layout::daemon(node)]))
        .step(node, MachineOp::grant, subnet);
  }
}

/// Starting again, as itself or as another machine, with an empty kernel and without pods; staying off.
void Moves::of_power(const Now& now, std::uint32_t node) {
  const Pods pods = Pods::unpack(now.state[Layout::pods(node)]);
  const auto boot = [&](Move move, bool is_replaced, std::optional<Fault> fault) {
    Word word = now.words[node];
    if (word.lives == counter_max || word.starts == counter_max) {
      return now.out.prune({node, static_cast<std::uint32_t>(move)});
    }
    const std::uint32_t incarnation = word.starts;
    word = {.is_on = true,
            .is_connected = true,
            .must_mend = true,
            .lives = static_cast<std::uint8_t>(word.lives + 1),
            .replaced = static_cast<std::uint8_t>(word.replaced + (is_replaced ? 1 : 0)),
            .starts = static_cast<std::uint8_t>(word.starts + 1)};
    Draft draft(*this, now, move, node);
    draft.word(node, word).machine(node, {no_kernel_, no_daemon_}).step(node, MachineOp::boot, incarnation);
    draft.set(Layout::pods(node), Pods{{}, is_replaced ? std::uint8_t{0} : pods.last_reserved}.pack());
    if (fault) {
      draft.spend(*fault);
    }
  };
  if (!now.words[node].is_on) {
    return boot(Move::power_on, false, std::nullopt);
  }
  if (now.budget(layout_, Fault::reboot) > 0) {
    boot(Move::reboot, false, Fault::reboot);
  }
  if (now.budget(layout_, Fault::replace) > 0) {
    boot(Move::replace, true, Fault::replace);
  }
  if (now.budget(layout_, Fault::power_off) > 0) {
    Word word = {.lives = now.words[node].lives,
                 .replaced = now.words[node].replaced,
                 .starts = now.words[node].starts};
    Draft(*this, now, Move::power_off, node)
        .machine(node, {no_kernel_, no_daemon_})
        .word(node, word)
        .set(Layout::pods(node), Pods{{}, pods.last_reserved}.pack())
        .spend(Fault::power_off);
  }
}

bool Moves::is_ready_for_pods(const Now& now, std::uint32_t node) {
  const DaemonView& daemon = steps_.daemon(now.state[Layout::daemon(node)]);
  if (!daemon.is_running || !now.words[node].is_connected || now.registry.owners[daemon.subnet] != node) {
    return false;
  }
  const Lease& lease = now.registry.value.leases.at(subnet_of(daemon.subnet));
  const bool is_trusted = setup_.ttl == 0 || lease.left > 1;
  return is_trusted && lease.machine == machine_number(node, now.words[node]) &&
         now.state[layout_.clock()] >> serial_shift < serial_max;
}

/// host-local: the next one behind the one it handed out last, and the first again behind the end. I5: the
/// lowest that is free. 0: none is.
std::uint8_t Moves::next_host(const Pods& pods) const {
  const std::uint32_t first = 2;
  const bool starts_over = setup_.defects.has(flannel::Defect::I5) || pods.last_reserved == 0;
  std::uint32_t host = starts_over ? first : pods.last_reserved + 1U;
  for (std::uint32_t tried = 0; tried < setup_.addresses; ++tried, ++host) {
    host = host >= first + setup_.addresses ? first : host;
    if (pods.pods[0].host != host && pods.pods[1].host != host) {
      return static_cast<std::uint8_t>(host);
    }
  }
  return 0;
}

void Moves::of_pods(const Now& now, std::uint32_t node) {
  const Pods before = Pods::unpack(now.state[Layout::pods(node)]);
  const auto& has = before.pods;
  for (std::size_t i = 0; i < has.size(); ++i) {
    if (has[i].host != 0 && now.budget(layout_, Fault::delete_pod) > 0) {
      const Pods after = {{has[1 - i], Pod()}, before.last_reserved};
      Draft(*this, now, Move::delete_pod, node | std::uint64_t{has[i].host} << operand_shift)
          .step(node, MachineOp::unplug, has[i].host)
          .set(Layout::pods(node), after.pack())
          .spend(Fault::delete_pod);
    }
  }
  const bool is_extra = !before.empty();
  const std::uint8_t host = next_host(before);
  if (has[1].host != 0 || host == 0 || (is_extra && now.budget(layout_, Fault::add_pod) == 0) ||
      !is_ready_for_pods(now, node)) {
    return;
  }
  const Slot clock = now.state[layout_.clock()];
  const auto subnet = static_cast<std::uint8_t>(steps_.daemon(now.state[Layout::daemon(node)]).subnet);
  Pods after = before;
  after.pods[is_extra ? 1 : 0] = {host, subnet, static_cast<std::uint8_t>(clock >> serial_shift)};
  after.last_reserved = host;
  Draft draft(*this, now, is_extra ? Move::add_pod : Move::start_pod, node);
  draft.step(node, MachineOp::plug, host)
      .set(Layout::pods(node), after.pack())
      .set(layout_.clock(), clock + (1U << serial_shift));
  if (is_extra) {
    draft.spend(Fault::add_pod);
  }
}

void Moves::of_registry(const Now& now) {
  const Slot registry = now.state[layout_.registry()];
  const Slot clock = now.state[layout_.clock()];
  if (now.budget(layout_, Fault::compact) > 0 && now.registry.value.compacted < now.registry.size()) {
    Draft(*this, now, Move::compact, 0)
        .set(layout_.registry(), steps_.registry(RegistryOp::compact, registry))
        .spend(Fault::compact);
  }
  const Slot first_of_2 = Pods::pack(Pods::unpack(now.state[Layout::pods(1)]).pods[0]);
  if (setup_.remembers && now.state[layout_.memory()] != first_of_2) {
    Draft(*this, now, Move::look_up, 0).set(layout_.memory(), first_of_2);
  }
  if ((clock & ticks_mask) >= setup_.ticks_max || now.registry.size() + layout_.nodes > log_max) {
    return;
  }
  std::uint32_t renewing = 0;
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    const DaemonView& daemon = steps_.daemon(now.state[Layout::daemon(node)]);
    const bool renews = daemon.is_running && now.words[node].is_connected;
    renewing |= Slot{renews} << node;
  }
  Draft draft(*this, now, Move::tick, 0);
  const Slot passed = steps_.registry(RegistryOp::pass, registry, renewing);
  draft.set(layout_.registry(), passed).set(layout_.clock(), clock + 1);
  // A node that could not renew its lease stops its pods before the lease runs out.
  for (const auto& [subnet, lease] : steps_.registry(passed).value.leases) {
    const Pods pods = Pods::unpack(draft[Layout::pods(lease.node)]);
    if (lease.left > 1 || setup_.defects.has(flannel::Defect::F10)) {
      continue;
    }
    for (const Pod& pod : pods.pods) {
      if (pod.host != 0) {
        draft.step(lease.node, MachineOp::unplug, pod.host);
      }
    }
    draft.set(Layout::pods(lease.node), Pods{{}, pods.last_reserved}.pack());
  }
}

}  // namespace plimsoll::properties::flannel_world
