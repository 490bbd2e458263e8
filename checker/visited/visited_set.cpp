#include "checker/visited/visited_set.hpp"

#include <utility>

#include "checker/visited/bitstate_set.hpp"
#include "checker/visited/exact_set.hpp"
#include "checker/visited/fingerprint_set.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

std::string_view to_text(VisitedMode mode) {
  switch (mode) {
    case VisitedMode::exact:
      return "exact";
    case VisitedMode::fingerprint:
      return "fingerprint";
    case VisitedMode::bitstate:
      return "bitstate";
  }
  PLIMSOLL_ASSERT(false);
}

std::unique_ptr<VisitedSet> make_visited_set(VisitedMode mode, std::uint32_t width,
                                             std::function<Fingerprint(StateView)> fingerprint,
                                             unsigned growers, std::uint64_t bitstate_bytes) {
  switch (mode) {
    case VisitedMode::exact:
      return std::make_unique<ExactSet>(width, std::move(fingerprint), growers);
    case VisitedMode::fingerprint:
      return std::make_unique<FingerprintSet>(growers);
    case VisitedMode::bitstate:
      return std::make_unique<BitstateSet>(bitstate_bytes);
  }
  PLIMSOLL_ASSERT(false);
}

}  // namespace plimsoll::checker
