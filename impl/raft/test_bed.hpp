// A cluster for tests: servers with their storage, a network that keeps messages until they are delivered,
// and an application that remembers what was applied.
//
// Servers are numbered from 1. Everything happens in order of ids, so that a test is one story.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/raft/raw_node.hpp"

namespace plimsoll::raft {

/// The configuration most tests use: small time-outs, nothing switched on.
[[nodiscard]] inline Config test_config() {
  Config config;
  config.election_tick = 3;
  config.heartbeat_tick = 1;
  return config;
}
[[nodiscard]] inline Config with_defect(Config config, Defect defect) {
  config.defects = config.defects.with(defect);
  return config;
}
[[nodiscard]] inline Config with_defect(Defect defect) {
  return with_defect(test_config(), defect);
}

[[nodiscard]] inline ServerSet servers(std::initializer_list<std::uint64_t> ids) {
  ServerSet set;
  for (const std::uint64_t id : ids) {
    set.insert(ServerId{id});
  }
  return set;
}

[[nodiscard]] inline PlainMessage message_from(std::uint64_t from, MessageType type, Term term) {
  PlainMessage message;
  message.type = type;
  message.from = ServerId{from};
  message.term = term;
  return message;
}
[[nodiscard]] inline Entry entry_at(Term term, Index index, base::Bytes data = {}) {
  return {term, index, EntryType::normal, std::move(data)};
}
[[nodiscard]] inline ConfChangeV2 change_of(
    ConfChangeType type, std::uint64_t id,
    ConfChangeTransition transition = ConfChangeTransition::automatic) {
  return {transition, {{type, ServerId{id}}}, {}};
}

class TestBed {
 public:
  struct Member {
    Storage storage;
    RawNode node;
    std::vector<base::Bytes> applied;  ///< data of the normal entries applied that have any
    std::vector<ReadState> reads;
    std::vector<Message> append_queue;  ///< work of the storage threads, with asynchronous writes
    std::vector<Message> apply_queue;
  };

  /// `voters` servers and `learners` more, at the start of a log.
  explicit TestBed(std::uint64_t voters, Config with = test_config(), std::uint64_t learners = 0)
      : config(with) {
    ConfState conf_state;
    for (std::uint64_t id = 1; id <= voters + learners; ++id) {
      (id <= voters ? conf_state.voters : conf_state.learners).insert(ServerId{id});
    }
    for (std::uint64_t id = 1; id <= voters + learners; ++id) {
      add(id, Storage::bootstrapped(conf_state));
    }
  }

  /// A server that starts with that storage; without, it knows nothing.
  void add(std::uint64_t id, Storage storage = {}) {
    Member& added = members[ServerId{id}];
    added.storage = std::move(storage);
    added.node = RawNode::start(ServerId{id}, context(id));
  }
  /// The process dies and comes back; what is not in storage is gone, and so is what it told itself. Messages
  /// to and from others stay under way.
  void restart(std::uint64_t id) {
    Storage storage = std::move(at(id).storage);
    std::erase_if(network,
                  [id](const Message& message) { return message.to == ServerId{id} && is_local(message); });
    members.erase(ServerId{id});
    add(id, std::move(storage));
  }
  /// What a server tells itself, or its storage threads it, is not lost and stays in order.
  [[nodiscard]] static bool is_local(const PlainMessage& message) {
    return message.from == message.to || is_storage_thread(message.from);
  }

  [[nodiscard]] Member& at(std::uint64_t id) { return members.at(ServerId{id}); }
  [[nodiscard]] RawNode& node(std::uint64_t id) { return at(id).node; }
  [[nodiscard]] Raft& raft(std::uint64_t id) { return at(id).node.raft; }
  [[nodiscard]] Progress& progress(std::uint64_t leader, std::uint64_t of) {
    return raft(leader).tracker.progress.at(ServerId{of});
  }
  [[nodiscard]] Context context(std::uint64_t id) { return {config, at(id).storage}; }
  [[nodiscard]] Index last_index(std::uint64_t id) { return raft(id).log.last_index(at(id).storage); }
  [[nodiscard]] Term term_at(std::uint64_t id, Index index) {
    return raft(id).log.term(at(id).storage, index).value_or(0);
  }

  // Inputs.

  StepResult step(std::uint64_t id, PlainMessage message) {
    message.to = ServerId{id};
    return node(id).step(context(id), message);
  }
  void campaign(std::uint64_t id) { node(id).campaign(context(id)); }
  void tick(std::uint64_t id, int ticks = 1) {
    for (; ticks > 0; --ticks) {
      node(id).tick(context(id));
    }
  }
  StepResult propose(std::uint64_t id, base::Bytes data) {
    return node(id).propose(context(id), std::move(data));
  }
  StepResult propose(std::uint64_t id, const ConfChangeV2& change) {
    return node(id).propose_conf_change(context(id), change);
  }

  // Outputs.

