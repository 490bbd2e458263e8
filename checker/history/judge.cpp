#include "checker/history/judge.hpp"

#include <algorithm>
#include <map>

#include "checker/history/key_value_spec.hpp"
#include "checker/history/mutex_spec.hpp"
#include "checker/history/register_spec.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::history {
namespace {

template <Specification Spec>
Linearization search(std::span<const Operation> operations, Spec spec, const SearchLimits& limits) {
  std::vector<Interval> intervals;
  intervals.reserve(operations.size());
  for (const Operation& operation : operations) {
    intervals.push_back({operation.call, operation.returned});
  }
  return Linearizer<Spec>(intervals, spec, limits).run();
}

/// What was known at `time`: later calls are not there, later returns have not happened.
std::vector<Operation> prefix(std::span<const Operation> operations, std::uint64_t time) {
  std::vector<Operation> known;
  for (const Operation& operation : operations) {
    if (operation.call <= time) {
      known.push_back(operation);
      if (operation.returned > time) {
        known.back().returned = never;
        known.back().refused = false;
      }
    }
  }
  return known;
}

/// Finds few operations that contradict each other when all others are freed.
class Contradiction {
 public:
  /// @param prefix   Not linearizable.
  /// @param failing  The number of the one without whose return it would be.
  Contradiction(Model model, std::vector<Operation> prefix, std::uint32_t failing, Values& values,
                const SearchLimits& limits)
      : model_(model), prefix_(std::move(prefix)), values_(values), limits_(limits) {
    // One search among hundreds may not take all the time there is.
    constexpr std::uint64_t configurations_max = 2000;
    limits_.configurations_max = std::min(limits_.configurations_max, configurations_max);
    find_relatives(failing);
    for (std::uint32_t i = 0; i < prefix_.size(); ++i) {
      latest_.push_back(i);
    }
    // Of one that never returned, the call is what may contradict others.
    const auto time = [&](std::uint32_t number) {
      return prefix_[number].is_pending() ? prefix_[number].call : prefix_[number].returned;
    };
    std::ranges::sort(latest_,
                      [&](std::uint32_t one, std::uint32_t other) { return time(one) > time(other); });
  }

  /// The fewer operations are kept, the quicker a search, so that it begins with few: the latest ones, twice
  /// as many every time, with those that have to do with the same values. Those are then freed in chunks,
  /// halved each time (delta debugging: Zeller and Hildebrandt, "Simplifying and isolating failure-inducing
  /// input", TSE 28(2), 2002), old ones first. In order of call.
  [[nodiscard]] std::vector<std::uint32_t> find() {
    std::vector<std::uint32_t> kept;
    for (std::size_t count = 1;; count *= 2) {
      const bool is_all = count >= latest_.size();
      kept.assign(latest_.begin(),
                  is_all ? latest_.end() : latest_.begin() + static_cast<std::ptrdiff_t>(count));
      kept.insert(kept.end(), relatives_.begin(), relatives_.end());
      std::ranges::sort(kept);
      kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
      if (is_all || contradicts(kept)) {
        break;
      }
    }
    for (std::size_t chunk = std::max<std::size_t>(kept.size() / 2, 1); chunk > 0; chunk /= 2) {
      for (std::size_t first = 0; first < kept.size();) {
        std::vector<std::uint32_t> fewer = kept;
        const auto from = fewer.begin() + static_cast<std::ptrdiff_t>(first);
        fewer.erase(from, from + static_cast<std::ptrdiff_t>(std::min(chunk, fewer.size() - first)));
        if (contradicts(fewer)) {
          kept = std::move(fewer);
        } else {
          first += chunk;
        }
      }
    }
    return kept;
  }

 private:
  /// Those that write or return what the failing one returned or expected, unless there are many.
  void find_relatives(std::uint32_t failing) {
    constexpr std::size_t relatives_max = 16;
    const auto seen = [](const Operation& operation) {
      return operation.verb == Verb::cas ? operation.argument : operation.result;
    };
    const Value wanted = seen(prefix_[failing]);
    for (std::uint32_t i = 0; i < prefix_.size(); ++i) {
      const Operation& operation = prefix_[i];
      const bool writes =
          wanted == (operation.verb == Verb::cas ? operation.replacement : operation.argument);
      if (writes || (!operation.is_pending() && wanted == seen(operation))) {
        relatives_.push_back(i);
      }
    }
    if (relatives_.size() > relatives_max) {
      relatives_.clear();
    }
  }

