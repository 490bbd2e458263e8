// What a described type looks like, as a value: so that printing, JSON, differences and renaming are written
// once, over canonical bytes and a schema, instead of being generated for every type.
#pragma once

#include <string>
#include <vector>

#include "impl/base/bytes.hpp"

namespace plimsoll::base {

/// The shape of the canonical bytes of one type. Immutable once made; shared by all threads.
struct Schema {
  enum class Kind : std::uint8_t {
    boolean,          ///< one unsigned, 0 or 1
    unsigned_number,  ///< one unsigned
    signed_number,    ///< one signed
    enumeration,      ///< one unsigned; `names` by value
    text,             ///< length, bytes
    scalar,           ///< an address or the like: `scalar_text` reads and prints it
    process_id,       ///< one unsigned that symmetry may rename, if it names something under this type
    structure,        ///< `children` in order, called `names`
    sequence,         ///< count, then `children[0]` that often
    set,              ///< as sequence, sorted; re-sorted after renaming
    map,              ///< count, then that many pairs of `children[0]` (key) and `children[1]`; sorted by key
    optional,         ///< 0, or 1 and `children[0]`
    variant,          ///< index, then `children[index]`; alternatives are called `names`
  };

  Kind kind = Kind::boolean;
  std::string name;                     ///< the type's name, for messages
  std::vector<std::string> names;       ///< fields, enumerators or alternatives
  std::vector<const Schema*> children;  ///< schemas of fields, elements or alternatives
  std::string (*scalar_text)(ByteReader&) = nullptr;
  /// Of sets and maps: the order of elements or keys, given their canonical bytes.
  bool (*precedes)(BytesView, BytesView) = nullptr;
  /// Of structures: the canonical bytes that say nothing, for each of the last `children`; printing leaves
  /// such fields out (PLIMSOLL_DESCRIBE_OPTIONS).
  std::vector<Bytes> options = {};
};

}  // namespace plimsoll::base
