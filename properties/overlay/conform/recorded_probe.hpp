// The probes of a recording.
#pragma once

#include "properties/overlay/conform/json_reader.hpp"
#include "properties/overlay/conform/recording.hpp"

namespace plimsoll::properties::overlay {

/// Reads `scenarios` and `probes` of the document into the recording. Throws JsonFault.
void read_probes(Recording& recording, const JsonPlace& document);

}  // namespace plimsoll::properties::overlay
