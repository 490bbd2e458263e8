#include "properties/store/world/assembly.hpp"

#include "checker/world/component.hpp"
#include "impl/store/server.hpp"
#include "properties/store/world/client.hpp"
#include "properties/store/world/locker.hpp"
#include "properties/store/world/prepared.hpp"
#include "properties/store/world/replica.hpp"

namespace plimsoll::properties::store {
namespace {

using checker::Component;
using checker::LinkKind;
using checker::PartId;
using core::Server;

raft::ServerId id_of(std::uint32_t server) {
  return raft::ServerId{server + 1};
}
base::ProcessId process_of(std::uint32_t server) {
  return {static_cast<std::uint8_t>(server)};
}

class Assembler {
 public:
  explicit Assembler(const Setup& setup) : setup_(setup) { made_.setup = setup; }

  Assembly run() {
    if (!setup_.has_raft) {
      made_.log =
          made_.model.add_part("log", base::schema_of<AgreedLog>(), base::to_bytes(AgreedLog::started()));
    }
    Acknowledged acknowledged;
    if (setup_.preparation) {
      prepare_servers();
      acknowledged.revision = prepared_[0].state.kv.revision();
    }
    acknowledged_ =
        made_.model.add_part("acknowledged", base::schema_of<Acknowledged>(), base::to_bytes(acknowledged));
    add_history();
    for (std::uint32_t server = 0; server < setup_.servers; ++server) {
      add_member(server);
    }
    for (std::uint32_t client = 0; client < setup_.clients.size(); ++client) {
      add_client(client);
    }
    for (std::uint32_t locker = 0; locker < setup_.lockers.size(); ++locker) {
      add_locker(locker);
    }
    made_.model.budgets = setup_.budgets;
    made_.model.mailbox_messages_max = setup_.mailbox_messages_max;
    return std::move(made_);
  }

 private:
  [[nodiscard]] base::ProcessId process_of_client(std::uint32_t client) const {
    return {static_cast<std::uint8_t>(setup_.servers + client)};
  }

  [[nodiscard]] base::ProcessId process_of_locker(std::uint32_t locker) const {
    return process_of_client(static_cast<std::uint32_t>(setup_.clients.size()) + locker);
  }

  [[nodiscard]] core::MemberConfig member_config(std::uint32_t server) const {
    core::MemberConfig config;
    config.id = id_of(server);
    config.applier.defects = setup_.defects;
    config.watches.defects = setup_.defects;
    config.watches.revisions_per_batch_max = setup_.revisions_per_batch;
    config.rows_per_compact_step = setup_.rows_per_compact_step;
    config.commits_at_once = !setup_.commits_later;
    config.defects = setup_.defects;
    return config;
  }
  [[nodiscard]] raft::ServerSet members() const {
    raft::ServerSet all;
    for (std::uint32_t server = 0; server < setup_.servers; ++server) {
      all.insert(id_of(server));
    }
    return all;
  }

  template <class Machine>
  void wire(Component<Machine>& component, std::uint32_t server) const {
    for (std::uint32_t other = 0; other < setup_.servers; ++other) {
      if (other != server) {
        component.template wire<typename Machine::Incoming>(process_of(other));
      }
    }
    for (std::uint32_t client = 0; client < setup_.clients.size(); ++client) {
      component.template wire<Client::Incoming>(process_of_client(client));
    }
    for (std::uint32_t locker = 0; locker < setup_.lockers.size(); ++locker) {
      component.template wire<Locker::Incoming>(process_of_locker(locker));
    }
  }

  [[nodiscard]] std::shared_ptr<const checker::Process> replica(std::uint32_t server) const {
    Replica::Config config;
    config.member = member_config(server);
    config.members = members();
    for (std::uint32_t other = 0; other < setup_.servers; ++other) {
      if (other != server) {
        config.others.push_back(process_of(other));
      }
    }
    config.may_lead = setup_.budget("leader-change") > 0;
    config.may_compact_log = setup_.budget("log-compaction") > 0;
    config.has_slow_watchers = setup_.has_slow_watchers;
    auto component = std::make_shared<Component<Replica>>(config);
    wire(*component, server);
    return component;
  }
  [[nodiscard]] Server::Config server_config(std::uint32_t server) const {
    Server::Config config;
    config.raft.id = id_of(server);
    config.raft.writes = setup_.writes;
    for (std::uint32_t other = 0; other < setup_.servers; ++other) {
      if (other != server) {
        config.raft.peers[id_of(other)] = process_of(other);
      }
    }
    // Nobody counts ticks: these numbers only have to be apart.
    config.raft.raft.heartbeat_tick = 2;
    config.raft.raft.election_tick = 3;
    config.initial_members.voters = members();
    config.member = member_config(server);
    config.snapshot_entries = setup_.snapshot_entries;
    config.has_slow_watchers = setup_.has_slow_watchers;
    if (setup_.defects.has(core::Defect::E13)) {
      // etcd's mistake did harm because Raft went by the ids of requests, too.
      config.raft.raft.defects = config.raft.raft.defects.with(raft::Defect::R19);
    }
    return config;
  }
  void prepare_servers() {
    std::vector<Server::Config> configs;
    for (std::uint32_t server = 0; server < setup_.servers; ++server) {
      configs.push_back(server_config(server));
    }
    prepared_ = prepare(configs, *setup_.preparation);
  }
  [[nodiscard]] std::shared_ptr<const checker::Process> server_with_raft(std::uint32_t server) const {
    RunningServer::Config config;
    config.server = server_config(server);
    if (setup_.preparation) {
      config.prepared = prepared_[server];
    }
    auto component = std::make_shared<Component<RunningServer>>(config);
    wire(*component, server);
    return component;
  }

