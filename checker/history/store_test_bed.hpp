// For tests: a store that clients use at random, and a checker that tries every order of what they did.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "checker/history/history.hpp"
#include "checker/history/overloaded.hpp"
#include "checker/history/test_bed.hpp"

namespace plimsoll::history {

/// A store of single keys; written apart from the sequential program on purpose: it keeps the list of all
/// changes and looks everything up in it.
class NaiveStore {
 public:
  [[nodiscard]] std::uint64_t revision() const { return revision_; }

  StoreResult perform(const StoreRequest& request) {
    const std::size_t before = log_.size();
    const StoreResult result =
        std::visit(Overloaded{[&](const kv::TxnRequest& txn) { return StoreResult(run(txn)); },
                              [&](const auto& one) { return StoreResult(run(one)); }},
                   request);
    revision_ += log_.size() > before ? 1 : 0;
    return result;
  }

 private:
  struct Change {
    kv::KeyValue kv = {};
    bool removed = false;
  };

  [[nodiscard]] std::vector<kv::KeyValue> find(const std::string& key) const {
    for (std::size_t i = log_.size(); i-- > 0;) {
      if (log_[i].kv.key == key) {
        return log_[i].removed ? std::vector<kv::KeyValue>() : std::vector<kv::KeyValue>{log_[i].kv};
      }
    }
    return {};
  }
  [[nodiscard]] kv::RangeResult run(const kv::RangeRequest& request) const {
    kv::RangeResult result;
    result.kvs = find(request.range.key);
    result.count = result.kvs.size();
    return result;
  }
  kv::PutResult run(const kv::PutRequest& request) {
    kv::KeyValue now{request.key, request.value, {revision_ + 1}, {revision_ + 1}, 1, {}};
    kv::PutResult result;
    if (const auto old = find(request.key); !old.empty()) {
      now.create_revision = old.front().create_revision;
      now.version = old.front().version + 1;
      if (request.prev_kv) {
        result.prev_kv = old.front();
      }
    }
    log_.push_back({now, false});
    return result;
  }
  kv::DeleteResult run(const kv::DeleteRequest& request) {
    kv::DeleteResult result;
    if (!find(request.range.key).empty()) {
      result.deleted = 1;
      log_.push_back({{request.range.key, "", {}, {revision_ + 1}, 0, {}}, true});
    }
    return result;
  }
  kv::TxnResult run(const kv::TxnRequest& request) {
    kv::TxnResult result;
    result.succeeded = true;
    for (const kv::Compare& compare : request.compares) {
      const auto found = find(compare.key);
      const bool holds = compare.target == kv::CompareTarget::value
                             ? !found.empty() && found.front().value == compare.value
                             : (found.empty() ? 0 : found.front().mod_revision.value) == compare.number;
      result.succeeded = result.succeeded && holds;
    }
    for (const kv::Operation& operation : result.succeeded ? request.success : request.failure) {
      std::visit(Overloaded{[&](const kv::RangeRequest& one) { result.responses.emplace_back(run(one)); },
                            [&](const kv::PutRequest& one) { result.responses.emplace_back(run(one)); },
                            [&](const kv::DeleteRequest& one) { result.responses.emplace_back(run(one)); },
                            [](const base::Box<kv::TxnRequest>&) {}},
                 operation);
    }
    return result;
  }

  std::vector<Change> log_ = {};
  std::uint64_t revision_ = 1;
};

/// Is there an order? Tries all of them: exponential, for a handful of operations.
inline bool brute_force_store(const std::vector<Operation>& operations, const Values& values,
                              const NaiveStore& store = {}, std::set<std::size_t> done = {}) {
  bool is_complete = true;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    is_complete = is_complete && (operations[i].is_pending() || done.contains(i));
  }
  if (is_complete) {
    return true;
  }
  for (std::size_t i = 0; i < operations.size(); ++i) {
    bool may_be_next = !done.contains(i);
    for (std::size_t j = 0; j < operations.size(); ++j) {
      may_be_next = may_be_next && (done.contains(j) || operations[j].returned > operations[i].call);
    }
    if (!may_be_next) {
      continue;
    }
    NaiveStore after = store;
    const Exchange& exchange = values.exchange(operations[i].exchange);
    const StoreResult result = after.perform(exchange.request);
    const bool agrees = operations[i].is_pending() ||
                        (result == exchange.result &&
                         (operations[i].revision == 0 || operations[i].revision == after.revision()));
    std::set<std::size_t> more = done;
    more.insert(i);
    if (agrees && brute_force_store(operations, values, after, more)) {
      return true;
    }
  }
  return false;
}

