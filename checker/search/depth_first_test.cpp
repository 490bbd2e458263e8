// Depth-first search against the breadth-first one, on graphs.
#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "checker/search/search.hpp"
#include "checker/search/test_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::size_t property_count = 5;
constexpr std::size_t witness = 1;
constexpr VisitedMode modes[] = {VisitedMode::exact, VisitedMode::fingerprint, VisitedMode::bitstate};

/// A bitstate set that is large for the graphs of this file: it omits nothing, and must not say so.
SearchOptions options_of(VisitedMode mode, unsigned workers, bool all = false) {
  SearchOptions options;
  options.visited = mode;
  options.workers = workers;
  options.all = all;
  options.bitstate_bytes = std::uint64_t{1} << 22U;
  return options;
}

/// Nothing is asked, so all is seen.
std::string counting_failure(const System& system, SearchOptions options) {
  options.selected = 0;
  SearchOptions plain;
  plain.selected = 0;
  const SearchResult expected = search_breadth_first(system, plain);
  const SearchResult found = search_depth_first(system, options);
  if (found.stop != Stop::exhausted) {
    return "stopped for " + std::string(to_text(found.stop));
  }
  if (found.distinct != expected.distinct || found.generated != expected.generated ||
      found.pruned != expected.pruned || found.fired != expected.fired) {
    return std::to_string(found.distinct) + " distinct, " + std::to_string(found.generated) +
           " generated and not " + std::to_string(expected.distinct) + ", " +
           std::to_string(expected.generated);
  }
  if (found.depth < expected.depth || found.depth > found.distinct) {
    return "depth " + std::to_string(found.depth);
  }
  const bool is_lossy = options.visited == VisitedMode::bitstate;
  if (found.verdict != (is_lossy ? Verdict::inconclusive : Verdict::holds)) {
    return "verdict " + std::string(to_text(found.verdict));
  }
  return "";
}

/// What breadth-first search says of a property, weakened to what may be said with a lossy set.
Verdict expected_verdict(const PropertyOutcome& known, bool is_lossy) {
  return is_lossy && !known.path ? Verdict::inconclusive : known.verdict;
}

/// Every violation and witness is found if all are wanted.
std::string judging_failure(const Graph& graph, const SearchOptions& options) {
  const GraphSystem system(graph);
  SearchOptions plain;
  plain.all = true;
  const SearchResult known = search_breadth_first(system, plain);
  const SearchResult found = search_depth_first(system, options);
  const bool is_lossy = options.visited == VisitedMode::bitstate;
  std::size_t violated = 0;
  for (std::size_t i = 0; i < property_count; ++i) {
    const PropertyOutcome& outcome = found.properties.at(i);
    const std::string name = "property " + std::to_string(i);
    const Verdict expected = expected_verdict(known.properties.at(i), is_lossy);
    // Without --all, what was not come to is open.
    const bool may_be_open = !options.all && found.stop == Stop::violated;
    if (outcome.verdict != expected && !(may_be_open && outcome.verdict == Verdict::inconclusive)) {
      return name + " " + std::string(to_text(outcome.verdict));
    }
    violated += outcome.verdict == Verdict::violated && outcome.path ? 1 : 0;
    if (outcome.path && flaw(graph, *outcome.path, i) != "") {
      return name + ": the path " + flaw(graph, *outcome.path, i);
    }
    if (!outcome.path && known.properties[i].path && outcome.verdict != Verdict::inconclusive) {
      return name + " has no path";
    }
  }
  const bool is_violated = std::any_of(known.properties.begin(), known.properties.end(), [](const auto& one) {
    return one.verdict == Verdict::violated && one.path;
  });
  if (!options.all && violated != (is_violated ? 1U : 0U)) {
    return std::to_string(violated) + " violations";
  }
  if (is_violated && found.verdict != Verdict::violated) {
    return "verdict " + std::string(to_text(found.verdict));
  }
  return !is_lossy || found.verdict != Verdict::holds ? "" : "holds";
}

