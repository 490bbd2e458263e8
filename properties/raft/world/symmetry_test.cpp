// Servers of raft worlds are interchangeable: tested on reachable states, and by verdicts with and without.
#include "properties/raft/world/symmetry.hpp"

#include <boost/test/unit_test.hpp>

#include "checker/reduce/check_symmetry.hpp"
#include "checker/reduce/concretise.hpp"
#include "checker/reduce/symmetric_system.hpp"
#include "checker/world/world_system.hpp"
#include "properties/raft/world/properties.hpp"

namespace plimsoll::properties::raft {
namespace {

checker::WorldSystem system_of(const Setup& setup) {
  auto assembly = std::make_shared<Assembly>(assemble(setup));
  declare_symmetry(*assembly, setup);
  checker::WorldModel model = assembly->model;
  model.properties = make_properties(*assembly, setup);
  model.context = assembly;
  return checker::WorldSystem(std::move(model));
}

Setup setup_with(std::map<std::string, std::uint32_t> budgets) {
  Setup setup;
  setup.budgets = std::move(budgets);
  setup.mailbox_messages_max = 1;
  setup.terms_max = 2;
  return setup;
}

std::map<std::string, Setup> setups() {
  std::map<std::string, Setup> all;
  all["elections"] = setup_with({{"election-timeout", 2}, {"crash", 1}});
  all["pre-votes"] = setup_with({{"election-timeout", 1}, {"heartbeat", 1}, {"check-quorum", 1}});
  all["pre-votes"].pre_vote = true;
  all["pre-votes"].check_quorum = true;
  all["proposals"] = setup_with({{"election-timeout", 1}, {"proposal", 1}, {"heartbeat", 1}});
  all["proposals"].is_fifo = true;
  all["proposals"].forwarding = true;
  all["reads"] = setup_with({{"election-timeout", 1}, {"read", 1}, {"heartbeat", 1}});
  all["snapshots"] =
      setup_with({{"election-timeout", 1}, {"proposal", 1}, {"compaction", 1}, {"transfer", 1}});
  all["learners"] = setup_with({{"election-timeout", 1}, {"proposal", 1}});
  all["learners"].servers = 4;
  all["learners"].voters = 2;
  all["learners"].learners = 2;
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(symmetry_test)

BOOST_AUTO_TEST_CASE(promises_are_kept) {
  for (const auto& [name, setup] : setups()) {
    const checker::WorldSystem system = system_of(setup);
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(system.why_no_symmetry() == "");
      BOOST_TEST(check_symmetry(system, 400).value_or("") == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(verdicts_are_the_same) {
  checker::SearchOptions options;
  options.all = true;
  for (const auto& [name, setup] : setups()) {
    const checker::WorldSystem system = system_of(setup);
    const checker::SymmetricSystem reduced(system);
    const checker::SearchResult without = search_breadth_first(system, options);
    const checker::SearchResult with = search_breadth_first(reduced, options);
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(with.distinct < without.distinct);
      BOOST_TEST(with.depth == without.depth);
      BOOST_TEST_MESSAGE(name << ": " << without.distinct << " states in " << without.seconds << " s, with "
                              << with.distinct << " in " << with.seconds);
      for (std::size_t i = 0; i < with.properties.size(); ++i) {
        BOOST_TEST((with.properties[i].verdict == without.properties[i].verdict));
      }
    }
  }
}

/// R6 breaks an invariant: the trace is one of the world itself, and as short as without.
BOOST_AUTO_TEST_CASE(counterexamples_are_concrete) {
  Setup setup = setup_with({{"election-timeout", 2}, {"heartbeat", 1}, {"crash", 1}});
  setup.defects = setup.defects.with(core::Defect::R6);
  const checker::WorldSystem system = system_of(setup);
  const checker::SymmetricSystem reduced(system);
  const checker::SearchResult without = search_breadth_first(system, {});
  const checker::SearchResult with = search_breadth_first(reduced, {});
  BOOST_REQUIRE((with.verdict == checker::Verdict::violated));
  BOOST_REQUIRE((without.verdict == checker::Verdict::violated));
  for (const checker::PropertyOutcome& outcome : with.properties) {
    if (outcome.verdict == checker::Verdict::violated) {
      const checker::Path path = concretise(reduced, *outcome.path, outcome.property);
      BOOST_TEST(path.actions.size() == outcome.path->actions.size());
      for (const checker::PropertyOutcome& other : without.properties) {
        if (other.property == outcome.property) {
          BOOST_TEST(other.path.has_value());
          BOOST_TEST(path.actions.size() == other.path->actions.size());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(what_would_not_be_symmetric_is_refused) {
  Setup setup = setup_with({{"conf-change", 1}});
  setup.changes = {*parse_change("r3")};
  BOOST_TEST(system_of(setup).why_no_symmetry() ==
             "configuration changes name servers, in the data of entries");
  setup = setup_with({});
  setup.writes = core::StorageWrites::separate;
  BOOST_TEST(system_of(setup).why_no_symmetry() ==
             "messages that wait for storage are a list in order of the servers' ids");
  setup = setup_with({});
  setup.pre_vote = true;
  setup.without_pre_vote = {core::ServerId{1}};
  BOOST_TEST(system_of(setup).why_no_symmetry() == "some servers ask for pre-votes, and others do not");
  setup = setup_with({});
  setup.messages_max = 3;
  BOOST_TEST(system_of(setup).why_no_symmetry() ==
             "the bound on all mailboxes together is used up in order of ids, and who comes last loses");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
