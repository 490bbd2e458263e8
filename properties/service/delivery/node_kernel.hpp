// The kernel of one namespace between packets: its tables, and what it remembers of the packets so far.
//
// A Network (impl/overlay/node) runs packets through tables that do not change. Tests of kube-proxy and
// flannel change tables between packets, and want flows, lists and connections kept, as a kernel keeps them.
// Dynamic neighbours and bridges' learned addresses are found again for each exchange.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "impl/overlay/node/node.hpp"
#include "impl/overlay/node/table_change.hpp"
#include "impl/service/proxy/ipvs/balancer.hpp"
#include "impl/service/proxy/ipvs/proxier.hpp"

namespace plimsoll::properties::delivery {

namespace net = plimsoll::overlay;
namespace api = plimsoll::service;

/// An open TCP connection of a listener: its own address and port, the other end's.
using Connection = std::tuple<base::Ipv4, std::uint16_t, base::Ipv4, std::uint16_t>;

/// What packets leave behind.
struct Remembered {
  net::netfilter::State netfilter = {};
  api::ipvs::State ipvs = {};
  std::set<Connection> connections = {};
};

/// Thread-safety: none.
class NodeKernel {
 public:
  explicit NodeKernel(net::Tables tables = net::new_namespace(), api::ipvs::Tables servers = {})
      : tables_(std::move(tables)), servers_(std::move(servers)) {}

  [[nodiscard]] const net::Tables& tables() const { return tables_; }
  /// To be changed in whatever way; costs making them ready for packets again.
  [[nodiscard]] net::Tables& changing_tables();
  [[nodiscard]] const api::ipvs::Tables& servers() const { return servers_; }

  /// One request of a program's, or of a person at a shell. Flows that are deleted are forgotten here.
  net::ChangeResult change(const net::TableChange& wanted);
  /// As change(). Requires: it succeeds.
  void must(const net::TableChange& wanted);
  std::optional<net::Errno> change(const api::ipvs::Change& wanted);
  void replace_set(const api::ipvs::SetReplace& wanted);
  /// iptables-save.
  [[nodiscard]] std::string saved() const;

  /// The tables, ready for packets: made when asked for the first time after a change.
  [[nodiscard]] const net::NodeTables& compiled();

  Remembered remembered = {};
  bool has_ipvs = false;
  bool before_5_16 = false;              ///< see ipvs::Sysctls
  std::set<std::uint16_t> listens = {};  ///< UDP and TCP ports with a program that answers

 private:
  net::Tables tables_;
  api::ipvs::Tables servers_ = {};
  std::unique_ptr<net::NodeTables> compiled_ = {};
};

}  // namespace plimsoll::properties::delivery
