#include "checker/search/walk_worker.hpp"

#include <algorithm>
#include <new>
#include <string>

#include "checker/search/tally.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {

SharedWalks::SharedWalks(const System& explored, const SearchOptions& wanted)
    : first(explored), initial(explored.width()), seen(seen_bytes), findings(explored.properties().size()) {
  system = &explored;
  options = &wanted;
  visited_memory_bytes = seen.memory_bytes();
  for (auto& walk : found_in_) {
    walk = none;
  }
  explored.initial(initial);
  for (unsigned i = 0; i < wanted.workers; ++i) {
    workers.push_back(std::make_unique<WalkWorker>(*this));
  }
}

void SharedWalks::settle(std::size_t property, const WalkFinding& finding) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (findings[property] && findings[property]->walk <= finding.walk) {
    return;
  }
  findings[property] = finding;
  found_in_[property].store(finding.walk);
  bool is_violated = false;
  PropertyMask settled = 0;
  std::uint64_t highest = 0;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (findings[i]) {
      settled |= property_bit(i);
      highest = std::max(highest, findings[i]->walk);
      is_violated |= verdict_of_news(system->properties()[i].kind) == Verdict::violated;
    }
  }
  if (!options->all && verdict_of_news(system->properties()[property].kind) == Verdict::violated) {
    last_walk.store(std::min(last_walk.load(), finding.walk));
  } else if (options->all && is_violated && plan_of(*system, options->selected & ~settled).empty()) {
    last_walk.store(highest);
  }
}

PropertyPlan SharedWalks::plan_for(std::uint64_t walk) const {
  PropertyPlan plan = plan_of(*system, options->selected);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (found_in_[i].load(std::memory_order_relaxed) < walk) {
      plan.drop(i);
    }
  }
  return plan;
}

std::uint64_t SharedWalks::distinct() const {
  std::uint64_t sum = 0;
  for (const auto& worker : workers) {
    sum += worker->distinct();
  }
  return sum;
}

Progress SharedWalks::progress() const {
  const std::lock_guard<std::mutex> lock(renewal_mutex_);
  Progress progress;
  for (const auto& worker : workers) {
    progress.distinct += worker->distinct();
    progress.generated += worker->generated();
    progress.depth = std::max(progress.depth, worker->depth());
  }
  progress.memory_bytes = memory_bytes();
  return progress;
}

void SharedWalks::check_age() {
  const std::uint64_t bytes =
      workers_memory_bytes.load(std::memory_order_relaxed) + system->statistics().memory_bytes;
  if (options->renewed && bytes >= options->renewed_from_bytes) {
    is_aged.store(true, std::memory_order_relaxed);
  }
}

bool SharedWalks::renew() {
  if (!is_aged || stop || next_walk >= options->runs || next_walk > last_walk) {
    return false;
  }
  const std::lock_guard<std::mutex> lock(renewal_mutex_);
  for (const auto& worker : workers) {
    worker->leave();
  }
  system = &first;
  renewed.reset();
  renewed = options->renewed();
  system = renewed.get();
  initial.clear();
  system->initial(initial);
  for (const auto& worker : workers) {
    worker->enter();
  }
  is_aged = false;
  return true;
}

WalkWorker::Place::Place(const SharedWalks& shared)
    : worker(shared.system->worker()),
      judge(*shared.system, *worker),
      walker(*shared.system, *worker, shared.initial, *shared.options) {}

WalkWorker::WalkWorker(SharedWalks& shared)
    : shared_(shared),
      place_(std::make_unique<Place>(shared)),
      states_max_(std::min(shared.options->walk_steps_max, shared.options->limits.depth_max - 1) + 1),
      counts_states_(shared.options->limits.states_max != std::numeric_limits<std::uint64_t>::max()),
      fired_(shared.system->action_groups().size(), 0) {}

void WalkWorker::leave() {
  engaged_ = engaged();
  left_ = statistics();
  left_.memory_bytes = 0;
  account(shared_.workers_memory_bytes, accounted_worker_bytes_, 0);
  place_.reset();
}