/// Clients that use one correct store; as Simulation does for other objects.
class StoreSimulation {
 public:
  /// @param values  Different ones that are written; 0: no two writes write the same.
  StoreSimulation(Choices choices, std::size_t operations_max, std::uint32_t keys, std::uint32_t lost_in,
                  std::uint32_t values = 3)
      : choices_(std::move(choices)),
        operations_max_(operations_max),
        keys_(keys),
        lost_in_(lost_in),
        values_(values) {
    history_.model = Model::store;
  }

  [[nodiscard]] History run() {
    while (!choices_.is_empty()) {
      step(clients_.at(choices_.below(static_cast<std::uint32_t>(clients_.size()))));
    }
    return std::move(history_);
  }

 private:
  enum class Phase : std::uint8_t { idle, called, effected };
  struct Client {
    std::uint32_t number = 0;
    Phase phase = Phase::idle;
    std::size_t operation = 0;
    StoreResult result = {};
    std::uint64_t revision = 0;
  };

  void step(Client& client) {
    if (client.phase == Phase::idle) {
      call(client);
      return;
    }
    Operation& operation = history_.operations[client.operation];
    Exchange& exchange = history_.values.exchange(operation.exchange);
    if (choices_.below(lost_in_) == 1) {
      client = Client{next_client_++};  // nobody will know
    } else if (client.phase == Phase::called) {
      client.result = store_.perform(exchange.request);
      client.revision = store_.revision();
      client.phase = Phase::effected;
    } else {
      operation.returned = ++time_;
      operation.revision = client.revision;
      exchange.result = client.result;
      client = Client{client.number};
    }
  }

  void call(Client& client) {
    if (history_.operations.size() == operations_max_) {
      return;
    }
    Operation operation;
    operation.client = client.number;
    operation.verb = Verb::exchange;
    operation.call = ++time_;
    operation.exchange = history_.values.add({request(), {}});
    client.phase = Phase::called;
    client.operation = history_.operations.size();
    history_.operations.push_back(operation);
  }

  StoreRequest request() {
    switch (choices_.below(6)) {
      case 0:
      case 1:
        return get();
      case 2:
        return put();
      case 3:
        return remove();
      default:
        return txn();
    }
  }
  std::string key() { return "k" + std::to_string(choices_.below(keys_)); }
  kv::RangeRequest get() {
    kv::RangeRequest request;
    request.range.key = key();
    return request;
  }
  kv::PutRequest put() {
    kv::PutRequest request;
    request.key = key();
    request.value = std::to_string(values_ == 0 ? written_++ : choices_.below(values_));
    request.prev_kv = choices_.below(4) == 1;
    return request;
  }
  kv::DeleteRequest remove() {
    kv::DeleteRequest request;
    request.range.key = key();
    return request;
  }
  kv::TxnRequest txn() {
    kv::TxnRequest request;
    kv::Compare compare;
    compare.key = key();
    if (choices_.below(2) == 0) {
      compare.target = kv::CompareTarget::mod_revision;
      const std::uint64_t now = store_.revision();
      compare.number = choices_.below(2) == 0 ? choices_.below(static_cast<std::uint32_t>(now) + 1) : 0;
    } else {
      compare.target = kv::CompareTarget::value;
      compare.value = std::to_string(choices_.below(3));
    }
    request.compares.push_back(compare);
    request.success.emplace_back(put());
    if (choices_.below(2) == 0) {
      request.success.emplace_back(remove());
    }
    request.failure.emplace_back(get());
    return request;
  }

  Choices choices_;
  std::size_t operations_max_;
  std::uint32_t keys_;
  std::uint32_t lost_in_;
  std::uint32_t values_;
  std::uint32_t written_ = 0;
  History history_ = {};
  NaiveStore store_ = {};
  std::vector<Client> clients_ = {{0}, {1}, {2}};
  std::uint32_t next_client_ = 3;
  std::uint64_t time_ = 0;
};

}  // namespace plimsoll::history
