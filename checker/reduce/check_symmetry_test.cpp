// Every promise of a Symmetry, broken, is noticed.
#include "checker/reduce/check_symmetry.hpp"

#include <boost/test/unit_test.hpp>

#include "checker/reduce/interned_people.hpp"
#include "checker/reduce/test_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint64_t all_states = ~std::uint64_t{0};

void is_noticed(Flaw flaw, const std::string& sentence) {
  const PeopleSystem system{People(3, Telling::mood, flaw)};
  const std::optional<std::string> broken = check_symmetry(system, all_states);
  BOOST_REQUIRE(broken.has_value());
  BOOST_TEST(broken->substr(0, broken->find(':')) == sentence);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(check_symmetry_test)

BOOST_AUTO_TEST_CASE(what_is_kept_is_found_kept) {
  for (const Telling telling : {Telling::nothing, Telling::mood, Telling::everything}) {
    for (const std::uint32_t people : {1U, 2U, 3U}) {
      const PeopleSystem system{People(people, telling)};
      BOOST_TEST(check_symmetry(system, all_states).value_or("") == "");
    }
    const PeopleSystem larger{People(5, telling)};
    BOOST_TEST(check_symmetry(larger, 100).value_or("") == "");
  }
}

BOOST_AUTO_TEST_CASE(interned_states_are_tested_too) {
  const InternedPeople system(3, {});
  BOOST_TEST(check_symmetry(system, all_states).value_or("") == "");
}

BOOST_AUTO_TEST_CASE(renaming_must_be_an_action) {
  is_noticed(Flaw::renames_backwards, "renaming by two permutations is not renaming by their product");
}
BOOST_AUTO_TEST_CASE(renaming_must_rename_all_there_is) {
  is_noticed(Flaw::forgets_speaker, "transitions do not commute with renaming");
  is_noticed(Flaw::acquaintances_keep_names, "transitions do not commute with renaming");
}
BOOST_AUTO_TEST_CASE(signatures_must_follow_renaming) {
  is_noticed(Flaw::signature_has_names, "signatures do not follow renaming");
}
BOOST_AUTO_TEST_CASE(complete_signatures_must_be_complete) {
  is_noticed(Flaw::claims_to_be_complete, "signatures claim to be complete and are not");
}
BOOST_AUTO_TEST_CASE(actions_must_not_know_names) {
  is_noticed(Flaw::zero_never_speaks, "transitions do not commute with renaming");
}
BOOST_AUTO_TEST_CASE(bounds_must_not_know_names) {
  is_noticed(Flaw::zero_may_always_cheer, "transitions do not commute with renaming");
}
BOOST_AUTO_TEST_CASE(initial_states_must_not_know_names) {
  is_noticed(Flaw::zero_starts_cheerful, "a renamed initial state is not initial");
}
BOOST_AUTO_TEST_CASE(properties_must_not_know_names) {
  is_noticed(Flaw::property_names_zero, "a property judges a renamed state differently");
}
BOOST_AUTO_TEST_CASE(step_properties_must_not_know_names) {
  is_noticed(Flaw::step_property_names_zero, "transitions do not commute with renaming");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
