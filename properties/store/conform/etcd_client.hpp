// Talks to a running etcd through its JSON gateway.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "properties/store/conform/gateway.hpp"

namespace plimsoll::properties::store {

/// An open stream of a watch. Thread-safety: used by one thread; it has a thread of its own, which reads.
class WatchStream {
 public:
  WatchStream() = default;
  WatchStream(const WatchStream&) = delete;
  WatchStream& operator=(const WatchStream&) = delete;
  virtual ~WatchStream() = default;  ///< closes the connection

  /// Messages that arrived since the last call; waits for one up to `time` if there is none.
  [[nodiscard]] virtual std::vector<std::string> take(std::chrono::milliseconds time) = 0;
};

/// Thread-safety: used by one thread.
class EtcdClient {
 public:
  EtcdClient() = default;
  EtcdClient(const EtcdClient&) = delete;
  EtcdClient& operator=(const EtcdClient&) = delete;
  virtual ~EtcdClient() = default;

  /// Error: there is no answer; a sentence that says why.
  [[nodiscard]] virtual tl::expected<GatewayAnswer, std::string> call(const GatewayCall& request) = 0;
  /// Sends messages (JSON, one after the other) and leaves the stream open. Failures show as silence.
  [[nodiscard]] virtual std::unique_ptr<WatchStream> watch(const std::string& messages) = 0;
  /// Lets the server have time for what it does on its own.
  virtual void wait(std::chrono::milliseconds time) = 0;
};

/// @param endpoint  "http://127.0.0.1:2379"; without TLS.
[[nodiscard]] std::unique_ptr<EtcdClient> make_etcd_client(const std::string& endpoint);

}  // namespace plimsoll::properties::store
