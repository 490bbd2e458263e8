// One watch, as etcd and a reference tell it: both streams must say the same, however it is cut into
// messages.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "impl/base/kv.hpp"
#include "properties/store/conform/etcd_client.hpp"

namespace plimsoll::properties::store {

class WatchPair {
 public:
  /// @param offset  By how much etcd's revisions are higher.
  /// @param lost    Removals at this revision are not told by etcd; 0: all are.
  WatchPair(kv::WatchRequest request, std::uint64_t offset, kv::Revision lost,
            std::unique_ptr<WatchStream> stream)
      : request_(std::move(request)), offset_(offset), lost_(lost), stream_(std::move(stream)) {}

  [[nodiscard]] const kv::WatchRequest& request() const { return request_; }
  void expect(kv::WatchResponse response);
  /// Whether the reference's stream has ended.
  [[nodiscard]] bool is_canceled() const { return expected_.canceled; }
  /// Events that the reference has sent.
  [[nodiscard]] const std::vector<kv::Event>& events() const { return expected_.events; }

  /// Waits until etcd has told as much as the reference, or something else.
  /// @return the difference; empty: none.
  [[nodiscard]] std::string compare();

 private:
  /// What a stream has told so far.
  struct Told {
    bool created = false;
    bool canceled = false;
    kv::Revision compacted = {};
    std::vector<kv::Event> events = {};
    PLIMSOLL_DESCRIBE(Told, created, canceled, compacted, events)

    void add(const kv::WatchResponse& response);
    /// Whether nothing more could make it `other`.
    [[nodiscard]] bool reaches(const Told& other) const;
  };
  void take(std::chrono::milliseconds time);

  kv::WatchRequest request_;
  std::uint64_t offset_;
  kv::Revision lost_;
  std::unique_ptr<WatchStream> stream_;
  Told expected_ = {};
  Told actual_ = {};
  std::optional<kv::Revision> unfinished_ = {};  ///< the revision of which etcd sent a fragment
  std::string broken_ = {};                      ///< what no stream may do
};

}  // namespace plimsoll::properties::store
