// Breadth-first search against a naive one, on graphs.
#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checker/search/search.hpp"
#include "checker/search/test_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t property_count = 5;
constexpr VisitedMode modes[] = {VisitedMode::exact, VisitedMode::fingerprint};

/// The oracle: levels as plain sets of nodes, then the documented rules applied to them.
class NaiveSearch {
 public:
  explicit NaiveSearch(const Graph& graph) : graph_(graph), level_of_(graph.nodes.size(), never) {
    std::vector<std::uint32_t> level = graph.initial;
    for (std::uint32_t number = 0; !level.empty(); ++number) {
      std::vector<std::uint32_t> next;
      std::set<std::uint32_t> fresh;
      for (const std::uint32_t node : level) {
        if (level_of_[node] != never) {
          continue;
        }
        level_of_[node] = number;
        fresh.insert(node);
        for (const Graph::Edge& edge : graph.nodes[node].edges) {
          if (!edge.pruned) {
            next.push_back(edge.target);
          }
        }
      }
      if (!fresh.empty()) {
        levels_.emplace_back(fresh.begin(), fresh.end());
      }
      level = next;
    }
    for (std::size_t property = 0; property < property_count; ++property) {
      find(property);
    }
  }

  struct Finding {
    std::uint32_t round = never;  ///< after how many expanded levels it is known
    Fingerprint state = 0;
    Fingerprint after = 0;
    std::uint32_t node = 0;
    std::optional<std::uint32_t> edge;
  };
  [[nodiscard]] const Finding& finding(std::size_t property) const { return findings_[property]; }
  [[nodiscard]] const std::vector<std::vector<std::uint32_t>>& levels() const { return levels_; }

  /// The round after which the search ends; `never` if it exhausts the graph.
  [[nodiscard]] std::uint32_t last_round(bool all) const {
    std::uint32_t first = never;
    std::uint32_t last = 0;
    bool last_is_violation = false;
    for (std::size_t property = 0; property < property_count; ++property) {
      const std::uint32_t round = findings_[property].round;
      if (property != 1) {
        first = std::min(first, round);
      }
      if (round > last) {
        last_is_violation = false;
      }
      last = std::max(last, round);
      last_is_violation |= round == last && property != 1;
    }
    if (!all) {
      return first;
    }
    return last_is_violation ? last : never;
  }
  [[nodiscard]] Verdict verdict(std::size_t property, bool all) const {
    const std::uint32_t round = findings_[property].round;
    const std::uint32_t last = last_round(all);
    if (round == never) {
      if (last != never) {
        return Verdict::inconclusive;
      }
      return property == 1 ? Verdict::violated : Verdict::holds;
    }
    bool reported = round < last || all;
    if (!reported && round == last) {
      reported = true;
      for (std::size_t other = 0; other < property; ++other) {
        reported &= other == 1 || findings_[other].round != last;
      }
    }
    if (!reported) {
      return Verdict::inconclusive;
    }
    return property == 1 ? Verdict::holds : Verdict::violated;
  }
  /// The nodes of the trace that must be reported.
  [[nodiscard]] std::vector<std::uint32_t> trace(std::size_t property) const {
    const Finding& found = findings_[property];
    std::vector<std::uint32_t> nodes = {found.node};
    while (level_of_[nodes.back()] > 0) {
      nodes.push_back(least_parent(nodes.back()));
    }
    std::reverse(nodes.begin(), nodes.end());
    if (found.edge) {
      nodes.push_back(graph_.nodes[found.node].edges[*found.edge].target);
    }
    return nodes;
  }

 private:
  [[nodiscard]] Fingerprint fingerprint(std::uint32_t node) const {
    return fingerprint_of_numbers(graph_.slots(node));
  }

  void find(std::size_t property) {
    Finding& best = findings_.emplace_back();
    for (std::uint32_t level = 0; level < levels_.size() && best.round == never; ++level) {
      for (const std::uint32_t node : levels_[level]) {
        const Graph::Node& at = graph_.nodes[node];
        const auto offer = [&](std::uint32_t round, Fingerprint after, std::optional<std::uint32_t> edge) {
          if (best.round == never ||
              std::pair(fingerprint(node), after) < std::pair(best.state, best.after)) {
            best = {round, fingerprint(node), after, node, edge};
          }
        };
        if ((property == 0 && at.bad) || (property == 1 && at.witness) ||
            (property == 4 && graph_.digit(node) == graph_.bad_digit)) {
          offer(level, 0, std::nullopt);
        }
        if (property == 3 && at.edges.empty() && !at.may_end) {
          offer(level + 1, 0, std::nullopt);
        }
        for (std::uint32_t i = 0; property == 2 && i < at.edges.size(); ++i) {
          if (at.edges[i].bad && !at.edges[i].pruned) {
            offer(level + 1, fingerprint(at.edges[i].target), i);
          }
        }
      }
    }
  }
  [[nodiscard]] std::uint32_t least_parent(std::uint32_t child) const {
    std::optional<std::uint32_t> least;
    for (const std::uint32_t node : levels_[level_of_[child] - 1]) {
      for (const Graph::Edge& edge : graph_.nodes[node].edges) {
        if (edge.target == child && !edge.pruned && (!least || fingerprint(node) < fingerprint(*least))) {
          least = node;
        }
      }
    }
    return least.value();
  }

