// The naive executor itself, and a world small enough to be counted by hand.
#include "checker/world/naive_executor.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

#include "checker/world/test_bed.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

using Running = NaiveProcess::Status;
using Queue = std::pair<std::uint8_t, std::uint8_t>;

/// Answers from a list, and 0 beyond it; remembers what was asked.
class ListedChoices final : public base::Choices {
 public:
  explicit ListedChoices(std::vector<std::uint32_t> answers) : answers_(std::move(answers)) {}
  std::uint32_t choose(std::uint32_t count, std::string_view what) override {
    if (asked.size() == answers_.size()) {
      answers_.push_back(0);
    }
    const std::uint32_t answer = answers_[asked.size()];
    asked.push_back(count);
    text += (text.empty() ? "" : ", ") + std::string(what) + ": " + std::to_string(answer + 1) + " of " +
            std::to_string(count);
    return answer;
  }
  [[nodiscard]] const std::vector<std::uint32_t>& answers() const { return answers_; }
  std::vector<std::uint32_t> asked;
  std::string text;

 private:
  std::vector<std::uint32_t> answers_;
};

}  // namespace

std::string naive_label(const std::string& name, std::vector<std::pair<std::string, std::string>> parameters,
                        const std::string& choice, const std::optional<std::string>& exit_reason) {
  if (!choice.empty()) {
    parameters.emplace_back("choice", choice);
  }
  if (exit_reason) {
    parameters.emplace_back("exits", *exit_reason);
  }
  return to_line(ActionLabel{name, std::move(parameters)});
}

const Link* NaiveExecutor::link(std::size_t a, std::size_t b) const {
  for (const Link& link : model_.links) {
    if ((link.a.value == a && link.b.value == b) || (link.a.value == b && link.b.value == a)) {
      return &link;
    }
  }
  return nullptr;
}

std::vector<NaiveExecutor::Run> NaiveExecutor::run(std::size_t process, const ProcessInput& input,
                                                   const NaiveState& state) const {
  std::vector<base::BytesView> parts;
  for (const PartId part : model_.processes[process].parts) {
    parts.push_back(state.parts[part.value]);
  }
  std::vector<Run> runs;
  std::vector<std::vector<std::uint32_t>> left = {{}};
  while (!left.empty()) {
    const std::size_t given = left.back().size();
    ListedChoices choices(std::move(left.back()));
    left.pop_back();
    runs.push_back({model_.processes[process].process->step(input, parts, choices), choices.text});
    // Of every question beyond the given answers, the other answers are still to be tried.
    for (std::size_t i = given; i < choices.asked.size(); ++i) {
      for (std::uint32_t answer = 1; answer < choices.asked[i]; ++answer) {
        left.emplace_back(choices.answers().begin(),
                          choices.answers().begin() + static_cast<std::ptrdiff_t>(i));
        left.back().push_back(answer);
      }
    }
  }
  return runs;
}

bool NaiveExecutor::apply(std::size_t process, const ProcessOutputs& outputs, NaiveState& state) const {
  NaiveProcess& self = state.processes[process];
  for (std::size_t i = 0; i < outputs.parts.size(); ++i) {
    if (outputs.parts[i]) {
      state.parts[model_.processes[process].parts[i].value] = *outputs.parts[i];
    }
  }
  for (const ProcessOutputs::TimerChange& change : outputs.timers) {
    self.timers.erase(change.timer);
    if (change.armed) {
      self.timers[change.timer] = model_.time.discrete ? change.after.value : 0;
    }
  }
  const std::size_t before = self.disk.size();
  self.torn_tail = self.torn_tail && outputs.appends.empty();
  self.disk.insert(self.disk.end(), outputs.appends.begin(), outputs.appends.end());
  if (outputs.synced) {
    self.synced = before + outputs.synced_appends;
  }
  for (std::size_t released = 0; released < outputs.released; ++released) {
    PLIMSOLL_ASSERT(self.synced > 0);
    self.disk.erase(self.disk.begin());
    --self.synced;
  }
  bool fits = true;
  for (const WorldBound& bound : model_.bounds) {
    fits &= bound.within(state.parts[bound.part.value]);
  }
  for (const ProcessOutputs::Send& message : outputs.sends) {
    fits &= send(process, message, state);
  }
  if (outputs.exit_reason) {
    fits &= take_down(process, false, state);
  }
  return fits;
}

bool NaiveExecutor::send(std::size_t from, const ProcessOutputs::Send& send, NaiveState& state) const {
  const std::size_t to = send.to.value;
  const Link& over = *link(from, to);
  if (over.kind == LinkKind::connection && state.processes[from].knows_failure(to)) {
    return true;
  }
  if (state.processes[to].status == Running::down || blocks(state.cut, from, to, over)) {
    return over.kind != LinkKind::connection || tell(from, to, state);
  }
  const bool one_queue = over.kind == LinkKind::fifo;
  const bool lossy = over.kind == LinkKind::datagram || over.kind == LinkKind::fifo;
  return put(to, {static_cast<std::uint8_t>(from), one_queue ? std::uint8_t{0} : send.channel},
             {send.bytes, over.kind != LinkKind::datagram, over.urgent, lossy}, state);
}

