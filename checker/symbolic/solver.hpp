// Questions about terms: is there a value of the variables that makes all of this true, and which?
//
// Source: Z3's solver for bit-vectors without quantifiers (logic QF_BV), which is complete: without a limit
// every question is answered. Deviates: a model is always asked for, and one may ask for a pleasant one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "checker/symbolic/terms.hpp"

namespace plimsoll::symbolic {

/// What ends an attempt early. The outcome is then Answer::inconclusive.
struct Limits {
  std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt;
  const std::atomic<bool>* stop = nullptr;  ///< looked at ten times a second; may be null
};

/// What became of an attempt to prove something.
enum class Answer : std::uint8_t {
  holds,
  violated,      ///< there is a model that shows it
  inconclusive,  ///< a limit came first, or the method cannot tell
};
[[nodiscard]] std::string to_text(Answer answer);

/// A set of formulas and whether all of them can be true at once.
///
/// Thread-safety: none. The Terms must outlive it.
class Solver {
 public:
  Solver(Terms& terms, Limits limits);
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;
  Solver(Solver&&) = delete;
  Solver& operator=(Solver&&) = delete;
  ~Solver();

  void require(const Bool& formula);
  /// What is required from here on ends with the matching pop(), and so does a model.
  void push();
  void pop();

  enum class Satisfiable : std::uint8_t { no, yes, unknown };
  /// Asks. After `yes` there is a model until the next change; after `unknown` reason() says why.
  [[nodiscard]] Satisfiable check();
  [[nodiscard]] const std::string& reason() const { return reason_; }

  /// Requires `wish` too if that can be, and the model is then of that kind. For models that people read.
  /// Requires that there is a model.
  void prefer(const Bool& wish);

  /// In the model; variables that do not matter are 0. Requires that there is a model.
  [[nodiscard]] std::uint64_t value(const Word& word) const;
  [[nodiscard]] bool value(const Bool& truth) const;

 private:
  class Parts;
  Terms& terms_;
  Limits limits_;
  std::unique_ptr<Parts> parts_;
  std::string reason_;
};

}  // namespace plimsoll::symbolic
