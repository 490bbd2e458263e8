#include "checker/visited/state_numbers.hpp"

#include <limits>

#include "checker/system/content_hash.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint64_t numbers_max = std::numeric_limits<std::uint32_t>::max() - 1;

std::uint64_t rest(std::uint64_t memory_bytes_max, std::uint64_t taken) {
  return memory_bytes_max > taken ? memory_bytes_max - taken : 0;
}

}  // namespace

StateNumbers::StateNumbers(VisitedMode mode, std::uint32_t width, unsigned growers)
    : tree_(mode == VisitedMode::exact ? std::make_unique<StateTree>(width, SlotOrder(), growers) : nullptr),
      table_(mode == VisitedMode::exact ? FlatTable::Keys::packed : FlatTable::Keys::random, growers) {
  PLIMSOLL_ASSERT(mode == VisitedMode::exact || mode == VisitedMode::fingerprint);
}

StateNumbers::Scratch StateNumbers::scratch() const {
  return {tree_ ? tree_->scratch() : nullptr, {}};
}

bool StateNumbers::reserve(std::uint64_t count) {
  if (!table_.reserve(count)) {
    return false;
  }
  if (table_.size() <= numbers_max && (!tree_ || tree_->reserve(count))) {
    return true;
  }
  table_.release(count);
  return false;
}

void StateNumbers::retract(std::uint64_t count) {
  table_.release(count);
  if (tree_) {
    tree_->retract(count);
  }
}

void StateNumbers::number(const Successors& batch, std::vector<std::uint32_t>& numbers,
                          std::vector<std::uint8_t>& is_new, Scratch& scratch) {
  const std::size_t count = batch.size();
  numbers.resize(count);
  is_new.resize(count);
  if (tree_) {
    tree_->find_keys(batch, scratch.keys, *scratch.tree);
  } else {
    scratch.keys.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      scratch.keys[i] = batch[i].fingerprint;
    }
  }
  for (const std::uint64_t key : scratch.keys) {
    table_.prefetch(key);
  }
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < count; ++i) {
    bool added = false;
    numbers[i] = table_.insert_value(scratch.keys[i], next_, added);
    is_new[i] = added ? 1 : 0;
    fresh += is_new[i];
  }
  table_.release(count - fresh);
}

bool StateNumbers::grow(std::uint64_t count, std::uint64_t memory_bytes_max) {
  if (table_.size() + count > numbers_max) {
    return false;
  }
  if (table_.reserve(count)) {
    table_.release(count);
  } else if (!table_.grow(count, rest(memory_bytes_max, tree_ ? tree_->memory_bytes() : 0))) {
    return false;
  }
  return !tree_ || tree_->grow(count, rest(memory_bytes_max, table_.memory_bytes()));
}

std::uint64_t StateNumbers::memory_bytes() const {
  return table_.memory_bytes() + (tree_ ? tree_->memory_bytes() : 0);
}

double StateNumbers::omission_probability() const {
  return tree_ ? 0 : checker::omission_probability(size(), 64);
}

}  // namespace plimsoll::checker