  [[nodiscard]] bool contradicts(const std::vector<std::uint32_t>& kept) {
    if (searches_left_ == 0) {
      return false;
    }
    --searches_left_;
    std::vector<Operation> freed = prefix_;
    for (Operation& operation : freed) {
      operation.call = 0;
      operation.returned = never;
      operation.refused = false;
    }
    for (const std::uint32_t number : kept) {
      freed[number] = prefix_[number];
    }
    return linearize(model_, freed, values_, limits_).answer == Answer::not_linearizable;
  }

  Model model_;
  std::vector<Operation> prefix_;
  Values& values_;
  SearchLimits limits_;
  std::vector<std::uint32_t> latest_ = {};  ///< all, the last one first
  std::vector<std::uint32_t> relatives_ = {};
  std::uint32_t searches_left_ = 500;
};

/// Finds the first return at which the operations are not linearizable.
void bisect(Violation& violation, Model model, Values& values, const SearchLimits& limits) {
  std::vector<std::uint64_t> returns;
  for (const Operation& operation : violation.operations) {
    if (!operation.is_pending()) {
      returns.push_back(operation.returned);
    }
  }
  std::ranges::sort(returns);
  PLIMSOLL_ASSERT(!returns.empty());
  std::size_t bad = returns.size() - 1;  // known to be bad
  std::size_t low = 0;                   // all before it are good
  while (low < bad) {
    const std::size_t middle = (low + bad) / 2;
    const Answer answer =
        linearize(model, prefix(violation.operations, returns[middle]), values, limits).answer;
    if (answer == Answer::unknown) {
      break;
    }
    if (answer == Answer::not_linearizable) {
      bad = middle;
    } else {
      low = middle + 1;
    }
  }
  violation.bad_at = returns[bad];
  if (low > 0) {
    violation.good_until = returns[low - 1];
  }
}

}  // namespace

Linearization linearize(Model model, std::span<const Operation> operations, Values& values,
                        const SearchLimits& limits) {
  switch (model) {
    case Model::plain_register:
    case Model::cas_register:
      return search(operations, RegisterSpec(operations), limits);
    case Model::key_value:
      return search(operations, KeyValueSpec(operations, values), limits);
    case Model::mutex:
      return search(operations, MutexSpec(operations), limits);
  }
  PLIMSOLL_ASSERT_KNOWN(false, std::string(to_string(model)));
  return {};
}

Verdict judge(History& history, const SearchLimits& limits) {
  std::map<Value, std::vector<Operation>> by_key;
  for (const Operation& operation : history.operations) {
    by_key[operation.key].push_back(operation);
  }
  Verdict verdict;
  verdict.answer = Answer::linearizable;
  verdict.keys = by_key.size();
  for (auto& [key, operations] : by_key) {
    const Linearization found = linearize(history.model, operations, history.values, limits);
    verdict.configurations += found.configurations;
    if (found.answer == Answer::not_linearizable) {
      verdict.answer = found.answer;
      verdict.violation.emplace();
      verdict.violation->key = key;
      verdict.violation->operations = std::move(operations);
      break;
    }
    if (found.answer == Answer::unknown) {
      verdict.answer = found.answer;
    }
  }
  return verdict;
}

void explain(Violation& violation, History& history, const SearchLimits& limits) {
  bisect(violation, history.model, history.values, limits);
  const std::vector<Operation>& all = violation.operations;
  const auto failing =
      std::ranges::find_if(all, [&](const Operation& one) { return one.returned == violation.bad_at; });
  PLIMSOLL_ASSERT(failing != all.end());
  violation.failing = static_cast<std::uint32_t>(failing - all.begin());
  // A prefix keeps the order of calls, so that numbers agree.
  violation.contradiction =
      Contradiction(history.model, prefix(all, violation.bad_at), violation.failing, history.values, limits)
          .find();
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (i != violation.failing && all[i].call < failing->returned && all[i].returned > failing->call) {
      violation.overlapping.push_back(i);
    }
  }
}

}  // namespace plimsoll::history
