// The symmetry of a world whose model declares interchangeable processes.
//
// Under new names a member's slots go to where the renamed member's are, and in every value the ids in it are
// renamed: in parts, messages and timers by their schemas, in what is the world's own (who sent a message,
// what is left of a member's budget, which host is cut off, how far a clock is off) by its layout. Values are
// few, so each is renamed and looked at once (SlotwiseSymmetry), and from then on a renaming is a look-up for
// each slot.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/system/slotwise_symmetry.hpp"
#include "checker/world/layout.hpp"
#include "checker/world/members.hpp"
#include "checker/world/values.hpp"

namespace plimsoll::checker {

/// Thread-safety: as Symmetry.
class WorldSymmetry final : public SlotwiseSymmetry {
 public:
  /// Requires: everything referred to outlives this; somebody is interchangeable.
  WorldSymmetry(const WorldModel& model, const WorldLayout& layout, const WorldMembers& members,
                Interner& interner);

  [[nodiscard]] Slot rename_value(std::uint32_t kind, Slot value, Permutation permutation) const override;
  [[nodiscard]] std::uint64_t mention(std::uint32_t kind, Slot value, std::uint32_t id) const override;
  [[nodiscard]] std::uint64_t contribution(std::uint32_t slot, Slot value) const override;

 private:
  /// What the slots of one kind hold; of members, the first one's stand for all.
  struct Content {
    enum class Sort : std::uint8_t { part, mailbox, control, disk, cuts, clocks, environment };
    Sort sort = Sort::environment;
    const base::Schema* schema = nullptr;  ///< of the part, of messages, timers or records
  };
  struct Plan;
  WorldSymmetry(Plan plan, const WorldLayout& layout, const WorldMembers& members, Interner& interner);

  [[nodiscard]] Slot rename_mailbox(const Content& content, Slot value, Permutation permutation) const;
  [[nodiscard]] Slot rename_control(const Content& content, Slot value, Permutation permutation) const;
  [[nodiscard]] Slot rename_disk(const Content& content, Slot value, Permutation permutation) const;
  [[nodiscard]] Slot rename_cuts(Slot value, Permutation permutation) const;
  [[nodiscard]] Slot rename_clocks(Slot value, Permutation permutation) const;
  [[nodiscard]] Slot rename_environment(Slot value, Permutation permutation) const;
  [[nodiscard]] base::Bytes renamed(base::BytesView bytes, const base::Schema& schema,
                                    Permutation permutation) const {
    return base::renamed(bytes, schema, members_.renaming(permutation));
  }

  const WorldLayout& layout_;
  const WorldMembers& members_;
  Interner& interner_;
  std::vector<Content> contents_;  ///< by kind
};

}  // namespace plimsoll::checker
