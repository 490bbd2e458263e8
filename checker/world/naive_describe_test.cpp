// The naive executor's states in words, and what makes descriptions comparable.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <string>
#include <vector>

#include "checker/world/naive_executor.hpp"
#include "checker/world/test_bed.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

using Running = NaiveProcess::Status;

std::string sender_of(const Datum& message) {
  return message.member("from")->text;
}

std::size_t process_called(const WorldModel& model, const std::string& name) {
  const auto found = std::find_if(model.processes.begin(), model.processes.end(),
                                  [&](const WorldProcess& process) { return process.name == name; });
  return static_cast<std::size_t>(found - model.processes.begin());
}

bool is_datagram(const WorldModel& model, std::size_t a, std::size_t b) {
  return std::any_of(model.links.begin(), model.links.end(), [&](const Link& link) {
    const bool joins = (link.a.value == a && link.b.value == b) || (link.a.value == b && link.b.value == a);
    return joins && link.kind == LinkKind::datagram;
  });
}

/// By sender; within one sender datagrams by text, everything else as it was.
void sort_within_senders(const WorldModel& model, std::size_t receiver, std::vector<Datum>& messages) {
  std::map<std::string, std::vector<Datum>> by_sender;
  for (const Datum& message : messages) {
    by_sender[sender_of(message)].push_back(message);
  }
  messages.clear();
  for (auto& [from, sent] : by_sender) {
    if (is_datagram(model, receiver, process_called(model, from))) {
      std::sort(sent.begin(), sent.end(),
                [](const Datum& a, const Datum& b) { return to_line(a) < to_line(b); });
    }
    messages.insert(messages.end(), sent.begin(), sent.end());
  }
}

}  // namespace

std::string comparable_label(const ActionLabel& label) {
  ActionLabel shown = label;
  std::erase_if(shown.parameters, [](const auto& parameter) { return parameter.first == "variant"; });
  return to_line(shown);
}

std::string comparable(const WorldModel& model, Datum state) {
  for (std::size_t i = 0; i < model.processes.size(); ++i) {
    const std::string& name = model.processes[i].name;
    for (auto& [key, value] : state.members) {
      if (key == name) {
        std::sort(value.members[2].second.members.begin(), value.members[2].second.members.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
      }
      if (key == name + ".mailbox") {
        sort_within_senders(model, i, value.items);
      }
    }
  }
  return to_line(state);
}

Datum NaiveExecutor::message_datum(std::size_t process, const NaiveMessage& message) const {
  if (!message.bytes) {
    return Datum::of_text("connection lost");
  }
  return to_datum(model_.processes[process].process->incoming_schema(), *message.bytes);
}

std::string NaiveExecutor::message_text(std::size_t process, const NaiveMessage& message) const {
  return to_brief(message_datum(process, message));
}

std::string NaiveExecutor::timer_text(std::size_t process, const base::Bytes& timer) const {
  return to_line(to_datum(model_.processes[process].process->timer_schema(), timer));
}

void NaiveExecutor::describe_process(std::size_t i, const NaiveProcess& process,
                                     std::vector<Datum::Member>& members) const {
  Datum timers;
  timers.kind = Datum::Kind::map;
  for (const auto& [timer, remaining] : process.timers) {
    timers.members.emplace_back(timer_text(i, timer), Datum::of_number(remaining));
  }
  const char* status = process.status == Running::up       ? "up"
                       : process.status == Running::paused ? "paused"
                                                           : "down";
  members.emplace_back(model_.processes[i].name,
                       Datum::of_record({{"status", Datum::of_text(status)},
                                         {"incarnation", Datum::of_number(process.incarnation)},
                                         {"timers", timers}}));
  Datum mailbox = Datum::of_list({});
  for (const auto& [queue, messages] : process.mailbox) {
    for (const NaiveMessage& message : messages) {
      mailbox.items.push_back(Datum::of_record({{"from", Datum::of_text(model_.processes[queue.first].name)},
                                                {"message", message_datum(i, message)}}));
    }
  }
  members.emplace_back(model_.processes[i].name + ".mailbox", mailbox);
  if (model_.processes[i].has_disk) {
    std::vector<Datum> records;
    for (const base::Bytes& record : process.disk) {
      records.push_back(Datum::of_text(hexadecimal(record)));
    }
    Datum disk = Datum::of_record(
        {{"records", Datum::of_list(std::move(records))}, {"synced", Datum::of_number(process.synced)}});
    if (may_tear()) {
      disk.members.emplace_back("torn-tail", Datum::of_boolean(process.torn_tail));
    }
    members.emplace_back(model_.processes[i].name + ".disk", disk);
  }
}

std::string NaiveExecutor::describe(const NaiveState& state) const {
  std::vector<Datum::Member> members;
  for (std::size_t i = 0; i < model_.parts.size(); ++i) {
    members.emplace_back(model_.parts[i].name, to_datum(*model_.parts[i].schema, state.parts[i]));
  }
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    describe_process(i, state.processes[i], members);
  }
  if (may_cut()) {
    Datum cut = Datum::of_list({});
    for (const auto& [from, to] : state.cut) {
      cut.items.push_back(Datum::of_record(
          {{"from", Datum::of_text(hosts_[from].name)}, {"to", Datum::of_text(hosts_[to].name)}}));
    }
    members.emplace_back("cuts", cut);
  }
  if (may_drift()) {
    Datum clocks = Datum::of_record({});
    for (std::size_t i = 0; i < model_.processes.size(); ++i) {
      Datum ahead = Datum::of_number(0);
      ahead.text = std::to_string(state.clocks[i]);
      clocks.members.emplace_back(model_.processes[i].name, ahead);
    }
    members.emplace_back("clocks", clocks);
  }
  std::vector<Datum::Member> environment;
  if (model_.time.discrete) {
    environment.emplace_back("ticks", Datum::of_number(state.ticks));
  }
  for (const auto& [budget, amount] : state.budgets) {
    environment.emplace_back(budget, Datum::of_number(amount));
  }
  members.emplace_back("environment", Datum::of_record(environment));
  return comparable(model_, Datum::of_record(members));
}

BOOST_AUTO_TEST_SUITE(naive_describe_test)

BOOST_AUTO_TEST_CASE(an_initial_state_reads_the_same_from_both_executors) {
  const WorldModel model = ring_world(2, 1);
  const WorldSystem system(model);
  Successors out(system.width());
  system.initial(out);
  BOOST_REQUIRE(out.size() == 1U);
  const std::string text = comparable(model, system.describe(out.state(0)));
  BOOST_TEST(text ==
             "{p0.holds: true, p0.passes-left: 1, p1.holds: false, p1.passes-left: 1, "
             "p0: {status: up, incarnation: 0, timers: {pass: 0}}, p0.mailbox: [], "
             "p1: {status: up, incarnation: 0, timers: {}}, p1.mailbox: [], environment: {}}");
  const NaiveExecutor naive(model);
  BOOST_REQUIRE(naive.initial().size() == 1U);
  BOOST_TEST(naive.describe(naive.initial()[0]) == text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
