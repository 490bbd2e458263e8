// Whole clusters under random schedules: every message may be late, lost or come twice, servers crash, and
// the configuration changes. What must hold in every state holds, and no invariant inside the servers is
// broken.
#include <boost/test/unit_test.hpp>

#include <random>

#include "impl/raft/test_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::raft;

constexpr std::uint64_t server_count = 5;

// A schedule: draws what happens next.
class Schedule {
 public:
  Schedule(const Config& config, std::uint32_t seed) : bed_(3, config), random_(seed) {
    for (std::uint64_t id = 4; id <= server_count; ++id) {
      bed_.add(id, Storage::bootstrapped({servers({1, 2, 3}), {}, {}, {}, false}));
    }
  }

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      const std::uint64_t id = below(server_count) + 1;
      happen(id, below(100));
      check();
    }
  }
  /// Nothing goes wrong any more: everybody who can catches up.
  void heal() {
    for (int round = 0; round < 60; ++round) {
      bed_.stabilize();
      for (std::uint64_t id = 1; id <= server_count; ++id) {
        if (bed_.raft(id).randomized_election_timeout == 0) {
          bed_.node(id).set_randomized_election_timeout(3 + static_cast<std::uint32_t>(below(3)));
        }
        bed_.tick(id);
      }
    }
    bed_.stabilize();
    check();
  }

  [[nodiscard]] TestBed& bed() { return bed_; }
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  [[nodiscard]] std::uint64_t snapshots() const { return snapshots_; }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  void happen(std::uint64_t id, std::uint64_t what) {
    const Context context = bed_.context(id);
    if (what < 30) {
      deliver_one();
    } else if (what < 50) {
      bed_.handle_ready(id);
    } else if (what < 62) {
      bed_.write_one(id);
      bed_.apply_one(id);
    } else if (what < 76) {
      bed_.tick(id);
    } else if (what < 84) {
      static_cast<void>(bed_.propose(id, std::string(1 + below(3), 'x')));
    } else if (what < 87) {
      static_cast<void>(bed_.propose(id, random_change()));
    } else if (what < 89) {
      lose_one();
    } else {
      happen_rarely(id, what, context);
    }
  }
  void happen_rarely(std::uint64_t id, std::uint64_t what, const Context& context) {
    const ServerId other{below(server_count) + 1};
    switch (what) {
      case 89:
        bed_.restart(id);
        break;
      case 90:
        bed_.campaign(id);
        break;
      case 91:
        bed_.node(id).transfer_leader(context, other);
        break;
      case 92:
        bed_.node(id).report_unreachable(context, other);
        break;
      case 93:
        bed_.node(id).report_snapshot(context, other, below(2) == 0);
        break;
      case 94:
        bed_.node(id).read_index(context, "key");
        break;
      case 95:
        bed_.node(id).forget_leader(context);
        break;
      case 96:
        compact(id);
        break;
      default:
        duplicate_one();
    }
  }

  ConfChangeV2 random_change() {
    ConfChangeV2 change;
    change.transition = static_cast<ConfChangeTransition>(below(3));
    for (std::uint64_t count = below(3); count > 0; --count) {
      const ConfChangeType types[] = {ConfChangeType::add_node, ConfChangeType::remove_node,
                                      ConfChangeType::add_learner_node};
      change.changes.push_back({types[below(3)], ServerId{below(server_count) + 1}});
    }
    // Without changes it can only ask to leave.
    return !change.changes.empty() && is_possible(change) ? change : ConfChangeV2{};
  }
  // The application proposes no change that would leave no voter, wherever it is applied: server 1 always
  // votes.
  static bool is_possible(const ConfChangeV2& change) {
    return std::none_of(change.changes.begin(), change.changes.end(),
                        [](const ConfChangeSingle& single) { return single.node == ServerId{1}; }) &&
           (change.changes.size() < 2 || change.changes[0].node != change.changes[1].node);
  }

  void deliver_one() {
    if (bed_.network.empty()) {
      return;
    }
    auto chosen = bed_.network.begin() + static_cast<std::ptrdiff_t>(below(bed_.network.size()));
    if (TestBed::is_local(*chosen)) {
      // These stay in order.
      chosen =
          std::find_if(bed_.network.begin(), bed_.network.end(), [to = chosen->to](const Message& message) {
            return message.to == to && TestBed::is_local(message);
          });
    }
    const Message message = *chosen;
    bed_.network.erase(chosen);
    static_cast<void>(bed_.node(message.to.value).step(bed_.context(message.to.value), message));
  }
  void lose_one() {
    if (!bed_.network.empty()) {
      const auto chosen = bed_.network.begin() + static_cast<std::ptrdiff_t>(below(bed_.network.size()));
      if (!TestBed::is_local(*chosen)) {
        bed_.network.erase(chosen);
      }
    }
  }
  void duplicate_one() {
    if (!bed_.network.empty()) {
      const Message chosen = bed_.network[below(bed_.network.size())];
      if (!TestBed::is_local(chosen)) {
        bed_.network.push_back(chosen);
      }
    }
  }
  void compact(std::uint64_t id) {
    const TestBed::Member& member = bed_.at(id);
    const Index applied = member.node.raft.log.applied;
    // What is applied is durable, but with a snapshot pending the configuration is that of later entries.
    const bool settled = !member.node.raft.log.unstable.snapshot && member.node.raft.log.applying == applied;
    if (settled && applied > member.storage.snapshot.metadata.index &&
        applied <= member.storage.last_index()) {
      bed_.compact(id, applied);
      ++snapshots_;
    }
  }

  void check() {
    BOOST_REQUIRE_EQUAL(bed_.disagreements, 0);
    for (const auto& [id, member] : bed_.members) {
      const Raft& raft = member.node.raft;
      if (raft.role == Role::leader) {
        const auto [leader, is_first] = leaders_.try_emplace(raft.term, id);
        BOOST_REQUIRE_EQUAL(leader->second.value, id.value);
      }
      BOOST_REQUIRE(raft.log.applied <= raft.log.applying);
      BOOST_REQUIRE(raft.log.applying <= raft.log.committed);
      BOOST_REQUIRE(raft.log.committed <= raft.log.last_index(member.storage));
      check_progress(raft);
      changes_ += raft.tracker.config.joint() ? 1U : 0U;
    }
  }
  static void check_progress(const Raft& raft) {
    for (const auto& [id, progress] : raft.tracker.progress) {
      BOOST_REQUIRE(progress.match < progress.next);
      if (raft.role != Role::leader) {
        Progress canonical;
        canonical.is_learner = progress.is_learner;
        BOOST_REQUIRE(progress == canonical);
      } else if (progress.state == ProgressState::snapshot) {
        BOOST_REQUIRE_EQUAL(progress.next, progress.pending_snapshot + 1);
      }
    }
  }

  TestBed bed_;
  std::mt19937 random_;
  std::map<Term, ServerId> leaders_;
  std::uint64_t changes_ = 0;    // server states that were joint
  std::uint64_t snapshots_ = 0;  // taken
};

