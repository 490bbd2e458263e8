// What reads were told against what is certain: the changes of operations that returned.
#include <algorithm>
#include <functional>

#include <fmt/core.h>

#include "checker/history/overloaded.hpp"
#include "checker/history/revision_stops.hpp"
#include "impl/base/quoted.hpp"

namespace plimsoll::history {
namespace {

/// A change of one key.
struct Touch {
  std::uint64_t revision = 0;
  std::uint32_t deed = no_deed;
  const std::string* value = nullptr;  ///< null: removed, or a value that was kept
  bool removed = false;
  std::size_t step = 0;  ///< of one revision, the last counts
};

/// The last change of each key that is certain, by revision.
class Touches {
 public:
  void add(std::uint64_t revision, std::uint32_t deed, const StoreRequest& request,
           const StoreResult& result) {
    revision_ = revision;
    deed_ = deed;
    std::visit(Overloaded{[&](const kv::PutRequest& put, const kv::PutResult&) { add(put); },
                          [&](const kv::DeleteRequest& removal, const kv::DeleteResult& told) {
                            add(removal, told);
                          },
                          [&](const kv::TxnRequest& txn, const kv::TxnResult& told) { add(txn, told); },
                          [](const auto&, const auto&) {}},
               request, result);
  }
  void sort() {
    for (auto& [key, touches] : by_key_) {
      std::ranges::sort(touches, {},
                        [](const Touch& touch) { return std::pair(touch.revision, touch.step); });
    }
  }
  /// The last one at or before `revision`, or null.
  [[nodiscard]] const Touch* last(const std::string& key, std::uint64_t revision) const {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) {
      return nullptr;
    }
    const auto after = std::ranges::upper_bound(found->second, revision, {}, &Touch::revision);
    return after == found->second.begin() ? nullptr : &*(after - 1);
  }

 private:
  void add(const kv::PutRequest& put) { add(put.key, put.ignore_value ? nullptr : &put.value, false); }
  void add(const kv::DeleteRequest& removal, const kv::DeleteResult& told) {
    if (removal.range.range_end.empty() && told.deleted > 0) {
      add(removal.range.key, nullptr, true);
    }
    for (const kv::KeyValue& removed : told.prev_kvs) {
      add(removed.key, nullptr, true);
    }
  }
  void add(const kv::TxnRequest& txn, const kv::TxnResult& told) {
    const auto& operations = told.succeeded ? txn.success : txn.failure;
    for (std::size_t i = 0; i < std::min(operations.size(), told.responses.size()); ++i) {
      std::visit(Overloaded{[&](const kv::PutRequest& put, const kv::PutResult&) { add(put); },
                            [&](const kv::DeleteRequest& removal, const kv::DeleteResult& removed) {
                              add(removal, removed);
                            },
                            [&](const base::Box<kv::TxnRequest>& inner,
                                const base::Box<kv::TxnResult>& inner_told) { add(*inner, *inner_told); },
                            [](const auto&, const auto&) {}},
                 operations[i], told.responses[i]);
    }
  }

  void add(const std::string& key, const std::string* value, bool removed) {
    by_key_[key].push_back({revision_, deed_, value, removed, steps_++});
  }

  std::map<std::string, std::vector<Touch>> by_key_ = {};
  std::size_t steps_ = 0;
  std::uint64_t revision_ = 0;
  std::uint32_t deed_ = no_deed;
};

/// What operations that never returned may have done.
class Guesses {
 public:
  void add(const StoreRequest& request) {
    std::visit(Overloaded{[&](const kv::PutRequest& put) { add(put); },
                          [&](const kv::DeleteRequest& removal) { add(removal); },
                          [&](const kv::TxnRequest& txn) { add(txn); }, [](const kv::RangeRequest&) {}},
               request);
  }
  [[nodiscard]] bool may_write(const std::string& key, const std::string& value) const {
    return written_.contains({key, value}) || kept_.contains(key);
  }
  [[nodiscard]] bool may_remove(const std::string& key) const {
    return removed_.contains(key) ||
           std::ranges::any_of(ranges_, [&](const KeyInterval& range) { return range.contains(key); });
  }

 private:
  void add(const kv::PutRequest& put) {
    if (put.ignore_value) {
      kept_.insert(put.key);
    } else {
      written_.emplace(put.key, put.value);
    }
  }
  void add(const kv::DeleteRequest& removal) {
    if (removal.range.range_end.empty()) {
      removed_.insert(removal.range.key);
    } else {
      ranges_.push_back(interval_of(removal.range.key, removal.range.range_end));
    }
  }
  void add(const kv::TxnRequest& txn) {
    for (const auto* branch : {&txn.success, &txn.failure}) {
      for (const kv::Operation& operation : *branch) {
        std::visit(Overloaded{[&](const kv::PutRequest& put) { add(put); },
                              [&](const kv::DeleteRequest& removal) { add(removal); },
                              [&](const base::Box<kv::TxnRequest>& inner) { add(*inner); },
                              [](const kv::RangeRequest&) {}},
                   operation);
      }
    }
  }

