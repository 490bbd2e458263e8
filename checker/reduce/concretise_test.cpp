#include "checker/reduce/concretise.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>

#include "checker/reduce/interned_people.hpp"
#include "checker/reduce/split.hpp"
#include "checker/reduce/symmetric_system.hpp"
#include "checker/reduce/test_bed.hpp"

namespace plimsoll::checker {
namespace {

/// Does the end of `path` show what a path about the property has to show?
bool shows(const System& system, const Path& path, std::size_t property) {
  const PropertyMask bit = property_bit(property);
  const auto worker = system.worker();
  switch (system.properties()[property].kind) {
    case PropertyKind::sometimes:
      return worker->evaluate(path.states.back(), bit).holds == bit;
    case PropertyKind::step:
      return worker->evaluate_step(path.states.end()[-2], path.actions.back(), path.states.back(), bit)
                 .holds == 0;
    default:
      return worker->evaluate(path.states.back(), bit).holds == 0;
  }
}

SearchResult search_all(const System& system) {
  SearchOptions options;
  options.all = true;
  return search_breadth_first(system, options);
}

/// Every path found under symmetry becomes a behaviour of the same length that shows the same. Returns how
/// many of them were none before.
std::size_t concretise_all(const System& raw, std::size_t paths) {
  const SymmetricSystem reduced(raw);
  const SearchResult found = search_all(reduced);
  std::size_t jumping = 0;
  for (const PropertyOutcome& outcome : found.properties) {
    if (!outcome.path) {
      continue;
    }
    --paths;
    const Path concrete = concretise(reduced, *outcome.path, outcome.property);
    BOOST_TEST(concrete.states.size() == outcome.path->states.size());
    BOOST_TEST(is_behaviour(raw, concrete));
    BOOST_TEST(shows(raw, concrete, outcome.property));
    jumping += is_behaviour(raw, *outcome.path) ? 0 : 1;
    BOOST_TEST((concretise(reduced, *outcome.path, outcome.property).states == concrete.states));
  }
  BOOST_TEST(paths == 0U);
  return jumping;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(concretise_test)

BOOST_AUTO_TEST_CASE(paths_through_representatives_become_behaviours) {
  const PeopleSystem raw{People(3)};
  BOOST_TEST(concretise_all(raw, 3) > 0U);
}

BOOST_AUTO_TEST_CASE(interned_ones_too) {
  const InternedPeople raw(3, {});
  BOOST_TEST(concretise_all(raw, 3) > 0U);
}

BOOST_AUTO_TEST_CASE(the_last_step_violates_the_step_property) {
  const PodSystem<Split> raw{Split(false)};
  const SymmetricSystem reduced(raw);
  const SearchResult found = search_all(reduced);
  BOOST_REQUIRE(found.properties[0].path.has_value());
  const Path concrete = concretise(reduced, *found.properties[0].path, 0);
  BOOST_TEST(is_behaviour(raw, concrete));
  BOOST_TEST(shows(raw, concrete, 0));
  const std::vector<State> expected = {{1, 0}, {2, 3}};
  BOOST_TEST((concrete.states == expected));
  BOOST_TEST(concrete.actions[0].payload == 8U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