Graph small_graph() {
  return any_small_graph([](std::uint32_t below) { return *rc::gen::inRange(0U, below); });
}

/// A graph that takes long enough for workers to give each other work.
Graph large_graph(std::uint64_t seed, bool is_faulty) {
  std::uint64_t state = seed;
  const auto draw = [&](std::uint64_t below) {
    return static_cast<std::uint32_t>(mix(state += 0x9e3779b9U) % below);
  };
  Graph graph;
  graph.width = 3;
  graph.nodes.resize(40000);
  graph.initial = {0, 1};
  for (Graph::Node& node : graph.nodes) {
    node.may_end = true;
    node.edges.resize(draw(6));
    for (Graph::Edge& edge : node.edges) {
      edge = {draw(graph.nodes.size()), draw(Graph::group_count), is_faulty && draw(20000) == 0,
              draw(50) == 0};
    }
    node.bad = is_faulty && draw(3000) == 0;
    node.witness = draw(2000) == 0;
  }
  graph.nodes[0].edges = {{2, 0}, {3, 1}, {4, 2}, {5, 0}, {6, 0}};
  return graph;
}

Graph chain(std::uint32_t length) {
  Graph graph;
  graph.nodes.resize(length);
  graph.initial = {0};
  for (std::uint32_t i = 0; i + 1 < length; ++i) {
    graph.nodes[i].edges = {{i + 1, 0}};
  }
  graph.nodes.back().may_end = true;
  return graph;
}

BOOST_AUTO_TEST_SUITE(depth_first_test)

BOOST_AUTO_TEST_CASE(it_agrees_with_breadth_first_search_on_small_graphs) {
  BOOST_TEST(rc::check("counts, verdicts and paths, for all visited sets, one and all violations", [] {
    const Graph graph = small_graph();
    const auto workers = *rc::gen::element(1U, 2U, 4U);
    for (const VisitedMode mode : modes) {
      RC_ASSERT(counting_failure(GraphSystem(graph), options_of(mode, workers)) == "");
      for (const bool all : {false, true}) {
        RC_ASSERT(judging_failure(graph, options_of(mode, workers, all)) == "");
      }
    }
  }));
}

