// Lossy links, partitions and clocks that drift, in the naive executor.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

#include "checker/world/naive_executor.hpp"
#include "checker/world/test_bed.hpp"

namespace plimsoll::checker {
namespace {

using Running = NaiveProcess::Status;

/// Spends one of a budget; false if nothing is left of it.
bool spend(NaiveState& state, const std::string& budget) {
  const auto found = state.budgets.find(budget);
  if (found == state.budgets.end() || found->second == 0) {
    return false;
  }
  --found->second;
  return true;
}

std::string names(const std::vector<Host>& hosts, const std::set<std::size_t>& chosen) {
  std::string text;
  for (const std::size_t host : chosen) {
    text += (text.empty() ? "" : ", ") + hosts[host].name;
  }
  return text;
}

/// Every set of hosts with the first but not all of them; in the order of the numbers whose bits they are.
std::vector<std::set<std::size_t>> halves(std::size_t count) {
  std::vector<std::set<std::size_t>> sets = {{}};
  for (std::size_t host = 0; host < count; ++host) {
    const std::size_t known = sets.size();
    for (std::size_t i = 0; i < known; ++i) {
      sets.push_back(sets[i]);
      sets.back().insert(host);
    }
  }
  std::erase_if(sets,
                [&](const std::set<std::size_t>& set) { return !set.contains(0) || set.size() == count; });
  return sets;
}

}  // namespace

void NaiveExecutor::add_lossy_faults(std::size_t process, const NaiveState& state, Collector& out) const {
  for (const auto& [queue, messages] : state.processes[process].mailbox) {
    const Link& over = *link(queue.first, process);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const NaiveMessage& message = messages[i];
      const bool behind = message.ordered ? i > 0 : i > 0 && messages[i - 1] == message;
      if (!message.lossy || behind) {
        continue;
      }
      const std::vector<std::pair<std::string, std::string>> parameters = {
          {"to", model_.processes[process].name},
          {"from", model_.processes[queue.first].name},
          {"message", message_text(process, message)}};
      NaiveState dropped = state;
      if (spend(dropped, over.drop_budget)) {
        dropped.processes[process].take(queue, i);
        out.add(true, naive_label("drop", parameters), dropped);
      }
      NaiveState doubled = state;
      if (spend(doubled, over.duplicate_budget)) {
        // One that does not fit is lost. The two are alike, so that behind the first is before it.
        const std::size_t before = doubled.processes[process].mailbox_size();
        static_cast<void>(put(process, queue, message, doubled));
        if (message.ordered && doubled.processes[process].mailbox_size() > before) {
          std::vector<NaiveMessage>& queued = doubled.processes[process].mailbox.at(queue);
          queued.pop_back();
          queued.insert(queued.begin(), message);
        }
        out.add(true, naive_label("duplicate", parameters), doubled);
      }
    }
  }
}

void NaiveExecutor::add_reorders(std::size_t process, const NaiveState& state, Collector& out) const {
  for (const auto& [queue, messages] : state.processes[process].mailbox) {
    if (link(queue.first, process)->kind != LinkKind::fifo) {
      continue;
    }
    for (std::size_t i = 1; i < messages.size(); ++i) {
      NaiveState after = state;
      if (messages[i - 1] == messages[i] || !spend(after, link(queue.first, process)->reorder_budget)) {
        continue;
      }
      std::vector<NaiveMessage>& changed = after.processes[process].mailbox.at(queue);
      std::swap(changed[i - 1], changed[i]);
      out.add(true,
              naive_label("reorder", {{"to", model_.processes[process].name},
                                      {"from", model_.processes[queue.first].name},
                                      {"message", message_text(process, messages[i])},
                                      {"before", message_text(process, messages[i - 1])}}),
              after);
    }
  }
}

NaiveExecutor::NaiveExecutor(const WorldModel& model) : model_(model), hosts_(model.hosts) {
  for (std::size_t i = 0; i < model_.processes.size() && model.hosts.empty(); ++i) {
    hosts_.push_back({model_.processes[i].name, {base::ProcessId{static_cast<std::uint8_t>(i)}}});
  }
  possible_cuts_ = possible_cuts();
}

