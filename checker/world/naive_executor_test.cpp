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
constexpr std::uint8_t news_channel = 255;

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

bool knows_failure(const NaiveProcess& process, std::size_t peer) {
  return process.mailbox.count({static_cast<std::uint8_t>(peer), news_channel}) > 0;
}

std::size_t mailbox_size(const NaiveProcess& process) {
  std::size_t size = 0;
  for (const auto& [queue, messages] : process.mailbox) {
    size += messages.size();
  }
  return size;
}

void forget_sender(NaiveProcess& process, std::size_t from) {
  std::erase_if(process.mailbox, [&](const auto& entry) { return entry.first.first == from; });
}

bool has_requests(const NaiveProcess& process, std::size_t from) {
  return std::any_of(process.mailbox.begin(), process.mailbox.end(), [&](const auto& entry) {
    return entry.first.first == from && entry.first.second != news_channel;
  });
}

NaiveMessage take(NaiveProcess& process, Queue queue, std::size_t position) {
  std::vector<NaiveMessage>& messages = process.mailbox.at(queue);
  NaiveMessage taken = messages[position];
  messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(position));
  if (messages.empty()) {
    process.mailbox.erase(queue);
  }
  return taken;
}

std::string line(const std::string& name, std::vector<std::pair<std::string, std::string>> parameters,
                 const std::string& choice = "", const std::optional<std::string>& exit_reason = std::nullopt) {
  if (!choice.empty()) {
    parameters.emplace_back("choice", choice);
  }
  if (exit_reason) {
    parameters.emplace_back("exits", *exit_reason);
  }
  return to_line(ActionLabel{name, std::move(parameters)});
}

}  // namespace

class NaiveExecutor::Collector {
 public:
  explicit Collector(std::uint64_t& pruned) : pruned_(pruned) {}
  void add(bool within_bounds, std::string label, NaiveState after) {
    if (within_bounds) {
      transitions.push_back({std::move(label), std::move(after)});
    } else {
      ++pruned_;
    }
  }
  std::vector<NaiveTransition> transitions;

 private:
  std::uint64_t& pruned_;
};

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
        left.emplace_back(choices.answers().begin(), choices.answers().begin() + static_cast<std::ptrdiff_t>(i));
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
  self.disk.insert(self.disk.end(), outputs.appends.begin(), outputs.appends.end());
  if (outputs.synced) {
    self.synced = before + outputs.synced_appends;
  }
  bool fits = true;
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
  if (over.kind == LinkKind::connection && knows_failure(state.processes[from], to)) {
    return true;
  }
  if (state.processes[to].status == Running::down) {
    return over.kind != LinkKind::connection || tell(from, to, state);
  }
  return put(to, {static_cast<std::uint8_t>(from), send.channel},
             {send.bytes, over.kind != LinkKind::datagram, over.urgent}, state);
}

bool NaiveExecutor::put(std::size_t to, Queue queue, const NaiveMessage& message, NaiveState& state) const {
  NaiveProcess& receiver = state.processes[to];
  if (mailbox_size(receiver) >= model_.mailbox_messages_max) {
    return !message.ordered;
  }
  std::vector<NaiveMessage>& messages = receiver.mailbox[queue];
  messages.push_back(message);
  if (!message.ordered) {
    std::sort(messages.begin(), messages.end());
  }
  return true;
}

bool NaiveExecutor::tell(std::size_t process, std::size_t peer, NaiveState& state) const {
  return knows_failure(state.processes[process], peer) ||
         put(process, {static_cast<std::uint8_t>(peer), news_channel}, {}, state);
}

bool NaiveExecutor::take_down(std::size_t process, bool purge_servers, NaiveState& state) const {
  NaiveProcess& self = state.processes[process];
  self.status = Running::down;
  self.timers.clear();
  self.mailbox.clear();
  bool fits = true;
  for (std::size_t peer = 0; peer < state.processes.size(); ++peer) {
    const Link* over = peer == process ? nullptr : link(process, peer);
    if (over == nullptr || over->kind != LinkKind::connection || state.processes[peer].status == Running::down) {
      continue;
    }
    // A client hears nothing more from a failed connection; a server may have requests of it still.
    if (over->a.value == peer || purge_servers) {
      forget_sender(state.processes[peer], process);
    }
    fits &= tell(peer, process, state);
  }
  return fits;
}

