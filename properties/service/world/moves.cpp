#include "properties/service/world/moves.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::services_world {
namespace {

constexpr std::uint8_t counter_max = 15;

}  // namespace

/// A state, taken apart.
struct Moves::Now {
  checker::StateView state;
  checker::Fingerprint fingerprint;
  checker::Successors& out;
  std::uint32_t version = 0;

  [[nodiscard]] Word word(std::uint32_t node) const { return Word::unpack(state[Layout::word(node)]); }
  [[nodiscard]] std::uint32_t budget(const Layout& layout, Fault fault) const {
    return state[layout.budgets()] >> (2U * static_cast<unsigned>(fault)) & 3U;
  }
};

/// The transition added last, complete when this ends. A node that settles by then has mended its tables, and
/// surely acts on what it was told.
class Moves::Draft {
 public:
  Draft(Moves& moves, const Now& now, Move move, std::uint64_t payload)
      : moves_(moves), now_(now), sum_(now.fingerprint) {
    slots_ = now.out.append({payload, static_cast<std::uint32_t>(move)}, 0, 0, now.state);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    for (std::uint32_t node = 0; node < moves_.layout_.nodes; ++node) {
      if ((changed_ & checker::slot_bit(Layout::proxy(node))) == 0 ||
          !moves_.proxy(slots_[Layout::proxy(node)]).is_settled) {
        continue;
      }
      Word word = Word::unpack(slots_[Layout::word(node)]);
      word.surely = std::min(word.heard_services, word.heard_slices);
      if (!moves_.proxy(now_.state[Layout::proxy(node)]).is_settled) {
        word.mending = word.mending == Mending::under_way ? Mending::none : word.mending;
      }
      set(Layout::word(node), word.pack());
    }
    now_.out.set_last(changed_, checker::finish_fingerprint(sum_), changed_ | judged_);
  }

  Draft& set(std::uint32_t slot, Slot value) {
    const Slot old = slots_[slot];
    if (old != value) {
      slots_[slot] = value;
      sum_ += contribution(slot, value) - contribution(slot, old);
      changed_ |= checker::slot_bit(slot);
    }
    return *this;
  }
  Draft& word(std::uint32_t node, const Word& word) { return set(Layout::word(node), word.pack()); }
  Draft& step(std::uint32_t node, NodeOp op, std::uint32_t a = 0, std::uint32_t b = 0) {
    const NodeSlots after =
        moves_.step({slots_[Layout::kernel(node)], slots_[Layout::memory(node)], slots_[Layout::proxy(node)]},
                    node, op, a, b);
    return set(Layout::kernel(node), after.kernel)
        .set(Layout::memory(node), after.memory)
        .set(Layout::proxy(node), after.proxy);
  }
  Draft& spend(Fault fault) {
    const std::uint32_t slot = moves_.layout_.budgets();
    return set(slot, slots_[slot] - (1U << (2U * static_cast<unsigned>(fault))));
  }
  /// The step is one of a packet, which properties judge even if it leads nowhere else.
  Draft& is_packet() {
    judged_ = packet_aspect;
    return *this;
  }

 private:
  [[nodiscard]] std::uint64_t contribution(std::uint32_t slot, Slot value) const {
    return moves_.layout_.is_interned(slot) ? checker::contribution(slot, moves_.values_.content(value))
                                            : checker::contribution(slot, value);
  }

  Moves& moves_;
  const Now& now_;
  Slot* slots_ = nullptr;
  std::uint64_t sum_;
  checker::SlotMask changed_ = 0;
  checker::AspectMask judged_ = 0;
};

Moves::Moves(const Setup& setup, const Layout& layout, checker::Interner& values)
    : setup_(setup), layout_(layout), values_(values), machine_(setup), packets_(setup, values) {
  view_.kernels.resize(layout.nodes);
  view_.memories.resize(layout.nodes);
}

