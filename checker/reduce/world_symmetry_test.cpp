// Worlds under symmetry: everything that a world keeps is renamed, orbits are counted as Burnside counts
// them, verdicts and lengths are the same with and without, and what tells members apart is noticed.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "checker/reduce/check_symmetry.hpp"
#include "checker/reduce/concretise.hpp"
#include "checker/reduce/symmetric_system.hpp"
#include "checker/reduce/test_bed.hpp"
#include "checker/reduce/voters_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint64_t all_states = ~std::uint64_t{0};

Election with_faults(LinkKind kind, std::map<std::string, std::uint32_t> budgets) {
  Election election;
  election.kind = kind;
  election.budgets = std::move(budgets);
  return election;
}

/// Each has something that the others have not.
std::map<std::string, Election> elections() {
  std::map<std::string, Election> all;
  all["datagrams"] = with_faults(LinkKind::datagram, {{"campaign", 2}, {"drop", 1}});
  all["crashes"] = with_faults(LinkKind::datagram, {{"campaign", 1}, {"crash", 1}});
  all["crashes"].syncs = false;
  all["own-budgets"] = with_faults(LinkKind::local, {{"campaign", 1}});
  all["own-budgets"].own_budgets = true;
  all["reminders"] = with_faults(LinkKind::fifo, {{"campaign", 1}, {"reorder", 1}});
  all["reminders"].reminds = true;
  all["one-way"] = with_faults(LinkKind::fifo, {{"campaign", 1}, {"one-way-partition", 1}});
  all["halves"] = with_faults(LinkKind::datagram, {{"campaign", 1}, {"partition", 1}});
  all["halves"].has_clerk = true;
  all["disconnects"] = with_faults(LinkKind::local, {{"campaign", 1}, {"disconnect", 1}, {"crash", 1}});
  all["disconnects"].has_clerk = true;
  all["clocks"] = with_faults(LinkKind::local, {{"campaign", 1}});
  all["clocks"].voters = 2;
  all["clocks"].reminds = true;
  all["clocks"].time = {true, 2, 1};
  all["lost-disks"] =
      with_faults(LinkKind::datagram, {{"campaign", 2}, {"crash", 1}, {"torn-write", 1}, {"disk-loss", 1}});
  all["lost-disks"].voters = 2;
  all["lost-disks"].syncs = false;
  all["pauses"] = with_faults(LinkKind::datagram, {{"campaign", 1}, {"pause", 1}});
  all["pauses"].voters = 4;
  return all;
}

/// Orbits of states: the average number of states that a renaming leaves as they are (Cauchy, Frobenius;
/// known as Burnside's lemma).
std::size_t count_orbits(const System& system, const std::vector<State>& states) {
  const auto renamer = system.symmetry()->renamer();
  std::size_t fixed = 0;
  const std::vector<Permutation> all = permutations(system.symmetry()->degree());
  for (const Permutation permutation : all) {
    for (const State& state : states) {
      fixed += renamed(*renamer, state, permutation) == state ? 1U : 0U;
    }
  }
  BOOST_TEST(fixed % all.size() == 0U);
  return fixed / all.size();
}

std::uint8_t number_of_votes(const std::optional<Seat>& vote) {
  return vote ? 1 : 0;
}

/// 62 questions of steps that are about nothing; then, voter by voter in this order, whether its first vote
/// is for itself; then a question of states.
std::vector<WorldProperty> more_questions_than_bits(const WorldModel& model,
                                                    const std::vector<std::uint8_t>& order) {
  const auto vote_of = [&](std::uint8_t voter) {
    return model.find_part(voters::name(voter) + ".vote").value();
  };
  WorldProperty idle;
  idle.property = {"idle", PropertyKind::step, "nothing"};
  for (std::uint32_t number = 1; number <= 62; ++number) {
    WorldClause clause;
    clause.step = [](const WorldView&, const WorldView&) { return Truth::holds; };
    for (std::uint8_t voter = 0; voter < 3; ++voter) {
      clause.facts.push_back({vote_of(voter), projection(number_of_votes)});
    }
    idle.clauses.push_back(clause);
  }
  WorldProperty own;
  own.property = {"own-vote", PropertyKind::step, "whoever votes first votes for itself"};
  for (const std::uint8_t voter : order) {
    WorldClause clause;
    clause.parts = {vote_of(voter)};
    clause.step = [part = clause.parts[0], self = voters::seat(voter)](const WorldView& before,
                                                                       const WorldView& after) {
      const auto& vote = after.part<std::optional<Seat>>(part);
      const bool is_first = !before.part<std::optional<Seat>>(part) && vote;
      return !is_first ? Truth::vacuous : *vote == self ? Truth::holds : Truth::violated;
    };
    own.clauses.push_back(clause);
  }
  return {idle, own, model.properties[0]};
}

