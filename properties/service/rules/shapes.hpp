// What services have in common: the rules that a packet to one of them meets, without the numbers in which it
// differs from others.
//
// Two walks of one shape are the same formula up to the names of symbols (constants.hpp), so what is proved
// of one holds of the other. And what one packet shows of one, another packet shows of the other: renaming
// the numbers keeps which of them are equal and which prefixes and ranges they lie in, so that as many other
// numbers are left in each, and rules ask for nothing else.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "impl/base/ipv4.hpp"
#include "properties/service/rules/encode.hpp"
#include "properties/service/rules/intent.hpp"

namespace plimsoll::properties::rules {

/// Writes shapes. Numbers and chains get names in the order in which they appear.
///
/// Thread-safety: none.
class ShapeWriter {
 public:
  /// The walk's rules; `rules` as WalkRequest has it.
  void walk(const netfilter::Table& table, netfilter::Hook hook, const RuleChoice& rules);
  /// What the walk is compared with.
  void address(base::Ipv4 address);
  void port(std::uint16_t port);
  void prefix(const base::Ipv4Prefix& prefix);
  void word(std::string_view text);

  /// Of all that was written, with the prefixes that its addresses lie in, and the ranges its ports. Cost:
  /// addresses x prefixes and ports x ranges.
  [[nodiscard]] std::string take();

 private:
  void chain(const netfilter::Table& table, const netfilter::Chain& chain, const RuleChoice& rules);
  void rule(netfilter::Rule rule);
  void hide(netfilter::AddressMatch& match);
  void hide(netfilter::PortRange& range);
  [[nodiscard]] base::Ipv4 hidden(base::Ipv4 address);
  [[nodiscard]] std::uint16_t hidden(std::uint16_t port);
  [[nodiscard]] std::string hidden(const std::string& name);

  std::string text_ = {};
  std::map<base::Ipv4, std::uint32_t> addresses_ = {};
  std::map<std::uint16_t, std::uint16_t> ports_ = {};
  std::map<std::string, std::string> names_ = {};  ///< of chains and lists
  std::map<std::string, bool> written_ = {};       ///< chains
  std::map<std::pair<std::uint32_t, std::uint32_t>, bool> prefixes_ = {};
  std::set<std::pair<std::uint16_t, std::uint16_t>> ranges_ = {};
};

/// A frontend, and the walk of its packets.
struct ShapeRequest {
  const Frontend& frontend;
  const Intent& intent;
  const std::vector<base::Ipv4>& rivals;    ///< as ClaimRequest has them (claims.hpp)
  const netfilter::Table* table = nullptr;  ///< null: none, all packets pass
  netfilter::Hook hook = netfilter::Hook::prerouting;
  RuleChoice rules = {};
};
/// All that the claims about the frontend's packets rest on, but for what is the same for all frontends.
[[nodiscard]] std::string shape_of(const ShapeRequest& request);

}  // namespace plimsoll::properties::rules
