// One thread's share of a level of the state graph: expand states, number what they lead to in batches, judge
// what is new, and keep the transitions until the level is complete.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "checker/search/rendezvous.hpp"
#include "checker/search/search.hpp"
#include "checker/search/state_graph.hpp"
#include "checker/visited/state_numbers.hpp"

namespace plimsoll::checker {

/// A state that waits for its expansion, without its slots.
struct WaitingState {
  Fingerprint fingerprint = 0;
  std::uint32_t number = 0;  ///< by StateNumbers: in order of discovery, which depends on the run
  PropertyMask holds = 0;
  PropertyMask engaged = 0;
};

/// The states of one level, unpacked, in blocks that are taken whole and freed when expanded.
struct WaitingLevel {
  static constexpr std::size_t block_states = 512;
  struct Block {
    std::vector<Slot> slots;
    std::vector<WaitingState> states;
  };
  std::vector<Block> blocks;

  void push(StateView slots, const WaitingState& state);
  void take(WaitingLevel& other);
  [[nodiscard]] std::uint64_t size() const;
};

/// What the workers of an exploration share. Between levels only the coordinator touches it.
struct SharedExploration {
  const System* system = nullptr;
  const SearchOptions* options = nullptr;
  PropertyMask wanted = 0;  ///< the properties to be evaluated
  StateNumbers* numbers = nullptr;
  StateGraph* graph = nullptr;
  std::mutex graph_mutex;  ///< of the graph's table of masks, while a level is expanded
  WaitingLevel* level = nullptr;
  std::atomic<std::size_t> next_block{0};
  std::atomic<bool> stop{false};  ///< leave as soon as possible
  std::atomic<bool> out_of_memory{false};
  std::atomic<std::uint64_t> numbers_memory_bytes{0};
  std::atomic<std::uint64_t> graph_memory_bytes{0};
  std::atomic<std::uint64_t> working_memory_bytes{0};  ///< of waiting states and of logs
  std::atomic<std::uint64_t> workers_memory_bytes{0};
  Rendezvous rendezvous;

  [[nodiscard]] std::uint64_t memory_bytes() const;
  void run_out_of_memory();
};

class GraphWorker {
 public:
  /// An expanded state of the level; its transitions follow those of the record before.
  struct Record {
    WaitingState state;
    FairnessMask enabled = 0;
    std::uint32_t degree = 0;
    bool is_terminal = false;
  };

  explicit GraphWorker(SharedExploration& shared);

  /// Numbers and judges the initial states.
  void seed();
  /// Expands blocks of the level until none is left. Call from one thread.
  void expand();
  /// Files the transitions of the level's states in the graph, and forgets them. May run beside the other
  /// workers' filing. Requires: the graph's level has ended.
  /// @param places  Numbers in the graph, by number of discovery.
  void file(const ReservedArray<StateNumber>& places);

  /// Of the level expanded last, until it is filed.
  [[nodiscard]] const std::vector<Record>& records() const { return records_; }
  /// Moves the states found for the next level to the end of `to`; each gives its memory back when it is
  /// expanded.
  void hand_over(WaitingLevel& to);
  [[nodiscard]] Worker& system_worker() { return *worker_; }
  [[nodiscard]] SystemStatistics statistics() const { return worker_->statistics(); }
  [[nodiscard]] PropertyMask engaged() const { return engaged_; }
  [[nodiscard]] const std::vector<std::uint64_t>& fired() const { return fired_; }
  [[nodiscard]] std::uint64_t generated() const { return generated_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t pruned() const { return pruned_; }

 private:
  static constexpr std::size_t batch_size = 256;

  /// A state whose transitions are in the batch, up to where those of the next begin.
  struct Pending {
    WaitingState state;
    FairnessMask pruned_enabled = 0;
    std::size_t first = 0;
    bool was_pruned = false;
  };

  void expand_blocks();
  void expand(StateView slots, const WaitingState& state);
  void flush();
  bool make_room(std::size_t count);
  [[nodiscard]] FairnessMask constraints_of(StateView slots, const Action& action);
  void record(const Pending& pending, std::size_t end);
  [[nodiscard]] WaitingState judge_new(const WaitingState& parent, std::size_t i);
  [[nodiscard]] std::uint16_t id_of(FairnessMask taken);
  [[nodiscard]] std::uint16_t look_up(FairnessMask taken);
  [[nodiscard]] std::uint64_t block_bytes() const;
  /// Brings the shared account of memory up to date.
  void account_memory();

  SharedExploration& shared_;
  const std::vector<Property>& properties_;
  const FairnessMask constraints_;  ///< all that there are
  std::unique_ptr<Worker> worker_;
  StateNumbers::Scratch scratch_;
  Successors batch_;
  std::vector<FairnessMask> taken_;  ///< of each transition of the batch
  std::vector<Pending> pending_;
  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint8_t> is_new_;
  std::vector<Record> records_;
  std::vector<StateGraph::RawTransition> log_;  ///< targets by number of discovery
  std::unordered_map<FairnessMask, std::uint16_t> ids_;
  FairnessMask last_taken_ = 0;
  std::uint16_t last_id_ = 0;
  WaitingLevel next_;
  std::vector<std::uint64_t> fired_;
  PropertyMask engaged_ = 0;
  std::atomic<std::uint64_t> generated_{0};
  std::uint64_t pruned_ = 0;
  std::uint64_t accounted_working_bytes_ = 0;
  std::uint64_t accounted_worker_bytes_ = 0;
};

}  // namespace plimsoll::checker
