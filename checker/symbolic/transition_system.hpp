// A transition relation as formulas: what bounded checking and induction unroll.
//
// A state is a vector of words, as a state of checker/system is a vector of slots; a step has inputs of its
// own (which action, with which parameters), so that a path can be told as a story. Source: Clarke, Biere,
// Raimi and Zhu, "Bounded Model Checking Using Satisfiability Solving" (Formal Methods in System Design 19,
// 2001).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "checker/symbolic/terms.hpp"

namespace plimsoll::symbolic {

struct Variable {
  std::string name;
  unsigned width = 1;  ///< in bits, 1 to 64
};

/// One word for each variable, in their order.
using Words = std::vector<Word>;
/// The numbers that a model gives them.
using Values = std::vector<std::uint64_t>;

/// Thread-safety: immutable. The functions add no conditions of their own: what a state or an input may be is
/// part of `initial` and `step`.
struct TransitionSystem {
  std::vector<Variable> state;
  /// How many of them, the first ones, keep their value on a path: they are the same words in all its states,
  /// so what is computed of them alone is computed once.
  std::size_t constants = 0;
  std::vector<Variable> input;                               ///< of a step; may be empty
  std::function<Bool(std::span<const Word> state)> initial;  ///< whether a path may begin here
  std::function<Bool(std::span<const Word> before, std::span<const Word> input, std::span<const Word> after)>
      step;
};

/// Something that may be true of a state.
using Predicate = std::function<Bool(std::span<const Word> state)>;

/// Some states, each a step after the one before it. Invariant: inputs.size() + 1 == states.size(), or both
/// are empty.
struct Path {
  std::vector<Values> states = {};
  std::vector<Values> inputs = {};  ///< of the step from the state of the same index
};

}  // namespace plimsoll::symbolic
