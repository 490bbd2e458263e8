// A state of system `services` as slots: four for each node, then four.
//
//   kernel  memory  proxy  word     of each node: three interned values, one packed number
//   connections (interned)  version  budgets  clients
#pragma once

#include <cstdint>

#include "checker/system/slots.hpp"
#include "properties/service/world/setup.hpp"

namespace plimsoll::properties::services_world {

using checker::Slot;

/// Whether somebody flushed a node's tables. A sync that does not know of it writes what changed, and no
/// more.
enum class Mending : std::uint8_t {
  none,
  unknown,    ///< nobody looked since
  under_way,  ///< its kube-proxy looked, or began anew, and has not settled since
};

/// A node's own numbers.
struct Word {
  std::uint8_t heard_services = 0;  ///< version of the services that its kube-proxy was told, 0 .. 15
  std::uint8_t heard_slices = 0;
  std::uint8_t surely = 0;  ///< the version that its tables agreed with when it settled last
  std::uint8_t lives = 0;   ///< of its kube-proxy, 0 .. 15
  Mending mending = Mending::none;

  [[nodiscard]] Slot pack() const {
    return Slot{heard_services} | Slot{heard_slices} << 4U | Slot{surely} << 8U | Slot{lives} << 12U |
           Slot{static_cast<std::uint8_t>(mending)} << 16U;
  }
  [[nodiscard]] static Word unpack(Slot slot) {
    const auto four = [slot](unsigned at) { return static_cast<std::uint8_t>(slot >> at & 15U); };
    return {four(0), four(4), four(8), four(12), static_cast<Mending>(slot >> 16U & 3U)};
  }
};

/// What a client that keeps its port knows of its last connection.
struct Held {
  std::uint8_t server = 0;  ///< a pod's number; 0: none
  bool is_open = false;
  /// The server might serve in every version that the node could act on when the connection was opened. One
  /// that was on its way out may go between kube-proxy's look for connections and its request.
  bool is_promised = false;
  static constexpr unsigned bits = 7;

  [[nodiscard]] static Held of(Slot clients, std::size_t client) {
    const Slot own = clients >> (bits * client);
    return {static_cast<std::uint8_t>(own & 31U), (own >> 5U & 1U) != 0, (own >> 6U & 1U) != 0};
  }
  [[nodiscard]] Slot put_into(Slot clients, std::size_t client) const {
    const Slot own = Slot{server} | Slot{is_open} << 5U | Slot{is_promised} << 6U;
    return (clients & ~(Slot{127} << (bits * client))) | own << (bits * client);
  }
};
inline constexpr std::size_t clients_max = 4;

/// Where things are in a state. Nodes are counted from 0.
struct Layout {
  std::uint32_t nodes = 0;
  static constexpr std::uint32_t node_slots = 4;
  [[nodiscard]] static std::uint32_t kernel(std::uint32_t node) { return node * node_slots; }
  [[nodiscard]] static std::uint32_t memory(std::uint32_t node) { return node * node_slots + 1; }
  [[nodiscard]] static std::uint32_t proxy(std::uint32_t node) { return node * node_slots + 2; }
  [[nodiscard]] static std::uint32_t word(std::uint32_t node) { return node * node_slots + 3; }
  [[nodiscard]] std::uint32_t connections() const { return nodes * node_slots; }
  [[nodiscard]] std::uint32_t version() const { return connections() + 1; }
  [[nodiscard]] std::uint32_t budgets() const { return connections() + 2; }  ///< two bits each
  [[nodiscard]] std::uint32_t clients() const { return connections() + 3; }
  [[nodiscard]] std::uint32_t width() const { return connections() + 4; }
  /// Does the slot hold an interned value?
  [[nodiscard]] bool is_interned(std::uint32_t slot) const {
    return slot < connections() ? slot % node_slots < 3 : slot == connections();
  }
};

}  // namespace plimsoll::properties::services_world
