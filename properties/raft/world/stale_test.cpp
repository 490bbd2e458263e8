// What a server says of messages that it will ignore is so: tested on reachable states, with and without
// symmetry, and by verdicts and lengths.
#include <boost/test/unit_test.hpp>
#include <map>

#include "checker/reduce/check_quotient.hpp"
#include "checker/reduce/check_symmetry.hpp"
#include "checker/reduce/concretise.hpp"
#include "checker/reduce/symmetric_system.hpp"
#include "checker/world/world_system.hpp"
#include "properties/raft/world/properties.hpp"
#include "properties/raft/world/symmetry.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::Quotient;
using checker::SearchResult;
using checker::SymmetricSystem;
using checker::WorldSystem;

WorldSystem system_of(const Setup& setup) {
  auto assembly = std::make_shared<Assembly>(assemble(setup));
  declare_symmetry(*assembly, setup);
  checker::WorldModel model = assembly->model;
  model.properties = make_properties(*assembly, setup);
  model.context = assembly;
  return WorldSystem(std::move(model));
}

Setup setup_with(std::map<std::string, std::uint32_t> budgets) {
  Setup setup;
  setup.budgets = std::move(budgets);
  setup.mailbox_messages_max = 2;
  setup.terms_max = 2;
  return setup;
}

/// Each has something that the others have not, and two terms.
std::map<std::string, Setup> setups() {
  std::map<std::string, Setup> all;
  all["crashes"] = setup_with({{"election-timeout", 2}, {"crash", 1}, {"disk-loss", 1}});
  all["mishaps"] = setup_with({{"election-timeout", 2}, {"drop", 1}, {"duplicate", 1}});
  all["cuts"] = setup_with({{"election-timeout", 2}, {"one-way-partition", 1}});
  all["pre-votes"] = setup_with({{"election-timeout", 3}, {"heartbeat", 1}});
  all["pre-votes"].pre_vote = true;
  all["check-quorum"] = setup_with({{"election-timeout", 2}, {"heartbeat", 1}, {"check-quorum", 1}});
  all["check-quorum"].check_quorum = true;
  all["queues"] = setup_with({{"election-timeout", 2}, {"proposal", 1}});
  all["queues"].is_fifo = true;
  all["reads"] = setup_with({{"election-timeout", 2}, {"read", 1}, {"heartbeat", 1}});
  all["transfers"] =
      setup_with({{"election-timeout", 1}, {"transfer", 1}, {"proposal", 1}, {"compaction", 1}});
  all["separate"] = setup_with({{"election-timeout", 2}, {"crash", 1}});
  all["separate"].writes = core::StorageWrites::separate;
  all["asynchronous"] = setup_with({{"election-timeout", 2}, {"crash", 1}});
  all["asynchronous"].writes = core::StorageWrites::asynchronous;
  all["asynchronous"].servers = 2;
  all["asynchronous"].voters = 2;
  all["learners"] = setup_with({{"election-timeout", 2}, {"heartbeat", 1}});
  all["learners"].voters = 2;
  all["learners"].learners = 1;
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stale_test)

BOOST_AUTO_TEST_CASE(declarations_are_true) {
  for (const auto& [name, setup] : setups()) {
    const WorldSystem system = system_of(setup);
    BOOST_TEST_CONTEXT(name) {
      BOOST_REQUIRE(system.without_stale() != nullptr);
      BOOST_TEST(check_quotient(*system.without_stale(), 4000).value_or("") == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(symmetry_remains) {
  for (const auto& [name, setup] : setups()) {
    const WorldSystem system = system_of(setup);
    BOOST_TEST_CONTEXT(name) {
      if (const Quotient& reduced = *system.without_stale(); reduced.symmetry() != nullptr) {
        BOOST_TEST(check_symmetry(reduced, 400).value_or("") == "");
        BOOST_TEST(check_quotient(SymmetricSystem(reduced), 400).value_or("") == "");
      }
    }
  }
}

/// Elections alone are small enough to look at every state there is.
BOOST_AUTO_TEST_CASE(verdicts_are_the_same) {
  Setup setup = setup_with({{"election-timeout", 2}});
  checker::SearchOptions options;
  options.all = true;
  const WorldSystem system = system_of(setup);
  const Quotient& reduced = *system.without_stale();
  const SymmetricSystem both(reduced);
  const SearchResult without = search_breadth_first(system, options);
  for (const checker::System* const explored :
       {static_cast<const checker::System*>(&reduced), static_cast<const checker::System*>(&both)}) {
    const SearchResult with = search_breadth_first(*explored, options);
    BOOST_TEST_MESSAGE(without.distinct << " states, reduced " << with.distinct);
    BOOST_TEST(with.distinct * 3 < without.distinct * 2);
    for (std::size_t i = 0; i < with.properties.size(); ++i) {
      BOOST_TEST((with.properties[i].verdict == without.properties[i].verdict));
    }
  }
}

/// A defect is found after as many steps, and the trace is one of the world itself.
BOOST_AUTO_TEST_CASE(counterexamples_are_as_short) {
  Setup setup = setup_with({{"election-timeout", 2}, {"heartbeat", 1}, {"crash", 1}});
  setup.mailbox_messages_max = 1;
  setup.defects = setup.defects.with(core::Defect::R6);
  const WorldSystem system = system_of(setup);
  const Quotient& reduced = *system.without_stale();
  const SymmetricSystem both(reduced);
  const auto violated = [](const SearchResult& result) -> const checker::PropertyOutcome& {
    const auto found =
        std::ranges::find(result.properties, checker::Verdict::violated, &checker::PropertyOutcome::verdict);
    BOOST_REQUIRE(found != result.properties.end());
    return *found;
  };
  const SearchResult without = search_breadth_first(system, {});
  const SearchResult with = search_breadth_first(both, {});
  const checker::PropertyOutcome& outcome = violated(with);
  const checker::Path halfway = concretise(both, *outcome.path, outcome.property);
  const checker::Path path = concretise(reduced, halfway, outcome.property);
  BOOST_TEST(outcome.property == violated(without).property);
  BOOST_TEST(path.actions.size() == violated(without).path->actions.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
