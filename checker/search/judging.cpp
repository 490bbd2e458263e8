#include "checker/search/judging.hpp"

#include <utility>

namespace plimsoll::checker {

PropertyPlan plan_of(const System& system, PropertyMask selected) {
  PropertyPlan plan;
  const std::vector<Property>& properties = system.properties();
  for (std::size_t i = 0; i < properties.size(); ++i) {
    if ((selected & property_bit(i)) == 0) {
      continue;
    }
    switch (properties[i].kind) {
      case PropertyKind::always:
        plan.always |= property_bit(i);
        break;
      case PropertyKind::sometimes:
        plan.sometimes |= property_bit(i);
        break;
      case PropertyKind::step:
        plan.step |= property_bit(i);
        break;
      case PropertyKind::deadlock_free:
        plan.deadlock_free = i;
        break;
      default:
        break;
    }
  }
  return plan;
}

std::vector<PropertyOutcome> open_outcomes(const System& system) {
  std::vector<PropertyOutcome> outcomes(system.properties().size());
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    outcomes[i].property = i;
  }
  return outcomes;
}

Verdict verdict_of_news(PropertyKind kind) {
  return kind == PropertyKind::sometimes ? Verdict::holds : Verdict::violated;
}

void conclude(const System& system, const SearchOptions& options, std::vector<PropertyOutcome> outcomes,
              PropertyMask engaged, bool complete, SearchResult& result) {
  result.verdict = complete ? Verdict::holds : Verdict::inconclusive;
  for (PropertyOutcome& outcome : outcomes) {
    if ((options.selected & property_bit(outcome.property)) == 0) {
      continue;
    }
    const Property& property = system.properties()[outcome.property];
    outcome.engaged = !property.implication || (engaged & property_bit(outcome.property)) != 0;
    if (outcome.verdict == Verdict::inconclusive && complete && !is_liveness(property.kind)) {
      outcome.verdict = property.kind == PropertyKind::sometimes ? Verdict::violated : Verdict::holds;
    }
    if (outcome.verdict == Verdict::violated) {
      result.verdict = Verdict::violated;
    }
    if (outcome.verdict == Verdict::inconclusive && result.verdict == Verdict::holds) {
      result.verdict = Verdict::inconclusive;
    }
    result.properties.push_back(std::move(outcome));
  }
}

}  // namespace plimsoll::checker