bool NaiveExecutor::put(std::size_t to, Queue queue, const NaiveMessage& message, NaiveState& state) const {
  NaiveProcess& receiver = state.processes[to];
  std::size_t under_way = 0;
  for (const NaiveProcess& process : state.processes) {
    under_way += process.mailbox_size();
  }
  const std::size_t link_max = message.bytes ? link(queue.first, to)->messages_max : 0;
  if (receiver.mailbox_size() >= model_.mailbox_messages_max ||
      (model_.messages_max > 0 && under_way >= model_.messages_max) ||
      (link_max > 0 && receiver.messages_from(queue.first) >= link_max)) {
    return message.lossy;
  }
  std::vector<NaiveMessage>& messages = receiver.mailbox[queue];
  messages.push_back(message);
  if (!message.ordered) {
    std::sort(messages.begin(), messages.end());
  }
  return true;
}

bool NaiveExecutor::tell(std::size_t process, std::size_t peer, NaiveState& state) const {
  return state.processes[process].knows_failure(peer) ||
         put(process, {static_cast<std::uint8_t>(peer), NaiveProcess::news_channel}, {}, state);
}

bool NaiveExecutor::take_down(std::size_t process, bool purge_servers, NaiveState& state) const {
  NaiveProcess& self = state.processes[process];
  self.status = Running::down;
  self.timers.clear();
  self.mailbox.clear();
  bool fits = true;
  for (std::size_t peer = 0; peer < state.processes.size(); ++peer) {
    const Link* over = peer == process ? nullptr : link(process, peer);
    if (over == nullptr || over->kind != LinkKind::connection ||
        state.processes[peer].status == Running::down) {
      continue;
    }
    // A client hears nothing more from a failed connection; a server may have requests of it still.
    if (over->a.value == peer || purge_servers) {
      state.processes[peer].forget_sender(process);
    }
    if (!blocks(state.cut, process, peer, *over)) {
      fits &= tell(peer, process, state);
    }
  }
  return fits;
}

ProcessInput NaiveExecutor::started(std::size_t process, const NaiveState& state,
                                    std::uint32_t incarnation) const {
  ProcessInput input;
  input.incarnation = incarnation;
  input.disk = state.processes[process].disk;
  input.torn_tail = state.processes[process].torn_tail;
  return input;
}

std::vector<NaiveState> NaiveExecutor::initial() const {
  NaiveState first;
  for (const WorldPart& part : model_.parts) {
    first.parts.push_back(part.initial);
  }
  first.processes.resize(model_.processes.size());
  if (may_drift()) {
    first.clocks.resize(model_.processes.size(), 0);
  }
  for (const auto& [name, amount] : model_.budgets) {
    if (amount > 0) {
      first.budgets[name] = amount;
    }
  }
  std::vector<NaiveState> states = {first};
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    std::vector<NaiveState> next;
    for (const NaiveState& state : states) {
      for (const Run& way : run(i, started(i, state, 0), state)) {
        NaiveState after = state;
        if (apply(i, way.outputs, after)) {
          next.push_back(after);
        }
      }
    }
    states = next;
  }
  return states;
}

std::vector<NaiveTransition> NaiveExecutor::successors(const NaiveState& state, std::uint64_t& pruned) const {
  Collector out{pruned, {}};
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    if (state.processes[i].status == Running::up) {
      add_deliveries(i, state, out);
      add_firings(i, state, out);
    }
    add_status_changes(i, state, out);
    add_lossy_faults(i, state, out);
    add_reorders(i, state, out);
  }
  for (const CrashUnit& unit : model_.units) {
    add_crash(unit, state, out);
    add_disk_loss(unit, state, out);
  }
  add_partitions(state, out);
  add_drifts(state, out);
  for (const Link& link : model_.links) {
    add_disconnect(link, state, out);
  }
  bool time_may_pass = model_.time.discrete;
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    time_may_pass = time_may_pass && !holds_time(i, state);
  }
  if (time_may_pass) {
    NaiveState after = state;
    for (NaiveProcess& process : after.processes) {
      for (auto& [timer, remaining] : process.timers) {
        remaining -= std::min(remaining, 1U);
      }
    }
    const bool within_horizon = state.ticks < model_.time.ticks_max;
    if (within_horizon || after != state) {
      ++after.ticks;
      out.add(within_horizon, "tick", after);
    }
  }
  return out.transitions;
}

