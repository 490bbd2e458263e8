// The transitions of system `services`: what may happen in a state, and the state that follows.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "checker/system/successors.hpp"
#include "properties/service/world/machine.hpp"
#include "properties/service/world/packets.hpp"

namespace plimsoll::properties::services_world {

/// What happens; the number is the action's group.
enum class Move : std::uint8_t {
  change,         ///< the API server's objects become those of the next version
  hear_services,  ///< a kube-proxy is told of services: the next version, or the newest
  hear_slices,
  proceed,  ///< the kernel makes the change that it was asked for
  refuse,
  sync,     ///< the next sync begins
  retry,    ///< what failed is tried again
  monitor,  ///< kube-proxy looks whether somebody flushed its tables
  drain,    ///< kube-proxy looks whether servers have lost their last connections
  end,
  start,
  flush,
  send
};
inline constexpr std::array<std::string_view, 13> move_names = {
    "change",  "hear-services", "hear-slices", "proceed", "refuse", "sync", "retry",
    "monitor", "drain",         "end",         "start",   "flush",  "send"};

/// What was wrong with what a client sent.
enum class Verdict : std::uint8_t {
  right,
  excused,  ///< it was lost, and its node lags behind or is being mended
  lost,
  misdelivered,
  unanswered,      ///< it came to the right one, and no answer came from where it was sent to
  cut_off,         ///< a segment of an open connection did not come to its server
  another_server,  ///< a client that has affinity came to another server
  stray_arrived,   ///< what belongs to no connection came from the wrong address
  unknown
};
[[nodiscard]] std::string_view to_text(Verdict verdict);

/// Payloads: the node or client in 3 bits; of hear, the version above; of send, the kind in 3 bits, which
/// outcome in 5 bits, the verdict in 4 bits.
inline constexpr unsigned operand_shift = 3;
inline constexpr unsigned outcome_shift = 6;
inline constexpr unsigned verdict_shift = 11;

/// What properties of packets look at, and nothing else does: no slot has this bit.
inline constexpr checker::AspectMask packet_aspect = checker::AspectMask{1} << 63U;

/// Thread-safety: none; one for each worker.
class Moves {
 public:
  Moves(const Setup& setup, const Layout& layout, checker::Interner& values);

  /// Appends all transitions from `state`.
  void all(checker::StateView state, checker::Fingerprint fingerprint, checker::Successors& out);
  /// All kube-proxies know the first version, and have settled.
  [[nodiscard]] std::vector<Slot> first_state();

  [[nodiscard]] const ProxyView& proxy(Slot slot);
  [[nodiscard]] const Packets& packets() const { return packets_; }
  [[nodiscard]] std::uint64_t runs() const { return runs_ + packets_.runs(); }
  [[nodiscard]] std::uint64_t recalled() const { return recalled_ + packets_.recalled(); }

 private:
  class Draft;
  struct Now;
  struct NodeSlots {
    Slot kernel = 0;
    Slot memory = 0;
    Slot proxy = 0;
  };
  struct StepKey {
    std::uint64_t parts = 0;
    std::uint64_t rest = 0;
    friend bool operator==(const StepKey&, const StepKey&) = default;
  };
  struct StepKeyHash {
    std::size_t operator()(const StepKey& key) const {
      return static_cast<std::size_t>(
          checker::fold_multiply(key.parts + 0x9e3779b97f4a7c15ULL, key.rest ^ 0xbf58476d1ce4e5b9ULL));
    }
  };

  [[nodiscard]] NodeSlots step(NodeSlots from, std::uint32_t node, NodeOp op, std::uint32_t a,
                               std::uint32_t b);
  void of_node(const Now& now, std::uint32_t node);
  void of_timers(const Now& now, std::uint32_t node);
  void of_feed(const Now& now, std::uint32_t node);
  void of_clients(const Now& now);
  void send(const Now& now, std::size_t client, SendKind kind);
  [[nodiscard]] Verdict verdict(const Now& now, std::size_t client, SendKind kind, const Outcome& outcome);
  /// The client's service, in the versions that its node may act on.
  [[nodiscard]] std::vector<model::service::Service> versions_of(const Now& now, const Client& client) const;
  /// Whether the pod is eligible in all of them.
  [[nodiscard]] bool may_serve(const Now& now, const Client& client, std::uint8_t server) const;
  [[nodiscard]] bool is_excused(const Now& now, std::uint32_t node);

  const Setup& setup_;
  const Layout& layout_;
  checker::Interner& values_;
  NodeMachine machine_;
  Packets packets_;
  PacketView view_ = {};
  std::unordered_map<StepKey, NodeSlots, StepKeyHash> steps_ = {};
  std::vector<std::unique_ptr<ProxyView>> proxies_ = {};
  std::uint64_t runs_ = 0;
  std::uint64_t recalled_ = 0;
};

}  // namespace plimsoll::properties::services_world
