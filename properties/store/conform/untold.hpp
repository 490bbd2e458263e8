// What happened between the requests of a recording that leaves some out.
//
// The answers tell much of it: a key-value with mod_revision r was put at r, an event of a removal happened
// at its revision, and a key that was created at r was put then. The rest is filled in so that it can be seen
// by nobody but for the revisions it uses up: keys that no answer names.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "impl/base/kv.hpp"
#include "properties/store/conform/reference.hpp"
#include "properties/store/conform/samples_file.hpp"

namespace plimsoll::properties::store {

/// The store's revision in a sample's answer, in the last message of a stream; 0: it names none.
[[nodiscard]] kv::Revision told_revision(const Sample& sample);

class Untold {
 public:
  explicit Untold(const std::vector<Sample>& samples);

  /// Makes the next change of the store, so that it reaches `revision`, before sample number `next` (counted
  /// from 0) is sent. Keys that go together are taken for a lease's that has run out, if one has just these.
  void make(Reference& reference, kv::Revision revision, std::size_t next) const;

 private:
  struct Changes {
    std::map<std::string, kv::KeyValue> puts = {};
    std::set<std::string> removals = {};
  };
  void learn(const Sample& sample);
  /// The lease that is revoked next, if keys went with it; else 0.
  [[nodiscard]] kv::LeaseId lease_with_keys(std::size_t next) const;

  const std::vector<Sample>& samples_;
  std::map<kv::Revision, Changes> changes_ = {};
};

}  // namespace plimsoll::properties::store
