// The world of system `store`: members, each with a disk, and clients, each connected with all members it may
// go to.
//
//   client <== connection ==> member <-- Raft's messages, or the agreed log --> member
#pragma once

#include <optional>
#include <vector>

#include "checker/world/model.hpp"
#include "impl/raft/types.hpp"
#include "properties/store/world/setup.hpp"

namespace plimsoll::properties::store {

struct MemberPlaces {
  base::ProcessId process = {};
  checker::PartId kv = {};
  checker::PartId lessor = {};
  std::optional<checker::PartId> raft = {};  ///< of a server with Raft, as the next
  std::optional<checker::PartId> received_database = {};
  std::optional<checker::PartId> seat = {};  ///< of a replica of the agreed log
};
struct ClientPlaces {
  base::ProcessId process = {};
  checker::PartId progress = {};
};

struct LockerPlaces {
  base::ProcessId process = {};
  checker::PartId tenure = {};
  kv::LeaseId lease = {};
};

struct Assembly {
  checker::WorldModel model;  ///< without properties
  std::vector<MemberPlaces> members = {};
  std::vector<ClientPlaces> clients = {};
  std::vector<LockerPlaces> lockers = {};
  std::optional<checker::PartId> log = {};      ///< the one that is agreed on
  std::optional<checker::PartId> history = {};  ///< of all clients, if it is kept
  Setup setup = {};
};

[[nodiscard]] Assembly assemble(const Setup& setup);

}  // namespace plimsoll::properties::store
