// The alternating-bit protocol over channels that lose and duplicate: delivery in order and exactly once, and
// liveness that needs strong fairness of the channels.
//
// Source: K. A. Bartlett, R. A. Scantlebury and P. T. Wilkinson, "A Note on Reliable Full-Duplex Transmission
// over Half-Duplex Links" (CACM 12(5), 1969), in the shape that L. Lamport gives it in "Specifying Systems"
// (2002), chapter 14: the sender repeats its frame and the receiver its acknowledgement whenever they like;
// sending is weakly fair, and what a channel may lose it must deliver if it is offered again and again.
//
// Messages are numbered, and a frame carries its message's number modulo three beside the bit. The protocol
// never looks at it: it tells a message from the one before and the one after, which is what the properties
// compare. Deviates from Lamport: a channel holds a bounded number of frames and a full one makes its sender
// wait; it loses the oldest frame rather than any; it may also double the oldest frame, a bounded number of
// times, for a frame that is doubled for ever would keep all others back. Accepting a message and sending its
// frame are two steps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/system/pod_system.hpp"
#include "model/calibration/fairness_choice.hpp"

namespace plimsoll::model::calibration {

/// Ways to break the protocol, for tests: each makes a property fail.
enum class AlternatingBitMutation : std::uint8_t {
  none,
  delivers_every_frame,       ///< the receiver does not look at the bit
  takes_any_acknowledgement,  ///< the sender does not look at the bit
  sends_once,                 ///< the sender does not repeat a frame
  never_delivers,             ///< the receiver takes every frame for an old one
};

/// Slots: sender, receiver, channel of frames, channel of acknowledgements, duplications left.
///
/// Thread-safety: immutable.
class AlternatingBit {
 public:
  struct Parameters {
    std::uint32_t capacity = 1;  ///< frames that a channel holds: 1 .. capacity_max
    /// Duplications by both channels together: 0 .. duplicates_max. They need room, so with capacity 1 there
    /// are none.
    std::uint32_t duplicates = 0;
    /// Of deliveries; sending is weakly fair unless this is none. With strong, whatever is accepted is
    /// delivered; with weak, a channel may lose every frame, and in between it is empty.
    FairnessChoice fairness = FairnessChoice::strong;
  };
  enum Group : std::uint32_t {
    accepts,
    sends,
    delivers,
    discards,
    acknowledges,
    hears,
    loses_frame,
    loses_acknowledgement,
    doubles_frame,
    doubles_acknowledgement,
  };
  static constexpr std::uint32_t capacity_max = 4;
  static constexpr std::uint32_t duplicates_max = 3;

  explicit AlternatingBit(Parameters parameters,
                          AlternatingBitMutation mutation = AlternatingBitMutation::none);

  [[nodiscard]] static std::uint32_t width() { return 5; }
  [[nodiscard]] std::vector<std::vector<checker::Slot>> initial() const;
  void next(checker::StateView state, checker::PodSuccessors& out) const;

  /// `in-order-exactly-once`, a step property; the witness `everything-acknowledged`, that a message went all
  /// the way; `accepted-is-delivered` and `accepted-is-acknowledged`, which are liveness.
  [[nodiscard]] static std::vector<checker::Property> properties();
  [[nodiscard]] static bool holds(std::size_t property, checker::StateView state);
  [[nodiscard]] static bool holds_step(std::size_t property, checker::StateView before,
                                       const checker::Action& action, checker::StateView after);
  [[nodiscard]] static bool engaged(std::size_t property, checker::StateView state);

  [[nodiscard]] std::vector<checker::FairnessConstraint> fairness() const;
  [[nodiscard]] checker::FairnessMask fairness_of(checker::StateView before,
                                                  const checker::Action& action) const;

  [[nodiscard]] static std::vector<std::string> action_groups();
  [[nodiscard]] static checker::ActionLabel describe(const checker::Action& action);
  [[nodiscard]] static checker::Datum describe(checker::StateView state);

 private:
  void next_of_sender(checker::StateView state, checker::PodSuccessors& out) const;
  void next_of_receiver(checker::StateView state, checker::PodSuccessors& out) const;
  void next_of_channels(checker::StateView state, checker::PodSuccessors& out) const;

  Parameters parameters_;
  AlternatingBitMutation mutation_;
};

}  // namespace plimsoll::model::calibration

// Instantiated where the model is compiled, for the engines' speed hangs on it.
extern template class plimsoll::checker::PodSystem<plimsoll::model::calibration::AlternatingBit>;
