#include "checker/search/graph_worker.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

#include "checker/search/growth.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

FairnessMask all_constraints(std::size_t count) {
  return count == 64 ? ~FairnessMask{0} : fairness_bit(count) - 1;
}

}  // namespace

void WaitingLevel::push(StateView slots, const WaitingState& state) {
  if (blocks.empty() || blocks.back().states.size() == block_states) {
    Block& fresh = blocks.emplace_back();
    fresh.slots.reserve(slots.size() * block_states);
    fresh.states.reserve(block_states);
  }
  Block& block = blocks.back();
  block.slots.insert(block.slots.end(), slots.begin(), slots.end());
  block.states.push_back(state);
}

void WaitingLevel::take(WaitingLevel& other) {
  for (Block& block : other.blocks) {
    blocks.push_back(std::move(block));
  }
  other.blocks.clear();
}

std::uint64_t WaitingLevel::size() const {
  std::uint64_t sum = 0;
  for (const Block& block : blocks) {
    sum += block.states.size();
  }
  return sum;
}

void SharedExploration::run_out_of_memory() {
  out_of_memory.store(true);
  stop.store(true);
}

std::uint64_t SharedExploration::memory_bytes() const {
  return numbers_memory_bytes.load(std::memory_order_relaxed) +
         graph_memory_bytes.load(std::memory_order_relaxed) +
         working_memory_bytes.load(std::memory_order_relaxed) +
         workers_memory_bytes.load(std::memory_order_relaxed) + system->statistics().memory_bytes;
}

GraphWorker::GraphWorker(SharedExploration& shared)
    : shared_(shared),
      properties_(shared.system->properties()),
      constraints_(all_constraints(shared.system->fairness().size())),
      worker_(shared.system->worker()),
      scratch_(shared.numbers->scratch()),
      batch_(shared.system->width()),
      fired_(shared.system->action_groups().size(), 0) {}

void GraphWorker::expand() {
  try {
    expand_blocks();
  } catch (const std::bad_alloc&) {
    // The machine's memory ended before --memory did: as honest an end, and the others must not wait for this
    // worker.
    shared_.run_out_of_memory();
  }
  shared_.rendezvous.leave();
}

void GraphWorker::expand_blocks() {
  while (!shared_.stop.load(std::memory_order_relaxed)) {
    const std::size_t i = shared_.next_block.fetch_add(1, std::memory_order_relaxed);
    if (i >= shared_.level->blocks.size()) {
      break;
    }
    WaitingLevel::Block& block = shared_.level->blocks[i];
    const std::uint32_t width = shared_.system->width();
    for (std::size_t k = 0; k < block.states.size(); ++k) {
      expand({block.slots.data() + k * width, width}, block.states[k]);
      if (batch_.size() >= batch_size) {
        flush();
      }
      if (shared_.stop.load(std::memory_order_relaxed)) {
        break;
      }
    }
    flush();
    block = {};
    shared_.working_memory_bytes.fetch_sub(block_bytes(), std::memory_order_relaxed);
    account_memory();
  }
}

void GraphWorker::expand(StateView slots, const WaitingState& state) {
  const std::size_t pruned_before = batch_.pruned_actions().size();
  Pending pending{state, 0, batch_.size(), false};
  batch_.begin(state.fingerprint, slots);
  worker_->successors(slots, state.fingerprint, batch_);
  const std::vector<Action>& pruned = batch_.pruned_actions();
  pending.was_pruned = pruned.size() > pruned_before;
  taken_.resize(batch_.size(), 0);
  if (constraints_ != 0) {
    for (std::size_t i = pending.first; i < batch_.size(); ++i) {
      taken_[i] = constraints_of(slots, batch_[i].action);
    }
    // What lies outside the bounds differs from this state, which is within them.
    for (std::size_t i = pruned_before; i < pruned.size(); ++i) {
      pending.pruned_enabled |= constraints_of(slots, pruned[i]);
    }
  }
  pending_.push_back(pending);
}

bool GraphWorker::make_room(std::size_t count) {
  const auto grow = [this, count] {
    const std::uint64_t limit = shared_.options->limits.memory_bytes_max;
    const std::uint64_t others =
        shared_.memory_bytes() - shared_.numbers_memory_bytes.load(std::memory_order_relaxed);
    if (!grow_at_rest(*shared_.numbers, count, limit > others ? limit - others : 0)) {
      shared_.run_out_of_memory();
    }
    shared_.numbers_memory_bytes.store(shared_.numbers->memory_bytes());
  };
  return reserve_together(*shared_.numbers, count, shared_.rendezvous, shared_.out_of_memory, grow);
}

/// The constraints that `action`, possible in `slots`, belongs to.
FairnessMask GraphWorker::constraints_of(StateView slots, const Action& action) {
  const FairnessMask mask = worker_->fairness_of(slots, action);
  PLIMSOLL_ASSERT_KNOWN((mask & ~constraints_) == 0,
                        "Worker::fairness_of() names a constraint that System::fairness() has not");
  return mask;
}

void GraphWorker::flush() {
  if (!make_room(batch_.size())) {
    return;
  }
  shared_.numbers->number(batch_, numbers_, is_new_, scratch_);
  for (std::size_t p = 0; p < pending_.size(); ++p) {
    const std::size_t end = p + 1 < pending_.size() ? pending_[p + 1].first : batch_.size();
    for (std::size_t i = pending_[p].first; i < end; ++i) {
      ++fired_[batch_[i].action.group];
      if (is_new_[i] != 0) {
        next_.push(batch_.state(i), judge_new(pending_[p].state, i));
      }
    }
    record(pending_[p], end);
  }
  generated_.store(generated() + batch_.size(), std::memory_order_relaxed);
  pruned_ += batch_.pruned();
  batch_.clear();
  taken_.clear();
  pending_.clear();
}

