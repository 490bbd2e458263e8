#include "checker/world/solitude.hpp"

namespace plimsoll::checker {

std::size_t Solitude::Hash::operator()(const Key& key) const {
  return memo_hash(key);
}

void Solitude::isolate(ProcessMask group, std::vector<Slot>& state) {
  const WorldLayout& layout = system_.layout();
  const std::vector<WorldProcess>& processes = system_.model().processes;
  key_.clear();
  key_.push_back(static_cast<Slot>(group));
  key_.push_back(static_cast<Slot>(group >> 32U));
  key_.push_back(state[layout.environment()]);
  for (std::size_t i = 0; i < processes.size(); ++i) {
    if ((group & process_bit(i)) == 0) {
      worker_.empty_mailbox(i, state);
      continue;
    }
    key_.push_back(state[layout.mailbox(i)]);
    key_.push_back(state[layout.control(i)]);
    if (processes[i].has_disk) {
      key_.push_back(state[layout.disk(i)]);
    }
    for (const PartId part : processes[i].parts) {
      key_.push_back(state[layout.part(part)]);
    }
  }
}

Solitude::Answer& Solitude::look_up(ProcessMask group, const std::vector<Slot>& state, bool& is_new) {
  const auto [place, added] = answers_.try_emplace(key_, Answer::open);
  Answer& answer = place->second;
  is_new = added;
  if (!is_new) {
    return answer;
  }
  constexpr std::uint64_t node_bytes = 80;
  memory_bytes_ += node_bytes + key_.size() * sizeof(Slot);
  Frame frame;
  frame.answer = &answer;
  offers_.clear();
  worker_.offers(state, 0, offers_);
  Successors found(system_.width());
  for (const Action& offer : offers_) {
    const WorldAction taken = WorldAction::unpack(offer.payload);
    if (is_own_step(taken.kind) && (group & process_bit(taken.subject)) != 0) {
      worker_.accept(state, 0, offer, found);
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    frame.left.emplace_back(found.state(i).begin(), found.state(i).end());
  }
  // What is pruned here, where others' mailboxes are empty, is pruned everywhere: nothing comes after it.
  stack_.push_back(std::move(frame));
  return answer;
}

/// What is met again while it is open lies on the path to itself.
void Solitude::search(ProcessMask group) {
  while (!stack_.empty()) {
    Frame& frame = stack_.back();
    if (frame.goes_on || frame.left.empty()) {
      const bool goes_on = frame.goes_on;
      *frame.answer = goes_on ? Answer::goes_on : Answer::ends;
      stack_.pop_back();
      if (!stack_.empty()) {
        stack_.back().goes_on |= goes_on;
      }
      continue;
    }
    std::vector<Slot> next = std::move(frame.left.back());
    frame.left.pop_back();
    isolate(group, next);
    bool is_new = false;
    const Answer known = look_up(group, next, is_new);
    if (!is_new && known != Answer::ends) {
      stack_.back().goes_on = true;
    }
  }
}

bool Solitude::ends(ProcessMask group, StateView state) {
  std::vector<Slot> alone(state.begin(), state.end());
  isolate(group, alone);
  bool is_new = false;
  const Answer& answer = look_up(group, alone, is_new);
  search(group);
  return answer == Answer::ends;
}

}  // namespace plimsoll::checker
