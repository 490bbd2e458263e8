#include "checker/search/depth_worker.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <utility>

namespace plimsoll::checker {

SharedDepthFirst::SharedDepthFirst(const System& explored, const SearchOptions& wanted, VisitedSet& seen)
    : pool(wanted.workers), findings(explored.properties().size()) {
  system = &explored;
  options = &wanted;
  visited = &seen;
  visited_memory_bytes = seen.memory_bytes() + seen.parents_memory_bytes();
  for (unsigned i = 0; i < wanted.workers; ++i) {
    workers.push_back(std::make_unique<DepthWorker>(*this));
  }
  rendezvous.enter(wanted.workers);
}

void SharedDepthFirst::settle(std::size_t property, Chain chain) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (findings[property] || reason_ == Stop::violated) {
    return;
  }
  findings[property] = std::move(chain);
  const PropertyMask now = settled.load() | property_bit(property);
  settled.store(now);
  const bool is_violation = verdict_of_news(system->properties()[property].kind) == Verdict::violated;
  const bool nothing_left = plan_of(*system, options->selected & ~now).empty();
  if (is_violation && (!options->all || nothing_left)) {
    reason_ = reason_ ? reason_ : Stop::violated;
    stop.store(true);
  }
}

void SharedDepthFirst::halt(Stop why) {
  const std::lock_guard<std::mutex> lock(mutex_);
  reason_ = reason_ ? reason_ : why;
  stop.store(true);
}

std::optional<Stop> SharedDepthFirst::reason() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return reason_;
}

std::uint64_t SharedDepthFirst::distinct() const {
  std::uint64_t sum = 0;
  for (const auto& worker : workers) {
    sum += worker->distinct();
  }
  return sum;
}

Progress SharedDepthFirst::progress() const {
  Progress progress;
  for (const auto& worker : workers) {
    progress.distinct += worker->distinct();
    progress.generated += worker->generated();
    progress.frontier += worker->stack_states();
    progress.depth = std::max(progress.depth, worker->depth());
  }
  progress.memory_bytes = memory_bytes();
  return progress;
}

DepthWorker::DepthWorker(SharedDepthFirst& shared)
    : shared_(shared),
      worker_(shared.system->worker()),
      judge_(*shared.system, *worker_),
      plan_(plan_of(*shared.system, shared.options->selected)),
      scratch_(shared.visited->scratch()),
      depth_max_(std::min(shared.options->limits.depth_max, level_max)),
      counts_states_(shared.options->limits.states_max != std::numeric_limits<std::uint64_t>::max()),
      batch_(shared.system->width()),
      stack_(shared.system->width()),
      fired_(shared.system->action_groups().size(), 0) {}

void DepthWorker::run() {
  try {
    explore();
  } catch (const std::bad_alloc&) {
    // The machine's memory ended before --memory did: as honest an end, and the others must not wait for this
    // worker.
    shared_.run_out_of_memory();
  }
  if (shared_.stop.load()) {
    shared_.pool.close();
  }
  shared_.rendezvous.leave();
}

void DepthWorker::explore() {
  while (!shared_.stop.load(std::memory_order_relaxed)) {
    if (stack_.empty() && !find_work()) {
      return;
    }
    if (counts_states_ && shared_.distinct() >= shared_.options->limits.states_max) {
      shared_.halt(Stop::states);
      return;
    }
    expand_top();
    if (++expanded_ >= next_glance_) {
      glance();
    }
  }
}

bool DepthWorker::find_work() {
  account_memory();
  // Who waits here needs nothing of the visited set, so its growth does not wait for him.
  shared_.rendezvous.leave();
  Donation donation{StateStack(shared_.system->width()), {}};
  const bool found = shared_.pool.take(donation);
  shared_.rendezvous.join();
  if (found) {
    stack_ = std::move(donation.states);
    path_ = std::move(donation.path);
  }
  return found;
}

void DepthWorker::expand_top() {
  const StateView state = stack_.top();
  const Fingerprint fingerprint = stack_.top_fingerprint();
  const std::uint32_t depth = stack_.top_depth();
  path_.resize(depth - 1);
  path_.push_back(fingerprint);
  batch_.clear();
  batch_.hint(shared_.visited->hint());
  batch_.begin(fingerprint, state);
  worker_->successors(state, fingerprint, batch_);
  if (!judge_transitions(state)) {
    return;
  }
  if (batch_.size() == 0) {
    stack_.pop();
    return;
  }
  if (depth >= depth_max_) {
    shared_.is_cut.store(true, std::memory_order_relaxed);
    stack_.pop();
    return;
  }
  if (!shared_.make_room(batch_.size())) {
    return;
  }
  shared_.visited->insert(batch_, depth, is_new_, *scratch_);
  stack_.pop();
  take_in(depth + 1);
}

