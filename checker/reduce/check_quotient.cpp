#include "checker/reduce/check_quotient.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "checker/reduce/observer.hpp"

namespace plimsoll::checker {
namespace {

class Checker {
 public:
  explicit Checker(const Quotient& quotient)
      : quotient_(quotient),
        of_raw_(quotient.raw()),
        of_quotient_(quotient),
        representer_(quotient.representer()) {}

  std::optional<std::string> run(std::uint64_t states_max) {
    return of_raw_.first_complaint(
        states_max, [this](const PlainState& state, const auto& ahead) { return complaint(state, ahead); });
  }

 private:
  [[nodiscard]] PlainState representative(const PlainState& state) {
    PlainState found = state;
    representer_->represent(found, quotient_.raw().fingerprint(state));
    return found;
  }

  const char* complaint(const PlainState& state, const std::vector<Possibility>& ahead) {
    const PlainState stands_for = representative(state);
    PlainState again = stands_for;
    const Fingerprint fingerprint = quotient_.fingerprint(stands_for);
    if (representer_->represent(again, fingerprint) != fingerprint || again != stands_for) {
      return "what stands for this state does not stand for itself";
    }
    const Evaluation said = of_raw_.judge(state);
    const Evaluation of_other = of_quotient_.judge(stands_for);
    if (said.holds != of_other.holds || said.engaged != of_other.engaged) {
      return "a property judges what stands for this state differently";
    }
    std::vector<Possibility> expected = ahead;
    for (Possibility& possibility : expected) {
      possibility.target = possibility.pruned ? PlainState() : representative(possibility.target);
    }
    std::sort(expected.begin(), expected.end());
    if (without_doubles(expected) != without_doubles(of_quotient_.ahead(stands_for))) {
      return "what stands for this state has other transitions";
    }
    if (ahead.empty() && of_raw_.may_end(state) != of_quotient_.may_end(stands_for)) {
      return "what stands for this state may not end where it may, or may where it may not";
    }
    return nullptr;
  }

  /// Several transitions may become one.
  static std::vector<Possibility> without_doubles(std::vector<Possibility> sorted) {
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted;
  }

  const Quotient& quotient_;
  Observer of_raw_;
  Observer of_quotient_;
  std::unique_ptr<Representer> representer_;
};

}  // namespace

std::optional<std::string> check_quotient(const Quotient& quotient, std::uint64_t states_max) {
  return Checker(quotient).run(states_max);
}

}  // namespace plimsoll::checker
