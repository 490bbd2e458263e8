#include "checker/trace/minimise.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/system/offering.hpp"
#include "checker/trace/judge.hpp"
#include "checker/trace/short_cuts.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// 0 if the lines differ in more than numbers, else the more the longer they are the same.
std::size_t likeness_of(std::string_view a, std::string_view b) {
  const auto [end_a, end_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto likeness = static_cast<std::size_t>(end_a - a.begin()) + 1;
  auto left = a.begin();
  auto right = b.begin();
  const auto skip_number = [](std::string_view::iterator& at, std::string_view::iterator end) {
    const bool is_number = at != end && is_digit(*at);
    at = std::find_if_not(at, end, is_digit);
    return is_number;
  };
  while (left != a.end() || right != b.end()) {
    if (skip_number(left, a.end()) != skip_number(right, b.end())) {
      return 0;
    }
    if (left == a.end() || right == b.end()) {
      return left == a.end() && right == b.end() ? likeness : 0;
    }
    if (*left++ != *right++) {
      return 0;
    }
  }
  return likeness;
}

class Minimiser {
 public:
  Minimiser(const System& system, Path path, std::size_t property, std::size_t executions, std::size_t steps)
      : system_(system),
        worker_(system.worker()),
        offering_(dynamic_cast<Offering*>(worker_.get())),
        judge_(system, *worker_, property),
        kept_(judge_.is_about_steps() ? 1 : 0),
        best_(std::move(path)),
        executions_left_(executions),
        steps_left_(steps),
        out_(system.width()) {}

  Path run() {
    if (is_spent()) {
      return std::move(best_);
    }
    straighten();
    // Attempt 0 leaves out nothing but what follows the first state that shows the violation.
    (void)attempt(0, 0);
    std::size_t chunk = std::max<std::size_t>(best_.actions.size() / 2, 1);
    while (!is_spent() && !best_.actions.empty()) {
      const bool shortened = pass(std::min(chunk, best_.actions.size()));
      if (!shortened && chunk == 1) {
        break;
      }
      chunk = shortened ? chunk : chunk / 2;
    }
    return std::move(best_);
  }

 private:
  [[nodiscard]] bool is_spent() const { return executions_left_ == 0 || steps_left_ == 0; }

  /// Not counted as a re-execution, for it pays always, but its steps are.
  void straighten() {
    best_ = without_circles(system_, std::move(best_), kept_);
    if (best_.actions.size() < steps_left_) {
      steps_left_ -= best_.actions.size();
      best_ = with_short_cuts(system_, *worker_, std::move(best_), kept_);
    }
    lines_.assign(best_.actions.size(), "");
  }

  /// Tries to leave out each chunk once; later ones first, because they depend on more.
  bool pass(std::size_t chunk) {
    bool shortened = false;
    for (std::size_t end = best_.actions.size(); end > 0 && !is_spent();) {
      const std::size_t begin = end > chunk ? end - chunk : 0;
      if (attempt(begin, end)) {
        shortened = true;
        end = std::min(begin, best_.actions.size());
      } else {
        end = begin;
      }
    }
    return shortened;
  }

  /// The label of step number `i` of the best; most steps are never asked for theirs.
  const std::string& line(std::size_t i) {
    if (lines_[i].empty()) {
      lines_[i] = to_line(system_.describe(best_.states[i], best_.actions[i]));
    }
    return lines_[i];
  }

  /// Re-executes without steps `begin` .. `end` - 1. True if the result shows the violation and is shorter;
  /// it is then the best.
  bool attempt(std::size_t begin, std::size_t end) {
    if (is_spent()) {
      return false;
    }
    --executions_left_;
    Path path{{best_.states[0]}, {}};
    bool shown = shows_state(path.states.back());
    for (std::size_t i = 0; i < best_.actions.size() && !shown && steps_left_ > 0; ++i) {
      if (i < begin || i >= end) {
        --steps_left_;
        shown = take(path, i);
      }
    }
    if (!shown || path.actions.size() >= best_.actions.size()) {
      return false;
    }
    best_ = without_circles(system_, std::move(path), kept_);
    lines_.assign(best_.actions.size(), "");
    return true;
  }

  bool shows_state(const std::vector<Slot>& state) { return !judge_.is_about_steps() && judge_.shows(state); }

  /// Takes what step `i` of the best did, if that is possible. True if the path shows the violation now.
  bool take(Path& path, std::size_t i) {
    const std::vector<Slot>& before = path.states.back();
    look(before, best_.actions[i]);
    const std::optional<std::size_t> found = find(before, i);
    if (!found) {
      return false;
    }
    const Action action = out_[*found].action;
    const StateView after = out_.state(*found);
    const bool shown_by_step = judge_.shows(before, action, after);
    path.actions.push_back(action);
    path.states.emplace_back(after.begin(), after.end());
    return shown_by_step || shows_state(path.states.back());
  }

  /// Finds the transitions among which the wanted one may be.
  void look(const std::vector<Slot>& before, const Action& wanted) {
    const Fingerprint fingerprint = system_.fingerprint(before);
    out_.clear();
    out_.begin(fingerprint);
    if (offering_ == nullptr) {
      worker_->successors(before, fingerprint, out_);
      return;
    }
    offers_.clear();
    offering_->offers(before, fingerprint, offers_);
    const Action offer = offering_->offer_of(wanted);
    if (std::ranges::find(offers_, offer) != offers_.end()) {
      offering_->accept(before, fingerprint, offer, out_);
      for (std::size_t i = 0; i < out_.size(); ++i) {
        if (out_[i].action == wanted) {
          return;
        }
      }
    }
    for (const Action& other : offers_) {
      if (other.group == offer.group && other != offer) {
        offering_->accept(before, fingerprint, other, out_);
      }
    }
  }

  /// The same action, or else one of the same label (what an action's encoding stands for may depend on the
  /// state), or else one whose label differs in numbers only: what counts requests, lives or terms counts
  /// less once steps are left out.
  std::optional<std::size_t> find(const std::vector<Slot>& before, std::size_t i) {
    const Action& wanted = best_.actions[i];
    for (std::size_t k = 0; k < out_.size(); ++k) {
      if (out_[k].action == wanted) {
        return k;
      }
    }
    std::optional<std::size_t> nearest;
    std::size_t most = 0;
    for (std::size_t k = 0; k < out_.size(); ++k) {
      if (out_[k].action.group != wanted.group) {
        continue;
      }
      const std::size_t likeness = likeness_of(to_line(system_.describe(before, out_[k].action)), line(i));
      if (likeness > most) {
        most = likeness;
        nearest = k;
      }
    }
    return nearest;
  }

  const System& system_;
  std::unique_ptr<Worker> worker_;
  Offering* const offering_;  ///< the worker, if it is
  Judge judge_;
  const std::size_t kept_;  ///< what shows something of steps must keep the last
  Path best_;
  std::vector<std::string> lines_;  ///< by step of the best; empty where nobody has asked yet
  std::size_t executions_left_;
  std::size_t steps_left_;
  Successors out_;
  std::vector<Action> offers_;
};

}  // namespace

Path minimise(const System& system, Path path, std::size_t property, std::size_t executions,
              std::size_t steps) {
  PLIMSOLL_ASSERT(path.states.size() == path.actions.size() + 1);
  return Minimiser(system, std::move(path), property, executions, steps).run();
}

}  // namespace plimsoll::checker
