// Partial-order reduction: in any world the same verdicts, witnesses and ends with it as without; each of its
// conditions is needed; and how much it saves where there is something to be saved.
#include "checker/world/partial_order.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <deque>
#include <set>
#include <string>
#include <vector>

#include "checker/reduce/partial_order_bed.hpp"
#include "checker/search/search.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint64_t states_max = 4'000;

struct Findings {
  std::vector<Verdict> verdicts;
  std::vector<bool> engaged;
  std::vector<bool> fired;  ///< by action group
  std::set<std::vector<Slot>> ends;
  std::uint64_t states = 0;
  bool complete = false;
};

/// The states in which nothing more happens, though nothing was pruned.
std::set<std::vector<Slot>> ends_of(const System& system) {
  std::set<std::vector<Slot>> seen;
  std::set<std::vector<Slot>> ends;
  std::deque<std::vector<Slot>> left;
  Successors out(system.width());
  const auto note = [&] {
    for (std::size_t i = 0; i < out.size(); ++i) {
      std::vector<Slot> state(out.state(i).begin(), out.state(i).end());
      if (seen.insert(state).second) {
        left.push_back(std::move(state));
      }
    }
  };
  system.initial(out);
  note();
  const auto worker = system.worker();
  for (; !left.empty(); left.pop_front()) {
    out.clear();
    worker->successors(left.front(), system.fingerprint(left.front()), out);
    if (out.size() == 0 && out.pruned() == 0) {
      ends.insert(left.front());
    }
    note();
  }
  return ends;
}

/// Of worlds that cannot even start within their bounds nothing is found.
Findings findings(const System& system) {
  Successors initial(system.width());
  system.initial(initial);
  if (initial.size() == 0) {
    return {};
  }
  SearchOptions options;
  options.all = true;
  options.limits.states_max = states_max;
  const SearchResult result = search_breadth_first(system, options);
  Findings found;
  found.states = result.distinct;
  found.complete = result.distinct < states_max;
  for (const PropertyOutcome& outcome : result.properties) {
    found.verdicts.push_back(outcome.verdict);
    found.engaged.push_back(outcome.engaged);
  }
  for (const std::uint64_t times : result.fired) {
    found.fired.push_back(times > 0);
  }
  if (found.complete) {
    found.ends = ends_of(system);
  }
  return found;
}

/// Uniform whatever RapidCheck's size, for which its ranges are narrowed.
template <class Number>
Number within(Number low, Number high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<Number>(low, high));
}
bool one_in(int odds) {
  return within(0, odds) == 0;
}

/// A Machine that says of itself that it never exits.
struct Steady : Machine {
  static constexpr bool never_exits = true;
};

template <class Kind>
base::ProcessId add_machine(WorldModel& model, const Machine::Config& config,
                            const std::map<std::size_t, PartId>& shared) {
  const auto process = std::make_shared<Component<Kind>>(config, Machine::State{within(1U, 5U), 0, 0});
  for (const base::ProcessId peer : config.peers) {
    process->template wire<Machine::Incoming>(peer);
  }
  return model.add_process("p" + std::to_string(model.processes.size()), process, shared);
}

void add_links(WorldModel& model, const std::vector<std::vector<base::ProcessId>>& peers) {
  for (std::uint8_t a = 0; a < peers.size(); ++a) {
    for (std::uint8_t b = static_cast<std::uint8_t>(a + 1); b < peers.size(); ++b) {
      const auto hears = [&](std::uint8_t from, std::uint8_t to) {
        return std::ranges::find(peers[from], base::ProcessId{to}) != peers[from].end();
      };
      if (hears(a, b) || hears(b, a)) {
        Link link{base::ProcessId{a}, base::ProcessId{b}};
        link.kind = *rc::gen::element(LinkKind::local, LinkKind::local, LinkKind::datagram, LinkKind::fifo,
                                      LinkKind::connection);
        link.urgent = *rc::gen::arbitrary<bool>();
        link.messages_max = *rc::gen::element(0U, 0U, 1U);
        link.break_budget = "disconnect";
        model.links.push_back(link);
      }
    }
  }
}

