// Systems of known shape for the tests of search: any finite graph, and a grid of counters whose numbers have
// closed forms.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checker/search/search.hpp"

namespace plimsoll::checker {

/// A graph whose nodes are states, spread over 1 to 4 slots, with predicates given by tables.
struct Graph {
  struct Edge {
    std::uint32_t target = 0;
    std::uint32_t group = 0;
    bool bad = false;     ///< violates the step property
    bool pruned = false;  ///< leads outside the bounds
  };
  struct Node {
    std::vector<Edge> edges;
    bool bad = false;      ///< violates property 0
    bool witness = false;  ///< witnesses property 1
    bool may_end = false;
  };
  static constexpr std::uint32_t group_count = 3;

  std::uint32_t width = 1;
  std::vector<Node> nodes;
  std::vector<std::uint32_t> initial;
  std::uint32_t bad_digit = ~0U;  ///< property 4 is violated where slot 0 stands for this digit

  /// Digits in base 5, the last slot takes the rest; spread apart so that slots are no small numbers.
  [[nodiscard]] std::vector<Slot> slots(std::uint32_t node) const {
    std::vector<Slot> state(width);
    for (std::uint32_t i = 0; i < width; ++i) {
      const std::uint32_t digit = i + 1 == width ? node : node % 5;
      state[i] = digit * factor;
      node /= 5;
    }
    return state;
  }
  [[nodiscard]] std::uint32_t node(StateView state) const {
    std::uint32_t number = 0;
    for (std::uint32_t i = width; i-- > 0;) {
      number = number * 5 + state[i] / factor;
    }
    return number;
  }
  [[nodiscard]] std::uint32_t digit(std::uint32_t node) const { return slots(node)[0] / factor; }

 private:
  static constexpr Slot factor = 10007;
};

[[nodiscard]] inline Fingerprint fingerprint_of_numbers(StateView state) {
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < state.size(); ++i) {
    sum += contribution(i, state[i]);
  }
  return finish_fingerprint(sum);
}

/// What the systems below share: slots are plain numbers, and descriptions show them.
class NumberSystem : public System {
 public:
  [[nodiscard]] Fingerprint fingerprint(StateView state) const override {
    return fingerprint_of_numbers(state);
  }
  [[nodiscard]] const std::vector<Property>& properties() const override { return properties_; }
  [[nodiscard]] const std::vector<std::string>& action_groups() const override { return groups_; }
  [[nodiscard]] ActionLabel describe(StateView /*before*/, const Action& action) const override {
    return {"edge", {{"number", std::to_string(action.payload)}}};
  }
  [[nodiscard]] Datum describe(StateView state) const override {
    std::vector<Datum> items;
    for (const Slot slot : state) {
      items.push_back(Datum::of_number(slot));
    }
    return Datum::of_list(std::move(items));
  }
  [[nodiscard]] SystemStatistics statistics() const override { return {}; }

 protected:
  std::vector<Property> properties_;
  std::vector<std::string> groups_;
};

class GraphSystem final : public NumberSystem {
 public:
  explicit GraphSystem(const Graph& graph) : graph_(graph) {
    properties_ = {{"good", PropertyKind::always, "no node is bad"},
                   {"seen", PropertyKind::sometimes, "some node is a witness"},
                   {"good-step", PropertyKind::step, "no edge is bad"},
                   {"deadlock-free", PropertyKind::deadlock_free, "every node has an edge or may end"},
                   {"digit", PropertyKind::always, "slot 0 is never the bad digit", slot_bit(0)}};
    groups_ = {"a", "b", "c"};
  }
  [[nodiscard]] std::uint32_t width() const override { return graph_.width; }
  void initial(Successors& out) const override {
    for (const std::uint32_t node : graph_.initial) {
      append(out, {}, ~SlotMask{0}, node);
    }
  }
  [[nodiscard]] std::unique_ptr<Worker> worker() const override {
    return std::make_unique<GraphWorker>(*this);
  }