void NaiveExecutor::add_deliveries(std::size_t process, const NaiveState& state, Collector& out) const {
  const std::string& name = model_.processes[process].name;
  for (const auto& [queue, messages] : state.processes[process].mailbox) {
    const std::string& peer = model_.processes[queue.first].name;
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const NaiveMessage& message = messages[i];
      const bool news = !message.bytes.has_value();
      const bool blocked =
          message.ordered && !news && (i > 0 || state.processes[process].knows_failure(queue.first));
      if (blocked || (i > 0 && messages[i - 1] == message)) {
        continue;
      }
      NaiveState received = state;
      received.processes[process].take(queue, i);
      ProcessInput input;
      input.kind = news ? ProcessInput::Kind::disconnected : ProcessInput::Kind::message;
      input.peer.value = queue.first;
      input.bytes = news ? base::BytesView() : base::BytesView(*message.bytes);
      for (const Run& way : run(process, input, state)) {
        NaiveState after = received;
        const bool fits = apply(process, way.outputs, after);
        out.add(fits,
                news
                    ? naive_label("connection-lost", {{"to", name}, {"peer", peer}}, way.choice,
                                  way.outputs.exit_reason)
                    : naive_label("deliver",
                                  {{"to", name}, {"from", peer}, {"message", message_text(process, message)}},
                                  way.choice, way.outputs.exit_reason),
                after);
      }
    }
  }
}

void NaiveExecutor::add_firings(std::size_t process, const NaiveState& state, Collector& out) const {
  const Process& running = *model_.processes[process].process;
  for (const auto& [timer, remaining] : state.processes[process].timers) {
    const base::TimerKind kind = running.timer_kind(timer);
    const bool budgeted =
        kind == base::TimerKind::whim || (!model_.time.discrete && kind != base::TimerKind::work);
    NaiveState fired = state;
    if (budgeted && is_patient(process, timer, state)) {
      // It has waited until nothing else was left to do.
    } else if (budgeted) {
      const auto budget = fired.budgets.find(to_line(to_datum(running.timer_schema(), timer)));
      if (budget == fired.budgets.end() || budget->second == 0) {
        continue;
      }
      --budget->second;
    } else if (model_.time.discrete && remaining > 0) {
      continue;
    }
    fired.processes[process].timers.erase(timer);
    ProcessInput input;
    input.kind = ProcessInput::Kind::timer;
    input.bytes = timer;
    for (const Run& way : run(process, input, state)) {
      NaiveState after = fired;
      const bool fits = apply(process, way.outputs, after);
      out.add(
          fits,
          naive_label("fire",
                      {{"process", model_.processes[process].name}, {"timer", timer_text(process, timer)}},
                      way.choice, way.outputs.exit_reason),
          after);
    }
  }
}

bool NaiveExecutor::holds_time(std::size_t process, const NaiveState& state) const {
  const NaiveProcess& now = state.processes[process];
  if (now.status != Running::up) {
    return false;
  }
  for (const auto& [timer, remaining] : now.timers) {
    const base::TimerKind kind = model_.processes[process].process->timer_kind(timer);
    if (remaining == 0 && (kind == base::TimerKind::work || kind == base::TimerKind::deadline)) {
      return true;
    }
  }
  for (const auto& [queue, messages] : now.mailbox) {
    if (std::any_of(messages.begin(), messages.end(), [](const NaiveMessage& m) { return m.urgent; })) {
      return true;
    }
  }
  return false;
}

bool NaiveExecutor::quiescent(const NaiveState& state) const {
  if (!state.cut.empty()) {
    return false;
  }
  for (std::size_t i = 0; i < state.processes.size(); ++i) {
    const NaiveProcess& process = state.processes[i];
    const bool working = std::any_of(process.timers.begin(), process.timers.end(), [&](const auto& armed) {
      return model_.processes[i].process->timer_kind(armed.first) == base::TimerKind::work;
    });
    const bool comes_back = process.status == Running::down && model_.processes[i].supervised;
    if (working || comes_back || process.status == Running::paused || !process.mailbox.empty()) {
      return false;
    }
  }
  return true;
}

BOOST_AUTO_TEST_SUITE(naive_executor_test)

BOOST_AUTO_TEST_CASE(a_relay_of_two_is_counted_by_hand) {
  // Two processes hand a token on by work timers over an ordered link: armed or under way, at either of two,
  // each lap.
  const WorldModel model = ring_world(2, 3);
  const NaiveExecutor naive(model);
  std::vector<NaiveState> left = naive.initial();
  std::set<NaiveState> seen(left.begin(), left.end());
  std::uint64_t pruned = 0;
  while (!left.empty()) {
    const NaiveState state = left.back();
    left.pop_back();
    for (const NaiveTransition& transition : naive.successors(state, pruned)) {
      if (seen.insert(transition.after).second) {
        left.push_back(transition.after);
      }
    }
  }
  // 3 passes: held, under way, held, under way, held, under way, held for good.
  BOOST_TEST(seen.size() == 7U);
  BOOST_TEST(pruned == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
