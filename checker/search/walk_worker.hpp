// One thread's share of the random walks: takes the next number, walks it and judges what it meets.
#pragma once

#include <array>
#include <atomic>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "checker/search/judging.hpp"
#include "checker/search/resources.hpp"
#include "checker/search/walker.hpp"
#include "checker/visited/bitstate_set.hpp"

namespace plimsoll::checker {

/// Where a property was found to fail (or to be witnessed): after `steps` steps of walk number `walk`.
struct WalkFinding {
  std::uint64_t walk = 0;
  std::uint32_t steps = 0;
};

class WalkWorker;

/// What the workers of random walks share.
struct SharedWalks : Resources {
  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
  /// For counting distinct states: 16 MiB, enough for some ten millions.
  static constexpr std::uint64_t seen_bytes = std::uint64_t{1} << 24U;

  SharedWalks(const System& system, const SearchOptions& options);

  /// Of findings of a property that of the lowest walk is kept, so that what is kept in the end does not
  /// depend on the workers.
  void settle(std::size_t property, const WalkFinding& finding);
  /// The properties still of interest in walk `walk`: not found in a lower one.
  [[nodiscard]] PropertyPlan plan_for(std::uint64_t walk) const;
  // Sums over the workers.
  [[nodiscard]] std::uint64_t distinct() const;
  [[nodiscard]] Progress progress() const;

  /// After all have come to rest because of what they left behind: lets them go on in a new system. False if
  /// there is nothing left to walk, or nothing to renew.
  [[nodiscard]] bool renew();
  /// Has enough been left behind?
  void check_age();

  const System& first;              ///< the caller's
  std::unique_ptr<System> renewed;  ///< if there is one, the present system
  Successors initial;
  BitstateSet seen;
  std::vector<std::unique_ptr<WalkWorker>> workers;
  std::atomic<std::uint64_t> next_walk{0};
  /// The walks after this one can change nothing any more; all up to it are finished.
  std::atomic<std::uint64_t> last_walk{none};
  std::atomic<bool> is_full{false};                  ///< --states was reached
  std::atomic<bool> is_aged{false};                  ///< no new walk before renew()
  std::vector<std::optional<WalkFinding>> findings;  ///< by property; under the mutex while workers run

 private:
  std::mutex mutex_;
  mutable std::mutex renewal_mutex_;  ///< against progress() in another thread
  std::array<std::atomic<std::uint64_t>, 64>
      found_in_{};  ///< by property: the walk of its finding, or `none`
};

class WalkWorker {
 public:
  explicit WalkWorker(SharedWalks& shared);

  /// Walks until there is nothing left to walk. Call from one thread.
  void run();

  /// Leaves the present system, and enters the one that then is. While no thread walks.
  void leave();
  void enter();

  [[nodiscard]] const Walker& walker() const { return place_->walker; }
  [[nodiscard]] SystemStatistics statistics() const;
  [[nodiscard]] PropertyMask engaged() const { return engaged_ | place_->judge.engaged(); }
  [[nodiscard]] const std::vector<std::uint64_t>& fired() const { return fired_; }
  [[nodiscard]] std::uint64_t pruned() const { return pruned_; }
  [[nodiscard]] std::uint64_t walks() const { return walks_; }
  // From any thread, while it runs.
  [[nodiscard]] std::uint64_t distinct() const { return distinct_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t generated() const { return generated_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t depth() const { return depth_.load(std::memory_order_relaxed); }

 private:
  void walk_all();
  void walk(std::uint64_t number);
  [[nodiscard]] bool step(const Successors& transitions, const WalkFinding& here);
  void arrive(std::uint32_t states);
  bool settle(PropertyMask news, const WalkFinding& here);
  void account_memory();

  /// What belongs to one system.
  struct Place {
    explicit Place(const SharedWalks& shared);
    std::unique_ptr<Worker> worker;
    Judge judge;
    Walker walker;
  };

  SharedWalks& shared_;
  std::unique_ptr<Place> place_;
  PropertyPlan plan_;               ///< for the present walk
  const std::uint32_t states_max_;  ///< of one walk
  const bool counts_states_;        ///< there is a limit of states
  std::vector<std::uint64_t> fired_;
  std::atomic<std::uint64_t> distinct_{0};
  std::atomic<std::uint64_t> generated_{0};
  std::atomic<std::uint32_t> depth_{0};
  std::uint64_t pruned_ = 0;
  std::uint64_t walks_ = 0;  ///< begun
  std::uint64_t accounted_worker_bytes_ = 0;
  // Of the systems that were left.
  PropertyMask engaged_ = 0;
  SystemStatistics left_;
};

}  // namespace plimsoll::checker
