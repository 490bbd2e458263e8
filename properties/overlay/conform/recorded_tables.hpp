// The tables of one namespace in a recording.
#pragma once

#include <string>

#include "impl/overlay/node/tables.hpp"
#include "properties/overlay/conform/json_reader.hpp"

namespace plimsoll::properties::overlay {

struct RecordedTables {
  plimsoll::overlay::Tables tables = {};
  std::string unreadable = {};  ///< why the rules cannot be read; empty: they can
};
/// Throws JsonFault.
[[nodiscard]] RecordedTables recorded_tables(const JsonPlace& json);

}  // namespace plimsoll::properties::overlay
