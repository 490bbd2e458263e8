#include "impl/raft/raw_node.hpp"

#include <algorithm>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/raft/server.hpp"

namespace plimsoll::raft {
namespace {

using Type = MessageType;

Server server(Raft& raft, const Context& context) {
  return {raft, context.config, context.storage};
}

PlainMessage input(Type type, ServerId from = nobody) {
  PlainMessage message;
  message.type = type;
  message.from = from;
  return message;
}

PlainMessage input_with(Type type, ServerId from, Entry entry) {
  PlainMessage message = input(type, from);
  message.entries.push_back(std::move(entry));
  return message;
}

// What only the server itself and its storage threads may say.
bool is_local(Type type) {
  switch (type) {
    case Type::hup:
    case Type::beat:
    case Type::unreachable:
    case Type::snap_status:
    case Type::check_quorum:
    case Type::storage_append:
    case Type::storage_append_resp:
    case Type::storage_apply:
    case Type::storage_apply_resp:
      return true;
    default:
      return false;
  }
}

bool is_response(Type type) {
  switch (type) {
    case Type::app_resp:
    case Type::vote_resp:
    case Type::heartbeat_resp:
    case Type::unreachable:
    case Type::read_index_resp:
    case Type::pre_vote_resp:
    case Type::storage_append_resp:
    case Type::storage_apply_resp:
      return true;
    default:
      return false;
  }
}

// Unstable entries exist, or a snapshot is handed out: that they became durable is to be said.
bool needs_append_response(const Raft& raft, const Ready& ready) {
  return !raft.log.unstable.entries.empty() || !ready.snapshot.empty();
}

// RAFT-S4: the last entry may be one that was handed out before and is being overwritten by a write that is
// under way. The term in the response tells such cases apart: terms do not come back.
PlainMessage append_response(const Raft& raft, const Context& context, const Ready& ready) {
  PlainMessage message = message_to(raft.id, Type::storage_append_resp);
  message.from = append_thread;
  message.term = raft.term;
  if (!raft.log.unstable.entries.empty()) {
    const EntryId last = raft.log.last_entry_id(context.storage);
    message.index = last.index;
    message.log_term = last.term;
  }
  if (!ready.snapshot.empty()) {
    message.snapshot = ready.snapshot;
  }
  return message;
}

PlainMessage apply_response(const Raft& raft, const Ready& ready) {
  PlainMessage message = message_to(raft.id, Type::storage_apply_resp);
  message.from = apply_thread;
  message.entries = ready.committed_entries;
  return message;
}

Message append_message(const Raft& raft, const Context& context, const Ready& ready) {
  Message message{message_to(append_thread, Type::storage_append), raft.messages_after_append};
  message.from = raft.id;
  message.entries = ready.entries;
  if (ready.hard_state) {
    message.term = ready.hard_state->term;
    message.vote = ready.hard_state->vote;
    message.commit = ready.hard_state->commit;
  }
  if (!ready.snapshot.empty()) {
    message.snapshot = ready.snapshot;
  }
  // After the leader's own acknowledgement: its term is looked up faster while the entry is still unstable.
  if (needs_append_response(raft, ready)) {
    message.responses.push_back(append_response(raft, context, ready));
  }
  return message;
}

Message apply_message(const Raft& raft, const Ready& ready) {
  Message message{message_to(apply_thread, Type::storage_apply), {apply_response(raft, ready)}};
  message.from = raft.id;
  message.entries = ready.committed_entries;
  return message;
}

void add_storage_messages(const Raft& raft, const Context& context, Ready& ready) {
  if (!ready.entries.empty() || ready.hard_state || !ready.snapshot.empty() ||
      !raft.messages_after_append.empty()) {
    ready.messages.push_back(append_message(raft, context, ready));
  }
  if (!ready.committed_entries.empty()) {
    ready.messages.push_back(apply_message(raft, ready));
  }
}

// Without asynchronous writes entries are applied from memory: they are durable before they are.
bool allow_unstable(const Config& config) {
  return !config.async_storage_writes;
}

void load(Raft& raft, const HardState& stored, const Storage& storage) {
  PLIMSOLL_ASSERT_KNOWN(stored.commit <= raft.log.last_index(storage),
                        "state.commit " + std::to_string(stored.commit) + " is out of range, last is " +
                            std::to_string(raft.log.last_index(storage)));
  raft.term = stored.term;
  raft.vote = stored.vote;
  // The stored index may lag behind the snapshot: it need not be synced (RAFT-S5).
  raft.log.commit_to(storage, stored.commit);
}

}  // namespace

RawNode RawNode::start(ServerId id, const Context& context, Index applied) {
  PLIMSOLL_ASSERT_KNOWN(id != nobody && !is_storage_thread(id), "a server needs an id of its own");
  PLIMSOLL_ASSERT_KNOWN(!context.config.complaint(), std::string(*context.config.complaint()));
  RawNode node;
  node.raft.id = id;
  node.raft.log = Log::from(context.storage);
  Server starting = server(node.raft, context);
  starting.restore_configuration(context.storage.snapshot.metadata.conf_state);
  load(node.raft, context.storage.hard_state, context.storage);
  if (applied > node.raft.log.applied) {
    node.raft.log.applied_to(applied, 0, context.config.committed_size_limit());
  }
  starting.become_follower(node.raft.term, nobody);
  node.previous_soft_state = node.raft.soft_state();
  node.previous_hard_state = node.raft.hard_state();
  return node;
}

void RawNode::tick(const Context& context) {
  server(raft, context).tick();
}

void RawNode::campaign(const Context& context) {
  server(raft, context).handle(input(Type::hup));
}

StepResult RawNode::propose(const Context& context, base::Bytes data) {
  Entry entry;
  entry.data = std::move(data);
  return server(raft, context).step(input_with(Type::prop, raft.id, std::move(entry)));
}

StepResult RawNode::propose_conf_change(const Context& context, const ConfChange& change) {
  return server(raft, context).step(input_with(Type::prop, nobody, to_entry(change)));
}

StepResult RawNode::propose_conf_change(const Context& context, const ConfChangeV2& change) {
  return server(raft, context).step(input_with(Type::prop, nobody, to_entry(change)));
}

tl::expected<ConfState, std::string> RawNode::apply_conf_change(const Context& context,
                                                                const ConfChangeV2& change) {
  return server(raft, context).apply_conf_change(change);
}

StepResult RawNode::step(const Context& context, const PlainMessage& message) {
  const bool from_thread = is_storage_thread(message.from);
  if (is_local(message.type) && !from_thread) {
    return tl::unexpected(RaftError::step_local_message);
  }
  if (is_response(message.type) && !from_thread && raft.tracker.find(message.from) == nullptr) {
    return tl::unexpected(RaftError::step_peer_not_found);
  }
  return server(raft, context).step(message);
}

bool RawNode::has_ready(const Context& context) const {
  return raft.soft_state() != previous_soft_state || raft.hard_state() != previous_hard_state ||
         raft.log.unstable.next_snapshot() != nullptr || !raft.messages.empty() ||
         !raft.messages_after_append.empty() || !raft.log.unstable.next_entries().empty() ||
         raft.log.has_next_committed_entries(allow_unstable(context.config)) || !raft.read_states.empty();
}

Ready RawNode::peek_ready(const Context& context) const {
  Ready ready;
  const std::span<const Entry> unstable = raft.log.unstable.next_entries();
  ready.entries.assign(unstable.begin(), unstable.end());
  ready.committed_entries = raft.log.next_committed_entries(context.storage, allow_unstable(context.config),
                                                            context.config.committed_size_limit());
  ready.messages.reserve(raft.messages.size() + raft.messages_after_append.size() + 2);
  for (const PlainMessage& message : raft.messages) {
    ready.messages.push_back({message, {}});
  }
  if (raft.soft_state() != previous_soft_state) {
    ready.soft_state = raft.soft_state();
  }
  const HardState hard_state = raft.hard_state();
  if (hard_state != previous_hard_state) {
    ready.hard_state = hard_state;
  }
  if (const Snapshot* const snapshot = raft.log.unstable.next_snapshot(); snapshot != nullptr) {
    ready.snapshot = *snapshot;
  }
  ready.read_states = raft.read_states;
  // RAFT-S5: a commit index can be found out again.
  ready.must_sync = !ready.entries.empty() || hard_state.vote != previous_hard_state.vote ||
                    hard_state.term != previous_hard_state.term;
  if (context.config.async_storage_writes) {
    add_storage_messages(raft, context, ready);
    return ready;
  }
  for (const PlainMessage& message : raft.messages_after_append) {
    if (message.to != raft.id) {
      ready.messages.push_back({message, {}});
    }
  }
  return ready;
}

Ready RawNode::ready(const Context& context) {
  Ready ready = peek_ready(context);
  accept(context, ready);
  return ready;
}

void RawNode::accept(const Context& context, const Ready& ready) {
  previous_soft_state = raft.soft_state();
  previous_hard_state = raft.hard_state();
  if (!context.config.async_storage_writes) {
    PLIMSOLL_ASSERT_KNOWN(steps_on_advance.empty(), "two accepted Ready structs without call to Advance");
    std::copy_if(raft.messages_after_append.begin(), raft.messages_after_append.end(),
                 std::back_inserter(steps_on_advance),
                 [this](const PlainMessage& message) { return message.to == raft.id; });
    if (needs_append_response(raft, ready)) {
      steps_on_advance.push_back(append_response(raft, context, ready));
    }
    if (!ready.committed_entries.empty()) {
      steps_on_advance.push_back(apply_response(raft, ready));
    }
  }
  raft.read_states.clear();
  raft.messages.clear();
  raft.messages_after_append.clear();
  raft.log.unstable.accept_in_progress();
  if (!ready.committed_entries.empty()) {
    raft.log.accept_applying(ready.committed_entries.back().index, wire_size(ready.committed_entries),
                             allow_unstable(context.config), context.config.committed_size_limit());
  }
}

void RawNode::advance(const Context& context) {
  PLIMSOLL_ASSERT_KNOWN(!context.config.async_storage_writes,
                        "Advance must not be called when using AsyncStorageWrites");
  for (const PlainMessage& message : std::exchange(steps_on_advance, {})) {
    server(raft, context).handle(message);
  }
}

Status RawNode::status() const {
  return {raft.id,
          raft.hard_state(),
          raft.soft_state(),
          raft.log.applied,
          raft.lead_transferee,
          raft.tracker.config,
          raft.role == Role::leader ? raft.tracker.progress : ProgressMap{}};
}

void RawNode::report_unreachable(const Context& context, ServerId id) {
  server(raft, context).handle(input(Type::unreachable, id));
}

void RawNode::report_snapshot(const Context& context, ServerId id, bool failed) {
  PlainMessage message = input(Type::snap_status, id);
  message.reject = failed;
  server(raft, context).handle(message);
}

void RawNode::transfer_leader(const Context& context, ServerId transferee) {
  server(raft, context).handle(input(Type::transfer_leader, transferee));
}

void RawNode::forget_leader(const Context& context) {
  server(raft, context).handle(input(Type::forget_leader));
}

void RawNode::read_index(const Context& context, base::Bytes request_context) {
  Entry entry;
  entry.data = std::move(request_context);
  server(raft, context).handle(input_with(Type::read_index, nobody, std::move(entry)));
}

}  // namespace plimsoll::raft
