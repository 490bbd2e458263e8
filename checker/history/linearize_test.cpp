// The search against a checker that tries every order.
#include "checker/history/linearize.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>

#include "checker/history/judge.hpp"
#include "checker/history/test_bed.hpp"

namespace plimsoll::history {
namespace {

constexpr std::array<Model, 4> models = {Model::plain_register, Model::cas_register, Model::key_value,
                                         Model::mutex};

History random_history(Model model, std::size_t operations_max) {
  const auto count = *rc::gen::inRange<std::size_t>(operations_max * 4, operations_max * 12);
  const auto numbers =
      *rc::gen::container<std::vector<std::uint32_t>>(count, rc::gen::inRange<std::uint32_t>(0, 1'000'000));
  return Simulation(model, Choices(numbers), operations_max).run();
}

/// Changes one answer, or of a mutex, which gives none, one operation. False: there was nothing to change.
bool tell_a_lie(History& history) {
  std::vector<Operation*> changeable;
  for (Operation& operation : history.operations) {
    const bool has_answer = operation.only_reads() || operation.verb == Verb::cas;
    if (!operation.is_pending() && (has_answer || history.model == Model::mutex)) {
      changeable.push_back(&operation);
    }
  }
  if (changeable.empty()) {
    return false;
  }
  Operation& operation = **rc::gen::elementOf(changeable);
  const auto digit = *rc::gen::inRange('1', '4');
  const std::string text(1, static_cast<char>(digit));
  if (history.model == Model::mutex) {
    operation.verb = operation.verb == Verb::acquire ? Verb::release : Verb::acquire;
  } else if (operation.verb == Verb::cas) {
    operation.refused = !operation.refused;
  } else {
    operation.result = operation.verb == Verb::get ? history.values.string(text) : history.values.word(text);
  }
  return true;
}

/// Whether `order` respects real time and the object, and leaves out nothing that returned.
bool is_witness(const std::vector<std::uint32_t>& order, const std::vector<Operation>& operations,
                Values& values) {
  NaiveObject object;
  std::vector<bool> done(operations.size(), false);
  for (const std::uint32_t number : order) {
    const Operation& operation = operations[number];
    for (std::size_t j = 0; j < operations.size(); ++j) {
      if (!done[j] && operations[j].returned < operation.call) {
        return false;
      }
    }
    Value result = nil;
    bool refused = false;
    const bool is_legal = object.perform(operation, values, result, refused);
    if (done[number] || !is_legal ||
        (!operation.is_pending() && (result != operation.result || refused != operation.refused))) {
      return false;
    }
    done[number] = true;
  }
  for (std::size_t j = 0; j < operations.size(); ++j) {
    if (!done[j] && !operations[j].is_pending()) {
      return false;
    }
  }
  return true;
}

Linearization linearize(History& history, const SearchLimits& limits = {}) {
  return linearize(history.model, history.operations, history.values, limits);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(linearize_test)

BOOST_AUTO_TEST_CASE(what_a_correct_object_did_is_linearizable) {
  std::size_t with_optional_ones = 0;
  for (const Model model : models) {
    BOOST_TEST(rc::check("with a witness: " + std::string(to_string(model)), [&] {
      History history = random_history(model, 40);
      const Linearization found = linearize(history);
      RC_ASSERT(found.answer == Answer::linearizable);
      RC_ASSERT(is_witness(found.order, history.operations, history.values));
      for (const std::uint32_t number : found.order) {
        if (history.operations[number].is_pending()) {
          ++with_optional_ones;
          break;
        }
      }
    }));
  }
  BOOST_TEST(with_optional_ones > 0U);
}

BOOST_AUTO_TEST_CASE(verdicts_are_those_of_brute_force) {
  std::size_t good = 0;
  std::size_t bad = 0;
  for (const Model model : models) {
    BOOST_TEST(rc::check("after one changed answer: " + std::string(to_string(model)), [&] {
      History history = random_history(model, 6);
      if (!tell_a_lie(history)) {
        return;
      }
      const bool expected = brute_force(history.operations, history.values);
      (expected ? good : bad) += 1;
      const Linearization found = linearize(history);
      RC_ASSERT(found.answer == (expected ? Answer::linearizable : Answer::not_linearizable));
      RC_ASSERT(expected || found.order.empty());
    }));
  }
  BOOST_TEST(good > 50U);
  BOOST_TEST(bad > 50U);
}

BOOST_AUTO_TEST_CASE(prefixes_and_contradictions_are_those_of_brute_force) {
  std::size_t bad = 0;
  for (const Model model : models) {
    BOOST_TEST(rc::check("of what is not linearizable: " + std::string(to_string(model)), [&] {
      History history = random_history(model, 6);
      if (!tell_a_lie(history)) {
        return;
      }
      Verdict verdict = judge(history, {});
      if (verdict.answer != Answer::not_linearizable) {
        return;
      }
      ++bad;
      Violation& violation = *verdict.violation;
      explain(violation, history, {});
      const auto until = [&](std::uint64_t time) {
        std::vector<Operation> known;
        for (Operation operation : history.operations) {
          operation.returned = operation.returned > time ? never : operation.returned;
          if (operation.call <= time) {
            known.push_back(operation);
          }
        }
        return known;
      };
      RC_ASSERT(!brute_force(until(violation.bad_at), history.values));
      RC_ASSERT(brute_force(until(violation.bad_at - 1), history.values));
      RC_ASSERT(history.operations[violation.failing].returned == violation.bad_at);
      // The contradiction is one, and nothing in it can be done without.
      const auto freed_but = [&](std::size_t kept_out) {
        std::vector<Operation> freed = until(violation.bad_at);
        for (std::size_t i = 0; i < freed.size(); ++i) {
          const bool is_kept = std::ranges::count(violation.contradiction, i) > 0 && i != kept_out;
          if (!is_kept) {
            freed[i].call = 0;
            freed[i].returned = never;
          }
        }
        return freed;
      };
      RC_ASSERT(std::ranges::count(violation.contradiction, violation.failing) == 1);
      RC_ASSERT(!brute_force(freed_but(history.operations.size()), history.values));
      for (const std::uint32_t kept : violation.contradiction) {
        RC_ASSERT(brute_force(freed_but(kept), history.values));
      }
    }));
  }
  BOOST_TEST(bad > 50U);
}

BOOST_AUTO_TEST_CASE(limits_end_a_search) {
  // Appends at the same time, and then a get that no order allows.
  History history;
  history.model = Model::key_value;
  constexpr std::uint64_t writers = 9;
  for (std::uint64_t i = 0; i < writers; ++i) {
    Operation append;
    append.client = static_cast<std::uint32_t>(i);
    append.verb = Verb::append;
    append.argument = history.values.string(std::string(1, static_cast<char>('a' + i)));
    append.call = i;
    append.returned = 100 + i;
    history.operations.push_back(append);
  }
  Operation get;
  get.verb = Verb::get;
  get.result = history.values.string("never");
  get.call = 200;
  get.returned = 201;
  history.operations.push_back(get);

  const Linearization whole = linearize(history);
  BOOST_TEST((whole.answer == Answer::not_linearizable));
  // Each sequence of distinct letters but the empty one, which is where the search starts.
  BOOST_TEST(whole.configurations == 986'409U);
  SearchLimits few;
  few.configurations_max = 1000;
  BOOST_TEST((linearize(history, few).answer == Answer::unknown));
  SearchLimits narrow;
  narrow.memory_bytes_max = 1U << 20U;
  BOOST_TEST((linearize(history, narrow).answer == Answer::unknown));
  SearchLimits late;
  late.deadline = std::chrono::steady_clock::time_point::min();
  BOOST_TEST((linearize(history, late).answer == Answer::unknown));
  const std::atomic<bool> interrupted{true};
  SearchLimits stopped;
  stopped.interrupted = &interrupted;
  BOOST_TEST((linearize(history, stopped).answer == Answer::unknown));
}

BOOST_AUTO_TEST_CASE(pruning_leaves_little_to_try) {
  // Seventy writes of which nobody knows, and one client that reads and writes: one configuration for each
  // write of it, where the writes alone have two to the seventieth subsets.
  History history;
  history.model = Model::cas_register;
  std::uint64_t time = 0;
  for (std::uint32_t i = 0; i < 70; ++i) {
    Operation write;
    write.client = 10 + i;
    write.verb = Verb::write;
    write.argument = history.values.word("lost" + std::to_string(i));
    write.call = ++time;
    history.operations.push_back(write);
  }
  for (std::uint32_t i = 0; i < 50; ++i) {
    for (const Verb verb : {Verb::write, Verb::read}) {
      Operation own;
      own.verb = verb;
      const Value value = history.values.word(std::to_string(i));
      (verb == Verb::write ? own.argument : own.result) = value;
      own.call = ++time;
      own.returned = ++time;
      history.operations.push_back(own);
    }
  }
  const Linearization good = linearize(history);
  BOOST_TEST((good.answer == Answer::linearizable));
  BOOST_TEST(good.configurations < 200U);
  history.operations.back().result = history.values.word("0");
  const Linearization bad = linearize(history);
  BOOST_TEST((bad.answer == Answer::not_linearizable));
  BOOST_TEST(bad.configurations < 20'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
