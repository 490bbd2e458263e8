// A sequence carried out by a running etcd and by a reference, answer by answer and event by event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "properties/store/conform/arena.hpp"
#include "properties/store/conform/reference.hpp"
#include "properties/store/conform/sequence.hpp"

namespace plimsoll::properties::store {

/// How often each kind of thing happened on both sides: errors, events, what has to be seen now and then.
using Seen = std::map<std::string, std::uint64_t>;

/// Where the two sides disagree.
struct Disagreement {
  std::size_t step = 0;      ///< after this one, counted from 0
  std::string details = {};  ///< lines for people
};

/// Plays the sequence from a cleared store on.
/// @return the first disagreement, or none. Error: etcd does not answer.
[[nodiscard]] tl::expected<std::optional<Disagreement>, std::string> play(Arena& arena,
                                                                          const ReferenceKind& kind,
                                                                          const Sequence& sequence,
                                                                          Seen& seen);

}  // namespace plimsoll::properties::store
