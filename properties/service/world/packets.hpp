// What becomes of what a client sends, by the pipeline of impl/overlay/node over the nodes' tables and flows
// as they are. The same is asked only once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "checker/system/interner.hpp"
#include "properties/service/world/state.hpp"

namespace plimsoll::properties::services_world {

enum class SendKind : std::uint8_t {
  fresh,     ///< from a port that was never used, and leaves nothing behind
  datagram,  ///< from the port that it keeps, as the following ones
  open,      ///< connect(); tried again if nothing answers, as the first try may end an old connection
  segment,   ///< in the open connection
  reset,     ///< ends it
  stray      ///< the server opens the connection that is open
};

struct Outcome {
  std::optional<model::service::Address> server = {};  ///< the one pod that received it
  bool is_multiplied = false;                          ///< several did
  bool is_served = false;                              ///< and its answer came from where it was sent to
  std::string unknown = {};                            ///< what is not modelled
  std::vector<Slot> memories = {};                     ///< afterwards, by node
  Slot connections = 0;
};

/// Of a state, what packets meet.
struct PacketView {
  std::vector<Slot> kernels = {};
  std::vector<Slot> memories = {};
  Slot connections = 0;
};

/// Thread-safety: none; one for each worker. The interner may be shared.
class Packets {
 public:
  Packets(const Setup& setup, checker::Interner& values);
  Packets(const Packets&) = delete;
  Packets& operator=(const Packets&) = delete;
  ~Packets();

  /// By what the environment chooses. Valid for ever.
  [[nodiscard]] const std::vector<Outcome>& outcomes(const PacketView& view, std::size_t client,
                                                     SendKind kind);
  /// Where the packets of one of them were seen, and those of its answer.
  [[nodiscard]] std::string hops(const PacketView& view, std::size_t client, SendKind kind,
                                 std::size_t which);
  /// Tables of a node as the cluster has them before its kube-proxy knows anything, and connections of none.
  [[nodiscard]] const net::Tables& node_tables(std::uint32_t node);
  [[nodiscard]] Slot no_connections() const { return no_connections_; }

  [[nodiscard]] std::uint64_t runs() const { return runs_; }
  [[nodiscard]] std::uint64_t recalled() const { return recalled_; }

 private:
  struct KeyHash {
    std::size_t operator()(const std::vector<Slot>& key) const;
  };
  void load(const PacketView& view);
  void load_memories(const PacketView& view);
  [[nodiscard]] Outcome run(const PacketView& view, std::size_t client, SendKind kind, base::Choices& choices,
                            std::vector<std::string>& hops);
  [[nodiscard]] delivery::Request request_of(std::size_t client, SendKind kind) const;

  const Setup& setup_;
  checker::Interner& values_;
  delivery::Cluster cluster_;
  std::vector<Slot> loaded_ = {};
  Slot no_connections_ = 0;
  std::vector<Slot> key_ = {};
  std::unordered_map<std::vector<Slot>, std::unique_ptr<const std::vector<Outcome>>, KeyHash> answers_ = {};
  std::uint64_t runs_ = 0;
  std::uint64_t recalled_ = 0;
};

}  // namespace plimsoll::properties::services_world
