// What each schedule of random walks promises: priorities are kept and find bugs of few orderings, half of a
// swarm stays at home, and what is found is the same for any number of workers.
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "checker/search/search.hpp"
#include "checker/search/test_bed.hpp"
#include "checker/search/walker.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::array schedules = {Schedule::uniform, Schedule::pct, Schedule::swarm, Schedule::mixture};

SearchOptions options_of(Schedule schedule, std::uint64_t seed, std::uint64_t runs) {
  SearchOptions options;
  options.schedule = schedule;
  options.seed = seed;
  options.runs = runs;
  return options;
}

/// Groups of the actions that one walk takes.
std::vector<std::uint32_t> groups_of_walk(const System& system, const SearchOptions& options,
                                          std::uint64_t number) {
  const auto worker = system.worker();
  Successors initial(system.width());
  system.initial(initial);
  Walker walker(system, *worker, initial, options);
  walker.begin(number);
  std::vector<std::uint32_t> groups;
  while (groups.size() < options.walk_steps_max) {
    const Successors& out = walker.look();
    if (out.size() == 0) {
      break;
    }
    const std::size_t i = walker.choose();
    groups.push_back(out[i].action.group);
    walker.move(i);
  }
  return groups;
}

/// The same, with what is equal and adjacent taken together.
std::vector<std::uint32_t> turns(std::vector<std::uint32_t> groups) {
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

/// Two actors: one takes `steps` steps, the other a single one, which is bad right after step `bad_after`. So
/// the bug has depth 2: not before that step, and not after the next.
Graph ordering_bug(std::uint32_t steps, std::uint32_t bad_after) {
  Graph graph;
  graph.nodes.resize(2 * std::size_t{steps + 1});
  graph.initial = {0};
  for (std::uint32_t i = 0; i <= steps; ++i) {
    const std::uint32_t after = steps + 1 + i;
    if (i < steps) {
      graph.nodes[i].edges.push_back({i + 1, 0});
      graph.nodes[after].edges.push_back({after + 1, 0});
    }
    graph.nodes[i].edges.push_back({after, 1, i == bad_after});
    graph.nodes[after].may_end = true;
  }
  return graph;
}

/// Of as many walks, those that take the bad step.
std::size_t walks_with_bug(const Graph& graph, std::size_t bad_after, Schedule schedule,
                           std::uint64_t walks) {
  const GraphSystem system(graph);
  SearchOptions options = options_of(schedule, 1, 1);
  options.bug_depth = 2;
  std::size_t count = 0;
  for (std::uint64_t walk = 0; walk < walks; ++walk) {
    const std::vector<std::uint32_t> groups = groups_of_walk(system, options, walk);
    count +=
        std::find(groups.begin(), groups.end(), 1U) - groups.begin() == static_cast<std::ptrdiff_t>(bad_after)
            ? 1U
            : 0U;
  }
  return count;
}

/// Group 0 goes round in a circle for ever, group 1 leads out of it, to the witness.
Graph circle() {
  Graph graph;
  graph.nodes.resize(7);
  graph.initial = {0};
  for (std::uint32_t i = 0; i < 6; ++i) {
    graph.nodes[i].edges = {{(i + 1) % 6, 0}, {6, 1}};
  }
  graph.nodes[6].may_end = true;
  graph.nodes[6].witness = true;
  return graph;
}

/// Two counters, of which the second is moved by a spontaneous actor.
class FaultyGrid final : public GridSystem {
 public:
  using GridSystem::GridSystem;
  [[nodiscard]] bool is_spontaneous(std::uint32_t actor) const override { return actor == 1; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(schedules_test)

BOOST_AUTO_TEST_CASE(the_highest_goes_on_as_long_as_it_can) {
  const GridSystem system(4, 50);
  SearchOptions options = options_of(Schedule::pct, 7, 1);
  options.bug_depth = 1;
  std::map<std::vector<std::uint32_t>, int> orders;
  for (std::uint64_t walk = 0; walk < 2400; ++walk) {
    const std::vector<std::uint32_t> order = turns(groups_of_walk(system, options, walk));
    BOOST_REQUIRE(order.size() == 4U);
    ++orders[order];
  }
  // Each of the 24 orders is as likely; five standard deviations.
  BOOST_TEST(orders.size() == 24U);
  for (const auto& [order, count] : orders) {
    BOOST_TEST(count > 50);
    BOOST_TEST(count < 150);
  }
}

BOOST_AUTO_TEST_CASE(priorities_change_as_often_as_the_depth_says) {
  const GridSystem system(4, 250);
  for (const std::uint32_t depth : {2U, 3U, 5U}) {
    SearchOptions options = options_of(Schedule::pct, 3, 1);
    options.bug_depth = depth;
    std::size_t most = 0;
    for (std::uint64_t walk = 0; walk < 500; ++walk) {
      const std::vector<std::uint32_t> order = turns(groups_of_walk(system, options, walk));
      most = std::max(most, order.size());
    }
    // Whoever is interrupted comes back once.
    BOOST_TEST(most == 4 + depth - 1);
  }
}

BOOST_AUTO_TEST_CASE(what_is_spontaneous_draws_its_priority_anew) {
  SearchOptions options = options_of(Schedule::pct, 5, 1);
  options.bug_depth = 1;
  std::set<std::size_t> before_faults;
  for (std::uint64_t walk = 0; walk < 200; ++walk) {
    BOOST_TEST(turns(groups_of_walk(GridSystem(2, 30), options, walk)).size() == 2U);
    const std::vector<std::uint32_t> groups = groups_of_walk(FaultyGrid(2, 30), options, walk);
    // A priority below the other actor's comes up some time, so the faults do not all come first.
    before_faults.insert(
        static_cast<std::size_t>(std::find(groups.begin(), groups.end(), 0U) - groups.begin()));
  }
  BOOST_TEST(before_faults.size() > 4U);
}

BOOST_AUTO_TEST_CASE(a_bug_of_depth_two_is_found_by_priorities) {
  // A uniform walk takes 25 steps of one of two actors in a row with a probability of 2^-25.
  const Graph graph = ordering_bug(30, 25);
  BOOST_TEST(walks_with_bug(graph, 25, Schedule::uniform, 10000) == 0U);
  // One of two orders of the actors, one of seven horizons (32), one step of 32: 22 of 10,000 are expected of
  // that horizon alone, and nearly as many of the longer ones together.
  BOOST_TEST(walks_with_bug(graph, 25, Schedule::pct, 10000) >= 15U);
  // The engine judges what the walk meets.
  SearchOptions options = options_of(Schedule::pct, 1, 10000);
  options.bug_depth = 2;
  BOOST_TEST((search_random_walks(GraphSystem(graph), options).verdict == Verdict::violated));
}

BOOST_AUTO_TEST_CASE(half_a_swarm_stays_at_home) {
  // All of eight groups are always possible, but for what is off. The rarest of those that are on is one of
  // 449 at least, so that the probability of missing it is below 10^-5.
  const std::vector<Action> actions = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}, {0, 7}};
  const GridSystem system(8, 1);
  Swarm swarm(system);
  std::array<int, 8> off = {};
  std::map<std::size_t, int> sizes;
  constexpr int walks = 1000;
  for (std::uint64_t walk = 0; walk < walks; ++walk) {
    RandomStream random(11, walk);
    swarm.begin(1, random);
    std::array<int, 8> taken = {};
    for (int step = 0; step < 5500; ++step) {
      ++taken.at(actions[swarm.choose(actions, random)].group);
    }
    std::size_t together = 0;
    for (std::size_t group = 0; group < taken.size(); ++group) {
      off.at(group) += taken.at(group) == 0 ? 1 : 0;
      together += taken.at(group) == 0 ? 0U : 1U;
    }
    ++sizes[together];
  }
  // Each is off with a probability of one half, less what is switched on where all are off. Five standard
  // deviations.
  for (const int count : off) {
    BOOST_TEST(count > walks / 2 - 80);
    BOOST_TEST(count < walks / 2 + 80);
  }
  BOOST_TEST(sizes[0] == 0);
  BOOST_TEST(sizes[4] > sizes[2]);
  BOOST_TEST(sizes[4] > sizes[6]);
}

BOOST_AUTO_TEST_CASE(rates_in_a_swarm_differ) {
  const std::vector<Action> actions = {{0, 0}, {0, 1}};
  const GridSystem system(2, 1);
  Swarm swarm(system);
  std::set<int> ratios;
  for (std::uint64_t walk = 0; walk < 400; ++walk) {
    RandomStream random(12, walk);
    swarm.begin(1, random);
    std::array<int, 2> taken = {};
    for (int step = 0; step < 2600; ++step) {
      ++taken.at(actions[swarm.choose(actions, random)].group);
    }
    const auto [fewer, more] = std::minmax(taken[0], taken[1]);
    if (fewer > 0) {
      // 1, 4, 16 or 64, each a factor of four from the next: two are told apart by the factor of two.
      ratios.insert(more < 2 * fewer ? 1 : more < 8 * fewer ? 4 : more < 32 * fewer ? 16 : 64);
    }
  }
  BOOST_TEST(ratios == (std::set<int>{1, 4, 16, 64}), boost::test_tools::per_element());
}

/// Two faults that are always possible, in a hundred places, and one thing to do.
BOOST_AUTO_TEST_CASE(what_is_spontaneous_in_a_swarm_leaves_room_for_the_rest) {
  std::vector<Action> actions = {{0, 0}};
  actions.resize(101, Action{0, 1});
  const FaultyGrid system(2, 1);
  Swarm swarm(system);
  std::set<int> patiences;
  for (std::uint64_t walk = 0; walk < 200; ++walk) {
    RandomStream random(13, walk);
    swarm.begin(1, random);
    int faults = 0;
    for (int step = 0; step < 6500; ++step) {
      faults += actions[swarm.choose(actions, random)].group == 1 ? 1 : 0;
    }
    // Of 6500 there are 0, 100, 382, 1300 or 3250.
    patiences.insert(faults == 0 ? 0 : faults < 200 ? 65 : faults < 700 ? 17 : faults < 2000 ? 5 : 2);
  }
  BOOST_TEST(patiences == (std::set<int>{0, 2, 5, 17, 65}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nobody_goes_round_in_circles_for_ever) {
  for (const Schedule schedule : schedules) {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      SearchOptions options = options_of(schedule, seed, 3);
      options.bug_depth = 1;
      options.walk_steps_max = 60;
      const SearchResult result = search_random_walks(GraphSystem(circle()), options);
      BOOST_TEST((result.properties.at(1).verdict == Verdict::holds));
      BOOST_TEST(result.depth < 60U);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_found_does_not_depend_on_the_workers) {
  const Graph graph = ordering_bug(12, 8);
  const GraphSystem system(graph);
  for (const Schedule schedule : schedules) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      SearchOptions options = options_of(schedule, seed, 20000);
      const SearchResult alone = search_random_walks(system, options);
      BOOST_REQUIRE((alone.verdict == Verdict::violated));
      const WalkFound found = alone.properties.at(2).found.value();
      BOOST_TEST((found.schedule == schedule_of(schedule, found.walk)));
      BOOST_TEST(found.steps == alone.properties[2].path->actions.size());
      BOOST_TEST(alone.walks->walks == found.walk + 1);
      for (const unsigned workers : {2U, 5U}) {
        options.workers = workers;
        const SearchResult result = search_random_walks(system, options);
        BOOST_TEST(result.properties.at(2).found->walk == found.walk);
        BOOST_TEST((result.properties[2].path->actions == alone.properties[2].path->actions));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_mixture_takes_turns) {
  const GridSystem system(3, 20);
  for (std::uint64_t walk = 0; walk < 9; ++walk) {
    const Schedule schedule = schedules.at(walk % 3);
    BOOST_TEST((schedule_of(Schedule::mixture, walk) == schedule));
    BOOST_TEST(groups_of_walk(system, options_of(Schedule::mixture, 1, 1), walk) ==
                   groups_of_walk(system, options_of(schedule, 1, 1), walk),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(walks_are_the_same_in_renewed_systems) {
  const Graph graph = ordering_bug(20, 9);
  const GraphSystem system(graph);
  for (const Schedule schedule : schedules) {
    for (const unsigned workers : {1U, 3U}) {
      SearchOptions options = options_of(schedule, 2, 3000);
      options.all = true;
      options.workers = workers;
      const SearchResult kept = search_random_walks(system, options);
      std::uint64_t renewals = 0;
      options.renewed = [&] {
        ++renewals;
        return std::make_unique<GraphSystem>(graph);
      };
      BOOST_TEST(search_random_walks(system, options).fired == kept.fired, boost::test_tools::per_element());
      BOOST_TEST(renewals == 0U);
      options.renewed_from_bytes = 0;
      options.progress = [](const Progress& progress) { BOOST_TEST(progress.memory_bytes > 0U); };
      const SearchResult result = search_random_walks(system, options);
      BOOST_TEST(renewals > 900U);
      BOOST_TEST(result.fired == kept.fired, boost::test_tools::per_element());
      BOOST_TEST(result.generated == kept.generated);
      BOOST_TEST(result.distinct == kept.distinct);
      BOOST_TEST((result.properties.at(2).verdict == kept.properties.at(2).verdict));
    }
  }
}

BOOST_AUTO_TEST_CASE(walks_tell_what_they_were) {
  SearchOptions options = options_of(Schedule::pct, 1, 40);
  options.walk_steps_max = 100;
  options.bug_depth = 4;
  const SearchResult result = search_random_walks(GridSystem(5, 1000), options);
  BOOST_TEST(result.walks->walks == 40U);
  BOOST_TEST(result.walks->steps_max == 100U);
  BOOST_TEST((result.walks->schedule == Schedule::pct));
  BOOST_TEST(result.walks->bug_depth == 4U);
  BOOST_TEST(result.walks->actors == 5U);
  BOOST_TEST(result.walks->horizons == 4U);  // 16, 32, 64, 100
  BOOST_TEST(!search_breadth_first(GridSystem(2, 3), {}).walks.has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