Moves::NodeSlots Moves::step(NodeSlots from, std::uint32_t node, NodeOp op, std::uint32_t a,
                             std::uint32_t b) {
  const StepKey key = {
      std::uint64_t{from.kernel} << 32U | from.memory,
      std::uint64_t{from.proxy} << 32U | node << 28U | static_cast<std::uint32_t>(op) << 24U | a << 8U | b};
  const auto known = steps_.find(key);
  if (known != steps_.end()) {
    ++recalled_;
    return known->second;
  }
  ++runs_;
  NodeBytes bytes = {std::string(values_.bytes(from.kernel)), std::string(values_.bytes(from.memory)),
                     std::string(values_.bytes(from.proxy))};
  machine_.step(bytes, static_cast<std::uint8_t>(node + 1), op, a, b);
  const NodeSlots after = {values_.intern(bytes.kernel), values_.intern(bytes.memory),
                           values_.intern(bytes.proxy)};
  return steps_.emplace(key, after).first->second;
}

const ProxyView& Moves::proxy(Slot slot) {
  if (proxies_.size() <= slot) {
    proxies_.resize(std::size_t{slot} * 2 + 1);
  }
  if (!proxies_[slot]) {
    proxies_[slot] = std::make_unique<ProxyView>(machine_.view(std::string(values_.bytes(slot))));
  }
  return *proxies_[slot];
}

void Moves::all(checker::StateView state, checker::Fingerprint fingerprint, checker::Successors& out) {
  const Now now = {state, fingerprint, out, state[layout_.version()]};
  if (now.version + 1 < setup_.story->versions.size()) {
    Draft(*this, now, Move::change, 0).set(layout_.version(), now.version + 1);
  }
  for (std::uint32_t node = 0; node < setup_.proxies; ++node) {
    of_node(now, node);
  }
  of_clients(now);
}

void Moves::of_node(const Now& now, std::uint32_t node) {
  const ProxyView& proxy = this->proxy(now.state[Layout::proxy(node)]);
  Word word = now.word(node);
  if (now.budget(layout_, Fault::flush) > 0) {
    word.mending = Mending::unknown;
    Draft(*this, now, Move::flush, node).step(node, NodeOp::flush).word(node, word).spend(Fault::flush);
    word = now.word(node);
  }
  if (!proxy.is_alive) {
    if (word.lives == counter_max) {
      return now.out.prune({node, static_cast<std::uint32_t>(Move::start)});
    }
    const std::uint32_t life = ++word.lives;
    word.heard_services = word.heard_slices = static_cast<std::uint8_t>(now.version);
    word.mending = word.mending == Mending::none ? Mending::none : Mending::under_way;
    Draft(*this, now, Move::start, node).step(node, NodeOp::start, now.version, life).word(node, word);
    return;
  }
  if (proxy.is_pending) {
    Draft(*this, now, Move::proceed, node).step(node, NodeOp::proceed);
    if (now.budget(layout_, Fault::refuse) > 0) {
      Draft(*this, now, Move::refuse, node).step(node, NodeOp::refuse).spend(Fault::refuse);
    }
  }
  if (now.budget(layout_, Fault::restart) > 0) {
    Draft(*this, now, Move::end, node).step(node, NodeOp::end).spend(Fault::restart);
  }
  of_timers(now, node);
  of_feed(now, node);
}

void Moves::of_timers(const Now& now, std::uint32_t node) {
  const ProxyView& proxy = this->proxy(now.state[Layout::proxy(node)]);
  constexpr std::array timers = {std::pair{Timer::soon, Move::sync}, std::pair{Timer::retry, Move::retry},
                                 std::pair{Timer::monitor, Move::monitor},
                                 std::pair{Timer::drain, Move::drain}};
  for (const auto& [timer, move] : timers) {
    const bool is_armed = (proxy.armed >> static_cast<unsigned>(timer) & 1U) != 0;
    // Nobody looks for what nobody did.
    const bool is_idle = timer == Timer::monitor && now.word(node).mending != Mending::unknown;
    if (!is_armed || is_idle || proxy.is_pending) {
      continue;
    }
    Word word = now.word(node);
    word.mending = timer == Timer::monitor ? Mending::under_way : word.mending;
    Draft(*this, now, move, node)
        .step(node, NodeOp::fire, static_cast<std::uint32_t>(timer))
        .word(node, word);
  }
}

