// What was found in a dump, as a file that replays: the tables of the dump, and the packet of each cause with
// what should become of it.
//
// `ci/kernel-conformance --counterexample FILE` rebuilds the tables in network namespaces and sends the
// packets; `plimsoll conform dataplane FILE` asks the pipeline again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "properties/overlay/all_packets/exact.hpp"

namespace plimsoll::properties::overlay {

/// The document, in the format of recordings; each outcome of a probe is a predicted one. Causes that are
/// seen in tables alone have no packet, and are left out.
/// Requires: `document` is the text of the recording, and the keys of `causes` are those of its networks.
[[nodiscard]] std::string counterexample_document(const std::string& document, const Recording& recording,
                                                  const std::map<std::string, std::vector<Cause>>& causes);

}  // namespace plimsoll::properties::overlay