Config some_config(std::uint32_t seed) {
  Config config = test_config();
  config.async_storage_writes = seed % 2 == 1;
  config.pre_vote = seed % 3 == 0;
  config.check_quorum = seed % 5 < 2;
  config.step_down_on_removal = seed % 7 == 0;
  if (seed % 4 == 0) {
    config.max_size_per_message = 20;
    config.max_committed_size_per_ready = 20;
    config.max_uncommitted_entries_size = 50;
    config.inflight = {2, 30};
  }
  return config;
}

std::uint64_t leader_of_highest_term(const TestBed& bed) {
  Term highest = 0;
  std::uint64_t leader = 0;
  for (const auto& [id, member] : bed.members) {
    const Raft& raft = member.node.raft;
    if (raft.role == Role::leader && raft.term > highest) {
      highest = raft.term;
      leader = id.value;
    }
  }
  return leader;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cluster_test)

BOOST_AUTO_TEST_CASE(whatever_happens_servers_agree) {
  std::uint64_t applied = 0;
  std::uint64_t joint = 0;
  std::uint64_t snapshots = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      Schedule schedule(some_config(seed), seed);
      schedule.run(1500);
      schedule.heal();
      applied += schedule.bed().history.size();
      joint += schedule.changes();
      snapshots += schedule.snapshots();
    }
  }
  // The schedules reach what they are meant to test.
  BOOST_TEST(applied > 500);
  BOOST_TEST(joint > 1000);
  BOOST_TEST(snapshots > 20);
}

BOOST_AUTO_TEST_CASE(when_nothing_fails_any_more_a_leader_serves) {
  for (std::uint32_t seed = 100; seed < 125; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      Config config = some_config(seed);
      config.step_down_on_removal = true;  // otherwise a leader may serve nobody and keep others from leading
      Schedule schedule(config, seed);
      schedule.run(1000);
      schedule.heal();
      TestBed& bed = schedule.bed();
      const std::uint64_t id = leader_of_highest_term(bed);
      BOOST_REQUIRE(id != 0);
      const Index before = bed.raft(id).log.committed;
      static_cast<void>(bed.propose(id, "last"));
      bed.stabilize();
      BOOST_TEST(bed.raft(id).log.committed > before);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
