#include "checker/reduce/check_quotient.hpp"

#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace plimsoll::checker {
namespace {

using State = std::vector<Slot>;

/// A transition or a pruned action without the payload, which may tell apart what is one in the quotient.
struct Move {
  std::uint32_t group = 0;
  bool pruned = false;
  PropertyMask holds = 0;
  PropertyMask engaged = 0;
  State target;
  friend auto operator<=>(const Move&, const Move&) = default;
};

class Checker {
 public:
  explicit Checker(const Quotient& quotient)
      : quotient_(quotient),
        raw_(quotient.raw()),
        worker_(raw_.worker()),
        quotient_worker_(quotient.worker()),
        representer_(quotient.representer()) {
    for (std::size_t i = 0; i < raw_.properties().size(); ++i) {
      const PropertyKind kind = raw_.properties()[i].kind;
      if (kind != PropertyKind::deadlock_free && !is_liveness(kind)) {
        (kind == PropertyKind::step ? step_ : predicates_) |= property_bit(i);
      }
    }
  }

  std::optional<std::string> run(std::uint64_t states_max) {
    Successors out(raw_.width());
    raw_.initial(out);
    std::set<State> seen;
    std::deque<State> left;
    const auto add = [&](StateView state) {
      if (const auto [place, is_new] = seen.emplace(state.begin(), state.end()); is_new) {
        left.push_back(*place);
      }
    };
    for (std::size_t i = 0; i < out.size(); ++i) {
      add(out.state(i));
    }
    for (std::uint64_t count = 0; count < states_max && !left.empty(); ++count) {
      const State state = std::move(left.front());
      left.pop_front();
      expand(raw_, *worker_, state, out);
      if (const char* const broken = check(state, out)) {
        return std::string(broken) + ": " + to_line(raw_.describe(state));
      }
      for (std::size_t i = 0; i < out.size(); ++i) {
        add(out.state(i));
      }
    }
    return std::nullopt;
  }

 private:
  static void expand(const System& system, Worker& worker, const State& state, Successors& out) {
    const Fingerprint fingerprint = system.fingerprint(state);
    out.clear();
    out.begin(fingerprint);
    worker.successors(state, fingerprint, out);
  }

  [[nodiscard]] State representative(StateView state) {
    State found(state.begin(), state.end());
    representer_->represent(found, raw_.fingerprint(state));
    return found;
  }

  const char* check(const State& state, const Successors& ahead) {
    const State stands_for = representative(state);
    State again = stands_for;
    const Fingerprint fingerprint = quotient_.fingerprint(stands_for);
    if (representer_->represent(again, fingerprint) != fingerprint || again != stands_for) {
      return "what stands for this state does not stand for itself";
    }
    const Evaluation said = worker_->evaluate(state, predicates_);
    const Evaluation of_other = quotient_worker_->evaluate(stands_for, predicates_);
    if (said.holds != of_other.holds || said.engaged != of_other.engaged) {
      return "a property judges what stands for this state differently";
    }
    std::set<Move> expected = moves(*worker_, state, ahead);
    for (const Move& move : std::exchange(expected, {})) {
      expected.insert({move.group, move.pruned, move.holds, move.engaged,
                       move.pruned ? State() : representative(move.target)});
    }
    Successors out(raw_.width());
    expand(quotient_, *quotient_worker_, stands_for, out);
    if (expected != moves(*quotient_worker_, stands_for, out)) {
      return "what stands for this state has other transitions";
    }
    if (expected.empty() && worker_->may_end(state) != quotient_worker_->may_end(stands_for)) {
      return "what stands for this state may not end where it may, or may where it may not";
    }
    return nullptr;
  }

  [[nodiscard]] std::set<Move> moves(Worker& worker, const State& state, const Successors& out) const {
    std::set<Move> found;
    for (std::size_t i = 0; i < out.size(); ++i) {
      Evaluation step;
      if (step_ != 0) {
        step = worker.evaluate_step(state, out[i].action, out.state(i), step_);
      }
      found.insert({out[i].action.group, false, step.holds, step.engaged,
                    State(out.state(i).begin(), out.state(i).end())});
    }
    for (const Action& action : out.pruned_actions()) {
      found.insert({action.group, true, 0, 0, {}});
    }
    return found;
  }

  const Quotient& quotient_;
  const System& raw_;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<Worker> quotient_worker_;
  std::unique_ptr<Representer> representer_;
  PropertyMask predicates_ = 0;
  PropertyMask step_ = 0;
};

}  // namespace

std::optional<std::string> check_quotient(const Quotient& quotient, std::uint64_t states_max) {
  return Checker(quotient).run(states_max);
}

}  // namespace plimsoll::checker
