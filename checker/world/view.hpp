// What a property's predicate sees of a world's state: parts as typed values, statuses, timers.
#pragma once

#include <memory>
#include <typeindex>
#include <unordered_map>

#include "checker/world/digest.hpp"
#include "impl/base/described.hpp"

namespace plimsoll::checker {

/// Decoded parts, kept by one worker: a part's value is decoded once for each type asked, and again if it was
/// forgotten in between.
class PartCache {
 public:
  template <class T>
  const T& get(std::uint32_t slot, Slot id, base::BytesView bytes) {
    std::shared_ptr<const void>& kept = values_[std::uint64_t{slot} << 32U | id];
    if (kept == nullptr) {
      kept = std::make_shared<const T>(base::from_bytes<T>(bytes));
      memory_bytes_ += entry_bytes + sizeof(T) + bytes.size() * decoded_bytes_per_byte;
    }
    return *static_cast<const T*>(kept.get());
  }
  /// Forgets everything if it takes too much. What get() returned is gone then. A random walk hardly ever
  /// meets a value again that it met long ago.
  void trim() {
    if (memory_bytes_ > memory_bytes_max) {
      values_.clear();
      memory_bytes_ = 0;
    }
  }
  /// An estimate.
  [[nodiscard]] std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  static constexpr std::uint64_t memory_bytes_max = std::uint64_t{1} << 26U;
  static constexpr std::uint64_t entry_bytes = 96;  ///< of the table, and of the allocator
  /// A number of one byte becomes eight, a text without letters 32, an element of a set 40, and a message
  /// whose fields are mostly empty 300 for a dozen; what is large consists of these.
  static constexpr std::uint64_t decoded_bytes_per_byte = 20;

  std::unordered_map<std::uint64_t, std::shared_ptr<const void>> values_;
  std::uint64_t memory_bytes_ = 0;
};

/// The facts that a question looks at, as one worker computed them.
class FactSource {
 public:
  FactSource() = default;
  FactSource(const FactSource&) = delete;
  FactSource& operator=(const FactSource&) = delete;
  FactSource(FactSource&&) = delete;
  FactSource& operator=(FactSource&&) = delete;
  virtual ~FactSource() = default;
  /// The fact that the question being asked looks at in `slot`, if its schema is `schema`. Its number among
  /// all facts of this worker goes to `number`.
  [[nodiscard]] virtual base::BytesView fact(std::uint32_t slot, Slot id, const base::Schema& schema,
                                             std::uint32_t& number) const = 0;
};

/// Valid only during the call of a predicate. Not thread-safe.
class WorldView {
 public:
  WorldView(const WorldModel& model, const WorldLayout& layout, const Interner& interner, PartCache& cache,
            StateView state, std::uint64_t allowed_parts, const FactSource* facts = nullptr)
      : model_(model),
        layout_(layout),
        interner_(interner),
        cache_(cache),
        state_(state),
        allowed_(allowed_parts),
        facts_(facts) {}

  /// The value of a part. Requires: the property declared it; T is the part's type.
  template <class T>
  [[nodiscard]] const T& part(PartId part) const {
    PLIMSOLL_ASSERT_KNOWN(is_declared(part), "undeclared part " + model_.parts[part.value].name);
    PLIMSOLL_ASSERT(model_.parts[part.value].schema == &base::schema_of<T>());
    const Slot id = state_[layout_.part(part)];
    return cache_.get<T>(layout_.part(part), id, interner_.bytes(id));
  }
  /// A fact of a part. Requires: the clause declared it; T is its type.
  template <class T>
  [[nodiscard]] const T& fact(PartId part) const {
    PLIMSOLL_ASSERT_KNOWN(facts_ != nullptr, "undeclared fact of part " + model_.parts[part.value].name);
    const std::uint32_t slot = layout_.part(part);
    std::uint32_t number = 0;
    const base::BytesView bytes = facts_->fact(slot, state_[slot], base::schema_of<T>(), number);
    return cache_.get<T>(fact_space, number, bytes);
  }
  /// Is the process running (not down, not paused)? Requires: the property declared its control.
  [[nodiscard]] bool is_up(base::ProcessId process) const { return control(process).status == Status::up; }
  [[nodiscard]] bool is_down(base::ProcessId process) const {
    return control(process).status == Status::down;
  }
  /// Ticks until a timer is due, if it is armed. Requires: the property declared the process's control.
  template <class Timer>
  [[nodiscard]] std::optional<std::uint32_t> remaining(base::ProcessId process, const Timer& timer) const {
    const base::Bytes bytes = base::to_bytes(timer);
    for (const ArmedTimer& armed : control(process).timers) {
      if (interner_.bytes(armed.timer) == bytes) {
        return armed.remaining;
      }
    }
    return std::nullopt;
  }
  /// What is left of a budget. Requires: the property declared that it looks at budgets.
  [[nodiscard]] std::uint32_t left(const std::string& budget) const {
    const std::uint32_t word = layout_.budget_word(budget);
    return word == WorldLayout::no_budget ? 0 : words_of(interner_, state_[layout_.environment()])[word];
  }
  /// Does nothing that crosses the network get from one process to the other now? Requires: as left().
  [[nodiscard]] bool is_cut(base::ProcessId from, base::ProcessId to) const {
    return layout_.has_cuts() &&
           layout_.partitions().blocks(words_of(interner_, state_[layout_.cuts()]), from.value, to.value);
  }

 private:
  [[nodiscard]] bool is_declared(PartId part) const {
    return part.value >= 64 || (allowed_ >> part.value & 1U) != 0;
  }
  [[nodiscard]] Control control(base::ProcessId process) const {
    return control_of(interner_, state_[layout_.control(process.value)]);
  }

  const WorldModel& model_;
  const WorldLayout& layout_;
  const Interner& interner_;
  PartCache& cache_;
  StateView state_;
  std::uint64_t allowed_;
  const FactSource* facts_;
  static constexpr std::uint32_t fact_space = ~std::uint32_t{0};  ///< where the cache keeps facts
};

}  // namespace plimsoll::checker
