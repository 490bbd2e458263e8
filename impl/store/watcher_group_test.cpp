#include "impl/store/watcher_group.hpp"

#include <algorithm>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/base/described.hpp"

namespace plimsoll::store {
namespace {

/// A single key, a range, or all keys from one on.
kv::KeyRange range_of(int choice) {
  const std::string key(1, static_cast<char>('a' + choice % 4));
  switch (choice / 4 % 3) {
    case 0:
      return {key, {}};
    case 1:
      return {key, "d"};
    default:
      return {key, std::string(1, '\0')};
  }
}

WatcherName name_of(int number) {
  return {{static_cast<std::uint8_t>(number % 2)}, {static_cast<std::uint32_t>(number / 2)}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watcher_group_test)

BOOST_AUTO_TEST_CASE(a_group_is_a_set_of_names_with_ranges) {
  const bool agreed =
      rc::check("as a plain map does", [](const std::vector<std::pair<int, std::uint8_t>>& steps) {
        WatcherGroup group;
        std::map<WatcherName, kv::KeyRange> plain;
        for (const auto& [what, number] : steps) {
          const WatcherName name = name_of(number % 6);
          const auto known = plain.find(name);
          const kv::KeyRange range = known != plain.end() ? known->second : range_of((what % 12 + 12) % 12);
          RC_ASSERT(group.has(name, range) == (known != plain.end()));
          if (what % 3 == 0) {
            RC_ASSERT(group.remove(name, range) == (known != plain.end()));
            plain.erase(name);
          } else {
            group.add(name, range);
            plain.emplace(name, range);
          }
        }
        std::vector<WatcherName> names;
        for (const auto& [name, range] : plain) {
          names.push_back(name);
        }
        RC_ASSERT(group.names() == names);
        RC_ASSERT(group.empty() == plain.empty());
        for (const std::string key : {"a", "b", "bb", "c", "d", "e"}) {
          std::vector<WatcherName> found = group.watchers_of(key);
          std::sort(found.begin(), found.end());
          std::erase_if(names, [&](const WatcherName& name) { return !kv::contains(plain[name], key); });
          RC_ASSERT(found == names);
          names = group.names();
        }
        RC_ASSERT(base::from_bytes<WatcherGroup>(base::to_bytes(group)) == group);
      });
  BOOST_TEST(agreed);
}

BOOST_AUTO_TEST_CASE(batches_hold_what_each_watcher_has_not_seen) {
  const WatcherName both{{1}, {1}};
  const WatcherName late{{1}, {2}};
  const WatcherName other{{2}, {1}};
  std::map<WatcherName, Watcher> watchers;
  watchers[both] = {{{1}, {"a", "c"}}, {2}};
  watchers[late] = {{{2}, {"a", {}}}, {4}};
  watchers[other] = {{{1}, {"c", {}}}, {2}};
  WatcherGroup group;
  for (const auto& [name, watcher] : watchers) {
    group.add(name, watcher.request.range);
  }
  std::vector<kv::Event> events(4);
  for (std::uint64_t i = 0; i < events.size(); ++i) {
    events[i].kv.key = i % 2 == 0 ? "a" : "b";
    events[i].kv.mod_revision = {i + 2};
  }
  const EventBatches batches = make_batches(group, watchers, events, 3);
  BOOST_TEST(batches.size() == 2U);
  BOOST_TEST(batches.at(both).events.size() == 3U);
  BOOST_TEST(batches.at(both).more_revision.value == 5U);
  BOOST_TEST((batches.at(late).events == std::vector<kv::Event>{events[2]}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
