#include "impl/ipam/flannel/lease.hpp"

#include <utility>

#include <fmt/core.h>
#include <boost/json.hpp>

#include "impl/base/quoted.hpp"
#include "impl/ipam/flannel/subnets.hpp"

namespace plimsoll::ipam {

namespace json = boost::json;

namespace {

std::string subnets_prefix(const std::string& prefix) {
  return prefix + "/subnets/";
}

tl::unexpected<std::string> refuse(std::string_view text, std::string_view why) {
  return tl::unexpected(fmt::format("{} is not a lease: {}", base::quoted(text), why));
}

}  // namespace

base::Mac vtep_mac(base::Ipv4 public_ip, std::uint32_t incarnation) {
  return base::Mac::locally_administered(std::uint64_t{incarnation} << 32 | public_ip.value());
}

LeaseAttributes node_attributes(const NetworkConfig& network, base::Ipv4 public_ip,
                                std::uint32_t incarnation) {
  LeaseAttributes attributes{public_ip, to_text(network.backend), {}};
  if (network.backend == BackendType::vxlan) {
    attributes.backend_data = json::serialize(
        json::object{{"VNI", network.vni}, {"VtepMAC", to_text(vtep_mac(public_ip, incarnation))}});
  }
  return attributes;
}

std::string lease_value(const LeaseAttributes& attributes) {
  json::object value{{"PublicIP", to_text(attributes.public_ip)}, {"PublicIPv6", nullptr}};
  if (!attributes.backend_type.empty()) {
    value["BackendType"] = attributes.backend_type;
  }
  if (!attributes.backend_data.empty()) {
    json::error_code error;
    value["BackendData"] = json::parse(attributes.backend_data, error);
    PLIMSOLL_ASSERT_KNOWN(!error, attributes.backend_data);
  }
  return json::serialize(value);
}

tl::expected<LeaseAttributes, std::string> parse_lease_value(std::string_view text) {
  json::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  if (error) {
    return refuse(text, "expected JSON");
  }
  const json::object* const object = value.if_object();
  if (object == nullptr) {
    return refuse(text, "expected a JSON object");
  }
  const json::value* const public_ip = object->if_contains("PublicIP");
  if (public_ip == nullptr || !public_ip->is_string()) {
    return refuse(text, "expected PublicIP, an IPv4 address as a string");
  }
  const auto address = base::Ipv4::parse(std::string(public_ip->get_string()));
  if (!address) {
    return refuse(text, address.error());
  }
  LeaseAttributes attributes{*address, {}, {}};
  if (const json::value* const type = object->if_contains("BackendType"); type != nullptr) {
    if (!type->is_string()) {
      return refuse(text, "expected BackendType to be a string");
    }
    attributes.backend_type = std::string(type->get_string());
  }
  if (const json::value* const data = object->if_contains("BackendData");
      data != nullptr && !data->is_null()) {
    attributes.backend_data = json::serialize(*data);
  }
  return attributes;
}

std::string subnet_key(const std::string& prefix, const base::Ipv4Prefix& subnet) {
  return subnets_prefix(prefix) + lease_key(subnet);
}

kv::KeyRange subnets_range(const std::string& prefix) {
  return kv::prefix_range(subnets_prefix(prefix));
}

std::optional<base::Ipv4Prefix> subnet_of_key(const std::string& prefix, const std::string& key) {
  const std::string start = subnets_prefix(prefix);
  if (!key.starts_with(start)) {
    return std::nullopt;
  }
  const auto subnet = parse_lease_key(std::string_view(key).substr(start.size()));
  if (!subnet) {
    return std::nullopt;
  }
  return *subnet;
}

std::optional<StoredLease> read_lease(const std::string& prefix, const kv::KeyValue& kv) {
  const std::optional<base::Ipv4Prefix> subnet = subnet_of_key(prefix, kv.key);
  if (!subnet) {
    return std::nullopt;
  }
  StoredLease lease{*subnet, std::nullopt, kv.mod_revision, kv.lease};
  if (auto attributes = parse_lease_value(kv.value)) {
    lease.attributes = std::move(*attributes);
  }
  return lease;
}

std::vector<StoredLease> read_leases(const std::string& prefix, const std::vector<kv::KeyValue>& kvs) {
  std::vector<StoredLease> leases;
  for (const kv::KeyValue& kv : kvs) {
    if (std::optional<StoredLease> lease = read_lease(prefix, kv)) {
      leases.push_back(std::move(*lease));
    }
  }
  return leases;
}

}  // namespace plimsoll::ipam
