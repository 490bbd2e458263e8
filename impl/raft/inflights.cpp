#include "impl/raft/inflights.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::raft {

void Inflights::add(Index index, std::uint64_t message_bytes) {
  PLIMSOLL_ASSERT_KNOWN(window.empty() || window.back().index <= index,
                        std::to_string(window.back().index) + " was sent, then " + std::to_string(index));
  window.push_back({index, message_bytes});
  bytes += message_bytes;
}

void Inflights::free_le(Index to, Defects defects) {
  const auto first_left =
      std::find_if(window.begin(), window.end(), [to](const Inflight& sent) { return sent.index > to; });
  if (!defects.has(Defect::R21)) {
    for (auto sent = window.begin(); sent != first_left; ++sent) {
      bytes -= sent->bytes;
    }
  }
  window.erase(window.begin(), first_left);
}

}  // namespace plimsoll::raft
