// A System in which one state stands for several of another one, its raw system, that differ in nothing that
// matters: a quotient by a bisimulation.
//
// Every transition of the raw system from a state is one here from its representative, to the representative
// of its target, and representatives are judged as what they stand for is. So verdicts are the same, and
// shortest paths as long. Paths of a quotient jump from a state to its representative and are no behaviours
// of the raw system; concretise() (checker/reduce) makes them so, and nothing else may be shown to people.
#pragma once

#include <memory>
#include <span>

#include "checker/system/system.hpp"

namespace plimsoll::checker {

/// One thread's means to find representatives. Thread-safety: none; one for each thread.
class Representer {
 public:
  Representer() = default;
  Representer(const Representer&) = delete;
  Representer& operator=(const Representer&) = delete;
  Representer(Representer&&) = delete;
  Representer& operator=(Representer&&) = delete;
  virtual ~Representer() = default;

  /// Replaces a state of the raw system, whose fingerprint is given, by the state that stands for it; a
  /// representative stays what it is. Returns the representative's fingerprint.
  virtual Fingerprint represent(std::span<Slot> state, Fingerprint fingerprint) = 0;
};

/// Has the raw system's properties, groups of actions and descriptions. Thread-safety: as System.
class Quotient : public System {
 public:
  /// Outlives this.
  [[nodiscard]] virtual const System& raw() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Representer> representer() const = 0;

  [[nodiscard]] std::uint32_t width() const override { return raw().width(); }
  /// The representatives of the initial states, one for each of them.
  void initial(Successors& out) const override;
  [[nodiscard]] const std::vector<Property>& properties() const override { return raw().properties(); }
  [[nodiscard]] AspectMask aspects(std::size_t property) const override { return raw().aspects(property); }
  [[nodiscard]] AspectMask aspects_of(SlotMask changed) const override { return raw().aspects_of(changed); }
  [[nodiscard]] const std::vector<std::string>& action_groups() const override {
    return raw().action_groups();
  }
  [[nodiscard]] Fingerprint fingerprint(StateView state) const override { return raw().fingerprint(state); }
  [[nodiscard]] ActionLabel describe(StateView before, const Action& action) const override {
    return raw().describe(before, action);
  }
  [[nodiscard]] Datum describe(StateView state) const override { return raw().describe(state); }
  [[nodiscard]] SystemStatistics statistics() const override { return raw().statistics(); }
};

}  // namespace plimsoll::checker
