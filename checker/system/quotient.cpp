#include "checker/system/quotient.hpp"

namespace plimsoll::checker {

void Quotient::initial(Successors& out) const {
  Successors found(width());
  raw().initial(found);
  const std::unique_ptr<Representer> representer = this->representer();
  for (std::size_t i = 0; i < found.size(); ++i) {
    Slot* const target = out.append(found[i].action, ~SlotMask{0}, found[i].fingerprint, found.state(i));
    out.set_last(~SlotMask{0}, representer->represent({target, width()}, found[i].fingerprint));
  }
}

}  // namespace plimsoll::checker
