#include "checker/trace/judge.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

Judge::Judge(const System& system, Worker& worker, std::size_t property)
    : system_(system),
      worker_(worker),
      bit_(property_bit(property)),
      kind_(system.properties().at(property).kind) {
  PLIMSOLL_ASSERT(!is_liveness(kind_));
}

bool Judge::shows(StateView state) {
  switch (kind_) {
    case PropertyKind::always:
      return (worker_.evaluate(state, bit_).holds & bit_) == 0;
    case PropertyKind::sometimes:
      return (worker_.evaluate(state, bit_).holds & bit_) != 0;
    case PropertyKind::deadlock_free: {
      Successors out(system_.width());
      const Fingerprint fingerprint = system_.fingerprint(state);
      out.begin(fingerprint);
      worker_.successors(state, fingerprint, out);
      return out.size() == 0 && out.pruned() == 0 && !worker_.may_end(state);
    }
    default:
      return false;
  }
}

bool Judge::shows(StateView before, const Action& action, StateView after) {
  return is_about_steps() && (worker_.evaluate_step(before, action, after, bit_).holds & bit_) == 0;
}

}  // namespace plimsoll::checker
