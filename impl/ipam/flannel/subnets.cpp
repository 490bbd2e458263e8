#include "impl/ipam/flannel/subnets.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "impl/base/assert.hpp"
#include "impl/base/quoted.hpp"
#include "impl/ipam/flannel/carving.hpp"

namespace plimsoll::ipam {

using base::Ipv4;
using base::Ipv4Prefix;

namespace {

carving::Carving<std::uint32_t> carving_of(const NetworkConfig& config) {
  return {config.network.address().value(), config.network.length(), config.subnet_len,
          config.subnet_min.value(), config.subnet_max.value()};
}

}  // namespace

std::uint64_t leasable_subnet_count(const NetworkConfig& config) {
  PLIMSOLL_ASSERT(config.subnet_min <= config.subnet_max);
  return carving::leasable_count(carving_of(config));
}

Ipv4Prefix leasable_subnet(const NetworkConfig& config, std::uint64_t index) {
  PLIMSOLL_ASSERT(index < leasable_subnet_count(config));
  return {Ipv4(carving::leasable_address(carving_of(config), static_cast<std::uint32_t>(index))),
          config.subnet_len};
}

std::vector<Ipv4Prefix> free_subnets(const NetworkConfig& config, std::span<const Ipv4Prefix> taken,
                                     std::size_t limit) {
  std::vector<Ipv4Prefix> found;
  const std::uint64_t count = leasable_subnet_count(config);
  std::uint64_t index = 0;
  while (index < count && found.size() < limit) {
    const Ipv4Prefix candidate = leasable_subnet(config, index);
    const auto blocking = std::find_if(taken.begin(), taken.end(), [&candidate](const Ipv4Prefix& lease) {
      return candidate.overlaps(lease);
    });
    if (blocking == taken.end()) {
      found.push_back(candidate);
      ++index;
      continue;
    }
    // A lease much larger than a subnet blocks millions of candidates: go on behind it, not one by one.
    index = carving::index_behind(carving_of(config), blocking->last().value());
  }
  return found;
}

bool is_compatible(const NetworkConfig& config, const Ipv4Prefix& subnet) {
  return carving::is_compatible<std::uint32_t>(carving_of(config), subnet.address().value(), subnet.length());
}

std::string lease_key(const Ipv4Prefix& subnet) {
  return fmt::format("{}-{}", to_text(subnet.address()), subnet.length());
}

tl::expected<Ipv4Prefix, std::string> parse_lease_key(std::string_view text) {
  const auto refuse = [text](std::string_view why) {
    return tl::unexpected(fmt::format("{} is not a lease key: {}", base::quoted(text), why));
  };
  if (text.find('&') != std::string_view::npos) {
    return refuse("dual-stack leases are outside this component, which leases IPv4 subnets only");
  }
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos || text.find('/') != std::string_view::npos) {
    return refuse("expected ADDRESS-LENGTH, such as 10.5.1.0-24");
  }
  std::string slashed(text);
  slashed[dash] = '/';
  const auto subnet = Ipv4Prefix::parse(slashed);
  if (!subnet) {
    return refuse(subnet.error());
  }
  return *subnet;
}

}  // namespace plimsoll::ipam
