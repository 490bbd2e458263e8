// One node of the world: its kernel, what that remembers of packets, and the kube-proxy that programs it.
// Functions from values to values; the world interns what comes out and runs no step twice.
//
// Looks at the kernel, sysctls and devices that kube-proxy asks for happen at once; rules, addresses, virtual
// servers and flows are changed one request at a time, and each may be refused.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "properties/service/world/setup.hpp"

namespace plimsoll::properties::services_world {

/// A node's parts as bytes, each an interned value.
struct NodeBytes {
  std::string kernel = {};  ///< tables and virtual servers
  std::string memory = {};  ///< flows, lists, IPVS's connections
  std::string proxy = {};
};

/// What is asked of a kube-proxy.
struct ProxyView {
  bool is_alive = false;
  bool is_settled = false;  ///< it has nothing left to do
  bool is_pending = false;  ///< the kernel was asked for a change
  std::uint32_t armed = 0;  ///< of Timer, a bit each
  std::string asks = {};    ///< the change, in one word
};

/// Timers of both proxiers that matter here.
enum class Timer : std::uint8_t { soon, retry, monitor, drain };

enum class NodeOp : std::uint8_t {
  start,          ///< a: the version that is listed, b: which life of the process
  end,            ///< the process is gone
  hear_services,  ///< from version a to version b
  hear_slices,
  proceed,
  refuse,
  fire,   ///< a: the Timer
  flush,  ///< somebody flushes table nat
};

/// Thread-safety: none.
class NodeMachine {
 public:
  explicit NodeMachine(const Setup& setup);
  NodeMachine(const NodeMachine&) = delete;
  NodeMachine& operator=(const NodeMachine&) = delete;
  ~NodeMachine();

  /// A node without a kube-proxy. Nodes are counted from 1.
  [[nodiscard]] NodeBytes fresh(std::uint8_t node, const net::Tables& tables) const;
  void step(NodeBytes& bytes, std::uint8_t node, NodeOp op, std::uint32_t a, std::uint32_t b) const;
  [[nodiscard]] ProxyView view(const std::string& proxy) const;

 private:
  class Mode;
  template <class Proxy>
  class ModeOf;
  const Setup& setup_;
  std::unique_ptr<const Mode> mode_;
};

/// What the bytes of a kernel and of its memory stand for.
[[nodiscard]] delivery::NodeKernel kernel_of(const std::string& kernel, const std::string& memory,
                                             const Setup& setup);
void set_memory(delivery::NodeKernel& kernel, const std::string& memory);
[[nodiscard]] std::string memory_of(const delivery::NodeKernel& kernel);

}  // namespace plimsoll::properties::services_world
