// impl/service/ingress routes every request as model/service/ingress says.
#include <algorithm>
#include <array>

#include <rapidcheck.h>
#include <boost/test/unit_test.hpp>

#include "impl/service/ingress/routing.hpp"
#include "model/service/ingress.hpp"

namespace plimsoll::properties {
namespace {

using service::ingress::Ingress;
using service::ingress::Ingresses;
using service::ingress::PathType;
using service::ingress::Route;
using service::ingress::Router;

std::string one_of(const std::vector<std::string>& texts) {
  return *rc::gen::elementOf(texts);
}

const std::vector<std::string> hosts = {"", "foo.com", "*.foo.com", "bar.foo.com", "*.bar.foo.com"};
const std::vector<std::string> paths = {"/", "/a", "/a/", "/a/b", "/a/b/", "/ab", "/a/b/c"};

/// Backends are numbers, as ports.
struct Both {
  Ingresses ingresses = {};
  std::vector<model::ingress::Entry> entries = {};
  std::optional<std::uint32_t> fallback = {};
};

Both some_ingresses() {
  Both both;
  std::uint16_t port = 0;
  const auto count = *rc::gen::inRange(0U, 4U);
  for (std::uint32_t number = 0; number < count; ++number) {
    Ingress ingress = {.class_name = "plimsoll", .created = *rc::gen::inRange(0U, 3U)};
    const std::string name = "default/i" + std::to_string(number);
    // Of one age, the name decides.
    const std::uint64_t age = ingress.created * 10 + number;
    const bool is_own = *rc::gen::inRange(0, 4) != 0;
    ingress.class_name = is_own ? "plimsoll" : "another";
    for (std::uint32_t rule = 0, rules = *rc::gen::inRange(1U, 4U); rule < rules; ++rule) {
      const std::string host = one_of(hosts);
      service::ingress::Rule made = {.host = host};
      for (std::uint32_t path = 0, all = *rc::gen::inRange(0U, 4U); path < all; ++path) {
        const auto type = *rc::gen::element(PathType::exact, PathType::prefix);
        made.paths.push_back({one_of(paths), type, {"s", ++port}});
        if (is_own) {
          both.entries.push_back(
              {host, made.paths.back().path, type == PathType::exact, age, rule * 10 + path, port});
        }
      }
      ingress.rules.push_back(std::move(made));
    }
    if (*rc::gen::inRange(0, 4) == 0) {
      ingress.default_backend = {"s", ++port};
    }
    both.ingresses[name] = ingress;
  }
  // The first default backend by age.
  std::uint64_t oldest = ~std::uint64_t{0};
  std::uint64_t number = 0;
  for (const auto& [name, ingress] : both.ingresses) {
    const std::uint64_t age = ingress.created * 10 + number++;
    if (ingress.class_name == "plimsoll" && ingress.default_backend && age < oldest) {
      oldest = age;
      both.fallback = ingress.default_backend->port;
    }
  }
  return both;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ingress_agreement_test)

BOOST_AUTO_TEST_CASE(requests_are_routed_as_the_spec_says) {
  BOOST_TEST(rc::check("router and spec agree", [] {
    const Both both = some_ingresses();
    const Router router(both.ingresses, {});
    for (const std::string host :
         {"foo.com", "bar.foo.com", "a.bar.foo.com", "elsewhere", "b.a.bar.foo.com"}) {
      for (const std::string path : {"/", "/a", "/a/", "/a/b", "/a/b/c", "/a/b/c/d", "/ab", "/b", "/A"}) {
        const auto wanted = model::ingress::backend_of(both.entries, host, path);
        const std::optional<Route> found = router.route(host, path);
        const auto expected = wanted ? wanted : both.fallback;
        RC_ASSERT(found.has_value() == expected.has_value());
        RC_ASSERT((!found || found->backend.port == *expected));
      }
    }
  }));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties
