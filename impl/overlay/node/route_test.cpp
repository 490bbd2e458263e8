#include "impl/overlay/node/route.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/overlay/node/cluster_bed.hpp"

namespace plimsoll::overlay {
namespace {

base::Ipv4 ip(const char* text) {
  return *base::Ipv4::parse(text);
}

/// Node 1 of a cluster of two, with what a test changes.
struct Asked {
  explicit Asked(Tables changed)
      : tables(std::move(changed)), compiled(compile(tables)), fib(tables, compiled) {}

  [[nodiscard]] InputRoute in(const char* device, const char* source, const char* destination) const {
    return route_input(
        compiled, fib,
        {.source = ip(source), .destination = ip(destination), .device = compiled.find(device)});
  }
  [[nodiscard]] std::string drop(const char* device, const char* source, const char* destination) const {
    return std::string(to_text(in(device, source, destination).drop));
  }

  Tables tables;
  CompiledTables compiled;
  Fib fib;
};

Tables node() {
  return bed::cluster(2, 2).tables.at("n1");
}

Tables with(const std::string& key, const std::string& value) {
  Tables tables = node();
  bed::must(tables, SysctlSet{key, value});
  return tables;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(route_test)

BOOST_AUTO_TEST_CASE(a_packet_is_delivered_forwarded_or_refused) {
  const Asked asked(node());
  const InputRoute own = asked.in("cni0", "10.244.1.2", "192.168.50.11");
  BOOST_TEST((own.destination.input == Destination::Input::deliver));
  const InputRoute out = asked.in("cni0", "10.244.1.2", "10.244.2.2");
  BOOST_TEST((out.destination.input == Destination::Input::forward));
  BOOST_TEST((out.destination.device == asked.compiled.find("flannel.1")));
  BOOST_TEST((out.destination.next_hop(ip("10.244.2.2")) == ip("10.244.2.0")));
  const InputRoute broadcast = asked.in("cni0", "10.244.1.2", "10.244.1.255");
  BOOST_TEST((broadcast.destination.type == RouteType::broadcast));
}

BOOST_AUTO_TEST_CASE(martians_are_dropped) {
  const Asked asked(node());
  BOOST_TEST(asked.drop("cni0", "10.244.1.1", "10.244.2.2") == "source address is our own");
  BOOST_TEST(asked.drop("cni0", "127.0.0.1", "10.244.2.2") == "invalid source address");
  BOOST_TEST(asked.drop("cni0", "224.0.0.1", "10.244.2.2") == "invalid source address");
  BOOST_TEST(asked.drop("cni0", "0.0.0.0", "10.244.2.2") == "invalid source address");
  BOOST_TEST(asked.drop("cni0", "10.244.1.2", "127.0.0.1") == "invalid destination address");
  BOOST_TEST((Asked(with("net.ipv4.conf.cni0.route_localnet", "1")).drop("cni0", "10.244.1.2", "127.0.0.1") ==
              "none"));
  BOOST_TEST((Asked(with("net.ipv4.conf.all.accept_local", "1")).drop("cni0", "10.244.1.1", "10.244.2.2") ==
              "none"));
}

BOOST_AUTO_TEST_CASE(the_reverse_path_filter_off_strict_and_loose) {
  struct Case {
    const char* device;
    const char* source;
    const char* verdicts[3];  // rp_filter 0, 1, 2
  };
  const Case cases[] = {
      {"cni0", "10.244.1.2", {"none", "none", "none"}},                 // where it belongs
      {"eth0", "10.244.1.2", {"none", "reverse path filter", "none"}},  // by another device
      {"flannel.1", "10.244.2.2", {"none", "none", "none"}},
      {"eth0", "8.8.8.8", {"none", "none", "none"}},  // the default route
      {"cni0", "8.8.8.8", {"none", "reverse path filter", "none"}},
  };
  for (const Case& one : cases) {
    for (int filter = 0; filter < 3; ++filter) {
      const Asked asked(with("net.ipv4.conf.all.rp_filter", std::to_string(filter)));
      const char* destination = std::string_view(one.device) == "cni0" ? "10.244.2.2" : "10.244.1.3";
      BOOST_TEST(asked.drop(one.device, one.source, destination) == one.verdicts[filter],
                 one.device << " " << one.source << " rp_filter " << filter);
    }
  }
}

BOOST_AUTO_TEST_CASE(loose_filtering_refuses_sources_without_any_route) {
  Tables tables = with("net.ipv4.conf.all.rp_filter", "2");
  bed::must(tables, RouteDelete{{}});
  BOOST_TEST(Asked(tables).drop("cni0", "8.8.8.8", "10.244.2.2") == "reverse path filter");
}

BOOST_AUTO_TEST_CASE(without_forwarding_there_is_an_error_for_nobody) {
  const Asked asked(with("net.ipv4.ip_forward", "0"));
  const InputRoute route = asked.in("cni0", "10.244.1.2", "10.244.2.2");
  BOOST_TEST((route.destination.input == Destination::Input::error));
  BOOST_TEST((route.destination.error == Errno::ehostunreach));
  BOOST_TEST((asked.in("cni0", "10.244.1.2", "10.244.1.1").destination.input == Destination::Input::deliver));
}

BOOST_AUTO_TEST_CASE(the_source_of_a_packet_made_here) {
  const Asked asked(node());
  const auto source = [&](const char* destination) {
    const auto route = route_output(asked.compiled, asked.fib, {.destination = ip(destination)});
    return route ? to_text(route->source) : to_text(route.error());
  };
  BOOST_TEST(source("10.244.1.2") == "10.244.1.1");
  BOOST_TEST(source("10.244.2.2") == "10.244.1.0");
  BOOST_TEST(source("8.8.8.8") == "192.168.50.11");
  BOOST_TEST(source("192.168.50.11") == "192.168.50.11");
  const auto foreign =
      route_output(asked.compiled, asked.fib, {.destination = ip("10.244.2.2"), .source = ip("8.8.8.8")});
  BOOST_TEST((!foreign && foreign.error() == Errno::einval));
}

BOOST_AUTO_TEST_CASE(a_device_without_address_borrows_one) {
  Tables tables = node();
  bed::must(tables, AddressDelete{bed::address("flannel.1", ip("10.244.1.0"), 32)});
  const Asked asked(tables);
  const auto route = route_output(asked.compiled, asked.fib, {.destination = ip("10.244.2.2")});
  BOOST_REQUIRE(route.has_value());
  BOOST_TEST(to_text(route->source) == "192.168.50.11");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
