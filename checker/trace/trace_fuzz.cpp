// libFuzzer entry for read_itf: any bytes are a trace or an error with a place; and what is read is written
// and read again alike.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "checker/trace/trace.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto trace = plimsoll::checker::read_itf(text, "fuzz");
  if (!trace) {
    const bool has_place = trace.error().where.line >= 1 && trace.error().where.column >= 1;
    if (!has_place || trace.error().message.empty()) {
      std::abort();
    }
    return 0;
  }
  const auto again = plimsoll::checker::read_itf(plimsoll::checker::write_itf(*trace), "again");
  if (!again || again->behaviour != trace->behaviour || again->scenario_text != trace->scenario_text) {
    std::abort();
  }
  return 0;
}
