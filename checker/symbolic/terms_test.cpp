// Terms of constants must be worth what the same expression of numbers is.
#include "checker/symbolic/terms.hpp"

#include <array>
#include <functional>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/base/word_arithmetic.hpp"

namespace plimsoll::symbolic {
namespace {

/// Each operator once, over any word type.
template <class Word32>
std::array<Word32, 9> words_of(const Word32& a, const Word32& b) {
  using base::select;
  using base::shifted_left;
  using base::shifted_right;
  return {a + b,
          a - b,
          a & b,
          a | b,
          ~a,
          shifted_left(a, b),
          shifted_right(a, b),
          select(a <= b, a, b),
          shifted_left(Word32(1), b) - Word32(1)};
}
template <class Word32>
auto truths_of(const Word32& a, const Word32& b) {
  return std::array{a == b, a != b, a<b, a <= b, a> b, a >= b, !(a < b), a < b && a == a, a < b || a == b};
}
template <class Word32>
std::array<Word32, 3> prefixes_of(const Word32& address, const Word32& length) {
  return {base::address_count(length), base::masked(address, length), base::filled(address, length)};
}

void agree(std::uint32_t a, std::uint32_t b) {
  Terms terms;
  const Word x = terms.constant(a, 32);
  const Word y = terms.constant(b, 32);
  const auto numbers = words_of(a, b);
  const auto words = words_of(x, y);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    RC_ASSERT(terms.known_value(words[i]) == std::optional<std::uint64_t>(numbers[i]));
  }
  const auto facts = truths_of(a, b);
  const auto truths = truths_of(x, y);
  const auto literals = truths_of(Word(a), Word(b));
  for (std::size_t i = 0; i < facts.size(); ++i) {
    RC_ASSERT(terms.known_value(truths[i]) == std::optional(facts[i]));
    RC_ASSERT(terms.known_value(literals[i]) == std::optional(facts[i]));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(terms_test)

BOOST_AUTO_TEST_CASE(operators_are_those_of_numbers) {
  BOOST_TEST(rc::check("any two numbers", [](std::uint32_t a, std::uint32_t b) { agree(a, b); }));
  BOOST_TEST(rc::check("a number and a small one", [](std::uint32_t a) {
    const std::uint32_t b = *rc::gen::inRange<std::uint32_t>(0, 40);
    agree(a, b);
  }));
}

BOOST_AUTO_TEST_CASE(prefixes_are_those_of_numbers_for_every_length) {
  for (std::uint32_t length = 0; length <= 32; ++length) {
    for (const std::uint32_t address : {0U, ~0U, 0x0a010507U, 0x80000000U}) {
      Terms terms;
      const auto numbers = prefixes_of(address, length);
      const auto words = prefixes_of(terms.constant(address, 32), terms.constant(length, 32));
      const auto literals = prefixes_of(Word(address), Word(length));
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        BOOST_TEST(terms.known_value(words[i]).value() == numbers[i]);
        BOOST_TEST(terms.known_value(literals[i]).value() == numbers[i]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(literals_take_the_width_of_what_they_meet) {
  Terms terms;
  const Word byte = terms.constant(250, 8);
  BOOST_TEST(terms.width(byte + Word(10)) == 8U);
  BOOST_TEST(terms.known_value(byte + Word(10)).value() == 4U);
  const Word wide = terms.constant(~std::uint64_t{0}, 64);
  BOOST_TEST(terms.known_value(wide - Word(1)).value() == ~std::uint64_t{0} - 1);
  BOOST_TEST(terms.width(select(terms.truth_variable("c"), Word(1), Word(2))) == 32U);
}

BOOST_AUTO_TEST_CASE(truths_combine_with_literals) {
  Terms terms;
  const Bool unknown = terms.truth_variable("p");
  BOOST_TEST(terms.known_value(unknown && Bool(false)).value() == false);
  BOOST_TEST(terms.known_value(Bool(true) || unknown).value() == true);
  BOOST_TEST(!terms.known_value(Bool(true) && unknown).has_value());
  BOOST_TEST(terms.known_value(implies(unknown, unknown)).value() == true);
  BOOST_TEST(terms.known_value(Bool()).value() == false);
  BOOST_TEST(terms.known_value(select(Bool(true), Word(3), Word(4))).value() == 3U);
}

BOOST_AUTO_TEST_CASE(variables_of_one_name_differ) {
  Terms terms;
  const Word a = terms.variable("x", 8);
  const Word b = terms.variable("x", 8);
  BOOST_TEST(terms.known_value(a == a).value() == true);
  BOOST_TEST(!terms.known_value(a == b).has_value());
  BOOST_TEST(terms.to_text(a == b).find("(= x!") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::symbolic
