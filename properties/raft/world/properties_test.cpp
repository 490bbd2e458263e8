// Every property can fail: of each, a cluster in a state that breaks it, and one that comes close and does
// not. The states are put together by hand, as most of them no server that works can get into.
#include "properties/raft/world/properties.hpp"

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>

#include "checker/world/component.hpp"
#include "checker/world/world_system.hpp"
#include "properties/raft/world/assembly.hpp"
#include "properties/raft/world/member.hpp"

namespace plimsoll::properties::raft {
namespace {

using core::Role;
using core::Term;

/// In place of a server: is in one state, and then in another.
struct Puppet {
  using State = Member::State;
  struct Config {
    State then;
  };
  enum class Timer : std::uint8_t { next };
  using Incoming = core::PlainMessage;
  using Outgoing = core::PlainMessage;
  static constexpr bool never_exits = true;

  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (std::holds_alternative<base::Started>(input)) {
      outputs.arm(Timer::next, base::Ticks{0});
    } else {
      state.durable = config.then.durable;
      state.server = config.then.server;
    }
  }
  static base::TimerKind timer_kind(Timer /*timer*/) { return base::TimerKind::work; }
};
PLIMSOLL_DESCRIBE_ENUM(Puppet::Timer, next)

/// What is said of a server; the rest is at its default.
struct Server {
  Term term = 1;
  std::uint64_t vote = 0;
  core::Index commit = 0;
  std::vector<Term> log = {};  ///< the terms of its entries
  Role role = Role::follower;
  std::string data = {};  ///< of its last entry
  core::ServerSet voters = {core::ServerId{1}, core::ServerId{2}, core::ServerId{3}};
  core::Index match_of_second = 0;  ///< what it counts as acknowledged by server 2
};

Member::State state_of(std::uint64_t id, const Server& server) {
  Member::State state;
  core::Storage& disk = state.durable;
  disk.hard_state = {server.term, core::ServerId{server.vote}, server.commit};
  for (std::size_t i = 0; i < server.log.size(); ++i) {
    core::Entry entry;
    entry.term = server.log[i];
    entry.index = i + 1;
    entry.data =
        i + 1 == server.log.size() ? base::Bytes(server.data.begin(), server.data.end()) : base::Bytes();
    disk.entries.push_back(entry);
  }
  core::Raft& raft = state.server.node.raft;
  raft.id = core::ServerId{id};
  raft.term = server.term;
  raft.role = server.role;
  raft.log = core::Log::from(disk);
  raft.tracker.config.voters.incoming.voters = server.voters;
  if (server.match_of_second > 0) {
    raft.tracker.progress[core::ServerId{2}].match = server.match_of_second;
  }
  return state;
}

using Cluster = std::vector<Server>;
using Verdicts = std::map<std::string, bool>;  ///< by property: whether it holds

struct Judged {
  Verdicts states;  ///< of the cluster as it is
  Verdicts steps;   ///< of the steps from there; only the first server changes in its own
};

Judged judge(const Cluster& cluster, const Server& then, ReadHistory reads = {}) {
  Setup setup;
  setup.budgets = {{"conf-change", 1}, {"read", 1}, {"compaction", 1}};
  auto assembly = std::make_shared<Assembly>(assemble(setup));
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    const Member::State now = state_of(i + 1, cluster[i]);
    const ServerPlaces& places = assembly->servers[i];
    checker::WorldModel& model = assembly->model;
    model.processes[places.process.value].process = std::make_shared<checker::Component<Puppet>>(
        Puppet::Config{state_of(i + 1, i == 0 ? then : cluster[i])}, now);
    model.parts[places.durable.value].initial = base::to_bytes(now.durable);
    model.parts[places.memory.value].initial = base::to_bytes(now.server);
  }
  checker::WorldModel model = assembly->model;
  model.parts[assembly->history.value].initial = base::to_bytes(reads);
  model.properties = make_properties(*assembly, setup);
  model.context = assembly;
  const checker::WorldSystem system(std::move(model));
  const auto worker = system.worker();
  checker::Successors initial(system.width());
  system.initial(initial);
  BOOST_REQUIRE(initial.size() == 1U);
  const checker::StateView state = initial.state(0);
  checker::Successors out(system.width());
  worker->successors(state, initial[0].fingerprint, out);
  BOOST_REQUIRE(out.size() == cluster.size());  // the others stay as they are

  Judged judged;
  for (std::size_t i = 0; i < system.properties().size(); ++i) {
    const checker::Property& property = system.properties()[i];
    const checker::PropertyMask bit = checker::property_bit(i);
    if (property.kind != checker::PropertyKind::step) {
      judged.states[property.id] = worker->evaluate(state, bit).holds == bit;
      continue;
    }
    judged.steps[property.id] = true;
    for (std::size_t k = 0; k < out.size(); ++k) {
      judged.steps[property.id] &=
          worker->evaluate_step(state, out[k].action, out.state(k), bit).holds == bit;
    }
  }
  return judged;
}

bool holds(const std::string& property, const Cluster& cluster) {
  return judge(cluster, cluster.front()).states.at(property);
}
bool step_holds(const std::string& property, const Server& before, const Server& after) {
  return judge({before, {}, {}}, after).steps.at(property);
}

const Server follower;

}  // namespace

BOOST_AUTO_TEST_SUITE(properties_test)

BOOST_AUTO_TEST_CASE(election_safety) {
  const Server first{.term = 2, .role = Role::leader};
  BOOST_TEST(!holds("election-safety", {first, follower, first}));
  BOOST_TEST(holds("election-safety", {first, follower, {.term = 3, .role = Role::leader}}));
  BOOST_TEST(holds("election-safety", {first, follower, {.term = 2, .role = Role::candidate}}));
}

