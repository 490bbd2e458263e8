#include "impl/raft/quorum.hpp"

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/raft/majorities_bed.hpp"

namespace plimsoll::raft {
namespace {

using bed::Mask;

/// What servers 1, 2, ... have acknowledged; nothing for those that are missing.
using Acknowledged = std::vector<std::optional<Index>>;

auto lookup(const Acknowledged& acknowledged) {
  return [&acknowledged](ServerId id) {
    return id.value <= acknowledged.size() ? acknowledged[id.value - 1] : std::nullopt;
  };
}

JointConfig joint(Mask incoming, Mask outgoing) {
  return {{bed::servers(incoming)}, {bed::servers(outgoing)}};
}

/// The definition of commitment (RAFT-R5): the largest index that a quorum has reached; 0 if there is none.
Index naive_committed_index(const JointConfig& config, const Acknowledged& acknowledged) {
  if (config.incoming.empty() && config.outgoing.empty()) {
    return everything;
  }
  Index best = 0;
  for (const std::optional<Index>& candidate : acknowledged) {
    Mask reached = 0;
    for (std::size_t i = 0; i < acknowledged.size(); ++i) {
      reached |= candidate && acknowledged[i] >= candidate ? Mask{1} << i : 0;
    }
    if (candidate && bed::is_quorum(reached, config)) {
      best = std::max(best, *candidate);
    }
  }
  return best;
}

/// The definition of a vote: won once a quorum said yes, lost once those who did not say no are no quorum.
VoteResult naive_vote_result(const JointConfig& config, const Votes& votes) {
  Mask yes = 0;
  Mask no = 0;
  for (const auto& [id, granted] : votes) {
    (granted ? yes : no) |= Mask{1} << (id.value - 1);
  }
  if (bed::is_quorum(yes, config)) {
    return VoteResult::won;
  }
  return bed::is_quorum(~no, config) ? VoteResult::pending : VoteResult::lost;
}

/// The digits of `number` to base `base`, one for each server.
std::vector<unsigned> digits(unsigned number, unsigned base, unsigned count) {
  std::vector<unsigned> all;
  for (unsigned i = 0; i < count; ++i, number /= base) {
    all.push_back(number % base);
  }
  return all;
}

Votes votes_of(const std::vector<unsigned>& said) {
  Votes votes;
  for (std::size_t i = 0; i < said.size(); ++i) {
    if (said[i] != 0) {
      votes.emplace(ServerId{i + 1}, said[i] == 1);
    }
  }
  return votes;
}

Acknowledged acknowledged_of(const std::vector<unsigned>& said) {
  Acknowledged acknowledged;
  for (const unsigned digit : said) {
    acknowledged.push_back(digit == 0 ? std::nullopt : std::optional<Index>(10 * digit));
  }
  return acknowledged;
}

Acknowledged any_acknowledged(std::size_t servers) {
  Acknowledged acknowledged(servers);
  for (std::optional<Index>& index : acknowledged) {
    if (*rc::gen::inRange(0, 4) > 0) {
      // Few different values, so that ties are frequent; and the largest that an index can have.
      index = *rc::gen::element<Index>(1, 2, 3, 7, 100, everything - 1);
    }
  }
  return acknowledged;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(quorum_test)

BOOST_AUTO_TEST_CASE(committed_index_of_a_majority) {
  const Acknowledged acknowledged = {5, 3, 9, std::nullopt, 4};
  BOOST_TEST((MajorityConfig{bed::servers(0b00001)}.committed_index(lookup(acknowledged))) == 5U);
  BOOST_TEST((MajorityConfig{bed::servers(0b00011)}.committed_index(lookup(acknowledged))) == 3U);
  BOOST_TEST((MajorityConfig{bed::servers(0b00111)}.committed_index(lookup(acknowledged))) == 5U);
  BOOST_TEST((MajorityConfig{bed::servers(0b01111)}.committed_index(lookup(acknowledged))) == 3U);
  BOOST_TEST((MajorityConfig{bed::servers(0b11111)}.committed_index(lookup(acknowledged))) == 4U);
  BOOST_TEST((MajorityConfig{bed::servers(0b01000)}.committed_index(lookup(acknowledged))) == 0U);
}

BOOST_AUTO_TEST_CASE(nobody_commits_everything) {
  BOOST_TEST(MajorityConfig{}.committed_index(lookup({})) == everything);
  BOOST_TEST(JointConfig{}.committed_index(lookup({})) == everything);
  BOOST_TEST((joint(0b1, 0).committed_index(lookup({7}))) == 7U);
  BOOST_TEST((MajorityConfig{}.vote_result({}) == VoteResult::won));
}

BOOST_AUTO_TEST_CASE(both_halves_of_a_joint_configuration_must_agree) {
  // RAFT-R5. Of all five a majority has 9, of the incoming half nobody has.
  const JointConfig config = joint(0b11000, 0b00111);
  BOOST_TEST(config.joint());
  BOOST_TEST(config.committed_index(lookup({9, 9, 9, 2, 2})) == 2U);
  BOOST_TEST((config.vote_result({{{1}, true}, {{2}, true}, {{3}, true}}) == VoteResult::pending));
  BOOST_TEST((config.vote_result({{{1}, true}, {{2}, true}, {{3}, true}, {{4}, false}}) == VoteResult::lost));
}

BOOST_AUTO_TEST_CASE(of_two_voters_one_no_is_enough_to_lose) {
  const MajorityConfig config{bed::servers(0b11)};
  BOOST_TEST((config.vote_result({{{1}, false}}) == VoteResult::lost));
  BOOST_TEST((config.vote_result({{{1}, true}}) == VoteResult::pending));
  BOOST_TEST((config.vote_result({{{1}, true}, {{9}, true}}) == VoteResult::pending));
}

BOOST_AUTO_TEST_CASE(every_small_configuration_commits_as_defined) {
  std::size_t wrong = 0;
  for (unsigned number = 0; number < 81; ++number) {
    const Acknowledged acknowledged = acknowledged_of(digits(number, 3, 4));
    for (Mask incoming = 0; incoming < 16; ++incoming) {
      for (Mask outgoing = 0; outgoing < 16; ++outgoing) {
        const JointConfig config = joint(incoming, outgoing);
        wrong += config.committed_index(lookup(acknowledged)) != naive_committed_index(config, acknowledged);
      }
    }
  }
  BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(every_small_vote_stands_as_defined) {
  std::size_t wrong = 0;
  for (unsigned number = 0; number < 81; ++number) {
    const Votes votes = votes_of(digits(number, 3, 4));
    for (Mask incoming = 0; incoming < 16; ++incoming) {
      for (Mask outgoing = 0; outgoing < 16; ++outgoing) {
        const JointConfig config = joint(incoming, outgoing);
        wrong += config.vote_result(votes) != naive_vote_result(config, votes);
      }
    }
  }
  BOOST_TEST(wrong == 0U);
}

BOOST_AUTO_TEST_CASE(larger_configurations_commit_as_defined) {
  BOOST_TEST(rc::check("as defined, and the halves may be exchanged", [] {
    const JointConfig config = joint(*rc::gen::inRange<Mask>(0, 512), *rc::gen::inRange<Mask>(0, 512));
    const Acknowledged acknowledged = any_acknowledged(9);
    const Index committed = config.committed_index(lookup(acknowledged));
    RC_ASSERT(committed == naive_committed_index(config, acknowledged));
    RC_ASSERT((JointConfig{config.outgoing, config.incoming}.committed_index(lookup(acknowledged))) ==
              committed);
  }));
}

BOOST_AUTO_TEST_CASE(any_two_quorums_of_a_configuration_intersect) {
  for (Mask incoming = 1; incoming < 32; ++incoming) {
    for (Mask outgoing = 0; outgoing < 32; ++outgoing) {
      const JointConfig config = joint(incoming, outgoing);
      BOOST_TEST(bed::quorums_intersect(config, config, 31));
    }
  }
  // The oracle can say no: so it is for configurations that a single step must not connect.
  BOOST_TEST(!bed::quorums_intersect(joint(0b0011, 0), joint(0b1100, 0), 15));
  BOOST_TEST(!bed::quorums_intersect(joint(0b00111, 0), joint(0b11001, 0), 31));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::raft
