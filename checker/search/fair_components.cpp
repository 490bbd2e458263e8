#include "checker/search/fair_components.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// What decomposition knows of a state; side by side, since a transition's target is a random access.
struct Mark {
  std::uint32_t region = 0;  ///< the task or component it belongs to, or outside
  std::uint32_t low = 0;     ///< Tarjan's lowlink; 0: not discovered
};

/// A set of states that is to be decomposed; `region` marks its members.
struct Task {
  std::uint32_t region = 0;
  std::vector<StateNumber> states;
};

/// Tarjan's algorithm on the states of one region.
class Decomposition {
 public:
  /// @param marks  By state. No state outside a run has a lowlink.
  Decomposition(const StateGraph& graph, std::vector<Mark>& marks, const std::atomic<bool>& stop)
      : graph_(graph), marks_(marks), stop_(stop) {}

  /// Calls `settle` with every component, which must give the component's states another region. Returns
  /// false if it was stopped.
  template <class Settle>
  bool run(const Task& task, const Settle& settle) {
    next_ = 1;
    for (const StateNumber root : task.states) {
      if (marks_[root].region != task.region) {
        continue;
      }
      enter(root);
      while (!calls_.empty()) {
        if ((++steps_ & 0xffffU) == 0 && stop_.load(std::memory_order_relaxed)) {
          return false;
        }
        advance(task.region, settle);
      }
    }
    return true;
  }

 private:
  struct Call {
    StateNumber state = 0;
    std::uint32_t order = 0;  ///< of its discovery, from 1
    std::size_t next_transition = 0;
  };

  void enter(StateNumber state) {
    marks_[state].low = next_;
    calls_.push_back({state, next_, 0});
    stack_.push_back(state);
    ++next_;
  }

  template <class Settle>
  void advance(std::uint32_t region, const Settle& settle) {
    Call& call = calls_.back();
    const std::span<const StateNumber> targets = graph_.targets(call.state);
    while (call.next_transition < targets.size()) {
      const StateNumber target = targets[call.next_transition];
      ++call.next_transition;
      const Mark mark = marks_[target];
      if (mark.region != region) {
        continue;
      }
      if (mark.low == 0) {
        enter(target);
        return;
      }
      // It is on the stack: members of complete components are in the region no longer.
      lower(call.state, mark.low);
    }
    leave(settle);
  }

  template <class Settle>
  void leave(const Settle& settle) {
    const Call call = calls_.back();
    calls_.pop_back();
    if (marks_[call.state].low != call.order) {
      lower(calls_.back().state, marks_[call.state].low);
      return;
    }
    const auto first = std::find(stack_.rbegin(), stack_.rend(), call.state).base() - 1;
    const std::span<const StateNumber> component(first, stack_.end());
    for (const StateNumber state : component) {
      marks_[state].low = 0;
    }
    settle(component);
    stack_.erase(first, stack_.end());
  }

  void lower(StateNumber state, std::uint32_t low) { marks_[state].low = std::min(marks_[state].low, low); }

  const StateGraph& graph_;
  std::vector<Mark>& marks_;
  const std::atomic<bool>& stop_;
  std::vector<Call> calls_;
  std::vector<StateNumber> stack_;
  std::uint32_t next_ = 1;
  std::uint64_t steps_ = 0;
};

class Search {
 public:
  Search(const StateGraph& graph, const FairnessMasks& fairness, const StatePredicate& visited,
         const std::atomic<bool>& stop)
      : graph_(graph),
        fairness_(fairness),
        visited_(visited),
        marks_(graph.size()),
        decomposition_(graph, marks_, stop) {}

  std::optional<FairComponents> run(const StatePredicate& inside) {
    Task all{fresh_region(), {}};
    for (StateNumber state = 0; state < graph_.size(); ++state) {
      if (inside(state)) {
        marks_[state].region = all.region;
        all.states.push_back(state);
      }
    }
    tasks_.push_back(std::move(all));
    while (!tasks_.empty()) {
      const Task task = std::move(tasks_.back());
      tasks_.pop_back();
      if (!decomposition_.run(task, [this](std::span<const StateNumber> component) { settle(component); })) {
        return std::nullopt;
      }
    }
    return result();
  }

