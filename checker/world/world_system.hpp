// A world as a System: processes with their environment, explored through memoised steps.
#pragma once

#include <memory>

#include "checker/system/interner.hpp"
#include "checker/system/system.hpp"
#include "checker/world/digest.hpp"
#include "checker/world/model.hpp"
#include "checker/world/question.hpp"
#include "checker/world/world_actors.hpp"

namespace plimsoll::checker {

class StaleWorld;

/// What an action's payload says.
struct WorldAction {
  enum class Kind : std::uint8_t {
    deliver,
    disconnected,
    fire,
    crash,
    restart,
    pause,
    resume,
    disconnect,
    drop,
    duplicate,
    tick,
    reorder,
    cut,
    heal,
    disk_loss,
    drift
  };
  Kind kind = Kind::tick;
  static constexpr std::uint32_t variants_max = 4096;
  std::uint16_t variant = 0;  ///< outcome of the step, or which way a fault goes
  std::uint16_t subject = 0;  ///< process, unit, link or cut
  Slot argument = 0;          ///< message or timer

  [[nodiscard]] std::uint64_t pack() const {
    return static_cast<std::uint64_t>(kind) << 60U | static_cast<std::uint64_t>(variant & 0xfffU) << 48U |
           static_cast<std::uint64_t>(subject) << 32U | argument;
  }
  static WorldAction unpack(std::uint64_t payload) {
    return {static_cast<Kind>(payload >> 60U), static_cast<std::uint16_t>(payload >> 48U & 0xfffU),
            static_cast<std::uint16_t>(payload >> 32U), static_cast<Slot>(payload)};
  }
};

/// Thread-safety: as System.
class WorldSystem final : public System {
 public:
  /// Requires: links, units and properties refer to what is there; process names are unique.
  explicit WorldSystem(WorldModel model);
  ~WorldSystem() override;

  [[nodiscard]] std::uint32_t width() const override { return layout_.width(); }
  /// Every process has been started, in order; one state for each way the environment may answer.
  void initial(Successors& out) const override;
  [[nodiscard]] std::unique_ptr<Worker> worker() const override;
  [[nodiscard]] const std::vector<Property>& properties() const override { return properties_; }
  /// An aspect is a question (question.hpp).
  [[nodiscard]] AspectMask aspects(std::size_t property) const override {
    return questions_.aspects(property);
  }
  [[nodiscard]] AspectMask aspects_of(SlotMask changed) const override;
  [[nodiscard]] const std::vector<std::string>& action_groups() const override { return groups_.names; }
  [[nodiscard]] std::uint32_t actor_of(const Action& action) const override { return actors_.of(action); }
  [[nodiscard]] std::uint32_t actors() const override { return actors_.count(); }
  [[nodiscard]] bool is_spontaneous(std::uint32_t actor) const override {
    return actors_.is_spontaneous(actor);
  }
  [[nodiscard]] Fingerprint fingerprint(StateView state) const override;
  /// What a cluster is bound to do in the end: world_fairness.hpp.
  [[nodiscard]] const std::vector<FairnessConstraint>& fairness() const override {
    return fairness_.constraints();
  }
  [[nodiscard]] ActionLabel describe(StateView before, const Action& action) const override;
  [[nodiscard]] Datum describe(StateView state) const override;
  /// Of the interchangeable processes that the model declares.
  [[nodiscard]] const Symmetry* symmetry() const override { return symmetry_.get(); }
  [[nodiscard]] std::string why_no_symmetry() const override { return why_no_symmetry_; }
  /// If some process declares which messages it will ignore: Process::is_stale().
  [[nodiscard]] const Quotient* without_stale() const override;
  [[nodiscard]] SystemStatistics statistics() const override;

  [[nodiscard]] const WorldModel& model() const { return model_; }
  [[nodiscard]] const WorldLayout& layout() const { return layout_; }

 private:
  friend class WorldWorker;

  void declare_properties();
  void declare_symmetry();
  [[nodiscard]] SlotMask quiescence_slots() const;
  [[nodiscard]] std::string message_text(std::size_t process, Slot message) const;
  [[nodiscard]] Datum message_datum(std::size_t process, Slot message) const;
  [[nodiscard]] std::string timer_text(std::size_t process, Slot timer) const;
  [[nodiscard]] ActionLabel describe_step(StateView before, const WorldAction& taken) const;
  [[nodiscard]] ActionLabel describe_fault(StateView before, const WorldAction& taken) const;
  [[nodiscard]] ActionLabel describe_crash(StateView before, const WorldAction& taken) const;
  [[nodiscard]] ActionLabel describe_cut(const WorldAction& taken) const;
  [[nodiscard]] ActionLabel describe_lossy(StateView before, const WorldAction& taken) const;
  [[nodiscard]] Datum control_datum(std::size_t process, Slot id) const;
  [[nodiscard]] Datum disk_datum(Slot id) const;
  [[nodiscard]] Datum cuts_datum(Slot id) const;
  [[nodiscard]] Datum clocks_datum(Slot id) const;

  WorldModel model_;
  WorldLayout layout_;
  WorldMembers members_;
  mutable Interner interner_;
  WorldGroups groups_;
  WorldActors actors_;
  WorldFairness fairness_;
  Stepper stepper_;
  Digester digester_;
  Questions questions_;
  PropertyMask to_reach_ = 0;    ///< witnesses and goals: not reached where they hold vacuously
  PropertyMask with_cause_ = 0;  ///< leads-to
  std::vector<Property> properties_;
  Slot empty_mailbox_;
  std::vector<Slot> initial_parts_;
  Slot no_cuts_ = 0;  ///< if the network can be cut
  std::unique_ptr<const Symmetry> symmetry_;
  std::string why_no_symmetry_;
  std::unique_ptr<const StaleWorld> stale_;
};

}  // namespace plimsoll::checker
