// A server of the store that is a cluster by itself, on a real directory: everything is as it would be in
// earnest but the clock, which stands still once the server leads.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

#include "checker/drivers/runner.hpp"
#include "impl/store/server.hpp"

namespace plimsoll::properties::store {

struct LoneServerOptions {
  raft::StorageWrites writes = raft::StorageWrites::atomic;
  plimsoll::store::Defects defects = {};
  drivers::FileCalls* calls = &drivers::FileCalls::real();  ///< must outlive the server
};

/// What is equal if two servers have done the same.
struct Observed {
  kv::Revision revision = {};
  kv::HashResult hash = {};
  kv::RangeResult keys = {};
  kv::LeaseLeasesResult leases = {};
  PLIMSOLL_DESCRIBE(Observed, revision, hash, keys, leases)
};

/// Snapshots and new files come often, and compactions take several steps. Not thread-safe.
class LoneServer {
 public:
  using Answered = std::function<void(const kv::Response&)>;

  /// Starts, and leads when it returns. Error: the disk cannot be used, or what is on it not understood.
  [[nodiscard]] static tl::expected<std::unique_ptr<LoneServer>, std::string> start(
      const std::filesystem::path& directory, const LoneServerOptions& options, Answered answered);

  /// What can be answered at once is. False: it has ended.
  [[nodiscard]] bool ask(const kv::Request& request);
  /// Does everything that there is to do, until it would have to wait for a request. False: it has ended.
  [[nodiscard]] bool work();
  /// Requires: no request is unanswered.
  [[nodiscard]] Observed observe();
  [[nodiscard]] const plimsoll::store::Server::State& state() const { return runner_->state(); }

 private:
  using Runner = drivers::Runner<plimsoll::store::Server>;
  LoneServer() = default;
  template <class Result>
  Result answer(decltype(kv::Request::body) body);

  drivers::Clock::time_point now_ = {};
  Answered answered_;
  std::optional<kv::Response> observed_;  ///< the last answer to a request of observe()
  std::unique_ptr<Runner> runner_;
};

}  // namespace plimsoll::properties::store
