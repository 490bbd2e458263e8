// A kernel's tables as an interned value: maps by name that compare names without copies are written as any
// map is.
#pragma once

#include <map>
#include <string>

#include "impl/base/described.hpp"
#include "impl/overlay/node/tables.hpp"

template <class Value>
struct plimsoll::base::Codec<std::map<std::string, Value, std::less<>>> {
  using ByName = std::map<std::string, Value, std::less<>>;
  using DescribedAs = std::map<std::string, Value>;
  static void write(ByteWriter& out, const ByName& values) {
    base::encode(out, DescribedAs(values.begin(), values.end()));
  }
  static ByName read(ByteReader& in) {
    const auto values = base::decode<DescribedAs>(in);
    return {values.begin(), values.end()};
  }
};
