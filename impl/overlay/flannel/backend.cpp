#include "impl/overlay/flannel/backend.hpp"

#include <iterator>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/overlay/flannel/backend_step.hpp"

namespace plimsoll::overlay::flannel {

Operation essential(Question question, Purpose purpose) {
  return {std::move(question), purpose, OnFailure::exit, {}, {}};
}

Operation removal(TableChange change) {
  return {std::move(change),
          Purpose::change,
          OnFailure::carry_on,
          {Errno::enoent, Errno::esrch, Errno::enodev, Errno::eaddrnotavail},
          {}};
}

void do_next(Step step, std::vector<Operation> operations) {
  std::vector<Operation>& script = step.job().script;
  script.insert(script.begin(), std::make_move_iterator(operations.begin()),
                std::make_move_iterator(operations.end()));
}

void end(Step step, std::string why) {
  step.state = Backend::State{};
  step.outputs.exit(std::move(why));
}

namespace {

/// Finishes the job whose script is empty.
void finish_job(Step step) {
  switch (step.job().kind) {
    case JobKind::none:
      break;
    case JobKind::start:
      on_start_done(step);
      break;
    case JobKind::lease:
      on_lease_done(step);
      break;
    case JobKind::audit:
      on_audit_done(step);
      break;
  }
}

/// Chooses the next job, if there is one to do.
void next_job(Step step) {
  BackendNode& node = step.node();
  if (node.phase != BackendPhase::running) {
    return;
  }
  if (!node.news.empty()) {
    const base::Ipv4Prefix subnet = node.news.front();
    node.news.erase(node.news.begin());
    begin_lease(step, subnet);
  } else if (node.audit_due) {
    begin_audit(step);
  }
}

/// Asks the kernel for what comes next, until there is nothing to do.
void go_on(Step step) {
  while (step.node().phase != BackendPhase::stopped && !step.job().asked) {
    Job& job = step.job();
    if (!job.script.empty()) {
      job.asked = true;
      step.outputs.send(step.config.kernel,
                        KernelRequest{step.node().incarnation, job.script.front().question});
    } else if (job.kind != JobKind::none) {
      finish_job(step);
    } else {
      next_job(step);
      if (step.job().kind == JobKind::none) {
        return;
      }
    }
  }
}

void on_failed(Step step, const Operation& operation, Errno error) {
  if (operation.fine.contains(error)) {
    return;
  }
  Job& job = step.job();
  job.incomplete = true;
  switch (operation.on_failure) {
    case OnFailure::carry_on:
      break;
    case OnFailure::give_up: {
      job.script.clear();
      std::vector<Operation> undo;
      undo.reserve(operation.undo.size());
      for (const TableChange& change : operation.undo) {
        undo.push_back(removal(change));
      }
      do_next(step, std::move(undo));
      break;
    }
    case OnFailure::exit:
      end(step, "the kernel answered " + to_text(error));
      break;
  }
}

/// Hands a listing to whom it is for. Requires: the kernel answers with what was asked for.
void on_found(Step step, Purpose purpose, const Answer& answer) {
  switch (purpose) {
    case Purpose::change:
    case Purpose::create_device:
    case Purpose::open_tun:
    case Purpose::find_gateway:
      break;
    case Purpose::compare_device:
      return on_device_compared(step, std::get<Link>(answer));
    case Purpose::read_device:
      return on_device_read(step, std::get<Link>(answer));
    case Purpose::find_addresses:
      return on_addresses(step, std::get<std::vector<InterfaceAddress>>(answer));
    case Purpose::find_other_route:
      return on_other_route(step, std::get<std::vector<Route>>(answer));
    case Purpose::find_route:
      return on_route(step, std::get<std::vector<Route>>(answer));
    case Purpose::find_own_routes:
      return on_own_routes(step, std::get<std::vector<Route>>(answer));
    case Purpose::audit_routes:
      return on_audited_routes(step, std::get<std::vector<Route>>(answer));
    case Purpose::audit_neighbours:
      return on_audited_neighbours(step, std::get<std::vector<Neighbour>>(answer));
    case Purpose::audit_fdb:
      return on_audited_fdb(step, std::get<std::vector<FdbEntry>>(answer));
    case Purpose::audit_rules:
      return on_audited_rules(step, std::get<RulesText>(answer).text);
  }
}

void on_answer(Step step, const KernelAnswer& message) {
  Job& job = step.job();
  if (message.incarnation != step.node().incarnation || !job.asked) {
    return;
  }
  const Operation operation = std::move(job.script.front());
  job.script.erase(job.script.begin());
  job.asked = false;
  const auto* failed = std::get_if<Failed>(&message.answer);
  // These three go on in another way after a failure.
  if (operation.purpose == Purpose::create_device) {
    on_device_created(step, message.answer);
  } else if (operation.purpose == Purpose::open_tun) {
    on_tun_opened(step, message.answer);
  } else if (operation.purpose == Purpose::find_gateway) {
    on_gateway(step, message.answer);
  } else if (failed != nullptr) {
    on_failed(step, operation, failed->error);
  } else {
    on_found(step, operation.purpose, message.answer);
  }
}

class Received {
 public:
  explicit Received(Step step) : step_(step) {}
  void operator()(const LeaseAcquired& acquired) const {
    if (step_.node().phase == BackendPhase::leasing) {
      on_acquired(step_, acquired.subnet);
    }
  }
  void operator()(const LeaseEvents& batch) const {
    if (step_.node().subnet) {
      on_lease_events(step_, batch);
    }
  }
  void operator()(const LeaseRevoked& /*revoked*/) const {
    if (step_.node().phase != BackendPhase::stopped) {
      end(step_, "lease revoked");
    }
  }
  void operator()(const KernelAnswer& answer) const { on_answer(step_, answer); }

 private:
  Step step_;
};

void on_timer(Step step, BackendTimer timer) {
  BackendNode& node = step.node();
  if (node.phase != BackendPhase::running) {
    return;
  }
  if (timer == BackendTimer::retry) {
    for (const base::Ipv4Prefix& subnet : std::exchange(node.refused, {})) {
      work_on(step, subnet);
    }
    if (!node.sweep_due) {
      return;
    }
  }
  step.outputs.disarm(BackendTimer::check);
  node.audit_due = true;
}

}  // namespace

void Backend::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  const Step step{config, state, outputs};
  if (const auto* started = std::get_if<base::Started>(&input)) {
    on_started(step, *started);
  } else if (const auto* received = std::get_if<base::Received<Incoming>>(&input)) {
    std::visit(Received(step), received->message);
  } else if (const auto* fired = std::get_if<base::TimerFired<Timer>>(&input)) {
    on_timer(step, fired->timer);
  }  // a connection to the kernel or to another part of flanneld does not fail
  go_on(step);
}

base::TimerKind Backend::timer_kind(const Timer& /*timer*/) {
  return base::TimerKind::deadline;
}

}  // namespace plimsoll::overlay::flannel
