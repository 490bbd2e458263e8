// One request to the store at a time, told apart from requests given up earlier: their responses may still
// arrive.
//
// The number of a request that was answered is used again at once: nothing that bears it is under way any
// more. So two lives of a process that differ only in how much they have asked are in equal states.
#pragma once

#include <cstdint>

#include "impl/base/described.hpp"
#include "impl/base/kv.hpp"

namespace plimsoll::ipam {

/// Who asks; both have one call each.
enum class Caller : std::uint8_t { manager, watcher };

/// How many requests in a row may be given up before a number comes back.
inline constexpr std::uint32_t given_up_modulus = 8;

struct Call {
  std::uint32_t incarnation = 0;
  std::uint32_t given_up = 0;  ///< requests never answered, modulo given_up_modulus
  bool open = false;           ///< an answer is awaited
  PLIMSOLL_DESCRIBE(Call, incarnation, given_up, open)
};

/// incarnation * 16 + a number below 16, even for the manager and odd for the watcher.
[[nodiscard]] constexpr kv::RequestId request_id(const Call& call, Caller caller) {
  return {call.incarnation * 2 * given_up_modulus + call.given_up * 2 + static_cast<std::uint32_t>(caller)};
}
[[nodiscard]] constexpr Caller caller_of(kv::RequestId id) {
  return static_cast<Caller>(id.value % 2);
}

/// From now on, what has been asked under this call's number is nobody's any more.
constexpr void give_up(Call& call) {
  call.given_up = (call.given_up + 1) % given_up_modulus;
  call.open = false;
}

/// Whether `id` answers the open call, which it closes.
[[nodiscard]] constexpr bool take_answer(Call& call, Caller caller, kv::RequestId id) {
  const bool is_answer = call.open && id == request_id(call, caller);
  call.open = call.open && !is_answer;
  return is_answer;
}

}  // namespace plimsoll::ipam
