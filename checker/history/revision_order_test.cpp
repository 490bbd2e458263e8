// Revisions against the general search, and both against a checker that tries every order.
#include "checker/history/revision_order.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "checker/history/judge.hpp"
#include "checker/history/read.hpp"
#include "checker/history/store_test_bed.hpp"

namespace plimsoll::history {
namespace {

History random_history(std::size_t operations_max, std::uint32_t keys, std::uint32_t lost_in) {
  const auto count = *rc::gen::inRange<std::size_t>(operations_max * 6, operations_max * 20);
  const auto numbers =
      *rc::gen::container<std::vector<std::uint32_t>>(count, rc::gen::inRange<std::uint32_t>(0, 1'000'000));
  return StoreSimulation(Choices(numbers), operations_max, keys, lost_in).run();
}

void change(kv::RangeResult& result, std::uint32_t how) {
  if (result.kvs.empty()) {
    result.kvs.push_back({"k0", "1", {2}, {2}, 1, {}});
    result.count = 1;
  } else if (how == 0) {
    result = {};
  } else if (how == 1) {
    result.kvs.front().value = "7";
  } else {
    ++result.kvs.front().mod_revision.value;
  }
}
void change(kv::PutResult& result, std::uint32_t /*how*/) {
  if (result.prev_kv) {
    result.prev_kv->value += "1";
  }
}
void change(kv::DeleteResult& result, std::uint32_t /*how*/) {
  result.deleted = 1 - result.deleted;
}
void change(kv::TxnResult& result, std::uint32_t how) {
  if (auto* range = result.responses.empty() ? nullptr : std::get_if<kv::RangeResult>(&result.responses[0])) {
    change(*range, how);
  }
}

/// Changes one answer, its revision, or when something returned.
void tell_a_lie(History& history) {
  std::vector<std::size_t> returned;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    if (!history.operations[i].is_pending()) {
      returned.push_back(i);
    }
  }
  if (returned.empty()) {
    return;
  }
  Operation& operation = history.operations[*rc::gen::elementOf(returned)];
  Exchange& exchange = history.values.exchange(operation.exchange);
  const auto how = *rc::gen::inRange<std::uint32_t>(0, 7);
  switch (how) {
    case 3:
      ++operation.revision;
      break;
    case 4:
      operation.revision = std::max<std::uint64_t>(operation.revision - 1, 1);
      break;
    case 5:
      operation.returned = never;
      break;
    default:
      std::visit([&](auto& result) { change(result, how); }, exchange.result);
  }
}

bool is_witness(const std::vector<std::uint32_t>& order, const History& history) {
  NaiveStore store;
  std::vector<bool> done(history.operations.size(), false);
  for (const std::uint32_t number : order) {
    const Operation& operation = history.operations[number];
    for (std::size_t j = 0; j < done.size(); ++j) {
      if (!done[j] && history.operations[j].returned < operation.call) {
        return false;
      }
    }
    const Exchange& exchange = history.values.exchange(operation.exchange);
    const StoreResult result = store.perform(exchange.request);
    if (done[number] ||
        (!operation.is_pending() && (result != exchange.result || store.revision() != operation.revision))) {
      return false;
    }
    done[number] = true;
  }
  for (std::size_t j = 0; j < done.size(); ++j) {
    if (!done[j] && !history.operations[j].is_pending()) {
      return false;
    }
  }
  return true;
}

RevisionOrder order(const History& history) {
  return order_by_revision(history.model, history.operations, history.values, {});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(revision_order_test)

BOOST_AUTO_TEST_CASE(what_a_correct_store_did_is_linearizable) {
  std::size_t with_pending_ones = 0;
  BOOST_TEST(rc::check("with a witness", [&] {
    const History history = random_history(60, 3, 8);
    if (!carry_revisions(Model::store, history.operations)) {
      return;
    }
    const RevisionOrder found = order(history);
    RC_ASSERT(found.answer == Answer::linearizable);
    RC_ASSERT(!found.clash);
    RC_ASSERT(is_witness(found.order, history));
    with_pending_ones += std::ranges::any_of(
        found.order, [&](std::uint32_t number) { return history.operations[number].is_pending(); });
  }));
  BOOST_TEST(with_pending_ones > 20U);
}

BOOST_AUTO_TEST_CASE(verdicts_are_those_of_brute_force) {
  std::size_t good = 0;
  std::size_t bad = 0;
  const auto check = [&] {
    History history = random_history(6, 2, 5);
    tell_a_lie(history);
    if (!carry_revisions(Model::store, history.operations)) {
      return;
    }
    const bool expected = brute_force_store(history.operations, history.values);
    (expected ? good : bad) += 1;
    const Answer answer = expected ? Answer::linearizable : Answer::not_linearizable;
    const RevisionOrder found = order(history);
    RC_ASSERT(found.answer == answer);
    RC_ASSERT(found.clash.has_value() == !expected);
    RC_ASSERT(linearize(Model::store, history.operations, history.values, {}).answer == answer);
    RC_ASSERT(judge(history, {}).answer == answer);
    if (expected) {
      RC_ASSERT(is_witness(found.order, history));
    } else {
      RC_ASSERT(!found.clash->operations.empty());
      RC_ASSERT(std::ranges::is_sorted(found.clash->operations));
    }
  };
  for (int i = 0; i < 10; ++i) {
    BOOST_TEST(rc::check("after one changed answer", check));
  }
  BOOST_TEST(good > 100U);
  BOOST_TEST(bad > 100U);
}

BOOST_AUTO_TEST_CASE(without_revisions_the_search_decides) {
  std::size_t good = 0;
  std::size_t bad = 0;
  BOOST_TEST(rc::check("as brute force does", [&] {
    History history = random_history(6, 2, 5);
    tell_a_lie(history);
    for (Operation& operation : history.operations) {
      operation.revision = 0;
    }
    const bool expected = brute_force_store(history.operations, history.values);
    (expected ? good : bad) += 1;
    const Verdict verdict = judge(history, {});
    RC_ASSERT(verdict.answer == (expected ? Answer::linearizable : Answer::not_linearizable));
    RC_ASSERT(!verdict.by_revision);
  }));
  BOOST_TEST(good > 10U);
  BOOST_TEST(bad > 10U);
}

BOOST_AUTO_TEST_CASE(registers_may_share_their_store_with_others) {
  // Revisions 3 and 4 are those of strangers, or of a write that never returned.
  const std::string text =
      R"({"process":0,"type":"invoke","f":"write","key":"r","value":1}
{"process":0,"type":"ok","f":"write","key":"r","value":1,"revision":"2"}
{"process":1,"type":"invoke","f":"write","key":"r","value":2}
{"process":1,"type":"info","f":"write","key":"r","value":2}
{"process":2,"type":"invoke","f":"cas","key":"r","value":[2,3]}
{"process":2,"type":"ok","f":"cas","key":"r","value":[2,3],"revision":1000000005}
{"process":2,"type":"invoke","f":"read","key":"r"}
)";
  for (const auto& [answer, expected] :
       {std::pair(R"("value":3,"revision":1000000007})", Answer::linearizable),
        std::pair(R"("value":3,"revision":1000000007,"mod_revision":1000000005})", Answer::linearizable),
        std::pair(R"("value":3,"revision":1000000007,"mod_revision":1000000006})", Answer::not_linearizable),
        std::pair(R"("value":2,"revision":1000000007})", Answer::not_linearizable),
        std::pair(R"("value":3,"revision":1000000004})", Answer::not_linearizable)}) {
    auto history =
        read(text + R"({"process":2,"type":"ok","f":"read","key":"r",)" + answer, "f", std::nullopt);
    BOOST_REQUIRE(history);
    const Verdict verdict = judge(*history, {});
    BOOST_TEST((verdict.answer == expected), answer);
    BOOST_TEST(verdict.by_revision);
  }
}

BOOST_AUTO_TEST_CASE(the_past_is_judged_where_it_was_read) {
  const std::string text =
      R"({"process":0,"type":"invoke","f":"put","request":{"key":"a","value":"1"}}
{"process":0,"type":"ok","f":"put","response":{"header":{"revision":"2"}}}
{"process":0,"type":"invoke","f":"delete","request":{"key":"a"}}
{"process":0,"type":"ok","f":"delete","response":{"header":{"revision":"3"},"deleted":"1"}}
{"process":0,"type":"invoke","f":"range","request":{"key":"a")";
  const std::string found = R"(,"kvs":[{"key":"a","value":"1"}],"count":1}})";
  const auto answer = [](int revision) {
    return R"(}}
{"process":0,"type":"ok","f":"range","response":{"header":{"revision":)" +
           std::to_string(revision) + "}";
  };
  const auto verdict_of = [&](const std::string& rest) {
    auto history = read(text + rest, "f", std::nullopt);
    BOOST_REQUIRE_MESSAGE(history, history.error().message);
    return judge(*history, {}).answer == Answer::linearizable;
  };
  // Linearizable reads of now and of then, and what some server had applied.
  BOOST_TEST(verdict_of(answer(3) + "}}"));
  BOOST_TEST(!verdict_of(answer(3) + found));
  BOOST_TEST(!verdict_of(answer(2) + found));
  BOOST_TEST(verdict_of(R"(,"revision":2)" + answer(3) + found));
  BOOST_TEST(!verdict_of(R"(,"revision":2)" + answer(2) + found));
  BOOST_TEST(!verdict_of(R"(,"revision":2)" + answer(3) + "}}"));
  BOOST_TEST(verdict_of(R"(,"serializable":true)" + answer(2) + found));
  BOOST_TEST(verdict_of(R"(,"serializable":true)" + answer(1) + "}}"));
  BOOST_TEST(!verdict_of(R"(,"serializable":true)" + answer(3) + found));
}

BOOST_AUTO_TEST_CASE(few_candidates_are_tried) {
  // A long history of which every thirtieth operation is lost, right and then with one wrong value.
  std::vector<std::uint32_t> numbers(60'000);
  std::uint32_t draw = 12345;
  for (std::uint32_t& number : numbers) {
    draw = draw * 1664525U + 1013904223U;
    number = draw >> 8U;
  }
  History history = StoreSimulation(Choices(numbers), 5'000, 40, 60, 0).run();
  BOOST_TEST(history.operations.size() > 3'000U);
  const RevisionOrder right = order(history);
  BOOST_TEST((right.answer == Answer::linearizable));
  BOOST_TEST(right.tried < 1'000U);
  BOOST_TEST(is_witness(right.order, history));
  for (std::size_t i = history.operations.size() * 9 / 10; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    Exchange& exchange = history.values.exchange(operation.exchange);
    auto* range = std::get_if<kv::RangeResult>(&exchange.result);
    if (!operation.is_pending() && range != nullptr && !range->kvs.empty()) {
      range->kvs.front().value = "wrong";
      break;
    }
  }
  const RevisionOrder wrong = order(history);
  BOOST_TEST((wrong.answer == Answer::not_linearizable));
  BOOST_TEST(wrong.tried < 1'000U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
