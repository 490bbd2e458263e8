// A running etcd, as the place where sequences are played.
#pragma once

#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "properties/store/conform/etcd_client.hpp"
#include "properties/store/conform/gateway.hpp"
#include "properties/store/conform/reference.hpp"

namespace plimsoll::properties::store {

/// An etcd that nobody else uses, at the place where a sequence can begin.
class Arena {
 public:
  /// Error: it does not answer, or it holds keys or leases, which a run would remove.
  [[nodiscard]] static tl::expected<Arena, std::string> open(const std::string& endpoint);

  /// Removes all keys and leases.
  [[nodiscard]] tl::expected<void, std::string> wipe();
  /// Wipes, puts first_key and compacts, so that the store is as a sequence wants it. Returns its
  /// revision, which stands for first_revision.
  [[nodiscard]] tl::expected<kv::Revision, std::string> clear();
  [[nodiscard]] EtcdClient& client() { return *client_; }
  [[nodiscard]] const ReferenceSettings& settings() const { return settings_; }
  /// Versions before the one that fixed issue 19179 do not tell a watch of removals at the very revision that
  /// the store is compacted at.
  [[nodiscard]] bool loses_removals() const { return loses_removals_; }

 private:
  [[nodiscard]] tl::expected<kv::Response, std::string> ask(const RequestBody& request);
  [[nodiscard]] tl::expected<void, std::string> look_at_empty();
  [[nodiscard]] tl::expected<void, std::string> measure_least_ttl();
  [[nodiscard]] tl::expected<void, std::string> look_for_lost_removals();

  std::unique_ptr<EtcdClient> client_ = {};
  ReferenceSettings settings_ = {};
  bool loses_removals_ = false;
};

}  // namespace plimsoll::properties::store
