// The facts that properties look at, numbered: one worker's own.
#pragma once

#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "checker/system/interner.hpp"
#include "checker/world/question.hpp"
#include "checker/world/view.hpp"

namespace plimsoll::checker {

/// Not thread-safe. Numbers are this worker's private matter; equal facts of one projection have one number.
class FactTable final : public FactSource {
 public:
  FactTable(const Questions& questions, const Interner& interner)
      : questions_(questions), interner_(interner), numbers_(questions.projections().size()) {}

  /// The number of what `projection` says of the part with this id. Computed once for each id.
  std::uint32_t number(std::uint32_t projection, Slot id) {
    std::vector<std::uint32_t>& known = numbers_[projection];
    if (id >= known.size()) {
      known.resize(std::max<std::size_t>(id + std::size_t{1}, known.size() * 2), none);
    }
    if (known[id] == none) {
      base::Bytes fact = questions_.projections()[projection]->fact(interner_.bytes(id));
      const auto [place, is_new] =
          found_.try_emplace({projection, std::move(fact)}, static_cast<std::uint32_t>(facts_.size()));
      if (is_new) {
        facts_bytes_ += fact_bytes + place->first.second.capacity();
        facts_.push_back(&place->first.second);
      }
      known[id] = place->second;
    }
    return known[id];
  }

  /// Says whose facts fact() gives. The question must outlive its being asked.
  void ask(const Question& question) { asked_ = &question; }
  [[nodiscard]] base::BytesView fact(std::uint32_t slot, Slot id, const base::Schema& schema,
                                     std::uint32_t& number) const override {
    for (const Question::Fact& fact : asked_->facts) {
      if (fact.slot == slot && questions_.projections()[fact.projection]->fact_schema == &schema) {
        number = numbers_[fact.projection][id];
        return *facts_[number];
      }
    }
    PLIMSOLL_ASSERT_KNOWN(false, "a predicate looks at a fact that its clause does not declare");
  }
  [[nodiscard]] std::uint64_t memory_bytes() const {
    std::uint64_t bytes = facts_bytes_;
    for (const std::vector<std::uint32_t>& known : numbers_) {
      bytes += known.capacity() * sizeof(std::uint32_t);
    }
    return bytes;
  }

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr std::uint64_t fact_bytes = 128;  ///< without its value: of the map, and of the allocator

  const Questions& questions_;
  const Interner& interner_;
  std::vector<std::vector<std::uint32_t>> numbers_;  ///< [projection][id]
  std::map<std::pair<std::uint32_t, base::Bytes>, std::uint32_t> found_;
  std::vector<const base::Bytes*> facts_;
  std::uint64_t facts_bytes_ = 0;
  const Question* asked_ = nullptr;
};

}  // namespace plimsoll::checker
