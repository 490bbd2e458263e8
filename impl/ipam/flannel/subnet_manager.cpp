#include "impl/ipam/flannel/subnet_manager.hpp"

#include <utility>

#include "impl/base/assert.hpp"
#include "impl/ipam/flannel/manager_step.hpp"

namespace plimsoll::ipam {

namespace flannel {

void ask(Step step, ManagerPhase phase, RequestBody body) {
  Manager& manager = step.state.manager;
  PLIMSOLL_ASSERT(!manager.call.open);
  manager.phase = phase;
  manager.call.open = true;
  step.outputs.send(step.config.store,
                    kv::Request{request_id(manager.call, Caller::manager), std::move(body)});
}

void drop_attempt(Step step) {
  Manager& manager = step.state.manager;
  if (manager.attempt) {
    step.outputs.disarm(manager.attempt->expiry);
    manager.attempt.reset();
  }
  if (manager.call.open) {
    give_up(manager.call);
  }
}

void wait(Step step) {
  drop_attempt(step);
  step.state.manager.phase = ManagerPhase::waiting;
  step.outputs.arm(Timer::retry, step.config.retry_after);
}

void change_network(Step step, std::optional<base::Ipv4Prefix> subnet) {
  step.state.network.subnet = subnet;
  if (step.config.runtime) {
    step.outputs.send(*step.config.runtime, NetworkChanged{subnet});
  }
}

void end(Step step, std::string why) {
  step.state.manager = Manager{};
  step.state.view = LeaseView{};
  step.outputs.exit(std::move(why));
}

namespace {

void on_started(Step step, const base::Started& started) {
  step.state.manager = Manager{};
  step.state.manager.call.incarnation = started.incarnation;
  step.state.view = LeaseView{};
  step.state.view.call.incarnation = started.incarnation;
  // Nobody watched over the lease while flanneld was away: no pod may use it until it is won again.
  if (step.state.network.subnet) {
    change_network(step, std::nullopt);
  }
  list(step);
}

void start_over(Step step) {
  if (step.state.manager.held) {
    renew(step);
  } else {
    list(step);
  }
}

void on_answer(Step step, const kv::Response& response) {
  const ManagerPhase phase = step.state.manager.phase;
  const auto* const range = std::get_if<kv::RangeResult>(&response.result);
  const auto* const grant = std::get_if<kv::LeaseGrantResult>(&response.result);
  const auto* const txn = std::get_if<kv::TxnResult>(&response.result);
  const auto* const error = std::get_if<kv::ErrorResult>(&response.result);
  if (phase == ManagerPhase::listing && range != nullptr) {
    on_listed(step, *range);
  } else if (phase == ManagerPhase::deleting && txn != nullptr) {
    on_deleted(step, *txn);
  } else if (phase == ManagerPhase::granting && grant != nullptr) {
    on_granted(step);
  } else if (phase == ManagerPhase::committing && txn != nullptr) {
    on_committed(step, response, *txn);
  } else if (error != nullptr &&
             (error->code == kv::ErrorCode::lease_not_found || error->code == kv::ErrorCode::lease_exists)) {
    // The grant is of no use: it ran out before its key was written, or its id was taken.
    drop_attempt(step);
    start_over(step);
  } else {
    wait(step);
  }
}

void on_response(Step step, const kv::Response& response) {
  if (caller_of(response.id) == Caller::manager) {
    if (take_answer(step.state.manager.call, Caller::manager, response.id)) {
      on_answer(step, response);
    }
  } else if (take_answer(step.state.view.call, Caller::watcher, response.id)) {
    if (const auto* const range = std::get_if<kv::RangeResult>(&response.result)) {
      on_snapshot(step, response, *range);
    } else {
      watch_later(step);
    }
  }
}

void on_retry(Step step) {
  if (step.state.manager.phase == ManagerPhase::waiting) {
    start_over(step);
  }
  if (step.state.view.phase == ViewPhase::waiting) {
    resume_watching(step);
  }
}

void on_timer(Step step, Timer timer) {
  switch (timer) {
    case Timer::renew:
      if (step.state.manager.phase == ManagerPhase::holding) {
        renew(step);
      }
      break;
    case Timer::expiry_even:
    case Timer::expiry_odd:
      on_expired(step, timer);
      break;
    case Timer::retry:
      on_retry(step);
      break;
  }
}

void on_disconnected(Step step) {
  if (step.state.manager.call.open) {
    wait(step);
  }
  if (step.state.view.phase == ViewPhase::listing || step.state.view.phase == ViewPhase::watching) {
    watch_later(step);
  }
}

constexpr std::uint32_t manager_part = 1;
constexpr std::uint32_t view_part = 2;
constexpr std::uint32_t subnet_env_part = 4;
constexpr std::uint32_t network_part = 8;

std::uint32_t response_reads(const kv::Response& response) {
  const bool is_range = std::holds_alternative<kv::RangeResult>(response.result);
  if (caller_of(response.id) == Caller::watcher) {
    return is_range ? manager_part | view_part | network_part : view_part;
  }
  if (std::holds_alternative<kv::TxnResult>(response.result)) {
    return manager_part | view_part | subnet_env_part | network_part;
  }
  return is_range ? manager_part | subnet_env_part : manager_part;
}

}  // namespace

}  // namespace flannel

tl::expected<void, std::string> SubnetManager::Config::check() const {
  if (!(safety_margin < renew_margin && renew_margin < ttl)) {
    return tl::unexpected(std::string("a lease's times must be ordered: safety_margin < renew_margin < ttl"));
  }
  if (retry_after.value == 0) {
    return tl::unexpected(
        std::string("retry_after must be at least 1 tick, or retries would leave no time for anything else"));
  }
  if (create_attempts_max == 0 || free_subnets_max == 0) {
    return tl::unexpected(std::string("create_attempts_max and free_subnets_max must be at least 1"));
  }
  return {};
}

void SubnetManager::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  const flannel::Step step{config, state, outputs};
  if (const auto* const started = std::get_if<base::Started>(&input)) {
    PLIMSOLL_ASSERT(config.check().has_value());
    flannel::on_started(step, *started);
  } else if (const auto* const received = std::get_if<base::Received<Incoming>>(&input)) {
    if (received->from != config.store) {
      return;
    }
    if (const auto* const response = std::get_if<kv::Response>(&received->message)) {
      flannel::on_response(step, *response);
    } else {
      flannel::on_watched(step, std::get<kv::WatchResponse>(received->message));
    }
  } else if (const auto* const fired = std::get_if<base::TimerFired<Timer>>(&input)) {
    flannel::on_timer(step, fired->timer);
  } else if (std::get<base::Disconnected>(input).peer == config.store) {
    flannel::on_disconnected(step);
  } else if (config.runtime && state.network.subnet) {
    // The runtime ended before it was told, or after: either way its next life does not know of the network.
    outputs.send(*config.runtime, NetworkChanged{state.network.subnet});
  }
}

base::TimerKind SubnetManager::timer_kind(const Timer& /*timer*/) {
  return base::TimerKind::deadline;
}

std::uint32_t SubnetManager::reads(const Config& config, const Input& input) {
  using namespace flannel;
  if (const auto* const received = std::get_if<base::Received<Incoming>>(&input)) {
    if (const auto* const response = std::get_if<kv::Response>(&received->message)) {
      return response_reads(*response);
    }
    const auto& watched = std::get<kv::WatchResponse>(received->message);
    return watched.broken || watched.compact_revision ? view_part : manager_part | view_part | network_part;
  }
  if (const auto* const fired = std::get_if<base::TimerFired<Timer>>(&input)) {
    switch (fired->timer) {
      case Timer::renew:
        return manager_part;
      case Timer::expiry_even:
      case Timer::expiry_odd:
        return manager_part | view_part | network_part;
      case Timer::retry:
        return manager_part | view_part;
    }
  }
  if (const auto* const lost = std::get_if<base::Disconnected>(&input)) {
    return lost->peer == config.store ? manager_part | view_part : network_part;
  }
  return manager_part | view_part | network_part;
}

}  // namespace plimsoll::ipam
