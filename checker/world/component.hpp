// A typed component of the reference system, or a spec that serves as floor, as a Process of a world.
//
// Component<Machine> splits Machine::State into its top-level fields, the parts; decodes what a step reads;
// and encodes what it sends as the receiver's type, by a wire for each receiver that the assembly names:
//
//   auto flanneld = std::make_shared<Component<SubnetManager>>(config, initial_state);
//   flanneld->wire<kv::Request>(store_id);
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "checker/world/process.hpp"
#include "impl/base/described.hpp"

namespace plimsoll::checker {

/// `message` as a value of Destination, which is its type, or the variant that has its type as alternative.
template <class Destination, class Message>
[[nodiscard]] base::Bytes encode_as(const Message& message) {
  if constexpr (requires { message.valueless_by_exception(); } && !std::is_same_v<Destination, Message>) {
    return std::visit([](const auto& alternative) { return encode_as<Destination>(alternative); }, message);
  } else if constexpr (std::is_constructible_v<Destination, const Message&>) {
    return base::to_bytes(Destination(message));
  } else {
    PLIMSOLL_ASSERT_KNOWN(false, "a message of this type has no reading at its receiver");
    return {};
  }
}

/// Thread-safety: as Process; wire() before the world is built.
template <class Machine>
class Component final : public Process {
 public:
  using Config = typename Machine::Config;
  using State = typename Machine::State;
  using Incoming = typename Machine::Incoming;
  using Outgoing = typename Machine::Outgoing;
  using Timer = typename Machine::Timer;
  using Input = base::Input<Incoming, Timer>;
  using Outputs = base::Outputs<Outgoing, Timer>;

  explicit Component(Config config, State initial = {})
      : config_(std::move(config)), initial_(std::move(initial)) {}

  /// Messages to `to` are encoded as Destination.
  template <class Destination>
  void wire(base::ProcessId to) {
    wires_[to] = [](const Outgoing& message) { return encode_as<Destination>(message); };
  }
  [[nodiscard]] const Config& config() const { return config_; }

  [[nodiscard]] std::size_t part_count() const override { return std::tuple_size_v<Fields>; }
  [[nodiscard]] std::string part_name(std::size_t part) const override {
    return base::schema_of<State>().names.at(part);
  }
  [[nodiscard]] const base::Schema& part_schema(std::size_t part) const override {
    return *base::schema_of<State>().children.at(part);
  }
  [[nodiscard]] base::Bytes initial_part(std::size_t part) const override {
    return encode_parts(initial_, ~PartMask{0}).at(part);
  }
  [[nodiscard]] const base::Schema& incoming_schema() const override { return base::schema_of<Incoming>(); }
  [[nodiscard]] const base::Schema& timer_schema() const override { return base::schema_of<Timer>(); }
  [[nodiscard]] base::TimerKind timer_kind(base::BytesView timer) const override {
    return Machine::timer_kind(base::from_bytes<Timer>(timer));
  }
  [[nodiscard]] Process::Config described_config() const override {
    if constexpr (base::DescribedStruct<Config>) {
      return {&base::schema_of<Config>(), base::to_bytes(config_)};
    } else {
      return {};
    }
  }
  /// A Machine that never calls Outputs::exit says so with `static constexpr bool never_exits = true`.
  [[nodiscard]] bool may_exit() const override {
    return !requires { requires Machine::never_exits; };
  }
  /// Nothing is sent without a wire.
  [[nodiscard]] bool may_send_to(base::ProcessId to) const override { return wires_.contains(to); }
  /// A Machine that knows has `static bool is_stale(const Config&, const State&, const Incoming&)` and says
  /// with `static constexpr std::uint32_t stale_reads` what that looks at (bit i: the i-th part).
  [[nodiscard]] PartMask stale_reads() const override {
    if constexpr (requires { Machine::stale_reads; }) {
      return Machine::stale_reads;
    } else {
      return 0;
    }
  }
  [[nodiscard]] bool is_stale(base::BytesView message,
                              std::span<const base::BytesView> parts) const override {
    if constexpr (requires { Machine::stale_reads; }) {
      return Machine::is_stale(config_, decode_parts(parts, Machine::stale_reads),
                               base::from_bytes<Incoming>(message));
    } else {
      return Process::is_stale(message, parts);
    }
  }
  [[nodiscard]] PartMask reads(const ProcessInput& input) const override {
    if constexpr (requires(const Config& c, const Input& i) { Machine::reads(c, i); }) {
      return Machine::reads(config_, typed(input));
    } else {
      return (PartMask{1} << part_count()) - 1;
    }
  }