 private:
  void append(Successors& out, const Action& action, SlotMask changed, std::uint32_t node) const {
    const std::vector<Slot> state = graph_.slots(node);
    out.append(action, changed, fingerprint(state), state);
  }

  class GraphWorker final : public Worker {
   public:
    explicit GraphWorker(const GraphSystem& system) : system_(system), graph_(system.graph_) {}
    void successors(StateView state, Fingerprint /*fingerprint*/, Successors& out) override {
      const Graph::Node& node = graph_.nodes[graph_.node(state)];
      for (std::size_t i = 0; i < node.edges.size(); ++i) {
        const Graph::Edge& edge = node.edges[i];
        if (edge.pruned) {
          out.prune({i, edge.group});
          continue;
        }
        SlotMask changed = 0;
        const std::vector<Slot> target = graph_.slots(edge.target);
        for (std::uint32_t slot = 0; slot < graph_.width; ++slot) {
          changed |= target[slot] == state[slot] ? 0 : slot_bit(slot);
        }
        // The step property looks at the edge, so a loop counts as a change too.
        system_.append(out, {i, edge.group}, changed | slot_bit(63), edge.target);
      }
    }
    Evaluation evaluate(StateView state, PropertyMask wanted) override {
      const std::uint32_t number = graph_.node(state);
      const Graph::Node& node = graph_.nodes[number];
      PropertyMask holds = 0;
      holds |= node.bad ? 0 : property_bit(0);
      holds |= node.witness ? property_bit(1) : 0;
      holds |= graph_.digit(number) == graph_.bad_digit ? 0 : property_bit(4);
      return {holds & wanted, holds & wanted};
    }
    Evaluation evaluate_step(StateView before, const Action& action, StateView /*after*/,
                             PropertyMask wanted) override {
      const bool bad = graph_.nodes[graph_.node(before)].edges[action.payload].bad;
      return {bad ? 0 : wanted, wanted};
    }
    bool may_end(StateView state) override { return graph_.nodes[graph_.node(state)].may_end; }
    [[nodiscard]] SystemStatistics statistics() const override { return {}; }

   private:
    const GraphSystem& system_;
    const Graph& graph_;
  };

  const Graph& graph_;
};

/// A small graph of any shape, in which faults are rare, so that some hold and others fail late.
/// @param draw  draw(n) gives a number below n.
template <class Draw>
[[nodiscard]] Graph any_small_graph(const Draw& draw) {
  Graph graph;
  graph.width = 1 + draw(4);
  graph.nodes.resize(1 + draw(60));
  const auto count = static_cast<std::uint32_t>(graph.nodes.size());
  const bool is_faulty = draw(2) == 1;
  const bool has_witnesses = draw(2) == 1;
  const bool has_dead_ends = draw(2) == 1;
  for (Graph::Node& node : graph.nodes) {
    node.bad = is_faulty && draw(30) == 0;
    node.witness = has_witnesses && draw(10) == 0;
    node.may_end = !has_dead_ends || draw(2) == 0;
    node.edges.resize(draw(5));
    for (Graph::Edge& edge : node.edges) {
      edge.target = draw(count);
      edge.group = draw(Graph::group_count);
      edge.bad = is_faulty && draw(40) == 0;
      edge.pruned = draw(8) == 0;
    }
  }
  graph.initial.resize(1 + draw(3));
  for (std::uint32_t& node : graph.initial) {
    node = draw(count);
  }
  if (is_faulty && draw(3) == 0) {
    graph.bad_digit = draw(5);
  }
  return graph;
}

