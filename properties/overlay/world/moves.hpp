// The transitions of system `flannel`: what may happen in a state, and the state that follows.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "checker/system/successors.hpp"
#include "properties/overlay/world/packets.hpp"
#include "properties/overlay/world/steps.hpp"

namespace plimsoll::properties::flannel_world {

/// What happens; the number is the action's group.
enum class Move : std::uint8_t {
  proceed,   ///< the kernel makes the change that flanneld asked for
  refuse,    ///< the kernel refuses it
  check,     ///< flanneld looks whether all is there
  retry,     ///< flanneld tries again what was refused
  hear,      ///< flanneld is told of the next change of a lease
  hear_all,  ///< ... of all there are, those of one subnet as one
  list,      ///< flanneld is told of all leases
  disconnect,
  reconnect,
  crash,
  start,
  bounce,
  reboot,
  replace,
  power_off,
  power_on,
  acquire,  ///< a lease is put for the node
  revoke,   ///< flanneld learns that its lease is gone
  start_pod,
  delete_pod,
  add_pod,
  tick,
  compact,
  look_up,  ///< the pods learn which pod is the first of node 2
  send,
};
inline constexpr std::array<std::string_view, 25> move_names = {
    "proceed",    "refuse",    "check",   "retry",  "hear",      "hear-all",   "list",
    "disconnect", "reconnect", "crash",   "start",  "bounce",    "reboot",     "replace",
    "power-off",  "power-on",  "acquire", "revoke", "start-pod", "delete-pod", "add-pod",
    "tick",       "compact",   "look-up", "send"};

/// Actions' payloads: the node in three bits, an operand above. Of send: the flow's code in 12 bits, whether
/// the address is remembered, the judgement in 4 bits, whether the pipeline does not know.
inline constexpr unsigned operand_shift = 3;
inline constexpr unsigned remembered_shift = 12;
inline constexpr unsigned judgement_shift = 13;
inline constexpr unsigned unknown_shift = 17;

/// What properties of packets look at, and nothing else does: no slot has this bit.
inline constexpr checker::AspectMask packet_aspect = checker::AspectMask{1} << 63U;

/// Thread-safety: none; one for each worker.
class Moves {
 public:
  Moves(const Setup& setup, const Layout& layout, checker::Interner& values);

  /// Appends all transitions from `state`.
  void all(checker::StateView state, checker::Fingerprint fingerprint, checker::Successors& out);
  /// The properties of states, by name.
  [[nodiscard]] bool tables_converged(checker::StateView state);
  [[nodiscard]] bool leases_reclaimed(checker::StateView state);

  [[nodiscard]] Machines machines(checker::StateView state);
  /// Does a flanneld of the udp backend move packets there?
  [[nodiscard]] bool relays(checker::StateView state, std::uint32_t node);
  [[nodiscard]] model::overlay::Judgement judgement(checker::StateView state, const Flow& flow,
                                                    std::optional<std::uint8_t> remembered,
                                                    const Outcome& outcome);
  [[nodiscard]] Steps& steps() { return steps_; }
  [[nodiscard]] Packets& packets() { return packets_; }
  [[nodiscard]] const Steps& steps() const { return steps_; }
  [[nodiscard]] const Packets& packets() const { return packets_; }

  /// All nodes that are present have leases and pods, and know of each other. No budget is spent.
  [[nodiscard]] std::vector<Slot> first_state();

 private:
  class Draft;
  struct Now;

  void of_node(const Now& now, std::uint32_t node);
  void of_daemon(const Now& now, std::uint32_t node);
  void of_feed(const Now& now, std::uint32_t node);
  void of_lease(const Now& now, std::uint32_t node);
  void of_power(const Now& now, std::uint32_t node);
  void of_pods(const Now& now, std::uint32_t node);
  void of_registry(const Now& now);
  void packets_of(const Now& now);
  void send(const Now& now, const Flow& flow, std::optional<std::uint8_t> remembered);
  [[nodiscard]] bool is_ready_for_pods(const Now& now, std::uint32_t node);
  [[nodiscard]] std::uint8_t next_host(const Pods& pods) const;

  const Setup& setup_;
  const Layout& layout_;
  checker::Interner& values_;
  Steps steps_;
  Packets packets_;
  Slot no_kernel_ = 0;
  Slot no_daemon_ = 0;
  Machines machines_ = {};
};

}  // namespace plimsoll::properties::flannel_world
