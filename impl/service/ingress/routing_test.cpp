#include "impl/service/ingress/routing.hpp"

#include <boost/test/unit_test.hpp>

namespace plimsoll::service::ingress {
namespace {

Ingress with(const std::string& host, const std::string& path, PathType type = PathType::prefix,
             const std::string& service = "web") {
  Ingress ingress;
  ingress.class_name = "plimsoll";
  ingress.rules = {{host, {{path, type, {service, 80}}}}};
  return ingress;
}

std::string service_of(const Router& router, const char* host, const char* path) {
  const auto route = router.route(host, path);
  return route ? route->backend.service : "404";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_test)

BOOST_AUTO_TEST_CASE(hosts_are_names_whatever_their_case_and_port) {
  const Router router({{"default/a", with("foo.com", "/")}}, {});
  BOOST_TEST(service_of(router, "FOO.com:8080", "/x") == "web");
  BOOST_TEST(service_of(router, "bar.com", "/x") == "404");
}

BOOST_AUTO_TEST_CASE(a_class_is_the_controllers_own_or_the_default_one) {
  Ingress other = with("", "/");
  other.class_name = "nginx";
  Ingress none = with("", "/");
  none.class_name.reset();
  BOOST_TEST(service_of(Router({{"default/a", other}}, {}), "foo.com", "/") == "404");
  BOOST_TEST(service_of(Router({{"default/a", none}}, {}), "foo.com", "/") == "404");
  const ControllerConfig config = {.is_default_class = true};
  BOOST_TEST(service_of(Router({{"default/a", none}}, config), "foo.com", "/") == "web");
}

BOOST_AUTO_TEST_CASE(who_was_there_first_keeps_the_path) {
  Ingress older = with("foo.com", "/a", PathType::prefix, "older");
  Ingress newer = with("foo.com", "/a", PathType::prefix, "newer");
  older.created = 1;
  newer.created = 2;
  BOOST_TEST(service_of(Router({{"default/a", newer}, {"default/b", older}}, {}), "foo.com", "/a") ==
             "older");
}

BOOST_AUTO_TEST_CASE(the_default_backend_takes_what_no_rule_is_for) {
  Ingress ingress = with("foo.com", "/a");
  ingress.default_backend = {"rest", 80};
  const Router router({{"default/a", ingress}}, {});
  BOOST_TEST(service_of(router, "foo.com", "/a") == "web");
  BOOST_TEST(service_of(router, "foo.com", "/b") == "rest");
  BOOST_TEST(service_of(router, "bar.com", "/a") == "rest");
}

BOOST_AUTO_TEST_CASE(what_the_api_server_refuses_has_a_reason) {
  BOOST_TEST(fault_of(Ingress{}).value() == "expected rules or a default backend");
  BOOST_TEST(fault_of(with("Foo.com", "/")).has_value());
  BOOST_TEST(fault_of(with("10.0.0.1", "/")).has_value());
  BOOST_TEST(fault_of(with("a.*.com", "/")).has_value());
  BOOST_TEST(fault_of(with("foo.com", "a")).value() == "path 'a': expected '/' in front");
  BOOST_TEST(fault_of(with("foo.com", "/a//b")).has_value());
  BOOST_TEST(fault_of(with("foo.com", "/a/../b")).has_value());
  BOOST_TEST(!fault_of(with("*.foo.com", "/a/b/")).has_value());
  BOOST_TEST(!fault_of(with("", "/")).has_value());
  // Such an Ingress is as if it were not there.
  BOOST_TEST(service_of(Router({{"default/a", with("foo.com", "a")}}, {}), "foo.com", "/a") == "404");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::service::ingress