bool NaiveExecutor::blocks(const NaiveCut& cut, std::size_t from, std::size_t to, const Link& over) const {
  const auto host_has = [&](std::size_t host, std::size_t process) {
    return std::ranges::count(hosts_[host].processes, base::ProcessId{static_cast<std::uint8_t>(process)}) >
           0;
  };
  return over.kind != LinkKind::local && std::ranges::any_of(cut, [&](const auto& blocked) {
           const auto& [one, other] = blocked;
           return (host_has(one, from) && host_has(other, to)) ||
                  (over.kind == LinkKind::connection && host_has(one, to) && host_has(other, from));
         });
}

/// Of the pairs wanted, those that make a difference; and the way back, where only connections join the two.
NaiveCut NaiveExecutor::effective(const NaiveCut& wanted) const {
  NaiveCut cut;
  for (const Link& over : model_.links) {
    for (const auto& [from, to] : wanted) {
      const NaiveCut there = {{from, to}};
      if (blocks(there, over.a.value, over.b.value, over) ||
          blocks(there, over.b.value, over.a.value, over)) {
        cut.insert({from, to});
        const bool only_connections = std::ranges::none_of(model_.links, [&](const Link& link) {
          return is_lossy(link.kind) && (blocks(there, link.a.value, link.b.value, link) ||
                                         blocks(there, link.b.value, link.a.value, link));
        });
        if (only_connections) {
          cut.insert({to, from});
        }
      }
    }
  }
  return cut;
}

std::vector<NaiveExecutor::PossibleCut> NaiveExecutor::possible_cuts() const {
  const std::vector<Host>& all = hosts_;
  std::vector<PossibleCut> wanted;
  for (const std::set<std::size_t>& one : halves(all.size())) {
    std::set<std::size_t> other;
    NaiveCut cut;
    for (std::size_t host = 0; host < all.size(); ++host) {
      if (!one.contains(host)) {
        other.insert(host);
        for (const std::size_t there : one) {
          cut.insert({{host, there}, {there, host}});
        }
      }
    }
    wanted.push_back({"partition", {{"between", names(all, one)}, {"and", names(all, other)}}, cut});
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      if (i != j) {
        wanted.push_back({"one-way-partition", {{"from", all[i].name}, {"to", all[j].name}}, {{i, j}}});
      }
      if (i < j) {
        wanted.push_back(
            {"partial-partition", {{"between", all[i].name}, {"and", all[j].name}}, {{i, j}, {j, i}}});
      }
    }
  }
  std::vector<PossibleCut> possible;
  std::set<std::pair<std::string, NaiveCut>> known;
  for (PossibleCut& cut : wanted) {
    cut.cut = effective(cut.cut);
    if (has_budget(cut.budget) && !cut.cut.empty() && known.insert({cut.budget, cut.cut}).second) {
      possible.push_back(cut);
    }
  }
  return possible;
}

bool NaiveExecutor::is_connected(const Link& over, const NaiveState& state) const {
  return state.processes[over.a.value].status != Running::down &&
         state.processes[over.b.value].status != Running::down &&
         !blocks(state.cut, over.a.value, over.b.value, over);
}

void NaiveExecutor::add_partitions(const NaiveState& state, Collector& out) const {
  if (!state.cut.empty()) {
    NaiveState healed = state;
    healed.cut.clear();
    out.add(true, "heal", healed);
  }
  for (const PossibleCut& made : possible_cuts_) {
    add_cut(made, state, out);
  }
}

