#include "checker/search/level_worker.hpp"

#include <new>

namespace plimsoll::checker {

LevelWorker::LevelWorker(SharedSearch& shared)
    : shared_(shared),
      worker_(shared.system->worker()),
      judge_(*shared.system, *worker_),
      scratch_(shared.visited->scratch()),
      batch_(shared.system->width()),
      next_(shared.system->width()),
      findings_(shared.system->properties().size()),
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
    shared_.run_out_of_memory();
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
    next_.recycle(shared_.level_states->extract(i));
    shared_.frontier_memory_bytes.fetch_sub(next_.block_bytes(), std::memory_order_relaxed);
    account_memory();
  }
}

void LevelWorker::expand(StateView state, Fingerprint fingerprint) {
  const std::size_t first = batch_.size();
  const std::uint64_t pruned_before = batch_.pruned();
  if (batch_.size() == 0) {
    batch_.hint(shared_.visited->hint());
  }
  batch_.begin(fingerprint, state);
  worker_->successors(state, fingerprint, batch_);
  if (judge_.is_deadlock(shared_.plan, state, batch_.size() - first + batch_.pruned() - pruned_before)) {
    find(*shared_.plan.deadlock_free, {fingerprint, 0, shared_.level});
  }
  if (shared_.plan.step != 0) {
    judge_steps(state, fingerprint, first);
  }
}

void LevelWorker::judge_steps(StateView state, Fingerprint fingerprint, std::size_t first) {
  for (std::size_t i = first; i < batch_.size(); ++i) {
    for_each_property(judge_.step(shared_.plan, state, batch_, i), [&](std::size_t property) {
      find(property, {fingerprint, batch_[i].fingerprint, shared_.level});
    });
  }
}

void LevelWorker::flush() {
  if (batch_.size() == 0) {
    pruned_ += batch_.pruned();
    batch_.clear();
    if (shared_.rendezvous.requested()) {
      (void)shared_.make_room(0);
    }
    return;
  }
  if (!shared_.make_room(batch_.size())) {
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
  for_each_property(judge_.state(shared_.plan, batch_.state(i), batch_[i].judged_change),
                    [&](std::size_t property) { find(property, {batch_[i].fingerprint, 0, level}); });
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
    for_each_property(judge_.initial_state(shared_.plan, initial.state(i)),
                      [&](std::size_t property) { find(property, {initial[i].fingerprint, 0, 0}); });
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
  account(shared_.workers_memory_bytes, accounted_worker_bytes_, worker_->statistics().memory_bytes);
  shared_.check_memory();
}

}  // namespace plimsoll::checker
