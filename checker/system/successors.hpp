// The buffer between a System and an engine: transitions of one or more states, back to back, reused without
// allocation.
#pragma once

#include <cstddef>
#include <cstring>
#include <vector>

#include "checker/system/content_hash.hpp"
#include "checker/system/slots.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

/// A transition's label as engines carry it; System::describe makes it readable.
struct Action {
  std::uint64_t payload = 0;  ///< the System's own encoding
  std::uint32_t group = 0;    ///< index into System::action_groups()
  friend bool operator==(const Action&, const Action&) = default;
};

/// Where a table will look for a fingerprint, so that its memory can be asked for as soon as that is known,
/// while further successors are being made: entry number fingerprint * count / 2^64 of an array.
struct TableHint {
  const std::byte* entries = nullptr;  ///< null: no hint
  std::uint64_t count = 0;
  std::uint64_t entry_bytes = 0;

  void prefetch(Fingerprint fingerprint) const {
    if (entries != nullptr) {
      __extension__ using Wide = unsigned __int128;
      const auto number = static_cast<std::uint64_t>((static_cast<Wide>(fingerprint) * count) >> 64U);
      __builtin_prefetch(entries + number * entry_bytes, 1, 3);
    }
  }
};

/// Not thread-safe: one for each worker.
class Successors {
 public:
  struct Transition {
    Action action;
    SlotMask changed = 0;  ///< against the state it comes from
    Fingerprint fingerprint = 0;
    Fingerprint parent = 0;
    /// What may have changed for properties, against a state that they judge like that one.
    AspectMask judged_change = 0;
  };

  explicit Successors(std::uint32_t width) : width_(width) {}

  /// The transitions from one state, from number `first` to that of the next group.
  struct Group {
    const Slot* from = nullptr;  ///< slots of the state, or null if they were not given
    std::size_t first = 0;
  };

  void clear() {
    groups_.clear();
    transitions_.clear();
    pruned_actions_.clear();
    used_ = 0;
  }
  /// The engine says where its table will look for the fingerprints to come. Until the next hint.
  void hint(const TableHint& hint) { hint_ = hint; }
  [[nodiscard]] bool is_hinted() const { return hint_.entries != nullptr; }

  /// The engine says whose successors follow. If it gives the state as well, which must then stay where it is
  /// until clear(), an exact set that knows the state already works only on what differs from it.
  void begin(Fingerprint parent, StateView from = {}) {
    parent_ = parent;
    groups_.push_back({from.empty() ? nullptr : from.data(), transitions_.size()});
  }

  /// Adds a transition and returns the slots of its target, to be filled. The pointer is valid until the next
  /// call.
  Slot* append(const Action& action, SlotMask changed, Fingerprint fingerprint) {
    if (used_ + width_ > slots_.size()) {
      slots_.resize(slots_.size() * 2 + width_ * std::size_t{64});
    }
    transitions_.push_back({action, changed, fingerprint, parent_, changed});
    if (fingerprint != 0) {
      hint_.prefetch(fingerprint);
    }
    Slot* target = slots_.data() + used_;
    used_ += width_;
    return target;
  }
  Slot* append(const Action& action, SlotMask changed, Fingerprint fingerprint, StateView state) {
    Slot* target = append(action, changed, fingerprint);
    std::memcpy(target, state.data(), width_ * sizeof(Slot));
    return target;
  }
  /// The slots and fingerprint of the transition added last, while its target is being made.
  void set_last(SlotMask changed, Fingerprint fingerprint) { set_last(changed, fingerprint, changed); }
  void set_last(SlotMask changed, Fingerprint fingerprint, AspectMask judged_change) {
    transitions_.back().changed = changed;
    transitions_.back().fingerprint = fingerprint;
    transitions_.back().judged_change = judged_change;
    hint_.prefetch(fingerprint);
  }
  /// Takes back the transition added last.
  void drop_last() {
    transitions_.pop_back();
    used_ -= width_;
  }
  /// A transition that is possible but leads outside the bounds: not explored, not a deadlock, and liveness
  /// is then never `holds`. The action still counts as enabled, which fairness has to know.
  void prune(const Action& action) { pruned_actions_.push_back(action); }

  [[nodiscard]] std::size_t size() const { return transitions_.size(); }
  [[nodiscard]] const Transition& operator[](std::size_t i) const { return transitions_[i]; }
  [[nodiscard]] StateView state(std::size_t i) const { return {slots_.data() + i * width_, width_}; }
  /// In the order of begin(). Transitions added before the first begin() are in none.
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  [[nodiscard]] std::uint64_t pruned() const { return pruned_actions_.size(); }
  /// Of all transitions pruned since clear(), in their order.
  [[nodiscard]] const std::vector<Action>& pruned_actions() const { return pruned_actions_; }
  [[nodiscard]] std::uint32_t width() const { return width_; }

 private:
  std::uint32_t width_;
  TableHint hint_;
  std::vector<Group> groups_;
  std::vector<Transition> transitions_;
  std::vector<Action> pruned_actions_;
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  Fingerprint parent_ = 0;
};

}  // namespace plimsoll::checker
