// A state of system `flannel` as slots: four for each node, then four.
//
//   kernel  daemon  word  pods     of each node: two interned values, two packed numbers
//   registry  budgets  clock and serial  memory
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "checker/system/slots.hpp"
#include "impl/overlay/flannel/lease_feed.hpp"
#include "properties/overlay/world/setup.hpp"

namespace plimsoll::properties::flannel_world {

using checker::Slot;

/// A node's own numbers.
struct Word {
  bool is_on = false;
  bool is_connected = false;  ///< with the registry
  bool must_mend = false;     ///< something happened to its tables, and it has not settled since
  std::uint8_t lives = 0;     ///< machine after machine, start after start: 0 .. 15
  std::uint8_t replaced = 0;  ///< 0 .. 7
  std::uint8_t starts = 0;    ///< of flanneld, 0 .. 15
  std::uint8_t position = 0;  ///< entries of the registry's log that it was told, 0 .. 63
  std::uint8_t surely = 0;    ///< as of when it settled last

  [[nodiscard]] Slot pack() const {
    return Slot{is_on} | Slot{is_connected} << 1U | Slot{must_mend} << 2U | Slot{lives} << 3U |
           Slot{replaced} << 7U | Slot{starts} << 10U | Slot{position} << 14U | Slot{surely} << 20U;
  }
  [[nodiscard]] static Word unpack(Slot slot) {
    const auto bits = [slot](unsigned at, unsigned count) {
      return static_cast<std::uint8_t>(slot >> at & ((1U << count) - 1));
    };
    return {bits(0, 1) != 0, bits(1, 1) != 0, bits(2, 1) != 0, bits(3, 4),
            bits(7, 3),      bits(10, 4),     bits(14, 6),     bits(20, 6)};
  }
};
inline constexpr std::uint8_t counter_max = 15;
inline constexpr std::uint8_t log_max = 63;

/// A pod: its address is that of `host` in the subnet; host 0: there is none.
struct Pod {
  std::uint8_t host = 0;    ///< 2 .. 31
  std::uint8_t subnet = 0;  ///< 0 .. 7
  std::uint8_t id = 0;      ///< no other pod ever has it, 0 .. 31
  friend bool operator==(const Pod&, const Pod&) = default;
};
/// The pods of a node, and which address its host-local handed out last.
struct Pods {
  std::array<Pod, 2> pods = {};
  std::uint8_t last_reserved = 0;

  [[nodiscard]] Slot pack() const {
    return pack(pods[0]) | pack(pods[1]) << 13U | Slot{last_reserved} << 26U;
  }
  [[nodiscard]] static Pods unpack(Slot slot) {
    return {{unpack_pod(slot), unpack_pod(slot >> 13U)}, static_cast<std::uint8_t>(slot >> 26U & 31U)};
  }
  /// What packets can tell of `slot`: no identities.
  [[nodiscard]] static Slot visible(Slot slot) {
    constexpr Slot pod = 0xffU;
    return slot & (pod | pod << 13U);
  }
  [[nodiscard]] static Slot pack(const Pod& pod) {
    return Slot{pod.host} | Slot{pod.subnet} << 5U | Slot{pod.id} << 8U;
  }
  [[nodiscard]] static Pod unpack_pod(Slot slot) {
    return {static_cast<std::uint8_t>(slot & 31U), static_cast<std::uint8_t>(slot >> 5U & 7U),
            static_cast<std::uint8_t>(slot >> 8U & 31U)};
  }
  [[nodiscard]] bool empty() const { return pods[0].host == 0 && pods[1].host == 0; }
};

/// A lease in the registry. Leases are found again by the name of their node.
struct Lease {
  flannel::PublishedLease published = {};
  std::uint32_t node = 0;
  std::uint32_t machine = 0;
  std::uint32_t left = 0;  ///< ticks until it runs out; 0: it has, or leases last for ever
  PLIMSOLL_DESCRIBE(Lease, published, node, machine, left)
};
/// A change of a lease, and whose it was.
struct LogEntry {
  flannel::LeaseChange change = {};
  std::uint32_t machine = 0;
  PLIMSOLL_DESCRIBE(LogEntry, change, machine)
};
struct Registry {
  std::map<base::Ipv4Prefix, Lease> leases = {};
  std::vector<LogEntry> log = {};
  std::uint32_t compacted = 0;  ///< entries of the log that watchers can have no more
  PLIMSOLL_DESCRIBE(Registry, leases, log, compacted)
};

/// Where things are in a state.
struct Layout {
  std::uint32_t nodes = 0;
  static constexpr std::uint32_t node_slots = 4;
  [[nodiscard]] static std::uint32_t kernel(std::uint32_t node) { return node * node_slots; }
  [[nodiscard]] static std::uint32_t daemon(std::uint32_t node) { return node * node_slots + 1; }
  [[nodiscard]] static std::uint32_t word(std::uint32_t node) { return node * node_slots + 2; }
  [[nodiscard]] static std::uint32_t pods(std::uint32_t node) { return node * node_slots + 3; }
  [[nodiscard]] std::uint32_t registry() const { return nodes * node_slots; }
  [[nodiscard]] std::uint32_t budgets() const { return registry() + 1; }  ///< three bits each, ten in a slot
  [[nodiscard]] std::uint32_t clock() const { return registry() + 2; }    ///< ticks, serial of pods * 16
  [[nodiscard]] std::uint32_t memory() const { return registry() + 3; }   ///< a packed Pod
  [[nodiscard]] std::uint32_t width() const { return registry() + 4; }
  /// Does the slot hold an interned value?
  [[nodiscard]] bool is_interned(std::uint32_t slot) const {
    return slot < registry() ? slot % node_slots < 2 : slot == registry();
  }
};

/// No other machine has the number, ever.
[[nodiscard]] inline std::uint32_t machine_number(std::uint32_t node, const Word& word) {
  return node * 16 + word.lives;
}

}  // namespace plimsoll::properties::flannel_world
