#include "impl/raft/read_only.hpp"

#include <algorithm>
#include <charconv>

namespace plimsoll::raft {
namespace {

const base::Bytes& key_of(const PendingRead& read) {
  return read.request.entries.front().data;
}

}  // namespace

void ReadOnly::add(ServerId leader, PlainMessage request, Index committed) {
  queue.push_back({std::move(request), committed});
  ++last_position;
  acks[leader] = last_position;
}

base::Bytes ReadOnly::heartbeat_context(Defects defects) const {
  if (queue.empty()) {
    return {};
  }
  return defects.has(Defect::R19) ? key_of(queue.back()) : std::to_string(last_position);
}

std::uint64_t ReadOnly::position_of(const base::Bytes& context, Defects defects) const {
  if (defects.has(Defect::R19)) {
    // The mistake: whichever round a heartbeat belonged to, it confirms the latest request with its key.
    const auto found = std::find_if(queue.rbegin(), queue.rend(),
                                    [&](const PendingRead& read) { return key_of(read) == context; });
    return found == queue.rend() ? 0 : last_position - static_cast<std::uint64_t>(found - queue.rbegin());
  }
  std::uint64_t position = 0;
  const char* const end = context.data() + context.size();
  const auto [stopped, error] = std::from_chars(context.data(), end, position);
  return error == std::errc{} && stopped == end && position <= last_position ? position : 0;
}

void ReadOnly::acknowledge(ServerId from, const base::Bytes& context, Defects defects) {
  const std::uint64_t position = position_of(context, defects);
  // An answer to requests that are gone says nothing any more.
  if (position > last_position - queue.size()) {
    std::uint64_t& highest = acks[from];
    highest = std::max(highest, position);
  }
}

std::vector<PendingRead> ReadOnly::take_confirmed(const JointConfig& voters) {
  const std::uint64_t answered = last_position - queue.size();
  const Index confirmed =
      std::min(last_position, voters.committed_index([this](ServerId id) -> std::optional<Index> {
        const auto found = acks.find(id);
        return found == acks.end() ? std::nullopt : std::optional<Index>(found->second);
      }));
  if (confirmed <= answered) {
    return {};
  }
  const auto end = queue.begin() + static_cast<std::ptrdiff_t>(confirmed - answered);
  std::vector<PendingRead> taken(std::make_move_iterator(queue.begin()), std::make_move_iterator(end));
  queue.erase(queue.begin(), end);
  std::erase_if(acks, [&](const auto& ack) { return ack.second <= confirmed; });
  return taken;
}

}  // namespace plimsoll::raft
