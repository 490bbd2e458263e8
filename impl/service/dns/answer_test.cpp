#include "impl/service/dns/answer.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/service/dns/test_objects.hpp"

namespace plimsoll::dns {
namespace {

std::string ask(std::string name, Type type, const Config& config = {},
                const Objects& objects = test_objects()) {
  return to_text(answer(config, index_of(config, objects), {std::move(name), type}));
}
std::string in_zone(const std::string& name, Type type, const Config& config = {}) {
  return ask(name + ".cluster.local", type, config);
}

BOOST_AUTO_TEST_SUITE(answer_test)

BOOST_AUTO_TEST_CASE(a_service_with_cluster_ips) {
  BOOST_TEST(in_zone("web.default.svc", Type::a) == "NOERROR A 10.96.0.7");
  BOOST_TEST(in_zone("web.default.svc", Type::aaaa) == "NOERROR AAAA fd00::7");
  BOOST_TEST(in_zone("_http._tcp.web.default.svc", Type::srv) ==
             "NOERROR SRV 80 web.default.svc.cluster.local");
  BOOST_TEST(ask("7.0.96.10.in-addr.arpa", Type::ptr) == "NOERROR PTR web.default.svc.cluster.local");
}

BOOST_AUTO_TEST_CASE(only_ports_with_a_name_have_srv_records) {
  BOOST_TEST(in_zone("web.default.svc", Type::srv) == "NOERROR");
  BOOST_TEST(in_zone("_http._udp.web.default.svc", Type::srv) == "NXDOMAIN");
  BOOST_TEST(in_zone("_._tcp.web.default.svc", Type::srv) == "NXDOMAIN");
}

BOOST_AUTO_TEST_CASE(a_headless_service_has_its_ready_endpoints) {
  BOOST_TEST(in_zone("db.default.svc", Type::a) == "NOERROR A 10.1.0.1, A 10.1.0.2");
  BOOST_TEST(in_zone("db-0.db.default.svc", Type::a) == "NOERROR A 10.1.0.1");
  BOOST_TEST(in_zone("10-1-0-2.db.default.svc", Type::a) == "NOERROR A 10.1.0.2");
  BOOST_TEST(in_zone("db-2.db.default.svc", Type::a) == "NXDOMAIN");
  BOOST_TEST(in_zone("_pg._tcp.db.default.svc", Type::srv) ==
             "NOERROR SRV 5432 10-1-0-2.db.default.svc.cluster.local, "
             "SRV 5432 db-0.db.default.svc.cluster.local");
  BOOST_TEST(ask("1.0.1.10.in-addr.arpa", Type::ptr) == "NOERROR PTR db-0.db.default.svc.cluster.local");
  BOOST_TEST(ask("2.0.1.10.in-addr.arpa", Type::ptr) == "NXDOMAIN");
}

BOOST_AUTO_TEST_CASE(publish_not_ready_addresses) {
  Objects objects = test_objects();
  objects.services[{"default", "db"}].publish_not_ready = true;
  BOOST_TEST(ask("db-2.db.default.svc.cluster.local", Type::a, {}, objects) == "NOERROR A 10.1.0.3");
}

BOOST_AUTO_TEST_CASE(a_headless_service_without_ready_endpoints_does_not_exist) {
  Objects objects = test_objects();
  objects.slices.clear();
  BOOST_TEST(ask("db.default.svc.cluster.local", Type::a, {}, objects) == "NXDOMAIN");
  BOOST_TEST(in_zone("db.default.svc", Type::a, {.no_endpoints = true}) == "NXDOMAIN");
}

BOOST_AUTO_TEST_CASE(an_external_name_is_an_alias_unless_it_is_an_address) {
  for (const Type type : {Type::a, Type::aaaa, Type::cname}) {
    BOOST_TEST(in_zone("alias.default.svc", type) == "NOERROR CNAME example.org");
  }
  BOOST_TEST(in_zone("alias.default.svc", Type::txt) == "NOERROR");
  BOOST_TEST(in_zone("numeric.default.svc", Type::a) == "NXDOMAIN");
}

BOOST_AUTO_TEST_CASE(existing_names_of_another_type_have_no_data) {
  for (const char* name : {"web.default.svc", "default.svc", "empty.svc", "svc", "pod", "dns-version"}) {
    BOOST_TEST(in_zone(name, Type::ptr) == "NOERROR", name);
  }
  BOOST_TEST(ask("cluster.local", Type::a) == "NOERROR");
  BOOST_TEST(ask("in-addr.arpa", Type::ptr) == "NOERROR");
  BOOST_TEST(in_zone("db.default.svc", Type::aaaa) == "NOERROR");
  BOOST_TEST(in_zone("web.default.svc", Type::other) == "NOERROR");
}

BOOST_AUTO_TEST_CASE(absent_names) {
  for (const char* name : {"nobody.default.svc", "web.nowhere.svc", "nowhere.svc", "default.pod", "web",
                           "x.web.default.svc", "a.b.c.web.default.svc", "10-1-0-9.default.pod"}) {
    BOOST_TEST(in_zone(name, Type::a) == "NXDOMAIN", name);
  }
  BOOST_TEST(ask("web.example.org", Type::a) == "REFUSED");
  BOOST_TEST(ask("mycluster.local", Type::a) == "REFUSED");
}

BOOST_AUTO_TEST_CASE(the_version_of_the_specification) {
  BOOST_TEST(in_zone("dns-version", Type::txt) == "NOERROR TXT 1.1.0");
}

BOOST_AUTO_TEST_CASE(names_are_read_in_any_case) {
  BOOST_TEST(ask("WEB.Default.Svc.CLUSTER.local.", Type::a) == "NOERROR A 10.96.0.7");
}

BOOST_AUTO_TEST_CASE(names_of_pods) {
  const Config insecure{.pods = PodNames::insecure};
  BOOST_TEST(in_zone("1-2-3-4.default.pod", Type::a, insecure) == "NOERROR A 1.2.3.4");
  BOOST_TEST(in_zone("1-2-3-4.default.pod", Type::aaaa, insecure) == "NOERROR");
  BOOST_TEST(in_zone("fd00--9.default.pod", Type::aaaa, insecure) == "NOERROR AAAA fd00::9");
  BOOST_TEST(in_zone("1-2-3-4.nowhere.pod", Type::a, insecure) == "NXDOMAIN");
  BOOST_TEST(in_zone("default.pod", Type::a, insecure) == "NOERROR");
  const Config verified{.pods = PodNames::verified};
  BOOST_TEST(in_zone("10-1-0-9.default.pod", Type::a, verified) == "NOERROR A 10.1.0.9");
  BOOST_TEST(in_zone("10-1-0-9.empty.pod", Type::a, verified) == "NXDOMAIN");
  BOOST_TEST(in_zone("1-2-3-4.default.pod", Type::a, verified) == "NXDOMAIN");
}

BOOST_AUTO_TEST_CASE(services_without_endpoints_may_be_passed_over) {
  const Config config{.ignore_empty_service = true};
  BOOST_TEST(in_zone("web.default.svc", Type::a, config) == "NXDOMAIN");
  Objects objects = test_objects();
  objects.slices[{"default", "web-1"}] = {"web", {}, {{{ip("10.1.0.4")}, true, ""}}};
  BOOST_TEST(ask("web.default.svc.cluster.local", Type::a, config, objects) == "NOERROR A 10.96.0.7");
}

BOOST_AUTO_TEST_CASE(answers_and_refusals_of_a_name_live_as_long_as_configured) {
  const Config config{.ttl = 30};
  const Index index = index_of(config, test_objects());
  BOOST_TEST(answer(config, index, {"web.default.svc.cluster.local", Type::a}).ttl == 30);
  BOOST_TEST(answer(config, index, {"x.default.svc.cluster.local", Type::a}).ttl == 30);
  BOOST_TEST(answer(config, index, {"example.org", Type::a}).ttl == 0);
}

BOOST_AUTO_TEST_CASE(nothing_to_answer_from) {
  BOOST_TEST(to_text(answer_unsynced({}, {"web.default.svc.cluster.local", Type::a})) == "SERVFAIL");
  BOOST_TEST(to_text(answer_unsynced({}, {"7.0.96.10.in-addr.arpa", Type::ptr})) == "SERVFAIL");
  BOOST_TEST(to_text(answer_unsynced({}, {"example.org", Type::a})) == "REFUSED");
}

BOOST_AUTO_TEST_CASE(configurations_with_problems) {
  BOOST_TEST(!problem({}).has_value());
  BOOST_TEST(problem({.ttl = 3601}).has_value());
  BOOST_TEST(problem({.zone = ""}).has_value());
  BOOST_TEST(problem({.zone = "Cluster.local"}).has_value());
  BOOST_TEST(problem({.zone = "in-addr.arpa"}).has_value());
  BOOST_TEST(problem({.ignore_empty_service = true, .no_endpoints = true}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::dns
