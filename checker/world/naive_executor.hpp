// The rules of a world once more, for tests: states are plain containers, every step is run when it is
// needed, nothing is interned or remembered. Written from the contracts in model.hpp and impl/base/step.hpp,
// to be compared with WorldSystem.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checker/system/system.hpp"
#include "checker/world/model.hpp"

namespace plimsoll::checker {

/// A message under way; without bytes it is the news that the connection to its sender failed.
struct NaiveMessage {
  std::optional<base::Bytes> bytes;
  bool ordered = true;
  bool urgent = false;
  bool lossy = false;
  friend auto operator<=>(const NaiveMessage&, const NaiveMessage&) = default;
};

struct NaiveProcess {
  enum class Status : std::uint8_t { up, paused, down };
  Status status = Status::up;
  std::uint32_t incarnation = 0;
  std::map<base::Bytes, std::uint32_t> timers;  ///< to remaining ticks
  /// By sender and channel, in order of sending (ordered links) or sorted (datagrams).
  std::map<std::pair<std::uint8_t, std::uint8_t>, std::vector<NaiveMessage>> mailbox;
  std::vector<base::Bytes> disk;
  std::size_t synced = 0;
  bool torn_tail = false;

  static constexpr std::uint8_t news_channel = 255;
  [[nodiscard]] bool knows_failure(std::size_t peer) const {
    return mailbox.count({static_cast<std::uint8_t>(peer), news_channel}) > 0;
  }
  void forget_sender(std::size_t from) {
    std::erase_if(mailbox, [&](const auto& entry) { return entry.first.first == from; });
  }
  [[nodiscard]] bool has_requests(std::size_t from) const {
    return std::any_of(mailbox.begin(), mailbox.end(), [&](const auto& entry) {
      return entry.first.first == from && entry.first.second != news_channel;
    });
  }
  [[nodiscard]] std::size_t mailbox_size() const {
    std::size_t size = 0;
    for (const auto& [queue, messages] : mailbox) {
      size += messages.size();
    }
    return size;
  }
  [[nodiscard]] std::size_t messages_from(std::size_t from) const {
    std::size_t size = 0;
    for (const auto& [queue, messages] : mailbox) {
      size += queue.first == from && queue.second != news_channel ? messages.size() : 0;
    }
    return size;
  }
  void take(std::pair<std::uint8_t, std::uint8_t> queue, std::size_t position) {
    std::vector<NaiveMessage>& messages = mailbox.at(queue);
    messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(position));
    if (messages.empty()) {
      mailbox.erase(queue);
    }
  }
  friend auto operator<=>(const NaiveProcess&, const NaiveProcess&) = default;
};

/// Pairs of hosts.
using NaiveCut = std::set<std::pair<std::size_t, std::size_t>>;

struct NaiveState {
  std::vector<base::Bytes> parts;
  std::vector<NaiveProcess> processes;
  std::map<std::string, std::uint32_t> budgets;  ///< those with a positive amount at first
  std::uint32_t ticks = 0;
  NaiveCut cut;             ///< nothing gets from the first host to the second
  std::vector<int> clocks;  ///< by process: ticks ahead, where clocks drift
  friend auto operator<=>(const NaiveState&, const NaiveState&) = default;
};

struct NaiveTransition {
  std::string label;  ///< as comparable_label() gives it
  NaiveState after;
};

class NaiveExecutor {
 public:
  explicit NaiveExecutor(const WorldModel& model);

  [[nodiscard]] std::vector<NaiveState> initial() const;
  /// In no particular order. `pruned` counts those that lead outside the bounds.
  [[nodiscard]] std::vector<NaiveTransition> successors(const NaiveState& state, std::uint64_t& pruned) const;
  [[nodiscard]] bool quiescent(const NaiveState& state) const;
  /// In the words of WorldSystem::describe, as comparable() gives them.
  [[nodiscard]] std::string describe(const NaiveState& state) const;

 private:
  struct Run {
    ProcessOutputs outputs;
    std::string choice;
  };
  /// Gathers transitions; counts those that do not fit the bounds.
  struct Collector {
    std::uint64_t& pruned;
    std::vector<NaiveTransition> transitions;
    void add(bool within_bounds, std::string label, NaiveState after) {
      if (within_bounds) {
        transitions.push_back({std::move(label), std::move(after)});
      } else {
        ++pruned;
      }
    }
  };

