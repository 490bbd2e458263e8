// WorldSystem against the naive executor: at every state explored, the same transitions to the same states.
#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "checker/system/offering.hpp"
#include "checker/world/naive_executor.hpp"
#include "checker/world/test_bed.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

/// Label and target of each transition, as text; a multiset.
using Transitions = std::multiset<std::pair<std::string, std::string>>;

struct Coverage {
  std::uint64_t states = 0;
  std::uint64_t pruned = 0;
  std::map<std::string, std::uint64_t> labels;  ///< by name
};

class Comparison {
 public:
  explicit Comparison(const WorldModel& model)
      : model_(model), system_(model), naive_(model_), worker_(system_.worker()) {}

  /// "" or what differs first. Explores at most `states_max` states, breadth-first.
  std::string run(std::uint64_t states_max, Coverage& coverage) {
    if (std::string difference = start(); !difference.empty()) {
      return difference;
    }
    for (std::uint64_t expanded = 0; !left_.empty() && expanded < states_max; ++expanded) {
      ++coverage.states;
      const auto [state, twin] = std::move(left_.front());
      left_.pop_front();
      if (std::string difference = expand(state, twin, coverage); !difference.empty()) {
        return difference;
      }
    }
    return "";
  }

 private:
  std::string start() {
    Successors out(system_.width());
    system_.initial(out);
    std::multiset<std::string> found;
    for (std::size_t i = 0; i < out.size(); ++i) {
      found.insert(text(out.state(i)));
    }
    std::multiset<std::string> expected;
    std::map<std::string, NaiveState> twins;
    for (const NaiveState& state : naive_.initial()) {
      expected.insert(naive_.describe(state));
      twins.emplace(naive_.describe(state), state);
    }
    if (found != expected) {
      return "initial states differ";
    }
    note(out, twins);
    return "";
  }
  std::string expand(const std::vector<Slot>& state, const NaiveState& twin, Coverage& coverage) {
    Successors out(system_.width());
    const Fingerprint fingerprint = system_.fingerprint(state);
    out.begin(fingerprint);
    worker_->successors(state, fingerprint, out);
    Transitions found;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const ActionLabel label = system_.describe(state, out[i].action);
      count(label, coverage);
      found.emplace(comparable_label(label), text(out.state(i)));
      if (std::string wrong = wrong_bookkeeping(state, out, i); !wrong.empty()) {
        return wrong + " of " + to_line(label);
      }
    }
    const bool is_in_sample = coverage.states % 4 == 0;
    if (std::string wrong = is_in_sample ? wrong_offers(state, fingerprint, out) : ""; !wrong.empty()) {
      return wrong + " at " + text(state);
    }
    std::uint64_t pruned = 0;
    Transitions expected;
    std::map<std::string, NaiveState> twins;
    for (const NaiveTransition& transition : naive_.successors(twin, pruned)) {
      const std::string after = naive_.describe(transition.after);
      expected.emplace(transition.label, after);
      twins.emplace(after, transition.after);
    }
    if (found != expected || out.pruned() != pruned) {
      return difference(text(state), found, expected);
    }
    if (found.empty() && pruned == 0 && worker_->may_end(state) != naive_.quiescent(twin)) {
      return "may_end differs at " + text(state);
    }
    coverage.pruned += pruned;
    note(out, twins);
    return "";
  }
  /// Accepting all offers gives the same transitions as asking for them at once.
  std::string wrong_offers(const std::vector<Slot>& state, Fingerprint fingerprint, const Successors& all) {
    auto& offering = dynamic_cast<Offering&>(*worker_);
    std::vector<Action> offers;
    offering.offers(state, fingerprint, offers);
    Successors out(system_.width());
    for (const Action& offer : offers) {
      const std::size_t first = out.size();
      offering.accept(state, fingerprint, offer, out);
      for (std::size_t i = first; i < out.size(); ++i) {
        if (offering.offer_of(out[i].action) != offer) {
          return "a transition does not name its offer";
        }
      }
    }
    return all_of(out) == all_of(all) && out.pruned() == all.pruned() ? "" : "offers differ from transitions";
  }
  static std::multiset<std::tuple<std::uint64_t, std::uint32_t, Fingerprint, SlotMask>> all_of(
      const Successors& out) {
    std::multiset<std::tuple<std::uint64_t, std::uint32_t, Fingerprint, SlotMask>> all;
    for (std::size_t i = 0; i < out.size(); ++i) {
      all.emplace(out[i].action.payload, out[i].action.group, out[i].fingerprint, out[i].changed);
    }
    return all;
  }
  static void count(const ActionLabel& label, Coverage& coverage) {
    ++coverage.labels[label.name];
    for (const auto& [key, value] : label.parameters) {
      if (key == "torn") {
        ++coverage.labels["crash with a torn record"];
      }
      if (key == "under-way" && value == "lost") {
        ++coverage.labels["partition that loses messages"];
      }
    }
  }
  std::string wrong_bookkeeping(const std::vector<Slot>& before, const Successors& out, std::size_t i) {
    if (out[i].fingerprint != system_.fingerprint(out.state(i))) {
      return "wrong fingerprint";
    }
    SlotMask changed = 0;
    for (std::uint32_t slot = 0; slot < system_.width(); ++slot) {
      changed |= before[slot] == out.state(i)[slot] ? 0 : slot_bit(slot);
    }
    // A slot that is changed and changed back may be named too.
    return (changed & ~out[i].changed) == 0 ? "" : "a changed slot is not named";
  }
  void note(const Successors& out, const std::map<std::string, NaiveState>& twins) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const StateView state = out.state(i);
      std::vector<Slot> copy(state.begin(), state.end());
      if (seen_.insert(copy).second) {
        left_.emplace_back(std::move(copy), twins.at(text(state)));
      }
    }
  }
  std::string text(StateView state) const { return comparable(model_, system_.describe(state)); }
  static std::string difference(const std::string& at, const Transitions& found,
                                const Transitions& expected) {
    std::string lines = "at " + at + "\n";
    for (const auto& one : found) {
      lines +=
          expected.count(one) == found.count(one) ? "" : "world: " + one.first + " -> " + one.second + "\n";
    }
    for (const auto& one : expected) {
      lines +=
          expected.count(one) == found.count(one) ? "" : "naive: " + one.first + " -> " + one.second + "\n";
    }
    return lines;
  }

  const WorldModel model_;
  const WorldSystem system_;
  const NaiveExecutor naive_;
  std::unique_ptr<Worker> worker_;
  std::set<std::vector<Slot>> seen_;
  std::deque<std::pair<std::vector<Slot>, NaiveState>> left_;
};

