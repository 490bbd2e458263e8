#include "checker/history/key_value_spec.hpp"

#include <string>

namespace plimsoll::history {

KeyValueSpec::KeyValueSpec(std::span<const Operation> operations, Values& values)
    : operations_(operations), values_(values), empty_(values.string("")) {
  std::map<std::pair<Verb, Value>, std::uint32_t> kinds;
  for (const Operation& operation : operations) {
    const auto kind = static_cast<std::uint32_t>(kinds.size());
    kinds_.push_back(kinds.try_emplace({operation.verb, operation.argument}, kind).first->second);
  }
}

bool KeyValueSpec::apply(std::uint32_t number, State& state) {
  const Operation& operation = operations_[number];
  if (operation.verb == Verb::get) {
    return operation.is_pending() || state == (operation.result == nil ? empty_ : operation.result);
  }
  if (operation.verb == Verb::put) {
    state = operation.argument;
    return true;
  }
  const auto [place, is_new] = appended_.try_emplace({state, operation.argument}, nil);
  if (is_new) {
    std::string text(values_.characters(state));
    text += values_.characters(operation.argument);
    place->second = values_.string(text);
  }
  state = place->second;
  return true;
}

}  // namespace plimsoll::history
