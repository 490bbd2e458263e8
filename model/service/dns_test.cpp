#include "model/service/dns.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::model::dns {
namespace {

Address v4(const char* text) {
  return base::Ipv4::parse(text).value();
}

Cluster one_pod(const char* address, bool ready = true) {
  Cluster cluster;
  cluster.namespaces = {"default"};
  cluster.services = {{"default", "db", true}, {"default", "web", false, false, {v4("10.96.0.7")}}};
  cluster.endpoints = {{"default", "db", v4(address), ready, "db-0", {{"pg", "tcp", 5432}}}};
  return cluster;
}

const Question db{"db.default.svc.cluster.local", Type::a};
const Answer none{Outcome::no_such_name, {}};
const Answer failure{Outcome::failure, {}};

Answer addresses(std::set<Record> records) {
  return {Outcome::found, std::move(records)};
}

BOOST_AUTO_TEST_SUITE(dns_test)

BOOST_AUTO_TEST_CASE(right_answers) {
  const Cluster cluster = one_pod("10.1.0.1");
  const auto asked = [&](const char* name, Type type) { return right_answer({}, cluster, {name, type}); };
  BOOST_TEST((asked("DB.default.svc.cluster.local.", Type::a) == addresses({{Type::a, "10.1.0.1"}})));
  BOOST_TEST((asked("db-0.db.default.svc.cluster.local", Type::a) == addresses({{Type::a, "10.1.0.1"}})));
  BOOST_TEST((asked("db.default.svc.cluster.local", Type::aaaa) == addresses({})));
  BOOST_TEST((asked("_pg._tcp.db.default.svc.cluster.local", Type::srv) ==
              addresses({{Type::srv, "db-0.db.default.svc.cluster.local", 5432}})));
  BOOST_TEST((asked("7.0.96.10.in-addr.arpa", Type::ptr) ==
              addresses({{Type::ptr, "web.default.svc.cluster.local"}})));
  BOOST_TEST((asked("dns-version.cluster.local", Type::txt) == addresses({{Type::txt, "1.1.0"}})));
  BOOST_TEST((asked("x.default.svc.cluster.local", Type::a) == none));
  BOOST_TEST((asked("default.svc.cluster.local", Type::a) == addresses({})));
  BOOST_TEST((asked("example.org", Type::a).outcome == Outcome::refused));
}

BOOST_AUTO_TEST_CASE(nothing_is_known_before_the_first_synchronisation) {
  const std::vector<Cluster> now = {one_pod("10.1.0.1")};
  BOOST_TEST((judge({}, now, false, db, failure) == Judgement::allowed));
  BOOST_TEST((judge({}, now, false, db, none) == Judgement::denied));
  BOOST_TEST((judge({}, now, false, db, addresses({{Type::a, "10.1.0.1"}})) == Judgement::wrong));
  BOOST_TEST((judge({}, now, true, db, failure) == Judgement::failed));
}

BOOST_AUTO_TEST_CASE(a_server_may_lag_but_not_mix_moments) {
  const std::vector<Cluster> moments = {one_pod("10.1.0.1"), one_pod("10.1.0.2")};
  BOOST_TEST((judge({}, moments, true, db, addresses({{Type::a, "10.1.0.1"}})) == Judgement::allowed));
  BOOST_TEST((judge({}, moments, true, db, addresses({{Type::a, "10.1.0.2"}})) == Judgement::allowed));
  BOOST_TEST((judge({}, moments, true, db, addresses({{Type::a, "10.1.0.1"}, {Type::a, "10.1.0.2"}})) ==
              Judgement::wrong));
  BOOST_TEST((judge({}, moments, true, db, none) == Judgement::denied));
}

BOOST_AUTO_TEST_CASE(a_denial_is_right_if_there_was_a_moment_without_endpoints) {
  const std::vector<Cluster> moments = {one_pod("10.1.0.1", false), one_pod("10.1.0.1")};
  BOOST_TEST((judge({}, moments, true, db, none) == Judgement::allowed));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::model::dns