/// Uniform whatever RapidCheck's size, for which its ranges are narrowed.
template <class Number>
Number within(Number low, Number high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(low, high));
}

Machine::Config any_machine(std::uint8_t self, std::uint8_t processes, bool has_disk) {
  Machine::Config config;
  config.seed = within(0U, 1U << 30U);
  config.has_disk = has_disk;
  config.exits = within(0, 3) == 0;
  config.releases = has_disk && *rc::gen::arbitrary<bool>();
  for (std::uint8_t peer = 0; peer < processes; ++peer) {
    if (peer != self) {
      config.peers.push_back(base::ProcessId{peer});
    }
  }
  return config;
}

std::uint32_t any_budget() {
  return *rc::gen::element(0U, 1U, 1U, 2U);
}

/// One in `disk_odds` processes has a disk.
WorldModel any_world(int disk_odds) {
  WorldModel model;
  const auto count = within<std::uint8_t>(1, 4);
  const PartId shared =
      model.add_part("shared", base::schema_of<std::uint8_t>(), base::to_bytes(std::uint8_t{0}));
  const bool share = *rc::gen::arbitrary<bool>();
  for (std::uint8_t i = 0; i < count; ++i) {
    const bool has_disk = within(0, disk_odds) == 0;
    const std::uint32_t energy = within(2U, 5U);
    const Machine::Config config = any_machine(i, count, has_disk);
    const auto process = std::make_shared<Component<Machine>>(config, Machine::State{energy, 0, 0});
    for (const base::ProcessId peer : config.peers) {
      process->wire<Machine::Incoming>(peer);
    }
    std::map<std::size_t, PartId> parts;
    if (share) {
      parts.emplace(2, shared);
    }
    const base::ProcessId id = model.add_process("p" + std::to_string(i), process, parts);
    model.processes[id.value].has_disk = has_disk;
    model.processes[id.value].supervised = within(0, 4) != 0;
  }
  for (std::uint8_t a = 0; a < count; ++a) {
    for (std::uint8_t b = static_cast<std::uint8_t>(a + 1); b < count; ++b) {
      Link link{base::ProcessId{a}, base::ProcessId{b}, LinkKind::connection, false, ""};
      const bool turned = *rc::gen::arbitrary<bool>();
      if (turned) {
        std::swap(link.a, link.b);
      }
      link.kind =
          *rc::gen::element(LinkKind::connection, LinkKind::connection, LinkKind::local, LinkKind::datagram);
      link.urgent = *rc::gen::arbitrary<bool>();
      link.break_budget = *rc::gen::element("", "disconnect");
      model.links.push_back(link);
    }
  }
  for (const char* unit : {"left", "right"}) {
    CrashUnit crash{unit, *rc::gen::element("crash", "reboot"), {}, {}};
    for (std::uint8_t i = 0; i < count; ++i) {
      if (*rc::gen::arbitrary<bool>()) {
        crash.processes.push_back(base::ProcessId{i});
        crash.lost_parts.push_back(model.processes[i].parts[1]);
      }
    }
    model.units.push_back(crash);
  }
  model.time.discrete = *rc::gen::arbitrary<bool>();
  model.time.ticks_max = within(0U, 4U);
  for (const char* name : {"crash", "reboot", "disconnect", "drop", "duplicate", "pause", "until-due",
                           "may-lapse", "wish", "busy"}) {
    model.budgets[name] = any_budget();
  }
  model.mailbox_messages_max = *rc::gen::element(1U, 2U, 16U);
  return model;
}

