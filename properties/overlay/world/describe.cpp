// States and steps of system `flannel` in words.

#include <ranges>
#include <utility>

#include "properties/overlay/world/flannel_system.hpp"
#include "properties/overlay/world/moves.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using checker::Datum;
using checker::to_brief;
using checker::to_datum;

std::string node_name(std::uint64_t node) {
  return "n" + std::to_string(node + 1);
}
std::string address_text(std::uint32_t subnet, std::uint32_t host) {
  return to_text(pod_address(subnet, host));
}
std::string judgement_text(std::uint64_t judgement) {
  constexpr std::array<const char*, 9> texts = {"delivered",  "noticed",    "lost, which is excused",
                                                "lost",       "swallowed",  "reached another pod",
                                                "duplicated", "went round", "source changed"};
  return texts[judgement];
}

/// One line: where the packet was seen, as far as a story needs it.
std::string hops_text(const std::vector<net::Hop>& hops) {
  constexpr std::size_t most = 32;
  std::string text;
  for (const net::Hop& hop : hops | std::views::take(most)) {
    text += (text.empty() ? "" : " ") + std::string(hop.direction == net::Direction::in ? ">" : "") + hop.at +
            (hop.direction == net::Direction::out ? ">" : "") + (hop.tunnel.empty() ? "" : "[tunnel]");
  }
  if (hops.size() > most) {
    text += " and " + std::to_string(hops.size() - most) + " more";
  }
  return text.empty() ? "none" : text;
}

std::string lease_text(const flannel::LeaseAttributes& attributes) {
  return to_text(attributes.public_ip) + (attributes.vxlan ? ", " + to_text(attributes.vxlan->vtep_mac) : "");
}

/// What a story needs of flanneld: not each entry that it remembers.
Datum daemon_datum(const Daemon& daemon) {
  if (!daemon.is_alive) {
    return Datum::of_text("ended");
  }
  const flannel::BackendNode& node = daemon.backend.node;
  Datum told;
  told.kind = Datum::Kind::map;
  for (const auto& [subnet, lease] : daemon.feed.known) {
    told.members.emplace_back(to_text(subnet), Datum::of_text(lease_text(lease.attributes)));
  }
  std::vector<Datum> refused;
  for (const base::Ipv4Prefix& subnet : node.refused) {
    refused.push_back(Datum::of_text(to_text(subnet)));
  }
  const std::string asks =
      daemon.pending
          ? to_brief(to_datum(base::schema_of<flannel::Question>(), base::to_bytes(*daemon.pending)))
          : "nothing";
  return Datum::of_record({
      {"phase", Datum::of_text(base::enumerator_text(node.phase))},
      {"subnet", Datum::of_text(node.subnet ? to_text(*node.subnet) : "none")},
      {"feed", Datum::of_text(base::enumerator_text(daemon.feed.phase))},
      {"told", std::move(told)},
      {"asks-kernel", Datum::of_text(asks)},
      {"to-be-tried-again", Datum::of_list(std::move(refused))},
      {"must-look", Datum::of_boolean(daemon.must_check)},
  });
}

Datum registry_datum(const Registry& registry) {
  Datum leases;
  leases.kind = Datum::Kind::map;
  for (const auto& [subnet, lease] : registry.leases) {
    leases.members.emplace_back(
        to_text(subnet),
        Datum::of_text(node_name(lease.node) + ", " + lease_text(lease.published.attributes) +
                       (lease.left > 0 ? ", " + std::to_string(lease.left) + " ticks left" : "")));
  }
  return Datum::of_record({{"leases", std::move(leases)},
                           {"changes", Datum::of_number(registry.log.size())},
                           {"forgotten", Datum::of_number(registry.compacted)}});
}

Datum routes_datum(const net::Tables& kernel) {
  std::vector<Datum> lines;
  const base::Ipv4Prefix network(base::Ipv4(10, 244, 0, 0), 16);
  for (const net::Route& route : kernel.routes) {
    if (route.table == net::table_main && network.contains(route.destination)) {
      lines.push_back(Datum::of_text(to_text(route.destination) +
                                     (route.gateway ? " via " + to_text(*route.gateway) : "") + " dev " +
                                     route.device));
    }
  }
  return Datum::of_list(std::move(lines));
}
Datum neighbours_datum(const net::Tables& kernel) {
  std::vector<Datum> lines;
  for (const net::Neighbour& each : kernel.neighbours) {
    lines.push_back(Datum::of_text(to_text(each.address) + " is " + to_text(each.mac)));
  }
  for (const net::FdbEntry& each : kernel.fdb) {
    if (each.remote) {
      lines.push_back(Datum::of_text(to_text(each.mac) + " at " + to_text(*each.remote)));
    }
  }
  return Datum::of_list(std::move(lines));
}
Datum pods_datum(Slot slot) {
  std::vector<Datum> lines;
  for (const Pod& pod : Pods::unpack(slot).pods) {
    if (pod.host != 0) {
      lines.push_back(
          Datum::of_text("pod-" + std::to_string(pod.id) + " " + address_text(pod.subnet, pod.host)));
    }
  }
  return Datum::of_list(std::move(lines));
}