ProcessInput NaiveExecutor::started(std::size_t process, const NaiveState& state, std::uint32_t incarnation) const {
  ProcessInput input;
  input.incarnation = incarnation;
  input.disk = state.processes[process].disk;
  return input;
}

std::vector<NaiveState> NaiveExecutor::initial() const {
  NaiveState first;
  for (const WorldPart& part : model_.parts) {
    first.parts.push_back(part.initial);
  }
  first.processes.resize(model_.processes.size());
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
  Collector out(pruned);
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    if (state.processes[i].status == Running::up) {
      add_deliveries(i, state, out);
      add_firings(i, state, out);
    }
    add_status_changes(i, state, out);
  }
  for (const CrashUnit& unit : model_.units) {
    add_crash(unit, state, out);
  }
  for (const Link& link : model_.links) {
    add_disconnect(link, state, out);
  }
  if (model_.time.discrete && time_may_pass(state)) {
    NaiveState after = state;
    ++after.ticks;
    for (NaiveProcess& process : after.processes) {
      for (auto& [timer, remaining] : process.timers) {
        remaining -= std::min(remaining, 1U);
      }
    }
    out.add(true, "tick", after);
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
      const bool blocked = message.ordered && !news && (i > 0 || knows_failure(state.processes[process], queue.first));
      if (blocked || (i > 0 && messages[i - 1] == message)) {
        continue;
      }
      NaiveState received = state;
      take(received.processes[process], queue, i);
      ProcessInput input;
      input.kind = news ? ProcessInput::Kind::disconnected : ProcessInput::Kind::message;
      input.peer.value = queue.first;
      input.bytes = news ? base::BytesView() : base::BytesView(*message.bytes);
      for (const Run& way : run(process, input, state)) {
        NaiveState after = received;
        const bool fits = apply(process, way.outputs, after);
        out.add(fits,
                news ? line("connection-lost", {{"to", name}, {"peer", peer}}, way.choice, way.outputs.exit_reason)
                     : line("deliver", {{"to", name}, {"from", peer}, {"message", message_text(process, message)}},
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
    const bool budgeted = kind == base::TimerKind::whim || (!model_.time.discrete && kind != base::TimerKind::work);
    NaiveState fired = state;
    if (budgeted) {
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
      out.add(fits,
              line("fire", {{"process", model_.processes[process].name}, {"timer", timer_text(process, timer)}},
                   way.choice, way.outputs.exit_reason),
              after);
    }
  }
}

void NaiveExecutor::add_status_changes(std::size_t process, const NaiveState& state, Collector& out) const {
  const NaiveProcess& now = state.processes[process];
  const std::string& name = model_.processes[process].name;
  const auto with = [&](const std::string& budget, auto change) -> std::optional<NaiveState> {
    const auto found = state.budgets.find(budget);
    if (found == state.budgets.end() || found->second == 0) {
      return std::nullopt;
    }
    NaiveState after = state;
    --after.budgets[budget];
    change(after);
    return after;
  };
  if (now.status == Running::down && model_.processes[process].supervised) {
    for (const Run& way : run(process, started(process, state, now.incarnation + 1), state)) {
      NaiveState after = state;
      after.processes[process].status = Running::up;
      ++after.processes[process].incarnation;
      const bool fits = apply(process, way.outputs, after);
      out.add(fits, line("restart", {{"process", name}}, way.choice, way.outputs.exit_reason), after);
    }
  }
  if (now.status == Running::paused) {
    NaiveState after = state;
    after.processes[process].status = Running::up;
    out.add(true, line("resume", {{"process", name}}), after);
  }
  if (now.status == Running::up) {
    if (const auto after = with("pause", [&](NaiveState& s) { s.processes[process].status = Running::paused; })) {
      out.add(true, line("pause", {{"process", name}}), *after);
    }
  }
  for (const auto& [queue, messages] : now.mailbox) {
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (messages[i].ordered || (i > 0 && messages[i - 1] == messages[i])) {
        continue;
      }
      const Queue from = queue;
      const std::vector<std::pair<std::string, std::string>> parameters = {
          {"to", name}, {"from", model_.processes[from.first].name}, {"message", message_text(process, messages[i])}};
      if (const auto after = with("drop", [&](NaiveState& s) { take(s.processes[process], from, i); })) {
        out.add(true, line("drop", parameters), *after);
      }
      const NaiveMessage copy = messages[i];
      if (const auto after = with("duplicate", [&](NaiveState& s) { (void)put(process, from, copy, s); })) {
        out.add(true, line("duplicate", parameters), *after);
      }
    }
  }
}

void NaiveExecutor::add_crash(const CrashUnit& unit, const NaiveState& state, Collector& out) const {
  const auto in_unit = [&](std::size_t process) {
    return std::count(unit.processes.begin(), unit.processes.end(),
                      base::ProcessId{static_cast<std::uint8_t>(process)}) > 0;
  };
  const auto budget = state.budgets.find(unit.budget);
  bool any_up = false;
  bool any_requests = false;
  for (const base::ProcessId process : unit.processes) {
    any_up |= state.processes[process.value].status != Running::down;
    for (std::size_t peer = 0; peer < state.processes.size(); ++peer) {
      const Link* over = peer == process.value ? nullptr : link(process.value, peer);
      any_requests |= over != nullptr && over->kind == LinkKind::connection && over->a == process && !in_unit(peer) &&
                      has_requests(state.processes[peer], process.value);
    }
  }
  if (budget == state.budgets.end() || budget->second == 0 || !any_up) {
    return;
  }
  for (int purge = 0; purge < (any_requests ? 2 : 1); ++purge) {
    NaiveState crashed = state;
    --crashed.budgets[unit.budget];
    for (const base::ProcessId process : unit.processes) {
      crashed.processes[process.value].status = Running::down;
    }
    bool fits = true;
    for (const base::ProcessId process : unit.processes) {
      fits &= take_down(process.value, purge == 1, crashed);
    }
    for (const PartId part : unit.lost_parts) {
      crashed.parts[part.value] = model_.parts[part.value].initial;
    }
    std::vector<NaiveState> ways = {crashed};
    for (const base::ProcessId process : unit.processes) {
      std::vector<NaiveState> next;
      for (const NaiveState& way : ways) {
        const NaiveProcess& down = way.processes[process.value];
        for (std::size_t kept = down.synced; kept <= down.disk.size(); ++kept) {
          NaiveState after = way;
          after.processes[process.value].disk.resize(kept);
          after.processes[process.value].synced = kept;
          next.push_back(after);
        }
      }
      ways = next;
    }
    for (const NaiveState& way : ways) {
      out.add(fits, line(unit.budget, {{"unit", unit.name}}), way);
    }
  }
}

void NaiveExecutor::add_disconnect(const Link& link, const NaiveState& state, Collector& out) const {
  const auto budget = state.budgets.find(link.break_budget);
  const NaiveProcess& server = state.processes[link.b.value];
  if (link.kind != LinkKind::connection || budget == state.budgets.end() || budget->second == 0 ||
      server.status == Running::down || state.processes[link.a.value].status == Running::down) {
    return;
  }
  for (int lost = 0; lost < (has_requests(server, link.a.value) ? 2 : 1); ++lost) {
    NaiveState after = state;
    --after.budgets[link.break_budget];
    forget_sender(after.processes[link.a.value], link.b.value);
    if (lost == 1) {
      forget_sender(after.processes[link.b.value], link.a.value);
    }
    const bool client_fits = tell(link.a.value, link.b.value, after);
    const bool server_fits = tell(link.b.value, link.a.value, after);
    out.add(client_fits && server_fits,
            line(link.break_budget, {{"client", model_.processes[link.a.value].name},
                                     {"server", model_.processes[link.b.value].name},
                                     {"requests", lost == 1 ? "lost" : "arrive"}}),
            after);
  }
}

bool NaiveExecutor::time_may_pass(const NaiveState& state) const {
  if (state.ticks >= model_.time.ticks_max) {
    return false;
  }
  for (std::size_t i = 0; i < state.processes.size(); ++i) {
    const NaiveProcess& process = state.processes[i];
    if (process.status != Running::up) {
      continue;
    }
    for (const auto& [timer, remaining] : process.timers) {
      const base::TimerKind kind = model_.processes[i].process->timer_kind(timer);
      if (remaining == 0 && (kind == base::TimerKind::work || kind == base::TimerKind::deadline)) {
        return false;
      }
    }
    for (const auto& [queue, messages] : process.mailbox) {
      if (std::any_of(messages.begin(), messages.end(), [](const NaiveMessage& m) { return m.urgent; })) {
        return false;
      }
    }
  }
  return true;
}

bool NaiveExecutor::quiescent(const NaiveState& state) const {
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
  // Two processes hand a token on by work timers over an ordered link: armed or under way, at either of two, each lap.
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
