// For tests: objects that clients use at random, and a checker that tries every order.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "checker/history/history.hpp"

namespace plimsoll::history {

/// A sequential object that is told strings; written apart from the specifications on purpose.
struct NaiveObject {
  std::string state =
      "nil";  ///< of a mutex: "held" or "nil"; of a store, whose strings are quoted, "nil" is ""

  /// Does `operation`; writes what it is told into `result` and `refused`. False: it would have to wait.
  bool perform(const Operation& operation, Values& values, Value& result, bool& refused) {
    const std::string argument = values.describe(operation.argument);
    switch (operation.verb) {
      case Verb::read:
        result = state == "nil" ? nil : values.word(state);
        return true;
      case Verb::get:
        result = values.string(state == "nil" ? "" : state);
        return true;
      case Verb::write:
        state = argument;
        return true;
      case Verb::put:
        state = values.characters(operation.argument);
        return true;
      case Verb::append:
        state = (state == "nil" ? "" : state) + std::string(values.characters(operation.argument));
        return true;
      case Verb::cas:
        refused = state != argument;
        state = refused ? state : values.describe(operation.replacement);
        return true;
      case Verb::acquire:
        refused = state == "held";  // it waits; whoever asks decides what that means
        state = "held";
        return !refused;
      case Verb::release:
        refused = state != "held";
        state = "nil";
        return !refused;
      case Verb::exchange:  // a store is no string: store_test_bed.hpp
        return false;
    }
    return false;
  }
};

/// Is there an order? Tries all of them: exponential, for a handful of operations.
inline bool brute_force(const std::vector<Operation>& operations, Values& values,
                        const NaiveObject& object = {}, std::set<std::size_t> done = {}) {
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
    NaiveObject after = object;
    Value result = nil;
    bool refused = false;
    if (!may_be_next || !after.perform(operations[i], values, result, refused)) {
      continue;
    }
    const bool agrees =
        operations[i].is_pending() || (operations[i].result == result && operations[i].refused == refused);
    std::set<std::size_t> more = done;
    more.insert(i);
    if (agrees && brute_force(operations, values, after, more)) {
      return true;
    }
  }
  return false;
}

/// A source of choices: numbers drawn beforehand, 0 when they run out.
class Choices {
 public:
  explicit Choices(std::vector<std::uint32_t> numbers) : numbers_(std::move(numbers)) {}
  /// A number below `count`.
  std::uint32_t below(std::uint32_t count) { return next_ < numbers_.size() ? numbers_[next_++] % count : 0; }
  [[nodiscard]] bool is_empty() const { return next_ >= numbers_.size(); }

 private:
  std::vector<std::uint32_t> numbers_;
  std::size_t next_ = 0;
};

/// Clients that use one correct object: each operation takes effect between its call and its return. Some
/// never return, with and without an effect.
class Simulation {
 public:
  Simulation(Model model, Choices choices, std::size_t operations_max)
      : choices_(std::move(choices)), operations_max_(operations_max) {
    history_.model = model;
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
    Value result = nil;
    bool refused = false;
  };

  void step(Client& client) {
    if (client.phase == Phase::idle) {
      call(client);
    } else if (choices_.below(8) == 0) {
      client = Client{next_client_++};  // nobody will know
    } else if (client.phase == Phase::called) {
      if (object_.perform(history_.operations[client.operation], history_.values, client.result,
                          client.refused)) {
        client.phase = Phase::effected;
      }
    } else {
      Operation& operation = history_.operations[client.operation];
      operation.returned = ++time_;
      operation.result = client.result;
      operation.refused = client.refused;
      client = Client{client.number};
    }
  }

  void call(Client& client) {
    if (history_.operations.size() == operations_max_) {
      return;
    }
    static constexpr Verb verbs[4][3] = {{Verb::read, Verb::write, Verb::read},
                                         {Verb::read, Verb::write, Verb::cas},
                                         {Verb::get, Verb::put, Verb::append},
                                         {Verb::acquire, Verb::release, Verb::acquire}};
    Operation operation;
    operation.client = client.number;
    operation.verb = verbs[static_cast<std::size_t>(history_.model)][choices_.below(3)];
    operation.call = ++time_;
    operation.argument = takes_value(operation.verb) ? value() : nil;
    operation.replacement = operation.verb == Verb::cas ? value() : nil;
    client.phase = Phase::called;
    client.operation = history_.operations.size();
    history_.operations.push_back(operation);
  }

  static bool takes_value(Verb verb) {
    return verb == Verb::write || verb == Verb::cas || verb == Verb::put || verb == Verb::append;
  }
  Value value() {
    const std::string text(1, static_cast<char>('1' + choices_.below(3)));
    return history_.model == Model::key_value ? history_.values.string(text) : history_.values.word(text);
  }

  Choices choices_;
  std::size_t operations_max_;
  History history_ = {};
  NaiveObject object_ = {};
  std::vector<Client> clients_ = {{0}, {1}, {2}};
  std::uint32_t next_client_ = 3;
  std::uint64_t time_ = 0;
};

}  // namespace plimsoll::history
