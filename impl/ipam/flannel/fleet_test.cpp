// Three subnet managers and a naive store, at random: messages are late or lost, nodes crash, the store
// compacts.
//
// The store is written against kv.hpp alone, as plainly as can be: it is an oracle for the managers, not a
// model of etcd.

#include <algorithm>
#include <array>
#include <deque>
#include <set>

#include <boost/test/unit_test.hpp>

#include "impl/ipam/flannel/naive_store.hpp"
#include "impl/ipam/flannel/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::ipam;

using Node = NaiveStore::Client;
constexpr Node nodes = 3;

/// Numbers from a seed (splitmix64): the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint32_t below(std::uint32_t count) {
    std::uint64_t mixed = state_ += 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return static_cast<std::uint32_t>((mixed ^ (mixed >> 31U)) % count);
  }

 private:
  std::uint64_t state_;
};

class Fleet {
 public:
  Fleet(std::uint64_t seed, Defects defects, std::uint32_t ttl) : dice_(seed) {
    for (Node node = 0; node < nodes; ++node) {
      TestBed& bed = members_[node].bed;
      NetworkConfigFields fields;
      fields.network = "10.5.0.0/22";
      fields.backend = BackendFields{.type = "vxlan"};
      bed.config.network = *make_network_config(fields);
      bed.config.public_ip = base::Ipv4(192, 0, 2, static_cast<std::uint8_t>(node + 1));
      bed.config.ttl = base::Ticks{ttl};
      bed.config.renew_margin = base::Ticks{ttl / 2};
      bed.config.safety_margin = base::Ticks{1};
      bed.config.retry_after = base::Ticks{1};
      bed.config.defects = defects;
      start(node);
    }
  }

  /// Takes one step of the environment's, with faults.
  void act() {
    const auto node = static_cast<Node>(dice_.below(nodes));
    const std::uint32_t what = dice_.below(100);
    if (what < 33) {
      serve(node);
    } else if (what < 38) {
      stream(node);
    } else if (what < 75) {
      deliver(node);
    } else if (what < 94) {
      pass_time(true);
    } else if (what < 96) {
      disconnect(node);
    } else if (what < 98) {
      start(node);
    } else {
      store_.compact();
    }
  }

  /// No more faults, no more delays, long enough for every stray lease to expire.
  void settle() {
    for (int round = 0; round < 60; ++round) {
      for (int message = 0; message < 40; ++message) {
        for (Node node = 0; node < nodes; ++node) {
          serve(node);
          stream(node);
          deliver(node);
        }
      }
      pass_time(false);
    }
  }

  [[nodiscard]] bool subnets_are_disjoint() const {
    std::set<base::Ipv4Prefix> used;
    return std::all_of(members_.begin(), members_.end(), [&](const Member& member) {
      const auto& subnet = member.bed.state.network.subnet;
      return !subnet || used.insert(*subnet).second;
    });
  }

  [[nodiscard]] bool everyone_is_served() const {
    return std::all_of(members_.begin(), members_.end(),
                       [](const Member& member) { return member.bed.state.network.subnet.has_value(); });
  }

  [[nodiscard]] bool tables_match_leases() const {
    const std::string& prefix = members_[0].bed.config.prefix;
    LeaseTable expected;
    for (const StoredLease& lease : read_leases(prefix, store_.read(subnets_range(prefix)).kvs)) {
      expected.emplace(lease.subnet, *lease.attributes);
    }
    return std::all_of(members_.begin(), members_.end(),
                       [&](const Member& member) { return member.bed.state.view.table == expected; });
  }

 private:
  struct UnderWay {
    std::uint32_t connection;
    kv::Request request;
  };
  struct Member {
    TestBed bed;
    std::uint32_t lives = 0;
    std::uint32_t connection = 0;
    std::deque<UnderWay> to_store;
    std::deque<SubnetManager::Incoming> to_node;
    std::map<TestBed::Timer, std::uint32_t> due;
  };

  void feed(Node node, const SubnetManager::Input& input) {
    Member& member = members_[node];
    member.bed.answers = {dice_.below(3)};
    member.bed.feed(input);
    for (const kv::Request& request : member.bed.requests) {
      member.to_store.push_back({member.connection, request});
    }
    for (const auto& [timer, after] : member.bed.timers) {
      member.due.erase(timer);
      if (after) {
        member.due[timer] = now_ + after->value;
      }
    }
    if (!member.bed.exits.empty()) {
      start(node);
    }
  }

