// Random walks against what the documentation says of them, walked one after another on graphs.
#include <rapidcheck.h>

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checker/search/random_stream.hpp"
#include "checker/search/search.hpp"
#include "checker/search/test_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::size_t property_count = 5;
constexpr std::size_t witness = 1;

/// The oracle: what each walk meets first, and what is then to be reported.
class NaiveWalks {
 public:
  using Nodes = std::vector<std::uint32_t>;

  NaiveWalks(const Graph& graph, const SearchOptions& options) : graph_(graph), found_(property_count) {
    for (std::uint64_t walk = 0; walk < options.runs && !(violated_ && !options.all); ++walk) {
      follow(walk, options);
    }
  }
  [[nodiscard]] const std::optional<Nodes>& found(std::size_t property) const { return found_[property]; }
  [[nodiscard]] bool violated() const { return violated_; }
  std::uint64_t generated = 0;
  std::uint64_t pruned = 0;
  std::size_t depth = 0;
  std::set<std::uint32_t> seen;

 private:
  void follow(std::uint64_t walk, const SearchOptions& options) {
    RandomStream random(options.seed, walk);
    Nodes path = {graph_.initial[random.below(graph_.initial.size())]};
    const std::size_t states_max =
        std::min<std::size_t>(std::size_t{options.walk_steps_max} + 1, options.limits.depth_max);
    bool by_bad_edge = false;
    while (true) {
      ++generated;
      seen.insert(path.back());
      depth = std::max(depth, path.size());
      const Graph::Node& node = graph_.nodes[path.back()];
      const bool news[] = {node.bad, node.witness, by_bad_edge, false,
                           graph_.digit(path.back()) == graph_.bad_digit};
      if (note(news, path, options.all)) {
        return;
      }
      std::vector<Graph::Edge> open;
      std::copy_if(node.edges.begin(), node.edges.end(), std::back_inserter(open),
                   [](const Graph::Edge& edge) { return !edge.pruned; });
      pruned += node.edges.size() - open.size();
      const bool deadlock[] = {false, false, false, node.edges.empty() && !node.may_end, false};
      if (note(deadlock, path, options.all) || open.empty() || path.size() == states_max) {
        return;
      }
      const Graph::Edge& taken = open[random.below(open.size())];
      by_bad_edge = taken.bad;
      path.push_back(taken.target);
    }
  }
  /// True: the walk is over.
  bool note(const bool (&news)[property_count], const Nodes& path, bool all) {
    bool ends = false;
    for (std::size_t i = 0; i < property_count; ++i) {
      if (!news[i] || (ends && i != witness)) {
        continue;
      }
      if (!found_[i]) {
        found_[i] = path;
      }
      violated_ |= i != witness;
      ends |= i != witness && !all;
    }
    return ends;
  }

  const Graph& graph_;
  std::vector<std::optional<Nodes>> found_;
  bool violated_ = false;
};

std::string failure(const Graph& graph, const SearchOptions& options) {
  const NaiveWalks naive(graph, options);
  const SearchResult result = search_random_walks(GraphSystem(graph), options);
  bool is_all_found = true;
  for (std::size_t i = 0; i < property_count; ++i) {
    const PropertyOutcome& outcome = result.properties.at(i);
    const std::string name = "property " + std::to_string(i);
    const auto& expected = naive.found(i);
    is_all_found &= expected.has_value();
    if (outcome.path.has_value() != expected.has_value()) {
      return name + (expected ? " was not found" : " was found");
    }
    const Verdict found = i == witness ? Verdict::holds : Verdict::violated;
    if (outcome.verdict != (expected ? found : Verdict::inconclusive)) {
      return name + " " + std::string(to_text(outcome.verdict));
    }
    if (!expected) {
      continue;
    }
    std::vector<std::uint32_t> nodes;
    for (const std::vector<Slot>& state : outcome.path->states) {
      nodes.push_back(graph.node(state));
    }
    if (nodes != *expected || flaw(graph, *outcome.path, i) != "") {
      return name + " has another path " + flaw(graph, *outcome.path, i);
    }
  }
  if (result.verdict != (naive.violated() ? Verdict::violated : Verdict::inconclusive)) {
    return "verdict " + std::string(to_text(result.verdict));
  }
  const bool ends_early = naive.violated() && (!options.all || is_all_found);
  if (result.stop != (ends_early ? Stop::violated : Stop::runs)) {
    return "stopped for " + std::string(to_text(result.stop));
  }
  // With several workers, walks beyond the violation may have been begun.
  if (!ends_early && (result.generated != naive.generated || result.pruned != naive.pruned ||
                      result.depth != naive.depth || result.distinct != naive.seen.size())) {
    return "counted " + std::to_string(result.generated) + ", " + std::to_string(result.distinct);
  }
  return "";
}