  const Graph& graph_;
  std::vector<std::uint32_t> level_of_;
  std::vector<std::vector<std::uint32_t>> levels_;
  std::vector<Finding> findings_;
};

struct Counts {
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  std::uint64_t pruned = 0;
  std::uint32_t depth = 0;
  std::uint64_t frontier_max = 0;
  std::vector<std::uint64_t> fired;
  friend bool operator==(const Counts&, const Counts&) = default;
};

Counts expected_counts(const Graph& graph, const NaiveSearch& naive, std::uint32_t last_round) {
  Counts counts;
  counts.generated = graph.initial.size();
  counts.fired.assign(Graph::group_count, 0);
  for (std::uint32_t level = 0; level < naive.levels().size() && level <= last_round; ++level) {
    const std::vector<std::uint32_t>& nodes = naive.levels()[level];
    counts.distinct += nodes.size();
    counts.depth = level + 1;
    counts.frontier_max = std::max<std::uint64_t>(counts.frontier_max, nodes.size());
    for (const std::uint32_t node : nodes) {
      for (const Graph::Edge& edge : graph.nodes[node].edges) {
        if (level == last_round) {
          break;
        }
        counts.generated += edge.pruned ? 0 : 1;
        counts.pruned += edge.pruned ? 1 : 0;
        counts.fired[edge.group] += edge.pruned ? 0 : 1;
      }
    }
  }
  return counts;
}

std::string failure(const Graph& graph, const NaiveSearch& naive, const SearchOptions& options) {
  const GraphSystem system(graph);
  const SearchResult result = search_breadth_first(system, options);
  const std::uint32_t last = naive.last_round(options.all);
  const Counts found{result.distinct, result.generated,    result.pruned,
                     result.depth,    result.frontier_max, result.fired};
  if (!(found == expected_counts(graph, naive, last))) {
    return "counts differ: " + std::to_string(result.distinct) + " distinct, " +
           std::to_string(result.generated) + " generated";
  }
  if (result.stop != (last == never ? Stop::exhausted : Stop::violated)) {
    return "stopped for: " + std::string(to_text(result.stop));
  }
  Verdict expected = Verdict::holds;
  for (std::size_t i = 0; i < property_count; ++i) {
    const PropertyOutcome& outcome = result.properties.at(i);
    if (outcome.verdict != naive.verdict(i, options.all)) {
      return "property " + std::to_string(i) + " " + std::string(to_text(outcome.verdict));
    }
    expected = outcome.verdict == Verdict::violated ? Verdict::violated : expected;
    const bool traced = naive.finding(i).round != never && outcome.verdict != Verdict::inconclusive;
    if (outcome.path.has_value() != traced) {
      return "property " + std::to_string(i) + (traced ? " lacks a trace" : " has a trace");
    }
    if (!traced) {
      continue;
    }
    std::vector<std::uint32_t> nodes;
    for (const std::vector<Slot>& state : outcome.path->states) {
      nodes.push_back(graph.node(state));
    }
    if (nodes != naive.trace(i)) {
      return "property " + std::to_string(i) + " has another trace";
    }
    for (std::size_t k = 0; k + 1 < nodes.size(); ++k) {
      const Graph::Edge& taken = graph.nodes[nodes[k]].edges.at(outcome.path->actions.at(k).payload);
      const bool last_step = k + 2 == nodes.size();
      if (taken.target != nodes[k + 1] || taken.pruned || (i == 2 && last_step && !taken.bad)) {
        return "property " + std::to_string(i) + " has a wrong action";
      }
    }
  }
  return result.verdict == expected ? "" : "verdict " + std::string(to_text(result.verdict));
}

/// Rare faults, so that some graphs hold and others fail late.
bool rarely(int one_in) {
  return *rc::gen::inRange(0, one_in) == 0;
}

Graph any_graph() {
  Graph graph;
  graph.width = *rc::gen::inRange(1U, 5U);
  graph.nodes.resize(*rc::gen::inRange<std::size_t>(1, 60));
  const auto count = static_cast<std::uint32_t>(graph.nodes.size());
  const bool faulty = *rc::gen::arbitrary<bool>();
  const bool witnessed = *rc::gen::arbitrary<bool>();
  const bool dead_ends = *rc::gen::arbitrary<bool>();
  for (std::uint32_t i = 0; i < count; ++i) {
    Graph::Node& node = graph.nodes[i];
    node.bad = faulty && rarely(30);
    node.witness = witnessed && rarely(10);
    node.may_end = !dead_ends || rarely(2);
    node.edges.resize(*rc::gen::inRange<std::size_t>(0, 5));
    for (Graph::Edge& edge : node.edges) {
      edge.target = *rc::gen::inRange(0U, count);
      edge.group = *rc::gen::inRange(0U, Graph::group_count);
      edge.bad = faulty && rarely(40);
      edge.pruned = rarely(8);
    }
  }
  graph.initial.resize(*rc::gen::inRange<std::size_t>(1, 4));
  for (std::uint32_t& node : graph.initial) {
    node = *rc::gen::inRange(0U, count);
  }
  if (faulty && rarely(3)) {
    graph.bad_digit = *rc::gen::inRange(0U, 5U);
  }
  return graph;
}