  /// What the server wants to send, whatever it waits for; forgets it.
  std::vector<PlainMessage> take_messages(std::uint64_t id) {
    std::vector<PlainMessage> taken = std::exchange(raft(id).messages, {});
    for (PlainMessage& message : std::exchange(raft(id).messages_after_append, {})) {
      taken.push_back(std::move(message));
    }
    return taken;
  }
  /// The only answer of server `id` to a request.
  PlainMessage answer(std::uint64_t id, const PlainMessage& request) {
    const StepResult heard = step(id, request);
    PLIMSOLL_ASSERT(heard.has_value());
    std::vector<PlainMessage> sent = take_messages(id);
    PLIMSOLL_ASSERT_KNOWN(sent.size() == 1, std::to_string(sent.size()) + " answers, one was expected");
    return std::move(sent.front());
  }
  /// Handles one Ready. Returns false if there was none.
  bool handle_ready(std::uint64_t id) {
    Member& member = at(id);
    if (!member.node.has_ready(context(id))) {
      return false;
    }
    const Ready ready = member.node.ready(context(id));
    member.reads.insert(member.reads.end(), ready.read_states.begin(), ready.read_states.end());
    if (!config.async_storage_writes) {
      write(member, ready.snapshot, ready.entries, ready.hard_state);
    }
    for (const Message& message : ready.messages) {
      (message.to == append_thread  ? member.append_queue
       : message.to == apply_thread ? member.apply_queue
                                    : network)
          .push_back(message);
    }
    if (!config.async_storage_writes) {
      apply(id, ready.committed_entries);
      member.node.advance(context(id));
    }
    return true;
  }
  /// The append thread does one piece of work. Returns false if there was none.
  bool write_one(std::uint64_t id) {
    Member& member = at(id);
    if (member.append_queue.empty()) {
      return false;
    }
    const Message work = take_first(member.append_queue);
    const HardState hard_state{work.term, work.vote, work.commit};
    write(member, work.snapshot.value_or(Snapshot{}), work.entries,
          hard_state == HardState{} ? std::nullopt : std::optional(hard_state));
    send_all(work.responses);
    return true;
  }
  bool apply_one(std::uint64_t id) {
    Member& member = at(id);
    if (member.apply_queue.empty()) {
      return false;
    }
    const Message work = take_first(member.apply_queue);
    apply(id, work.entries);
    send_all(work.responses);
    return true;
  }
  /// Delivers every message to `id` that is under way now.
  bool deliver(std::uint64_t id) {
    std::vector<Message> delivered;
    std::vector<Message> rest;
    for (Message& message : std::exchange(network, {})) {
      (message.to == ServerId{id} ? delivered : rest).push_back(std::move(message));
    }
    network = std::move(rest);
    for (const Message& message : delivered) {
      static_cast<void>(node(id).step(context(id), message));
    }
    return !delivered.empty();
  }
  /// Loses what is under way to `id`, or everything.
  void drop(std::uint64_t id) {
    std::erase_if(network, [id](const Message& message) { return message.to == ServerId{id}; });
  }
  void drop() { network.clear(); }

  /// Goes on until nothing is left to do. Messages from and to servers that are cut off are lost.
  void stabilize() {
    int rounds = 0;
    for (bool more = true; more;) {
      more = false;
      PLIMSOLL_ASSERT_KNOWN(++rounds < 10000, "a cluster that never comes to rest");
      for (auto& [id, member] : members) {
        more |= handle_ready(id.value);
        more |= write_one(id.value);
        more |= apply_one(id.value);
      }
      std::erase_if(network, [this](const Message& message) {
        return !is_local(message) && (cut.contains(message.from) || cut.contains(message.to));
      });
      for (auto& [id, member] : members) {
        more |= deliver(id.value);
      }
      std::erase_if(network, [this](const Message& message) { return !members.contains(message.to); });
    }
  }
  void elect(std::uint64_t id) {
    campaign(id);
    stabilize();
  }
  /// The application takes a snapshot of what it has applied, and the log is compacted up to `index`.
  void compact(std::uint64_t id, Index index) {
    Member& member = at(id);
    const bool done = member.storage.create_snapshot(member.node.raft.log.applied,
                                                     member.node.raft.tracker.conf_state(), "snapshot") &&
                      member.storage.compact(index);
    PLIMSOLL_ASSERT(done);
  }

  Config config;
  std::map<ServerId, Member> members;
  std::vector<Message> network;
  ServerSet cut;
  std::map<Index, Entry> history;   ///< what was applied at each index, by whoever was the first
  std::uint64_t disagreements = 0;  ///< entries applied that differ from it

 private:
  static Message take_first(std::vector<Message>& queue) {
    Message first = std::move(queue.front());
    queue.erase(queue.begin());
    return first;
  }
  void send_all(const std::vector<PlainMessage>& messages) {
    for (const PlainMessage& message : messages) {
      network.push_back({message, {}});
    }
  }
  static void write(Member& member, const Snapshot& snapshot, std::span<const Entry> entries,
                    const std::optional<HardState>& hard_state) {
    if (!snapshot.empty()) {
      const auto installed = member.storage.apply_snapshot(snapshot);
      PLIMSOLL_ASSERT(installed.has_value());
    }
    member.storage.append(entries);
    member.storage.hard_state = hard_state.value_or(member.storage.hard_state);
  }
  void apply(std::uint64_t id, std::span<const Entry> entries) {
    for (const Entry& entry : entries) {
      const auto [first, is_first] = history.try_emplace(entry.index, entry);
      disagreements += is_first || first->second == entry ? 0U : 1U;
      const auto& received = raft(id).log.unstable.snapshot;
      const Index overtaken =
          std::max(received ? received->metadata.index : 0, at(id).storage.snapshot.metadata.index);
      if (entry.index <= overtaken) {
        continue;
      }
      if (entry.type != EntryType::normal) {
        const auto applied = node(id).apply_conf_change(context(id), *conf_change_of(entry));
        PLIMSOLL_ASSERT_KNOWN(applied.has_value(), applied.error());
      } else if (!entry.data.empty()) {
        at(id).applied.push_back(entry.data);
      }
    }
  }
};

}  // namespace plimsoll::raft
