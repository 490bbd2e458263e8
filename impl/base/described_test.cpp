#include "impl/base/described.hpp"

#include <rapidcheck.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "impl/base/described_net.hpp"

namespace plimsoll::base {
namespace {

struct TermTag {
  static constexpr const char* name = "term";
};
using Term = Strong<TermTag, std::uint64_t>;

enum class Phase : std::uint8_t { idle, listing_all, done };
PLIMSOLL_DESCRIBE_ENUM(Phase, idle, listing_all, done)

struct Nothing {
  PLIMSOLL_DESCRIBE(Nothing)
};

struct Inner {
  Term term;
  std::int32_t offset = 0;
  Phase phase = Phase::idle;
  PLIMSOLL_DESCRIBE(Inner, term, offset, phase)
};

struct Outer {
  bool flag = false;
  std::int64_t wide = 0;
  std::uint8_t small = 0;
  std::string text;
  std::vector<Inner> list;
  std::set<std::string> names;
  std::multiset<std::uint16_t> bag;
  std::map<std::string, std::vector<Inner>> table;
  std::optional<std::optional<Inner>> maybe;
  std::variant<Nothing, Inner, std::string> either;
  std::pair<Phase, std::uint32_t> both;
  std::array<std::uint8_t, 2> two{};
  ProcessId process;
  PLIMSOLL_DESCRIBE(Outer, flag, wide, small, text, list, names, bag, table, maybe, either, both, two,
                    process)
};

Inner any_inner() {
  Inner inner;
  // Few values, so that independently generated ones are often equal.
  inner.term.value = *rc::gen::element<std::uint64_t>(0, 1, 127, 128, ~std::uint64_t{0});
  inner.offset = *rc::gen::element<std::int32_t>(0, 1, -1, -64, 2147483647, -2147483647 - 1);
  inner.phase = *rc::gen::element(Phase::idle, Phase::listing_all, Phase::done);
  return inner;
}

std::vector<Inner> any_list() {
  std::vector<Inner> list(*rc::gen::inRange<std::size_t>(0, 3));
  for (Inner& inner : list) {
    inner = any_inner();
  }
  return list;
}

std::variant<Nothing, Inner, std::string> any_either() {
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      return Nothing{};
    case 1:
      return any_inner();
    default:
      return *rc::gen::element<std::string>("", "x");
  }
}

Outer any_outer() {
  Outer outer;
  outer.flag = *rc::gen::arbitrary<bool>();
  outer.wide = *rc::gen::arbitrary<std::int64_t>();
  outer.small = *rc::gen::arbitrary<std::uint8_t>();
  outer.text = *rc::gen::arbitrary<std::string>();
  outer.list = any_list();
  const auto names =
      *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>("", "a", "b", "ab"));
  outer.names.insert(names.begin(), names.end());
  outer.bag = *rc::gen::container<std::multiset<std::uint16_t>>(rc::gen::inRange<std::uint16_t>(0, 300));
  const std::size_t entries = *rc::gen::inRange<std::size_t>(0, 3);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::string key = *rc::gen::element<std::string>("", "k", "l");
    outer.table[key] = any_list();
  }
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      break;
    case 1:
      outer.maybe.emplace();
      break;
    default:
      outer.maybe = any_inner();
  }
  outer.either = any_either();
  outer.both = {*rc::gen::element(Phase::idle, Phase::done), *rc::gen::arbitrary<std::uint32_t>()};
  outer.two[1] = *rc::gen::arbitrary<std::uint8_t>();
  outer.process.value = *rc::gen::arbitrary<std::uint8_t>();
  return outer;
}

/// A value of one field's difference from `outer`, or equal to it.
Outer nearly(Outer outer) {
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      outer.list = any_list();
      break;
    case 1:
      outer.either = any_either();
      break;
    case 2:
      outer.maybe = std::optional<Inner>();
      break;
    case 3:
      outer.table["k"] = any_list();
      break;
    case 4:
      outer.small = *rc::gen::arbitrary<std::uint8_t>();
      break;
    case 5:
      outer.names.insert("a");
      break;
    case 6:
      outer.bag.insert(1);
      break;
    default:
      break;
  }
  return outer;
}