 private:
  static constexpr std::uint32_t outside = 0;

  /// What the transitions and states of a component do about the constraints.
  struct Account {
    FairnessMask taken = 0;
    FairnessMask enabled_somewhere = 0;
    FairnessMask enabled_everywhere = ~FairnessMask{0};
    bool has_transition = false;
    bool is_visited = false;
  };

  std::uint32_t fresh_region() {
    ++last_region_;
    PLIMSOLL_ASSERT(last_region_ != outside);
    return last_region_;
  }

  /// Decides what becomes of a component: nothing, a result, or a smaller task.
  void settle(std::span<const StateNumber> component) {
    if (component.size() == 1 && !has_loop(component[0])) {
      marks_[component[0]].region = outside;
      return;
    }
    std::vector<StateNumber> states(component.begin(), component.end());
    const std::uint32_t region = fresh_region();
    for (const StateNumber state : states) {
      marks_[state].region = region;
    }
    const Account account = account_of(states, region);
    const FairnessMask starved = fairness_.weak & account.enabled_everywhere & ~account.taken;
    const FairnessMask missed = fairness_.strong & account.enabled_somewhere & ~account.taken;
    if (!account.is_visited || starved != 0) {
      expel(states);
    } else if (missed == 0) {
      std::ranges::sort(states);
      found_.push_back(std::move(states));
    } else {
      std::erase_if(states, [&](StateNumber state) {
        const bool enables = (graph_.profile(state).enabled & missed) != 0;
        marks_[state].region = enables ? outside : region;
        return enables;
      });
      tasks_.push_back({region, std::move(states)});
    }
  }

  [[nodiscard]] bool has_loop(StateNumber state) const {
    return std::ranges::binary_search(graph_.targets(state), state);
  }

  void expel(const std::vector<StateNumber>& states) {
    for (const StateNumber state : states) {
      marks_[state].region = outside;
    }
  }

  [[nodiscard]] Account account_of(const std::vector<StateNumber>& states, std::uint32_t region) const {
    Account account;
    for (const StateNumber state : states) {
      const FairnessMask enabled = graph_.profile(state).enabled;
      account.enabled_somewhere |= enabled;
      account.enabled_everywhere &= enabled;
      account.is_visited = account.is_visited || visited_(state);
      const std::span<const StateNumber> targets = graph_.targets(state);
      for (std::size_t i = 0; i < targets.size(); ++i) {
        if (marks_[targets[i]].region == region) {
          account.taken |= graph_.taken(state, i);
        }
      }
    }
    return account;
  }

  /// Components in the order of their least states.
  FairComponents result() {
    std::ranges::sort(found_, {}, [](const std::vector<StateNumber>& states) { return states.front(); });
    std::vector<std::uint32_t> component_of(marks_.size(), FairComponents::none);
    for (std::size_t i = 0; i < found_.size(); ++i) {
      for (const StateNumber state : found_[i]) {
        component_of[state] = static_cast<std::uint32_t>(i + 1);
      }
    }
    return {std::move(component_of), std::move(found_)};
  }

  const StateGraph& graph_;
  const FairnessMasks& fairness_;
  const StatePredicate& visited_;
  std::vector<Mark> marks_;
  Decomposition decomposition_;
  std::vector<Task> tasks_;
  std::vector<std::vector<StateNumber>> found_;
  std::uint32_t last_region_ = outside;
};

}  // namespace

FairnessMasks masks_of(const std::vector<FairnessConstraint>& constraints) {
  FairnessMasks masks;
  for (std::size_t i = 0; i < constraints.size(); ++i) {
    (constraints[i].strength == Fairness::weak ? masks.weak : masks.strong) |= fairness_bit(i);
  }
  return masks;
}

std::optional<FairComponents> fair_components(const StateGraph& graph, const FairnessMasks& fairness,
                                              const StatePredicate& inside, const StatePredicate& visited,
                                              const std::atomic<bool>& stop) {
  return Search(graph, fairness, visited, stop).run(inside);
}

}  // namespace plimsoll::checker