void GraphWorker::record(const Pending& pending, std::size_t end) {
  const std::size_t first = log_.size();
  FairnessMask enabled = pending.pruned_enabled;
  for (std::size_t i = pending.first; i < end; ++i) {
    const FairnessMask taken = numbers_[i] == pending.state.number ? 0 : taken_[i];
    enabled |= taken;
    log_.push_back({numbers_[i], id_of(taken)});
  }
  const auto order = [](const StateGraph::RawTransition& a, const StateGraph::RawTransition& b) {
    return std::pair(a.target, a.taken) < std::pair(b.target, b.taken);
  };
  const auto begin = log_.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(begin, log_.end(), order);
  log_.erase(std::unique(begin, log_.end(),
                         [&](const auto& a, const auto& b) { return !order(a, b) && !order(b, a); }),
             log_.end());
  records_.push_back({pending.state, enabled, static_cast<std::uint32_t>(log_.size() - first),
                      end == pending.first && !pending.was_pruned});
}

WaitingState GraphWorker::judge_new(const WaitingState& parent, std::size_t i) {
  WaitingState state{batch_[i].fingerprint, numbers_[i], parent.holds, parent.engaged};
  PropertyMask changed = 0;
  for (PropertyMask left = shared_.wanted; left != 0; left &= left - 1) {
    const auto property = static_cast<std::size_t>(std::countr_zero(left));
    // What it read and this transition did not change is as it was in the parent.
    if ((properties_[property].reads & batch_[i].changed) != 0) {
      changed |= property_bit(property);
    }
  }
  if (changed != 0) {
    const Evaluation found = worker_->evaluate(batch_.state(i), changed);
    state.holds = (parent.holds & ~changed) | (found.holds & changed);
    state.engaged = (parent.engaged & ~changed) | (found.engaged & changed);
  }
  engaged_ |= state.engaged;
  return state;
}

std::uint16_t GraphWorker::id_of(FairnessMask taken) {
  if (taken == last_taken_ && !ids_.empty()) {
    return last_id_;
  }
  last_taken_ = taken;
  last_id_ = look_up(taken);
  return last_id_;
}

std::uint16_t GraphWorker::look_up(FairnessMask taken) {
  const auto known = ids_.find(taken);
  if (known != ids_.end()) {
    return known->second;
  }
  std::uint16_t id = 0;
  const std::lock_guard<std::mutex> lock(shared_.graph_mutex);
  if (!shared_.graph->intern(taken, id)) {
    // A table that is full is an end as that of memory is.
    shared_.run_out_of_memory();
    return 0;
  }
  ids_.emplace(taken, id);
  return id;
}

void GraphWorker::seed() {
  Successors initial(shared_.system->width());
  shared_.system->initial(initial);
  PLIMSOLL_ASSERT(initial.size() > 0);
  while (!shared_.numbers->reserve(initial.size())) {
    if (!shared_.numbers->grow(initial.size(), shared_.options->limits.memory_bytes_max)) {
      shared_.out_of_memory.store(true);
      return;
    }
  }
  shared_.numbers->number(initial, numbers_, is_new_, scratch_);
  for (std::size_t i = 0; i < initial.size(); ++i) {
    if (is_new_[i] == 0) {
      continue;
    }
    const Evaluation found = worker_->evaluate(initial.state(i), shared_.wanted);
    engaged_ |= found.engaged;
    next_.push(initial.state(i), {initial[i].fingerprint, numbers_[i], found.holds, found.engaged});
  }
  generated_.store(initial.size());
  account_memory();
}

void GraphWorker::file(const ReservedArray<StateNumber>& places) {
  std::size_t first = 0;
  for (const Record& record : records_) {
    const std::span<StateGraph::RawTransition> own{log_.data() + first, record.degree};
    for (StateGraph::RawTransition& transition : own) {
      transition.target = places[transition.target];
    }
    shared_.graph->set_transitions(places[record.state.number], own);
    first += record.degree;
  }
  records_.clear();
  log_.clear();
}

void GraphWorker::hand_over(WaitingLevel& to) {
  account_memory();
  accounted_working_bytes_ -= next_.blocks.size() * block_bytes();
  to.take(next_);
}

std::uint64_t GraphWorker::block_bytes() const {
  return WaitingLevel::block_states * (shared_.system->width() * sizeof(Slot) + sizeof(WaitingState));
}

void GraphWorker::account_memory() {
  const std::uint64_t working = next_.blocks.size() * block_bytes() + records_.capacity() * sizeof(Record) +
                                log_.capacity() * sizeof(StateGraph::RawTransition);
  shared_.working_memory_bytes.fetch_add(working - accounted_working_bytes_, std::memory_order_relaxed);
  accounted_working_bytes_ = working;
  const std::uint64_t bytes = worker_->statistics().memory_bytes;
  shared_.workers_memory_bytes.fetch_add(bytes - accounted_worker_bytes_, std::memory_order_relaxed);
  accounted_worker_bytes_ = bytes;
  if (shared_.memory_bytes() > shared_.options->limits.memory_bytes_max) {
    shared_.run_out_of_memory();
  }
}

}  // namespace plimsoll::checker
