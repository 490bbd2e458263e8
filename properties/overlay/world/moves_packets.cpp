// Packets in a state and what the spec says of them; what must hold of the state itself; the first state.

#include <algorithm>

#include "impl/base/assert.hpp"
#include "properties/overlay/world/draft.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using model::overlay::Judgement;

/// A pod that runs, and where.
struct Running {
  std::uint32_t node = 0;
  Pod pod = {};
};

/// Budgets while the first state is made: pods are added.
constexpr Slot plenty = 7U << (3U * static_cast<unsigned>(Fault::add_pod));

std::vector<Running> running_pods(checker::StateView state, std::uint32_t nodes) {
  std::vector<Running> found;
  for (std::uint32_t node = 0; node < nodes; ++node) {
    for (const Pod& pod : Pods::unpack(state[Layout::pods(node)]).pods) {
      if (pod.host != 0) {
        found.push_back({node, pod});
      }
    }
  }
  return found;
}

}  // namespace

Machines Moves::machines(checker::StateView state) {
  Machines made(layout_.nodes);
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    const Word word = Word::unpack(state[Layout::word(node)]);
    made[node] = {word.is_on,
                  {node, word.replaced},
                  state[Layout::kernel(node)],
                  state[Layout::pods(node)],
                  steps_.daemon(state[Layout::daemon(node)]).relay};
  }
  return made;
}

void Moves::packets_of(const Now& now) {
  machines_ = machines(now.state);
  const std::vector<Running> pods = running_pods(now.state, layout_.nodes);
  for (const Running& from : pods) {
    if (from.pod != Pods::unpack(now.state[Layout::pods(from.node)]).pods[0]) {
      continue;
    }
    for (const Running& to : pods) {
      if (to.node == from.node && to.pod == from.pod) {
        continue;
      }
      send(now, {from.node, to.pod.subnet, to.pod.host, false}, std::nullopt);
      if (setup_.full_size) {
        send(now, {from.node, to.pod.subnet, to.pod.host, true}, std::nullopt);
      }
    }
  }
  const Pod remembered = Pods::unpack_pod(now.state[layout_.memory()]);
  if (setup_.remembers && remembered.host != 0 && !pods.empty() && pods.front().node == 0) {
    send(now, {0, remembered.subnet, remembered.host, false}, remembered.id);
  }
}

void Moves::send(const Now& now, const Flow& flow, std::optional<std::uint8_t> remembered) {
  const Outcome& outcome = packets_.outcome(machines_, flow);
  const auto judged = static_cast<std::uint64_t>(judgement(now.state, flow, remembered, outcome));
  const std::uint64_t payload = flow.code() | std::uint64_t{remembered.has_value()} << remembered_shift |
                                judged << judgement_shift |
                                std::uint64_t{!outcome.unknown.empty()} << unknown_shift;
  Draft(*this, now, Move::send, payload).is_packet();
}

bool Moves::relays(checker::StateView state, std::uint32_t node) {
  return steps_.daemon(state[Layout::daemon(node)]).relay != 0;
}

Judgement Moves::judgement(checker::StateView state, const Flow& flow, std::optional<std::uint8_t> remembered,
                           const Outcome& outcome) {
  const RegistryView& registry = steps_.registry(state[layout_.registry()]);
  const Word sender = Word::unpack(state[Layout::word(flow.node)]);
  std::vector<std::optional<model::overlay::Machine>> known = model::overlay::versions(
      registry.history, static_cast<model::overlay::Subnet>(flow.subnet), {sender.surely, sender.must_mend});
  model::overlay::Sending sending = {.to = {}, .is_oversize = flow.is_full};
  for (const Running& each : running_pods(state, layout_.nodes)) {
    const bool is_meant = remembered ? each.pod.id == *remembered
                                     : each.pod.subnet == flow.subnet && each.pod.host == flow.host;
    if (!is_meant) {
      continue;
    }
    sending.to = each.pod.id;
    if (known.size() == 1) {
      // While a pod runs its address is its own, whatever became of the lease.
      known.back() = machine_number(each.node, Word::unpack(state[Layout::word(each.node)]));
    }
    if (setup_.backend == flannel::BackendKind::udp && each.node != flow.node &&
        !(relays(state, flow.node) && relays(state, each.node))) {
      known.emplace_back();  // packets pass while flanneld runs at both ends
    }
  }
  model::overlay::Fate fate = {.source_kept = outcome.source_kept,
                               .went_round = outcome.went_round,
                               .noticed_as_too_big = outcome.noticed_as_too_big};
  for (const Outcome::At& at : outcome.arrivals) {
    const auto pods = Pods::unpack(state[Layout::pods(at.node)]).pods;
    const auto found = std::ranges::find(pods, at.host, &Pod::host);
    PLIMSOLL_ASSERT(found != pods.end());
    fate.arrivals.push_back(found->id);
  }
  return model::overlay::judge(sending, known, fate);
}

