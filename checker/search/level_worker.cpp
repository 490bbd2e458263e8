#include "checker/search/level_worker.hpp"

#include <bit>
#include <new>

namespace plimsoll::checker {

std::uint64_t SharedSearch::memory_bytes() const {
  return frontier_memory_bytes.load(std::memory_order_relaxed) +
         visited_memory_bytes.load(std::memory_order_relaxed) +
         workers_memory_bytes.load(std::memory_order_relaxed) + system->statistics().memory_bytes;
}

LevelWorker::LevelWorker(SharedSearch& shared)
    : shared_(shared),
      properties_(shared.system->properties()),
      worker_(shared.system->worker()),
      scratch_(shared.visited->scratch()),
      batch_(shared.system->width()),
      next_(shared.system->width()),
      findings_(properties_.size()),
      fired_(shared.system->action_groups().size(), 0) {}

void LevelWorker::find(std::size_t property, const Finding& finding) {
  std::optional<Finding>& least = findings_[property];
  if (!least || finding < *least) {
    least = finding;
  }
}

void LevelWorker::run() {
  try {
    expand_blocks();
  } catch (const std::bad_alloc&) {
    // The machine's memory ended before --memory did: as honest an end, and the others must not wait for this
    // worker.
    shared_.out_of_memory.store(true);
    shared_.stop.store(true);
  }
  shared_.rendezvous.leave();
}

void LevelWorker::expand_blocks() {
  while (!shared_.stop.load(std::memory_order_relaxed)) {
    const std::size_t i = shared_.next_block.fetch_add(1, std::memory_order_relaxed);
    if (i >= shared_.level_states->block_count()) {
      break;
    }
    const Frontier::Block& block = shared_.level_states->block(i);
    const std::uint32_t width = shared_.system->width();
    for (std::size_t k = 0; k < block.fingerprints.size(); ++k) {
      expand({block.slots.data() + k * width, width}, block.fingerprints[k]);
      if (batch_.size() >= batch_size) {
        flush();
      }
      if (shared_.stop.load(std::memory_order_relaxed)) {
        break;
      }
    }
    flush();
    shared_.level_states->drop(i);
    shared_.frontier_memory_bytes.fetch_sub(next_.block_bytes(), std::memory_order_relaxed);
    account_memory();
  }
}

void LevelWorker::expand(StateView state, Fingerprint fingerprint) {
  const std::size_t first = batch_.size();
  const std::uint64_t pruned_before = batch_.pruned();
  batch_.begin(fingerprint, state);
  worker_->successors(state, fingerprint, batch_);
  if (batch_.size() == first && batch_.pruned() == pruned_before && shared_.plan.deadlock_free &&
      !worker_->may_end(state)) {
    find(*shared_.plan.deadlock_free, {fingerprint, 0, shared_.level});
  }
  if (shared_.plan.step != 0) {
    judge_steps(state, fingerprint, first);
  }
}

void LevelWorker::judge_steps(StateView state, Fingerprint fingerprint, std::size_t first) {
  for (std::size_t i = first; i < batch_.size(); ++i) {
    PropertyMask wanted = 0;
    for (PropertyMask left = shared_.plan.step; left != 0; left &= left - 1) {
      const auto property = static_cast<std::size_t>(std::countr_zero(left));
      if ((properties_[property].reads & batch_[i].changed) != 0) {
        wanted |= property_bit(property);
      }
    }
    if (wanted == 0) {
      continue;
    }
    const Evaluation found = worker_->evaluate_step(state, batch_[i].action, batch_.state(i), wanted);
    engaged_ |= found.engaged;
    for (PropertyMask left = wanted & ~found.holds; left != 0; left &= left - 1) {
      find(static_cast<std::size_t>(std::countr_zero(left)),
           {fingerprint, batch_[i].fingerprint, shared_.level});
    }
  }
}

bool LevelWorker::make_room(std::size_t count) {
  const auto grow = [this, count] {
    const std::uint64_t limit = shared_.options->limits.memory_bytes_max;
    const std::uint64_t others =
        shared_.memory_bytes() - shared_.visited_memory_bytes.load(std::memory_order_relaxed);
    // A later worker may find that an earlier one's growth was enough for it too.
    if (shared_.visited->reserve(count)) {
      shared_.visited->retract(count);
    } else if (!shared_.visited->grow(count, limit > others ? limit - others : 0)) {
      shared_.out_of_memory.store(true);
      shared_.stop.store(true);
    }
    shared_.visited_memory_bytes.store(shared_.visited->memory_bytes() +
                                       shared_.visited->parents_memory_bytes());
  };
  while (true) {
    if (shared_.rendezvous.requested()) {
      shared_.rendezvous.pause(grow);
    }
    if (shared_.out_of_memory.load(std::memory_order_relaxed)) {
      return false;
    }
    if (shared_.visited->reserve(count)) {
      return true;
    }
    shared_.rendezvous.pause(grow);
  }
}

void LevelWorker::flush() {
  if (batch_.size() == 0) {
    pruned_ += batch_.pruned();
    batch_.clear();
    if (shared_.rendezvous.requested()) {
      make_room(0);
    }
    return;
  }
  if (!make_room(batch_.size())) {
    return;
  }
  const std::uint32_t level = shared_.level + 1;
  shared_.visited->insert(batch_, level, is_new_, *scratch_);
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    ++fired_[batch_[i].action.group];
    if (is_new_[i] == 0) {
      continue;
    }
    ++fresh;
    judge_new(i, level);
    next_.push(batch_.state(i), batch_[i].fingerprint);
  }
  distinct_.store(distinct() + fresh, std::memory_order_relaxed);
  generated_.store(generated() + batch_.size(), std::memory_order_relaxed);
  pruned_ += batch_.pruned();
  batch_.clear();
}

