// What a proxier hears and says: changes of the cluster's objects, and requests to its node's kernel.
//
// Source: kubernetes v1.31, pkg/proxy/config (ServiceHandler, EndpointSliceHandler, NodeHandler) and
// pkg/proxy/runner of the proxier's commands. Events of one object arrive in order; how they got here
// (lists, watches) is the API client's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "impl/overlay/node/table_change.hpp"
#include "impl/service/proxy/types.hpp"

namespace plimsoll::service {

/// A Service was added or updated, or (none) deleted.
struct ServiceEvent {
  ObjectName name = {};
  std::optional<Service> service = {};
  PLIMSOLL_DESCRIBE(ServiceEvent, name, service)
};
/// An EndpointSlice was added or updated, or (none) deleted.
struct SliceEvent {
  ObjectName name = {};
  std::optional<EndpointSlice> slice = {};
  PLIMSOLL_DESCRIBE(SliceEvent, name, slice)
};
/// The first list of this kind has been delivered as a whole. Before both are, no rules are written: they
/// would take services away that are merely not known yet.
enum class Synced : std::uint8_t { services, endpoint_slices };
PLIMSOLL_DESCRIBE_ENUM(Synced, services, endpoint_slices)
/// The node's label topology.kubernetes.io/zone is set, changed or (none) gone.
struct ZoneEvent {
  std::optional<std::string> zone = {};
  PLIMSOLL_DESCRIBE(ZoneEvent, zone)
};

/// Tells requests apart. Numbers are used again once nothing is under way; a restarted process is told by its
/// incarnation.
struct CallId {
  std::uint32_t incarnation = 0;
  std::uint32_t number = 0;
  PLIMSOLL_DESCRIBE(CallId, incarnation, number)
};

/// iptables-save of all tables.
struct SaveTables {
  PLIMSOLL_DESCRIBE(SaveTables)
};
/// One request to the kernel of the node. Each is answered once, in any order.
struct KernelRequest {
  CallId id = {};
  std::variant<overlay::TableChange, SaveTables> body = {};
  PLIMSOLL_DESCRIBE(KernelRequest, id, body)
};
struct KernelAnswer {
  CallId id = {};
  std::optional<overlay::Errno> error = {};  ///< none: done
  std::string saved = {};                    ///< the answer to SaveTables
  PLIMSOLL_DESCRIBE_OPTIONS(saved)
  PLIMSOLL_DESCRIBE(KernelAnswer, id, error, saved)
};

}  // namespace plimsoll::service
