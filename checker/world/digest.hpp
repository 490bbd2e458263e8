// What a worker needs to know of a mailbox or a control, worked out once for each interned value.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "checker/world/members.hpp"
#include "checker/world/stepper.hpp"
#include "checker/world/world_fairness.hpp"

namespace plimsoll::checker {

struct MailboxDigest {
  struct Delivery {
    Slot message = 0;
    Slot rest = 0;                 ///< the mailbox without it
    std::uint64_t rest_delta = 0;  ///< what that adds to the fingerprint
    std::uint32_t group = 0;
    PartMask reads = 0;
    bool disconnected = false;  ///< no message but the news that the connection to `peer` failed
    bool lossy = false;
    std::uint8_t peer = 0;
    WorldFairness::Number fairness = WorldFairness::none;
  };
  std::vector<Delivery> deliveries;
  std::vector<std::uint8_t> failed_peers;   ///< whose failed connection the process does not know of yet
  std::vector<std::uint16_t> exchangeable;  ///< positions, if a message may overtake another in this world
  std::uint32_t size = 0;
  std::uint64_t emptied_delta = 0;  ///< what it adds to the fingerprint that all of it is lost
  bool urgent = false;
};

struct ControlDigest {
  struct Firing {
    Slot timer = 0;
    Slot rest = 0;                 ///< the control without it
    std::uint64_t rest_delta = 0;  ///< what that adds to the fingerprint
    std::uint32_t group = 0;
    std::uint32_t budget_word = WorldLayout::no_budget;  ///< what firing spends; no_budget: nothing
    PartMask reads = 0;
    WorldFairness::Number fairness = WorldFairness::none;
    static constexpr std::uint32_t impatient = ~std::uint32_t{0};
    std::uint32_t patience = impatient;  ///< its number among the patient timers
  };
  Status status = Status::up;
  std::uint32_t incarnation = 0;
  std::vector<Firing> firings;  ///< those that may fire, were the budgets there
  Slot down = 0;                ///< after a crash
  Slot restarted = 0;
  Slot paused = 0;
  Slot resumed = 0;
  Slot ticked = 0;          ///< after a tick of the clock
  Slot delayed = 0;         ///< after the clock has lost a tick; only where clocks drift
  bool work = false;        ///< unfinished work: not quiescent
  bool holds_time = false;  ///< something is due that must happen before time passes
};

/// Numbers of action groups.
struct WorldGroups {
  std::vector<std::string> names;
  std::vector<std::vector<std::uint32_t>> deliver;    ///< [process][kind of message]
  std::vector<std::uint32_t> disconnected;            ///< [process]
  std::vector<std::vector<std::uint32_t>> fire;       ///< [process][kind of timer]
  std::vector<std::uint32_t> restart, pause, resume;  ///< [process]
  std::vector<std::uint32_t> crash, disk_loss, torn;  ///< [unit]
  std::vector<std::uint32_t> disconnect;              ///< [link]
  std::vector<std::uint32_t> drop, duplicate;         ///< [process]
  std::vector<std::uint32_t> reorder;                 ///< [process]
  std::vector<std::uint32_t> gain, lag;               ///< [process], of its clock
  std::array<std::uint32_t, cut_shapes> cut = {};
  std::uint32_t heal = 0;
  std::uint32_t tick = 0;
};
/// Members of a group share theirs: who is interchangeable does the same things.
[[nodiscard]] WorldGroups make_groups(const WorldModel& model, const WorldLayout& layout,
                                      const WorldMembers& members);

/// The budget that a timer in an untimed world, or a whim, spends: the enumerator's name, or the struct's.
[[nodiscard]] std::string timer_name(const base::Schema& schema, base::BytesView timer);

/// Makes digests. Thread-safety: const members may be called from any number of threads.
class Digester {
 public:
  Digester(const WorldModel& model, const WorldLayout& layout, const WorldGroups& groups,
           const WorldFairness& fairness, const Stepper& stepper, Interner& interner)
      : model_(model),
        layout_(layout),
        groups_(groups),
        fairness_(fairness),
        stepper_(stepper),
        interner_(interner) {}

  [[nodiscard]] std::unique_ptr<MailboxDigest> mailbox(std::size_t process, Slot id) const;
  [[nodiscard]] std::unique_ptr<ControlDigest> control(std::size_t process, Slot id) const;

 private:
  [[nodiscard]] std::uint8_t some_peer(std::size_t process) const;
  void add_firing(std::size_t process, const Control& control, std::size_t timer,
                  ControlDigest& digest) const;

  /// What it adds to the fingerprint that a slot goes from one value to another.
  [[nodiscard]] std::uint64_t change(std::uint32_t slot, Slot from, Slot to) const;

  const WorldModel& model_;
  const WorldLayout& layout_;
  const WorldGroups& groups_;
  const WorldFairness& fairness_;
  const Stepper& stepper_;
  Interner& interner_;
};

}  // namespace plimsoll::checker
