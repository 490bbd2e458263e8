// Liveness against an oracle, on thousands of small graphs.
//
// The oracle knows nothing of components: a graph has a fair infinite path that goes on in a certain way if
// and only if some set of its transitions is strongly connected and fair, and all such sets are tried.
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "checker/search/lasso_judge.hpp"
#include "checker/search/liveness_bed.hpp"

namespace plimsoll::checker {
namespace {

using Bed = FairGraphSystem;
using NodeSet = std::set<std::uint32_t>;

constexpr std::size_t transitions_max = 9;

struct Arrow {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  FairnessMask taken = 0;
};

class Oracle {
 public:
  explicit Oracle(const FairGraph& graph) : graph_(graph) {
    for (std::uint32_t node = 0; node < graph.nodes.size(); ++node) {
      FairnessMask enabled = 0;
      for (const FairGraph::Edge& edge : graph.nodes[node].edges) {
        const FairnessMask fair = edge.pruned || edge.target != node ? edge.fair : 0;
        enabled |= fair;
        if (!edge.pruned) {
          arrows_.push_back({node, edge.target, fair});
        }
      }
      enabled_.push_back(enabled);
    }
    const NodeSet initial(graph.initial.begin(), graph.initial.end());
    reachable_ = closure(initial, all());
    has_pruned_ = std::ranges::any_of(reachable_, [&](std::uint32_t node) {
      return std::ranges::any_of(graph.nodes[node].edges, &FairGraph::Edge::pruned);
    });
    find_rounds();
  }

  [[nodiscard]] bool has_pruned() const { return has_pruned_; }
  [[nodiscard]] bool has_cause() const {
    return std::ranges::any_of(reachable_, [&](std::uint32_t node) { return graph_.nodes[node].cause; });
  }

  [[nodiscard]] bool is_violated(std::size_t property) const {
    const NodeSet unmet = where([&](std::uint32_t node) {
      return property == Bed::digit ? node % Bed::digits != 1 : !graph_.nodes[node].goal;
    });
    NodeSet begins;
    switch (property) {
      case Bed::eventually:
        begins = meet(NodeSet(graph_.initial.begin(), graph_.initial.end()), unmet);
        return goes_on(closure(begins, unmet), nullptr);
      case Bed::eventually_always:
        return goes_on(reachable_, &unmet);
      case Bed::leads_to:
        begins = meet(where([&](std::uint32_t node) { return graph_.nodes[node].cause; }), unmet);
        return goes_on(closure(meet(begins, reachable_), unmet), nullptr);
      default:
        return goes_on(meet(reachable_, unmet), nullptr);
    }
  }

 private:
  template <class Predicate>
  [[nodiscard]] NodeSet where(const Predicate& predicate) const {
    NodeSet nodes;
    for (std::uint32_t node = 0; node < graph_.nodes.size(); ++node) {
      if (predicate(node)) {
        nodes.insert(node);
      }
    }
    return nodes;
  }
  [[nodiscard]] NodeSet all() const {
    return where([](std::uint32_t) { return true; });
  }
  static NodeSet meet(const NodeSet& a, const NodeSet& b) {
    NodeSet both;
    std::ranges::set_intersection(a, b, std::inserter(both, both.end()));
    return both;
  }

  [[nodiscard]] NodeSet closure(NodeSet nodes, const NodeSet& within) const {
    for (bool grew = true; grew;) {
      grew = false;
      for (const Arrow& arrow : arrows_) {
        if (nodes.contains(arrow.from) && within.contains(arrow.to)) {
          grew = nodes.insert(arrow.to).second || grew;
        }
      }
    }
    return nodes;
  }

