// The multi-version store against a list of all changes of all keys, from which everything is found by
// counting: random transactions, compactions in steps, commits, crashes, defragmentations.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include <rapidcheck.h>

#include "impl/store/hash.hpp"
#include "impl/store/mvcc_bed.hpp"
#include "impl/store/snapshot.hpp"

namespace plimsoll::store {
namespace {

/// The dumbest store there is.
struct AllVersions {
  std::vector<kv::Event> log;  ///< all changes, in order
  std::uint64_t revision = 1;
  std::uint64_t compacted = 0;

  [[nodiscard]] std::map<std::string, kv::KeyValue> at(std::uint64_t when) const {
    std::map<std::string, kv::KeyValue> live;
    for (const kv::Event& event : log) {
      if (event.kv.mod_revision.value > when) {
        break;
      }
      if (event.type == kv::EventType::remove) {
        live.erase(event.kv.key);
      } else {
        live[event.kv.key] = event.kv;
      }
    }
    return live;
  }
  void put(const std::string& key, const std::string& value) {
    const auto live = at(revision + 1);
    const auto before = live.find(key);
    const bool is_new = before == live.end();
    const kv::Revision now{revision + 1};
    log.push_back({kv::EventType::put,
                   {key,
                    value,
                    is_new ? now : before->second.create_revision,
                    now,
                    is_new ? 1 : before->second.version + 1,
                    {}},
                   {}});
  }
  std::vector<std::string> remove(const kv::KeyRange& range) {
    std::vector<std::string> removed;
    for (const auto& [key, kv] : at(revision + 1)) {
      if (kv::contains(range, key)) {
        log.push_back({kv::EventType::remove, {.key = key, .mod_revision = {revision + 1}}, {}});
        removed.push_back(key);
      }
    }
    return removed;
  }
  void end() {
    if (!log.empty() && log.back().kv.mod_revision.value > revision) {
      ++revision;
    }
  }
  [[nodiscard]] std::vector<kv::Event> changes(std::uint64_t from) const {
    std::vector<kv::Event> events;
    for (const kv::Event& event : log) {
      if (event.kv.mod_revision.value >= from) {
        events.push_back(event);
      }
    }
    return events;
  }
};

using Dice = std::tuple<int, int, int>;

std::string key_of(int number) {
  return std::string(1, static_cast<char>('a' + number % 4));
}

struct Both {
  Mvcc store = {};
  AllVersions oracle = {};
  Disk disk = {};
  AllVersions on_disk = {};