void LevelWorker::judge_new(std::size_t i, std::uint32_t level) {
  PropertyMask wanted = 0;
  for (PropertyMask left = shared_.plan.always | shared_.plan.sometimes; left != 0; left &= left - 1) {
    const auto property = static_cast<std::size_t>(std::countr_zero(left));
    // The parent was judged when it was new: what it read and this transition did not change is as it was.
    if ((properties_[property].reads & batch_[i].changed) != 0) {
      wanted |= property_bit(property);
    }
  }
  if (wanted == 0) {
    return;
  }
  const Evaluation found = worker_->evaluate(batch_.state(i), wanted);
  engaged_ |= found.engaged;
  const PropertyMask news =
      (wanted & shared_.plan.always & ~found.holds) | (wanted & shared_.plan.sometimes & found.holds);
  for (PropertyMask left = news; left != 0; left &= left - 1) {
    find(static_cast<std::size_t>(std::countr_zero(left)), {batch_[i].fingerprint, 0, level});
  }
}

void LevelWorker::seed() {
  Successors initial(shared_.system->width());
  shared_.system->initial(initial);
  PLIMSOLL_ASSERT(initial.size() > 0);
  while (!shared_.visited->reserve(initial.size())) {
    const bool grown = shared_.visited->grow(initial.size(), shared_.options->limits.memory_bytes_max);
    if (!grown) {
      shared_.out_of_memory.store(true);
      return;
    }
  }
  shared_.visited->insert(initial, 0, is_new_, *scratch_);
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < initial.size(); ++i) {
    if (is_new_[i] == 0) {
      continue;
    }
    ++fresh;
    const PropertyMask wanted = shared_.plan.always | shared_.plan.sometimes;
    const Evaluation found = worker_->evaluate(initial.state(i), wanted);
    engaged_ |= found.engaged;
    const PropertyMask news = (shared_.plan.always & ~found.holds) | (shared_.plan.sometimes & found.holds);
    for (PropertyMask left = news; left != 0; left &= left - 1) {
      find(static_cast<std::size_t>(std::countr_zero(left)), {initial[i].fingerprint, 0, 0});
    }
    next_.push(initial.state(i), initial[i].fingerprint);
  }
  distinct_.store(fresh);
  generated_.store(initial.size());
  account_memory();
}

void LevelWorker::hand_over(Frontier& to) {
  account_memory();
  to.take(next_);
  accounted_blocks_ = 0;
}

void LevelWorker::account_memory() {
  const std::size_t blocks = next_.block_count();
  shared_.frontier_memory_bytes.fetch_add((blocks - accounted_blocks_) * next_.block_bytes(),
                                          std::memory_order_relaxed);
  accounted_blocks_ = blocks;
  const std::uint64_t bytes = worker_->statistics().memory_bytes;
  shared_.workers_memory_bytes.fetch_add(bytes - accounted_worker_bytes_, std::memory_order_relaxed);
  accounted_worker_bytes_ = bytes;
  if (shared_.memory_bytes() > shared_.options->limits.memory_bytes_max) {
    shared_.out_of_memory.store(true);
    shared_.stop.store(true);
  }
}

}  // namespace plimsoll::checker
