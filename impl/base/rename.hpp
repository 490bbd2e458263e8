// Renaming ids in canonical bytes.
//
// What a value says of others it says by ids (Schema::Kind::process_id). Sets and maps are put in order again
// under the new names; sequences keep their order, so a type whose order says nothing is to be a set or a
// multiset. Ids that hide in text, in scalars or in the order of a sequence are not found.
#pragma once

#include <cstdint>
#include <functional>

#include "impl/base/bytes.hpp"
#include "impl/base/schema.hpp"

namespace plimsoll::base {

/// The new value of an id, given the schema of its type (its name tells which type it is) and its value. Must
/// be one-to-one for each type.
using IdRenaming = std::function<std::uint64_t(const Schema& type, std::uint64_t value)>;

/// The canonical bytes of the value that `bytes` stand for, under new names. Requires: `bytes` are of the
/// schema's type. Cost: that of decoding, and n log n decoded comparisons for a set or map of n.
[[nodiscard]] Bytes renamed(BytesView bytes, const Schema& schema, const IdRenaming& renaming);

}  // namespace plimsoll::base