BOOST_AUTO_TEST_CASE(it_agrees_with_breadth_first_search_for_any_number_of_workers) {
  for (const bool is_faulty : {false, true}) {
    const Graph graph = large_graph(3, is_faulty);
    for (const VisitedMode mode : modes) {
      for (const unsigned workers : {1U, 2U, 4U, 16U}) {
        BOOST_TEST_CONTEXT(to_text(mode) << ", " << workers << " workers") {
          BOOST_TEST(counting_failure(GraphSystem(graph), options_of(mode, workers)) == "");
          BOOST_TEST(judging_failure(graph, options_of(mode, workers, true)) == "");
          BOOST_TEST(judging_failure(graph, options_of(mode, workers, false)) == "");
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_bitstate_set_that_is_too_small_misses_states_and_claims_nothing) {
  BOOST_TEST(rc::check("16 bytes", [] {
    const Graph graph = small_graph();
    const GraphSystem system(graph);
    SearchOptions options = options_of(VisitedMode::bitstate, *rc::gen::element(1U, 4U), true);
    options.bitstate_bytes = 16;
    const SearchResult whole = search_breadth_first(system, {});
    const SearchResult found = search_depth_first(system, options);
    RC_ASSERT(found.verdict != Verdict::holds);
    RC_ASSERT(found.visited_memory_bytes == 16U);
    for (const PropertyOutcome& outcome : found.properties) {
      RC_ASSERT(outcome.path.has_value() == (outcome.verdict != Verdict::inconclusive));
      if (outcome.path) {
        RC_ASSERT(flaw(graph, *outcome.path, outcome.property) == "");
      }
    }
    RC_ASSERT(whole.stop != Stop::exhausted || found.distinct <= whole.distinct);
  }));
  const Graph graph = large_graph(3, false);
  SearchOptions options = options_of(VisitedMode::bitstate, 2);
  options.bitstate_bytes = 2000;
  const SearchResult found = search_depth_first(GraphSystem(graph), options);
  BOOST_TEST((found.stop == Stop::exhausted));
  BOOST_TEST((found.verdict == Verdict::inconclusive));
  BOOST_TEST(found.distinct > 1000U);
  BOOST_TEST(found.distinct < 20000U);
  BOOST_TEST(found.omission_probability > 0.2);
}

BOOST_AUTO_TEST_CASE(a_long_path_is_followed_to_its_end) {
  Graph graph = chain(100000);
  graph.nodes.back().bad = true;
  for (const unsigned workers : {1U, 3U}) {
    const SearchResult result =
        search_depth_first(GraphSystem(graph), options_of(VisitedMode::exact, workers));
    BOOST_TEST((result.properties.at(0).verdict == Verdict::violated));
    BOOST_REQUIRE(result.properties[0].path.has_value());
    BOOST_TEST(result.properties[0].path->states.size() == 100000U);
    BOOST_TEST(flaw(graph, *result.properties[0].path, 0) == "");
    BOOST_TEST(result.depth == 100000U);
    BOOST_TEST(result.frontier_max == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_pruned_transition_is_no_deadlock) {
  Graph graph;
  graph.nodes.resize(2);
  graph.initial = {0};
  graph.nodes[0].edges = {{1, 0, false, true}};
  const SearchResult held = search_depth_first(GraphSystem(graph), {});
  BOOST_TEST((held.properties.at(3).verdict == Verdict::holds));
  BOOST_TEST(held.pruned == 1U);
  BOOST_TEST(held.distinct == 1U);
  graph.nodes[0].edges.clear();
  const SearchResult found = search_depth_first(GraphSystem(graph), {});
  BOOST_TEST((found.properties.at(3).verdict == Verdict::violated));
  BOOST_REQUIRE(found.properties[3].path.has_value());
  BOOST_TEST(found.properties[3].path->states.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_witness_is_shown_and_does_not_end_the_search) {
  Graph graph = chain(4);
  graph.nodes[2].witness = true;
  const SearchResult result = search_depth_first(GraphSystem(graph), {});
  BOOST_TEST((result.verdict == Verdict::holds));
  BOOST_TEST((result.stop == Stop::exhausted));
  BOOST_TEST((result.engine == Engine::dfs));
  BOOST_TEST(result.distinct == 4U);
  BOOST_REQUIRE(result.properties.at(witness).path.has_value());
  BOOST_TEST(result.properties[witness].path->states.size() == 3U);
}

BOOST_AUTO_TEST_CASE(more_workers_than_states_do_no_harm) {
  const Graph graph = chain(3);
  const SearchResult result = search_depth_first(GraphSystem(graph), options_of(VisitedMode::exact, 256));
  BOOST_TEST((result.stop == Stop::exhausted));
  BOOST_TEST(result.distinct == 3U);
  BOOST_TEST(result.generated == 3U);
}

BOOST_AUTO_TEST_CASE(only_selected_properties_are_judged) {
  Graph graph;
  graph.nodes.resize(1);
  graph.nodes[0].bad = true;
  graph.initial = {0};
  SearchOptions options;
  options.selected = property_bit(4);
  const SearchResult result = search_depth_first(GraphSystem(graph), options);
  BOOST_REQUIRE(result.properties.size() == 1U);
  BOOST_TEST(result.properties[0].property == 4U);
  BOOST_TEST((result.verdict == Verdict::holds));
}

BOOST_AUTO_TEST_CASE(canary) {
  // If this ever holds, no other verdict of this file means anything.
  Graph graph = chain(3);
  graph.nodes[2].bad = true;
  const SearchResult result = search_depth_first(GraphSystem(graph), {});
  BOOST_TEST((result.verdict == Verdict::violated));
  BOOST_TEST((result.stop == Stop::violated));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