void NaiveExecutor::add_cut(const PossibleCut& made, const NaiveState& state, Collector& out) const {
  NaiveState cut = state;
  cut.cut.insert(made.cut.begin(), made.cut.end());
  if (cut.cut == state.cut || !spend(cut, made.budget)) {
    return;
  }
  NaiveState arrives = cut;
  NaiveState lost = cut;
  std::vector<Link> broken;
  for (const Link& over : model_.links) {
    const auto newly = [&](std::size_t from, std::size_t to) {
      return blocks(cut.cut, from, to, over) && !blocks(state.cut, from, to, over);
    };
    if (over.kind == LinkKind::connection && newly(over.a.value, over.b.value) && is_connected(over, state)) {
      broken.push_back(over);
      for (NaiveState* way : {&arrives, &lost}) {
        way->processes[over.a.value].forget_sender(over.b.value);
      }
      // With the requests goes what the server had not heard of an earlier connection, but only with them.
      if (state.processes[over.b.value].has_requests(over.a.value)) {
        lost.processes[over.b.value].forget_sender(over.a.value);
      }
    }
    for (const auto& [from, to] : {std::pair(over.a.value, over.b.value), {over.b.value, over.a.value}}) {
      if (over.kind != LinkKind::connection && newly(from, to)) {
        lost.processes[to].forget_sender(from);
      }
    }
  }
  const bool both = !(arrives == lost);
  for (NaiveState* way : {&arrives, &lost}) {
    bool fits = true;
    for (const Link& over : broken) {
      const bool client_fits = tell(over.a.value, over.b.value, *way);
      const bool server_fits = tell(over.b.value, over.a.value, *way);
      fits &= client_fits && server_fits;
    }
    auto parameters = made.parameters;
    parameters.emplace_back("under-way", way == &lost ? "lost" : "arrives");
    if (way == &arrives || both) {
      out.add(fits, naive_label(made.budget, parameters), *way);
    }
  }
}

void NaiveExecutor::add_drifts(const NaiveState& state, Collector& out) const {
  if (!may_drift()) {
    return;
  }
  const int drift_max = static_cast<int>(model_.time.drift);
  for (std::size_t i = 0; i < model_.processes.size(); ++i) {
    const auto& timers = state.processes[i].timers;
    if (std::ranges::none_of(timers, [](const auto& timer) { return timer.second > 0; })) {
      continue;
    }
    for (const int change : {1, -1}) {
      NaiveState after = state;
      after.clocks[i] += change;
      if (std::abs(after.clocks[i]) > drift_max || (change > 0 && holds_time(i, state))) {
        continue;
      }
      for (auto& [timer, remaining] : after.processes[i].timers) {
        if (remaining > 0) {
          remaining = change > 0 ? remaining - 1 : remaining + 1;
        }
      }
      out.add(
          true,
          naive_label(change > 0 ? "clock-gains" : "clock-loses", {{"process", model_.processes[i].name}}),
          after);
    }
  }
}

BOOST_AUTO_TEST_SUITE(naive_network_test)

BOOST_AUTO_TEST_CASE(three_hosts_fall_into_two_sets_in_three_ways) {
  WorldModel model = ring_world(3, 1);
  for (Link& link : model.links) {
    link.kind = LinkKind::datagram;
  }
  model.budgets = {{"partition", 1}, {"one-way-partition", 1}, {"partial-partition", 1}};
  const NaiveExecutor naive(model);
  std::uint64_t pruned = 0;
  std::multiset<std::string> labels;
  for (const NaiveTransition& transition : naive.successors(naive.initial().at(0), pruned)) {
    labels.insert(transition.label);
  }
  // The token is held by p0, whose turn it is; nothing is under way.
  const std::multiset<std::string> expected = {"fire(process: p0, timer: pass)",
                                               "one-way-partition(from: p0, to: p1, under-way: arrives)",
                                               "one-way-partition(from: p0, to: p2, under-way: arrives)",
                                               "one-way-partition(from: p1, to: p0, under-way: arrives)",
                                               "one-way-partition(from: p1, to: p2, under-way: arrives)",
                                               "one-way-partition(from: p2, to: p0, under-way: arrives)",
                                               "one-way-partition(from: p2, to: p1, under-way: arrives)",
                                               "partial-partition(between: p0, and: p1, under-way: arrives)",
                                               "partial-partition(between: p0, and: p2, under-way: arrives)",
                                               "partial-partition(between: p1, and: p2, under-way: arrives)",
                                               "partition(between: p0, and: p1, p2, under-way: arrives)",
                                               "partition(between: p0, p1, and: p2, under-way: arrives)",
                                               "partition(between: p0, p2, and: p1, under-way: arrives)"};
  BOOST_TEST(labels == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