  std::set<std::pair<std::string, std::string>> written_ = {};
  std::set<std::string> kept_ = {};
  std::set<std::string> removed_ = {};
  std::vector<KeyInterval> ranges_ = {};
};

class Facts {
 public:
  Facts(const Deeds& deeds, const Stops& stops) : deeds_(deeds), stops_(stops) {
    for (std::uint32_t number = 0; number < deeds.size(); ++number) {
      const Deed& deed = deeds[number];
      if (deed.changes) {
        touches_.add(deed.placed, number, *deed.request, *deed.result);
      } else if (deed.result == nullptr) {
        guesses_.add(*deed.request);
      }
    }
    touches_.sort();
  }

  [[nodiscard]] std::optional<Clash> check(std::uint32_t number) const {
    const Deed& deed = deeds_[number];
    const auto* request = std::get_if<kv::RangeRequest>(deed.request);
    if (request == nullptr || deed.result == nullptr) {
      return std::nullopt;
    }
    const auto& told = std::get<kv::RangeResult>(*deed.result);
    if (request->range.range_end.empty() && told.kvs.empty() && told.count == 0) {
      return check_absent(number, request->range.key);
    }
    for (const kv::KeyValue& found : told.kvs) {
      auto clash = found.mod_revision.value == 0 ? check_value(number, found, request->keys_only)
                                                 : check_version(number, found, request->keys_only);
      if (clash) {
        return clash;
      }
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<Clash> check_absent(std::uint32_t number, const std::string& key) const {
    const std::uint64_t seen = deeds_[number].seen;
    const Touch* last = touches_.last(key, seen);
    if (last == nullptr || last->removed ||
        (guesses_.may_remove(key) && stops_.unclaimed(last->revision, seen) > 0)) {
      return std::nullopt;
    }
    return Clash{
        fmt::format("At revision {} a key was not there that revision {} had written.", seen, last->revision),
        {number, last->deed}};
  }

  /// A value without its revision.
  [[nodiscard]] std::optional<Clash> check_value(std::uint32_t number, const kv::KeyValue& found,
                                                 bool keys_only) const {
    const std::uint64_t seen = deeds_[number].seen;
    const Touch* last = touches_.last(found.key, seen);
    const bool matches = last != nullptr && !last->removed &&
                         (keys_only || last->value == nullptr || *last->value == found.value);
    const bool may_match = (keys_only || guesses_.may_write(found.key, found.value)) &&
                           stops_.unclaimed(last == nullptr ? 1 : last->revision, seen) > 0;
    if (matches || may_match) {
      return std::nullopt;
    }
    if (last == nullptr) {
      return Clash{fmt::format("At revision {} a value was there that nobody had written.", seen), {number}};
    }
    return Clash{fmt::format("At revision {} a value was there that is not the one of revision {}.", seen,
                             last->revision),
                 {number, last->deed}};
  }

  [[nodiscard]] std::optional<Clash> check_version(std::uint32_t number, const kv::KeyValue& found,
                                                   bool keys_only) const {
    const std::uint64_t seen = deeds_[number].seen;
    const std::uint64_t written = found.mod_revision.value;
    if (written > seen) {
      return Clash{fmt::format("At revision {} something of revision {} was seen.", seen, written), {number}};
    }
    const Touch* last = touches_.last(found.key, seen);
    const std::uint32_t writer = stops_.writer_of(written);
    if (last != nullptr && last->revision > written) {
      Clash clash{fmt::format("At revision {} a key was as revision {} had left it, though revision {} had "
                              "changed it.",
                              seen, written, last->revision),
                  {number, last->deed}};
      if (writer != no_deed) {
        clash.operations.push_back(writer);
      }
      return clash;
    }
    const bool is_writer = last != nullptr && last->revision == written;
    const bool is_value =
        keys_only || (is_writer && last->value == nullptr) || (is_writer && *last->value == found.value);
    if (is_writer && (last->removed || !is_value)) {
      return Clash{fmt::format("What was seen of revision {} is not what it wrote.", written),
                   {number, last->deed}};
    }
    if (!is_writer && writer != no_deed) {
      return Clash{fmt::format("Something else was seen of revision {} than what it changed.", written),
                   {number, writer}};
    }
    if (!is_writer && !keys_only && !guesses_.may_write(found.key, found.value)) {
      return Clash{fmt::format("Nobody has written what was seen of revision {}.", written), {number}};
    }
    return std::nullopt;
  }

  const Deeds& deeds_;
  const Stops& stops_;
  Touches touches_ = {};
  Guesses guesses_ = {};
};

}  // namespace

std::optional<Clash> find_plain_clash(const Deeds& deeds, const Stops& stops) {
  const Facts facts(deeds, stops);
  for (std::uint32_t number = 0; number < deeds.size(); ++number) {
    if (auto clash = facts.check(number)) {
      return clash;
    }
  }
  return std::nullopt;
}

}  // namespace plimsoll::history
