// Terms of bit-vectors and truth values, written with the operators of numbers.
//
// A template over a word type is read twice: with std::uint32_t it runs, with Word it builds the formula of
// what it computes (impl/base/word_arithmetic.hpp). Literals take the width of the term they meet, so that
// the same constants serve both.
//
// Source: the theory of fixed-size bit-vectors of SMT-LIB 2.6; Z3's C interface. Deviates from Z3:
// comparisons are the unsigned ones, and terms are never freed before the Terms that they belong to: the
// formulas of a proof are built once and kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct _Z3_context;
struct _Z3_ast;

namespace plimsoll::symbolic {

class Terms;
class Word;

/// A truth value: a literal, or a term that belongs to a Terms. Default: false.
///
/// Thread-safety: terms of one Terms, one thread.
class Bool {
 public:
  Bool() = default;
  Bool(bool literal) : literal_(literal) {}  // not explicit: as with numbers

  friend Bool operator!(const Bool& a);
  friend Bool operator&&(const Bool& a, const Bool& b);
  friend Bool operator||(const Bool& a, const Bool& b);
  friend Word select(const Bool& condition, const Word& then, const Word& otherwise);
  Bool& operator&=(const Bool& more) { return *this = *this && more; }
  Bool& operator|=(const Bool& more) { return *this = *this || more; }

 private:
  friend class Terms;
  Bool(Terms* terms, _Z3_ast* term) : terms_(terms), term_(term) {}

  Terms* terms_ = nullptr;  ///< null: a literal
  _Z3_ast* term_ = nullptr;
  bool literal_ = false;
};

[[nodiscard]] Bool implies(const Bool& a, const Bool& b);

/// An unsigned number of 1 to 64 bits: a literal, or a term that belongs to a Terms. Default: 0.
///
/// Arithmetic is modulo 2^width; literals among themselves have 32 bits, and must fit the width of a term
/// they meet. Requires of two terms: the same width and Terms. Thread-safety: terms of one Terms, one thread.
class Word {
 public:
  Word() = default;
  Word(std::uint32_t literal) : literal_(literal) {}  // not explicit: as with numbers

  friend Word operator+(const Word& a, const Word& b);
  friend Word operator-(const Word& a, const Word& b);
  friend Word operator&(const Word& a, const Word& b);
  friend Word operator|(const Word& a, const Word& b);
  friend Word operator~(const Word& a);
  /// 0 from the width on.
  friend Word shifted_left(const Word& word, const Word& count);
  friend Word shifted_right(const Word& word, const Word& count);

  friend Bool operator==(const Word& a, const Word& b);
  friend Bool operator<=(const Word& a, const Word& b);
  friend Bool operator!=(const Word& a, const Word& b) { return !(a == b); }
  friend Bool operator<(const Word& a, const Word& b) { return !(b <= a); }
  friend Bool operator>=(const Word& a, const Word& b) { return b <= a; }
  friend Bool operator>(const Word& a, const Word& b) { return b < a; }

  friend Word select(const Bool& condition, const Word& then, const Word& otherwise);

 private:
  friend class Terms;
  Word(Terms* terms, _Z3_ast* term) : terms_(terms), term_(term) {}

  Terms* terms_ = nullptr;  ///< null: a literal
  _Z3_ast* term_ = nullptr;
  std::uint32_t literal_ = 0;
};

/// Where terms live.
///
/// Thread-safety: none. Invariant: a term is valid as long as its Terms.
class Terms {
 public:
  Terms();
  Terms(const Terms&) = delete;
  Terms& operator=(const Terms&) = delete;
  Terms(Terms&&) = delete;
  Terms& operator=(Terms&&) = delete;
  ~Terms();

  /// A new variable: different from all others, even from those of the same name.
  [[nodiscard]] Word variable(std::string_view name, unsigned width);
  [[nodiscard]] Bool truth_variable(std::string_view name);
  /// Requires that `value` fits `width` bits, 1 to 64.
  [[nodiscard]] Word constant(std::uint64_t value, unsigned width);

  /// Requires a term, not a literal.
  [[nodiscard]] unsigned width(const Word& word) const;
  /// The number that the word is whatever its variables are; none if that depends on them, as far as
  /// rewriting shows.
  [[nodiscard]] std::optional<std::uint64_t> known_value(const Word& word);
  [[nodiscard]] std::optional<bool> known_value(const Bool& truth);
  /// The formula as SMT-LIB writes it.
  [[nodiscard]] std::string to_text(const Bool& truth);

  /// For solver.cpp.
  [[nodiscard]] _Z3_context* context() const { return context_; }
  [[nodiscard]] _Z3_ast* term_of(const Bool& truth);
  [[nodiscard]] _Z3_ast* term_of(const Word& word) const;

 private:
  friend Bool operator!(const Bool& a);
  friend Bool operator&&(const Bool& a, const Bool& b);
  friend Bool operator||(const Bool& a, const Bool& b);
  friend Word operator+(const Word& a, const Word& b);
  friend Word operator-(const Word& a, const Word& b);
  friend Word operator&(const Word& a, const Word& b);
  friend Word operator|(const Word& a, const Word& b);
  friend Word operator~(const Word& a);
  friend Word shifted_left(const Word& word, const Word& count);
  friend Word shifted_right(const Word& word, const Word& count);
  friend Bool operator==(const Word& a, const Word& b);
  friend Bool operator<=(const Word& a, const Word& b);
  friend Word select(const Bool& condition, const Word& then, const Word& otherwise);

  using Binary = _Z3_ast* (*)(_Z3_context*, _Z3_ast*, _Z3_ast*);
  template <class Result>
  using OfLiterals = Result (*)(std::uint32_t, std::uint32_t);
  /// The terms of both, the literal among them made one.
  struct Pair {
    Terms* terms;
    _Z3_ast* a;
    _Z3_ast* b;
  };
  static Pair same_width(const Word& a, const Word& b);
  static bool are_literals(const Word& a, const Word& b);
  static Word combined(Binary operation, OfLiterals<std::uint32_t> plain, const Word& a, const Word& b);
  static Bool compared(Binary operation, OfLiterals<bool> plain, const Word& a, const Word& b);
  /// Fails an assertion if Z3 refused the last call, with its words.
  _Z3_ast* checked(_Z3_ast* term) const;

  _Z3_context* context_;
};

}  // namespace plimsoll::symbolic