void Moves::of_feed(const Now& now, std::uint32_t node) {
  const Word word = now.word(node);
  const auto hear = [&](Move move, NodeOp op, std::uint8_t Word::* heard) {
    const std::uint8_t from = word.*heard;
    for (std::uint32_t to = from + 1U; to <= now.version; to = to < now.version ? now.version : to + 1) {
      Word after = word;
      after.*heard = static_cast<std::uint8_t>(to);
      Draft(*this, now, move, node | to << operand_shift).step(node, op, from, to).word(node, after);
    }
  };
  hear(Move::hear_services, NodeOp::hear_services, &Word::heard_services);
  hear(Move::hear_slices, NodeOp::hear_slices, &Word::heard_slices);
}

void Moves::of_clients(const Now& now) {
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    view_.kernels[node] = now.state[Layout::kernel(node)];
    view_.memories[node] = now.state[Layout::memory(node)];
  }
  view_.connections = now.state[layout_.connections()];
  const std::vector<Client>& clients = setup_.story->clients;
  for (std::size_t client = 0; client < clients.size(); ++client) {
    send(now, client, SendKind::fresh);
    if (!clients[client].keeps_port) {
      continue;
    }
    if (clients[client].protocol == api::Protocol::udp) {
      send(now, client, SendKind::datagram);
    } else if (!Held::of(now.state[layout_.clients()], client).is_open) {
      send(now, client, SendKind::open);
    } else {
      send(now, client, SendKind::segment);
      send(now, client, SendKind::reset);
      if (setup_.story->has_stray_segments) {
        send(now, client, SendKind::stray);
      }
    }
  }
}

void Moves::send(const Now& now, std::size_t client, SendKind kind) {
  const std::vector<Outcome>& outcomes = packets_.outcomes(view_, client, kind);
  for (std::size_t which = 0; which < outcomes.size(); ++which) {
    const Outcome& outcome = outcomes[which];
    const Verdict judged = verdict(now, client, kind, outcome);
    Draft draft(*this, now, Move::send,
                client | std::uint64_t{static_cast<std::uint8_t>(kind)} << operand_shift |
                    which << outcome_shift |
                    std::uint64_t{static_cast<std::uint8_t>(judged)} << verdict_shift);
    draft.is_packet();
    for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
      draft.set(Layout::memory(node), outcome.memories[node]);
    }
    draft.set(layout_.connections(), outcome.connections);
    Held held = Held::of(now.state[layout_.clients()], client);
    if (kind == SendKind::open && outcome.is_served) {
      const std::uint8_t server = outcome.server.value_or(0);
      held = {server, true, may_serve(now, setup_.story->clients[client], server)};
    } else if (kind == SendKind::reset) {
      held.is_open = held.is_promised = false;
      const auto& services = setup_.story->versions.front().services;
      const auto service = services.find(setup_.story->clients[client].service);
      const bool is_sticky = service != services.end() && service->second.affinity_seconds != 0;
      held.server = is_sticky ? held.server : std::uint8_t{0};
    }
    draft.set(layout_.clients(), held.put_into(now.state[layout_.clients()], client));
  }
}