/// Each looks at the memory of one process, or of two.
void add_properties(WorldModel& model, std::size_t machines) {
  const auto memory = [&] { return model.processes[within<std::size_t>(0, machines)].parts[1]; };
  const auto value = [] { return within<std::uint8_t>(0, 4); };
  model.properties.push_back(about(PropertyKind::always, memory(), value()));
  model.properties.push_back(about(PropertyKind::sometimes, memory(), value(), one_in(2)));
  if (one_in(2)) {
    model.properties.push_back(about(PropertyKind::always, memory(), value(), true));
  }
  if (one_in(2)) {
    WorldProperty step;
    step.property.kind = PropertyKind::step;
    step.parts = {memory()};
    step.step = [part = step.parts[0], from = value(), to = value()](const WorldView& before,
                                                                     const WorldView& after) {
      return before.part<std::uint8_t>(part) != from ? Truth::vacuous
             : after.part<std::uint8_t>(part) == to  ? Truth::violated
                                                     : Truth::holds;
    };
    model.properties.push_back(step);
  }
  if (one_in(2)) {
    WorldProperty pair = about(PropertyKind::always, memory(), value());
    pair.parts.push_back(memory());
    pair.state = [parts = pair.parts, one = value(), other = value()](const WorldView& view) {
      return view.part<std::uint8_t>(parts[0]) == one && view.part<std::uint8_t>(parts[1]) == other
                 ? Truth::violated
                 : Truth::holds;
    };
    model.properties.push_back(pair);
  }
  WorldProperty deadlock;
  deadlock.property.kind = PropertyKind::deadlock_free;
  model.properties.push_back(deadlock);
  for (std::size_t i = 0; i < model.properties.size(); ++i) {
    model.properties[i].property.id = "property-" + std::to_string(i);
  }
}

/// Few talk to few, so that there is something to leave out; and there are few faults, which would prevent it
/// until they have happened.
WorldModel any_world() {
  WorldModel model;
  const auto count = within<std::uint8_t>(2, 5);
  const PartId file =
      model.add_part("file", base::schema_of<std::uint8_t>(), base::to_bytes(std::uint8_t{0}));
  std::vector<std::vector<base::ProcessId>> peers(count);
  for (std::uint8_t i = 0; i < count; ++i) {
    Machine::Config config;
    config.seed = within(0U, 1U << 30U);
    config.exits = one_in(8);
    for (std::uint8_t peer = 0; peer < count; ++peer) {
      if (peer != i && one_in(4)) {
        config.peers.push_back(base::ProcessId{peer});
      }
    }
    peers[i] = config.peers;
    std::map<std::size_t, PartId> shared;
    if (one_in(6)) {
      shared.emplace(2, file);
    }
    const base::ProcessId id = config.exits ? add_machine<Machine>(model, config, shared)
                                            : add_machine<Steady>(model, config, shared);
    model.processes[id.value].supervised = one_in(2);
  }
  add_links(model, peers);
  add_properties(model, count);
  if (one_in(4)) {
    add_spinner(model);
  }
  model.units.push_back({"unit", "crash", {base::ProcessId{within<std::uint8_t>(0, count)}}});
  model.time.discrete = one_in(4);
  model.time.ticks_max = within(0U, 3U);
  for (const char* name : {"crash", "disconnect", "drop", "duplicate", "pause", "partition"}) {
    model.budgets[name] = one_in(15) ? 1 : 0;
  }
  for (const char* name : {"until-due", "may-lapse", "wish"}) {
    model.budgets[name] = one_in(6) ? 1 : 0;
  }
  model.mailbox_messages_max = *rc::gen::element(1U, 2U, 16U);
  return model;
}

/// What differs, or nothing.
std::string difference(const Findings& without, const Findings& with) {
  return without.verdicts != with.verdicts ? "verdicts differ"
         : without.ends != with.ends       ? "ends differ"
         : without.engaged != with.engaged ? "vacuity differs"
         : without.fired != with.fired     ? "actions differ"
                                           : "";
}

std::string difference(const WorldModel& model, AmpleConditions conditions = {}) {
  const WorldSystem raw(model);
  return difference(findings(raw), findings(PartialOrder(raw, ~PropertyMask{0}, conditions)));
}

struct Sizes {
  std::uint64_t without = 0;
  std::uint64_t with = 0;
};
Sizes sizes(const WorldModel& model) {
  const WorldSystem raw(model);
  return {findings(raw).states, findings(PartialOrder(raw, ~PropertyMask{0})).states};
}

