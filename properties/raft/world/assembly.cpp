#include "properties/raft/world/assembly.hpp"

#include <algorithm>

#include "checker/world/component.hpp"
#include "properties/raft/world/checked_member.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::Component;
using checker::LinkKind;

base::ProcessId process_of(std::uint32_t server) {
  return {static_cast<std::uint8_t>(server)};
}
core::ServerId id_of(std::uint32_t server) {
  return core::ServerId{server + 1};
}
std::string name_of(std::uint32_t server) {
  return "server-" + std::to_string(server + 1);
}

Member::Config config_of(const Setup& setup, std::uint32_t server) {
  Member::Config config;
  core::RaftProcess::Config& raft = config.raft;
  raft.id = id_of(server);
  raft.late_answers = setup.slow_disk == server + 1;
  raft.writes = raft.late_answers ? core::StorageWrites::asynchronous : setup.writes;
  for (std::uint32_t other = 0; other < setup.servers; ++other) {
    if (other != server) {
      raft.peers[id_of(other)] = process_of(other);
    }
  }
  // Nobody counts ticks: these numbers only have to be apart.
  raft.raft.heartbeat_tick = 2;
  raft.raft.election_tick = 3;
  raft.raft.pre_vote = setup.pre_votes(raft.id);
  raft.raft.check_quorum = setup.check_quorum;
  raft.raft.read_only = setup.lease_reads ? core::ReadOnlyOption::lease_based : core::ReadOnlyOption::safe;
  raft.raft.step_down_on_removal = setup.step_down_on_removal;
  raft.raft.disable_proposal_forwarding = !setup.forwarding;
  raft.raft.async_storage_writes = raft.writes == core::StorageWrites::asynchronous;
  raft.raft.defects = setup.defects;
  raft.raft.max_size_per_message = setup.max_size_per_message;
  if (setup.max_inflight_messages > 0) {
    raft.raft.inflight.messages = setup.max_inflight_messages;
  }
  for (std::size_t i = 0; i < described_enumerators(Member::Timer{}).size(); ++i) {
    const auto timer = static_cast<Member::Timer>(i);
    const auto budget = setup.budgets.find(base::enumerator_text(timer));
    const bool is_possible = budget != setup.budgets.end() && budget->second > 0;
    if (Member::timer_kind(timer) == base::TimerKind::whim && is_possible) {
      config.operations.insert(timer);
    }
  }
  config.changes = setup.changes;
  if (setup.max_inflight_bytes > 0) {
    raft.raft.inflight.bytes = setup.max_inflight_bytes;
    raft.raft.max_size_per_message =
        std::min<std::uint64_t>(raft.raft.max_size_per_message, setup.max_inflight_bytes);
  }
  config.has_short_leases = setup.has_short_leases;
  config.kept_entries = setup.kept_entries;
  config.has_older_snapshots = setup.has_older_snapshots;
  config.reuse_read_keys = setup.reuse_read_keys;
  return config;
}

core::ConfState first_members(const Setup& setup) {
  core::ConfState members;
  for (std::uint32_t server = 0; server < setup.voters + setup.learners; ++server) {
    (server < setup.voters ? members.voters : members.learners).insert(id_of(server));
  }
  return members;
}

Member::State initial_state(const Setup& setup, std::uint32_t of) {
  Member::State state;
  state.durable = core::Storage::bootstrapped(first_members(setup));
  if (!setup.start.empty()) {
    state.durable.hard_state = setup.start.at(of).hard_state;
    state.durable.entries = setup.start.at(of).log;
  }
  return state;
}

template <class Machine>
std::shared_ptr<const checker::Process> component(typename Machine::Config config,
                                                  typename Machine::State initial, const Setup& setup) {
  auto made = std::make_shared<Component<Machine>>(std::move(config), std::move(initial));
  for (std::uint32_t other = 0; other < setup.servers; ++other) {
    made->template wire<typename Machine::Incoming>(process_of(other));
  }
  return made;
}

std::shared_ptr<const checker::Process> member_of(const Setup& setup, std::uint32_t server) {
  Member::State initial = initial_state(setup, server);
  if (!setup.refinement) {
    return component<Member>(config_of(setup, server), std::move(initial), setup);
  }
  return component<CheckedMember>(
      {config_of(setup, server), {setup.servers, first_members(setup)}},
      {std::move(initial.durable), std::move(initial.server), initial.history, {}}, setup);
}

/// Memory is never behind the disk, so bounds on it are bounds on both.
void add_bounds(checker::WorldModel& model, const Setup& setup, checker::PartId memory) {
  const auto bound = [&](const char* name, std::uint64_t most, std::uint64_t (*value)(const core::Raft&)) {
    if (most > 0) {
      model.bounds.push_back({name, memory, [most, value](base::BytesView bytes) {
                                return value(base::from_bytes<core::Memory>(bytes).node.raft) <= most;
                              }});
    }
  };
  bound("terms", setup.terms_max, [](const core::Raft& raft) { return raft.term; });
  bound("log", setup.log_max, [](const core::Raft& raft) { return raft.log.unstable.end() - 1; });
}

}  // namespace

Assembly assemble(const Setup& setup) {
  Assembly made;
  checker::WorldModel& model = made.model;
  made.history = model.add_part("reads", base::schema_of<ReadHistory>(), base::to_bytes(ReadHistory{}));
  for (std::uint32_t server = 0; server < setup.servers; ++server) {
    ServerPlaces places;
    places.id = id_of(server);
    places.process = model.add_process(name_of(server), member_of(setup, server), {{2, made.history}});
    PLIMSOLL_ASSERT(places.process == process_of(server));
    model.processes[places.process.value].supervised = setup.is_supervised;
    places.durable = *model.find_part(name_of(server) + ".durable");
    places.memory = *model.find_part(name_of(server) + ".server");
    places.refinement = model.find_part(name_of(server) + ".refinement");
    model.units.push_back({name_of(server), "crash", {places.process}, {places.memory}, {places.durable}});
    add_bounds(model, setup, places.memory);
    for (std::uint32_t other = 0; other < server; ++other) {
      const LinkKind kind = setup.is_fifo ? LinkKind::fifo : LinkKind::datagram;
      model.links.push_back({process_of(other), places.process, kind, false, ""});
    }
    made.servers.push_back(places);
  }
  model.budgets = setup.budgets;
  model.mailbox_messages_max = setup.mailbox_messages_max;
  model.messages_max = setup.messages_max;
  return made;
}

}  // namespace plimsoll::properties::raft
