#include "checker/reduce/concretise.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

class Concretiser {
 public:
  explicit Concretiser(const Quotient& reduced)
      : raw_(reduced.raw()),
        worker_(raw_.worker()),
        representer_(reduced.representer()),
        out_(raw_.width()) {}

  void start(const std::vector<Slot>& representative) {
    raw_.initial(out_);
    for (std::size_t i = 0; i < out_.size(); ++i) {
      if (is_represented_by(i, representative)) {
        path_.states.emplace_back(out_.state(i).begin(), out_.state(i).end());
        return;
      }
    }
    PLIMSOLL_ASSERT_KNOWN(false, "the first state of the path stands for no initial state");
  }

  /// To any state that the next one stands for; with `violates` by a transition of which that step property
  /// is false.
  void step(const std::vector<Slot>& representative, const std::size_t* violates) {
    const std::vector<Slot>& before = path_.states.back();
    const Fingerprint fingerprint = raw_.fingerprint(before);
    out_.clear();
    out_.begin(fingerprint);
    worker_->successors(before, fingerprint, out_);
    for (std::size_t i = 0; i < out_.size(); ++i) {
      if (!is_represented_by(i, representative) || (violates != nullptr && !is_violated(i, *violates))) {
        continue;
      }
      path_.actions.push_back(out_[i].action);
      path_.states.emplace_back(out_.state(i).begin(), out_.state(i).end());
      return;
    }
    PLIMSOLL_ASSERT_KNOWN(false, "after step " + std::to_string(path_.actions.size()) +
                                     " no transition leads on: what was reduced is no quotient");
  }

  [[nodiscard]] Path take() { return std::move(path_); }

 private:
  bool is_represented_by(std::size_t i, const std::vector<Slot>& representative) {
    state_.assign(out_.state(i).begin(), out_.state(i).end());
    representer_->represent(state_, out_[i].fingerprint);
    return state_ == representative;
  }
  bool is_violated(std::size_t i, std::size_t property) {
    const PropertyMask bit = property_bit(property);
    return (worker_->evaluate_step(path_.states.back(), out_[i].action, out_.state(i), bit).holds & bit) == 0;
  }

  const System& raw_;
  std::unique_ptr<Worker> worker_;
  std::unique_ptr<Representer> representer_;
  Successors out_;
  std::vector<Slot> state_;
  Path path_;
};

}  // namespace

Path concretise(const Quotient& reduced, const Path& path, std::size_t property) {
  PLIMSOLL_ASSERT(!path.loop && !path.states.empty());
  const bool is_step = reduced.properties().at(property).kind == PropertyKind::step;
  Concretiser concretiser(reduced);
  concretiser.start(path.states.front());
  for (std::size_t i = 1; i < path.states.size(); ++i) {
    concretiser.step(path.states[i], is_step && i + 1 == path.states.size() ? &property : nullptr);
  }
  return concretiser.take();
}

}  // namespace plimsoll::checker
