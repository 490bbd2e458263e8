#include "impl/service/dns/dns.hpp"

#include "impl/service/dns/answer.hpp"

namespace plimsoll::dns {
namespace {

struct Handler {
  const Server::Config& config;
  Server::State& state;
  Server::Outputs& outputs;

  void list() const {
    state.phase = Server::Phase::listing;
    outputs.send(config.api_server, List{});
    outputs.arm(Server::Timer::silence, config.watch_silence);
  }

  void operator()(const base::Started& /*started*/) const {
    state = {};
    list();
    outputs.arm(Server::Timer::startup, config.startup_timeout);
    outputs.arm(Server::Timer::resync, config.resync_every);
  }
  void operator()(const base::Disconnected& disconnected) const {
    if (disconnected.peer == config.api_server) {
      list();
    }
  }
  void operator()(const base::TimerFired<Server::Timer>& fired) const {
    switch (fired.timer) {
      case Server::Timer::startup:
        state.serving = true;
        break;
      case Server::Timer::resync:
        resync(config.dns, state.index);
        outputs.arm(Server::Timer::resync, config.resync_every);
        break;
      case Server::Timer::silence:
        // D4: nobody notices that the watch says nothing any more.
        if (state.phase == Server::Phase::watching && config.dns.defects.has(Defect::D4)) {
          break;
        }
        list();
        break;
    }
  }
  void operator()(const base::Received<Server::Incoming>& received) const {
    std::visit([&](const auto& message) { receive(received.from, message); }, received.message);
  }

  void receive(base::ProcessId /*from*/, const Listed& listed) const {
    if (state.phase != Server::Phase::listing) {
      return;  // the answer to a list that was given up
    }
    replace(config.dns, state.index, listed.objects);
    state.revision = listed.revision;
    state.phase = Server::Phase::watching;
    state.synced = true;
    state.serving = true;
    outputs.disarm(Server::Timer::startup);
    outputs.send(config.api_server, Watch{listed.revision});
    outputs.arm(Server::Timer::silence, config.watch_silence);
  }
  void receive(base::ProcessId /*from*/, const Changed& changed) const {
    // A change of a watch that was given up would be one too early, or come twice.
    if (state.phase != Server::Phase::watching || changed.revision <= state.revision) {
      return;
    }
    apply(config.dns, state.index, changed.change);
    state.revision = changed.revision;
    outputs.arm(Server::Timer::silence, config.watch_silence);
  }
  void receive(base::ProcessId /*from*/, const WatchEnded& /*ended*/) const {
    if (state.phase == Server::Phase::watching) {
      list();
    }
  }
  void receive(base::ProcessId from, const Asked& asked) const {
    if (!state.serving) {
      return;  // as if nobody listened: the client asks again
    }
    // D1: an index that is empty because nothing has arrived yet is taken for one of a cluster that is.
    const bool may_answer = state.synced || config.dns.defects.has(Defect::D1);
    outputs.send(from, Answered{asked.id, may_answer ? answer(config.dns, state.index, asked.question)
                                                     : answer_unsynced(config.dns, asked.question)});
  }
};

}  // namespace

void Server::step(const Config& config, State& state, const Input& input, Outputs& outputs) {
  std::visit(Handler{config, state, outputs}, input);
}

}  // namespace plimsoll::dns
