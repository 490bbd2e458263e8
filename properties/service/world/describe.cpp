// States and steps of system `services` in words.

#include <utility>

#include "properties/service/world/moves.hpp"
#include "properties/service/world/services_system.hpp"

namespace plimsoll::properties::services_world {
namespace {

using checker::Datum;

std::string node_name(std::uint64_t node) {
  return delivery::Cluster::node_name(static_cast<std::uint8_t>(node + 1));
}

std::string pod_text(std::optional<model::service::Address> pod) {
  constexpr int pods_each = 8;
  if (!pod) {
    return "nobody";
  }
  return *pod == 0 ? "somebody who is no pod"
                   : delivery::Cluster::pod_name(static_cast<std::uint8_t>(1 + *pod / pods_each),
                                                 static_cast<std::uint8_t>(*pod % pods_each));
}

std::string_view kind_text(SendKind kind) {
  constexpr std::array<std::string_view, 6> texts = {"connection", "datagram", "open",
                                                     "segment",    "reset",    "stray segment of the server"};
  return texts[static_cast<std::size_t>(kind)];
}

std::string endpoints_text(const Version& version, const std::string& service) {
  const auto slice = version.slices.find(service);
  if (!version.services.contains(service)) {
    return "none";
  }
  std::string text;
  for (const api::SliceEndpoint& endpoint :
       slice == version.slices.end() ? std::vector<api::SliceEndpoint>{} : slice->second) {
    text += (text.empty() ? "" : ", ") + to_text(endpoint.ip) + (endpoint.ready ? "" : " terminating");
  }
  return text.empty() ? "no endpoints" : text;
}

Datum flows_datum(std::string_view memory) {
  std::vector<Datum> lines;
  delivery::NodeKernel kernel;
  set_memory(kernel, std::string(memory));
  for (const net::netfilter::Flow& flow : kernel.remembered.netfilter.conntrack.flows()) {
    lines.push_back(Datum::of_text(to_text(flow.original.src) + " > " + to_text(flow.original.dst) +
                                   " answered by " + to_text(flow.reply.src)));
  }
  for (const auto& [key, connection] : kernel.remembered.ipvs.connections) {
    lines.push_back(Datum::of_text(to_text(key.client) + " > " + to_text(key.to.address) + " to " +
                                   to_text(connection.server.address)));
  }
  return Datum::of_list(std::move(lines));
}

}  // namespace

checker::ActionLabel ServicesSystem::describe(checker::StateView before,
                                              const checker::Action& action) const {
  const auto move = static_cast<Move>(action.group);
  checker::ActionLabel label = {std::string(move_names[action.group]), {}};
  const auto add = [&](const char* name, std::string text) {
    label.parameters.emplace_back(name, std::move(text));
  };
  const std::uint64_t number = action.payload & 7U;
  if (move == Move::change) {
    const Version& next = setup_.story->versions[before[layout_.version()] + 1];
    for (const auto& [name, service] : next.services) {
      add(name.c_str(), endpoints_text(next, name));
    }
    return label;
  }
  if (move != Move::send) {
    add("node", node_name(number));
    if (move == Move::hear_services || move == Move::hear_slices) {
      add("version", std::to_string(action.payload >> operand_shift));
    } else if (move == Move::proceed || move == Move::refuse) {
      NodeMachine machine(setup_);
      const Slot proxy = before[Layout::proxy(static_cast<std::uint32_t>(number))];
      add("request", machine.view(std::string(values_->bytes(proxy))).asks);
    }
    return label;
  }
  const Client& client = setup_.story->clients[number];
  const auto kind = static_cast<SendKind>(action.payload >> operand_shift & 7U);
  PacketView view;
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    view.kernels.push_back(before[Layout::kernel(node)]);
    view.memories.push_back(before[Layout::memory(node)]);
  }
  view.connections = before[layout_.connections()];
  Packets packets(setup_, *values_);
  const Outcome& outcome = packets.outcomes(view, number, kind)[action.payload >> outcome_shift & 31U];
  add("from", client.from);
  add("to", to_text(client.to) + ":" + std::to_string(client.port));
  add("what", std::string(kind_text(kind)));
  add("reached", pod_text(outcome.server));
  add("fate", std::string(to_text(static_cast<Verdict>(action.payload >> verdict_shift & 15U))));
  add("hops", packets.hops(view, number, kind, action.payload >> outcome_shift & 31U));
  return label;
}

checker::Datum ServicesSystem::describe(checker::StateView state) const {
  std::vector<Datum::Member> members;
  NodeMachine machine(setup_);
  const Version& version = setup_.story->versions[state[layout_.version()]];
  for (std::uint32_t node = 0; node < layout_.nodes; ++node) {
    const Word word = Word::unpack(state[Layout::word(node)]);
    const ProxyView proxy = machine.view(std::string(values_->bytes(state[Layout::proxy(node)])));
    members.emplace_back(node_name(node),
                         Datum::of_record({
                             {"kube-proxy", Datum::of_text(!proxy.is_alive    ? "ended"
                                                           : proxy.is_settled ? "settled"
                                                                              : "asks for " + proxy.asks)},
                             {"heard-services", Datum::of_number(word.heard_services)},
                             {"heard-slices", Datum::of_number(word.heard_slices)},
                             {"surely", Datum::of_number(word.surely)},
                             {"flushed", Datum::of_boolean(word.mending != Mending::none)},
                             {"lives", Datum::of_number(word.lives)},
                             {"flows", flows_datum(values_->bytes(state[Layout::memory(node)]))},
                         }));
  }
  std::vector<Datum::Member> services;
  for (const auto& [name, service] : version.services) {
    services.emplace_back(name, Datum::of_text(endpoints_text(version, name)));
  }
  members.emplace_back("services", Datum::of_record(std::move(services)));
  members.emplace_back("version", Datum::of_number(state[layout_.version()]));
  std::vector<Datum::Member> left;
  for (std::size_t i = 0; i < fault_names.size(); ++i) {
    if (setup_.budgets[i] > 0) {
      left.emplace_back(fault_names[i], Datum::of_number(state[layout_.budgets()] >> (2U * i) & 3U));
    }
  }
  members.emplace_back("left", Datum::of_record(std::move(left)));
  return Datum::of_record(std::move(members));
}

}  // namespace plimsoll::properties::services_world
