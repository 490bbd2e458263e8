// For std::visit: one function of several lambdas.
#pragma once

namespace plimsoll::history {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

}  // namespace plimsoll::history
