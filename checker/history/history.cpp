#include "checker/history/history.hpp"

#include <array>

#include <fmt/core.h>

#include "impl/base/assert.hpp"
#include "impl/base/quoted.hpp"

namespace plimsoll::history {

Values::Values() {
  (void)intern("-nil");
}

Value Values::intern(std::string tagged) {
  const auto found = numbers_.find(tagged);
  if (found != numbers_.end()) {
    return found->second;
  }
  const auto number = static_cast<Value>(texts_.size());
  texts_.push_back(tagged);
  numbers_.emplace(std::move(tagged), number);
  return number;
}

Value Values::word(std::string_view text) {
  return intern(std::string("w").append(text));
}

Value Values::string(std::string_view text) {
  return intern(std::string("s").append(text));
}

std::string_view Values::characters(Value value) const {
  PLIMSOLL_ASSERT(value < texts_.size());
  return value == nil ? std::string_view() : std::string_view(texts_[value]).substr(1);
}

bool Values::is_string(Value value) const {
  PLIMSOLL_ASSERT(value < texts_.size());
  return texts_[value].front() == 's';
}

std::uint32_t Values::add(Exchange exchange) {
  exchanges_.push_back(std::move(exchange));
  return static_cast<std::uint32_t>(exchanges_.size() - 1);
}

std::string Values::describe(Value value) const {
  if (is_string(value)) {
    return base::quoted(characters(value));
  }
  return texts_[value].substr(1);
}

std::string_view to_string(Verb verb) {
  static constexpr std::array<std::string_view, 9> names = {
      "read", "write", "cas", "get", "put", "append", "acquire", "release", "store request"};
  return names.at(static_cast<std::size_t>(verb));
}

std::string_view to_string(Model model) {
  static constexpr std::array<std::string_view, 5> names = {"register", "cas-register", "key-value", "mutex",
                                                            "store"};
  return names.at(static_cast<std::size_t>(model));
}

bool offers(Model model, Verb verb) {
  switch (verb) {
    case Verb::read:
    case Verb::write:
      return model == Model::plain_register || model == Model::cas_register;
    case Verb::cas:
      return model == Model::cas_register;
    case Verb::get:
    case Verb::put:
    case Verb::append:
      return model == Model::key_value;
    case Verb::acquire:
    case Verb::release:
      return model == Model::mutex;
    case Verb::exchange:
      return model == Model::store;
  }
  return false;
}

std::string describe(const Operation& operation, const Values& values) {
  const std::string_view name = to_string(operation.verb);
  const std::string argument = values.describe(operation.argument);
  switch (operation.verb) {
    case Verb::read:
    case Verb::get:
      return fmt::format("{} -> {}", name, operation.is_pending() ? "?" : values.describe(operation.result));
    case Verb::write:
    case Verb::put:
    case Verb::append:
      return fmt::format("{} {}", name, argument);
    case Verb::cas:
      return fmt::format("{} {} to {}{}", name, argument, values.describe(operation.replacement),
                         operation.refused ? " refused" : "");
    case Verb::acquire:
    case Verb::release:
      break;
    case Verb::exchange: {
      const Exchange& exchange = values.exchange(operation.exchange);
      const bool asks = std::holds_alternative<kv::RangeRequest>(exchange.request);
      const std::string answer = operation.is_pending() ? (asks ? "?" : "") : describe(exchange.result);
      return describe(exchange.request) + (answer.empty() ? "" : " -> " + answer);
    }
  }
  return std::string(name);
}

}  // namespace plimsoll::history
