#include "properties/service/rules/constants.hpp"

namespace plimsoll::properties::rules {

using symbolic::Bool;
using symbolic::Word;

Word Constants::address(base::Ipv4 address) {
  const auto found = addresses_.find(address);
  if (found != addresses_.end()) {
    return found->second;
  }
  const Word word =
      as_ == As::symbols ? terms_.variable("address", 32) : terms_.constant(address.value(), 32);
  addresses_.emplace(address, word);
  return word;
}

Word Constants::port(std::uint16_t port) {
  const auto found = ports_.find(port);
  if (found != ports_.end()) {
    return found->second;
  }
  const Word word = as_ == As::symbols ? terms_.variable("port", 16) : terms_.constant(port, 16);
  ports_.emplace(port, word);
  return word;
}

Bool Constants::is_under(const Word& word, base::Ipv4 network, base::Ipv4 mask) {
  prefixes_.emplace(network.value(), mask.value());
  return (word & mask.value()) == network.value();
}

Bool Constants::facts() const {
  Bool facts = true;
  if (as_ == As::numbers) {
    return facts;
  }
  for (auto one = addresses_.begin(); one != addresses_.end(); ++one) {
    for (auto other = addresses_.begin(); other != one; ++other) {
      facts &= one->second != other->second;
    }
    for (const auto& [network, mask] : prefixes_) {
      const Bool is_in = (one->second & mask) == network;
      facts &= (one->first.value() & mask) == network ? is_in : !is_in;
    }
  }
  for (auto one = ports_.begin(); one != ports_.end(); ++one) {
    // Zero stands for "no port" in rules and is never a symbol's number.
    facts &= one->second != 0U;
    for (auto other = ports_.begin(); other != one; ++other) {
      facts &= one->second != other->second;
    }
  }
  return facts;
}

}  // namespace plimsoll::properties::rules
