// Whole clusters of servers under random schedules: messages late, lost or twice, crashes that take what is
// not synced, slow disks. Whatever happens, nothing that was acknowledged is lost, revisions never go back
// for a client, and servers that have applied as much are equal.
#include <boost/test/unit_test.hpp>

#include <random>

#include "impl/store/hash.hpp"
#include "impl/store/server_bed.hpp"

namespace plimsoll::store {
namespace {

constexpr std::uint64_t server_count = 3;
constexpr std::uint8_t client_count = 2;

class Schedule {
 public:
  Schedule(const Server::Config& config, std::uint32_t seed) : bed_(server_count, config), random_(seed) {
    bed_.choose = [this](std::uint32_t count, std::string_view /*what*/) { return below(count); };
    bed_.start_all();
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      happen(below(100));
      check();
    }
  }
  /// Nothing goes wrong any more: there is a leader, and everybody catches up.
  void heal() {
    for (const auto& [id, node] : bed_.nodes) {
      if (!node.is_up) {
        start(id);
      }
    }
    for (std::uint64_t round = 0; round < 40 && !is_healed(); ++round) {
      bed_.calm();
      for (auto& [id, node] : bed_.nodes) {
        fire_any(id, [&](const Server::Timer& timer) { return is_of_raft(timer, round % 8 == 2 * id); });
        bed_.calm();
      }
      check();
    }
    BOOST_TEST(is_healed());
  }
  /// The last acknowledged write of each key, or one that was not answered, is there.
  void check_acknowledged() {
    const Mvcc& kv = bed_.nodes.at(1).state.kv;
    for (const auto& [key, revision] : acknowledged_) {
      const kv::KeyValue* const found = kv.find(key);
      BOOST_REQUIRE(found != nullptr);
      BOOST_TEST((found->mod_revision >= revision));
    }
  }
  [[nodiscard]] std::size_t acknowledged() const { return acknowledgements_; }
  [[nodiscard]] std::size_t snapshots() const { return snapshots_; }
  [[nodiscard]] std::size_t compared() const { return compared_; }

