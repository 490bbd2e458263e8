#include "impl/overlay/node/fib.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/overlay/node/cluster_bed.hpp"

namespace plimsoll::overlay {
namespace {

base::Ipv4 ip(const char* text) {
  return *base::Ipv4::parse(text);
}
base::Ipv4Prefix prefix(const char* text) {
  return *base::Ipv4Prefix::parse(text);
}

/// Two devices, eth0 and eth1, that are up.
Tables two_devices() {
  Tables tables = new_namespace();
  bed::add_device(tables, {.name = "eth0", .address = bed::mac(9, 0, 0)});
  bed::add_device(tables, {.name = "eth1", .address = bed::mac(9, 0, 1)});
  return tables;
}

struct Asked {
  Tables tables = {};
  CompiledTables compiled = compile(tables);
  Fib fib = Fib(tables, compiled);

  std::string answer(const FlowKey& key) const {
    const FibResult found = fib.lookup(key);
    if (found.route == nullptr) {
      return found.unsupported ? "unsupported" : to_text(found.error);
    }
    return compiled[found.route->device].name +
           (found.route->gateway ? " via " + to_text(*found.route->gateway) : std::string());
  }
  std::string answer(const char* destination) const {
    return answer(FlowKey{.destination = ip(destination)});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(fib_test)

BOOST_AUTO_TEST_CASE(the_longest_prefix_wins_then_the_smaller_metric) {
  Tables tables = two_devices();
  tables.routes = {{.gateway = ip("10.0.0.1"), .device = "eth0"},
                   {.destination = prefix("10.1.0.0/16"), .device = "eth0", .metric = 100},
                   {.destination = prefix("10.1.0.0/16"), .device = "eth1", .metric = 10},
                   {.destination = prefix("10.1.2.0/24"), .gateway = ip("10.0.0.2"), .device = "eth0"},
                   {.destination = prefix("10.1.2.3/32"), .device = "eth1"}};
  const Asked asked{tables};
  BOOST_TEST(asked.answer("10.1.2.3") == "eth1");
  BOOST_TEST(asked.answer("10.1.2.4") == "eth0 via 10.0.0.2");
  BOOST_TEST(asked.answer("10.1.9.9") == "eth1");
  BOOST_TEST(asked.answer("8.8.8.8") == "eth0 via 10.0.0.1");
}

BOOST_AUTO_TEST_CASE(routes_that_refuse_answer_with_their_errors) {
  Tables tables = two_devices();
  tables.routes = {{.destination = prefix("10.1.0.0/16"), .type = RouteType::blackhole},
                   {.destination = prefix("10.2.0.0/16"), .type = RouteType::unreachable},
                   {.destination = prefix("10.3.0.0/16"), .type = RouteType::prohibit},
                   {.destination = prefix("10.3.1.0/24"), .device = "eth0"}};
  const Asked asked{tables};
  BOOST_TEST(asked.answer("10.1.0.1") == "EINVAL");
  BOOST_TEST(asked.answer("10.2.0.1") == "EHOSTUNREACH");
  BOOST_TEST(asked.answer("10.3.0.1") == "EACCES");
  BOOST_TEST(asked.answer("10.3.1.1") == "eth0");
  BOOST_TEST(asked.answer("10.4.0.1") == "ENETUNREACH");
}

BOOST_AUTO_TEST_CASE(routes_of_missing_devices_and_of_devices_that_are_down_are_dead) {
  Tables tables = two_devices();
  tables.routes = {{.destination = prefix("10.1.0.0/16"), .device = "eth0"},
                   {.destination = prefix("10.1.1.0/24"), .device = "eth1"},
                   {.destination = prefix("10.1.2.0/24"), .device = "eth7"}};
  find_link(tables, "eth1")->up = false;
  const Asked asked{tables};
  BOOST_TEST(asked.answer("10.1.1.1") == "eth0");
  BOOST_TEST(asked.answer("10.1.2.1") == "eth0");
}

BOOST_AUTO_TEST_CASE(a_device_can_be_asked_for) {
  Tables tables = two_devices();
  tables.routes = {{.destination = prefix("10.1.0.0/16"), .device = "eth0"},
                   {.destination = prefix("10.0.0.0/8"), .device = "eth1"}};
  const Asked asked{tables};
  const DeviceId eth1 = asked.compiled.find("eth1");
  BOOST_TEST(asked.answer(FlowKey{.destination = ip("10.1.0.1"), .out = eth1}) == "eth1");
}

BOOST_AUTO_TEST_CASE(rules_choose_tables_by_source_and_mark) {
  Tables tables = two_devices();
  constexpr std::uint32_t own = 100;
  tables.routes = {{.destination = prefix("10.1.0.0/16"), .device = "eth0"},
                   {.destination = prefix("10.1.0.0/16"), .device = "eth1", .table = own}};
  tables.rules.insert(
      tables.rules.begin() + 1,
      {.priority = 10, .table = own, .source = prefix("10.9.0.0/16"), .mark = 1, .mark_mask = 1});
  const Asked asked{tables};
  BOOST_TEST(asked.fib.has_custom_rules());
  BOOST_TEST(asked.answer("10.1.0.1") == "eth0");
  BOOST_TEST(asked.answer(FlowKey{.destination = ip("10.1.0.1"), .source = ip("10.9.1.1"), .mark = 3}) ==
             "eth1");
  BOOST_TEST(asked.answer(FlowKey{.destination = ip("10.1.0.1"), .source = ip("10.9.1.1"), .mark = 2}) ==
             "eth0");
  tables.rules[1].unsupported = "uidrange";
  BOOST_TEST((Asked{tables}.answer(FlowKey{
                  .destination = ip("10.1.0.1"), .source = ip("10.9.1.1"), .mark = 1}) == "unsupported"));
}

BOOST_AUTO_TEST_CASE(types_of_addresses) {
  Tables tables = two_devices();
  bed::must(tables, AddressAdd{bed::address("eth0", ip("10.1.0.7"), 24)});
  const Asked asked{tables};
  BOOST_TEST((asked.fib.address_type(ip("10.1.0.7")) == RouteType::local));
  BOOST_TEST((asked.fib.address_type(ip("10.1.0.255")) == RouteType::broadcast));
  BOOST_TEST((asked.fib.address_type(ip("10.1.0.8")) == RouteType::unicast));
  BOOST_TEST((asked.fib.address_type(ip("224.0.0.1")) == RouteType::multicast));
  BOOST_TEST((asked.fib.address_type(ip("255.255.255.255")) == RouteType::broadcast));
  BOOST_TEST((asked.fib.address_type(ip("10.1.0.7"), asked.compiled.find("eth1")) == RouteType::unicast));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
