#include "checker/history/judge.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "checker/history/key_value_spec.hpp"
#include "checker/history/mutex_spec.hpp"
#include "checker/history/register_spec.hpp"
#include "checker/history/revision_order.hpp"
#include "checker/history/store_spec.hpp"
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
    if (model_ == Model::store) {
      return;
    }
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

/// What is judged on its own: an object, named by its key if it has one, and the operations on it.
std::vector<std::pair<Value, std::vector<Operation>>> objects_of(const History& history) {
  std::vector<std::pair<Value, std::vector<Operation>>> objects;
  std::map<std::uint32_t, std::size_t> places;
  const bool is_store = history.model == Model::store;
  std::vector<std::uint32_t> numbers;
  if (is_store && depend_on_revisions(history.operations, history.values)) {
    numbers.assign(history.operations.size(), 0);
  } else if (is_store) {
    numbers = separate(history.operations, history.values);
  }
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    const auto [place, is_new] = places.try_emplace(is_store ? numbers[i] : operation.key, objects.size());
    if (is_new) {
      objects.emplace_back(is_store ? nil : operation.key, std::vector<Operation>());
    }
    objects[place->second].second.push_back(operation);
  }
  if (!is_store) {
    std::ranges::sort(objects, {}, [](const auto& object) { return object.first; });
  }
  return objects;
}

/// @return whether that settled it.
bool judge_by_revision(const History& history, Verdict& verdict, const SearchLimits& limits) {
  RevisionOrder found = order_by_revision(history.model, history.operations, history.values, limits);
  verdict.configurations += found.tried;
  if (found.answer == Answer::unknown) {
    return false;
  }
  verdict.answer = found.answer;
  verdict.by_revision = true;
  if (found.clash) {
    verdict.violation.emplace();
    verdict.violation->operations = history.operations;
    verdict.violation->reason = std::move(found.clash->reason);
    verdict.violation->contradiction = std::move(found.clash->operations);
  }
  return true;
}

/// Of operations whose revisions contradict each other, the one that returned last.
void find_failing(Violation& violation) {
  for (const std::uint32_t number : violation.contradiction) {
    const Operation& operation = violation.operations[number];
    if (!operation.is_pending() && operation.returned > violation.bad_at) {
      violation.bad_at = operation.returned;
      violation.failing = number;
    }
  }
}

/// Of registers: whether the operations on one key are not linearizable whatever the revisions. That is told
/// rather, as it needs no knowledge of the store; then the violation is about this key. Limits `limits`,
/// since a search is not owed: revisions have decided.
bool is_violated_without_revisions(Violation& violation, History& history, SearchLimits& limits) {
  constexpr std::uint64_t configurations_max = 20'000;
  if (history.model == Model::store || violation.contradiction.empty()) {
    return false;
  }
  SearchLimits few = limits;
  few.configurations_max = std::min(limits.configurations_max, configurations_max);
  const Value key = violation.operations[violation.contradiction.front()].key;
  std::vector<Operation> of_key;
  std::ranges::copy_if(violation.operations, std::back_inserter(of_key),
                       [&](const Operation& operation) { return operation.key == key; });
  if (linearize(history.model, of_key, history.values, few).answer != Answer::not_linearizable) {
    return false;
  }
  violation.key = key;
  violation.operations = std::move(of_key);
  limits = few;
  return true;
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
    case Model::store:
      return search(operations, StoreSpec(operations, values), limits);
  }
  PLIMSOLL_ASSERT_KNOWN(false, std::string(to_string(model)));
  return {};
}

Verdict judge(History& history, const SearchLimits& limits) {
  const auto objects = objects_of(history);
  Verdict verdict;
  verdict.answer = Answer::linearizable;
  verdict.keys = objects.size();
  if (carry_revisions(history.model, history.operations) && judge_by_revision(history, verdict, limits)) {
    return verdict;
  }
  for (const auto& [key, operations] : objects) {
    const Linearization found = linearize(history.model, operations, history.values, limits);
    verdict.configurations += found.configurations;
    if (found.answer == Answer::not_linearizable) {
      verdict.answer = found.answer;
      verdict.violation.emplace();
      verdict.violation->key = key;
      verdict.violation->operations = operations;
      break;
    }
    if (found.answer == Answer::unknown) {
      verdict.answer = found.answer;
    }
  }
  return verdict;
}

void explain(Violation& violation, History& history, const SearchLimits& limits) {
  SearchLimits own = limits;
  if (!violation.reason.empty() && is_violated_without_revisions(violation, history, own)) {
    violation.reason.clear();
  }
  const std::vector<Operation>& all = violation.operations;
  if (!violation.reason.empty()) {
    find_failing(violation);
  } else {
    bisect(violation, history.model, history.values, own);
    const auto failing =
        std::ranges::find_if(all, [&](const Operation& one) { return one.returned == violation.bad_at; });
    PLIMSOLL_ASSERT(failing != all.end());
    violation.failing = static_cast<std::uint32_t>(failing - all.begin());
    // A prefix keeps the order of calls, so that numbers agree.
    violation.contradiction =
        Contradiction(history.model, prefix(all, violation.bad_at), violation.failing, history.values, own)
            .find();
  }
  const Operation& failing = all[violation.failing];
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    if (i != violation.failing && all[i].call < failing.returned && all[i].returned > failing.call) {
      violation.overlapping.push_back(i);
    }
  }
}

}  // namespace plimsoll::history
