// Which of the environment's choices a cluster is bound to make in the end, as fairness constraints.
//
// Bound to happen, each under weak fairness: a message under way to a running process is delivered; the news
// that a connection failed is heard; an armed timer fires once it may, unless it is put off; a supervised
// process that is down is started, a paused one goes on; a cut network heals; time passes. Never bound to
// happen: faults (model.hpp lists them), clocks that drift, and whims. Which answer a step gets from Choices
// is free too: a constraint is satisfied by any outcome of the step.
//
// Why weak is enough. On an ordered link the head of a queue stays possible until it is delivered, the
// connection fails or the receiver goes down. Failures are budgeted; so if the receiver stays up, the queue
// moves again and again, and what is behind the head gets there. A receiver that ends itself for ever loses
// what was on its way to it each time: strong fairness would claim that it hears some of it, which no
// connection to a crashing process promises.
//
// Timers. In an untimed world an armed timer may fire at once, however often its process puts it off: nothing
// in the state shows the delay. Demanding that it fires would rule out a heartbeat that puts off an election
// for ever, and make things hold that do not. So a step that arms a timer anew or disarms it, where it might
// have fired, satisfies the timer's constraint as well. (Disarming counts because timers may share a
// constraint: a heartbeat that disarms one and arms the other keeps the constraint possible all the time.)
// That includes untimed deadlines and lapses: one that stays armed fires, as long as its budget lasts;
// afterwards, and without a budget, it never does. A patient timer (model.hpp) has a constraint of its own,
// under strong fairness, of firing where the world rests; of its firing elsewhere nothing is demanded.
//
// Grain. A constraint speaks of one receiver, sender and kind of message, and of one process and kind of
// timer. Three things share a constraint and may starve each other: two channels that carry the same kind,
// two timers of one kind, and two datagrams of one kind (overtaken for ever is what loss looks like). There
// are 64 constraints at most; a world that has more links and kinds gets coarser ones, by sender, then one
// for each process, then one for several processes. Each is as true of a real cluster: whoever can always do
// something, does something. What is lost is precision: paths on which one thing starves while its
// neighbours flow count, so a violation may be one of those. (Fairness to a union is not in general implied
// by fairness to its parts, but it is by strong fairness to them, which every random schedule has.)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/system/fairness.hpp"
#include "checker/world/layout.hpp"

namespace plimsoll::checker {

/// Computed once from the model. Immutable.
class WorldFairness {
 public:
  /// A constraint's number; `none` for what nothing demands.
  using Number = std::uint8_t;
  static constexpr Number none = 255;
  static constexpr std::size_t constraints_max = 64;

  /// How much one constraint speaks of; the first that needs no more than constraints_max is chosen.
  enum class Grain : std::uint8_t {
    kind,       ///< receiver, sender and kind of message; process and kind of timer; each restart
    sender,     ///< receiver and sender; all timers of a process; each restart
    process,    ///< everything that a process may do
    processes,  ///< everything that several processes may do
  };

  WorldFairness(const WorldModel& model, const WorldLayout& layout);

  [[nodiscard]] const std::vector<FairnessConstraint>& constraints() const { return constraints_; }
  [[nodiscard]] Grain grain() const { return grain_; }

  /// Of delivering a message. Requires: a link between the two; `kind` is one of the receiver's.
  [[nodiscard]] Number delivery(std::size_t to, std::size_t from, std::size_t kind) const {
    return deliveries_[to * processes_ + from].at(kind);
  }
  /// Of hearing that the connection to `peer` failed. Requires: a connection between the two.
  [[nodiscard]] Number news(std::size_t process, std::size_t peer) const {
    return news_[process * processes_ + peer];
  }
  /// Of firing a timer that is no whim.
  [[nodiscard]] Number firing(std::size_t process, std::size_t kind) const {
    return firings_[process].at(kind);
  }
  /// Of firing a patient timer where the world rests: the only constraints under strong fairness.
  [[nodiscard]] Number patience(std::size_t timer) const { return patience_[timer]; }
  [[nodiscard]] Number restart(std::size_t process) const { return restarts_[process]; }
  [[nodiscard]] Number resume(std::size_t process) const { return resumes_[process]; }
  [[nodiscard]] Number tick() const { return tick_; }
  [[nodiscard]] Number heal() const { return heal_; }

  [[nodiscard]] static FairnessMask mask_of(Number number) {
    return number == none ? 0 : fairness_bit(number);
  }

 private:
  void number_all(const WorldModel& model, const WorldLayout& layout);
  void number_link(const WorldModel& model, std::size_t to, std::size_t from, LinkKind kind);
  void number_process(const WorldModel& model, const WorldLayout& layout, std::size_t process);
  [[nodiscard]] std::string name_of_steps(std::size_t process) const;
  /// The number of the constraint that speaks of `fine`, or of more, as the grain says.
  Number number(const std::string& fine, const std::string& by_sender, std::size_t process);

  Grain grain_ = Grain::kind;
  std::size_t processes_;
  std::vector<std::string> process_names_;
  std::vector<FairnessConstraint> constraints_;
  std::vector<std::vector<Number>> deliveries_;  ///< [to * processes + from][kind]
  std::vector<Number> news_;                     ///< [process * processes + peer]
  std::vector<std::vector<Number>> firings_;     ///< [process][kind]
  std::vector<Number> patience_;                 ///< [patient timer]
  std::vector<Number> restarts_;
  std::vector<Number> resumes_;
  Number tick_ = none;
  Number heal_ = none;
  std::size_t unshared_ = 0;  ///< constraints that are of no process: of time and the network
};

}  // namespace plimsoll::checker