  [[nodiscard]] ProcessOutputs step(const ProcessInput& input, std::span<const base::BytesView> parts,
                                    base::Choices& choices) const override {
    const Input typed_input = typed(input);
    const PartMask mask = reads(input);
    State state = decode_parts(parts, mask);
    // What was read is there as bytes already; the rest stays as it is in a State that nobody filled in.
    const std::vector<base::Bytes> unread = encode_parts(state, ~mask);
    Outputs outputs(choices);
    Machine::step(config_, state, typed_input, outputs);
    const std::vector<base::Bytes> after = encode_parts(state, ~PartMask{0});

    ProcessOutputs raw;
    raw.parts.resize(part_count());
    for (std::size_t i = 0; i < part_count(); ++i) {
      const bool is_read = (mask >> i & 1U) != 0;
      if ((is_read ? parts[i] : base::BytesView(unread[i])) == after[i]) {
        continue;
      }
      PLIMSOLL_ASSERT_KNOWN(is_read, "part " + part_name(i) + " was changed but not declared as read");
      raw.parts[i] = after[i];
    }
    for (const auto& send : outputs.sends()) {
      const auto wire = wires_.find(send.to);
      PLIMSOLL_ASSERT_KNOWN(wire != wires_.end(), "no wire to process " + std::to_string(send.to.value));
      raw.sends.push_back({send.to, channel_of(send.message), wire->second(send.message)});
    }
    for (const auto& change : outputs.timers()) {
      raw.timers.push_back({base::to_bytes(change.timer), change.armed, change.after});
    }
    raw.appends = outputs.appends();
    raw.synced = outputs.synced();
    raw.synced_appends = outputs.synced_appends();
    raw.released = outputs.released();
    if (outputs.exited()) {
      PLIMSOLL_ASSERT(may_exit());
      raw.exit_reason = outputs.exit_reason();
    }
    return raw;
  }

 private:
  using Fields = decltype(State::described_fields());

  static Input typed(const ProcessInput& input) {
    switch (input.kind) {
      case ProcessInput::Kind::started:
        return base::Started{input.incarnation, input.disk, input.torn_tail};
      case ProcessInput::Kind::message:
        return base::Received<Incoming>{input.peer, base::from_bytes<Incoming>(input.bytes)};
      case ProcessInput::Kind::timer:
        return base::TimerFired<Timer>{base::from_bytes<Timer>(input.bytes)};
      case ProcessInput::Kind::disconnected:
        return base::Disconnected{input.peer};
    }
    PLIMSOLL_ASSERT(false);
  }
  /// Messages of different kinds travel on streams of their own, as unary calls and watches do in gRPC.
  static std::uint8_t channel_of(const Outgoing& message) {
    if constexpr (requires { message.index(); }) {
      return static_cast<std::uint8_t>(message.index());
    } else {
      return 0;
    }
  }
  static std::vector<base::Bytes> encode_parts(const State& state, PartMask mask) {
    std::vector<base::Bytes> parts;
    std::apply(
        [&](auto... field) {
          ((parts.push_back((mask >> parts.size() & 1U) != 0 ? base::to_bytes(state.*(field.member))
                                                             : base::Bytes())),
           ...);
        },
        State::described_fields());
    return parts;
  }
  State decode_parts(std::span<const base::BytesView> parts, PartMask mask) const {
    State state{};
    std::size_t i = 0;
    std::apply(
        [&](auto... field) {
          ((decode_part(state.*(field.member), parts[i], (mask >> i & 1U) != 0), ++i), ...);
        },
        State::described_fields());
    return state;
  }
  template <class Part>
  static void decode_part(Part& part, base::BytesView bytes, bool wanted) {
    if (wanted) {
      part = base::from_bytes<Part>(bytes);
    }
  }

  Config config_;
  State initial_;
  std::map<base::ProcessId, std::function<base::Bytes(const Outgoing&)>> wires_;
};

}  // namespace plimsoll::checker
