#include "properties/store/world/spec_history.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/store/internal_request.hpp"
#include "impl/store/watcher.hpp"
#include "model/store/store.hpp"

namespace plimsoll::properties::store {
namespace {

using model::store::LeaseExpiry;
using model::store::Store;

kv::KeyRange all_keys() {
  return {std::string(1, '\0'), std::string(1, '\0')};
}

/// The spec's store, which is told what the entries say, with somebody who watches every key.
class Replayed {
 public:
  Replayed() {
    feed(base::Started{});
    feed(base::Received<kv::Request>{watcher, {{}, kv::WatchRequest{.range = all_keys()}}});
    note();
  }

  void apply(const raft::Entry& entry) {
    if (!entry.data.empty()) {
      std::visit([this](const auto& body) { ask(body); },
                 base::from_bytes<core::InternalRequest>(entry.data).body);
    }
    note();
  }
  [[nodiscard]] SpecHistory take() {
    history_.events.compact_revision = history_.points.back().compact_revision;
    return std::move(history_);
  }

 private:
  static constexpr base::ProcessId client{0};
  static constexpr base::ProcessId watcher{1};

  template <class Body>
  void ask(const Body& body) {
    feed(base::Received<kv::Request>{client, {{}, body}});
  }
  void ask(const core::LeaseCheckpointRequest& /*body*/) {}  // the spec has no clock

  void feed(const base::Input<kv::Request, LeaseExpiry>& input) {
    base::ScriptedChoices choices;
    base::Outputs<Store::Outgoing, LeaseExpiry> outputs(choices);
    Store::step({}, state_, input, outputs);
    for (const auto& send : outputs.sends()) {
      if (const auto* const told = std::get_if<kv::WatchResponse>(&send.message)) {
        for (const kv::Event& event : told->events) {
          history_.events.append(event);
        }
      }
    }
  }
  void note() {
    history_.points.push_back({state_.data, state_.history.compact_revision.value_or(kv::Revision{})});
  }

  Store::State state_;
  SpecHistory history_;
};

bool happened(const SpecHistory& history, kv::Revision revision, const kv::PutRequest& put) {
  return std::ranges::any_of(history.events.events, [&](const kv::Event& event) {
    return event.kv.mod_revision == revision && event.type == kv::EventType::put && event.kv.key == put.key &&
           (put.ignore_value || event.kv.value == put.value);
  });
}

bool is_true_of(const kv::RangeRequest& asked, const kv::RangeResult& told, kv::Revision revision,
                const SpecHistory& history) {
  const kv::Revision at = asked.revision == kv::Revision{} ? revision : asked.revision;
  return told.kvs == history.range_at(asked.range, at);
}

bool is_true_of(const kv::TxnRequest& asked, const kv::TxnResult& told, kv::Revision revision,
                const SpecHistory& history) {
  const auto& branch = told.succeeded ? asked.success : asked.failure;
  return branch.size() == told.responses.size() &&
         std::ranges::all_of(branch, [&](const kv::Operation& operation) {
           const auto* const put = std::get_if<kv::PutRequest>(&operation);
           return put == nullptr || happened(history, revision, *put);
         });
}

}  // namespace

std::vector<kv::KeyValue> SpecHistory::range_at(const kv::KeyRange& range, kv::Revision revision) const {
  std::map<std::string, kv::KeyValue> keys;
  for (const kv::Event& event : events.events) {
    if (event.kv.mod_revision > revision || !kv::contains(range, event.kv.key)) {
      continue;
    }
    if (event.type == kv::EventType::put) {
      keys[event.kv.key] = event.kv;
    } else {
      keys.erase(event.kv.key);
    }
  }
  std::vector<kv::KeyValue> values;
  for (const auto& [key, value] : keys) {
    values.push_back(value);
  }
  return values;
}

SpecHistory spec_history(const AgreedLog& log) {
  Replayed replayed;
  for (const raft::Entry& entry : log.entries) {
    replayed.apply(entry);
  }
  return replayed.take();
}

bool agrees(const core::Mvcc& store, const SpecHistory& history) {
  const raft::Index applied = store.meta().consistent_index;
  if (applied >= history.points.size()) {
    return false;
  }
  const SpecPoint& point = history.points[applied];
  std::vector<kv::KeyValue> keys;
  for (const kv::KeyValue* const value : store.live()) {
    keys.push_back(*value);
  }
  std::map<kv::LeaseId, base::Ticks> leases;
  for (const auto& [id, row] : store.backend.leases) {
    leases.emplace(id, row.granted);
  }
  if (store.revision() != point.data.revision || store.compact_revision() != point.compact_revision ||
      leases != point.data.leases || keys != history.range_at(all_keys(), point.data.revision)) {
    return false;
  }
  const kv::Revision from = std::max(point.compact_revision, kv::Revision{1});
  std::vector<kv::Event> events;
  for (const kv::Event& event : history.events.events) {
    if (event.kv.mod_revision >= from && event.kv.mod_revision <= point.data.revision) {
      events.push_back(event);
    }
  }
  return store.changes(from, store.revision()) == events;
}

bool is_true(const RequestBody& asked, const kv::Response& answer, const SpecHistory& history) {
  if (const auto* const range = std::get_if<kv::RangeResult>(&answer.result)) {
    return is_true_of(std::get<kv::RangeRequest>(asked), *range, answer.revision, history);
  }
  if (const auto* const txn = std::get_if<kv::TxnResult>(&answer.result)) {
    return is_true_of(std::get<kv::TxnRequest>(asked), *txn, answer.revision, history);
  }
  if (std::holds_alternative<kv::PutResult>(answer.result)) {
    return happened(history, answer.revision, std::get<kv::PutRequest>(asked));
  }
  if (const auto* const removed = std::get_if<kv::DeleteResult>(&answer.result)) {
    const kv::KeyRange& range = std::get<kv::DeleteRequest>(asked).range;
    const auto count = std::ranges::count_if(history.events.events, [&](const kv::Event& event) {
      return event.type == kv::EventType::remove && event.kv.mod_revision == answer.revision &&
             kv::contains(range, event.kv.key);
    });
    return removed->deleted == 0 || static_cast<std::uint64_t>(count) == removed->deleted;
  }
  return true;
}

bool is_complete(const RecordedWatch& watch, const SpecHistory& history) {
  std::set<std::pair<kv::Revision, std::string>> sent;
  kv::Revision from = watch.request.start_revision;
  for (const kv::WatchResponse& response : watch.responses) {
    if (response.created && from == kv::Revision{}) {
      from = response.revision.next();
    }
    for (const kv::Event& event : response.events) {
      sent.emplace(event.kv.mod_revision, event.kv.key);
    }
  }
  return std::ranges::all_of(history.events.events, [&](const kv::Event& event) {
    return event.kv.mod_revision < from || !core::wants(watch.request, event) ||
           sent.contains({event.kv.mod_revision, event.kv.key});
  });
}

}  // namespace plimsoll::properties::store