  void add_member(std::uint32_t server) {
    checker::WorldModel& model = made_.model;
    const std::string name = "server-" + std::to_string(server + 1);
    MemberPlaces places;
    std::vector<std::string> lost = {"kv", "lessor", "watches", "waiting"};
    if (setup_.has_raft) {
      places.process = model.add_process(name, server_with_raft(server));
      lost.insert(lost.end(), {"log", "raft", "wal", "received-database"});
    } else {
      places.process = model.add_process(name, replica(server), {{Replica::log_part, *made_.log}});
      lost.emplace_back("seat");
      places.seat = part(name + ".seat");
    }
    PLIMSOLL_ASSERT(places.process == process_of(server));
    model.processes.back().has_disk = true;
    places.kv = part(name + ".kv");
    places.lessor = part(name + ".lessor");
    if (setup_.has_raft) {
      places.raft = part(name + ".raft");
      places.received_database = part(name + ".received-database");
    }
    checker::CrashUnit unit{name, "crash", {places.process}};
    for (const std::string& field : lost) {
      unit.lost_parts.push_back(part(name + "." + field));
    }
    model.units.push_back(unit);
    for (std::uint32_t other = 0; other < server; ++other) {
      const LinkKind kind =
          setup_.has_raft ? setup_.is_fifo ? LinkKind::fifo : LinkKind::datagram : LinkKind::local;
      model.links.push_back({process_of(other), places.process, kind, false, ""});
    }
    if (setup_.terms_max > 0) {
      const std::uint64_t most = setup_.terms_max;
      model.bounds.push_back({"terms", part(name + ".raft"), [most](base::BytesView bytes) {
                                return base::from_bytes<raft::Memory>(bytes).node.raft.term <= most;
                              }});
    }
    made_.members.push_back(places);
  }

  void add_history() {
    const auto begun = setup_.preparation ? setup_.preparation->operations : std::vector<RequestBody>{};
    history_ = made_.model.add_part("history", base::schema_of<history::StoreMonitor>(),
                                    base::to_bytes(history_after(begun)));
    if (setup_.keeps_history) {
      made_.history = history_;
    }
  }

  void add_client(std::uint32_t client) {
    checker::WorldModel& model = made_.model;
    const ClientSetup& asked = setup_.clients[client];
    Client::Config config;
    config.operations = asked.operations;
    for (const std::uint32_t server : asked.servers) {
      config.servers.push_back(process_of(server - 1));
    }
    config.self = process_of_client(client);
    config.is_observed = setup_.keeps_history;
    auto component = std::make_shared<Component<Client>>(config);
    wire_to_members(*component);
    const std::string name = "client-" + std::to_string(client + 1);
    ClientPlaces places;
    places.process = model.add_process(
        name, component, {{Client::acknowledged_part, acknowledged_}, {Client::history_part, history_}});
    PLIMSOLL_ASSERT(places.process == process_of_client(client));
    model.processes.back().supervised = false;
    places.progress = part(name + ".progress");
    for (std::uint32_t server = 0; server < setup_.servers; ++server) {
      model.links.push_back({places.process, process_of(server), LinkKind::connection, false, "disconnect"});
    }
    made_.clients.push_back(places);
  }

  void add_locker(std::uint32_t locker) {
    checker::WorldModel& model = made_.model;
    const LockerSetup& asked = setup_.lockers[locker];
    Locker::Config config;
    config.lease = {asked.lease};
    config.times = asked.times;
    config.looks_for_its_key = !setup_.defects.has(core::Defect::E17);
    config.server = process_of(asked.server - 1);
    auto component = std::make_shared<Component<Locker>>(config);
    wire_to_members(*component);
    const std::string name = "locker-" + std::to_string(locker + 1);
    LockerPlaces places;
    places.lease = config.lease;
    places.process = model.add_process(name, component);
    PLIMSOLL_ASSERT(places.process == process_of_locker(locker));
    model.processes.back().supervised = false;
    places.tenure = part(name + ".tenure");
    model.links.push_back({places.process, config.server, LinkKind::connection, false, "disconnect"});
    made_.lockers.push_back(places);
  }

  template <class Machine>
  void wire_to_members(Component<Machine>& component) const {
    for (std::uint32_t server = 0; server < setup_.servers; ++server) {
      if (setup_.has_raft) {
        component.template wire<Server::Incoming>(process_of(server));
      } else {
        component.template wire<Replica::Incoming>(process_of(server));
      }
    }
  }

  [[nodiscard]] PartId part(const std::string& name) const {
    const auto found = made_.model.find_part(name);
    PLIMSOLL_ASSERT_KNOWN(found.has_value(), name);
    return *found;
  }

  const Setup& setup_;
  Assembly made_;
  PartId acknowledged_ = {};
  PartId history_ = {};
  std::vector<PreparedServer> prepared_;
};

}  // namespace

Assembly assemble(const Setup& setup) {
  return Assembler(setup).run();
}

}  // namespace plimsoll::properties::store
