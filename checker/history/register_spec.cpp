#include "checker/history/register_spec.hpp"

#include <map>
#include <tuple>

#include "impl/base/assert.hpp"

namespace plimsoll::history {
namespace {

/// The values of one register, numbered densely: those that make a difference, and one for all others.
class Distinct {
 public:
  /// @return whether it is new.
  bool distinguish(Value value) {
    return numbers_.try_emplace(value, static_cast<std::uint32_t>(numbers_.size() + 1)).second;
  }
  [[nodiscard]] bool contains(Value value) const { return numbers_.contains(value); }
  [[nodiscard]] std::uint32_t of(Value value) const {
    const auto found = numbers_.find(value);
    return found == numbers_.end() ? 0 : found->second;
  }
  [[nodiscard]] std::size_t size() const { return numbers_.size() + 1; }

 private:
  std::map<Value, std::uint32_t> numbers_ = {};
};

/// The values that an answer depends on, and those from which a compare-and-swap that never returned may
/// make such a value.
Distinct wanted_by(std::span<const Operation> operations) {
  Distinct distinct;
  for (const Operation& operation : operations) {
    if (!operation.is_pending() && operation.verb != Verb::write) {
      distinct.distinguish(operation.verb == Verb::cas ? operation.argument : operation.result);
    }
  }
  for (bool is_growing = true; is_growing;) {
    is_growing = false;
    for (const Operation& operation : operations) {
      if (operation.is_pending() && operation.verb == Verb::cas && distinct.contains(operation.replacement) &&
          distinct.distinguish(operation.argument)) {
        is_growing = true;
      }
    }
  }
  return distinct;
}

}  // namespace

RegisterSpec::What RegisterSpec::what_of(const Operation& operation) {
  switch (operation.verb) {
    case Verb::read:
      return operation.is_pending() ? What::unknown_read : What::read;
    case Verb::write:
      return What::write;
    case Verb::cas:
      if (operation.is_pending()) {
        return What::unknown_swap;
      }
      return operation.refused ? What::refused_swap : What::swap;
    default:
      PLIMSOLL_ASSERT_KNOWN(false, std::string(to_string(operation.verb)));
      return What::read;
  }
}

RegisterSpec::RegisterSpec(std::span<const Operation> operations) {
  const Distinct distinct = wanted_by(operations);
  initial_ = distinct.of(nil);
  needs_.assign(distinct.size(), 0);
  sources_.assign(distinct.size(), 0);
  for (const Operation& operation : operations) {
    Deed deed;
    deed.what = what_of(operation);
    const bool is_read = operation.verb == Verb::read;
    const bool is_write = operation.verb == Verb::write;
    deed.seen = distinct.of(is_read ? operation.result : operation.argument);
    deed.written = distinct.of(is_write ? operation.argument : operation.replacement);
    count(deed, 1);
    deeds_.push_back(deed);
  }
  find_kinds();
}

void RegisterSpec::find_kinds() {
  std::map<std::tuple<What, Value, Value>, std::uint32_t> kinds;
  for (Deed& deed : deeds_) {
    const Value seen = deed.what == What::write ? 0 : deed.seen;
    const auto kind = static_cast<std::uint32_t>(kinds.size());
    deed.kind = kinds.try_emplace({deed.what, seen, deed.written}, kind).first->second;
  }
}

bool RegisterSpec::impossible() const {
  for (std::size_t value = 0; value < needs_.size(); ++value) {
    if (needs_[value] > 0 && sources_[value] == 0 && value != initial_) {
      return true;
    }
  }
  return false;
}

}  // namespace plimsoll::history
