#include "checker/system/system.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

std::string_view to_text(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::always:
      return "always";
    case PropertyKind::sometimes:
      return "sometimes";
    case PropertyKind::step:
      return "step";
    case PropertyKind::deadlock_free:
      return "deadlock-free";
    case PropertyKind::eventually:
      return "eventually";
    case PropertyKind::always_eventually:
      return "always-eventually";
    case PropertyKind::eventually_always:
      return "eventually-always";
    case PropertyKind::leads_to:
      return "leads-to";
  }
  PLIMSOLL_ASSERT(false);
}

std::string_view to_text(Fairness fairness) {
  return fairness == Fairness::weak ? "weak" : "strong";
}

const std::vector<FairnessConstraint>& System::fairness() const {
  static const std::vector<FairnessConstraint> none;
  return none;
}

std::string to_line(const ActionLabel& label) {
  std::string line = label.name;
  if (label.parameters.empty()) {
    return line;
  }
  line += "(";
  for (std::size_t i = 0; i < label.parameters.size(); ++i) {
    if (i > 0) {
      line += ", ";
    }
    line += label.parameters[i].first + ": " + label.parameters[i].second;
  }
  return line + ")";
}

}  // namespace plimsoll::checker
