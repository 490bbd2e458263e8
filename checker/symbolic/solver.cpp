#include "checker/symbolic/solver.hpp"

#include <z3.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "impl/base/assert.hpp"

namespace plimsoll::symbolic {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds look_interval(100);

/// While it lives, interrupts Z3 when a limit is reached. Without limits it does nothing.
class Watch {
 public:
  Watch(Z3_context context, const Limits& limits) : context_(context), limits_(limits) {
    if (limits.deadline || limits.stop != nullptr) {
      thread_ = std::thread([this] { run(); });
    }
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  Watch(Watch&&) = delete;
  Watch& operator=(Watch&&) = delete;
  ~Watch() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) {
      thread_.join();
    }
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (!is_over_) {
      const bool is_stopped = limits_.stop != nullptr && limits_.stop->load();
      if (is_stopped || (limits_.deadline && Clock::now() >= *limits_.deadline)) {
        // Again and again: an interruption that comes before the search has begun is forgotten.
        Z3_interrupt(context_);
      }
      changed_.wait_for(lock, look_interval);
    }
  }

  Z3_context context_;
  const Limits& limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;
  std::thread thread_;
};

[[nodiscard]] std::string limit_reached(const Limits& limits) {
  if (limits.stop != nullptr && limits.stop->load()) {
    return "interrupted";
  }
  return limits.deadline && Clock::now() >= *limits.deadline ? "the time limit came first" : "";
}

}  // namespace

std::string to_text(Answer answer) {
  switch (answer) {
    case Answer::holds:
      return "holds";
    case Answer::violated:
      return "violated";
    case Answer::inconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

/// Z3's solver and its last model, counted as Z3 wants them.
class Solver::Parts {
 public:
  explicit Parts(Z3_context context)
      : context_(context), solver_(Z3_mk_solver_for_logic(context, Z3_mk_string_symbol(context, "QF_BV"))) {
    Z3_solver_inc_ref(context_, solver_);
    Z3_params params = Z3_mk_params(context_);
    Z3_params_inc_ref(context_, params);
    // Signals are the caller's affair: see Limits::stop.
    Z3_params_set_bool(context_, params, Z3_mk_string_symbol(context_, "ctrl_c"), false);
    Z3_solver_set_params(context_, solver_, params);
    Z3_params_dec_ref(context_, params);
    fail_on_error();
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  Parts(Parts&&) = delete;
  Parts& operator=(Parts&&) = delete;
  ~Parts() {
    forget_model();
    Z3_solver_dec_ref(context_, solver_);
  }

  void forget_model() {
    if (model_ != nullptr) {
      Z3_model_dec_ref(context_, model_);
      model_ = nullptr;
    }
  }
  void take_model() {
    forget_model();
    model_ = Z3_solver_get_model(context_, solver_);
    PLIMSOLL_ASSERT(model_ != nullptr);
    Z3_model_inc_ref(context_, model_);
  }
  void fail_on_error() const {
    const Z3_error_code code = Z3_get_error_code(context_);
    PLIMSOLL_ASSERT_KNOWN(code == Z3_OK, Z3_get_error_msg(context_, code));
  }
  [[nodiscard]] Z3_ast value_of(Z3_ast term) const {
    PLIMSOLL_ASSERT(model_ != nullptr);
    Z3_ast value = nullptr;
    PLIMSOLL_ASSERT(Z3_model_eval(context_, model_, term, true, &value));
    return value;
  }

  Z3_context context_;
  Z3_solver solver_;
  Z3_model model_ = nullptr;
};

Solver::Solver(Terms& terms, Limits limits)
    : terms_(terms), limits_(limits), parts_(std::make_unique<Parts>(terms.context())) {}

Solver::~Solver() = default;

void Solver::require(const Bool& formula) {
  parts_->forget_model();
  Z3_solver_assert(parts_->context_, parts_->solver_, terms_.term_of(formula));
  parts_->fail_on_error();
}

void Solver::push() {
  parts_->forget_model();
  Z3_solver_push(parts_->context_, parts_->solver_);
}

void Solver::pop() {
  parts_->forget_model();
  Z3_solver_pop(parts_->context_, parts_->solver_, 1);
  parts_->fail_on_error();
}

Solver::Satisfiable Solver::check() {
  parts_->forget_model();
  reason_ = limit_reached(limits_);
  if (!reason_.empty()) {
    return Satisfiable::unknown;
  }
  Z3_lbool found = Z3_L_UNDEF;
  {
    const Watch watch(parts_->context_, limits_);
    found = Z3_solver_check(parts_->context_, parts_->solver_);
  }
  if (found == Z3_L_UNDEF) {
    reason_ = limit_reached(limits_);
    if (reason_.empty()) {
      reason_ = std::string("Z3 says: ") + Z3_solver_get_reason_unknown(parts_->context_, parts_->solver_);
    }
    return Satisfiable::unknown;
  }
  parts_->fail_on_error();
  if (found == Z3_L_TRUE) {
    parts_->take_model();
  }
  return found == Z3_L_TRUE ? Satisfiable::yes : Satisfiable::no;
}

void Solver::prefer(const Bool& wish) {
  PLIMSOLL_ASSERT(parts_->model_ != nullptr);
  push();
  require(wish);
  const bool can_be = check() == Satisfiable::yes;
  pop();
  if (can_be) {
    require(wish);
  }
  // What was satisfiable still is; only a limit can come between, and then the model is gone for good.
  if (check() != Satisfiable::yes) {
    limits_ = {};
    PLIMSOLL_ASSERT(check() == Satisfiable::yes);
  }
}

std::uint64_t Solver::value(const Word& word) const {
  std::uint64_t number = 0;
  PLIMSOLL_ASSERT(Z3_get_numeral_uint64(parts_->context_, parts_->value_of(terms_.term_of(word)), &number));
  return number;
}

bool Solver::value(const Bool& truth) const {
  return Z3_get_bool_value(parts_->context_, parts_->value_of(terms_.term_of(truth))) == Z3_L_TRUE;
}

}  // namespace plimsoll::symbolic
