// Circles and detours are left out, the first and the last state stay, and what is left is a behaviour.
#include "checker/trace/short_cuts.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "checker/search/random_stream.hpp"
#include "checker/search/test_bed.hpp"
#include "checker/trace/minimise.hpp"

namespace plimsoll::checker {
namespace {

/// A walk of so many steps at most through a graph.
Path walk(const Graph& graph, std::size_t steps, RandomStream& random) {
  const GraphSystem system(graph);
  const auto worker = system.worker();
  Path path{{graph.slots(graph.initial[0])}, {}};
  while (path.actions.size() < steps) {
    Successors out(system.width());
    worker->successors(path.states.back(), system.fingerprint(path.states.back()), out);
    if (out.size() == 0) {
      break;
    }
    const auto i = static_cast<std::size_t>(random.below(out.size()));
    path.actions.push_back(out[i].action);
    path.states.emplace_back(out.state(i).begin(), out.state(i).end());
  }
  return path;
}

/// What is wrong with `shortened` as what is left of `path`; empty if nothing is.
std::string flaw_of(const Graph& graph, const Path& path, const Path& shortened, std::size_t kept) {
  if (shortened.states.front() != path.states.front() || shortened.states.back() != path.states.back()) {
    return "other ends";
  }
  for (std::size_t i = 0; i < std::min(kept, path.actions.size()); ++i) {
    if (shortened.actions.at(shortened.actions.size() - 1 - i) != path.actions[path.actions.size() - 1 - i]) {
      return "another last step";
    }
  }
  if (shortened.states.size() != shortened.actions.size() + 1 ||
      shortened.actions.size() > path.actions.size()) {
    return "too long";
  }
  for (std::size_t i = 0; i < shortened.actions.size(); ++i) {
    const Graph::Edge& edge =
        graph.nodes[graph.node(shortened.states[i])].edges.at(shortened.actions[i].payload);
    if (edge.pruned || edge.target != graph.node(shortened.states[i + 1])) {
      return "no behaviour";
    }
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(short_cuts_test)

BOOST_AUTO_TEST_CASE(what_is_left_is_a_behaviour_without_circles) {
  BOOST_TEST(rc::check("of walks through any graph", [] {
    const Graph graph = any_small_graph([](std::uint32_t below) { return *rc::gen::inRange(0U, below); });
    const GraphSystem system(graph);
    const auto worker = system.worker();
    RandomStream random(*rc::gen::arbitrary<std::uint64_t>(), 0);
    const std::size_t kept = *rc::gen::inRange(0U, 2U);
    const Path path = walk(graph, *rc::gen::inRange(0U, 200U), random);
    const Path straight = without_circles(system, path, kept);
    RC_ASSERT(flaw_of(graph, path, straight, kept) == "");
    const std::set<std::vector<Slot>> distinct(straight.states.begin(),
                                               straight.states.end() - static_cast<std::ptrdiff_t>(kept));
    RC_ASSERT(straight.actions.empty() || distinct.size() == straight.states.size() - kept);
    const Path shortest = with_short_cuts(system, *worker, straight, kept);
    RC_ASSERT(flaw_of(graph, straight, shortest, kept) == "");
  }));
}

BOOST_AUTO_TEST_CASE(detours_are_left_out) {
  // 0 -> 1 -> ... -> 9, and from each node a step to the next but one.
  Graph graph;
  graph.nodes.resize(10);
  graph.initial = {0};
  for (std::uint32_t i = 0; i < 9; ++i) {
    graph.nodes[i].edges = {{i + 1, 0}};
    if (i < 8) {
      graph.nodes[i].edges.push_back({i + 2, 1});
    }
  }
  const GraphSystem system(graph);
  const auto worker = system.worker();
  Path path{{graph.slots(0)}, {}};
  for (std::uint32_t i = 1; i < 10; ++i) {
    path.actions.push_back({0, 0});
    path.states.push_back(graph.slots(i));
  }
  BOOST_TEST(without_circles(system, path, 0).actions.size() == 9U);
  BOOST_TEST(with_short_cuts(system, *worker, path, 0).actions.size() == 5U);
  // Four to get to the last but one, and the last, which must stay.
  const Path kept = with_short_cuts(system, *worker, path, 1);
  BOOST_TEST(kept.actions.size() == 5U);
  BOOST_TEST((kept.actions.back() == Action{0, 0}));
}

BOOST_AUTO_TEST_CASE(a_bad_step_that_leads_back_is_no_circle) {
  Graph graph;
  graph.nodes.resize(2);
  graph.initial = {0};
  graph.nodes[0].edges = {{1, 0}};
  graph.nodes[1].edges = {{0, 1, true}};
  const GraphSystem system(graph);
  const Path path{{graph.slots(0), graph.slots(1), graph.slots(0)}, {{0, 0}, {0, 1}}};
  BOOST_TEST(without_circles(system, path, 0).actions.empty());
  BOOST_TEST(minimise(system, path, 2, 1000).actions.size() == 2U);
}

BOOST_AUTO_TEST_CASE(walks_of_thousands_of_steps_are_shortened_within_the_budget) {
  // Six counters up to 2000 each: no circles, and nearly every step is needed by some later one of its own.
  const GridSystem system(6, 2000, 7000);
  SearchOptions options;
  options.runs = 1;
  options.walk_steps_max = 20000;
  SearchResult found = search_random_walks(system, options);
  BOOST_REQUIRE((found.verdict == Verdict::violated));
  Path path = *found.properties.at(0).path;
  BOOST_REQUIRE(path.actions.size() == 7000U);
  BOOST_TEST(minimise(system, path, 0, 1'000'000, 100'000).actions.size() == 7000U);
  // A witness that needs 30 of 7000 steps.
  const GridSystem wanders(6, 2000, 30);
  const Path shortened = minimise(wanders, std::move(path), 0, 1'000'000, 100'000);
  BOOST_TEST(shortened.actions.size() == 30U);
}

/// Tickets are numbered, drawn and used one after another; bad is that so many are open at once.
/// Labels tell the number, which counts all that came before.
class Tickets final : public GridSystem {
 public:
  explicit Tickets(Slot open) : GridSystem(2, 5000, ~0U), open_(open) {
    properties_ = {{"few", PropertyKind::always, "few tickets are open"}};
    groups_ = {"draw", "use"};
  }
  [[nodiscard]] ActionLabel describe(StateView before, const Action& action) const override {
    return {groups_[action.group], {{"ticket", std::to_string(before[action.group])}}};
  }
  [[nodiscard]] std::unique_ptr<Worker> worker() const override {
    return std::make_unique<TicketWorker>(open_);
  }

 private:
  class TicketWorker final : public Worker {
   public:
    explicit TicketWorker(Slot open) : open_(open) {}
    void successors(StateView state, Fingerprint /*fingerprint*/, Successors& out) override {
      for (std::uint32_t i = 0; i < 2; ++i) {
        if (i == 1 && state[1] == state[0]) {
          continue;
        }
        std::vector<Slot> next(state.begin(), state.end());
        ++next[i];
        // The payload is the ticket's number as well: no action ever comes again.
        out.append({state[i], i}, slot_bit(i), fingerprint_of_numbers(next), next);
      }
    }
    Evaluation evaluate(StateView state, PropertyMask wanted) override {
      return {state[0] - state[1] < open_ ? wanted : 0, wanted};
    }
    Evaluation evaluate_step(StateView, const Action&, StateView, PropertyMask wanted) override {
      return {wanted, wanted};
    }
    bool may_end(StateView) override { return true; }
    [[nodiscard]] SystemStatistics statistics() const override { return {}; }

   private:
    Slot open_;
  };

  Slot open_;
};

BOOST_AUTO_TEST_CASE(steps_are_found_again_though_they_are_numbered) {
  const Tickets system(30);
  SearchOptions options;
  options.walk_steps_max = 4000;
  const SearchResult found = search_random_walks(system, options);
  BOOST_REQUIRE((found.verdict == Verdict::violated));
  const Path& path = *found.properties.at(0).path;
  BOOST_TEST(path.actions.size() > 200U);
  BOOST_TEST(minimise(system, path, 0, 1'000'000, 100'000).actions.size() == 30U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