  /// (Re)starts a node; everything on it is lost but the file.
  void start(Node node) {
    Member& member = members_[node];
    drop_connection(node);
    member.due.clear();
    const SubnetEnv file = member.bed.state.subnet_env;
    member.bed.state = {};
    member.bed.state.subnet_env = file;
    feed(node, base::Started{member.lives++, {}});
  }

  void drop_connection(Node node) {
    Member& member = members_[node];
    ++member.connection;
    member.to_node.clear();
    while (!member.to_store.empty() && dice_.below(2) == 0) {
      member.to_store.pop_back();
    }
    store_.drop_watch(node);
  }

  void disconnect(Node node) {
    drop_connection(node);
    feed(node, base::Disconnected{TestBed::store});
  }

  /// The store executes a request of one node.
  void serve(Node node) {
    Member& member = members_[node];
    if (!member.to_store.empty()) {
      const UnderWay next = member.to_store.front();
      member.to_store.pop_front();
      const bool is_current = next.connection == member.connection;
      const bool is_watch = std::holds_alternative<kv::WatchRequest>(next.request.body);
      if (is_current || !is_watch) {
        auto reply = store_.handle(node, next.request, now_);
        if (is_current && reply) {
          member.to_node.push_back(*std::move(reply));
        }
      }
    }
  }

  /// The store looks after the watch of one node.
  void stream(Node node) {
    if (auto events = store_.stream(node)) {
      members_[node].to_node.push_back(*std::move(events));
    }
  }

  void deliver(Node node) {
    Member& member = members_[node];
    if (!member.to_node.empty()) {
      const SubnetManager::Incoming next = member.to_node.front();
      member.to_node.pop_front();
      feed(node, base::Received<SubnetManager::Incoming>{TestBed::store, next});
    }
  }

  /// Fires what is due; a tick passes only if nothing is.
  void pass_time(bool is_store_late) {
    for (Node node = 0; node < nodes; ++node) {
      for (const auto& [timer, when] : members_[node].due) {
        if (when <= now_) {
          const TestBed::Timer fires = timer;
          members_[node].due.erase(fires);
          feed(node, base::TimerFired<TestBed::Timer>{fires});
          return;
        }
      }
    }
    ++now_;
    store_.expire(now_, [&] { return is_store_late && dice_.below(2) == 0; });
  }

  Dice dice_;
  NaiveStore store_;
  std::array<Member, nodes> members_;
  std::uint32_t now_ = 0;
};

struct Outcome {
  int overlaps = 0;
  int unserved = 0;
  int mismatches = 0;
};

/// Short-lived leases change hands often, long-lived ones leave time for watches to fall behind.
Outcome sail(Defects defects, std::uint64_t runs, std::uint32_t ttl) {
  Outcome outcome;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    Fleet fleet(seed, defects, ttl);
    bool is_disjoint = true;
    for (int action = 0; action < 1000; ++action) {
      fleet.act();
      is_disjoint = is_disjoint && fleet.subnets_are_disjoint();
    }
    fleet.settle();
    outcome.overlaps += is_disjoint && fleet.subnets_are_disjoint() ? 0 : 1;
    outcome.unserved += fleet.everyone_is_served() ? 0 : 1;
    outcome.mismatches += fleet.tables_match_leases() ? 0 : 1;
  }
  return outcome;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(fleet_test)

BOOST_AUTO_TEST_CASE(the_reference_keeps_its_promises) {
  for (const std::uint32_t ttl : {4U, 12U}) {
    const Outcome outcome = sail({}, 100, ttl);
    BOOST_TEST(outcome.overlaps == 0);
    BOOST_TEST(outcome.unserved == 0);
    BOOST_TEST(outcome.mismatches == 0);
  }
}

BOOST_AUTO_TEST_CASE(f1_gives_one_subnet_to_two_nodes) {
  BOOST_TEST(sail(Defects().with(Defect::F1), 100, 4).overlaps > 0);
}

BOOST_AUTO_TEST_CASE(f2_leaves_a_stale_entry_in_a_table) {
  // The next renewal of the peer would heal the table: leases last longer than the run here.
  BOOST_TEST(sail({}, 100, 2000).mismatches == 0);
  BOOST_TEST(sail(Defects().with(Defect::F2), 100, 2000).mismatches > 0);
}

BOOST_AUTO_TEST_CASE(f7_drops_the_own_subnet_from_a_table) {
  BOOST_TEST(sail(Defects().with(Defect::F7), 100, 12).mismatches > 0);
}

BOOST_AUTO_TEST_SUITE_END()
