// Any history of leases, refusals, restarts and accidents: once it is over and time has passed, the tables
// are those that the live leases ask for.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/overlay/flannel/oracle.hpp"
#include "impl/overlay/flannel/rules.hpp"
#include "impl/overlay/flannel/test_bed.hpp"
#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::overlay::flannel {
namespace {

/// One history, step by step.
class History {
 public:
  History(BackendKind kind, bool direct_routing) : bed_(kind) {
    bed_.config.direct_routing = direct_routing;
    bed_.refuse = [this](const Question& question) { return refusal(question); };
  }

  void run(int steps) {
    start();
    for (int i = 0; i < steps; ++i) {
      take_step();
    }
    quiesce();
  }

  void check() const {
    RC_ASSERT(!bed_.exit_reason.has_value());
    RC_ASSERT(bed_.state.node.news.empty());
    RC_ASSERT(bed_.state.node.refused.empty());
    RC_ASSERT(found(bed_) == oracle(bed_));
    const std::string saved = netfilter::print(bed_.tables.ruleset);
    for (const RuleChain& chain : all_rules(bed_.config, bed_.own_subnet)) {
      RC_ASSERT(are_present(chain, saved));
    }
    if (bed_.config.kind == BackendKind::udp) {
      check_udp_routes();
    }
  }

 private:
  void check_udp_routes() const {
    RC_ASSERT(bed_.state.udp_routes.size() == bed_.leases.size());
    for (const UdpRoute& route : bed_.state.udp_routes) {
      RC_ASSERT(bed_.leases.at(route.subnet).public_ip == route.node);
    }
  }

  static std::uint32_t below(std::uint32_t count) { return *rc::gen::inRange(std::uint32_t{0}, count); }

  /// While trouble lasts, about every third request fails.
  std::optional<Errno> refusal(const Question& /*question*/) {
    if (trouble_ == 0) {
      return std::nullopt;
    }
    --trouble_;
    switch (below(6)) {
      case 0:
        return Errno::eio;
      case 1:
        return Errno::ebusy;
      default:
        return std::nullopt;
    }
  }

  /// Starts until a start does not fail: a supervisor's work.
  void start() {
    bed_.start();
    while (bed_.exit_reason) {
      bed_.start();
    }
  }

  /// Peers 1 to 5 have addresses on the link, the others are beyond a router, which host-gw cannot use.
  base::Ipv4 peer_ip(std::uint32_t peer) const {
    const bool is_near = bed_.config.kind == BackendKind::host_gw || peer <= 5;
    return is_near ? base::Ipv4(192, 0, 2, static_cast<std::uint8_t>(10 + peer))
                   : base::Ipv4(198, 51, 100, static_cast<std::uint8_t>(peer));
  }

  void add_lease() {
    const std::uint32_t number = 2 + below(6);
    const bool is_foreign = bed_.config.kind != BackendKind::udp && below(8) == 7;
    if (is_foreign) {
      bed_.add(TestBed::subnet_of(number), {peer_ip(1), "wireguard", {}});
    } else {
      bed_.add(number, peer_ip(1 + below(9)), below(3));
    }
  }

  /// What nobody asked flanneld about. Only what its checks look for.
  void accident() {
    const std::string& device = bed_.state.node.device;
    Route route;
    route.destination = TestBed::subnet_of(2 + below(6));
    switch (below(3)) {
      case 0:
        (void)overlay::apply(bed_.tables, RouteDelete{route});
        break;
      case 1:
        if (bed_.config.kind == BackendKind::vxlan) {
          bed_.change(LinkDown{device});
          bed_.change(LinkUp{device});
        }
        break;
      default:
        bed_.change(IptablesRestore{"*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n", false});
    }
  }

  /// Leases change and nobody tells.
  void change_in_secret() {
    for (std::uint32_t left = below(3); left > 0; --left) {
      const std::uint32_t number = 2 + below(6);
      if (below(2) == 0) {
        bed_.leases.erase(TestBed::subnet_of(number));
      } else {
        bed_.leases.insert_or_assign(TestBed::subnet_of(number),
                                     bed_.attributes_of(peer_ip(1 + below(9)), below(3)));
      }
    }
  }

  /// The leases change while flanneld is down, and somebody may have left an entry.
  void restart() {
    change_in_secret();
    if (below(2) == 0) {
      RouteReplace stale;
      stale.route.destination = TestBed::subnet_of(100 + below(3));
      stale.route.gateway = peer_ip(1 + below(5));
      stale.route.device = "eth0";
      stale.route.metric = below(2);
      (void)overlay::apply(bed_.tables, stale);
    }
    if (bed_.config.kind == BackendKind::vxlan && below(4) == 0) {
      bed_.config.port = bed_.config.port == 0 ? 4789 : 0;
    }
    start();
  }

  void take_step() {
    switch (below(11)) {
      case 0:
      case 1:
      case 2:
        add_lease();
        break;
      case 3:
      case 4:
        bed_.remove(2 + below(6));
        break;
      case 5:
        trouble_ = below(20);
        break;
      case 6:
        bed_.fire_if_armed(BackendTimer::retry);
        break;
      case 7:
        bed_.fire_if_armed(BackendTimer::check);
        break;
      case 8:
        accident();
        break;
      case 9:
        change_in_secret();  // a watch that was compacted
        bed_.list();
        break;
      default:
        restart();
    }
  }

  /// No more trouble, and time enough: twice a look at everything, with what follows from it.
  void quiesce() {
    trouble_ = 0;
    if (below(2) == 0) {
      bed_.list();
    }
    for (int i = 0; i < 2; ++i) {
      bed_.fire_if_armed(BackendTimer::retry);
      bed_.fire_if_armed(BackendTimer::check);
    }
    RC_ASSERT(!bed_.armed.contains(BackendTimer::retry));
  }

  TestBed bed_;
  std::uint32_t trouble_ = 0;
};

void check_histories(const std::string& name, BackendKind kind, bool direct_routing = false) {
  BOOST_TEST(rc::check(name, [=] {
    History history(kind, direct_routing);
    history.run(*rc::gen::inRange(0, 40));
    history.check();
  }));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(backend_random_test)

BOOST_AUTO_TEST_CASE(FLN_V_tables_are_those_of_the_live_leases) {
  check_histories("vxlan", BackendKind::vxlan);
}

BOOST_AUTO_TEST_CASE(FLN_V_direct_routing_tables_are_those_of_the_live_leases) {
  check_histories("vxlan with direct routing", BackendKind::vxlan, true);
}

BOOST_AUTO_TEST_CASE(FLN_H_tables_are_those_of_the_live_leases) {
  check_histories("host-gw", BackendKind::host_gw);
}

BOOST_AUTO_TEST_CASE(FLN_U_routes_are_those_of_the_live_leases) {
  check_histories("udp", BackendKind::udp);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::flannel