bool Moves::tables_converged(checker::StateView state) {
  const Slot slot = state[layout_.registry()];
  const RegistryView& registry = steps_.registry(slot);
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    const Word word = Word::unpack(state[Layout::word(node)]);
    const DaemonView& daemon = steps_.daemon(state[Layout::daemon(node)]);
    const bool owns = word.is_on && word.is_connected && daemon.is_running && !word.must_mend &&
                      registry.owners[daemon.subnet] == node;
    const bool knows_all = daemon.is_settled && word.position == registry.size();
    const bool hears_nothing = daemon.feed == flannel::FeedPhase::spinning && !daemon.is_pending;
    if (owns && (knows_all || hears_nothing) &&
        !steps_.agrees({node, word.replaced}, {state[Layout::kernel(node)], state[Layout::daemon(node)]},
                       slot)) {
      return false;
    }
  }
  return true;
}

bool Moves::leases_reclaimed(checker::StateView state) {
  const RegistryView& registry = steps_.registry(state[layout_.registry()]);
  const bool is_full = std::ranges::find(registry.owners, RegistryView::no_owner) == registry.owners.end();
  if (!registry.has_dead_lease || !is_full) {
    return true;
  }
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    const Word word = Word::unpack(state[Layout::word(node)]);
    const bool waits =
        word.is_on && word.is_connected && steps_.daemon(state[Layout::daemon(node)]).wants_lease;
    if (waits && registry.subnet_of_node(node) == no_subnet) {
      return false;
    }
  }
  return true;
}

std::vector<Slot> Moves::first_state() {
  std::vector<Slot> state(layout_.width(), 0);
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    state[Layout::kernel(node)] = no_kernel_;
    state[Layout::daemon(node)] = no_daemon_;
  }
  state[layout_.registry()] = values_.intern(base::to_bytes(Registry()));
  checker::Successors next(layout_.width());
  /// Takes the first step of those moves that leads elsewhere.
  const auto take = [&](std::uint32_t present, std::initializer_list<Move> moves) {
    next.clear();
    all(state, 1, next);
    for (std::size_t i = 0; i < next.size(); ++i) {
      const auto move = static_cast<Move>(next[i].action.group);
      const auto node = static_cast<std::uint32_t>(next[i].action.payload & 7U);
      const bool is_wanted = std::ranges::find(moves, move) != moves.end() && node < present;
      if (is_wanted && !std::ranges::equal(next.state(i), state)) {
        state.assign(next.state(i).begin(), next.state(i).end());
        return true;
      }
    }
    return false;
  };
  for (std::uint32_t present = 1; present <= setup_.present; ++present) {
    while (take(present,
                {Move::power_on, Move::proceed, Move::acquire, Move::list, Move::hear, Move::start_pod})) {
    }
  }
  if (setup_.pods > 1) {
    state[layout_.budgets()] = plenty;
    while (take(setup_.present, {Move::add_pod})) {
    }
  }
  state[layout_.budgets()] = 0;
  for (std::size_t i = 0; i < setup_.budgets.size(); ++i) {
    state[layout_.budgets()] |= Slot{setup_.budgets[i]} << (3U * i);
  }
  state[layout_.memory()] = setup_.remembers ? Pods::pack(Pods::unpack(state[Layout::pods(1)]).pods[0]) : 0;
  for (std::uint32_t node = 0; node < setup_.present; ++node) {
    PLIMSOLL_ASSERT(steps_.daemon(state[Layout::daemon(node)]).is_settled);
  }
  PLIMSOLL_ASSERT(tables_converged(state));
  return state;
}

}  // namespace plimsoll::properties::flannel_world
