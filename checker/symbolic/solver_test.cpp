#include "checker/symbolic/solver.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace plimsoll::symbolic {
namespace {

using Satisfiable = Solver::Satisfiable;

/// No two of 13 pigeons share one of 12 holes: false, and hopeless for a solver that only resolves.
Bool pigeons_have_holes(Terms& terms) {
  constexpr std::size_t pigeons = 13;
  std::vector<std::vector<Bool>> sits(pigeons);
  Bool all = true;
  for (std::vector<Bool>& row : sits) {
    Bool somewhere = false;
    for (std::size_t hole = 0; hole + 1 < pigeons; ++hole) {
      row.push_back(terms.truth_variable("sits"));
      somewhere |= row.back();
    }
    all &= somewhere;
  }
  for (std::size_t a = 0; a < pigeons; ++a) {
    for (std::size_t b = a + 1; b < pigeons; ++b) {
      for (std::size_t hole = 0; hole + 1 < pigeons; ++hole) {
        all &= !(sits[a][hole] && sits[b][hole]);
      }
    }
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(solver_test)

BOOST_AUTO_TEST_CASE(a_model_fulfils_what_was_required) {
  Terms terms;
  const Word x = terms.variable("x", 8);
  const Bool p = terms.truth_variable("p");
  Solver solver(terms, {});
  solver.require(x + x == Word(6));
  solver.require(x >= Word(100) && p);
  BOOST_REQUIRE(solver.check() == Satisfiable::yes);
  BOOST_TEST(solver.value(x) == 131U);
  BOOST_TEST(solver.value(p));
  BOOST_TEST(!solver.value(x == Word(3)));
  solver.require(x < Word(131));
  BOOST_TEST((solver.check() == Satisfiable::no));
}

BOOST_AUTO_TEST_CASE(what_comes_after_push_ends_with_pop) {
  Terms terms;
  const Word x = terms.variable("x", 4);
  Solver solver(terms, {});
  solver.require(x < Word(3));
  solver.push();
  solver.require(x > Word(5));
  BOOST_TEST((solver.check() == Satisfiable::no));
  solver.pop();
  BOOST_TEST((solver.check() == Satisfiable::yes));
}

BOOST_AUTO_TEST_CASE(wishes_are_kept_if_they_can_be) {
  Terms terms;
  const Word x = terms.variable("x", 16);
  Solver solver(terms, {});
  solver.require(x > Word(1000));
  BOOST_REQUIRE(solver.check() == Satisfiable::yes);
  solver.prefer(x < Word(1003));
  solver.prefer(x == Word(7));
  solver.prefer(x != Word(1001));
  BOOST_TEST(solver.value(x) == 1002U);
}

BOOST_AUTO_TEST_CASE(a_limit_makes_the_answer_unknown) {
  Terms terms;
  const Bool easy = terms.variable("x", 8) == Word(1);
  const std::atomic<bool> stop = true;
  Solver stopped(terms, {std::nullopt, &stop});
  stopped.require(easy);
  BOOST_TEST((stopped.check() == Satisfiable::unknown));
  BOOST_TEST(stopped.reason() == "interrupted");
  Solver late(terms, {std::chrono::steady_clock::now(), nullptr});
  late.require(easy);
  BOOST_TEST((late.check() == Satisfiable::unknown));
  BOOST_TEST(late.reason() == "the time limit came first");
}

BOOST_AUTO_TEST_CASE(a_long_search_ends_at_the_limit) {
  Terms terms;
  Solver solver(terms, {std::chrono::steady_clock::now() + std::chrono::milliseconds(300), nullptr});
  solver.require(pigeons_have_holes(terms));
  BOOST_TEST((solver.check() == Satisfiable::unknown));
  BOOST_TEST(solver.reason() == "the time limit came first");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::symbolic