/// What is wrong with `path` as a behaviour of GraphSystem that shows the news of `property`: its violation,
/// or of property 1 its witness. Empty if nothing is.
[[nodiscard]] inline std::string flaw(const Graph& graph, const Path& path, std::size_t property) {
  if (path.states.size() != path.actions.size() + 1) {
    return "actions do not join the states";
  }
  std::vector<std::uint32_t> nodes;
  for (const std::vector<Slot>& state : path.states) {
    nodes.push_back(graph.node(state));
  }
  if (std::find(graph.initial.begin(), graph.initial.end(), nodes.front()) == graph.initial.end()) {
    return "does not start in an initial state";
  }
  bool last_is_bad = false;
  for (std::size_t i = 0; i < path.actions.size(); ++i) {
    const Graph::Edge& edge = graph.nodes[nodes[i]].edges.at(path.actions[i].payload);
    if (edge.pruned || edge.target != nodes[i + 1] || edge.group != path.actions[i].group) {
      return "an action is not possible";
    }
    last_is_bad = edge.bad;
  }
  const Graph::Node& end = graph.nodes[nodes.back()];
  const bool shows[] = {end.bad, end.witness, last_is_bad, end.edges.empty() && !end.may_end,
                        graph.digit(nodes.back()) == graph.bad_digit};
  return shows[property] ? "" : "does not show what it should";
}

/// `counters` numbers that count up to `top` each: (top+1)^counters states, counters*top+1 levels. Never
/// deadlocks wrongly: the full grid may end.
class GridSystem : public NumberSystem {
 public:
  GridSystem(std::uint32_t counters, Slot top, std::uint32_t forbidden_sum = ~0U)
      : counters_(counters), top_(top), forbidden_sum_(forbidden_sum) {
    properties_ = {{"sum", PropertyKind::always, "the sum is never the forbidden one"},
                   {"far", PropertyKind::sometimes, "some counter passes the top"},
                   {"deadlock-free", PropertyKind::deadlock_free, "only the full grid ends"}};
    for (std::uint32_t i = 0; i < counters; ++i) {
      groups_.push_back("count " + std::to_string(i));
    }
  }
  [[nodiscard]] std::uint32_t width() const override { return counters_; }
  void initial(Successors& out) const override {
    const std::vector<Slot> zero(counters_, 0);
    out.append({}, ~SlotMask{0}, fingerprint(zero), zero);
  }
  [[nodiscard]] std::unique_ptr<Worker> worker() const override {
    return std::make_unique<GridWorker>(*this);
  }

  [[nodiscard]] std::uint64_t distinct() const { return power(counters_); }
  [[nodiscard]] std::uint64_t generated() const {
    return 1 + std::uint64_t{counters_} * top_ * power(counters_ - 1);
  }
  [[nodiscard]] std::uint32_t depth() const { return counters_ * top_ + 1; }

 private:
  [[nodiscard]] std::uint64_t power(std::uint32_t exponent) const {
    std::uint64_t product = 1;
    for (std::uint32_t i = 0; i < exponent; ++i) {
      product *= top_ + 1;
    }
    return product;
  }

  class GridWorker final : public Worker {
   public:
    explicit GridWorker(const GridSystem& system) : system_(system) {}
    void successors(StateView state, Fingerprint fingerprint, Successors& out) override {
      for (std::uint32_t i = 0; i < state.size(); ++i) {
        if (state[i] == system_.top_) {
          continue;
        }
        // Incrementally, as worlds do; the sum of a fingerprint is practically never 0.
        const Fingerprint next = fingerprint - contribution(i, state[i]) + contribution(i, state[i] + 1);
        out.append({i, i}, slot_bit(i), next, state)[i] = state[i] + 1;
      }
    }
    Evaluation evaluate(StateView state, PropertyMask wanted) override {
      std::uint32_t sum = 0;
      for (const Slot slot : state) {
        sum += slot;
      }
      const PropertyMask holds = sum == system_.forbidden_sum_ ? 0 : property_bit(0);
      return {holds & wanted, holds & wanted};
    }
    Evaluation evaluate_step(StateView, const Action&, StateView, PropertyMask wanted) override {
      return {wanted, wanted};
    }
    bool may_end(StateView state) override { return state.front() == system_.top_; }
    [[nodiscard]] SystemStatistics statistics() const override { return {}; }

   private:
    const GridSystem& system_;
  };

  std::uint32_t counters_;
  Slot top_;
  std::uint32_t forbidden_sum_;
};

}  // namespace plimsoll::checker
