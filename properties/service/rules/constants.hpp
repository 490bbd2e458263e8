// The numbers in rules and intents, as terms: themselves, or symbols that stand for any numbers.
//
// Thousands of services differ in nothing but their addresses and ports. With those as symbols one proof does
// for all of them, if it uses no more than what is the same for all: which of them are equal, and which
// prefixes of the rules they lie in.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "checker/symbolic/terms.hpp"
#include "impl/base/ipv4.hpp"

namespace plimsoll::properties::rules {

/// Thread-safety: none. The Terms must outlive it.
class Constants {
 public:
  enum class As : std::uint8_t { numbers, symbols };
  Constants(symbolic::Terms& terms, As as) : terms_(terms), as_(as) {}

  /// An address, or a port, that rules name exactly. The same number is the same symbol.
  [[nodiscard]] symbolic::Word address(base::Ipv4 address);
  [[nodiscard]] symbolic::Word port(std::uint16_t port);
  /// Whether `word` is in the prefix, or whatever the mask makes of it. The prefix is a number always.
  [[nodiscard]] symbolic::Bool is_under(const symbolic::Word& word, base::Ipv4 network, base::Ipv4 mask);

  /// What is known of the symbols so far: they differ, and lie in the prefixes that they lie in. Cost:
  /// quadratic in the symbols.
  [[nodiscard]] symbolic::Bool facts() const;

 private:
  symbolic::Terms& terms_;
  As as_;
  std::map<base::Ipv4, symbolic::Word> addresses_;
  std::map<std::uint16_t, symbolic::Word> ports_;
  std::set<std::pair<std::uint32_t, std::uint32_t>> prefixes_;
};

}  // namespace plimsoll::properties::rules