/// A part of a process, by its number.
PartId part_of(const WorldModel& model, std::size_t process, std::size_t part) {
  return model.processes[process].parts[part];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(partial_order_test)

BOOST_AUTO_TEST_CASE(in_any_world_it_changes_nothing_but_the_number_of_states) {
  std::uint64_t compared = 0;
  std::uint64_t smaller = 0;
  BOOST_TEST(rc::check("verdicts, ends, vacuity and kinds of action", [&] {
    const WorldModel model = any_world();
    const WorldSystem raw(model);
    const Findings without = findings(raw);
    if (without.complete) {
      const Findings with = findings(PartialOrder(raw, ~PropertyMask{0}));
      RC_ASSERT(with.states <= without.states);
      RC_ASSERT(difference(without, with) == "");
      ++compared;
      smaller += with.states < without.states ? 1 : 0;
    }
  }));
  BOOST_TEST_MESSAGE(compared << " worlds compared, " << smaller << " smaller");
  BOOST_TEST(compared >= 50U);
  BOOST_TEST(smaller >= 10U);
}

BOOST_AUTO_TEST_CASE(without_the_first_condition_it_is_wrong) {
  std::uint64_t wrong = 0;
  BOOST_TEST(rc::check("counts worlds in which it shows", [&] {
    const WorldModel model = any_world();
    const WorldSystem raw(model);
    const Findings without = findings(raw);
    const PartialOrder careless(raw, ~PropertyMask{0}, {false, true, true});
    wrong += without.complete && difference(without, findings(careless)) != "" ? 1 : 0;
  }));
  BOOST_TEST_MESSAGE("wrong in " << wrong << " worlds");
  BOOST_TEST(wrong > 0U);
}

/// Something is collected before all has been made: unless whoever makes it is watched, that is not seen.
BOOST_AUTO_TEST_CASE(without_the_second_condition_a_moment_is_missed) {
  WorldModel model = pipeline_world(4, 2);
  WorldProperty early = about(PropertyKind::sometimes, part_of(model, 3, 1), std::uint8_t{1});
  early.parts.push_back(part_of(model, 0, 0));
  early.state = [parts = early.parts](const WorldView& view) {
    return view.part<std::uint8_t>(parts[0]) == 1 && view.part<std::uint8_t>(parts[1]) == 1 ? Truth::holds
                                                                                            : Truth::violated;
  };
  model.properties = {early};
  BOOST_TEST(difference(model) == "");
  BOOST_TEST(difference(model, {true, false, true}) == "verdicts differ");
}

/// The world is at rest all the time, and it may be that only one of them has come true.
BOOST_AUTO_TEST_CASE(without_the_second_condition_a_rest_is_missed) {
  for (const std::size_t late : {0U, 1U}) {
    WorldModel model = two_dreams_world();
    WorldProperty one = about(PropertyKind::sometimes, part_of(model, 0, 0), true, true);
    one.parts.push_back(part_of(model, 1, 0));
    one.state = [parts = one.parts, late](const WorldView& view) {
      return view.part<bool>(parts[late]) || !view.part<bool>(parts[1 - late]) ? Truth::violated
                                                                               : Truth::holds;
    };
    model.properties = {one};
    BOOST_TEST(difference(model) == "");
    // They are tried in the order of their numbers.
    BOOST_TEST(difference(model, {true, false, true}) == (late == 0 ? "verdicts differ" : ""));
  }
}

/// Who turns for ever must not keep the others from what they do.
BOOST_AUTO_TEST_CASE(without_the_third_condition_somebody_is_forgotten) {
  WorldModel model = pipeline_world(3, 2);
  add_spinner(model);
  model.properties = {about(PropertyKind::sometimes, part_of(model, 2, 1), std::uint8_t{2})};
  BOOST_TEST(difference(model) == "");
  BOOST_TEST(difference(model, {true, true, false}) == "verdicts differ");
}

BOOST_AUTO_TEST_CASE(a_pipeline_works_one_stage_after_the_other) {
  WorldModel model = pipeline_world(4, 6);
  BOOST_TEST(difference(model) == "");
  const Sizes sizes_of_all = sizes(model);
  BOOST_TEST(sizes_of_all.without == 210U);
  BOOST_TEST(sizes_of_all.with == 25U);
  // What is collected is looked at: the last stage is interleaved with whoever has something to do.
  model.properties = {about(PropertyKind::sometimes, part_of(model, 3, 1), std::uint8_t{6})};
  BOOST_TEST(difference(model) == "");
  BOOST_TEST(sizes(model).with == 25U);
}

BOOST_AUTO_TEST_CASE(a_full_mailbox_downstream_makes_the_order_matter) {
  for (const LinkKind kind : {LinkKind::local, LinkKind::datagram}) {
    WorldModel model = pipeline_world(3, 3, kind);
    model.mailbox_messages_max = 1;
    model.properties = {about(PropertyKind::sometimes, part_of(model, 2, 1), std::uint8_t{3})};
    BOOST_TEST(difference(model) == "");
  }
}

BOOST_AUTO_TEST_CASE(two_clusters_add_up_instead_of_multiplying) {
  const WorldModel model = two_rings_world(3, 10);
  BOOST_TEST(difference(model) == "");
  const Sizes sizes_of_both = sizes(model);
  BOOST_TEST(sizes_of_both.without == 441U);
  BOOST_TEST(sizes_of_both.with == 41U);
}

BOOST_AUTO_TEST_CASE(one_cluster_is_left_as_it_is) {
  const Sizes sizes_of_one = sizes(ring_world(3, 10));
  BOOST_TEST(sizes_of_one.with == sizes_of_one.without);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::checker
