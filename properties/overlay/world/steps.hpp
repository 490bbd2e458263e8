// The steps of machines and of the registry, from interned value to interned value, each run once; and what
// is asked again and again of such values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "checker/system/interner.hpp"
#include "model/overlay/delivery.hpp"
#include "properties/overlay/world/kernel_value.hpp"
#include "properties/overlay/world/machine.hpp"
#include "properties/overlay/world/state.hpp"

namespace plimsoll::properties::flannel_world {

inline constexpr std::uint32_t no_subnet = 7;

/// What is asked of a daemon.
struct DaemonView {
  bool is_alive = false;
  bool is_running = false;  ///< it has a lease, and follows those of others
  bool is_pending = false;  ///< the kernel was asked for a change
  bool is_settled = false;
  bool wants_lease = false;
  bool check_armed = false;
  bool retry_armed = false;
  flannel::FeedPhase feed = flannel::FeedPhase::must_list;
  std::uint32_t subnet = no_subnet;  ///< its own
  Slot relay = 0;                    ///< 0: none; otherwise one more than an interned Relay
};

/// What is asked of the registry.
struct RegistryView {
  Registry value = {};
  std::vector<model::overlay::Ownership> history = {};
  std::vector<std::uint32_t> owners = {};    ///< by subnet, the node; none_owner
  std::vector<std::uint32_t> machines = {};  ///< by subnet
  bool has_dead_lease = false;               ///< one that has run out
  static constexpr std::uint32_t no_owner = ~std::uint32_t{0};
  [[nodiscard]] std::uint32_t subnet_of_node(std::uint32_t node) const;
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(value.log.size()); }
};

/// What is done to a machine; the operands a and b mean what stands beside it.
enum class MachineOp : std::uint8_t {
  boot,    ///< a: flanneld's incarnation
  start,   ///< a: likewise
  end,     ///< flanneld is gone
  vanish,  ///< with its kernel
  grant,   ///< a: the subnet
  revoke,
  list,      ///< a: the registry
  hear,      ///< a: the registry, b: the first entry and the one behind the last, times 64
  lose_log,  ///< the watch cannot go on where it was
  proceed,
  refuse,
  check,
  retry,
  bounce,
  plug,    ///< a: the pod's address
  unplug,  ///< a: likewise
};
enum class RegistryOp : std::uint8_t {
  put,   ///< a: node + 8 * subnet + 64 * machine, b: the daemon whose attributes they are
  pass,  ///< a tick passes; a: nodes that renew, a bit for each
  compact,
};

struct MachineSlots {
  Slot kernel = 0;
  Slot daemon = 0;
};

/// Thread-safety: none; one for each worker. The interner may be shared.
class Steps {
 public:
  Steps(const Setup& setup, checker::Interner& values) : setup_(setup), values_(values) {}

  [[nodiscard]] MachineSlots machine(MachineOp op, const Place& place, MachineSlots from, std::uint32_t a = 0,
                                     std::uint32_t b = 0);
  [[nodiscard]] Slot registry(RegistryOp op, Slot from, std::uint32_t a = 0, std::uint32_t b = 0);

  [[nodiscard]] const DaemonView& daemon(Slot slot);
  [[nodiscard]] const RegistryView& registry(Slot slot);
  /// Do kernel and flanneld have the entries that the leases ask for on this node, and no others?
  [[nodiscard]] bool agrees(const Place& place, MachineSlots machine, Slot registry);

  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  [[nodiscard]] std::uint64_t recalled() const { return recalled_; }

 private:
  struct Key {
    std::uint64_t values = 0;
    std::uint64_t rest = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return static_cast<std::size_t>(
          checker::fold_multiply(key.values + 0x9e3779b97f4a7c15ULL, key.rest ^ 0xbf58476d1ce4e5b9ULL));
    }
  };
  void run(Machine& machine, MachineOp op, const Place& place, std::uint32_t a, std::uint32_t b);
  void put(Registry& registry, std::uint32_t a, Slot daemon) const;
  void pass(Registry& registry, std::uint32_t renewing) const;
  template <class View>
  [[nodiscard]] static std::unique_ptr<View>& place_for(std::vector<std::unique_ptr<View>>& views,
                                                        Slot slot) {
    if (views.size() <= slot) {
      views.resize(std::size_t{slot} * 2 + 1);
    }
    return views[slot];
  }

  const Setup& setup_;
  checker::Interner& values_;
  std::unordered_map<Key, MachineSlots, KeyHash> machine_steps_ = {};
  std::unordered_map<Key, Slot, KeyHash> registry_steps_ = {};
  std::unordered_map<Key, bool, KeyHash> agreements_ = {};
  std::vector<std::unique_ptr<DaemonView>> daemons_ = {};
  std::vector<std::unique_ptr<RegistryView>> registries_ = {};
  std::uint64_t runs_ = 0;
  std::uint64_t recalled_ = 0;
};

/// The tables that leases ask for, as FLN-U, FLN-V and FLN-H say it. @param own  The node that has the
/// kernel.
[[nodiscard]] bool tables_agree(const Setup& setup, const Place& own, const net::Tables& kernel,
                                const std::optional<Relay>& relay, const Registry& registry);

}  // namespace plimsoll::properties::flannel_world
