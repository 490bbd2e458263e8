// Answers of the environment's for components that run for real: drawn, where the checker tries them all.
#pragma once

#include <random>

#include "impl/base/step.hpp"

namespace plimsoll::drivers {

/// The same answers for the same seed on every machine. Not thread-safe.
class RandomChoices final : public base::Choices {
 public:
  explicit RandomChoices(std::uint64_t seed) : numbers_(seed) {}
  std::uint32_t choose(std::uint32_t count, std::string_view /*what*/) override {
    PLIMSOLL_ASSERT(count >= 1);
    return static_cast<std::uint32_t>(numbers_() % count);
  }

 private:
  std::mt19937_64 numbers_;
};

}  // namespace plimsoll::drivers
