// Any finite graph with fairness constraints, as a System whose liveness properties are all about one goal;
// for the tests of liveness.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker/search/test_bed.hpp"

namespace plimsoll::checker {

struct FairGraph {
  struct Edge {
    std::uint32_t target = 0;
    FairnessMask fair = 0;  ///< constraints it belongs to
    bool pruned = false;    ///< leads outside the bounds
  };
  struct Node {
    std::vector<Edge> edges;
    bool goal = false;
    bool cause = false;
  };
  std::vector<Node> nodes;
  std::vector<std::uint32_t> initial = {0};
  std::vector<FairnessConstraint> constraints;
};

/// Thread-safety: as System. The graph must outlive it.
class FairGraphSystem : public NumberSystem {
 public:
  /// Properties by number. The last is about slot 0 alone, and says so.
  enum : std::size_t { safe, eventually, always_eventually, eventually_always, leads_to, digit, count };
  static constexpr std::uint32_t digits = 3;

  explicit FairGraphSystem(const FairGraph& graph) : graph_(graph) {
    properties_ = {
        {"safe", PropertyKind::always, "no liveness property"},
        {"eventually", PropertyKind::eventually, "the goal is met"},
        {"always-eventually", PropertyKind::always_eventually, "the goal is met again and again"},
        {"eventually-always", PropertyKind::eventually_always, "the goal is kept from some state on"},
        {"leads-to", PropertyKind::leads_to, "a cause leads to the goal", ~SlotMask{0}, true},
        {"digit", PropertyKind::always_eventually, "slot 0 is 1 again and again", slot_bit(0)}};
    groups_ = {"go"};
  }

  [[nodiscard]] std::uint32_t width() const override { return 2; }
  void initial(Successors& out) const override {
    for (const std::uint32_t node : graph_.initial) {
      append(out, {}, ~SlotMask{0}, node);
    }
  }
  [[nodiscard]] std::unique_ptr<Worker> worker() const override {
    return std::make_unique<FairGraphWorker>(*this);
  }
  [[nodiscard]] const std::vector<FairnessConstraint>& fairness() const override {
    return graph_.constraints;
  }

  [[nodiscard]] static std::uint32_t node(StateView state) { return state[1] * digits + state[0]; }

 private:
  void append(Successors& out, const Action& action, SlotMask changed, std::uint32_t node) const {
    const std::vector<Slot> state = {node % digits, node / digits};
    out.append(action, changed, fingerprint(state), state);
  }

  class FairGraphWorker final : public Worker {
   public:
    explicit FairGraphWorker(const FairGraphSystem& system) : system_(system) {}
    void successors(StateView state, Fingerprint /*fingerprint*/, Successors& out) override {
      const std::uint32_t from = node(state);
      const FairGraph::Node& here = system_.graph_.nodes[from];
      for (std::size_t i = 0; i < here.edges.size(); ++i) {
        const FairGraph::Edge& edge = here.edges[i];
        if (edge.pruned) {
          out.prune({i, 0});
          continue;
        }
        const SlotMask changed = (edge.target % digits != from % digits ? slot_bit(0) : 0) |
                                 (edge.target / digits != from / digits ? slot_bit(1) : 0);
        system_.append(out, {i, 0}, changed, edge.target);
      }
    }
    Evaluation evaluate(StateView state, PropertyMask wanted) override {
      const FairGraph::Node& here = system_.graph_.nodes[node(state)];
      PropertyMask goals = 0;
      PropertyMask causes = 0;
      for (const std::size_t property : {eventually, always_eventually, eventually_always, leads_to}) {
        goals |= here.goal ? property_bit(property) : 0;
        causes |= here.cause ? property_bit(property) : 0;
      }
      goals |= state[0] == 1 ? property_bit(digit) : 0;
      return {goals & wanted, causes & wanted};
    }
    Evaluation evaluate_step(StateView, const Action&, StateView, PropertyMask wanted) override {
      return {wanted, wanted};
    }
    bool may_end(StateView) override { return true; }
    FairnessMask fairness_of(StateView before, const Action& action) override {
      return system_.graph_.nodes[node(before)].edges[action.payload].fair;
    }
    [[nodiscard]] SystemStatistics statistics() const override { return {}; }

   private:
    const FairGraphSystem& system_;
  };

  const FairGraph& graph_;
};

}  // namespace plimsoll::checker
