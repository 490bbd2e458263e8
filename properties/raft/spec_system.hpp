// Raft's spec for the registry: system `raft-spec`, the abstract machine of model/raft explored on its own.
#pragma once

#include <memory>

#include "checker/system/spec_system.hpp"
#include "model/raft/raft_spec.hpp"
#include "properties/registry.hpp"

namespace plimsoll::properties::raft {

/// The spec with all its properties.
[[nodiscard]] std::unique_ptr<checker::SpecSystem<model::raft::RaftSpec>> make_spec_system(
    const model::raft::RaftSpec::Bounds& bounds,
    model::raft::MissingGuard missing = model::raft::MissingGuard::none);

/// `servers` 1 .. 5 (3), `voters` 1 .. servers, the first ones (all), `terms_max` 1 .. 5 (2), `entries_max` 0
/// .. 5 (1), `restarts` 0, 1 (1), `conf_changes` 0 .. 4 (0), `memory_ahead` 0, 1 (0).
[[nodiscard]] SystemEntry spec_system_entry();

}  // namespace plimsoll::properties::raft