void WalkWorker::enter() {
  place_ = std::make_unique<Place>(shared_);
}

SystemStatistics WalkWorker::statistics() const {
  SystemStatistics statistics = left_;
  add(statistics, place_->worker->statistics());
  return statistics;
}

void WalkWorker::run() {
  try {
    walk_all();
  } catch (const std::bad_alloc&) {
    // The machine's memory ended before --memory did: as honest an end.
    shared_.run_out_of_memory();
  }
}

void WalkWorker::walk_all() {
  while (!shared_.stop.load(std::memory_order_relaxed) && !shared_.is_aged.load(std::memory_order_relaxed)) {
    const std::uint64_t number = shared_.next_walk.fetch_add(1, std::memory_order_relaxed);
    if (number >= shared_.options->runs || number > shared_.last_walk.load()) {
      return;
    }
    walk(number);
    account_memory();
    shared_.check_age();
  }
}

void WalkWorker::walk(std::uint64_t number) {
  constexpr std::uint32_t steps_unaccounted_max = 1'000;
  const base::AssertContext context("random walk " + std::to_string(number) + ", scheduled by " +
                                    std::string(to_text(schedule_of(shared_.options->schedule, number))) +
                                    "; to repeat it: --seed " + std::to_string(shared_.options->seed) +
                                    " --runs " + std::to_string(number + 1) + " --workers 1");
  Walker& walker = place_->walker;
  Judge& judge = place_->judge;
  plan_ = shared_.plan_for(number);
  walker.begin(number);
  ++walks_;
  arrive(1);
  WalkFinding here{number, 0};
  if (settle(judge.initial_state(plan_, walker.state()), here)) {
    return;
  }
  while (!shared_.stop.load(std::memory_order_relaxed) && number <= shared_.last_walk.load()) {
    const Successors& transitions = walker.look();
    pruned_ += transitions.pruned();
    if (judge.is_deadlock(plan_, walker.state(), transitions.size() + transitions.pruned())) {
      settle(property_bit(*plan_.deadlock_free), here);
    }
    if (transitions.size() == 0 || here.steps + 1 == states_max_) {
      return;
    }
    if (++here.steps % steps_unaccounted_max == 0) {
      account_memory();
    }
    if (step(transitions, here)) {
      return;
    }
  }
}

/// Takes a step and judges it and where it led. True: the walk ends with a violation.
bool WalkWorker::step(const Successors& transitions, const WalkFinding& here) {
  const std::size_t i = place_->walker.choose();
  ++fired_[transitions[i].action.group];
  PropertyMask news = place_->judge.step(plan_, place_->walker.state(), transitions, i);
  news |= place_->judge.state(plan_, transitions.state(i), transitions[i].judged_change);
  place_->walker.move(i);
  arrive(here.steps + 1);
  return settle(news, here);
}

void WalkWorker::arrive(std::uint32_t states) {
  generated_.store(generated() + 1, std::memory_order_relaxed);
  if (shared_.seen.add(place_->walker.fingerprint())) {
    distinct_.store(distinct() + 1, std::memory_order_relaxed);
  }
  depth_.store(std::max(depth(), states), std::memory_order_relaxed);
  if (counts_states_ && shared_.distinct() >= shared_.options->limits.states_max) {
    shared_.is_full.store(true);
    shared_.stop.store(true);
  }
}

/// True: a property is violated and the walk ends with it.
bool WalkWorker::settle(PropertyMask news, const WalkFinding& here) {
  bool ends = false;
  for_each_property(news, [&](std::size_t property) {
    const bool is_violation =
        verdict_of_news(shared_.system->properties()[property].kind) == Verdict::violated;
    // Without --all the first violation, in the System's order, is the only one.
    if (!ends || !is_violation) {
      shared_.settle(property, here);
      plan_.drop(property);
    }
    ends |= is_violation && !shared_.options->all;
  });
  return ends;
}

void WalkWorker::account_memory() {
  account(shared_.workers_memory_bytes, accounted_worker_bytes_, place_->worker->statistics().memory_bytes);
  shared_.check_memory();
}

}  // namespace plimsoll::checker
