#include "checker/system/datum.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "checker/system/system.hpp"
#include "impl/base/described_net.hpp"

namespace plimsoll::checker {
namespace {

enum class Phase : std::uint8_t { idle, listing_all };
PLIMSOLL_DESCRIBE_ENUM(Phase, idle, listing_all)

struct Ping {
  PLIMSOLL_DESCRIBE(Ping)
};
struct Lease {
  base::Ipv4Prefix subnet;
  std::int32_t offset = 0;
  std::optional<std::string> owner;
  PLIMSOLL_DESCRIBE(Lease, subnet, offset, owner)
};
struct View {
  bool ready = false;
  Phase phase = Phase::idle;
  std::map<base::Ipv4, Lease> table;
  std::set<std::uint32_t> ids;
  std::vector<std::variant<Ping, Lease>> news;
  base::ProcessId peer;
  PLIMSOLL_DESCRIBE(View, ready, phase, table, ids, news, peer)
};

View sample() {
  View view;
  view.ready = true;
  view.phase = Phase::listing_all;
  const Lease lease{base::Ipv4Prefix(base::Ipv4(10, 1, 15, 0), 24), -3, "node-1"};
  view.table[base::Ipv4(192, 168, 0, 1)] = lease;
  view.ids = {3, 1};
  view.news = {Ping{}, Lease{}};
  view.peer = base::ProcessId{4};
  return view;
}

Datum datum_of(const View& view) {
  return to_datum(base::schema_of<View>(), base::to_bytes(view));
}

std::vector<std::string> changes(const View& before, const View& after) {
  std::vector<std::string> lines;
  for (const Difference& difference : differences(datum_of(before), datum_of(after))) {
    lines.push_back(difference.path + ": " + difference.before + " -> " + difference.after);
  }
  return lines;
}

void check_lines(const std::vector<std::string>& found, const std::vector<std::string>& expected) {
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE(datum_test)

BOOST_AUTO_TEST_CASE(a_value_reads_as_one_line) {
  BOOST_TEST(to_line(datum_of(sample())) ==
             "{ready: true, phase: listing-all, "
             "table: {192.168.0.1: {subnet: 10.1.15.0/24, offset: -3, owner: node-1}}, ids: [1, 3], "
             "news: [ping, {lease: {subnet: 0.0.0.0/0, offset: 0, owner: none}}], peer: 4}");
  BOOST_TEST(to_line(datum_of(View{})) ==
             "{ready: false, phase: idle, table: {}, ids: [], news: [], peer: 0}");
}

BOOST_AUTO_TEST_CASE(kinds_say_what_a_datum_is) {
  const Datum datum = datum_of(sample());
  BOOST_TEST((datum.kind == Datum::Kind::record));
  BOOST_REQUIRE(datum.member("ready") != nullptr);
  BOOST_TEST((*datum.member("ready") == Datum::of_boolean(true)));
  BOOST_TEST((*datum.member("phase") == Datum::of_text("listing-all")));
  BOOST_TEST((*datum.member("peer") == Datum::of_number(4)));
  BOOST_TEST((*datum.member("ids") == Datum::of_list({Datum::of_number(1), Datum::of_number(3)})));
  BOOST_TEST((datum.member("table")->kind == Datum::Kind::map));
  BOOST_TEST((datum.member("news")->items[1].member("lease")->member("owner")->kind == Datum::Kind::absent));
  BOOST_TEST(datum.member("nothing") == nullptr);
}

BOOST_AUTO_TEST_CASE(equal_values_do_not_differ) {
  BOOST_TEST(changes(sample(), sample()).empty());
}

BOOST_AUTO_TEST_CASE(differences_name_the_smallest_parts) {
  View after = sample();
  after.phase = Phase::idle;
  after.table.begin()->second.owner.reset();
  after.table[base::Ipv4(192, 168, 0, 2)] = {};
  after.ids = {1};
  check_lines(
      changes(sample(), after),
      {"phase: listing-all -> idle", "table[192.168.0.1].owner: node-1 -> none",
       "table[192.168.0.2]: (none) -> {subnet: 0.0.0.0/0, offset: 0, owner: none}", "ids[1]: 3 -> (none)"});
  check_lines(
      changes(after, sample()),
      {"phase: idle -> listing-all", "table[192.168.0.1].owner: none -> node-1",
       "table[192.168.0.2]: {subnet: 0.0.0.0/0, offset: 0, owner: none} -> (none)", "ids[1]: (none) -> 3"});
}

BOOST_AUTO_TEST_CASE(lists_differ_between_what_they_share_at_both_ends) {
  const auto list = [](std::vector<std::uint64_t> numbers) {
    std::vector<Datum> items;
    for (const std::uint64_t number : numbers) {
      items.push_back(Datum::of_number(number));
    }
    return Datum::of_list(items);
  };
  const std::vector<Difference> replaced = differences(list({1, 2, 3, 4}), list({1, 7, 8, 9, 4}));
  BOOST_REQUIRE(replaced.size() == 1U);
  BOOST_TEST(replaced[0].path == "[1]");
  BOOST_TEST(replaced[0].before == "2, 3");
  BOOST_TEST(replaced[0].after == "7, 8, 9");
  // Shared at both ends at once: an item counts once.
  const std::vector<Difference> repeated = differences(list({5, 5}), list({5, 5, 5}));
  BOOST_REQUIRE(repeated.size() == 1U);
  BOOST_TEST(repeated[0].path == "[2]");
  BOOST_TEST(repeated[0].before == "(none)");
  BOOST_TEST(repeated[0].after == "5");
}

BOOST_AUTO_TEST_CASE(a_changed_shape_is_one_difference) {
  const Datum text = Datum::of_text("x");
  const Datum record = Datum::of_record({{"a", text}});
  const std::vector<Difference> found = differences(text, record);
  BOOST_REQUIRE(found.size() == 1U);
  BOOST_TEST(found[0].path.empty());
  BOOST_TEST(found[0].before == "x");
  BOOST_TEST(found[0].after == "{a: x}");
}

BOOST_AUTO_TEST_CASE(action_labels_read_as_calls) {
  BOOST_TEST(to_line(ActionLabel{"tick", {}}) == "tick");
  BOOST_TEST(to_line(ActionLabel{"deliver", {{"to", "a"}, {"message", "{id: 1}"}}}) ==
             "deliver(to: a, message: {id: 1})");
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_text_are_shown_by_their_numbers) {
  BOOST_TEST(to_line(Datum::of_text("plain ~")) == "plain ~");
  BOOST_TEST(to_line(Datum::of_text(std::string("a\0\n\x7f\xff", 5))) == "a\\x00\\x0a\\x7f\\xff");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