std::string complaint(const WorldModel& model) {
  const WorldSystem system(model);
  BOOST_TEST((system.symmetry() == nullptr) == !system.why_no_symmetry().empty());
  return system.why_no_symmetry();
}

std::string flaw(const WorldSystem& system) {
  BOOST_TEST(system.why_no_symmetry() == "");
  const std::optional<std::string> broken = check_symmetry(system, all_states);
  return broken ? broken->substr(0, broken->find(':')) : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(world_symmetry_test)

BOOST_AUTO_TEST_CASE(promises_are_kept) {
  for (const auto& [name, election] : elections()) {
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(flaw(WorldSystem(election_world(election))) == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(one_state_of_each_orbit_is_explored) {
  for (const auto& [name, election] : elections()) {
    BOOST_TEST_CONTEXT(name) {
      const WorldSystem system(election_world(election));
      const std::vector<State> states = reachable(system);
      const std::size_t orbits = count_orbits(system, states);
      BOOST_TEST(reachable(SymmetricSystem(system)).size() == orbits);
      BOOST_TEST_MESSAGE(name << ": " << states.size() << " states, " << orbits << " orbits");
      BOOST_TEST(orbits * 3 < states.size() * 2);
    }
  }
}

BOOST_AUTO_TEST_CASE(verdicts_and_lengths_are_the_same) {
  std::set<Verdict> seen;
  for (const auto& [name, election] : elections()) {
    const WorldSystem system(election_world(election));
    const SymmetricSystem reduced(system);
    SearchOptions options;
    options.all = true;
    const SearchResult without = search_breadth_first(system, options);
    for (const std::uint32_t workers : {1U, 2U}) {
      options.workers = workers;
      const SearchResult with = search_breadth_first(reduced, options);
      BOOST_REQUIRE(with.properties.size() == without.properties.size());
      for (std::size_t i = 0; i < with.properties.size(); ++i) {
        const PropertyOutcome& found = with.properties[i];
        const PropertyOutcome& expected = without.properties[i];
        BOOST_TEST_CONTEXT(name << " " << system.properties()[found.property].id) {
          seen.insert(found.verdict);
          BOOST_TEST((found.verdict == expected.verdict));
          BOOST_REQUIRE(found.path.has_value() == expected.path.has_value());
          if (found.path) {
            const Path path = concretise(reduced, *found.path, found.property);
            BOOST_TEST(path.actions.size() == expected.path->actions.size());
            BOOST_TEST(is_behaviour(system, path));
          }
        }
      }
    }
  }
  BOOST_TEST(seen.size() == 2U);
}

/// There are bits for 64 questions; later ones share the last. Which of three alike has one of its own, and
/// which shares one with questions of states, must not matter to a step that is judged under other names.
BOOST_AUTO_TEST_CASE(questions_without_a_bit_of_their_own_are_asked_of_steps) {
  std::vector<std::uint8_t> order = {0, 1, 2};
  do {
    WorldModel model = election_world({});
    model.properties = more_questions_than_bits(model, order);
    const WorldSystem system(model);
    BOOST_REQUIRE(system.why_no_symmetry() == "");
    const SearchResult without = search_breadth_first(system, {});
    const SearchResult with = search_breadth_first(SymmetricSystem(system), {});
    BOOST_TEST((with.verdict == Verdict::violated));
    BOOST_REQUIRE((without.properties[1].path && with.properties[1].path));
    BOOST_TEST(with.properties[1].path->actions.size() == without.properties[1].path->actions.size());
  } while (std::ranges::next_permutation(order).found);
}

BOOST_AUTO_TEST_CASE(members_share_their_groups_of_actions) {
  const WorldSystem system(election_world({}));
  const std::vector<std::string> expected = {
      "deliver ask to voter-1 or another voter", "deliver grant to voter-1 or another voter",
      "fire campaign of voter-1 or another voter", "fire remind of voter-1 or another voter"};
  BOOST_TEST(system.action_groups() == expected, boost::test_tools::per_element());
}

/// Two groups: what a member of one says of the other group's members is renamed with them.
BOOST_AUTO_TEST_CASE(groups_are_renamed_within_themselves) {
  WorldModel model = election_world(elections()["pauses"]);
  Interchangeable all = model.interchangeable[0];
  Interchangeable first = all;
  Interchangeable second = all;
  first.name = "voter of the first half";
  first.members.resize(2);
  first.names["seat"].resize(2);
  second.members.erase(second.members.begin(), second.members.begin() + 2);
  second.names["seat"].erase(second.names["seat"].begin(), second.names["seat"].begin() + 2);
  model.interchangeable = {first, second};
  const WorldSystem system(model);
  BOOST_TEST(flaw(system) == "");
  BOOST_TEST(system.symmetry()->degree() == 4U);
  const auto renamer = system.symmetry()->renamer();
  const std::vector<State> states = reachable(system);
  std::size_t fixed = 0;
  for (const Permutation one : {Permutation(), Permutation::swapping(0, 1)}) {
    for (const Permutation other : {Permutation(), Permutation::swapping(2, 3)}) {
      for (const State& state : states) {
        fixed += renamed(*renamer, state, one.after(other)) == state ? 1U : 0U;
      }
    }
  }
  const std::size_t orbits = reachable(SymmetricSystem(system)).size();
  BOOST_TEST(orbits * 4 == fixed);
  BOOST_TEST(orbits < states.size());
}

BOOST_AUTO_TEST_CASE(members_that_differ_are_refused) {
  WorldModel model = election_world({});
  model.interchangeable.clear();
  BOOST_TEST(complaint(model) == "no processes are declared to be interchangeable");
  model.not_interchangeable = "voter-1 is the chairman";
  BOOST_TEST(complaint(model) == "voter-1 is the chairman");

  std::vector<Voter::Config> changed = voter_configs({});
  changed[2].syncs = false;
  BOOST_TEST(complaint(election_world({}, changed)) == "voter-2 and voter-3 have different configurations");
  changed = voter_configs({});
  std::swap(changed[0].self, changed[1].self);
  BOOST_TEST(complaint(election_world({}, changed)) ==
             "voter-1 does not treat them alike: its configuration tells them apart");
  Election with_clerk;
  with_clerk.has_clerk = true;
  model = election_world(with_clerk);
  const auto partial = std::make_shared<Component<Clerk>>(Clerk::Config{{base::ProcessId{0}}});
  model.processes.back().process = partial;
  BOOST_TEST(complaint(model) == "clerk does not treat them alike: its configuration tells them apart");

  model = election_world({});
  model.parts[model.find_part("voter-1.granted")->value].initial =
      base::to_bytes(std::map<Seat, bool>{{voters::seat(1), true}});
  BOOST_TEST(complaint(model) == "voter-1.granted and voter-2.granted do not start alike");

  model = election_world({});
  model.links.pop_back();
  BOOST_TEST(complaint(model) == "the link of voter-1 and voter-3 has no counterpart");
  model = election_world({});
  model.links.back().messages_max = 1;
  BOOST_TEST(complaint(model) == "the link of voter-1 and voter-3 has no counterpart");
  // One end of a connection loses what the other may keep.
  BOOST_TEST(complaint(election_world(with_faults(LinkKind::connection, {}))) ==
             "the link of voter-1 and voter-2 has no counterpart");
  model = election_world({});
  model.units.pop_back();
  BOOST_TEST(complaint(model) == "crash unit voter-2 has no counterpart");
  model = election_world({});
  model.units.back().lost_parts.pop_back();
  BOOST_TEST(complaint(model) == "crash unit voter-2 has no counterpart");
  model = election_world({});
  model.processes[1].supervised = false;
  BOOST_TEST(complaint(model) == "voter-1 and voter-2 are not of one kind, or do not have the same parts");
  model = election_world({});
  model.processes[0].record_schema = nullptr;
  model.processes[1].record_schema = nullptr;
  BOOST_TEST(complaint(model) == "what is on the disk of voter-1 is not described");
}

BOOST_AUTO_TEST_CASE(budgets_bounds_hosts_and_properties_must_be_alike) {
  Election with_budgets;
  with_budgets.own_budgets = true;
  WorldModel model = election_world(with_budgets);
  model.budgets["crash-voter-2"] = 2;
  BOOST_TEST(complaint(model) == "budgets crash-voter-1 and crash-voter-2 differ");
  model = election_world(with_budgets);
  for (Interchangeable::Member& member : model.interchangeable[0].members) {
    member.budgets.clear();
  }
  BOOST_TEST(complaint(model) == "crash unit voter-1 has no counterpart");

  model = election_world({});
  model.bounds.push_back({"votes", model.processes[1].parts[0], [](base::BytesView) { return true; }});
  BOOST_TEST(complaint(model) == "bound votes is not on the same part of all");
  model = election_world({});
  model.hosts = {{"a", {base::ProcessId{0}, base::ProcessId{1}}}};
  BOOST_TEST(complaint(model) == "host a has no counterpart");
  model.hosts = {{"a", {base::ProcessId{0}}}, {"b", {base::ProcessId{1}}}};
  BOOST_TEST(complaint(model) == "members of group voter have different numbers of hosts");
  model = election_world({});
  model.properties[0].parts.pop_back();
  BOOST_TEST(complaint(model) == "property one-leader looks at some of them and not at all");
  model = election_world({});
  model.rightful_end.controls = {base::ProcessId{1}};
  BOOST_TEST(complaint(model) ==
             "when it is right that nothing more happens depends on some of them and not on all");
  Election crowded;
  crowded.messages_max = 3;
  BOOST_TEST(complaint(election_world(crowded)) ==
             "the bound on all mailboxes together is used up in order of ids, and who comes last loses");
  crowded.kind = LinkKind::local;
  BOOST_TEST(flaw(WorldSystem(election_world(crowded))) == "");
}

BOOST_AUTO_TEST_CASE(declarations_must_fit_the_model) {
  WorldModel model = election_world({});
  model.interchangeable[0].members[1].processes = {base::ProcessId{0}};
  BOOST_TEST(complaint(model) == "group voter: process 0 is not there, or in two members");
  model = election_world({});
  model.interchangeable[0].names["seat"][1] = 10;
  BOOST_TEST(complaint(model) == "group voter: value 10 of type seat names two members");
  model = election_world({});
  model.interchangeable[0].names["seat"].pop_back();
  BOOST_TEST(complaint(model) ==
             "group voter: type seat must have one value for each member, and ids of processes none");
  model = election_world({});
  model.processes[1].parts[0] = model.processes[0].parts[0];
  BOOST_TEST(complaint(model) == "group voter: part voter-1.vote is shared by some members and not by all");
}

/// Names that are not declared are told apart by configurations already; where those are vouched for, by the
/// first state in which somebody is named.
BOOST_AUTO_TEST_CASE(what_the_model_does_not_show_is_found_in_its_states) {
  WorldModel model = election_world({});
  model.interchangeable[0].names.clear();
  BOOST_TEST(complaint(model) == "voter-1 and voter-2 have different configurations");

  std::vector<Voter::Config> changed = voter_configs({});
  for (Voter::Config& config : changed) {
    config.asks_first_only = true;
  }
  BOOST_TEST(flaw(WorldSystem(election_world({}, changed))) == "transitions do not commute with renaming");

  model = election_world({});
  model.properties[0].state = [part = model.properties[0].parts[0]](const WorldView& view) {
    return view.part<std::map<Seat, bool>>(part).empty() ? Truth::holds : Truth::violated;
  };
  BOOST_TEST(flaw(WorldSystem(model)) == "a property judges a renamed state differently");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
