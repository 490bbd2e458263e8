// One thread's share of a breadth-first level: expand states, insert what they lead to in batches, judge what
// is new.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "checker/search/frontier.hpp"
#include "checker/search/judging.hpp"
#include "checker/search/resources.hpp"

namespace plimsoll::checker {

/// Where a property was found to fail (or, for `sometimes`, to be witnessed).
struct Finding {
  Fingerprint state = 0;  ///< the state, or the source of the transition
  Fingerprint after = 0;  ///< for step properties, the target; otherwise 0
  std::uint32_t level = 0;
  friend bool operator<(const Finding& a, const Finding& b) {
    return std::pair(a.state, a.after) < std::pair(b.state, b.after);
  }
};

/// What the workers of a search share. Between levels only the coordinator touches it.
struct SharedSearch : Resources {
  PropertyPlan plan;
  Frontier* level_states = nullptr;
  std::uint32_t level = 0;  ///< of the states being expanded
  std::atomic<std::size_t> next_block{0};
};

class LevelWorker {
 public:
  explicit LevelWorker(SharedSearch& shared);

  /// Expands blocks of the level until none is left. Call from one thread.
  void run();
  /// Inserts the initial states and judges them.
  void seed();

  /// Moves the states found for the next level to the end of `to`.
  void hand_over(Frontier& to);
  /// By property: the least finding of this worker, cleared by the coordinator.
  [[nodiscard]] std::vector<std::optional<Finding>>& findings() { return findings_; }
  [[nodiscard]] SystemStatistics statistics() const { return worker_->statistics(); }
  [[nodiscard]] PropertyMask engaged() const { return judge_.engaged(); }
  [[nodiscard]] const std::vector<std::uint64_t>& fired() const { return fired_; }
  [[nodiscard]] std::uint64_t distinct() const { return distinct_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t generated() const { return generated_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t pruned() const { return pruned_; }

 private:
  static constexpr std::size_t batch_size = 256;

  void expand_blocks();
  void expand(StateView state, Fingerprint fingerprint);
  void judge_steps(StateView state, Fingerprint fingerprint, std::size_t first);
  void flush();
  void judge_new(std::size_t i, std::uint32_t level);
  void find(std::size_t property, const Finding& finding);
  void account_memory();

  SharedSearch& shared_;
  std::unique_ptr<Worker> worker_;
  Judge judge_;
  std::unique_ptr<VisitedSet::Scratch> scratch_;
  Successors batch_;
  std::vector<std::uint8_t> is_new_;
  Frontier next_;
  std::vector<std::optional<Finding>> findings_;
  std::vector<std::uint64_t> fired_;
  std::atomic<std::uint64_t> distinct_{0};
  std::atomic<std::uint64_t> generated_{0};
  std::uint64_t pruned_ = 0;
  std::uint64_t accounted_worker_bytes_ = 0;
  std::size_t accounted_blocks_ = 0;
};

}  // namespace plimsoll::checker
