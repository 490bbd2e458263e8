#include "model/calibration/alternating_bit.hpp"

#include <array>

namespace plimsoll::model::calibration {

using checker::Datum;
using checker::PodSuccessors;
using checker::Slot;
using checker::StateView;

namespace {

enum SlotNumber : std::uint32_t { sender_slot, receiver_slot, frames_slot, acks_slot, duplicates_slot };
enum PropertyNumber : std::size_t {
  in_order_exactly_once,
  everything_acknowledged,
  accepted_is_delivered,
  accepted_is_acknowledged,
};
enum ConstraintNumber : std::size_t { sending, acknowledging, delivering, hearing };

constexpr std::array group_names = {"accepts",       "sends",
                                    "delivers",      "discards",
                                    "acknowledges",  "hears",
                                    "loses-frame",   "loses-acknowledgement",
                                    "doubles-frame", "doubles-acknowledgement"};

/// Messages that can be told apart: their numbers count modulo this.
constexpr Slot numbers = 3;
[[nodiscard]] constexpr Slot number_after(Slot number) {
  return (number + 1) % numbers;
}

struct Frame {
  Slot bit = 0;
  Slot number = 0;

  [[nodiscard]] constexpr Slot pack() const { return bit | number << 1U; }
  [[nodiscard]] static constexpr Frame unpack(Slot word) { return {word & 1U, word >> 1U & 3U}; }
};

/// The message accepted last. It is acknowledged when the two bits agree.
struct Sender {
  Frame frame;
  Slot heard = 0;    ///< bit of the last acknowledgement
  Slot is_sent = 0;  ///< only for the mutation that does not repeat

  [[nodiscard]] constexpr bool waits() const { return frame.bit != heard; }
  [[nodiscard]] constexpr Slot pack() const { return frame.pack() | heard << 3U | is_sent << 4U; }
  [[nodiscard]] static constexpr Sender unpack(Slot word) {
    return {Frame::unpack(word), word >> 3U & 1U, word >> 4U & 1U};
  }
};

/// A queue of frames, the oldest one lowest; an acknowledgement is a frame with number 0.
struct Channel {
  Slot word = 0;
  static constexpr Slot frame_bits = 3;