  /// The node sets of all strongly connected, fair sets of arrows.
  void find_rounds() {
    for (std::uint32_t chosen = 1; chosen < (1U << arrows_.size()); ++chosen) {
      std::vector<Arrow> arrows;
      for (std::size_t i = 0; i < arrows_.size(); ++i) {
        if ((chosen >> i & 1U) != 0) {
          arrows.push_back(arrows_[i]);
        }
      }
      NodeSet nodes;
      if (is_round(arrows, nodes) && is_fair(arrows, nodes)) {
        rounds_.insert(nodes);
      }
    }
  }
  static bool is_round(const std::vector<Arrow>& arrows, NodeSet& nodes) {
    for (const Arrow& arrow : arrows) {
      nodes.insert({arrow.from, arrow.to});
    }
    return spans(arrows, nodes, &Arrow::from, &Arrow::to) && spans(arrows, nodes, &Arrow::to, &Arrow::from);
  }
  /// Do the arrows, followed one way, lead from the first node to all?
  static bool spans(const std::vector<Arrow>& arrows, const NodeSet& nodes, std::uint32_t Arrow::* from,
                    std::uint32_t Arrow::* to) {
    NodeSet seen = {*nodes.begin()};
    for (std::size_t round = 0; round < nodes.size(); ++round) {
      for (const Arrow& arrow : arrows) {
        if (seen.contains(arrow.*from)) {
          seen.insert(arrow.*to);
        }
      }
    }
    return seen.size() == nodes.size();
  }
  [[nodiscard]] bool is_fair(const std::vector<Arrow>& arrows, const NodeSet& nodes) const {
    for (std::size_t i = 0; i < graph_.constraints.size(); ++i) {
      const auto takes = [&](const Arrow& arrow) { return (arrow.taken & fairness_bit(i)) != 0; };
      const auto enables = [&](std::uint32_t node) { return (enabled_[node] & fairness_bit(i)) != 0; };
      const bool is_due = graph_.constraints[i].strength == Fairness::weak
                              ? std::ranges::all_of(nodes, enables)
                              : std::ranges::any_of(nodes, enables);
      if (is_due && !std::ranges::any_of(arrows, takes)) {
        return false;
      }
    }
    return true;
  }

  /// Can a path that has come to `within` stay there for ever, or end, fairly, and pass one of `through`
  /// again and again? Null: whatever it passes.
  [[nodiscard]] bool goes_on(const NodeSet& within, const NodeSet* through) const {
    const auto is_right = [&](const NodeSet& nodes) {
      return std::ranges::includes(within, nodes) && (through == nullptr || !meet(nodes, *through).empty());
    };
    const bool ends = std::ranges::any_of(
        within, [&](std::uint32_t node) { return graph_.nodes[node].edges.empty() && is_right({node}); });
    return ends || std::ranges::any_of(rounds_, is_right);
  }

  const FairGraph& graph_;
  bool has_pruned_ = false;
  std::vector<Arrow> arrows_;
  std::vector<FairnessMask> enabled_;
  NodeSet reachable_;
  std::set<NodeSet> rounds_;
};

FairGraph any_graph() {
  FairGraph graph;
  const auto below = [](std::uint32_t bound) {
    return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0U, bound));
  };
  const std::uint32_t count = 1 + below(6);
  graph.nodes.resize(count);
  const std::uint32_t constraints = below(4);
  for (std::uint32_t i = 0; i < constraints; ++i) {
    graph.constraints.push_back({"c" + std::to_string(i), below(2) == 0 ? Fairness::weak : Fairness::strong});
  }
  const bool prunes = below(4) == 0;
  const std::uint32_t goal_weight = 1 + below(4);
  for (FairGraph::Node& node : graph.nodes) {
    node.goal = below(goal_weight + 1) == 0;
    node.cause = below(3) == 0;
  }
  const auto transitions = static_cast<std::uint32_t>(below(transitions_max + 1));
  for (std::uint32_t i = 0; i < transitions; ++i) {
    const std::uint32_t from = below(count);
    const std::uint32_t to = below(count);
    const std::uint32_t fair = below(3) == 0 ? 0 : below(1U << constraints);
    graph.nodes[from].edges.push_back({to, fair, prunes && below(5) == 0});
  }
  graph.initial = {below(count), below(count)};
  return graph;
}

std::string text(const FairGraph& graph) {
  std::ostringstream out;
  out << "initial " << graph.initial[0] << ", " << graph.initial[1] << ";";
  for (const FairnessConstraint& constraint : graph.constraints) {
    out << " " << to_text(constraint.strength);
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    out << "\n" << i << (graph.nodes[i].goal ? " goal" : "") << (graph.nodes[i].cause ? " cause" : "");
    for (const FairGraph::Edge& edge : graph.nodes[i].edges) {
      out << " ->" << edge.target << "[" << edge.fair << "]" << (edge.pruned ? "pruned" : "");
    }
  }
  return out.str();
}

/// What is wrong with what was found about the properties; empty if nothing is.
std::string mistake(const FairGraph& graph, const Oracle& oracle, const SearchResult& result) {
  const Bed system(graph);
  const auto worker = system.worker();
  for (const PropertyOutcome& found : result.properties) {
    const std::string id = system.properties()[found.property].id + ": ";
    const Verdict expected = oracle.is_violated(found.property) ? Verdict::violated
                             : oracle.has_pruned()              ? Verdict::inconclusive
                                                                : Verdict::holds;
    if (found.verdict != expected) {
      return id + std::string(to_text(found.verdict)) + ", the oracle says " + std::string(to_text(expected));
    }
    if (found.engaged != (found.property != Bed::leads_to || oracle.has_cause())) {
      return id + "wrong about vacuity";
    }
    if (found.path.has_value() != (expected == Verdict::violated)) {
      return id + "a counterexample too many or too few";
    }
    if (found.path) {
      if (const auto objection = judge_lasso(system, *worker, found.property, *found.path)) {
        return id + *objection;
      }
    }
  }
  return "";
}

