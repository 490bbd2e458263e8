// Which rules of a table a packet to one frontend can match at all: those whose exact destination, port and
// protocol are not somebody else's.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "properties/service/rules/encode.hpp"
#include "properties/service/rules/intent.hpp"

namespace plimsoll::properties::rules {

/// An exact destination that rules name: an address with a port, or a port of any address.
struct Destination {
  bool is_any_address = false;
  base::Ipv4 address = {};
  std::uint16_t port = 0;
  friend auto operator<=>(const Destination&, const Destination&) = default;
};
struct Addressed {
  std::set<Destination> all = {};       ///< of rules with a port
  std::set<base::Ipv4> addresses = {};  ///< of any rule
  std::set<std::uint16_t> ports = {};   ///< of any rule
};

/// Finds them without looking at all rules of a chain of thousands. The table must outlive it.
///
/// Thread-safety: none, for chains are indexed when they are first asked for.
class Slices {
 public:
  explicit Slices(const netfilter::Table& table) : table_(table) {}

  /// The choice refers to this object. Cost: of asking, the rules found times log of all.
  [[nodiscard]] RuleChoice of(const Frontend& frontend);
  /// Rules that packets may match whose address, protocol and port are no frontend's, and whose protocol and
  /// port no node port's: all but those for exactly such. Cost: of asking, linear.
  [[nodiscard]] RuleChoice of_strangers(const Intent& intent) const;

  /// All that the table's rules name. Cost: linear, times log.
  [[nodiscard]] Addressed addressed() const;
  /// The rules of a chain that name neither an address nor a port exactly.
  [[nodiscard]] std::vector<std::uint32_t> unaddressed(const netfilter::Chain& chain);

  [[nodiscard]] const netfilter::Table& table() const { return table_; }

 private:
  using Indices = std::vector<std::uint32_t>;
  /// Rules by exact destination (0: none) and exact destination port (0: none).
  struct Index {
    std::map<std::pair<std::uint32_t, std::uint16_t>, Indices> by_both = {};
    std::map<std::uint16_t, Indices> by_port = {};  ///< whatever their destination
    Indices only_destination = {};                  ///< of one destination and no one port
  };
  [[nodiscard]] const Index& index_of(const netfilter::Chain& chain);

  const netfilter::Table& table_;
  std::map<const netfilter::Chain*, Index> indices_ = {};
};

}  // namespace plimsoll::properties::rules
