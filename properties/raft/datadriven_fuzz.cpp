// Scripts of others: any bytes are a script or an error with a place, and a script judged by itself conforms.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "impl/base/assert.hpp"
#include "properties/raft/confchange_driver.hpp"
#include "properties/raft/datadriven.hpp"
#include "properties/raft/quorum_driver.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plimsoll::properties::raft;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto itself = judge_datadriven_text(
      text, "fuzz", [](const Directive& directive) -> DirectiveOutput { return directive.expected; });
  if (itself) {
    PLIMSOLL_ASSERT(itself->passed == itself->total && itself->failures.empty());
  } else {
    PLIMSOLL_ASSERT(itself.error().where.line >= 1 && itself.error().where.column >= 1);
  }
  (void)judge_datadriven_text(text, "fuzz", run_quorum_directive);
  ConfChangeScript script;
  (void)judge_datadriven_text(text, "fuzz",
                              [&](const Directive& directive) { return script.run(directive); });
  return 0;
}