/// Of the state on top of the stack and its successors. False: the search has ended.
bool DepthWorker::judge_transitions(StateView state) {
  pruned_ += batch_.pruned();
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    ++fired_[batch_[i].action.group];
  }
  generated_.store(generated() + batch_.size(), std::memory_order_relaxed);
  if (judge_.is_deadlock(plan_, state, batch_.size() + batch_.pruned())) {
    report(property_bit(*plan_.deadlock_free), std::nullopt);
  }
  for (std::size_t i = 0; i < batch_.size() && plan_.step != 0; ++i) {
    report(judge_.step(plan_, state, batch_, i), batch_[i].fingerprint);
  }
  return !shared_.stop.load(std::memory_order_relaxed);
}

/// Judges those of the batch that are new, and pushes them so that the first is expanded first.
void DepthWorker::take_in(std::uint32_t depth) {
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < batch_.size(); ++i) {
    if (is_new_[i] != 0) {
      ++fresh;
      report(judge_.state(plan_, batch_.state(i), batch_[i].judged_change), batch_[i].fingerprint);
    }
  }
  if (fresh == 0) {
    return;
  }
  for (std::size_t i = batch_.size(); i-- > 0;) {
    if (is_new_[i] != 0) {
      stack_.push(batch_.state(i), batch_[i].fingerprint, depth);
    }
  }
  distinct_.store(distinct() + fresh, std::memory_order_relaxed);
  depth_.store(std::max(this->depth(), depth), std::memory_order_relaxed);
  stack_states_max_ = std::max<std::uint64_t>(stack_states_max_, stack_.size());
}

void DepthWorker::report(PropertyMask news, std::optional<Fingerprint> last) {
  for_each_property(news, [&](std::size_t property) {
    plan_.drop(property);
    Chain chain = path_;
    if (last) {
      chain.push_back(*last);
    }
    shared_.settle(property, std::move(chain));
  });
}

void DepthWorker::glance() {
  next_glance_ = expanded_ + glance_interval;
  stack_states_.store(stack_.size(), std::memory_order_relaxed);
  if (shared_.rendezvous.requested()) {
    (void)shared_.make_room(0);
  }
  const PropertyMask settled = shared_.settled.load(std::memory_order_relaxed);
  if (settled != known_settled_) {
    known_settled_ = settled;
    for_each_property(settled, [&](std::size_t property) { plan_.drop(property); });
  }
  if (shared_.pool.is_hungry() && stack_.size() >= 2) {
    share();
  }
  if (expanded_ >= next_account_ || stack_.memory_bytes() > 2 * accounted_stack_bytes_) {
    next_account_ = expanded_ + account_interval;
    account_memory();
  }
}

/// Gives away the lower half, whose subtrees are the largest.
void DepthWorker::share() {
  Donation donation{StateStack(shared_.system->width()), {}};
  donation.states.take_bottom(stack_, std::min(stack_.size() / 2, donation_states_max));
  const std::uint32_t depth = donation.states.top_depth();
  donation.path.assign(path_.begin(), path_.begin() + (depth - 1));
  // So that copying long paths stays cheap against the work in between.
  next_glance_ += depth / 128;
  shared_.pool.give(std::move(donation));
}

void DepthWorker::account_memory() {
  account(shared_.frontier_memory_bytes, accounted_stack_bytes_,
          stack_.memory_bytes() + path_.capacity() * sizeof(Fingerprint));
  account(shared_.workers_memory_bytes, accounted_worker_bytes_, worker_->statistics().memory_bytes);
  shared_.check_memory();
}

void DepthWorker::seed() {
  Successors initial(shared_.system->width());
  shared_.system->initial(initial);
  PLIMSOLL_ASSERT(initial.size() > 0);
  while (!shared_.visited->reserve(initial.size())) {
    if (!shared_.visited->grow(initial.size(), shared_.options->limits.memory_bytes_max)) {
      shared_.run_out_of_memory();
      return;
    }
  }
  shared_.visited->insert(initial, 0, is_new_, *scratch_);
  std::uint64_t fresh = 0;
  for (std::size_t i = 0; i < initial.size(); ++i) {
    if (is_new_[i] != 0) {
      ++fresh;
      stack_.push(initial.state(i), initial[i].fingerprint, 1);
      report(judge_.initial_state(plan_, initial.state(i)), initial[i].fingerprint);
    }
  }
  stack_states_max_ = fresh;
  distinct_.store(fresh);
  generated_.store(initial.size());
  depth_.store(1);
  account_memory();
}

}  // namespace plimsoll::checker
