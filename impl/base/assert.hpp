// Broken internal invariants: on in every build type, printed with their values, then abort.
//
// An operating error (bad input, a full disk) is a value and never comes here; a failed assertion is a bug in
// Plimsoll and ends the process with SIGABRT, which the command line reports as exit code 4.
#pragma once

#include <string>
#include <string_view>

namespace plimsoll::base {

/// Prints the expression, where it stands, what was known, and the context set by AssertContext; then aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line,
                                   const std::string& known);

/// Names what this thread is doing while it lives ("replaying traces/ipam/f1.itf.json"), printed by a failing
/// assertion.
///
/// Thread-safety: per thread. Scopes nest; the innermost is printed first.
class AssertContext {
 public:
  explicit AssertContext(std::string_view what);
  ~AssertContext();
  AssertContext(const AssertContext&) = delete;
  AssertContext& operator=(const AssertContext&) = delete;
  AssertContext(AssertContext&&) = delete;
  AssertContext& operator=(AssertContext&&) = delete;
};

}  // namespace plimsoll::base

#define PLIMSOLL_ASSERT(condition) \
  (static_cast<bool>(condition)    \
       ? static_cast<void>(0)      \
       : ::plimsoll::base::assertion_failed(#condition, __FILE__, __LINE__, std::string()))

/// As PLIMSOLL_ASSERT, with a string of values that is built only on failure.
#define PLIMSOLL_ASSERT_KNOWN(condition, known) \
  (static_cast<bool>(condition)                 \
       ? static_cast<void>(0)                   \
       : ::plimsoll::base::assertion_failed(#condition, __FILE__, __LINE__, (known)))
