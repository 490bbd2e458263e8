// What a container runtime and a CNI plugin say to one another, as far as address management is concerned.
//
// Source: Container Network Interface specification 1.1.0, section 2 (operations ADD, DEL, CHECK, GC; the
// error result) and containernetworking/cni pkg/utils (what ids and interface names may look like). Deviates:
// a call is a message with a number instead of a process with an environment, and the parts of the network
// configuration that do not concern addresses (routes, DNS, the bridge) are left out.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/ipv4.hpp"
#include "impl/base/prefix.hpp"

namespace plimsoll::ipam {

struct CniCallTag {
  static constexpr const char* name = "cni-call";
};
/// Chosen by the runtime; the response carries it back.
using CniCall = base::Strong<CniCallTag, std::uint32_t>;

/// One interface of one container: what an address is given to.
struct Attachment {
  std::string container_id;
  std::string ifname;
  PLIMSOLL_DESCRIBE(Attachment, container_id, ifname)
};
/// Whether id and interface name are of the form that CNI demands: the id is letters, digits, `_`, `.` and
/// `-` and does not begin with a sign; the name has 1 to 15 characters, none of them `/`, `:` or white space,
/// and is not `.` or `..`.
[[nodiscard]] bool is_valid(const Attachment& attachment);

struct AddRequest {
  Attachment attachment;
  std::optional<base::Ipv4> requested;  ///< this very address, or none
  PLIMSOLL_DESCRIBE(AddRequest, attachment, requested)
};
/// Releases what the attachment holds; to hold nothing is a success.
struct DelRequest {
  Attachment attachment;
  PLIMSOLL_DESCRIBE(DelRequest, attachment)
};
/// Asks whether the attachment still holds an address.
struct CheckRequest {
  Attachment attachment;
  PLIMSOLL_DESCRIBE(CheckRequest, attachment)
};
/// Releases what every attachment not listed holds.
struct GcRequest {
  std::set<Attachment> valid;
  PLIMSOLL_DESCRIBE(GcRequest, valid)
};

struct CniRequest {
  CniCall call;
  std::variant<AddRequest, DelRequest, CheckRequest, GcRequest> body;
  PLIMSOLL_DESCRIBE(CniRequest, call, body)
};

/// One address of an ADD result: the address with the length of its network, and the network's gateway.
struct IpConfig {
  base::Ipv4Prefix address;
  base::Ipv4 gateway;
  PLIMSOLL_DESCRIBE(IpConfig, address, gateway)
};

/// Why a call failed. The runtime acts differently on `exhausted` and on the others, people on each of them.
enum class CniError : std::uint8_t {
  invalid_attachment,  ///< container id or interface name is not of the demanded form
  network_down,        ///< the node has no subnet to give addresses from
  unusable_subnet,     ///< the node's subnet is no range of addresses (IPAM-1)
  already_allocated,   ///< the attachment holds an address (IPAM-4)
  not_in_range,        ///< the requested address is in no range
  is_gateway,          ///< the requested address is a gateway
  not_free,            ///< the requested address is held
  exhausted,           ///< every address of a range set is held
  nothing_allocated,   ///< CHECK: the attachment holds no address
};
PLIMSOLL_DESCRIBE_ENUM(CniError, invalid_attachment, network_down, unusable_subnet, already_allocated,
                       not_in_range, is_gateway, not_free, exhausted, nothing_allocated)
/// The error in one sentence.
[[nodiscard]] std::string_view sentence(CniError error);

/// ADD succeeded: one address for each range set, in order.
struct Added {
  std::vector<IpConfig> ips;
  PLIMSOLL_DESCRIBE(Added, ips)
};
/// DEL, CHECK or GC succeeded.
struct Done {
  PLIMSOLL_DESCRIBE(Done)
};
/// Nothing that this call allocated is still held.
struct Failed {
  CniError error = CniError::invalid_attachment;
  PLIMSOLL_DESCRIBE(Failed, error)
};

struct CniResponse {
  CniCall call;
  std::variant<Added, Done, Failed> outcome;
  PLIMSOLL_DESCRIBE(CniResponse, call, outcome)
};

}  // namespace plimsoll::ipam
