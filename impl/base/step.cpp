#include "impl/base/step.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::base {

std::uint32_t ScriptedChoices::choose(std::uint32_t count, std::string_view what) {
  PLIMSOLL_ASSERT(count >= 1);
  if (asked_ == answers_.size()) {
    answers_.push_back(0);
    counts_.push_back(count);
    questions_.emplace_back();
  }
  const std::uint32_t answer = answers_[asked_];
  // A step that asks differently on the same inputs is not a function of its inputs.
  PLIMSOLL_ASSERT(counts_[asked_] == count && answer < count);
  questions_[asked_] = std::string(what) + ": " + std::to_string(answer + 1) + " of " + std::to_string(count);
  ++asked_;
  return answer;
}

bool ScriptedChoices::advance() {
  while (!answers_.empty() && answers_.back() + 1 == counts_.back()) {
    answers_.pop_back();
    counts_.pop_back();
    questions_.pop_back();
  }
  if (answers_.empty()) {
    return false;
  }
  ++answers_.back();
  return true;
}

}  // namespace plimsoll::base
