// A kernel's tables as an interned value: sets of addresses, whose map compares names without copies, are
// written as any map is.
#pragma once

#include <map>
#include <string>

#include "impl/base/described.hpp"
#include "impl/overlay/node/tables.hpp"

template <>
struct plimsoll::base::Codec<plimsoll::overlay::netfilter::IpSets> {
  using IpSets = overlay::netfilter::IpSets;
  using DescribedAs = std::map<std::string, overlay::netfilter::IpSet>;
  static void write(ByteWriter& out, const IpSets& sets) {
    base::encode(out, DescribedAs(sets.begin(), sets.end()));
  }
  static IpSets read(ByteReader& in) {
    const auto sets = base::decode<DescribedAs>(in);
    return {sets.begin(), sets.end()};
  }
};