/// Adds what the network, disks and clocks may do besides.
void add_faults(WorldModel& model) {
  for (Link& link : model.links) {
    link.kind = *rc::gen::element(link.kind, LinkKind::fifo);
    link.messages_max = *rc::gen::element(0U, 0U, 1U, 2U);
    link.drop_budget = *rc::gen::element("drop", "drop", "own-drop");
  }
  for (CrashUnit& unit : model.units) {
    if (!unit.processes.empty() && *rc::gen::arbitrary<bool>()) {
      unit.disk_parts.push_back(model.processes[unit.processes[0].value].parts[2]);
    }
  }
  if (model.processes.size() == 3 && within(0, 3) == 0) {
    const auto in_none = within<std::size_t>(0, 3);
    model.hosts = {{"north", {base::ProcessId{0}}}, {"south", {}}};
    for (std::uint8_t i = 1; i < 3; ++i) {
      if (in_none != i) {
        model.hosts[i == in_none + 1 ? 0 : 1].processes.push_back(base::ProcessId{i});
      }
    }
  }
  if (!model.time.discrete) {
    for (std::uint8_t i = 0; i < model.processes.size(); ++i) {
      for (const char* timer : {"until-due", "may-lapse"}) {
        if (*rc::gen::arbitrary<bool>()) {
          model.patient_timers.push_back({base::ProcessId{i}, timer});
        }
      }
    }
  }
  model.messages_max = *rc::gen::element(0U, 0U, 3U);
  model.time.drift = within(0U, 3U);
  for (const char* name : {"reorder", "own-drop", "torn-write", "disk-loss", "partition", "one-way-partition",
                           "partial-partition"}) {
    model.budgets[name] = any_budget();
  }
}

BOOST_AUTO_TEST_SUITE(executors_test)

BOOST_AUTO_TEST_CASE(both_executors_make_the_same_transitions) {
  Coverage coverage;
  BOOST_TEST(rc::check("of every reachable state of any world", [&] {
    const WorldModel model = any_world(3);
    RC_ASSERT(Comparison(model).run(150, coverage) == "");
  }));
  // The comparison says nothing about actions that the generated worlds never take.
  for (const char* name : {"deliver", "connection-lost", "fire", "crash", "reboot", "restart", "pause",
                           "resume", "disconnect", "drop", "duplicate", "tick"}) {
    BOOST_TEST(coverage.labels[name] > 20U, name << " was taken " << coverage.labels[name] << " times");
  }
  BOOST_TEST(coverage.pruned > 20U);
  BOOST_TEST(coverage.states > 1000U);
}

BOOST_AUTO_TEST_CASE(both_executors_make_the_same_transitions_under_every_fault) {
  Coverage coverage;
  BOOST_TEST(rc::check("of reachable states of any world", [&] {
    WorldModel model = any_world(2);
    add_faults(model);
    RC_ASSERT(Comparison(model).run(50, coverage) == "");
  }));
  for (const char* name : {"deliver",
                           "connection-lost",
                           "fire",
                           "crash",
                           "reboot",
                           "restart",
                           "pause",
                           "resume",
                           "disconnect",
                           "drop",
                           "duplicate",
                           "tick",
                           "reorder",
                           "disk-loss",
                           "partition",
                           "one-way-partition",
                           "partial-partition",
                           "heal",
                           "clock-gains",
                           "clock-loses",
                           "crash with a torn record",
                           "partition that loses messages"}) {
    BOOST_TEST(coverage.labels[name] > 20U, name << " was taken " << coverage.labels[name] << " times");
  }
  BOOST_TEST(coverage.pruned > 20U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::checker
