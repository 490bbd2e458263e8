// Packets through the tables of the first states: who gets them, and what is kept of them.
#include "properties/overlay/world/packets.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "properties/overlay/world/moves.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

Setup two_nodes() {
  Setup setup;
  setup.mtus = {1500, 1500};
  return setup;
}

/// A first state, and what runs packets in it.
struct Bed {
  explicit Bed(Setup wanted)
      : setup(std::move(wanted)),
        layout{setup.nodes},
        moves(setup, layout, values),
        state(moves.first_state()) {}

  Setup setup;
  Layout layout;
  checker::Interner values;
  Moves moves;
  std::vector<Slot> state;

  [[nodiscard]] Outcome sent(const Flow& flow, std::vector<net::Hop>* hops = nullptr) {
    return moves.packets().run(moves.machines(state), flow, hops);
  }
};

constexpr Flow to_2 = {.node = 0, .subnet = 1, .host = 2};
constexpr Flow full_to_2 = {.node = 0, .subnet = 1, .host = 2, .is_full = true};
const std::vector<Outcome::At> at_2 = {{1, 2}};

}  // namespace

BOOST_AUTO_TEST_SUITE(packets_test)

BOOST_AUTO_TEST_CASE(a_packet_reaches_the_pod_of_the_other_node) {
  for (const auto backend :
       {flannel::BackendKind::vxlan, flannel::BackendKind::host_gw, flannel::BackendKind::udp}) {
    Setup setup = two_nodes();
    setup.backend = backend;
    Bed bed(setup);
    std::vector<net::Hop> hops;
    const Outcome outcome = bed.sent(to_2, &hops);
    BOOST_TEST((outcome.arrivals == at_2));
    BOOST_TEST(outcome.source_kept);
    BOOST_TEST(!outcome.went_round);
    BOOST_TEST((outcome.met == std::vector<std::uint32_t>{0, 1}));
    BOOST_TEST_REQUIRE(!hops.empty());
    BOOST_TEST(hops.front().at == "n1p2:eth0");
    BOOST_TEST(hops.back().at == "n2p2:eth0");
  }
}

BOOST_AUTO_TEST_CASE(flanneld_moves_packets_of_the_udp_backend_while_it_runs_at_both_ends) {
  Setup setup = two_nodes();
  setup.backend = flannel::BackendKind::udp;
  Bed bed(setup);
  const Machines running = bed.moves.machines(bed.state);
  BOOST_TEST((bed.moves.packets().outcome(running, to_2).arrivals == at_2));
  for (const std::size_t node : {0U, 1U}) {
    Machines without = running;
    without[node].relay = 0;
    BOOST_TEST(bed.moves.packets().outcome(without, to_2).arrivals.empty());
  }
  BOOST_TEST((bed.moves.packets().outcome(running, to_2).arrivals == at_2));
}

BOOST_AUTO_TEST_CASE(an_address_that_nobody_has_is_nobodys) {
  Bed bed(two_nodes());
  const Outcome outcome = bed.sent({.node = 0, .subnet = 1, .host = 9});
  BOOST_TEST(outcome.arrivals.empty());
  BOOST_TEST(!outcome.went_round);
}

BOOST_AUTO_TEST_CASE(a_full_packet_fits_unless_pods_are_told_the_MTU_of_the_network_card) {
  for (const bool is_defective : {false, true}) {
    Setup setup = two_nodes();
    setup.defects = is_defective ? flannel::Defects().with(flannel::Defect::F13) : flannel::Defects();
    Bed bed(setup);
    const Outcome outcome = bed.sent(full_to_2);
    BOOST_TEST((outcome.arrivals == at_2) != is_defective);
    BOOST_TEST(outcome.noticed_as_too_big == is_defective);
    setup.icmp_filtered = true;
    Bed filtered(setup);
    BOOST_TEST(!filtered.sent(full_to_2).noticed_as_too_big);
  }
}

BOOST_AUTO_TEST_CASE(a_packet_that_nothing_has_changed_for_is_not_run_again) {
  Setup setup = two_nodes();
  setup.nodes = 3;
  setup.present = setup.subnets = 3;
  setup.mtus = {1500, 1500, 1500};
  Bed bed(setup);
  Machines machines = bed.moves.machines(bed.state);
  const std::uint64_t before = bed.moves.packets().runs();
  const Outcome& first = bed.moves.packets().outcome(machines, to_2);
  BOOST_TEST(&first == &bed.moves.packets().outcome(machines, to_2));
  machines[2].kernel = machines[1].kernel;  // node 3 is not on the way
  BOOST_TEST(&first == &bed.moves.packets().outcome(machines, to_2));
  BOOST_TEST(bed.moves.packets().runs() <= before + 1);
  machines[1].kernel = machines[0].kernel;  // node 2 is
  const Outcome& other = bed.moves.packets().outcome(machines, {.node = 2, .subnet = 0, .host = 2});
  BOOST_TEST((other == bed.moves.packets().run(machines, {.node = 2, .subnet = 0, .host = 2}, nullptr)));
}

/// Along random walks with all faults, what is remembered is what a run of its own finds.
BOOST_AUTO_TEST_CASE(what_is_remembered_is_what_happens) {
  Setup setup = two_nodes();
  setup.nodes = setup.present = 3;
  setup.subnets = 4;
  setup.mtus = {1500, 1500, 1500};
  setup.full_size = true;
  setup.ttl = 2;
  setup.ticks_max = 9;
  setup.budgets.fill(3);
  setup.defects = flannel::Defects().with(flannel::Defect::F4).with(flannel::Defect::F10);
  Bed bed(setup);
  std::mt19937 random(1);
  std::uint64_t compared = 0;
  for (int walk = 0; walk < 8; ++walk) {
    std::vector<Slot> state = bed.state;
    for (int step = 0; step < 60; ++step) {
      checker::Successors next(bed.layout.width());
      bed.moves.all(state, 1, next);
      const Machines machines = bed.moves.machines(state);
      for (std::size_t i = 0; i < next.size(); ++i) {
        const bool is_sent = next[i].action.group == static_cast<std::uint32_t>(Move::send);
        if (is_sent && random() % 2 == 0) {
          const Flow flow = Flow::of_code(next[i].action.payload);
          BOOST_TEST((bed.moves.packets().outcome(machines, flow) ==
                      bed.moves.packets().run(machines, flow, nullptr)));
          ++compared;
        }
      }
      const checker::StateView chosen = next.state(random() % next.size());
      state.assign(chosen.begin(), chosen.end());
    }
  }
  BOOST_TEST(compared > 300U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::flannel_world
