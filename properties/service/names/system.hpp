// System `names` for the registry: scenario in, the world of names out.
#pragma once

#include <memory>

#include "checker/system/spec_system.hpp"
#include "properties/registry.hpp"
#include "properties/service/names/world.hpp"

namespace plimsoll::properties::names {

/// The world with all its properties and fairness. Linear in the changes.
[[nodiscard]] std::unique_ptr<checker::SpecSystem<NamesWorld>> make_system(Setup setup);

[[nodiscard]] SystemEntry system_entry();

}  // namespace plimsoll::properties::names