std::vector<Slot> Moves::first_state() {
  std::vector<Slot> state(layout_.width(), 0);
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    const NodeBytes fresh = machine_.fresh(static_cast<std::uint8_t>(node + 1), packets_.node_tables(node));
    NodeSlots slots = {values_.intern(fresh.kernel), values_.intern(fresh.memory),
                       values_.intern(fresh.proxy)};
    slots = step(slots, node, NodeOp::start, 0, 0);
    while (!proxy(slots.proxy).is_settled) {
      const ProxyView& view = proxy(slots.proxy);
      PLIMSOLL_ASSERT(view.is_pending || (view.armed & 1U) != 0);
      slots = view.is_pending ? step(slots, node, NodeOp::proceed, 0, 0)
                              : step(slots, node, NodeOp::fire, static_cast<std::uint32_t>(Timer::soon), 0);
    }
    state[Layout::kernel(node)] = slots.kernel;
    state[Layout::memory(node)] = slots.memory;
    state[Layout::proxy(node)] = slots.proxy;
  }
  state[layout_.connections()] = packets_.no_connections();
  for (std::size_t fault = 0; fault < setup_.budgets.size(); ++fault) {
    state[layout_.budgets()] |= Slot{setup_.budgets[fault]} << (2U * fault);
  }
  return state;
}

bool Moves::is_excused(const Now& now, std::uint32_t node) {
  const ProxyView& proxy = this->proxy(now.state[Layout::proxy(node)]);
  const bool will_look = (proxy.armed >> static_cast<unsigned>(Timer::monitor) & 1U) != 0;
  return now.word(node).mending != Mending::none && (!proxy.is_settled || will_look);
}

std::vector<model::service::Service> Moves::versions_of(const Now& now, const Client& client) const {
  std::vector<model::service::Service> versions;
  for (std::uint32_t version = now.word(client.node - 1U).surely; version <= now.version; ++version) {
    versions.push_back(spec_of(setup_.story->versions[version], client.service));
  }
  return versions;
}

bool Moves::may_serve(const Now& now, const Client& client, std::uint8_t server) const {
  return std::ranges::all_of(versions_of(now, client), [&](const model::service::Service& version) {
    return (eligible(version, client.node, client.entrance) >> server & 1U) != 0;
  });
}

Verdict Moves::verdict(const Now& now, std::size_t client, SendKind kind, const Outcome& outcome) {
  const Client& of = setup_.story->clients[client];
  const std::uint32_t node = of.node - 1U;
  if (!outcome.unknown.empty()) {
    return Verdict::unknown;
  }
  if (kind == SendKind::stray) {
    return outcome.server ? Verdict::stray_arrived : Verdict::right;
  }
  const Held held = Held::of(now.state[layout_.clients()], client);
  if (kind == SendKind::segment) {
    const bool arrived = outcome.server == held.server;
    const bool is_forgiven = !held.is_promised || is_excused(now, node);
    return arrived ? Verdict::right : is_forgiven ? Verdict::excused : Verdict::cut_off;
  }
  if (kind == SendKind::reset) {
    return Verdict::right;
  }
  const std::vector<model::service::Service> versions = versions_of(now, of);
  using model::service::Judgement;
  const Judgement judged = judge(versions, of.node, of.entrance, outcome.server);
  if (judged == Judgement::misdelivered || outcome.is_multiplied) {
    return Verdict::misdelivered;
  }
  if (judged == Judgement::lost) {
    return is_excused(now, node) ? Verdict::excused : Verdict::lost;
  }
  if (outcome.server && !outcome.is_served) {
    return Verdict::unanswered;
  }
  const bool may_return =
      held.server != 0 && !held.is_open && outcome.server && may_serve(now, of, held.server);
  if (may_return && outcome.server != held.server) {
    return Verdict::another_server;
  }
  return outcome.server ? Verdict::right : Verdict::excused;
}

std::string_view to_text(Verdict verdict) {
  constexpr std::array<std::string_view, 9> texts = {"served",
                                                     "lost, which is excused",
                                                     "lost",
                                                     "reached somebody else",
                                                     "no answer came from the service",
                                                     "cut off",
                                                     "came to another server",
                                                     "came past the translation",
                                                     "not modelled"};
  return texts[static_cast<std::size_t>(verdict)];
}

}  // namespace plimsoll::properties::services_world
