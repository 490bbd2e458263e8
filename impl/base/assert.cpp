#include "impl/base/assert.hpp"

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace plimsoll::base {
namespace {

std::vector<std::string>& contexts() {
  thread_local std::vector<std::string> stack;
  return stack;
}

}  // namespace

void assertion_failed(const char* expression, const char* file, int line, const std::string& known) {
  std::fprintf(stderr, "plimsoll: internal error: %s:%d: assertion failed: %s\n", file, line, expression);
  if (!known.empty()) {
    std::fprintf(stderr, "  known: %s\n", known.c_str());
  }
  for (auto context = contexts().rbegin(); context != contexts().rend(); ++context) {
    std::fprintf(stderr, "  while: %s\n", context->c_str());
  }
  std::fflush(stderr);
  std::abort();
}

AssertContext::AssertContext(std::string_view what) {
  contexts().emplace_back(what);
}
AssertContext::~AssertContext() {
  contexts().pop_back();
}

}  // namespace plimsoll::base
