// What system `flannel` tells of its states and steps, and that fingerprints are those of the slots'
// contents.
#include "properties/overlay/world/flannel_system.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "properties/overlay/world/moves.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

Setup three_nodes() {
  Setup setup;
  setup.nodes = setup.present = setup.subnets = 3;
  setup.mtus = {1500, 1500, 1500};
  setup.budgets.fill(1);
  return setup;
}

/// The first state and what follows it.
struct Bed {
  explicit Bed(Setup setup = three_nodes())
      : system(std::move(setup)), first(system.width()), next(system.width()) {
    system.initial(first);
    system.worker()->successors(first.state(0), first[0].fingerprint, next);
  }
  FlannelSystem system;
  checker::Successors first;
  checker::Successors next;

  [[nodiscard]] std::size_t count(Move move) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < next.size(); ++i) {
      found += next[i].action.group == static_cast<std::uint32_t>(move) ? 1 : 0;
    }
    return found;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(flannel_system_test)

BOOST_AUTO_TEST_CASE(fingerprints_of_successors_are_those_of_their_states) {
  Bed bed;
  BOOST_TEST(bed.next.size() > 20U);
  for (std::size_t i = 0; i < bed.next.size(); ++i) {
    BOOST_TEST(bed.next[i].fingerprint == bed.system.fingerprint(bed.next.state(i)));
  }
}

/// Two systems meet values in different orders; contents are what counts.
BOOST_AUTO_TEST_CASE(fingerprints_do_not_depend_on_the_order_of_interning) {
  FlannelSystem other(three_nodes());
  for (int i = 0; i < 100; ++i) {
    (void)other.values().intern("value " + std::to_string(i));
  }
  Bed bed;
  checker::Successors first(other.width());
  other.initial(first);
  checker::Successors next(other.width());
  other.worker()->successors(first.state(0), first[0].fingerprint, next);
  BOOST_TEST_REQUIRE(next.size() == bed.next.size());
  for (std::size_t i = 0; i < next.size(); ++i) {
    BOOST_TEST(next[i].fingerprint == bed.next[i].fingerprint);
  }
}

BOOST_AUTO_TEST_CASE(each_pod_sends_to_each_other) {
  BOOST_TEST(Bed().count(Move::send) == 6U);
  Setup setup = three_nodes();
  setup.pods = 2;
  setup.full_size = true;
  BOOST_TEST(Bed(setup).count(Move::send) == 30U);
}

BOOST_AUTO_TEST_CASE(budgets_are_what_the_environment_may_do) {
  Bed bed;
  BOOST_TEST(bed.count(Move::reboot) == 3U);
  BOOST_TEST(bed.count(Move::compact) == 1U);
  Setup calm = three_nodes();
  calm.budgets = {};
  Bed quiet(calm);
  BOOST_TEST(quiet.next.size() == quiet.count(Move::send) + quiet.count(Move::check));
}

BOOST_AUTO_TEST_CASE(a_packets_step_tells_its_hops) {
  Bed bed;
  for (std::size_t i = 0; i < bed.next.size(); ++i) {
    const checker::ActionLabel label = bed.system.describe(bed.first.state(0), bed.next[i].action);
    if (label.name != "send") {
      continue;
    }
    const auto value = [&](const std::string& name) {
      return std::ranges::find(label.parameters, name, &std::pair<std::string, std::string>::first)->second;
    };
    BOOST_TEST(value("fate") == "delivered");
    BOOST_TEST(value("hops").find("[tunnel]") != std::string::npos);
    return;
  }
  BOOST_ERROR("no packet is sent");
}

BOOST_AUTO_TEST_CASE(a_state_tells_of_all_its_nodes) {
  Bed bed;
  const checker::Datum datum = bed.system.describe(bed.first.state(0));
  BOOST_TEST_REQUIRE((datum.member("n3") != nullptr));
  BOOST_TEST(to_line(*datum.member("n3")).find("10.244.3.2") != std::string::npos);
  BOOST_TEST(to_line(*datum.member("registry")).find("192.168.50.13") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::flannel_world
