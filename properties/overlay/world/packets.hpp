// What becomes of a packet between pods, by the pipeline of impl/overlay/node over the tables as they are.
//
// An answer depends on the tables of the machines that the packet came by, and on who else is there: others
// only answer ARP for their one address, or stay silent. So answers are kept in chains: the sender's tables
// say which machine is next, with that one's tables known it is either the answer or the next machine, and so
// on. A state in which only tables changed that the packet never meets costs no run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "checker/system/interner.hpp"
#include "impl/overlay/node/capture.hpp"
#include "impl/overlay/node/node.hpp"
#include "properties/overlay/world/kernel_value.hpp"
#include "properties/overlay/world/machine.hpp"
#include "properties/overlay/world/state.hpp"

namespace plimsoll::properties::flannel_world {

/// A packet from the first pod of a node.
struct Flow {
  std::uint32_t node = 0;
  std::uint32_t subnet = 0;  ///< of the address it is sent to
  std::uint32_t host = 0;    ///< of the address
  bool is_full = false;      ///< as large as the sender may make it
  [[nodiscard]] std::uint32_t code() const { return node | subnet << 3U | host << 6U | Slot{is_full} << 11U; }
  [[nodiscard]] static Flow of_code(std::uint64_t code) {
    return {static_cast<std::uint32_t>(code & 7U), static_cast<std::uint32_t>(code >> 3U & 7U),
            static_cast<std::uint32_t>(code >> 6U & 31U), (code >> 11U & 1U) != 0};
  }
};

/// What became of it.
struct Outcome {
  struct At {
    std::uint8_t node = 0;
    std::uint8_t host = 0;
    friend bool operator==(const At&, const At&) = default;
  };
  std::vector<At> arrivals = {};
  bool source_kept = true;
  bool went_round = false;
  bool noticed_as_too_big = false;
  std::string unknown = {};  ///< what is not modelled: nothing else is to be relied on
  std::vector<std::uint32_t> met =
      {};  ///< nodes, in the order in which it met them first; the sender's is first
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

/// The machines that are there.
struct MachineView {
  bool is_on = false;
  Place place = {};
  Slot kernel = 0;
  Slot pods = 0;
  Slot relay = 0;  ///< as DaemonView has it
};
using Machines = std::vector<MachineView>;

/// Thread-safety: none; one for each worker.
class Packets {
 public:
  /// What is given must outlive this.
  Packets(const Setup& setup, const checker::Interner& values);
  Packets(const Packets&) = delete;
  Packets& operator=(const Packets&) = delete;
  ~Packets();

  /// From the memory, if it was asked before. Valid for ever.
  [[nodiscard]] const Outcome& outcome(const Machines& machines, const Flow& flow);
  /// Runs the packet, and tells where it was seen.
  [[nodiscard]] Outcome run(const Machines& machines, const Flow& flow, std::vector<net::Hop>* hops);

  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  [[nodiscard]] std::uint64_t recalled() const { return recalled_; }

 private:
  /// So far known: the last link of the chain, and one machine's tables more.
  struct Key {
    std::uint64_t before = 0;
    std::uint64_t tables = 0;
    Slot relay = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return static_cast<std::size_t>(
          checker::fold_multiply((key.before ^ std::uint64_t{key.relay} << 40U) + 0x9e3779b97f4a7c15ULL,
                                 key.tables ^ 0xbf58476d1ce4e5b9ULL));
    }
  };
  struct Link {
    std::uint32_t number = 0;  ///< of this link
    std::uint32_t next = 0;    ///< the node that is met next
    std::uint32_t answer = none;
  };
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  [[nodiscard]] const net::NodeTables& node_tables(Slot kernel);
  [[nodiscard]] const net::NodeTables& pod_namespace(const Place& place, const Pod& pod);
  const Outcome& remember(const Machines& machines, const Flow& flow, std::uint64_t start);

  const Setup& setup_;
  const checker::Interner& values_;
  std::unique_ptr<net::NodeTables> underlay_;
  std::unordered_map<Slot, std::unique_ptr<net::NodeTables>> nodes_ = {};
  std::unordered_map<Slot, std::unique_ptr<net::NodeTables>> pods_ = {};
  std::unordered_map<Key, Link, KeyHash> links_ = {};
  std::vector<std::unique_ptr<const Outcome>> answers_ = {};
  std::uint32_t numbers_ = 0;
  std::uint64_t runs_ = 0;
  std::uint64_t recalled_ = 0;
};

}  // namespace plimsoll::properties::flannel_world
