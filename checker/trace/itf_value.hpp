// Values of states as the Informal Trace Format writes them, and back.
//
// Source: Apalache ADR-015, "ITF: informal trace format" (https://apalache.mc/docs/adr/015adr-trace.html).
// Records are objects, lists arrays, maps {"#map": [[key, value], ...]}, numbers JSON numbers within 2^53 and
// {"#bigint": "..."} beyond. An absent optional is Quint's {"tag": "None", "value": {"#tup": []}}: ITF has no
// null, and nothing else of ours contains a "#tup". A text that is not UTF-8 is {"#unserializable": "bytes
// <hex>"}. Each Datum has exactly one such form, and each form one Datum.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"
#include "checker/scenario/node.hpp"
#include "checker/system/datum.hpp"

namespace plimsoll::checker {

/// Requires: fields of records differ, are UTF-8 and begin without '#'; numbers are decimal integers without
/// leading zeros.
[[nodiscard]] scenario::Node to_itf(const Datum& datum);
[[nodiscard]] scenario::Node text_to_itf(const std::string& text);

/// Errors: anything that to_itf does not write, at its place.
[[nodiscard]] tl::expected<Datum, scenario::Error> from_itf(const scenario::Node& node);
/// As from_itf, for a place where only a text may stand.
[[nodiscard]] tl::expected<std::string, scenario::Error> text_from_itf(const scenario::Node& node);

}  // namespace plimsoll::checker
