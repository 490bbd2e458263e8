// Properties that no documented bug breaks by itself are broken by mutants: servers that forget, or do, what
// none should. So every property is seen to fail in a world, and not only on states that are made by hand.
#include <boost/test/unit_test.hpp>

#include "checker/search/search.hpp"
#include "checker/world/component.hpp"
#include "checker/world/world_system.hpp"
#include "properties/raft/world/assembly.hpp"
#include "properties/raft/world/member.hpp"
#include "properties/raft/world/properties.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::Verdict;
using Timer = Member::Timer;

bool is_start(const Member::Input& input) {
  return std::holds_alternative<base::Started>(input);
}

/// It starts from a copy of its hard state that was made before it voted.
struct ForgetsVote {
  static void before(Member::State& state, Member::Input& input) {
    if (is_start(input)) {
      state.durable.hard_state.vote = core::nobody;
    }
  }
  static void after(Member::State& /*state*/, const Member::Input& /*input*/) {}
};

/// It starts from a copy of its hard state that was made before anything was committed.
struct ForgetsCommit {
  static void before(Member::State& state, Member::Input& input) {
    if (is_start(input)) {
      state.durable.hard_state.commit = 0;
    }
  }
  static void after(Member::State& /*state*/, const Member::Input& /*input*/) {}
};

/// It takes entries whatever comes before them: the consistency check of Raft (paper, 5.3) is missing.
struct TakesAnything {
  static void before(Member::State& state, Member::Input& input) {
    auto* const received = std::get_if<base::Received<core::PlainMessage>>(&input);
    if (received != nullptr && received->message.type == core::MessageType::app) {
      const auto own = state.durable.term(received->message.index);
      received->message.log_term = own ? *own : received->message.log_term;
    }
  }
  static void after(Member::State& /*state*/, const Member::Input& /*input*/) {}
};

/// A leader takes back its last entry when it sends heartbeats.
struct TakesBack {
  static void before(Member::State& /*state*/, Member::Input& /*input*/) {}
  static void after(Member::State& state, const Member::Input& input) {
    const auto* const fired = std::get_if<base::TimerFired<Timer>>(&input);
    core::Log& log = state.server.node.raft.log;
    if (fired != nullptr && fired->timer == Timer::heartbeat && state.durable.last_index() > log.committed) {
      state.durable.entries.pop_back();
      log.unstable.offset = state.durable.last_index() + 1;
      log.unstable.offset_in_progress = log.unstable.offset;
    }
  }
};

template <class Mutation>
struct Mutant {
  using Config = Member::Config;
  using State = Member::State;
  using Incoming = Member::Incoming;
  using Outgoing = Member::Outgoing;
  using Timer = Member::Timer;
  static constexpr bool never_exits = true;
  static void step(const Config& config, State& state, const Member::Input& input, Member::Outputs& outputs) {
    Member::Input changed = input;
    Mutation::before(state, changed);
    Member::step(config, state, changed, outputs);
    Mutation::after(state, changed);
  }
  static base::TimerKind timer_kind(const Timer& timer) { return Member::timer_kind(timer); }
  static std::uint32_t reads(const Config& config, const Member::Input& input) {
    return Member::reads(config, input);
  }
};

Setup setup_with(std::map<std::string, std::uint32_t> budgets) {
  Setup setup;
  setup.budgets = std::move(budgets);
  setup.mailbox_messages_max = 1;
  setup.terms_max = 4;
  return setup;
}

StartingDisk disk_of(core::Term term, std::vector<core::Term> log) {
  StartingDisk disk;
  disk.hard_state.term = term;
  for (const core::Term of_entry : log) {
    disk.log.push_back({of_entry, disk.log.size() + 1, core::EntryType::normal, ""});
  }
  return disk;
}

/// What the property says of a world of mutants.
template <class Mutation>
Verdict verdict_on(const std::string& property, const Setup& setup) {
  const auto assembly = std::make_shared<Assembly>(assemble(setup));
  checker::WorldModel model = assembly->model;
  for (const ServerPlaces& server : assembly->servers) {
    auto& process = model.processes.at(server.process.value).process;
    const auto& original = dynamic_cast<const checker::Component<Member>&>(*process);
    Member::State initial;
    initial.durable = base::from_bytes<core::Storage>(model.parts.at(server.durable.value).initial);
    auto mutant = std::make_shared<checker::Component<Mutant<Mutation>>>(original.config(), initial);
    for (const ServerPlaces& other : assembly->servers) {
      mutant->template wire<Member::Incoming>(other.process);
    }
    process = mutant;
  }
  model.properties = make_properties(*assembly, setup);
  std::erase_if(model.properties, [&](const checker::WorldProperty& p) { return p.property.id != property; });
  model.context = assembly;
  const checker::WorldSystem system(std::move(model));
  checker::SearchOptions options;
  options.visited = checker::VisitedMode::fingerprint;
  return search_breadth_first(system, options).verdict;
}

struct Nothing {
  static void before(Member::State& /*state*/, Member::Input& /*input*/) {}
  static void after(Member::State& /*state*/, const Member::Input& /*input*/) {}
};

template <class Mutation>
void breaks(const std::string& property, const Setup& setup) {
  BOOST_TEST((verdict_on<Mutation>(property, setup) == Verdict::violated), property);
  BOOST_TEST((verdict_on<Nothing>(property, setup) == Verdict::holds), property);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(world_mutants_test)

BOOST_AUTO_TEST_CASE(a_vote_that_is_forgotten) {
  breaks<ForgetsVote>("one-vote-a-term", setup_with({{"election-timeout", 1}, {"crash", 1}}));
}

BOOST_AUTO_TEST_CASE(a_commit_index_that_is_forgotten) {
  breaks<ForgetsCommit>("monotone-term-and-commit", setup_with({{"election-timeout", 1}, {"crash", 1}}));
}

BOOST_AUTO_TEST_CASE(entries_that_are_taken_whatever_comes_before) {
  Setup setup = setup_with({{"election-timeout", 1}});
  setup.start = {disk_of(2, {1}), disk_of(2, {2}), disk_of(2, {})};
  breaks<TakesAnything>("log-matching", setup);
}

BOOST_AUTO_TEST_CASE(an_entry_that_its_leader_takes_back) {
  breaks<TakesBack>("leader-append-only", setup_with({{"election-timeout", 1}, {"heartbeat", 1}}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