SearchOptions options_of(std::uint64_t seed, std::uint64_t runs, unsigned workers) {
  SearchOptions options;
  options.seed = seed;
  options.runs = runs;
  options.workers = workers;
  return options;
}

/// Node 0 leads to 1, 2, 3 and 4, each by an edge.
Graph star() {
  Graph graph;
  graph.nodes.resize(5);
  graph.initial = {0};
  graph.nodes[0].edges = {{1, 0}, {2, 1}, {3, 2}, {4, 2}};
  for (std::size_t i = 1; i < 5; ++i) {
    graph.nodes[i].may_end = true;
  }
  return graph;
}

/// No walk of few steps sees the end of it.
const GridSystem& endless() {
  static const GridSystem system(6, 1U << 20U);
  return system;
}

BOOST_AUTO_TEST_SUITE(random_walks_test)

BOOST_AUTO_TEST_CASE(what_is_reported_is_what_one_walk_after_another_finds) {
  BOOST_TEST(rc::check("verdicts, paths and counts, for 1, 2 and 4 workers", [] {
    const Graph graph = any_small_graph([](std::uint32_t below) { return *rc::gen::inRange(0U, below); });
    SearchOptions options = options_of(*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::inRange(1U, 40U), 1);
    options.walk_steps_max = *rc::gen::inRange(0U, 60U);
    options.limits.depth_max = *rc::gen::inRange(1U, 100U);
    for (const unsigned workers : {1U, 2U, 4U}) {
      for (const bool all : {false, true}) {
        options.workers = workers;
        options.all = all;
        RC_ASSERT(failure(graph, options) == "");
      }
    }
  }));
}

