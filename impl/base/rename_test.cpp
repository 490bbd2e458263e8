// Renaming bytes against renaming values and encoding them again.
#include "impl/base/rename.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "impl/base/described_net.hpp"

namespace plimsoll::base {
namespace {

struct MemberTag {
  static constexpr const char* name = "member";
  static constexpr bool renames = true;
};
using Member = Strong<MemberTag, std::uint64_t>;

/// Sorted by an id that is not its first field.
struct Vote {
  bool granted = false;
  Member from;
  PLIMSOLL_DESCRIBE(Vote, granted, from)
};

struct Ballot {
  std::int32_t offset = 0;
  std::string text;
  Ipv4 address;
  Member self;
  ProcessId process;
  std::vector<Member> order;
  std::set<Member> known;
  std::multiset<Vote> votes;
  std::map<Member, std::set<Member>> friends;
  std::optional<Member> leader;
  std::variant<std::uint32_t, Vote> either;
  PLIMSOLL_DESCRIBE(Ballot, offset, text, address, self, process, order, known, votes, friends, leader,
                    either)
};

/// Values around 128, where the order of bytes is not that of numbers.
constexpr std::uint64_t first = 126;
constexpr std::uint64_t members = 5;
using Names = std::vector<std::uint64_t>;

Member name(const Names& names, Member member) {
  const bool is_named = member.value >= first && member.value < first + members;
  return is_named ? Member{names[member.value - first]} : member;
}
Vote name(const Names& names, const Vote& vote) {
  return {vote.granted, name(names, vote.from)};
}
std::set<Member> name(const Names& names, const std::set<Member>& set) {
  std::set<Member> renamed;
  for (const Member member : set) {
    renamed.insert(name(names, member));
  }
  return renamed;
}

/// The same, by hand.
Ballot name(const Names& names, const Ballot& ballot) {
  Ballot renamed = ballot;
  renamed.self = name(names, ballot.self);
  for (Member& member : renamed.order) {
    member = name(names, member);
  }
  renamed.known = name(names, ballot.known);
  renamed.votes.clear();
  for (const Vote& vote : ballot.votes) {
    renamed.votes.insert(name(names, vote));
  }
  renamed.friends.clear();
  for (const auto& [member, known] : ballot.friends) {
    renamed.friends[name(names, member)] = name(names, known);
  }
  if (ballot.leader) {
    renamed.leader = name(names, *ballot.leader);
  }
  if (const auto* vote = std::get_if<Vote>(&ballot.either)) {
    renamed.either = name(names, *vote);
  }
  return renamed;
}

Member any_member() {
  return Member{*rc::gen::inRange<std::uint64_t>(first - 1, first + members + 1)};
}
std::size_t few() {
  return *rc::gen::inRange<std::size_t>(0, 4);
}
std::set<Member> any_set() {
  std::set<Member> set;
  for (std::size_t left = few(); left > 0; --left) {
    set.insert(any_member());
  }
  return set;
}

Ballot any_ballot() {
  Ballot ballot;
  ballot.offset = *rc::gen::inRange(-70, 70);
  ballot.text = *rc::gen::element<std::string>("", "126", "some text");
  ballot.address = Ipv4(*rc::gen::arbitrary<std::uint32_t>());
  ballot.self = any_member();
  ballot.process = ProcessId{*rc::gen::arbitrary<std::uint8_t>()};
  for (std::size_t left = few(); left > 0; --left) {
    ballot.order.push_back(any_member());
  }
  ballot.known = any_set();
  for (std::size_t left = few(); left > 0; --left) {
    ballot.votes.insert({*rc::gen::arbitrary<bool>(), any_member()});
  }
  for (std::size_t left = few(); left > 0; --left) {
    ballot.friends[any_member()] = any_set();
  }
  if (*rc::gen::arbitrary<bool>()) {
    ballot.leader = any_member();
  }
  if (*rc::gen::arbitrary<bool>()) {
    ballot.either = Vote{true, any_member()};
  }
  return ballot;
}

Names any_names() {
  Names names;
  for (std::uint64_t i = 0; i < members; ++i) {
    names.insert(names.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, static_cast<std::ptrdiff_t>(i) + 1),
                 first + i);
  }
  return names;
}

IdRenaming renaming_by(const Names& names) {
  return [names](const Schema& type, std::uint64_t value) {
    return type.name == "member" ? name(names, Member{value}).value : value;
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rename_test)

BOOST_AUTO_TEST_CASE(renaming_bytes_is_renaming_values) {
  BOOST_TEST(rc::check("nested types", [] {
    const Ballot ballot = any_ballot();
    const Names names = any_names();
    const Bytes renamed_bytes = renamed(to_bytes(ballot), schema_of<Ballot>(), renaming_by(names));
    RC_ASSERT(renamed_bytes == to_bytes(name(names, ballot)));
  }));
}

BOOST_AUTO_TEST_CASE(sets_are_sorted_as_values_and_sequences_keep_their_order) {
  const Names swapped = {129, 127, 128, 126, 130};
  const std::set<Member> set = {Member{126}, Member{127}};
  BOOST_TEST(renamed(to_bytes(set), schema_of<std::set<Member>>(), renaming_by(swapped)) ==
             to_bytes(std::set<Member>{Member{127}, Member{129}}));
  const std::vector<Member> sequence = {Member{126}, Member{127}};
  BOOST_TEST(renamed(to_bytes(sequence), schema_of<std::vector<Member>>(), renaming_by(swapped)) ==
             to_bytes(std::vector<Member>{Member{129}, Member{127}}));
}

BOOST_AUTO_TEST_CASE(each_type_of_ids_has_names_of_its_own) {
  Ballot ballot;
  ballot.self = Member{126};
  ballot.process = ProcessId{126};
  const IdRenaming processes = [](const Schema& type, std::uint64_t value) {
    return type.name == "process" ? value + 1 : value;
  };
  const auto found = from_bytes<Ballot>(renamed(to_bytes(ballot), schema_of<Ballot>(), processes));
  BOOST_TEST(found.self.value == 126U);
  BOOST_TEST(found.process.value == 127U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::base