Datum node_datum(const checker::Interner& values, checker::StateView state, std::uint32_t node) {
  const Word word = Word::unpack(state[Layout::word(node)]);
  if (!word.is_on) {
    return Datum::of_text("off");
  }
  const auto kernel = base::from_bytes<net::Tables>(values.bytes(state[Layout::kernel(node)]));
  return Datum::of_record({
      {"address", Datum::of_text(to_text(address_of({node, word.replaced})))},
      {"connected", Datum::of_boolean(word.is_connected)},
      {"must-mend", Datum::of_boolean(word.must_mend)},
      {"told", Datum::of_number(word.position)},
      {"surely", Datum::of_number(word.surely)},
      {"lives", Datum::of_number(word.lives)},
      {"starts", Datum::of_number(word.starts)},
      {"pods", pods_datum(state[Layout::pods(node)])},
      {"routes", routes_datum(kernel)},
      {"tunnel-entries", neighbours_datum(kernel)},
      {"flanneld", daemon_datum(base::from_bytes<Daemon>(values.bytes(state[Layout::daemon(node)])))},
  });
}

}  // namespace

checker::ActionLabel FlannelSystem::describe(checker::StateView before, const checker::Action& action) const {
  const auto move = static_cast<Move>(action.group);
  checker::ActionLabel label = {std::string(move_names[action.group]), {}};
  const auto add = [&](const char* name, std::string text) {
    label.parameters.emplace_back(name, std::move(text));
  };
  const std::uint64_t operand = action.payload >> operand_shift;
  if (move == Move::send) {
    const Flow flow = Flow::of_code(action.payload);
    Moves moves(setup_, layout_, *values_);
    std::vector<net::Hop> hops;
    const Outcome outcome = moves.packets().run(moves.machines(before), flow, &hops);
    const Pod from = Pods::unpack(before[Layout::pods(flow.node)]).pods[0];
    add("from", node_name(flow.node) + " " + address_text(from.subnet, from.host));
    add("to", address_text(flow.subnet, flow.host));
    add("size", flow.is_full ? "full" : "small");
    if ((action.payload >> remembered_shift & 1U) != 0) {
      add("meant-for", "pod-" + std::to_string(Pods::unpack_pod(before[layout_.memory()]).id));
    }
    add("fate", outcome.unknown.empty() ? judgement_text(action.payload >> judgement_shift & 15U)
                                        : "not modelled: " + outcome.unknown);
    add("hops", hops_text(hops));
    return label;
  }
  if (move == Move::tick || move == Move::compact || move == Move::look_up) {
    return label;
  }
  const std::uint64_t node = action.payload & 7U;
  add("node", node_name(node));
  if (move == Move::acquire) {
    add("subnet", to_text(subnet_of(static_cast<std::uint32_t>(operand))));
  } else if (move == Move::delete_pod) {
    add("host", std::to_string(operand));
  } else if (move == Move::proceed || move == Move::refuse) {
    const auto daemon =
        base::from_bytes<Daemon>(values_->bytes(before[Layout::daemon(static_cast<std::uint32_t>(node))]));
    add("request", to_brief(to_datum(base::schema_of<flannel::Question>(), base::to_bytes(*daemon.pending))));
  }
  return label;
}

checker::Datum FlannelSystem::describe(checker::StateView state) const {
  std::vector<Datum::Member> members;
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    members.emplace_back(node_name(node), node_datum(*values_, state, node));
  }
  members.emplace_back("registry",
                       registry_datum(base::from_bytes<Registry>(values_->bytes(state[layout_.registry()]))));
  std::vector<Datum::Member> left;
  for (std::size_t i = 0; i < fault_names.size(); ++i) {
    if (setup_.budgets[i] > 0) {
      left.emplace_back(fault_names[i], Datum::of_number(state[layout_.budgets()] >> (3U * i) & 7U));
    }
  }
  members.emplace_back("left", Datum::of_record(std::move(left)));
  members.emplace_back("ticks", Datum::of_number(state[layout_.clock()] & 15U));
  members.emplace_back("pods-started", Datum::of_number(state[layout_.clock()] >> 4U));
  if (setup_.remembers) {
    members.emplace_back("remembered-pod", Datum::of_number(Pods::unpack_pod(state[layout_.memory()]).id));
  }
  return Datum::of_record(std::move(members));
}

}  // namespace plimsoll::properties::flannel_world