  void write(const Dice& dice) {
    const auto& [kind, first, second] = dice;
    WriteTxn txn = store.begin();
    std::set<std::string> changed;  // no key twice: such transactions are refused (ETCD-3)
    for (int i = 0; i <= kind % 3; ++i) {
      const std::string key = key_of(first + i);
      if ((kind + second + i) % 3 == 0) {
        const kv::KeyRange range{key, second % 2 == 0 ? "" : key_of(second) + "x"};
        const auto covers = [&](const std::string& each) { return kv::contains(range, each); };
        if (std::ranges::none_of(changed, covers)) {
          txn.remove(range);
          for (const std::string& removed : oracle.remove(range)) {
            changed.insert(removed);
          }
        }
      } else if (changed.insert(key).second) {
        const std::string value = std::to_string(first * 10 + second);
        txn.put(key, value, {});
        oracle.put(key, value);
      }
    }
    const std::vector<kv::Event> events = txn.end();
    oracle.end();
    RC_ASSERT(events == (events.empty() ? events : oracle.changes(oracle.revision)));
  }
  void compact(int number) {
    const std::uint64_t revision = oracle.compacted + static_cast<std::uint64_t>(number % 6);
    const auto done = store.schedule_compaction({revision});
    RC_ASSERT(done.has_value() == (revision > oracle.compacted && revision <= oracle.revision));
    oracle.compacted = done ? revision : oracle.compacted;
  }
  void commit() {
    disk.commit(store);
    on_disk = oracle;
  }
  void crash() {
    store = disk.restart();
    oracle = on_disk;
  }
  void defragment() {
    disk.write(store.start_defragment());
    on_disk = oracle;
    disk.database = *store.finish_defragment();
  }
  void step(const Dice& dice) {
    const auto& [kind, first, second] = dice;
    switch (kind) {
      case 0:
        return compact(first);
      case 1:
        return static_cast<void>(store.compact_step(1 + static_cast<std::size_t>(first % 4)));
      case 2:
        return commit();
      case 3:
        return crash();
      case 4:
        return defragment();
      default:
        return write(dice);
    }
  }
  void check() const {
    RC_ASSERT(store.revision().value == oracle.revision);
    RC_ASSERT(store.compact_revision().value == oracle.compacted);
    const kv::KeyRange everything{"a", std::string(1, '\0')};
    for (std::uint64_t revision = 1; revision <= oracle.revision + 1; ++revision) {
      const auto result = store.range({.range = everything, .revision = {revision}});
      const bool readable = revision >= oracle.compacted && revision <= oracle.revision;
      RC_ASSERT(result.has_value() == readable);
      if (!readable) {
        continue;
      }
      std::map<std::string, kv::KeyValue> found;
      for (const kv::KeyValue& kv : result->kvs) {
        found.emplace(kv.key, kv);
      }
      RC_ASSERT(found == oracle.at(revision));
      RC_ASSERT(result->count == found.size());
    }
    // A watcher from the compacted revision on misses nothing, the deletions at that revision included.
    const std::uint64_t from = std::max<std::uint64_t>(oracle.compacted, 1);
    RC_ASSERT(store.changes({from}, store.revision()) == oracle.changes(from));
    const auto live = oracle.at(oracle.revision);
    for (int key = 0; key < 4; ++key) {
      const kv::KeyValue* found = store.find(key_of(key));
      const auto wanted = live.find(key_of(key));
      RC_ASSERT((found == nullptr) == (wanted == live.end()));
      RC_ASSERT((found == nullptr ? true : *found == wanted->second));
      for (const kv::Event& event : oracle.changes(from + 1)) {
        const auto before = oracle.at(event.kv.mod_revision.value - 1);
        const auto kept = store.before(event.kv.key, event.kv.mod_revision);
        RC_ASSERT(kept.has_value() == before.contains(event.kv.key));
        RC_ASSERT((kept ? *kept == before.at(event.kv.key) : true));
      }
    }
  }
  /// Any two stores that did the same agree, however far their compactions are; and a store is its backend.
  void check_derived() const {
    Mvcc finished = store;
    while (!finished.compact_step(3)) {
    }
    RC_ASSERT(hash_kv(finished, {}).value() == hash_kv(store, {}).value());
    Mvcc restored = Mvcc::restore(*from_snapshot(to_snapshot(finished.backend)));
    RC_ASSERT(restored.index == finished.index);
    RC_ASSERT(restored.current == finished.current);
    RC_ASSERT(restored.rows_bytes == finished.rows_bytes);
    const bool reads_back = base::from_bytes<Mvcc>(base::to_bytes(store)) == store;
    RC_ASSERT(reads_back);
    // Finished, only what a reader or a watcher may need is left.
    std::size_t kept = 0;
    for (const auto& [key, entry] : finished.index.keys) {
      kept += entry.revisions.size();
    }
    RC_ASSERT(finished.backend.rows.size() == kept);
    RC_ASSERT(kept == oracle.at(oracle.compacted).size() + oracle.changes(oracle.compacted).size() -
                          puts_at(oracle.compacted));
  }
  /// Live at the compacted revision and changed in it: counted twice above.
  [[nodiscard]] std::size_t puts_at(std::uint64_t revision) const {
    std::size_t puts = 0;
    for (const auto& [key, kv] : oracle.at(revision)) {
      puts += kv.mod_revision.value == revision ? 1 : 0;
    }
    return puts;
  }
};

void run(const std::vector<Dice>& steps, bool derived) {
  Both both;
  for (const Dice& dice : steps) {
    both.step(dice);
    both.check();
    if (derived) {
      both.check_derived();
    }
  }
}

const auto some_steps = [] {
  return rc::gen::container<std::vector<Dice>>(
      rc::gen::tuple(rc::gen::inRange(0, 14), rc::gen::inRange(0, 8), rc::gen::inRange(0, 8)));
};

}  // namespace
}  // namespace plimsoll::store

BOOST_AUTO_TEST_SUITE(mvcc_oracle_test)

BOOST_AUTO_TEST_CASE(reads_changes_and_restarts_are_those_of_the_list) {
  const bool agreed = rc::check("mvcc is the list of all versions",
                                [] { plimsoll::store::run(*plimsoll::store::some_steps(), false); });
  BOOST_TEST(agreed);
}

BOOST_AUTO_TEST_CASE(index_hash_and_bytes_follow_from_the_rows) {
  const bool agreed = rc::check("what is derived", [] {
    plimsoll::store::run(*rc::gen::resize(40, plimsoll::store::some_steps()), true);
  });
  BOOST_TEST(agreed);
}

BOOST_AUTO_TEST_SUITE_END()
