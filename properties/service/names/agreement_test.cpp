// The server's answers out of its index are those that the specification reads off the objects.

#include <rapidcheck.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "impl/service/dns/answer.hpp"
#include "impl/service/dns/names.hpp"
#include "properties/service/names/refinement.hpp"

namespace plimsoll::properties::names {
namespace {

using dns::Address;

template <class... Texts>
std::string one_of(Texts... texts) {
  return *rc::gen::element(std::string(texts)...);
}

Address random_address() {
  return dns::parse_address(one_of("10.0.0.1", "10.0.0.2", "10.96.0.1", "fd00::1", "fd00:1:2:3:4:5:6:7"))
      .value();
}
std::string random_space() {
  return one_of("default", "other");
}
std::string random_service_name() {
  return one_of("web", "db");
}
dns::Port random_port() {
  return {one_of("http", "dns", ""),
          *rc::gen::element(dns::Protocol::tcp, dns::Protocol::udp, dns::Protocol::sctp),
          *rc::gen::inRange<std::uint16_t>(1, 4)};
}
template <class Make>
auto several(std::size_t most, const Make& make) {
  std::vector<decltype(make())> made(*rc::gen::inRange<std::size_t>(0, most + 1));
  std::ranges::generate(made, make);
  return made;
}

dns::Service random_service() {
  using enum dns::ServiceType;
  dns::Service service;
  service.type = *rc::gen::element(cluster_ip, cluster_ip, headless, headless, headless, external_name);
  if (service.type == cluster_ip) {
    service.cluster_ips = {random_address()};
  }
  service.ports = several(2, random_port);
  service.external_name = one_of("Example.org.", "192.0.2.1", "fd00::9", "web.default.svc.cluster.local");
  service.publish_not_ready = *rc::gen::arbitrary<bool>();
  return service;
}
dns::Endpoint random_endpoint() {
  return {{random_address()}, *rc::gen::arbitrary<bool>(), one_of("", "db-0", "db-1")};
}

dns::Objects random_objects() {
  dns::Objects objects;
  for (const char* space : {"default", "other"}) {
    if (*rc::gen::inRange(0, 4) > 0) {
      objects.namespaces.insert(space);
    }
  }
  for (std::size_t count = *rc::gen::inRange<std::size_t>(0, 4); count > 0; --count) {
    objects.services[{random_space(), random_service_name()}] = random_service();
    objects.slices[{random_space(), one_of("s1", "s2", "s3")}] = {
        random_service_name(), several(2, random_port), several(2, random_endpoint)};
    objects.pods[{random_space(), one_of("p1", "p2")}] = {{random_address()}};
  }
  return objects;
}

dns::Config random_config() {
  dns::Config config;
  config.zone = one_of("cluster.local", "k8s");
  config.pods = *rc::gen::element(dns::PodNames::disabled, dns::PodNames::insecure, dns::PodNames::verified);
  config.ignore_empty_service = *rc::gen::arbitrary<bool>();
  config.no_endpoints = !config.ignore_empty_service && *rc::gen::inRange(0, 4) == 0;
  return config;
}

/// Names near to those that exist: the index's own, and made of labels that occur in it.
std::string random_name(const dns::Config& config, const dns::Index& index) {
  if (!index.names.empty() && *rc::gen::inRange(0, 2) == 0) {
    return std::next(index.names.begin(), *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(index.names)))
        ->first;
  }
  if (*rc::gen::inRange(0, 4) == 0) {
    return one_of("in-addr.arpa", "ip6.arpa", "1.0.0.10.in-addr.arpa", "01.0.0.10.in-addr.arpa",
                  "0.0.10.in-addr.arpa", "example.org", "arpa", "", "xcluster.local", "local");
  }
  std::string name;
  for (std::size_t count = *rc::gen::inRange<std::size_t>(0, 6); count > 0; --count) {
    name += one_of("_http", "_tcp", "_udp", "_", "db-0", "10-0-0-1", "fd00--1", "1-2-3-4", "1-2-3", "web",
                   "db", "default", "other", "nowhere", "svc", "pod", "dns-version", "");
    name += ".";
  }
  if (*rc::gen::arbitrary<bool>()) {
    name += one_of("web.", "db.");  // one after the other: compilers differ in the order of operands
    name += one_of("default.", "other.");
    name += one_of("svc.", "pod.");
  }
  return name + config.zone;
}

dns::Question random_question(const dns::Config& config, const dns::Index& index) {
  std::string name = random_name(config, index);
  for (char& letter : name) {
    const bool upper = letter >= 'a' && letter <= 'z' && *rc::gen::inRange(0, 8) == 0;
    letter = upper ? static_cast<char>(letter - 'a' + 'A') : letter;
  }
  name += one_of("", ".");
  using enum dns::Type;
  return {name, *rc::gen::element(a, a, aaaa, cname, srv, ptr, txt, other)};
}

bool agrees(const dns::Config& config, const dns::Index& index, const dns::Question& question) {
  const auto answer = answer_of(dns::answer(config, index, question));
  return answer ==
         model::dns::right_answer(rules_of(config), cluster_of(index.objects), question_of(question));
}

BOOST_AUTO_TEST_SUITE(agreement_test)

BOOST_AUTO_TEST_CASE(answers_are_as_specified) {
  std::size_t found = 0;
  const auto property = [&found] {
    const dns::Config config = random_config();
    dns::Index index;
    dns::replace(config, index, random_objects());
    for (int i = 0; i < 8; ++i) {
      const dns::Question question = random_question(config, index);
      found += dns::answer(config, index, question).records.empty() ? 0 : 1;
      RC_LOG() << question.name << ", type " << static_cast<int>(question.type) << "\n";
      RC_ASSERT(agrees(config, index, question));
    }
  };
  BOOST_TEST(rc::check("answers", property));
  BOOST_TEST(found > 10U, "questions that have an answer are asked: " << found);
}

BOOST_AUTO_TEST_CASE(an_index_with_a_hole_is_noticed) {
  bool noticed = false;
  const auto property = [&noticed] {
    const dns::Config config = random_config();
    dns::Index index;
    dns::replace(config, index, random_objects());
    if (!index.names.empty()) {
      const std::string name = index.names.begin()->first;
      index.names.erase(index.names.begin());
      noticed = noticed || !agrees(config, index, {name, dns::Type::a});
    }
  };
  BOOST_TEST(rc::check("hole", property));
  BOOST_TEST(noticed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::properties::names
