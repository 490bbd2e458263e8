// Stale messages made alike: a bisimulation under every fault, fewer states, the same verdicts and lengths,
// and a wrong declaration is noticed.
#include "checker/world/stale_world.hpp"

#include <boost/test/unit_test.hpp>
#include <map>

#include "checker/reduce/check_quotient.hpp"
#include "checker/reduce/concretise.hpp"
#include "checker/reduce/listeners_bed.hpp"
#include "checker/reduce/symmetric_system.hpp"
#include "checker/reduce/test_bed.hpp"
#include "checker/reduce/voters_bed.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint64_t all_states = ~std::uint64_t{0};

Conversation over(LinkKind kind, std::map<std::string, std::uint32_t> budgets) {
  Conversation conversation;
  conversation.kind = kind;
  conversation.budgets = std::move(budgets);
  return conversation;
}

/// Each has something that the others have not.
std::map<std::string, Conversation> conversations() {
  std::map<std::string, Conversation> all;
  all["datagrams"] = over(LinkKind::datagram, {});
  all["mishaps"] = over(LinkKind::datagram, {{"drop", 1}, {"duplicate", 1}});
  all["crashes"] = over(LinkKind::datagram, {{"crash", 1}, {"pause", 1}});
  all["cuts"] = over(LinkKind::datagram, {{"one-way-partition", 1}});
  all["narrow-links"] = over(LinkKind::datagram, {});
  all["narrow-links"].link_messages_max = 1;
  all["few-messages"] = over(LinkKind::datagram, {});
  all["few-messages"].messages_max = 2;
  all["queues"] = over(LinkKind::fifo, {{"drop", 1}, {"duplicate", 1}});
  all["connections"] = over(LinkKind::connection, {{"disconnect", 1}});
  all["cut-connections"] = over(LinkKind::connection, {{"partition", 1}, {"crash", 1}});
  all["urgent"] = over(LinkKind::local, {});
  all["urgent"].urgent = true;
  all["urgent"].time = {true, 2, 0};
  return all;
}

std::string flaw(const WorldSystem& system) {
  const std::optional<std::string> broken = check_quotient(*system.without_stale(), all_states);
  return broken ? broken->substr(0, broken->find(':')) : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stale_world_test)

BOOST_AUTO_TEST_CASE(what_differs_in_stale_messages_is_bisimilar) {
  for (const auto& [name, conversation] : conversations()) {
    BOOST_TEST_CONTEXT(name) {
      const WorldSystem system(conversation_world(conversation));
      BOOST_TEST(flaw(system) == "");
      const std::size_t all = reachable(system).size();
      const std::size_t left = reachable(*system.without_stale()).size();
      BOOST_TEST_MESSAGE(name << ": " << all << " states, " << left << " without stale messages");
      BOOST_TEST(left < all);
    }
  }
}

/// What is exchanged differs or does not, and only if it does a budget is spent.
BOOST_AUTO_TEST_CASE(queues_that_may_be_reordered_are_left_alone) {
  const WorldSystem system(conversation_world(over(LinkKind::fifo, {{"reorder", 1}})));
  BOOST_TEST(flaw(system) == "");
  BOOST_TEST(reachable(system).size() == reachable(*system.without_stale()).size());
}

BOOST_AUTO_TEST_CASE(verdicts_and_lengths_are_the_same) {
  SearchOptions options;
  options.all = true;
  for (const auto& [name, conversation] : conversations()) {
    const WorldSystem system(conversation_world(conversation));
    const Quotient& reduced = *system.without_stale();
    const SearchResult without = search_breadth_first(system, options);
    const SearchResult with = search_breadth_first(reduced, options);
    BOOST_TEST_CONTEXT(name) {
      std::size_t paths = 0;
      for (std::size_t i = 0; i < with.properties.size(); ++i) {
        const PropertyOutcome& outcome = with.properties[i];
        const PropertyOutcome& other = without.properties[i];
        BOOST_TEST((outcome.verdict == other.verdict));
        BOOST_REQUIRE(outcome.path.has_value() == other.path.has_value());
        if (outcome.path) {
          const Path path = concretise(reduced, *outcome.path, outcome.property);
          BOOST_TEST(is_behaviour(system, path));
          BOOST_TEST(path.actions.size() == other.path->actions.size());
          ++paths;
        }
      }
      BOOST_TEST(paths >= 1U);
    }
  }
}

BOOST_AUTO_TEST_CASE(wrong_declarations_are_noticed) {
  Conversation conversation = over(LinkKind::datagram, {});
  conversation.flaw = Listener::Flaw::present_is_past;
  BOOST_TEST(flaw(WorldSystem(conversation_world(conversation))) ==
             "what stands for this state has other transitions");
  conversation.flaw = Listener::Flaw::rounds_come_again;
  BOOST_TEST(flaw(WorldSystem(conversation_world(conversation))) ==
             "what stands for this state has other transitions");
}

BOOST_AUTO_TEST_CASE(orbits_are_a_quotient_too) {
  const WorldSystem system(election_world(Election{}));
  BOOST_TEST(system.without_stale() == nullptr);
  BOOST_TEST(check_quotient(SymmetricSystem(system), 300).value_or("") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