  [[nodiscard]] std::vector<Run> run(std::size_t process, const ProcessInput& input,
                                     const NaiveState& state) const;
  [[nodiscard]] bool apply(std::size_t process, const ProcessOutputs& outputs, NaiveState& state) const;
  [[nodiscard]] bool send(std::size_t from, const ProcessOutputs::Send& send, NaiveState& state) const;
  [[nodiscard]] bool put(std::size_t to, std::pair<std::uint8_t, std::uint8_t> queue,
                         const NaiveMessage& message, NaiveState& state) const;
  [[nodiscard]] bool tell(std::size_t process, std::size_t peer, NaiveState& state) const;
  [[nodiscard]] bool take_down(std::size_t process, bool purge_servers, NaiveState& state) const;
  [[nodiscard]] const Link* link(std::size_t a, std::size_t b) const;
  [[nodiscard]] ProcessInput started(std::size_t process, const NaiveState& state,
                                     std::uint32_t incarnation) const;
  [[nodiscard]] Datum message_datum(std::size_t process, const NaiveMessage& message) const;
  [[nodiscard]] std::string message_text(std::size_t process, const NaiveMessage& message) const;
  void describe_process(std::size_t process, const NaiveProcess& now,
                        std::vector<Datum::Member>& members) const;
  [[nodiscard]] std::string timer_text(std::size_t process, const base::Bytes& timer) const;
  [[nodiscard]] bool holds_time(std::size_t process, const NaiveState& state) const;
  /// A patient timer in a world that rests. Guards of patient timers are not asked: they look at views.
  [[nodiscard]] bool is_patient(std::size_t process, const base::Bytes& timer, const NaiveState& state) const;
  [[nodiscard]] bool has_budget(const std::string& name) const;
  [[nodiscard]] bool may_tear() const;
  [[nodiscard]] bool may_cut() const { return !possible_cuts_.empty(); }
  [[nodiscard]] bool may_drift() const { return model_.time.discrete && model_.time.drift > 0; }
  /// Does the cut keep anything from getting over this link?
  [[nodiscard]] bool blocks(const NaiveCut& cut, std::size_t from, std::size_t to, const Link& link) const;
  [[nodiscard]] bool is_connected(const Link& link, const NaiveState& state) const;
  struct PossibleCut {
    std::string budget;
    std::vector<std::pair<std::string, std::string>> parameters;
    NaiveCut cut;
  };
  [[nodiscard]] std::vector<PossibleCut> possible_cuts() const;
  [[nodiscard]] NaiveCut effective(const NaiveCut& wanted) const;

  void add_deliveries(std::size_t process, const NaiveState& state, Collector& out) const;
  void add_firings(std::size_t process, const NaiveState& state, Collector& out) const;
  void add_status_changes(std::size_t process, const NaiveState& state, Collector& out) const;
  void add_lossy_faults(std::size_t process, const NaiveState& state, Collector& out) const;
  void add_reorders(std::size_t process, const NaiveState& state, Collector& out) const;
  void add_crash(const CrashUnit& unit, const NaiveState& state, Collector& out) const;
  void add_ways_of_disks(const CrashUnit& unit, const NaiveState& crashed, bool fits, Collector& out) const;
  void add_disk_loss(const CrashUnit& unit, const NaiveState& state, Collector& out) const;
  /// What a crash makes of everything but disks: with the requests under way, and without them. Empty where
  /// nobody is up, or the budget is spent.
  [[nodiscard]] std::vector<std::pair<NaiveState, bool>> crashed(const CrashUnit& unit,
                                                                 const std::string& budget,
                                                                 const NaiveState& state) const;
  void add_partitions(const NaiveState& state, Collector& out) const;
  void add_cut(const PossibleCut& made, const NaiveState& state, Collector& out) const;
  void add_drifts(const NaiveState& state, Collector& out) const;
  void add_disconnect(const Link& link, const NaiveState& state, Collector& out) const;

  const WorldModel& model_;
  std::vector<Host> hosts_;
  std::vector<PossibleCut> possible_cuts_;
};

/// A label in one line, as comparable_label() gives it.
[[nodiscard]] std::string naive_label(const std::string& name,
                                      std::vector<std::pair<std::string, std::string>> parameters,
                                      const std::string& choice = "",
                                      const std::optional<std::string>& exit_reason = std::nullopt);
/// A label without the number of its variant, which only tells equal labels apart.
[[nodiscard]] std::string comparable_label(const ActionLabel& label);
/// A description with timers and datagrams sorted by text: WorldSystem sorts them by content hash.
[[nodiscard]] std::string comparable(const WorldModel& model, Datum state);

}  // namespace plimsoll::checker
