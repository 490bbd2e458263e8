#include "properties/service/names/world.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "impl/base/assert.hpp"
#include "impl/service/dns/answer.hpp"
#include "properties/service/names/refinement.hpp"

namespace plimsoll::properties::names {
namespace {

using dns::Server;
using Timer = Server::Timer;

constexpr base::ProcessId api_server_id{0};
constexpr base::ProcessId client_id{1};

Server::Input from_api_server(Server::Incoming message) {
  return base::Received<Server::Incoming>{api_server_id, std::move(message)};
}

}  // namespace

NamesWorld::NamesWorld(Setup setup) : setup_(std::move(setup)) {
  PLIMSOLL_ASSERT(!dns::problem(setup_.dns) && setup_.texts.size() == setup_.changes.size());
  config_.dns = setup_.dns;
  config_.api_server = api_server_id;
  objects_.push_back(setup_.objects);
  for (const dns::Change& change : setup_.changes) {
    dns::Objects& next = objects_.emplace_back(dns::Objects(objects_.back()));
    dns::perform(next, change);
  }
  for (const dns::Objects& objects : objects_) {
    clusters_.push_back(cluster_of(objects));
  }
}

std::vector<NamesState> NamesWorld::initial() const {
  NamesState state;
  state.restarts = setup_.restarts;
  state.ended_watches = setup_.ended_watches;
  state.dead_watches = setup_.dead_watches;
  step(state, base::Started{});
  return {state};
}

void NamesWorld::next(const NamesState& state, const Emit& emit) const {
  api_server(state, emit);
  connection(state, emit);
  timers(state, emit);
  client(state, emit);
}

void NamesWorld::api_server(const NamesState& state, const Emit& emit) const {
  if (state.changes < setup_.changes.size()) {
    NamesState after = state;
    ++after.changes;
    emit(Make{setup_.texts[state.changes]}, std::move(after));
  }
  if (state.list_asked) {
    NamesState after = state;
    after.list_asked = false;
    after.seen = state.changes;
    after.seen_any = true;
    step(after, from_api_server(dns::Listed{objects_[state.changes], state.changes}));
    emit(AnswerList{}, std::move(after));
  }
  if (state.watch && state.watch->alive) {
    for (std::uint32_t up_to = state.watch->taken + 1; up_to <= state.changes; ++up_to) {
      NamesState after = state;
      deliver(after, up_to);
      emit(Deliver{up_to}, std::move(after));
    }
  }
}

void NamesWorld::deliver(NamesState& state, std::uint32_t up_to) const {
  const std::uint32_t taken = state.watch->taken;
  state.watch->taken = up_to;
  state.seen = up_to;
  for (std::uint32_t i = taken; i < up_to; ++i) {
    const dns::Change& change = setup_.changes[i];
    const auto later = std::span(setup_.changes).subspan(i + 1, up_to - i - 1);
    const bool is_overtaken = std::ranges::any_of(later, [&](const dns::Change& other) {
      return other.kind == change.kind && other.name == change.name;
    });
    if (!is_overtaken) {
      step(state, from_api_server(dns::Changed{change, i + 1}));
    }
  }
}

void NamesWorld::connection(const NamesState& state, const Emit& emit) const {
  const bool is_watching = state.watch && state.watch->alive;
  if (is_watching && state.ended_watches > 0) {
    NamesState after = state;
    --after.ended_watches;
    after.watch.reset();
    step(after, from_api_server(dns::WatchEnded{}));
    emit(EndWatch{}, std::move(after));
  }
  if (is_watching && state.dead_watches > 0) {
    NamesState after = state;
    --after.dead_watches;
    after.watch->alive = false;
    emit(KillWatch{}, std::move(after));
  }
  if (state.restarts > 0) {
    NamesState after = state;
    --after.restarts;
    after.watch.reset();
    after.list_asked = false;
    after.starting = false;
    after.seen = 0;
    after.seen_any = false;
    step(after, base::Started{});
    emit(Restart{}, std::move(after));
  }
}

void NamesWorld::timers(const NamesState& state, const Emit& emit) const {
  const auto fire = [&](Timer timer, const Action& action) {
    NamesState after = state;
    after.starting = state.starting && timer != Timer::startup;
    step(after, base::TimerFired<Timer>{timer});
    emit(action, std::move(after));
  };
  if (state.starting) {
    fire(Timer::startup, StartupTimeout{});
  }
  // A watch that lives is never silent for so long: the API server sends bookmarks.
  if (state.watch && !state.watch->alive) {
    fire(Timer::silence, SilenceTimeout{});
  }
  if (state.server.synced) {
    fire(Timer::resync, Resync{});
  }
}

void NamesWorld::client(const NamesState& state, const Emit& emit) const {
  for (std::uint32_t i = 0; i < setup_.questions.size(); ++i) {
    const dns::Question& question = setup_.questions[i];
    NamesState after = state;
    if (after.heard.erase(i) > 0) {
      emit(Lapse{question.name, question.type}, std::move(after));
      continue;
    }
    auto answer = step(after, base::Received<Server::Incoming>{client_id, dns::Asked{i, question}});
    if (!answer) {
      continue;
    }
    const Heard heard = judged(state, i, std::move(*answer));
    // A failure is forgotten at once, unless it is one that should not have been.
    if (heard.answer.rcode != dns::Rcode::servfail || heard.judgement != model::dns::Judgement::allowed) {
      after.heard.emplace(i, heard);
    }
    emit(Ask{question.name, question.type}, std::move(after));
  }
}

std::optional<dns::Answer> NamesWorld::step(NamesState& state, const Server::Input& input) const {
  base::ScriptedChoices choices;
  Server::Outputs outputs(choices);
  Server::step(config_, state.server, input, outputs);
  std::optional<dns::Answer> answer;
  for (const auto& send : outputs.sends()) {
    if (const auto* watch = std::get_if<dns::Watch>(&send.message)) {
      state.watch = Connection{watch->revision, true};
    } else if (const auto* answered = std::get_if<dns::Answered>(&send.message)) {
      answer = answered->answer;
    } else {
      state.watch.reset();
      state.list_asked = true;
    }
  }
  for (const auto& change : outputs.timers()) {
    if (change.timer == Timer::startup) {
      state.starting = change.armed;
    }
  }
  return answer;
}

Heard NamesWorld::judged(const NamesState& state, std::uint32_t question, dns::Answer answer) const {
  const auto moments = std::span(clusters_).subspan(state.seen, state.changes - state.seen + 1);
  const auto judgement = model::dns::judge(rules_of(setup_.dns), moments, state.seen_any,
                                           question_of(setup_.questions[question]), answer_of(answer));
  return {std::move(answer), judgement};
}

bool NamesWorld::is_right_at_the_end(std::uint32_t question, const dns::Answer& answer) const {
  return answer_of(answer) == model::dns::right_answer(rules_of(setup_.dns), clusters_.back(),
                                                       question_of(setup_.questions[question]));
}

bool NamesWorld::has_converged(const NamesState& state) const {
  if (state.changes < setup_.changes.size() || !state.server.synced) {
    return false;
  }
  for (std::uint32_t i = 0; i < setup_.questions.size(); ++i) {
    if (!is_right_at_the_end(i, dns::answer(setup_.dns, state.server.index, setup_.questions[i]))) {
      return false;
    }
  }
  return true;
}

bool NamesWorld::client_is_up_to_date(const NamesState& state) const {
  return state.changes == setup_.changes.size() && std::ranges::all_of(state.heard, [&](const auto& one) {
           return is_right_at_the_end(one.first, one.second.answer);
         });
}

}  // namespace plimsoll::properties::names
