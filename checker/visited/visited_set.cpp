#include "checker/visited/visited_set.hpp"

#include <utility>

#include "checker/visited/exact_set.hpp"
#include "checker/visited/fingerprint_set.hpp"

namespace plimsoll::checker {

std::string_view to_text(VisitedMode mode) {
  return mode == VisitedMode::exact ? "exact" : "fingerprint";
}

std::unique_ptr<VisitedSet> make_visited_set(VisitedMode mode, std::uint32_t width,
                                             std::function<Fingerprint(StateView)> fingerprint) {
  if (mode == VisitedMode::exact) {
    return std::make_unique<ExactSet>(width, std::move(fingerprint));
  }
  return std::make_unique<FingerprintSet>();
}

}  // namespace plimsoll::checker