bool are_equal(const SearchResult& one, const SearchResult& other) {
  const auto same = [](const PropertyOutcome& a, const PropertyOutcome& b) {
    return a.verdict == b.verdict && a.path.has_value() == b.path.has_value() &&
           (!a.path || (a.path->states == b.path->states && a.path->actions == b.path->actions &&
                        a.path->loop == b.path->loop));
  };
  return one.distinct == other.distinct && one.generated == other.generated &&
         std::ranges::equal(one.properties, other.properties, same);
}

/// A graph with levels wide enough for several workers.
FairGraph wide_graph(std::uint64_t seed, std::uint32_t goals_in_10000) {
  const auto draw = [&seed](std::uint64_t below) {
    return static_cast<std::uint32_t>(mix(seed += 0x9e3779b9U) % below);
  };
  FairGraph graph;
  constexpr std::uint32_t count = 30'000;
  graph.nodes.resize(count);
  graph.constraints = {{"a", Fairness::weak}, {"b", Fairness::strong}, {"c", Fairness::strong}};
  for (std::uint32_t i = 0; i < count; ++i) {
    graph.nodes[i].goal = draw(10'000) < goals_in_10000;
    graph.nodes[i].cause = draw(1000) == 0;
    for (std::uint32_t k = 1 + draw(4); k > 0; --k) {
      graph.nodes[i].edges.push_back({draw(count), draw(8), false});
    }
  }
  return graph;
}

BOOST_AUTO_TEST_SUITE(liveness_random_test)

BOOST_AUTO_TEST_CASE(verdicts_are_those_of_the_oracle) {
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = 2000;
  std::array<std::uint64_t, 3> seen{};
  const auto property = [&seen] {
    const FairGraph graph = any_graph();
    const Oracle oracle(graph);
    const Bed system(graph);
    SearchOptions options;
    options.all = true;
    const SearchResult exact = check_liveness(system, options);
    options.visited = VisitedMode::fingerprint;
    options.workers = 2;
    const SearchResult fingerprints = check_liveness(system, options);
    const std::string found = mistake(graph, oracle, exact);
    if (!found.empty() || !are_equal(exact, fingerprints)) {
      RC_FAIL(found + "\n" + text(graph));
    }
    for (const PropertyOutcome& outcome : exact.properties) {
      ++seen[static_cast<std::size_t>(outcome.verdict)];
    }
  };
  const rc::detail::TestResult result =
      rc::detail::checkProperty(rc::detail::toProperty(property), rc::detail::TestMetadata{}, params);
  std::ostringstream told;
  rc::detail::printResultMessage(result, told);
  BOOST_TEST(result.is<rc::detail::SuccessResult>(), told.str());
  // Every answer comes up often enough to mean something.
  for (const std::uint64_t times : seen) {
    BOOST_TEST(times > 200U);
  }
}

BOOST_AUTO_TEST_CASE(nothing_depends_on_the_number_of_workers) {
  // With few states that miss the goal, a loop has to pass one deep in the wide levels.
  for (const std::uint32_t goals : {0U, 250U, 9'998U}) {
    const FairGraph graph = wide_graph(goals + 1, goals);
    const Bed system(graph);
    const auto worker = system.worker();
    SearchOptions options;
    options.all = true;
    const SearchResult first = check_liveness(system, options);
    BOOST_TEST(first.frontier_max > 4096U);
    std::size_t violated = 0;
    for (const PropertyOutcome& outcome : first.properties) {
      if (outcome.path) {
        ++violated;
        const auto objection = judge_lasso(system, *worker, outcome.property, *outcome.path);
        BOOST_TEST(!objection.has_value(), objection.value_or(""));
        BOOST_TEST(outcome.path->states.size() < 60U);
      }
    }
    BOOST_TEST(violated >= 1U);
    for (const VisitedMode mode : {VisitedMode::exact, VisitedMode::fingerprint}) {
      for (const unsigned workers : {1U, 2U, 4U}) {
        options.visited = mode;
        options.workers = workers;
        BOOST_TEST(are_equal(first, check_liveness(system, options)));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