 private:
  std::uint32_t below(std::uint64_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  std::uint64_t any_server() { return below(server_count) + 1; }

  void start(std::uint64_t id) {
    bed_.start(id);
    BOOST_REQUIRE_MESSAGE(bed_.nodes.at(id).is_up, bed_.nodes.at(id).exit_reason);
  }

  void happen(std::uint32_t what) {
    const std::uint64_t id = any_server();
    ServerBed::Node& node = bed_.nodes.at(id);
    if (what < 50) {
      deliver();
    } else if (what < 72) {
      fire_any(id, [](const Server::Timer& timer) { return is_work(timer); });
    } else if (what < 82 && node.is_up) {
      request(id);
    } else if (what < 88) {
      fire_any(id, [](const Server::Timer& timer) { return !is_work(timer) && !is_election(timer); });
    } else if (what < 92) {
      fire_any(id, is_election);
    } else if (what < 93 && !bed_.network.empty()) {
      bed_.network.erase(bed_.network.begin() + below(bed_.network.size()));
    } else if (what < 95 && !bed_.network.empty()) {
      bed_.network.push_back(bed_.network[below(bed_.network.size())]);
    } else if (what < 96 && node.is_up) {
      bed_.crash(id, below(4));
    } else if (!node.is_up) {
      start(id);
    }
  }
  void deliver() {
    if (!bed_.network.empty()) {
      const std::size_t chosen = below(4) == 0 ? below(bed_.network.size()) : 0;
      std::swap(bed_.network[0], bed_.network[chosen]);
      bed_.deliver_one([](const auto&) { return true; });
    }
  }
  static bool is_work(const Server::Timer& timer) {
    return Server::timer_kind(timer) == base::TimerKind::work;
  }
  static bool is_election(const Server::Timer& timer) {
    return std::holds_alternative<ElectionTimeout>(timer);
  }
  static bool is_of_raft(const Server::Timer& timer, bool elections) {
    return std::holds_alternative<Heartbeat>(timer) || std::holds_alternative<SnapshotTimeout>(timer) ||
           (elections && is_election(timer));
  }
  void fire_any(std::uint64_t id, const std::function<bool(const Server::Timer&)>& is_meant) {
    std::vector<Server::Timer> timers;
    std::ranges::copy_if(bed_.nodes.at(id).armed, std::back_inserter(timers), is_meant);
    if (!timers.empty()) {
      bed_.fire(id, timers[below(timers.size())]);
    }
  }

  void request(std::uint64_t id) {
    const std::string key(1, static_cast<char>('a' + below(4)));
    const auto client = static_cast<std::uint8_t>(below(client_count));
    const kv::LeaseId lease{below(2) + std::uint64_t{1}};
    switch (below(10)) {
      case 0:
        bed_.ask(id, get(key), client);
        break;
      case 1:
        bed_.ask(id, kv::CompactRequest{{below(bed_.nodes.at(id).state.kv.revision().value) + 1}}, client);
        break;
      case 2:
        bed_.ask(id, kv::LeaseGrantRequest{lease, {5}}, client);
        break;
      case 3:
        bed_.ask(id, put("leased", "x", lease), client);
        break;
      case 4:
        bed_.ask(id, kv::DefragmentRequest{}, client);
        break;
      case 5:
        bed_.ask(id, kv::LeaseKeepAliveRequest{lease}, client);
        break;
      default:
        puts_[bed_.ask(id, put(key, std::to_string(below(100))), client)] = key;
    }
  }

  void check() {
    for (auto& [client, heard] : bed_.heard) {
      for (const auto& [request, response] : std::exchange(heard.answers, {})) {
        note(request, response);
      }
    }
    for (const auto& [id, node] : bed_.nodes) {
      BOOST_REQUIRE_MESSAGE(node.exit_reason.empty(), node.exit_reason);
      if (node.is_up) {
        compare(node);
      }
    }
  }
  void note(kv::RequestId request, const kv::Response& response) {
    const auto put = puts_.find(request);
    if (put != puts_.end() && std::holds_alternative<kv::PutResult>(response.result)) {
      kv::Revision& latest = acknowledged_[put->second];
      latest = std::max(latest, response.revision);
      ++acknowledgements_;
    }
  }
  /// Whoever has applied an entry is like the first who had.
  void compare(const ServerBed::Node& node) {
    const Mvcc& kv = node.state.kv;
    const raft::Index index = kv.meta().consistent_index;
    snapshots_ = std::max<std::size_t>(snapshots_, node.state.log.snapshot.metadata.index);
    const std::pair now{kv.revision(), kv.backend.leases};
    const auto [seen, is_first] = history_.try_emplace(index, now);
    compared_ += is_first ? 0 : 1;
    BOOST_REQUIRE((seen->second.first == now.first));
    BOOST_REQUIRE((seen->second.second == now.second));
    if (const auto hash = hash_kv(kv, {}); below(4) == 0) {
      BOOST_REQUIRE(hash.has_value());
      // Compacted at the same revision by the entry itself, however far its rows are gone.
      BOOST_REQUIRE(hashes_.try_emplace(index, *hash).first->second == *hash);
    }
  }
  [[nodiscard]] bool is_healed() const {
    const raft::Index index = bed_.nodes.at(1).state.kv.meta().consistent_index;
    bool has_leader = false;
    for (const auto& [id, node] : bed_.nodes) {
      has_leader |= bed_.leads(id) && node.state.kv.meta().term == node.state.raft.node.raft.term;
      if (node.state.kv.meta().consistent_index != index) {
        return false;
      }
    }
    return has_leader;
  }

  ServerBed bed_;
  std::mt19937 random_;
  std::map<kv::RequestId, std::string> puts_;
  std::map<std::string, kv::Revision> acknowledged_;
  std::map<raft::Index, std::pair<kv::Revision, std::map<kv::LeaseId, LeaseRow>>> history_;
  std::map<raft::Index, kv::HashResult> hashes_;
  std::size_t acknowledgements_ = 0;
  std::size_t snapshots_ = 0;
  std::size_t compared_ = 0;
};

Server::Config config_of(raft::StorageWrites writes, bool has_snapshots) {
  Server::Config config;
  config.raft.writes = writes;
  config.raft.raft.pre_vote = true;
  config.raft.raft.check_quorum = has_snapshots;
  config.member.rows_per_compact_step = 2;
  config.member.applier.leases.checkpoint_interval = {2};
  config.snapshot_entries = has_snapshots ? 6 : 0;
  config.kept_entries = 2;
  config.wal.segment_bytes_max = 400;
  return config;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_random_test)

BOOST_AUTO_TEST_CASE(whatever_happens_nothing_acknowledged_is_lost) {
  std::size_t acknowledged = 0;
  std::size_t snapshots = 0;
  std::size_t compared = 0;
  for (const auto writes : {raft::StorageWrites::atomic, raft::StorageWrites::separate}) {
    for (const bool has_snapshots : {false, true}) {
      for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        BOOST_TEST_CONTEXT("writes " << static_cast<int>(writes) << ", snapshots " << has_snapshots
                                     << ", seed " << seed) {
          Schedule schedule(config_of(writes, has_snapshots), seed);
          schedule.run(3000);
          schedule.heal();
          schedule.check_acknowledged();
          acknowledged += schedule.acknowledged();
          snapshots += schedule.snapshots() > 0 ? 1 : 0;
          compared += schedule.compared();
        }
      }
    }
  }
  // The schedules do something.
  BOOST_TEST_MESSAGE(acknowledged << " acknowledged, " << compared << " compared");
  BOOST_TEST(acknowledged > 500U);
  BOOST_TEST(snapshots >= 5U);
  BOOST_TEST(compared > 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
