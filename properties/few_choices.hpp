// Choices of the environment, as packets' fates are explored.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "impl/base/step.hpp"

namespace plimsoll::properties {

/// Explores choices among few; of many, which are ports, takes one in the forties of thousands.
class FewChoices final : public base::Choices {
 public:
  std::uint32_t choose(std::uint32_t count, std::string_view what) override {
    constexpr std::uint32_t few = 16;
    constexpr std::uint32_t port = 40'000;
    return count <= few ? script_.choose(count, what) : std::min(count - 1, port);
  }
  [[nodiscard]] bool advance() { return script_.advance(); }
  void rewind() { script_.rewind(); }

 private:
  base::ScriptedChoices script_;
};

}  // namespace plimsoll::properties
