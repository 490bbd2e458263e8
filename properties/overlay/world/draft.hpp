// A successor while it is made, and the state that it comes from taken apart.
#pragma once

#include <array>

#include "checker/system/successors.hpp"
#include "properties/overlay/world/moves.hpp"

namespace plimsoll::properties::flannel_world {

/// A state, taken apart.
struct Moves::Now {
  checker::StateView state;
  checker::Fingerprint fingerprint;
  checker::Successors& out;
  const RegistryView& registry;
  std::array<Word, nodes_max> words = {};

  [[nodiscard]] std::uint32_t budget(const Layout& layout, Fault fault) const {
    return state[layout.budgets()] >> (3U * static_cast<unsigned>(fault)) & 7U;
  }
};

/// The transition added last, complete when this ends. A node that has settled by then surely knows what it
/// was told.
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
      const checker::SlotMask own = checker::slot_bit(Layout::kernel(node)) |
                                    checker::slot_bit(Layout::daemon(node)) |
                                    checker::slot_bit(Layout::word(node));
      if ((changed_ & own) == 0 || !moves_.steps_.daemon(slots_[Layout::daemon(node)]).is_settled) {
        continue;
      }
      Word word = Word::unpack(slots_[Layout::word(node)]);
      word.surely = word.position;
      word.must_mend = false;
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
  Draft& machine(std::uint32_t node, MachineSlots slots) {
    return set(Layout::kernel(node), slots.kernel).set(Layout::daemon(node), slots.daemon);
  }
  Draft& step(std::uint32_t node, MachineOp op, std::uint32_t a = 0, std::uint32_t b = 0) {
    return machine(node, moves_.steps_.machine(op, place(node), slots_of(node), a, b));
  }
  /// One of a budget is used up.
  Draft& spend(Fault fault) {
    const std::uint32_t slot = moves_.layout_.budgets();
    return set(slot, slots_[slot] - (1U << (3U * static_cast<unsigned>(fault))));
  }
  /// The step is one of a packet, which properties judge though it leads nowhere else.
  Draft& is_packet() {
    judged_ = packet_aspect;
    return *this;
  }
  [[nodiscard]] Slot operator[](std::uint32_t slot) const { return slots_[slot]; }

 private:
  [[nodiscard]] MachineSlots slots_of(std::uint32_t node) const {
    return {slots_[Layout::kernel(node)], slots_[Layout::daemon(node)]};
  }
  [[nodiscard]] Place place(std::uint32_t node) const {
    return {node, Word::unpack(slots_[Layout::word(node)]).replaced};
  }
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

}  // namespace plimsoll::properties::flannel_world
