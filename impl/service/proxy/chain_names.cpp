#include "impl/service/proxy/chain_names.hpp"

#include <algorithm>

#include "impl/service/proxy/sha256.hpp"

namespace plimsoll::service {

namespace {

constexpr std::size_t hash_characters = 16;

/// 16 characters of 5 bits each are the first ten bytes of the digest.
std::string base32_of_digest(std::string_view message) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const auto digest = sha256(message);
  std::string text;
  text.reserve(hash_characters);
  std::uint32_t window = 0;
  unsigned bits = 0;
  for (std::size_t i = 0; text.size() < hash_characters;) {
    if (bits < 5) {
      window = window << 8U | digest[i++];
      bits += 8;
    }
    bits -= 5;
    text += alphabet[(window >> bits) & 31U];
  }
  return text;
}

std::string joined(std::string_view prefix, std::string_view hash) {
  std::string chain;
  chain.reserve(prefix.size() + hash.size());
  return chain.append(prefix).append(hash);
}

}  // namespace

std::string port_hash(std::string_view port_name, Protocol protocol) {
  return base32_of_digest(joined(port_name, to_text(protocol)));
}

std::string cluster_policy_chain(std::string_view port_hash) {
  return joined("KUBE-SVC-", port_hash);
}
std::string local_policy_chain(std::string_view port_hash) {
  return joined("KUBE-SVL-", port_hash);
}
std::string firewall_chain(std::string_view port_hash) {
  return joined("KUBE-FW-", port_hash);
}
std::string external_chain(std::string_view port_hash) {
  return joined("KUBE-EXT-", port_hash);
}

std::string endpoint_chain(std::string_view port_name, Protocol protocol, std::string_view endpoint) {
  return joined("KUBE-SEP-", base32_of_digest(joined(joined(port_name, to_text(protocol)), endpoint)));
}

bool is_service_chain(std::string_view chain) {
  static constexpr std::string_view prefixes[] = {"KUBE-SVC-", "KUBE-SVL-", "KUBE-SEP-",
                                                  "KUBE-FW-",  "KUBE-EXT-", "KUBE-XLB-"};
  return std::any_of(std::begin(prefixes), std::end(prefixes),
                     [&](std::string_view prefix) { return chain.starts_with(prefix); });
}

}  // namespace plimsoll::service
