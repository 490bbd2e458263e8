#include "properties/raft/script_environment.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "properties/raft/script_describe.hpp"

namespace plimsoll::properties::raft {
namespace {

bool is_local(const core::PlainMessage& message) {
  return message.from == message.to || core::is_storage_thread(message.from) ||
         core::is_storage_thread(message.to);
}

bool concerns(const core::PlainMessage& message, const Recipient& recipient,
              std::optional<core::MessageType> type) {
  return message.to == recipient.id && !(recipient.drop && is_local(message)) &&
         (!type || *type == message.type);
}

ScriptResult append(ScriptServer& server, const core::HardState& hard_state,
                    const std::vector<core::Entry>& entries, const core::Snapshot& snapshot) {
  if (!snapshot.empty() && !entries.empty()) {
    return tl::unexpected(std::string("can't apply snapshot and entries at the same time"));
  }
  if (!snapshot.empty()) {
    if (const auto installed = server.storage.apply_snapshot(snapshot); !installed) {
      return tl::unexpected(std::string(sentence(installed.error())));
    }
  }
  server.storage.append(entries);
  if (hard_state != core::HardState{}) {
    server.storage.hard_state = hard_state;
  }
  return {};
}

/// The application: appends the data of an entry to its state, and lets the server know of configurations.
ScriptResult apply(ScriptServer& server, const std::vector<core::Entry>& entries) {
  for (const core::Entry& entry : entries) {
    core::Snapshot state = server.storage.snapshot;
    state.metadata.index = entry.index;
    state.metadata.term = entry.term;
    if (entry.type == core::EntryType::normal) {
      state.data += entry.data;
    } else {
      const auto change = core::conf_change_of(entry);
      if (!change) {
        return tl::unexpected(change.error());
      }
      auto conf_state = server.raw.apply_conf_change(server.context(), *change);
      if (!conf_state) {
        return tl::unexpected(std::move(conf_state).error());
      }
      state.metadata.conf_state = *std::move(conf_state);
      state.data += change->context;
    }
    if (entry.index > server.storage.snapshot.metadata.index) {
      server.storage.snapshot = std::move(state);
    }
  }
  return {};
}

core::Message take_front(std::deque<core::Message>& work) {
  core::Message message = std::move(work.front());
  work.pop_front();
  return message;
}

}  // namespace

std::string_view sentence(core::RaftError error) {
  switch (error) {
    case core::RaftError::proposal_dropped:
      return "raft proposal dropped";
    case core::RaftError::step_local_message:
      return "raft: cannot step raft local message";
    case core::RaftError::step_peer_not_found:
      return "raft: cannot step as peer not found";
  }
  return "";
}

std::string_view sentence(core::StorageError error) {
  switch (error) {
    case core::StorageError::compacted:
      return "requested index is unavailable due to compaction";
    case core::StorageError::unavailable:
      return "requested entry at index is unavailable";
    case core::StorageError::snapshot_out_of_date:
      return "requested index is older than the existing snapshot";
  }
  return "";
}

ScriptResult ScriptEnvironment::add_servers(std::uint64_t count, const core::Config& config,
                                            core::Snapshot snapshot) {
  const bool bootstraps = snapshot != core::Snapshot{};
  if (bootstraps && snapshot.metadata.index <= 1) {
    return tl::unexpected(std::string("index must be specified as > 1 due to bootstrap"));
  }
  if (bootstraps) {
    snapshot.metadata.term = 1;
  }
  for (std::uint64_t added = 0; added < count; ++added) {
    ScriptServer server{.config = config};
    server.config.defects = defects_;
    if (bootstraps) {
      PLIMSOLL_ASSERT(server.storage.apply_snapshot(snapshot).has_value());
    }
    const core::ServerId id{servers_.size() + 1};
    server.raw = core::RawNode::start(id, server.context(), snapshot.metadata.index);
    servers_.push_back(std::move(server));
  }
  return {};
}

void ScriptEnvironment::send_or_queue(ScriptServer& server, const std::vector<core::Message>& messages) {
  for (const core::Message& message : messages) {
    if (message.to == core::append_thread) {
      server.append_work.push_back(message);
    } else if (message.to == core::apply_thread) {
      server.apply_work.push_back(message);
    } else {
      under_way_.push_back(message);
    }
  }
}

ScriptResult ScriptEnvironment::process_ready(ScriptServer& server) {
  const core::Ready ready = server.raw.ready(server.context());
  output_.write(describe_ready(ready));
  const bool asynchronous = server.config.async_storage_writes;
  if (!asynchronous) {
    const core::HardState hard_state = ready.hard_state.value_or(core::HardState{});
    if (auto done = append(server, hard_state, ready.entries, ready.snapshot); !done) {
      return done;
    }
    if (auto done = apply(server, ready.committed_entries); !done) {
      return done;
    }
  }
  send_or_queue(server, ready.messages);
  if (!asynchronous) {
    server.raw.advance(server.context());
  }
  return {};
}

ScriptResult ScriptEnvironment::process_thread(std::deque<core::Message>& queue, std::string_view thread,
                                               const Perform& perform) {
  if (queue.empty()) {
    output_.write(fmt::format("no {} work to perform", thread));
    return {};
  }
  const core::Message message = take_front(queue);
  const core::PlainMessage& work = message;
  output_.write("Processing:\n" + describe_message(work) + "\n");
  if (auto done = perform(work); !done) {
    return done;
  }
  output_.write("Responses:\n");
  for (const core::PlainMessage& response : message.responses) {
    output_.write_line(describe_message(response));
    under_way_.push_back(core::Message{response, {}});
  }
  return {};
}

ScriptResult ScriptEnvironment::process_append_thread(ScriptServer& server) {
  return process_thread(server.append_work, "append", [&](const core::PlainMessage& work) {
    const core::HardState hard_state{.term = work.term, .vote = work.vote, .commit = work.commit};
    return append(server, hard_state, work.entries, work.snapshot.value_or(core::Snapshot{}));
  });
}

ScriptResult ScriptEnvironment::process_apply_thread(ScriptServer& server) {
  return process_thread(server.apply_work, "apply",
                        [&](const core::PlainMessage& work) { return apply(server, work.entries); });
}

bool ScriptEnvironment::has_messages_to(core::ServerId id) const {
  return std::ranges::any_of(under_way_, [&](const core::Message& message) { return message.to == id; });
}

std::size_t ScriptEnvironment::deliver(const Recipient& recipient, std::optional<core::MessageType> type) {
  std::vector<core::Message> taken;
  std::vector<core::Message> rest;
  for (core::Message& message : under_way_) {
    (concerns(message, recipient, type) ? taken : rest).push_back(std::move(message));
  }
  under_way_ = std::move(rest);
  for (const core::Message& message : taken) {
    output_.write_line((recipient.drop ? "dropped: " : "") + describe_message(message));
    if (!recipient.drop) {
      ScriptServer& server = servers_.at(recipient.id.value - 1);
      if (const auto done = server.raw.step(server.context(), message); !done) {
        output_.write_line(sentence(done.error()));
      }
    }
  }
  return taken.size();
}

bool ScriptEnvironment::deliver_to(const ScriptServer& server) {
  if (!has_messages_to(server.id())) {
    return false;
  }
  output_.write_line(fmt::format("> {} receiving messages", server.id().value));
  output_.indented([&] { deliver({.id = server.id(), .drop = false}, std::nullopt); });
  return true;
}

ScriptResult ScriptEnvironment::drain(ScriptServer& server, std::string_view thread, bool& busy,
                                      const std::deque<core::Message>& queue, ProcessThread process) {
  if (queue.empty()) {
    return {};
  }
  busy = true;
  output_.write_line(fmt::format("> {} processing {} thread", server.id().value, thread));
  while (!queue.empty()) {
    ScriptResult done;
    output_.indented([&] { done = (this->*process)(server); });
    if (!done) {
      return done;
    }
  }
  return {};
}

ScriptResult ScriptEnvironment::stabilize_once(const std::vector<std::size_t>& places, bool& busy) {
  ScriptResult done;
  for (const std::size_t place : places) {
    ScriptServer& server = servers_.at(place);
    if (server.raw.has_ready(server.context())) {
      busy = true;
      output_.write_line(fmt::format("> {} handling Ready", server.id().value));
      output_.indented([&] { done = process_ready(server); });
      if (!done) {
        return done;
      }
    }
  }
  for (const std::size_t place : places) {
    busy = deliver_to(servers_.at(place)) || busy;
  }
  for (const std::size_t place : places) {
    ScriptServer& server = servers_.at(place);
    done = drain(server, "append", busy, server.append_work, &ScriptEnvironment::process_append_thread);
    if (!done) {
      return done;
    }
  }
  for (const std::size_t place : places) {
    ScriptServer& server = servers_.at(place);
    done = drain(server, "apply", busy, server.apply_work, &ScriptEnvironment::process_apply_thread);
    if (!done) {
      return done;
    }
  }
  return {};
}

ScriptResult ScriptEnvironment::stabilize(const std::vector<std::size_t>& places) {
  bool busy = true;
  while (busy) {
    busy = false;
    if (auto done = stabilize_once(places, busy); !done) {
      return done;
    }
  }
  return {};
}

}  // namespace plimsoll::properties::raft
