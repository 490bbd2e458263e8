// Steps of a machine and of the registry by hand; and that tables which differ in anything do not agree.
#include "properties/overlay/world/steps.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "properties/overlay/world/moves.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

Setup setup_of(flannel::Defects defects = {}) {
  Setup setup;
  setup.mtus = {1500, 1500};
  setup.ttl = 2;
  setup.ticks_max = 5;
  setup.defects = defects;
  return setup;
}

/// Two nodes that know of each other, and node 1's machine.
struct Bed {
  explicit Bed(Setup wanted = setup_of())
      : setup(std::move(wanted)),
        layout{setup.nodes},
        moves(setup, layout, values),
        state(moves.first_state()) {
    machine = {state[Layout::kernel(0)], state[Layout::daemon(0)]};
    registry = state[layout.registry()];
  }

  Setup setup;
  Layout layout;
  checker::Interner values;
  Moves moves;
  std::vector<Slot> state;
  MachineSlots machine;
  Slot registry = 0;

  [[nodiscard]] Steps& steps() { return moves.steps(); }
  [[nodiscard]] const DaemonView& daemon() { return steps().daemon(machine.daemon); }
  void step(MachineOp op, std::uint32_t a = 0, std::uint32_t b = 0) {
    machine = steps().machine(op, {0, 0}, machine, a, b);
  }
  void proceed_while_pending() {
    while (daemon().is_pending) {
      step(MachineOp::proceed);
    }
  }
  [[nodiscard]] bool agrees() { return steps().agrees({0, 0}, machine, registry); }
  [[nodiscard]] net::Tables kernel() const {
    return base::from_bytes<net::Tables>(values.bytes(machine.kernel));
  }
  [[nodiscard]] bool still_agrees_with(const net::Tables& changed) {
    return tables_agree(setup, {0, 0}, changed, {}, steps().registry(registry).value);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(steps_test)

BOOST_AUTO_TEST_CASE(a_restart_finds_what_is_there_and_leaves_it) {
  Bed bed;
  const Slot before = bed.machine.kernel;
  bed.step(MachineOp::end);
  BOOST_TEST(!bed.daemon().is_alive);
  bed.step(MachineOp::start, 7);
  BOOST_TEST(bed.daemon().wants_lease);
  bed.step(MachineOp::grant, 0);
  BOOST_TEST(bed.daemon().is_running);
  BOOST_TEST(!bed.daemon().is_settled);
  bed.step(MachineOp::list, bed.registry);
  bed.proceed_while_pending();
  BOOST_TEST(bed.daemon().is_settled);
  BOOST_TEST(bed.machine.kernel == before);
}

BOOST_AUTO_TEST_CASE(what_the_kernel_refused_is_tried_again) {
  Bed bed;
  bed.step(MachineOp::bounce);
  BOOST_TEST(!bed.agrees());
  BOOST_TEST(!bed.daemon().is_settled);
  bed.step(MachineOp::check);
  bed.step(MachineOp::refuse);
  bed.proceed_while_pending();
  BOOST_TEST(!bed.agrees());
  BOOST_TEST_REQUIRE(bed.daemon().retry_armed);
  bed.step(MachineOp::retry);
  bed.proceed_while_pending();
  BOOST_TEST(bed.agrees());
}

BOOST_AUTO_TEST_CASE(a_look_that_came_too_early_does_not_count) {
  Bed bed;
  bed.step(MachineOp::bounce);
  bed.step(MachineOp::check);
  bed.step(MachineOp::bounce);
  bed.proceed_while_pending();
  BOOST_TEST(!bed.daemon().is_settled);
  bed.step(MachineOp::check);
  bed.proceed_while_pending();
  BOOST_TEST(bed.daemon().is_settled);
  BOOST_TEST(bed.agrees());
}

BOOST_AUTO_TEST_CASE(a_subnet_that_was_anothers_is_not_sent_there_any_more) {
  for (const bool is_defective : {false, true}) {
    using flannel::Defect;
    Bed bed(setup_of(is_defective ? flannel::Defects().with(Defect::F4) : flannel::Defects()));
    bed.step(MachineOp::unplug, 2);
    bed.step(MachineOp::end);
    bed.step(MachineOp::start, 7);
    bed.step(MachineOp::grant, 1);
    const auto leads_away = [](const net::Route& route) {
      return route.destination == subnet_of(1) && route.gateway.has_value();
    };
    const net::Tables kernel = bed.kernel();
    BOOST_TEST((std::ranges::count_if(kernel.routes, leads_away) == 1) == is_defective);
  }
}

BOOST_AUTO_TEST_CASE(every_entry_counts) {
  Bed bed;
  const net::Tables kernel = bed.kernel();
  BOOST_TEST(bed.still_agrees_with(kernel));
  net::Tables changed = kernel;
  std::erase_if(changed.routes, [](const net::Route& route) { return route.destination == subnet_of(1); });
  BOOST_TEST(!bed.still_agrees_with(changed));
  changed = kernel;
  changed.neighbours.front().mac = base::Mac::locally_administered(99);
  BOOST_TEST(!bed.still_agrees_with(changed));
  changed = kernel;
  changed.fdb.back().remote = base::Ipv4(192, 168, 50, 99);
  BOOST_TEST(!bed.still_agrees_with(changed));
  changed = kernel;
  changed.routes.push_back(
      {.destination = subnet_of(4), .gateway = base::Ipv4(10, 244, 5, 0), .device = "eth0"});
  BOOST_TEST(!bed.still_agrees_with(changed));
}

BOOST_AUTO_TEST_CASE(leases_run_out_unless_they_are_renewed) {
  Bed bed;
  const Slot once = bed.steps().registry(RegistryOp::pass, bed.registry, 1);
  BOOST_TEST(bed.steps().registry(once).subnet_of_node(1) == 1U);
  const Slot twice = bed.steps().registry(RegistryOp::pass, once, 1);
  BOOST_TEST(bed.steps().registry(twice).subnet_of_node(0) == 0U);
  BOOST_TEST(bed.steps().registry(twice).subnet_of_node(1) == no_subnet);
  BOOST_TEST(bed.steps().registry(twice).size() == 3U);
  BOOST_TEST((bed.steps().registry(twice).history.back() == model::overlay::Ownership{1, std::nullopt}));
  BOOST_TEST(!bed.steps().registry(twice).has_dead_lease);
}

BOOST_AUTO_TEST_CASE(F11_a_lease_that_has_run_out_stays) {
  Bed bed(setup_of(flannel::Defects().with(flannel::Defect::F11)));
  const Slot once = bed.steps().registry(RegistryOp::pass, bed.registry, 1);
  const Slot twice = bed.steps().registry(RegistryOp::pass, once, 1);
  BOOST_TEST(bed.steps().registry(twice).subnet_of_node(1) == 1U);
  BOOST_TEST(bed.steps().registry(twice).has_dead_lease);
}

BOOST_AUTO_TEST_CASE(a_step_is_run_once) {
  Bed bed;
  const std::uint64_t before = bed.steps().runs();
  const MachineSlots first = bed.steps().machine(MachineOp::bounce, {0, 0}, bed.machine);
  const MachineSlots second = bed.steps().machine(MachineOp::bounce, {0, 0}, bed.machine);
  BOOST_TEST(first.kernel == second.kernel);
  BOOST_TEST(first.daemon == second.daemon);
  BOOST_TEST(bed.steps().runs() == before + 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::flannel_world