BOOST_AUTO_TEST_CASE(the_walk_that_is_reported_does_not_depend_on_the_workers) {
  // One state in 2^12 is bad, so hundreds of walks pass before one is found, by workers at different speeds.
  Graph graph;
  graph.nodes.resize(std::size_t{1} << 13U);
  graph.initial = {1};
  for (std::uint32_t i = 1; i < graph.nodes.size() / 2; ++i) {
    graph.nodes[i].edges = {{2 * i, 0}, {2 * i + 1, 1}};
  }
  for (std::size_t i = graph.nodes.size() / 2; i < graph.nodes.size(); ++i) {
    graph.nodes[i].may_end = true;
  }
  graph.nodes[5000].bad = graph.nodes[6500].bad = graph.nodes[7777].bad = true;
  graph.nodes[4444].witness = graph.nodes[8000].witness = true;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    for (const unsigned workers : {1U, 2U, 4U, 9U}) {
      for (const bool all : {false, true}) {
        SearchOptions options = options_of(seed, 8000, workers);
        options.all = all;
        BOOST_TEST(failure(graph, options) == "");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(choices_are_uniform) {
  const SearchResult result = search_random_walks(GraphSystem(star()), options_of(1, 16000, 2));
  BOOST_TEST(result.generated == 32000U);
  BOOST_TEST(result.distinct == 5U);
  BOOST_TEST(result.depth == 2U);
  BOOST_TEST((result.engine == Engine::walk));
  // About four standard deviations.
  BOOST_TEST(result.fired.at(0) > 3780U);
  BOOST_TEST(result.fired.at(0) < 4220U);
  BOOST_TEST(result.fired.at(1) > 3780U);
  BOOST_TEST(result.fired.at(1) < 4220U);
  BOOST_TEST(result.fired.at(2) > 7750U);
  BOOST_TEST(result.fired.at(2) < 8250U);
  Graph graph = star();
  graph.initial = {0, 1, 2, 3};
  const SearchResult started = search_random_walks(GraphSystem(graph), options_of(1, 16000, 1));
  BOOST_TEST(started.generated > 16000U + 3780);
  BOOST_TEST(started.generated < 16000U + 4220);
}

BOOST_AUTO_TEST_CASE(other_seeds_walk_elsewhere) {
  const GridSystem system(3, 1000);
  std::set<std::vector<std::uint64_t>> fired;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SearchOptions options = options_of(seed, 1, 1);
    const SearchResult once = search_random_walks(system, options);
    BOOST_TEST(once.fired == search_random_walks(system, options).fired);
    fired.insert(once.fired);
  }
  BOOST_TEST(fired.size() == 10U);
}

BOOST_AUTO_TEST_CASE(a_walk_ends_where_its_limits_say) {
  SearchOptions options = options_of(1, 3, 2);
  options.walk_steps_max = 70;
  const SearchResult by_steps = search_random_walks(endless(), options);
  BOOST_TEST((by_steps.stop == Stop::runs));
  BOOST_TEST((by_steps.verdict == Verdict::inconclusive));
  BOOST_TEST(by_steps.depth == 71U);
  BOOST_TEST(by_steps.generated == 3U * 71);
  options.limits.depth_max = 20;
  const SearchResult by_depth = search_random_walks(endless(), options);
  BOOST_TEST((by_depth.stop == Stop::runs));
  BOOST_TEST(by_depth.depth == 20U);
  BOOST_TEST(by_depth.generated == 60U);
}

BOOST_AUTO_TEST_CASE(a_walk_that_can_only_leave_the_bounds_is_no_deadlock) {
  Graph graph;
  graph.nodes.resize(2);
  graph.initial = {0};
  graph.nodes[0].edges = {{1, 0, false, true}};
  const SearchResult pruned = search_random_walks(GraphSystem(graph), options_of(1, 10, 1));
  BOOST_TEST((pruned.verdict == Verdict::inconclusive));
  BOOST_TEST(pruned.pruned == 10U);
  graph.nodes[0].edges.clear();
  const SearchResult found = search_random_walks(GraphSystem(graph), options_of(1, 10, 1));
  BOOST_TEST((found.properties.at(3).verdict == Verdict::violated));
}

BOOST_AUTO_TEST_CASE(limits_end_them_all) {
  SearchOptions options = options_of(1, std::numeric_limits<std::uint64_t>::max(), 3);
  options.limits.seconds_max = 0.2;
  const SearchResult by_time = search_random_walks(endless(), options);
  BOOST_TEST((by_time.stop == Stop::time));
  BOOST_TEST((by_time.verdict == Verdict::inconclusive));
  BOOST_TEST(by_time.seconds >= 0.2);
  BOOST_TEST(by_time.distinct > 1000U);

  options.limits.seconds_max = std::numeric_limits<double>::infinity();
  options.limits.states_max = 5000;
  const SearchResult by_states = search_random_walks(endless(), options);
  BOOST_TEST((by_states.stop == Stop::states));
  BOOST_TEST(by_states.distinct >= 5000U);
  BOOST_TEST(by_states.distinct < 5003U);

  options.limits.states_max = std::numeric_limits<std::uint64_t>::max();
  options.limits.memory_bytes_max = 1000;
  const SearchResult by_memory = search_random_walks(endless(), options);
  BOOST_TEST((by_memory.stop == Stop::memory));
  BOOST_TEST((by_memory.verdict == Verdict::inconclusive));
}

BOOST_AUTO_TEST_CASE(an_interrupt_ends_them) {
  std::atomic<bool> interrupted{false};
  std::atomic<std::uint64_t> reports{0};
  SearchOptions options = options_of(1, std::numeric_limits<std::uint64_t>::max(), 2);
  options.interrupted = &interrupted;
  options.progress = [&](const Progress& progress) {
    interrupted.store(reports.fetch_add(1) >= 1 && progress.generated > 0);
  };
  const SearchResult result = search_random_walks(endless(), options);
  BOOST_TEST((result.stop == Stop::interrupted));
  BOOST_TEST((result.verdict == Verdict::inconclusive));
}

BOOST_AUTO_TEST_CASE(canary) {
  // If this ever holds, no other verdict of this file means anything.
  Graph graph = star();
  graph.nodes[3].bad = true;
  const SearchResult result = search_random_walks(GraphSystem(graph), options_of(1, 100, 1));
  BOOST_TEST((result.verdict == Verdict::violated));
  BOOST_TEST((result.stop == Stop::violated));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
