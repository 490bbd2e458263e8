#include "properties/manifest/syntax.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace plimsoll::manifest {

BOOST_AUTO_TEST_SUITE(syntax_test)

BOOST_AUTO_TEST_CASE(dns_labels) {
  for (const std::string& text :
       {std::string("a"), std::string("0"), std::string("a-b"), std::string(63, 'x')}) {
    BOOST_TEST(is_dns_label(text), text);
    BOOST_TEST(is_dns_subdomain(text), text);
  }
  for (const std::string& text :
       {std::string(), std::string("-a"), std::string("a-"), std::string("A"), std::string("a.b"),
        std::string("a_b"), std::string("é"), std::string(64, 'x')}) {
    BOOST_TEST(!is_dns_label(text), text);
  }
}

BOOST_AUTO_TEST_CASE(dns_subdomains) {
  for (const std::string& text :
       {std::string("a.b"), std::string("node-1.example.com"), std::string(253, 'x')}) {
    BOOST_TEST(is_dns_subdomain(text), text);
  }
  for (const std::string& text : {std::string(), std::string("."), std::string("a."), std::string(".a"),
                                  std::string("a..b"), std::string("a.-b"), std::string(254, 'x')}) {
    BOOST_TEST(!is_dns_subdomain(text), text);
  }
}

BOOST_AUTO_TEST_CASE(label_keys_and_values) {
  for (const char* text : {"app", "App_1.x", "example.com/app", "node-role.kubernetes.io/control-plane"}) {
    BOOST_TEST(is_qualified_name(text), text);
  }
  for (const char* text : {"", "/a", "a/", "a/b/c", "-a", "Example.com/app", "a b"}) {
    BOOST_TEST(!is_qualified_name(text), text);
  }
  BOOST_TEST(is_label_value(""));
  BOOST_TEST(is_label_value("v1.2_x-Y"));
  BOOST_TEST(!is_label_value("a/b"));
  BOOST_TEST(!is_label_value(std::string(64, 'x')));
}

BOOST_AUTO_TEST_CASE(quantities) {
  for (const char* text : {"0", "2", "0.5", "250m", "64Mi", "1.5Gi", "10k", "1E"}) {
    BOOST_TEST(is_quantity(text), text);
  }
  for (const char* text : {"", "m", "-1", ".5", "1.", "1MB", "1 Gi", "1e3", "1mi"}) {
    BOOST_TEST(!is_quantity(text), text);
  }
}

BOOST_AUTO_TEST_CASE(addresses_of_both_families) {
  BOOST_TEST(std::holds_alternative<base::Ipv4>(parse_address("10.0.0.1").value()));
  BOOST_TEST(std::holds_alternative<base::Ipv6>(parse_address("fd00::1").value()));
  BOOST_TEST(std::holds_alternative<base::Ipv4Prefix>(parse_prefix("10.0.0.0/8").value()));
  BOOST_TEST(std::holds_alternative<base::Ipv6Prefix>(parse_prefix("fd00::/64").value()));
  for (const char* text : {"", "10.0.0", "10.0.0.01", "fd00:::1", "10.0.0.1/8"}) {
    BOOST_TEST(!parse_address(text).has_value(), text);
    BOOST_TEST(!parse_prefix(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::manifest
