// Who waits for what: rounds of reads, readers of what is not applied yet, and who is forgotten.
#include "impl/store/waiting.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::store {
namespace {

Reader read_of(std::uint8_t client, std::uint32_t request) {
  return ClientRead{{client}, {kv::RequestId{request}, kv::RangeRequest{}}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(waiting_test)

BOOST_AUTO_TEST_CASE(counters_of_different_lives_differ) {
  Waiting first = Waiting::started(0);
  Waiting second = Waiting::started(1);
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(first.next_counter() < second.last_counter);
  }
  BOOST_TEST(second.next_counter() == (std::uint64_t{1} << 32U) + 1);
}

BOOST_AUTO_TEST_CASE(reads_that_come_during_a_round_wait_for_the_next) {
  Waiting waiting = Waiting::started(0);
  BOOST_TEST(waiting.add(read_of(1, 1)));
  const std::uint64_t first = waiting.round->counter;
  BOOST_TEST(!waiting.add(read_of(1, 2)));
  BOOST_TEST(!waiting.add(read_of(2, 3)));
  BOOST_TEST((waiting.take_round(first) == std::vector{read_of(1, 1)}));
  BOOST_REQUIRE(waiting.round.has_value());
  BOOST_TEST(waiting.round->counter > first);
  BOOST_TEST((waiting.round->readers == std::vector{read_of(1, 2), read_of(2, 3)}));
  BOOST_TEST(waiting.next_reads.empty());
}

BOOST_AUTO_TEST_CASE(an_answer_to_another_request_ends_no_round) {
  Waiting waiting = Waiting::started(0);
  waiting.add(read_of(1, 1));
  const std::uint64_t old = waiting.round->counter;
  waiting.round->counter = waiting.next_counter();
  BOOST_TEST(waiting.take_round(old).empty());
  BOOST_TEST(waiting.round.has_value());
  BOOST_TEST(waiting.take_round(waiting.round->counter).size() == 1U);
  BOOST_TEST(!waiting.round.has_value());
  BOOST_TEST(waiting.fail_round().empty());
}

BOOST_AUTO_TEST_CASE(one_check_of_a_lease_is_enough) {
  Waiting waiting = Waiting::started(0);
  BOOST_TEST(waiting.add(LeadershipCheck{{7}}));
  BOOST_TEST(!waiting.add(LeadershipCheck{{7}}));
  BOOST_TEST(waiting.next_reads.empty());
  waiting.add(LeadershipCheck{{8}});
  waiting.add(LeadershipCheck{{8}});
  BOOST_TEST(waiting.next_reads.size() == 1U);
  waiting.add(read_of(1, 1));
  waiting.add(read_of(1, 1));
  BOOST_TEST(waiting.next_reads.size() == 3U);
}

BOOST_AUTO_TEST_CASE(readers_are_taken_when_their_entry_is_applied) {
  Waiting waiting;
  waiting.unapplied[5] = {read_of(1, 1), read_of(1, 2)};
  waiting.unapplied[6] = {read_of(1, 3)};
  waiting.unapplied[8] = {read_of(1, 4)};
  BOOST_TEST(waiting.take_applied(4).empty());
  BOOST_TEST((waiting.take_applied(6) == std::vector{read_of(1, 1), read_of(1, 2), read_of(1, 3)}));
  BOOST_TEST(waiting.take_applied(6).empty());
  BOOST_TEST(waiting.take_applied(100).size() == 1U);
}

BOOST_AUTO_TEST_CASE(proposals_and_keep_alives_are_taken_once) {
  Waiting waiting;
  waiting.proposals[3] = {{{1}, {2}}, true, {}};
  BOOST_TEST(!waiting.take_proposal(2).has_value());
  BOOST_TEST(waiting.take_proposal(3)->physical);
  BOOST_TEST(!waiting.take_proposal(3).has_value());

  waiting.keep_alives = {{{{1}, {1}}, {{7}, {5}, false}}, {{{1}, {2}}, {{8}, {5}, false}}};
  BOOST_TEST(waiting.take_keep_alives({8}).size() == 1U);
  BOOST_TEST(waiting.keep_alives.size() == 1U);
  BOOST_TEST(waiting.take_keep_alives({}).size() == 1U);
  BOOST_TEST(waiting.keep_alives.empty());
}

/// Wherever a request waits it is forgotten, and nobody else's is.
BOOST_AUTO_TEST_CASE(a_request_is_forgotten_wherever_it_waits) {
  const Asker one{{1}, {1}};
  const Asker other{{2}, {1}};
  const auto everywhere = [](const Asker& asker) {
    Waiting waiting;
    waiting.proposals[1].asker = asker;
    waiting.round = ReadRound{2, {read_of(asker.client.value, asker.request.value)}};
    waiting.next_reads = {read_of(asker.client.value, asker.request.value)};
    waiting.unapplied[5] = {read_of(asker.client.value, asker.request.value)};
    waiting.keep_alives = {{asker, {}}};
    waiting.compactions = {asker};
    waiting.defragmentations = {asker};
    return waiting;
  };
  Waiting nothing;
  nothing.round = ReadRound{2, {}};

  Waiting waiting = everywhere(one);
  BOOST_TEST(!waiting.forget(other));
  BOOST_TEST((waiting == everywhere(one)));
  BOOST_TEST(waiting.forget(one));
  BOOST_TEST((waiting == nothing));
  BOOST_TEST(!waiting.forget(one));

  waiting = everywhere(one);
  waiting.forget(base::ProcessId{2});
  BOOST_TEST((waiting == everywhere(one)));
  waiting.forget(base::ProcessId{1});
  BOOST_TEST((waiting == nothing));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