BOOST_AUTO_TEST_CASE(log_matching) {
  BOOST_TEST(!holds("log-matching", {{.term = 3, .log = {1, 3}}, {.term = 3, .log = {2, 3}}, follower}));
  BOOST_TEST(!holds("log-matching", {{.log = {1}, .data = "a"}, follower, {.log = {1}, .data = "b"}}));
  BOOST_TEST(holds("log-matching", {{.term = 3, .log = {1, 2}}, {.term = 3, .log = {1, 3}}, follower}));
}

BOOST_AUTO_TEST_CASE(leader_completeness) {
  const Server committed{.term = 2, .commit = 2, .log = {1, 2}};
  BOOST_TEST(
      !holds("leader-completeness", {committed, {.term = 3, .log = {1}, .role = Role::leader}, follower}));
  BOOST_TEST(
      !holds("leader-completeness", {{.term = 3, .log = {1, 3}, .role = Role::leader}, committed, follower}));
  // What was committed after its term it need not have.
  BOOST_TEST(
      holds("leader-completeness", {committed, {.term = 1, .log = {1}, .role = Role::leader}, follower}));
  BOOST_TEST(
      holds("leader-completeness", {committed, {.term = 3, .log = {1, 2}, .role = Role::leader}, follower}));
}

BOOST_AUTO_TEST_CASE(state_machine_safety) {
  const Server one{.term = 2, .commit = 1, .log = {1}};
  BOOST_TEST(!holds("state-machine-safety", {one, follower, {.term = 2, .commit = 1, .log = {2}}}));
  BOOST_TEST(holds("state-machine-safety", {one, follower, {.term = 2, .commit = 0, .log = {2}}}));
}

BOOST_AUTO_TEST_CASE(quorum_intersection) {
  const core::ServerSet one_alone = {core::ServerId{1}};
  const core::ServerSet others = {core::ServerId{2}, core::ServerId{3}};
  const Cluster apart = {{.voters = one_alone}, {.voters = others}, {.voters = others}};
  BOOST_TEST(!holds("quorum-intersection", apart));
  const core::ServerSet two = {core::ServerId{1}, core::ServerId{2}};
  BOOST_TEST(holds("quorum-intersection", {{.voters = two}, {}, {}}));
  // Whose log is behind cannot be elected any more.
  BOOST_TEST(holds("quorum-intersection",
                   {{.voters = others}, {.log = {1}, .voters = two}, {.log = {1}, .voters = two}}));
}

BOOST_AUTO_TEST_CASE(linearizable_read_index) {
  const Cluster cluster = {follower, follower, follower};
  ReadHistory reads;
  reads.asked = 1;
  BOOST_TEST(judge(cluster, follower, reads).states.at("linearizable-read-index"));
  reads.stale = true;
  BOOST_TEST(!judge(cluster, follower, reads).states.at("linearizable-read-index"));
}

BOOST_AUTO_TEST_CASE(leader_append_only) {
  const Server leader{.term = 2, .log = {1, 2}, .role = Role::leader};
  BOOST_TEST(!step_holds("leader-append-only", leader, {.term = 2, .log = {1}, .role = Role::leader}));
  BOOST_TEST(!step_holds("leader-append-only", leader, {.term = 2, .log = {1, 1, 2}, .role = Role::leader}));
  BOOST_TEST(step_holds("leader-append-only", leader, {.term = 2, .log = {1, 2, 2}, .role = Role::leader}));
  BOOST_TEST(step_holds("leader-append-only", leader, {.term = 3, .log = {1}}));
}

BOOST_AUTO_TEST_CASE(acknowledged_entries_stored) {
  const Server leader{.term = 2, .log = {1, 2}, .role = Role::leader, .match_of_second = 2};
  BOOST_TEST(!holds("acknowledged-entries-stored", {leader, {.term = 2, .log = {1}}, follower}));
  BOOST_TEST(holds("acknowledged-entries-stored", {leader, {.term = 2, .log = {1, 2}}, follower}));
  BOOST_TEST(holds("acknowledged-entries-stored", {leader, {.term = 3, .log = {1}}, follower}));
}

BOOST_AUTO_TEST_CASE(monotone_term_and_commit) {
  const Server before{.term = 2, .commit = 1, .log = {1}};
  BOOST_TEST(!step_holds("monotone-term-and-commit", before, {.term = 1, .commit = 1, .log = {1}}));
  BOOST_TEST(!step_holds("monotone-term-and-commit", before, {.term = 2, .commit = 0, .log = {1}}));
  BOOST_TEST(step_holds("monotone-term-and-commit", before, {.term = 3, .commit = 1, .log = {1}}));
}

BOOST_AUTO_TEST_CASE(one_vote_a_term) {
  const Server voted{.term = 2, .vote = 1};
  BOOST_TEST(!step_holds("one-vote-a-term", voted, {.term = 2, .vote = 3}));
  BOOST_TEST(!step_holds("one-vote-a-term", voted, {.term = 2}));
  BOOST_TEST(step_holds("one-vote-a-term", voted, {.term = 3, .vote = 3}));
}

BOOST_AUTO_TEST_CASE(every_property_has_been_seen_to_fail) {
  // The cases above are named as the properties are; these two are witnesses.
  const std::set<std::string> witnesses = {"some-leader", "some-commit"};
  const Verdicts none = judge({follower, follower, follower}, follower).states;
  for (const std::string& id : witnesses) {
    BOOST_TEST(!none.at(id));
  }
  BOOST_TEST(holds("some-leader", {{.role = Role::leader}, follower, follower}));
  BOOST_TEST(holds("some-commit", {{.commit = 1, .log = {1}}, follower, follower}));
  // And refines-raft-spec is the business of refinement_world_test.cpp.
  BOOST_TEST(property_list().size() == 11U + witnesses.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
