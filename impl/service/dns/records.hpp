// The index that questions are answered from: owner names and their records, kept up to date with the
// objects.
//
// Source: coredns, plugin/kubernetes/controller.go (informers with indexers) and kubernetes.go (findServices,
// serviceRecordForIP); where CoreDNS answers more than kubernetes/dns specification v1.1.0 asks for (SRV of
// ports without names, endpoints' names below services with a cluster IP), the specification is followed.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "impl/service/dns/types.hpp"

namespace plimsoll::dns {

/// A record of some name and the object that it comes from. A record of type `other` is none: it only says
/// that the name exists.
struct OwnedRecord {
  Record record = {};
  Kind kind = Kind::service;
  ObjectName owner = {};
  PLIMSOLL_DESCRIBE(OwnedRecord, record, kind, owner)
};

/// Invariant (without defects): `names` is what the objects come to, in whichever order they arrived.
/// Thread-safety: a value.
struct Index {
  Objects objects = {};
  std::map<std::string, std::set<OwnedRecord>> names = {};  ///< canonical names; no set is empty
  PLIMSOLL_DESCRIBE(Index, objects, names)
};

/// Linear in the endpoints of the service concerned, logarithmic in the names; slices are looked for among
/// all of their namespace. A change that changes nothing does nothing.
void apply(const Config& config, Index& index, const Change& change);

/// What a list found takes the place of all objects known: those that are missing are deleted.
void replace(const Config& config, Index& index, const Objects& objects);

/// Every object known is put into the index once more, as informers do now and then.
void resync(const Config& config, Index& index);

/// The changes that lead from `before` to `after`: kind by kind, deletions first.
[[nodiscard]] std::vector<Change> difference(const Objects& before, const Objects& after);

/// `change` done to `objects`; false if nothing changed.
bool perform(Objects& objects, const Change& change);

}  // namespace plimsoll::dns
