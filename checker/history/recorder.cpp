#include "checker/history/recorder.hpp"

#include <array>

#include <fmt/core.h>

#include "impl/base/quoted.hpp"

namespace plimsoll::history {
namespace {

using scenario::Error;
using Done = tl::expected<void, Error>;

Done refuse(const scenario::Location& where, std::string message) {
  return tl::unexpected(Error{where, std::move(message)});
}

std::string_view kind_of(Verb verb) {
  switch (verb) {
    case Verb::read:
    case Verb::write:
    case Verb::cas:
      return "a register";
    case Verb::get:
    case Verb::put:
    case Verb::append:
      return "a key-value store";
    case Verb::acquire:
    case Verb::release:
      return "a mutex";
    case Verb::exchange:
      return "the store";
  }
  return "";
}

std::string shape_expected(Verb verb) {
  switch (verb) {
    case Verb::read:
    case Verb::get:
    case Verb::acquire:
    case Verb::release:
      return "nil";
    case Verb::cas:
      return "a pair of values";
    case Verb::write:
    case Verb::put:
    case Verb::append:
      return "a value that is not nil";
    case Verb::exchange:
      return "a request";
  }
  return "";
}

bool has_call_shape(const Event& event) {
  switch (event.verb) {
    case Verb::read:
    case Verb::get:
    case Verb::acquire:
    case Verb::release:
      return event.shape == Shape::nothing;
    case Verb::cas:
      return event.shape == Shape::pair;
    case Verb::write:
    case Verb::put:
    case Verb::append:
      return event.shape == Shape::one;
    case Verb::exchange:
      return true;
  }
  return false;
}

/// The smallest model with this operation.
Model model_with(Verb verb) {
  switch (verb) {
    case Verb::read:
    case Verb::write:
      return Model::plain_register;
    case Verb::cas:
      return Model::cas_register;
    case Verb::get:
    case Verb::put:
    case Verb::append:
      return Model::key_value;
    case Verb::acquire:
    case Verb::release:
      return Model::mutex;
    case Verb::exchange:
      return Model::store;
  }
  return Model::plain_register;
}

}  // namespace

std::optional<Verb> verb_of(std::string_view name) {
  for (const Verb verb : {Verb::read, Verb::write, Verb::cas, Verb::get, Verb::put, Verb::append,
                          Verb::acquire, Verb::release}) {
    if (name == to_string(verb)) {
      return verb;
    }
  }
  return std::nullopt;
}

std::optional<EventType> event_type_of(std::string_view name) {
  static constexpr std::array<std::string_view, 4> names = {"invoke", "ok", "fail", "info"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (name == names.at(i)) {
      return static_cast<EventType>(i);
    }
  }
  return std::nullopt;
}

std::string verb_expected(std::string_view found) {
  return "expected read, write, cas, get, put, append, acquire or release, found " + base::quoted(found);
}

std::string event_type_expected(std::string_view found) {
  return "expected invoke, ok, fail or info, found " + base::quoted(found);
}

Done Recorder::check_verb(const Event& event) {
  if (!history_.operations.empty() || event.type != EventType::invoke) {
    const Verb first = history_.operations.empty() ? event.verb : history_.operations.front().verb;
    if (kind_of(first) != kind_of(event.verb)) {
      return refuse(event.where,
                    fmt::format("expected an operation of {}, as on line {}, found {}", kind_of(first),
                                history_.operations.front().call_line, to_string(event.verb)));
    }
  }
  if (model_ && !offers(*model_, event.verb)) {
    return refuse(event.where, fmt::format("expected an operation of the model {}, found {}",
                                           to_string(*model_), to_string(event.verb)));
  }
  return {};
}

Done Recorder::add(const Event& event) {
  if (Done checked = check_verb(event); !checked) {
    return checked;
  }
  ++time_;
  Process& process = processes_[event.process];
  if (process.watches) {
    return refuse(event.where, fmt::format("expected nothing but watches of process {}, found {}",
                                           event.process, to_string(event.verb)));
  }
  return event.type == EventType::invoke ? call(event, process) : complete(event, process);
}

Done Recorder::add(WatchMessage message, const scenario::Location& where) {
  Process& process = processes_[message.client];
  if (process.running || process.retired_line != 0 || (!process.watches && process.has_called)) {
    return refuse(where,
                  fmt::format("expected a watch by a process of its own, and process {} has operations",
                              message.client));
  }
  process.watches = true;
  message.time = ++time_;
  message.line = where.line;
  history_.watches.push_back(std::move(message));
  return {};
}

const StoreRequest* Recorder::asked_by(std::uint32_t process) const {
  const auto found = processes_.find(process);
  if (found == processes_.end() || !found->second.running) {
    return nullptr;
  }
  const Operation& operation = history_.operations[*found->second.running];
  return operation.verb == Verb::exchange ? &history_.values.exchange(operation.exchange).request : nullptr;
}

Done Recorder::call(const Event& event, Process& process) {
  if (process.running) {
    const Operation& running = history_.operations[*process.running];
    return refuse(event.where, fmt::format("expected the return of process {}'s {} of line {}, found another "
                                           "invocation",
                                           event.process, to_string(running.verb), running.call_line));
  }
  if (process.retired_line != 0) {
    return refuse(event.where, fmt::format("expected nothing more of process {} after the info of line {}",
                                           event.process, process.retired_line));
  }
  if (!has_call_shape(event)) {
    return refuse(event.value_where,
                  fmt::format("expected {} for {}", shape_expected(event.verb), to_string(event.verb)));
  }
  process.running = history_.operations.size();
  process.has_called = true;
  Operation operation;
  operation.client = event.process;
  operation.verb = event.verb;
  operation.key = event.key;
  operation.argument = event.first;
  operation.replacement = event.second;
  operation.call = time_;
  operation.call_line = event.where.line;
  if (event.verb == Verb::exchange) {
    operation.exchange = history_.values.add(event.exchange);
  }
  history_.operations.push_back(operation);
  is_void_.push_back(false);
  return {};
}

Done Recorder::complete(const Event& event, Process& process) {
  if (!process.running) {
    return refuse(event.where,
                  fmt::format("expected an invocation by process {} before its return", event.process));
  }
  const std::size_t number = *process.running;
  Operation& operation = history_.operations[number];
  if (event.verb != operation.verb || event.key != operation.key) {
    return refuse(event.where,
                  fmt::format("expected the return of process {}'s {} of line {}, found one of {}{}",
                              event.process, to_string(operation.verb), operation.call_line,
                              to_string(event.verb), event.verb == operation.verb ? " of another key" : ""));
  }
  process.running.reset();
  if (event.type == EventType::info) {
    process.retired_line = event.where.line;
    return {};
  }
  const bool is_refusal = operation.verb == Verb::cas && event.shape == Shape::pair && !event.has_error;
  if (event.type == EventType::fail && !is_refusal) {
    is_void_[number] = true;
    return {};
  }
  operation.returned = time_;
  operation.return_line = event.where.line;
  operation.refused = event.type == EventType::fail;
  operation.revision = event.revision;
  operation.mod_revision = event.mod_revision;
  return answer(event, operation);
}

Done Recorder::answer(const Event& event, Operation& operation) {
  if (event.verb == Verb::exchange) {
    history_.values.exchange(operation.exchange).result = event.exchange.result;
    return {};
  }
  if (operation.only_reads() && !operation.refused) {
    if (event.shape != Shape::one && event.shape != Shape::nothing) {
      return refuse(event.value_where,
                    fmt::format("expected the value that {} returned", to_string(event.verb)));
    }
    operation.result = event.first;
    return {};
  }
  if (!has_call_shape(event) || event.first != operation.argument || event.second != operation.replacement) {
    return refuse(event.value_where, fmt::format("expected the value that line {} invoked {} with",
                                                 operation.call_line, to_string(event.verb)));
  }
  return {};
}

tl::expected<History, Error> Recorder::finish(const scenario::Location& end) && {
  if (history_.operations.empty() && !history_.watches.empty()) {
    history_.model = model_.value_or(Model::store);
    return std::move(history_);
  }
  if (history_.operations.empty()) {
    return tl::unexpected(Error{end, "expected operations, found none"});
  }
  std::vector<Operation> happened;
  history_.model = model_with(history_.operations.front().verb);
  for (std::size_t i = 0; i < history_.operations.size(); ++i) {
    const Operation& operation = history_.operations[i];
    if (operation.verb == Verb::cas) {
      history_.model = Model::cas_register;
    }
    if (!is_void_[i]) {
      happened.push_back(operation);
    }
  }
  history_.model = model_.value_or(history_.model);
  history_.operations = std::move(happened);
  return std::move(history_);
}

}  // namespace plimsoll::history
