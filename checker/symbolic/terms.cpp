#include "checker/symbolic/terms.hpp"

#include <z3.h>

#include <array>

#include "impl/base/assert.hpp"
#include "impl/base/word_arithmetic.hpp"

namespace plimsoll::symbolic {

Terms::Terms() {
  Z3_config config = Z3_mk_config();
  // Not the reference-counting kind: such a context keeps every term until it ends itself.
  context_ = Z3_mk_context(config);
  Z3_del_config(config);
  // Errors are asked for after each call; the default handler would end the process without a word.
  Z3_set_error_handler(context_, nullptr);
}

Terms::~Terms() {
  Z3_del_context(context_);
}

_Z3_ast* Terms::checked(_Z3_ast* term) const {
  const Z3_error_code code = Z3_get_error_code(context_);
  PLIMSOLL_ASSERT_KNOWN(code == Z3_OK, Z3_get_error_msg(context_, code));
  return term;
}

Word Terms::variable(std::string_view name, unsigned width) {
  PLIMSOLL_ASSERT(width >= 1 && width <= 64);
  return {this,
          checked(Z3_mk_fresh_const(context_, std::string(name).c_str(), Z3_mk_bv_sort(context_, width)))};
}

Bool Terms::truth_variable(std::string_view name) {
  return {this, checked(Z3_mk_fresh_const(context_, std::string(name).c_str(), Z3_mk_bool_sort(context_)))};
}

Word Terms::constant(std::uint64_t value, unsigned width) {
  PLIMSOLL_ASSERT(width >= 1 && width <= 64 && (width == 64 || value >> width == 0));
  return {this, checked(Z3_mk_unsigned_int64(context_, value, Z3_mk_bv_sort(context_, width)))};
}

unsigned Terms::width(const Word& word) const {
  return Z3_get_bv_sort_size(context_, Z3_get_sort(context_, term_of(word)));
}

std::optional<std::uint64_t> Terms::known_value(const Word& word) {
  if (word.terms_ == nullptr) {
    return word.literal_;
  }
  Z3_ast term = checked(Z3_simplify(context_, word.term_));
  std::uint64_t value = 0;
  if (Z3_is_numeral_ast(context_, term) && Z3_get_numeral_uint64(context_, term, &value)) {
    return value;
  }
  return std::nullopt;
}

std::optional<bool> Terms::known_value(const Bool& truth) {
  if (truth.terms_ == nullptr) {
    return truth.literal_;
  }
  const Z3_lbool value = Z3_get_bool_value(context_, checked(Z3_simplify(context_, truth.term_)));
  return value == Z3_L_UNDEF ? std::nullopt : std::optional(value == Z3_L_TRUE);
}

std::string Terms::to_text(const Bool& truth) {
  return Z3_ast_to_string(context_, term_of(truth));
}

_Z3_ast* Terms::term_of(const Bool& truth) {
  if (truth.terms_ == nullptr) {
    return truth.literal_ ? Z3_mk_true(context_) : Z3_mk_false(context_);
  }
  PLIMSOLL_ASSERT(truth.terms_ == this);
  return truth.term_;
}

_Z3_ast* Terms::term_of(const Word& word) const {
  PLIMSOLL_ASSERT(word.terms_ == this);
  return word.term_;
}

Terms::Pair Terms::same_width(const Word& a, const Word& b) {
  Terms* terms = a.terms_ != nullptr ? a.terms_ : b.terms_;
  PLIMSOLL_ASSERT(terms != nullptr);
  const unsigned width = terms->width(a.terms_ != nullptr ? a : b);
  const auto term = [&](const Word& word) {
    return word.terms_ != nullptr ? terms->term_of(word) : terms->constant(word.literal_, width).term_;
  };
  return {terms, term(a), term(b)};
}

bool Terms::are_literals(const Word& a, const Word& b) {
  return a.terms_ == nullptr && b.terms_ == nullptr;
}

Word Terms::combined(Binary operation, OfLiterals<std::uint32_t> plain, const Word& a, const Word& b) {
  if (are_literals(a, b)) {
    return plain(a.literal_, b.literal_);
  }
  const Pair pair = same_width(a, b);
  return {pair.terms, pair.terms->checked(operation(pair.terms->context_, pair.a, pair.b))};
}

Bool Terms::compared(Binary operation, OfLiterals<bool> plain, const Word& a, const Word& b) {
  if (are_literals(a, b)) {
    return plain(a.literal_, b.literal_);
  }
  const Pair pair = same_width(a, b);
  return {pair.terms, pair.terms->checked(operation(pair.terms->context_, pair.a, pair.b))};
}

Bool operator!(const Bool& a) {
  if (a.terms_ == nullptr) {
    return !a.literal_;
  }
  return {a.terms_, a.terms_->checked(Z3_mk_not(a.terms_->context_, a.term_))};
}

Bool operator&&(const Bool& a, const Bool& b) {
  if (a.terms_ == nullptr) {
    return a.literal_ ? b : a;
  }
  if (b.terms_ == nullptr) {
    return b.literal_ ? a : b;
  }
  const std::array<Z3_ast, 2> both = {a.term_, a.terms_->term_of(b)};
  return {a.terms_, a.terms_->checked(Z3_mk_and(a.terms_->context_, 2, both.data()))};
}

Bool operator||(const Bool& a, const Bool& b) {
  return !(!a && !b);
}

Bool implies(const Bool& a, const Bool& b) {
  return !(a && !b);
}

using Plain = std::uint32_t;

Word operator+(const Word& a, const Word& b) {
  return Terms::combined(Z3_mk_bvadd, [](Plain x, Plain y) { return x + y; }, a, b);
}
Word operator-(const Word& a, const Word& b) {
  return Terms::combined(Z3_mk_bvsub, [](Plain x, Plain y) { return x - y; }, a, b);
}
Word operator&(const Word& a, const Word& b) {
  return Terms::combined(Z3_mk_bvand, [](Plain x, Plain y) { return x & y; }, a, b);
}
Word operator|(const Word& a, const Word& b) {
  return Terms::combined(Z3_mk_bvor, [](Plain x, Plain y) { return x | y; }, a, b);
}
Word shifted_left(const Word& word, const Word& count) {
  return Terms::combined(Z3_mk_bvshl, base::shifted_left, word, count);
}
Word shifted_right(const Word& word, const Word& count) {
  return Terms::combined(Z3_mk_bvlshr, base::shifted_right, word, count);
}
Bool operator==(const Word& a, const Word& b) {
  return Terms::compared(Z3_mk_eq, [](Plain x, Plain y) { return x == y; }, a, b);
}
Bool operator<=(const Word& a, const Word& b) {
  return Terms::compared(Z3_mk_bvule, [](Plain x, Plain y) { return x <= y; }, a, b);
}

Word operator~(const Word& a) {
  if (a.terms_ == nullptr) {
    return ~a.literal_;
  }
  return {a.terms_, a.terms_->checked(Z3_mk_bvnot(a.terms_->context_, a.term_))};
}

Word select(const Bool& condition, const Word& then, const Word& otherwise) {
  if (condition.terms_ == nullptr) {
    return condition.literal_ ? then : otherwise;
  }
  if (Terms::are_literals(then, otherwise)) {
    Terms& terms = *condition.terms_;
    return select(condition, terms.constant(then.literal_, 32), terms.constant(otherwise.literal_, 32));
  }
  const Terms::Pair pair = Terms::same_width(then, otherwise);
  Z3_ast term = Z3_mk_ite(pair.terms->context_, pair.terms->term_of(condition), pair.a, pair.b);
  return {pair.terms, pair.terms->checked(term)};
}

}  // namespace plimsoll::symbolic