BOOST_AUTO_TEST_SUITE(described_test)

BOOST_AUTO_TEST_CASE(values_come_back_from_their_bytes) {
  BOOST_TEST(rc::check("nested types", [] {
    const Outer outer = any_outer();
    RC_ASSERT(from_bytes<Outer>(to_bytes(outer)) == outer);
  }));
}

BOOST_AUTO_TEST_CASE(bytes_are_canonical) {
  BOOST_TEST(rc::check("equal values exactly for equal bytes", [] {
    const Outer a = any_outer();
    const Outer b = nearly(a);
    RC_CLASSIFY(a == b, "equal");
    RC_ASSERT((a == b) == (to_bytes(a) == to_bytes(b)));
    const Inner c = any_inner();
    const Inner d = any_inner();
    RC_CLASSIFY(c == d, "inner equal");
    RC_ASSERT((c == d) == (to_bytes(c) == to_bytes(d)));
  }));
}

BOOST_AUTO_TEST_CASE(an_encoding_does_not_depend_on_the_width_of_its_type) {
  for (const std::uint8_t value : {std::uint8_t{0}, std::uint8_t{127}, std::uint8_t{200}}) {
    BOOST_TEST(to_bytes(value) == to_bytes(std::uint64_t{value}));
    BOOST_TEST(to_bytes(value) == to_bytes(Term{value}));
  }
  BOOST_TEST(to_bytes(std::int8_t{-3}) == to_bytes(std::int64_t{-3}));
}

BOOST_AUTO_TEST_CASE(addresses_come_back_from_their_bytes) {
  BOOST_TEST(rc::check("addresses and prefixes", [] {
    const Ipv4 v4(*rc::gen::arbitrary<std::uint32_t>());
    const auto high = *rc::gen::arbitrary<std::uint64_t>();
    const auto low = *rc::gen::arbitrary<std::uint64_t>();
    const Ipv6 v6(high, low);
    RC_ASSERT(from_bytes<Ipv4>(to_bytes(v4)) == v4);
    RC_ASSERT(from_bytes<Ipv6>(to_bytes(v6)) == v6);
    const Ipv4Prefix prefix = Ipv4Prefix(v4, *rc::gen::inRange(0U, 33U));
    RC_ASSERT(from_bytes<Ipv4Prefix>(to_bytes(prefix)) == prefix);
  }));
}

BOOST_AUTO_TEST_CASE(names_become_kebab_case) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"", ""},
      {"lease", "lease"},
      {"Lease", "lease"},
      {"WatchResponse", "watch-response"},
      {"request_id", "request-id"},
      {"listing_all", "listing-all"},
      {"Ipv4Prefix", "ipv4-prefix"},
      {"trailing_", "trailing"},
      {"Mixed_Case", "mixed-case"},
      {"ABTest", "a-b-test"},
  };
  for (const auto& [name, kebab] : table) {
    BOOST_TEST(kebab_case(name) == kebab);
  }
  BOOST_TEST(enumerator_text(Phase::listing_all) == "listing-all");
}

BOOST_AUTO_TEST_CASE(schemas_name_what_types_hold) {
  const Schema& schema = schema_of<Outer>();
  BOOST_TEST(schema.name == "outer");
  BOOST_REQUIRE(schema.children.size() == 13U);
  BOOST_TEST(schema.names[3] == "text");
  BOOST_TEST((schema.children[0]->kind == Schema::Kind::boolean));
  BOOST_TEST((schema.children[1]->kind == Schema::Kind::signed_number));
  BOOST_TEST((schema.children[12]->kind == Schema::Kind::process_id));
  // One object for each type, so that schemas can be compared by address.
  BOOST_TEST(schema.children[4]->children[0] == &schema_of<Inner>());
  const std::vector<std::string> alternatives = {"nothing", "inner", "text"};
  BOOST_TEST(schema.children[9]->names == alternatives, boost::test_tools::per_element());
  const std::vector<std::string> phases = {"idle", "listing-all", "done"};
  BOOST_TEST(schema_of<Phase>().names == phases, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::base
