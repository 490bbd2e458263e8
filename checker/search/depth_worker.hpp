// One thread's share of a depth-first search: expand the state on top of the stack, insert what it leads to
// in one batch, judge what is new and push it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "checker/search/judging.hpp"
#include "checker/search/resources.hpp"
#include "checker/search/state_stack.hpp"
#include "checker/search/work_pool.hpp"

namespace plimsoll::checker {

/// How a property was found to fail (or to be witnessed): the states from the initial one to that in
/// question. Of a step property the last two are the ends of the transition.
using Chain = std::vector<Fingerprint>;

class DepthWorker;

/// What the workers of a depth-first search share.
struct SharedDepthFirst : Resources {
  SharedDepthFirst(const System& system, const SearchOptions& options, VisitedSet& visited);

  /// The first finding of a property is kept, and without --all the first violation only. Ends the search if
  /// no more is wanted.
  void settle(std::size_t property, Chain chain);
  /// Ends the search for this reason, unless it has ended already.
  void halt(Stop why);
  /// Why the search ended, if a worker ended it.
  [[nodiscard]] std::optional<Stop> reason();
  // Sums over the workers.
  [[nodiscard]] std::uint64_t distinct() const;
  [[nodiscard]] Progress progress() const;

  std::vector<std::unique_ptr<DepthWorker>> workers;
  WorkPool pool;
  std::atomic<bool> is_cut{false};  ///< the depth limit kept a transition from being followed
  std::atomic<PropertyMask> settled{0};
  std::vector<std::optional<Chain>> findings;  ///< by property; under the mutex while workers run

 private:
  std::mutex mutex_;
  std::optional<Stop> reason_;
};

/// Invariant: path_[d - 1] is an ancestor, of depth d, of every state on the stack that is deeper than d. It
/// holds because siblings are pushed together, so all states of one depth have the same parent.
class DepthWorker {
 public:
  explicit DepthWorker(SharedDepthFirst& shared);

  /// Inserts, judges and pushes the initial states. Before the workers start.
  void seed();
  /// Expands states, its own or those given by others, until all are or the search ends. Call from one
  /// thread.
  void run();

  [[nodiscard]] SystemStatistics statistics() const { return worker_->statistics(); }
  [[nodiscard]] PropertyMask engaged() const { return judge_.engaged(); }
  [[nodiscard]] const std::vector<std::uint64_t>& fired() const { return fired_; }
  [[nodiscard]] std::uint64_t pruned() const { return pruned_; }
  [[nodiscard]] std::uint64_t stack_states_max() const { return stack_states_max_; }
  // From any thread, while it runs.
  [[nodiscard]] std::uint64_t distinct() const { return distinct_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t generated() const { return generated_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint32_t depth() const { return depth_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t stack_states() const { return stack_states_.load(std::memory_order_relaxed); }

 private:
  /// Expansions between two looks at the others, which cost more than a look at what is one's own.
  static constexpr std::uint64_t glance_interval = 32;
  static constexpr std::uint64_t account_interval = 512;
  static constexpr std::size_t donation_states_max = 4096;

  void explore();
  [[nodiscard]] bool find_work();
  void expand_top();
  [[nodiscard]] bool judge_transitions(StateView state);
  void take_in(std::uint32_t depth);
  void report(PropertyMask news, std::optional<Fingerprint> last);
  void glance();
  void share();
  void account_memory();

  SharedDepthFirst& shared_;
  std::unique_ptr<Worker> worker_;
  Judge judge_;
  PropertyPlan plan_;
  PropertyMask known_settled_ = 0;
  std::unique_ptr<VisitedSet::Scratch> scratch_;
  const std::uint32_t depth_max_;
  const bool counts_states_;  ///< there is a limit of states
  Successors batch_;
  std::vector<std::uint8_t> is_new_;
  StateStack stack_;
  Chain path_;
  std::vector<std::uint64_t> fired_;
  std::atomic<std::uint64_t> distinct_{0};
  std::atomic<std::uint64_t> generated_{0};
  std::atomic<std::uint32_t> depth_{0};
  std::atomic<std::uint64_t> stack_states_{0};
  std::uint64_t pruned_ = 0;
  std::uint64_t stack_states_max_ = 0;
  std::uint64_t expanded_ = 0;
  std::uint64_t next_glance_ = 0;
  std::uint64_t next_account_ = 0;
  std::uint64_t accounted_worker_bytes_ = 0;
  std::uint64_t accounted_stack_bytes_ = 0;
};

}  // namespace plimsoll::checker