  [[nodiscard]] constexpr Slot length() const { return word & 7U; }
  [[nodiscard]] constexpr Slot oldest() const { return word >> frame_bits & 7U; }
  [[nodiscard]] constexpr Slot at(Slot i) const { return word >> frame_bits * (i + 1) & 7U; }
  [[nodiscard]] constexpr Slot with(Slot frame) const {
    return (word | frame << frame_bits * (length() + 1)) + 1;
  }
  [[nodiscard]] constexpr Slot without_oldest() const {
    return word >> 2 * frame_bits << frame_bits | (length() - 1);
  }
  [[nodiscard]] constexpr Slot with_oldest_twice() const {
    return (word >> frame_bits << frame_bits | oldest()) << frame_bits | (length() + 1);
  }
};

}  // namespace

AlternatingBit::AlternatingBit(Parameters parameters, AlternatingBitMutation mutation)
    : parameters_(parameters), mutation_(mutation) {
  PLIMSOLL_ASSERT(parameters.capacity >= 1 && parameters.capacity <= capacity_max);
  PLIMSOLL_ASSERT(parameters.duplicates <= duplicates_max);
}

std::vector<std::vector<Slot>> AlternatingBit::initial() const {
  return {{0, 0, 0, 0, parameters_.duplicates}};
}

void AlternatingBit::next(StateView state, PodSuccessors& out) const {
  next_of_sender(state, out);
  next_of_receiver(state, out);
  next_of_channels(state, out);
}

void AlternatingBit::next_of_sender(StateView state, PodSuccessors& out) const {
  const Sender now = Sender::unpack(state[sender_slot]);
  const Channel frames{state[frames_slot]};
  const Channel acks{state[acks_slot]};
  if (!now.waits()) {
    const Frame next = {now.frame.bit ^ 1U, number_after(now.frame.number)};
    out.add(accepts, next.pack()).set(sender_slot, Sender{next, now.heard}.pack());
  } else if (frames.length() < parameters_.capacity && now.is_sent == 0) {
    Sender sent = now;
    sent.is_sent = mutation_ == AlternatingBitMutation::sends_once ? 1 : 0;
    out.add(sends, now.frame.pack())
        .set(sender_slot, sent.pack())
        .set(frames_slot, frames.with(now.frame.pack()));
  }
  if (acks.length() > 0) {
    Sender hearing = now;
    hearing.heard =
        mutation_ == AlternatingBitMutation::takes_any_acknowledgement ? now.frame.bit : acks.oldest();
    out.add(hears, acks.oldest()).set(sender_slot, hearing.pack()).set(acks_slot, acks.without_oldest());
  }
}

void AlternatingBit::next_of_receiver(StateView state, PodSuccessors& out) const {
  const Frame last = Frame::unpack(state[receiver_slot]);
  const Channel frames{state[frames_slot]};
  const Channel acks{state[acks_slot]};
  if (frames.length() > 0) {
    const Frame frame = Frame::unpack(frames.oldest());
    bool is_new = frame.bit != last.bit;
    if (mutation_ == AlternatingBitMutation::delivers_every_frame) {
      is_new = true;
    } else if (mutation_ == AlternatingBitMutation::never_delivers) {
      is_new = false;
    }
    auto draft = out.add(is_new ? delivers : discards, frame.pack());
    draft.set(frames_slot, frames.without_oldest());
    if (is_new) {
      draft.set(receiver_slot, frame.pack());
    }
  }
  if (acks.length() < parameters_.capacity) {
    out.add(acknowledges, last.bit).set(acks_slot, acks.with(last.bit));
  }
}

void AlternatingBit::next_of_channels(StateView state, PodSuccessors& out) const {
  const auto lose_and_double = [&](SlotNumber slot, Group loses, Group doubles) {
    const Channel channel{state[slot]};
    if (channel.length() == 0) {
      return;
    }
    out.add(loses, channel.oldest()).set(slot, channel.without_oldest());
    if (state[duplicates_slot] > 0 && channel.length() < parameters_.capacity) {
      out.add(doubles, channel.oldest())
          .set(slot, channel.with_oldest_twice())
          .set(duplicates_slot, state[duplicates_slot] - 1);
    }
  };
  lose_and_double(frames_slot, loses_frame, doubles_frame);
  lose_and_double(acks_slot, loses_acknowledgement, doubles_acknowledgement);
}

std::vector<checker::Property> AlternatingBit::properties() {
  using enum checker::PropertyKind;
  const checker::SlotMask ends = checker::slot_bit(sender_slot) | checker::slot_bit(receiver_slot);
  return {{"in-order-exactly-once", step, "what is delivered is the message after the one delivered before"},
          {"everything-acknowledged", sometimes, "a message was accepted, delivered and acknowledged", ends},
          {"accepted-is-delivered", leads_to, "what the sender has accepted, the receiver will deliver", ends,
           true},
          {"accepted-is-acknowledged", leads_to, "what the sender has accepted, it will know delivered", ends,
           true}};
}

bool AlternatingBit::holds(std::size_t property, StateView state) {
  const Sender sender = Sender::unpack(state[sender_slot]);
  const bool is_delivered = Frame::unpack(state[receiver_slot]).number == sender.frame.number;
  switch (property) {
    case everything_acknowledged:
      return is_delivered && !sender.waits() && sender.frame.number != 0;
    case accepted_is_delivered:
      return is_delivered;
    default:
      return !sender.waits();
  }
}

bool AlternatingBit::holds_step(std::size_t /*property*/, StateView before, const checker::Action& action,
                                StateView /*after*/) {
  const Slot delivered_before = Frame::unpack(before[receiver_slot]).number;
  return action.group != delivers ||
         Frame::unpack(static_cast<Slot>(action.payload)).number == number_after(delivered_before);
}

bool AlternatingBit::engaged(std::size_t property, StateView state) {
  return property >= accepted_is_delivered ? !holds(property, state) : holds(property, state);
}

std::vector<checker::FairnessConstraint> AlternatingBit::fairness() const {
  if (parameters_.fairness == FairnessChoice::none) {
    return {};
  }
  const checker::Fairness deliveries = strength_of(parameters_.fairness);
  return {{"the sender repeats", checker::Fairness::weak},
          {"the receiver repeats", checker::Fairness::weak},
          {"frames arrive", deliveries},
          {"acknowledgements arrive", deliveries}};
}

checker::FairnessMask AlternatingBit::fairness_of(StateView /*before*/, const checker::Action& action) const {
  if (parameters_.fairness == FairnessChoice::none) {
    return 0;
  }
  switch (action.group) {
    case sends:
      return checker::fairness_bit(sending);
    case acknowledges:
      return checker::fairness_bit(acknowledging);
    case delivers:
    case discards:
      return checker::fairness_bit(delivering);
    case hears:
      return checker::fairness_bit(hearing);
    default:
      return 0;
  }
}

std::vector<std::string> AlternatingBit::action_groups() {
  return {group_names.begin(), group_names.end()};
}

checker::ActionLabel AlternatingBit::describe(const checker::Action& action) {
  const Frame frame = Frame::unpack(static_cast<Slot>(action.payload));
  checker::ActionLabel label{group_names.at(action.group), {{"bit", std::to_string(frame.bit)}}};
  if (action.group <= discards || action.group == loses_frame || action.group == doubles_frame) {
    label.parameters.emplace_back("message", std::to_string(frame.number));
  }
  return label;
}

Datum AlternatingBit::describe(StateView state) {
  const auto datum_of = [](Frame frame) {
    return std::vector<Datum::Member>{{"bit", Datum::of_number(frame.bit)},
                                      {"message", Datum::of_number(frame.number)}};
  };
  const Sender sender = Sender::unpack(state[sender_slot]);
  std::vector<Datum::Member> sending = datum_of(sender.frame);
  sending.emplace_back("heard", Datum::of_number(sender.heard));
  sending.emplace_back("waits", Datum::of_boolean(sender.waits()));
  std::vector<Datum> frames;
  for (Slot i = 0; i < Channel{state[frames_slot]}.length(); ++i) {
    frames.push_back(Datum::of_record(datum_of(Frame::unpack(Channel{state[frames_slot]}.at(i)))));
  }
  std::vector<Datum> acks;
  for (Slot i = 0; i < Channel{state[acks_slot]}.length(); ++i) {
    acks.push_back(Datum::of_number(Channel{state[acks_slot]}.at(i)));
  }
  return Datum::of_record({{"sender", Datum::of_record(std::move(sending))},
                           {"receiver", Datum::of_record(datum_of(Frame::unpack(state[receiver_slot])))},
                           {"frames", Datum::of_list(std::move(frames))},
                           {"acknowledgements", Datum::of_list(std::move(acks))},
                           {"duplications-left", Datum::of_number(state[duplicates_slot])}});
}

}  // namespace plimsoll::model::calibration

template class plimsoll::checker::PodSystem<plimsoll::model::calibration::AlternatingBit>;