/// A graph with levels wide enough for several workers. Faults, if any, lie in the later numbers.
Graph large_graph(std::uint64_t seed, bool faulty) {
  std::uint64_t state = seed;
  const auto draw = [&](std::uint64_t below) {
    return static_cast<std::uint32_t>(mix(state += 0x9e3779b9U) % below);
  };
  Graph graph;
  graph.width = 3;
  graph.nodes.resize(60000);
  graph.initial = {0, 1};
  for (Graph::Node& node : graph.nodes) {
    node.may_end = true;
    node.edges.resize(draw(8));
    for (Graph::Edge& edge : node.edges) {
      edge.target = draw(graph.nodes.size());
      edge.group = draw(Graph::group_count);
      edge.pruned = draw(50) == 0;
      edge.bad = faulty && draw(20000) == 0;
    }
    node.bad = faulty && draw(3000) == 0;
    node.witness = draw(2000) == 0;
  }
  graph.nodes[0].edges = {{2, 0}, {3, 1}, {4, 2}, {5, 0}, {6, 0}};
  graph.nodes[0].bad = graph.nodes[1].bad = false;
  return graph;
}

BOOST_AUTO_TEST_SUITE(breadth_first_test)

BOOST_AUTO_TEST_CASE(it_agrees_with_a_naive_search_on_small_graphs) {
  BOOST_TEST(rc::check("counts, verdicts and traces, for both visited sets, one and all violations", [] {
    const Graph graph = any_graph();
    const NaiveSearch naive(graph);
    RC_CLASSIFY(naive.last_round(false) == never, "nothing violated");
    RC_CLASSIFY(naive.last_round(false) != never && naive.last_round(true) == never,
                "violated, exhausted with all");
    for (const VisitedMode mode : modes) {
      for (const bool all : {false, true}) {
        SearchOptions options;
        options.visited = mode;
        options.all = all;
        RC_ASSERT(failure(graph, naive, options) == "");
      }
    }
  }));
}

BOOST_AUTO_TEST_CASE(it_agrees_with_a_naive_search_for_any_number_of_workers) {
  for (const std::uint64_t seed : {1U, 2U}) {
    for (const bool faulty : {false, true}) {
      const Graph graph = large_graph(seed, faulty);
      const NaiveSearch naive(graph);
      BOOST_REQUIRE((naive.last_round(false) != never) == faulty);
      for (const VisitedMode mode : modes) {
        for (const unsigned workers : {1U, 2U, 4U}) {
          SearchOptions options;
          options.visited = mode;
          options.workers = workers;
          options.all = seed == 2;
          BOOST_TEST(failure(graph, naive, options) == "", to_text(mode) << ", " << workers << " workers");
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_pruned_transition_is_no_deadlock) {
  Graph graph;
  graph.nodes.resize(2);
  graph.initial = {0};
  graph.nodes[0].edges = {{1, 0, false, true}};
  const GraphSystem pruned(graph);
  const SearchResult held = search_breadth_first(pruned, {});
  BOOST_TEST((held.properties.at(3).verdict == Verdict::holds));
  BOOST_TEST(held.pruned == 1U);
  BOOST_TEST(held.distinct == 1U);
  graph.nodes[0].edges.clear();
  const SearchResult found = search_breadth_first(GraphSystem(graph), {});
  BOOST_TEST((found.properties.at(3).verdict == Verdict::violated));
}

BOOST_AUTO_TEST_CASE(only_selected_properties_are_judged) {
  Graph graph;
  graph.nodes.resize(1);
  graph.nodes[0].bad = true;
  graph.initial = {0};
  SearchOptions options;
  options.selected = property_bit(4);
  const SearchResult result = search_breadth_first(GraphSystem(graph), options);
  BOOST_REQUIRE(result.properties.size() == 1U);
  BOOST_TEST(result.properties[0].property == 4U);
  BOOST_TEST((result.verdict == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(canary) {
  // If this ever holds, no other verdict of this file means anything.
  Graph graph;
  graph.nodes.resize(3);
  graph.initial = {0};
  graph.nodes[0].edges = {{1, 0}};
  graph.nodes[1].edges = {{2, 0}};
  graph.nodes[2].bad = true;
  const SearchResult result = search_breadth_first(GraphSystem(graph), {});
  BOOST_TEST((result.verdict == Verdict::violated));
  BOOST_REQUIRE(result.properties.at(0).path.has_value());
  BOOST_TEST(result.properties[0].path->states.size() == 3U);
  BOOST_TEST(result.properties[0].path->actions.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
