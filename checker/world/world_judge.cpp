// Properties of a world: evaluated on views, remembered by the ids of what they read.
#include <bit>

#include "checker/world/world_worker.hpp"

namespace plimsoll::checker {
namespace {

std::uint64_t mask_of(const std::vector<PartId>& parts) {
  std::uint64_t mask = 0;
  for (const PartId part : parts) {
    if (part.value < 64) {
      mask |= std::uint64_t{1} << part.value;
    }
  }
  return mask;
}

}  // namespace

bool WorldWorker::quiescent(StateView state) {
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const ControlDigest& now = control(i, state[layout_.control(i)]);
    if (now.status == Status::paused) {
      return false;
    }
    if (now.status == Status::down && model_.processes[i].supervised) {
      return false;
    }
    if (now.work || mailbox(i, state[layout_.mailbox(i)]).size > 0) {
      return false;
    }
  }
  return true;
}

bool WorldWorker::may_end(StateView state) {
  const RightfulEnd& end = model_.rightful_end;
  return quiescent(state) && (!end.predicate || end.predicate(WorldView(model_, layout_, interner_, parts_,
                                                                        state, mask_of(end.parts))));
}

void WorldWorker::collect_reads(std::size_t property, StateView state,
                                std::vector<std::uint32_t>& key) const {
  const WorldProperty& asked = model_.properties[property];
  for (const PartId part : asked.parts) {
    key.push_back(state[layout_.part(part)]);
  }
  for (const base::ProcessId process : asked.controls) {
    key.push_back(state[layout_.control(process.value)]);
  }
  if (asked.budgets) {
    key.push_back(state[layout_.environment()]);
  }
}

Truth WorldWorker::judge(std::size_t property, StateView state) {
  const WorldProperty& asked = model_.properties[property];
  if (asked.at_quiescence && !quiescent(state)) {
    return Truth::vacuous;
  }
  key_.clear();
  key_.push_back(static_cast<std::uint32_t>(property));
  collect_reads(property, state, key_);
  const bool short_enough = key_.size() <= VerdictMemo::key_words_max;
  if (short_enough) {
    const std::uint32_t known = verdicts_.find(key_);
    if (known != VerdictMemo::none) {
      return static_cast<Truth>(known);
    }
  }
  const Truth truth = asked.state(WorldView(model_, layout_, interner_, parts_, state, mask_of(asked.parts)));
  if (short_enough) {
    verdicts_.insert(key_, static_cast<std::uint32_t>(truth));
  }
  return truth;
}

bool WorldWorker::judge_cause(std::size_t property, StateView state) {
  const WorldProperty& asked = model_.properties[property];
  key_.clear();
  // There are 64 properties at most: numbers beyond stand for their causes.
  key_.push_back(static_cast<std::uint32_t>(property) + 64);
  collect_reads(property, state, key_);
  const bool short_enough = key_.size() <= VerdictMemo::key_words_max;
  if (short_enough) {
    const std::uint32_t known = verdicts_.find(key_);
    if (known != VerdictMemo::none) {
      return known != 0;
    }
  }
  const bool holds = asked.cause(WorldView(model_, layout_, interner_, parts_, state, mask_of(asked.parts)));
  if (short_enough) {
    verdicts_.insert(key_, holds ? 1 : 0);
  }
  return holds;
}

Truth WorldWorker::judge_step(std::size_t property, StateView before, StateView after) {
  const WorldProperty& asked = model_.properties[property];
  key_.clear();
  key_.push_back(static_cast<std::uint32_t>(property));
  collect_reads(property, before, key_);
  const std::size_t half = key_.size();
  collect_reads(property, after, key_);
  if (std::equal(key_.begin() + 1, key_.begin() + static_cast<std::ptrdiff_t>(half),
                 key_.begin() + static_cast<std::ptrdiff_t>(half), key_.end())) {
    return Truth::vacuous;
  }
  const bool short_enough = key_.size() <= VerdictMemo::key_words_max;
  if (short_enough) {
    const std::uint32_t known = verdicts_.find(key_);
    if (known != VerdictMemo::none) {
      return static_cast<Truth>(known);
    }
  }
  const std::uint64_t declared = mask_of(asked.parts);
  const Truth truth = asked.step(WorldView(model_, layout_, interner_, parts_, before, declared),
                                 WorldView(model_, layout_, interner_, parts_, after, declared));
  if (short_enough) {
    verdicts_.insert(key_, static_cast<std::uint32_t>(truth));
  }
  return truth;
}

Evaluation WorldWorker::evaluate(StateView state, PropertyMask wanted) {
  Evaluation found;
  for (PropertyMask left = wanted; left != 0; left &= left - 1) {
    const auto property = static_cast<std::size_t>(std::countr_zero(left));
    const WorldProperty& asked = model_.properties[property];
    const Truth truth = judge(property, state);
    // A witness must really be there, and a goal really be reached; an invariant may hold vacuously.
    const bool is_reached =
        asked.property.kind == PropertyKind::sometimes || is_liveness(asked.property.kind);
    if (truth == Truth::holds || (truth == Truth::vacuous && !is_reached)) {
      found.holds |= property_bit(property);
    }
    if (asked.cause ? judge_cause(property, state) : truth != Truth::vacuous) {
      found.engaged |= property_bit(property);
    }
  }
  return found;
}

Evaluation WorldWorker::evaluate_step(StateView before, const Action& /*action*/, StateView after,
                                      PropertyMask wanted) {
  Evaluation found;
  for (PropertyMask left = wanted; left != 0; left &= left - 1) {
    const auto property = static_cast<std::size_t>(std::countr_zero(left));
    const Truth truth = judge_step(property, before, after);
    if (truth != Truth::violated) {
      found.holds |= property_bit(property);
    }
    if (truth != Truth::vacuous) {
      found.engaged |= property_bit(property);
    }
  }
  return found;
}

}  // namespace plimsoll::checker
