// What a real etcd is compared with: one store on one node, whoever keeps it.
//
// Two are judged: the spec (model/store) and the implementation (impl/store) without Raft, as a node that is
// alone agrees with itself about every entry of its log.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "impl/base/ids.hpp"
#include "impl/base/kv.hpp"

namespace plimsoll::properties::store {

/// A store with one client. Thread-safety: none.
class Reference {
 public:
  Reference() = default;
  Reference(const Reference&) = delete;
  Reference& operator=(const Reference&) = delete;
  virtual ~Reference() = default;

  /// Returns the answer; none for requests about watches, which are answered on the stream.
  /// Requires: no request about members or a server's status, none for a hash; leases are granted with an id.
  [[nodiscard]] virtual std::optional<kv::Response> answer(const kv::Request& request) = 0;
  /// What was sent on the streams of all watches since the last call, in order.
  [[nodiscard]] virtual std::vector<kv::WatchResponse> take_stream() = 0;
  /// Leases that have not been renewed for their whole time are revoked, in the order in which they run out.
  virtual void pass(base::Ticks ticks) = 0;
};

/// What the references have to know of the etcd that they are compared with.
struct ReferenceSettings {
  base::Ticks lease_ttl_min{2};  ///< etcd's, with its default election time-out of 1 s
};

/// A row of the table of those who are judged.
struct ReferenceKind {
  std::string_view name;  ///< "impl/store"
  std::unique_ptr<Reference> (*make)(const ReferenceSettings& settings);
};

[[nodiscard]] std::unique_ptr<Reference> make_spec_reference(const ReferenceSettings& settings);
[[nodiscard]] std::unique_ptr<Reference> make_implementation_reference(const ReferenceSettings& settings);

inline constexpr ReferenceKind reference_kinds[] = {{"impl/store", make_implementation_reference},
                                                    {"model/store", make_spec_reference}};

}  // namespace plimsoll::properties::store
