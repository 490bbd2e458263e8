// The cluster that an interaction script plays with: servers, their storage, and messages under way.
//
// Source: etcd-io/raft, rafttest (what its interaction environment does). Nothing happens by itself: time,
// delivery and storage are the script's to move. Server n has id n. The application on each appends the data
// of all entries, so that the snapshot of a server's state is always at hand.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "impl/raft/raw_node.hpp"
#include "properties/raft/script_output.hpp"

namespace plimsoll::properties::raft {

namespace core = plimsoll::raft;

/// Nothing, or the sentence that the script prints instead of it.
using ScriptResult = tl::expected<void, std::string>;

/// The sentence for an input that the server refused, or for what its storage does not have.
[[nodiscard]] std::string_view sentence(core::RaftError error);
[[nodiscard]] std::string_view sentence(core::StorageError error);

/// One server with its storage. storage.snapshot is always the state of the application after the last entry
/// that was applied or snapshot that was installed: upstream keeps a history of which only the end is used.
struct ScriptServer {
  core::Config config = {};
  core::Storage storage = {};
  core::RawNode raw = {};
  std::deque<core::Message> append_work = {};  ///< with asynchronous storage writes, oldest first
  std::deque<core::Message> apply_work = {};

  [[nodiscard]] core::Context context() const { return {.config = config, .storage = storage}; }
  [[nodiscard]] core::ServerId id() const { return raw.raft.id; }
};

/// Which messages: those to a server, perhaps of one type only.
struct Recipient {
  core::ServerId id = {};
  bool drop = false;  ///< lose them instead of delivering them; the server need not exist then
};

/// Not thread-safe. Servers are named by their place in servers(), which is their id minus 1.
class ScriptEnvironment {
 public:
  /// All servers have `defects`.
  explicit ScriptEnvironment(core::Defects defects = {}) : defects_(defects) {}

  /// Adds `count` servers that start from `snapshot`, or from nothing if it holds nothing. Error: the
  /// snapshot's index is not above 1.
  [[nodiscard]] ScriptResult add_servers(std::uint64_t count, const core::Config& config,
                                         core::Snapshot snapshot);

  /// Prints the server's Ready and does what it asks for; with asynchronous storage writes, only queues it.
  [[nodiscard]] ScriptResult process_ready(ScriptServer& server);
  /// Does the oldest work of the server's append or apply thread, and sends the responses in it.
  [[nodiscard]] ScriptResult process_append_thread(ScriptServer& server);
  [[nodiscard]] ScriptResult process_apply_thread(ScriptServer& server);
  /// Delivers or drops, in order, the messages that are under way to one server. Messages of a server to
  /// itself or of its threads are not dropped. Returns how many it were. Requires: the server exists, or
  /// there are no messages to it, or they are dropped.
  std::size_t deliver(const Recipient& recipient, std::optional<core::MessageType> type);
  [[nodiscard]] bool has_messages_to(core::ServerId id) const;
  /// Puts a message under way that no server sent by itself.
  void send(core::Message message) { under_way_.push_back(std::move(message)); }
  /// Works off everything on the servers at `places` until nothing is left.
  [[nodiscard]] ScriptResult stabilize(const std::vector<std::size_t>& places);

  [[nodiscard]] std::vector<ScriptServer>& servers() { return servers_; }
  [[nodiscard]] ScriptOutput& output() { return output_; }

 private:
  using Perform = std::function<ScriptResult(const core::PlainMessage&)>;
  using ProcessThread = ScriptResult (ScriptEnvironment::*)(ScriptServer&);

  void send_or_queue(ScriptServer& server, const std::vector<core::Message>& messages);
  [[nodiscard]] ScriptResult process_thread(std::deque<core::Message>& queue, std::string_view thread,
                                            const Perform& perform);
  [[nodiscard]] bool deliver_to(const ScriptServer& server);
  [[nodiscard]] ScriptResult drain(ScriptServer& server, std::string_view thread, bool& busy,
                                   const std::deque<core::Message>& queue, ProcessThread process);
  [[nodiscard]] ScriptResult stabilize_once(const std::vector<std::size_t>& places, bool& busy);

  core::Defects defects_;
  std::vector<ScriptServer> servers_;
  std::vector<core::Message> under_way_;
  ScriptOutput output_;
};

}  // namespace plimsoll::properties::raft
