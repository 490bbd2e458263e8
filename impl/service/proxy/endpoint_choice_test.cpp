#include "impl/service/proxy/endpoint_choice.hpp"

#include <boost/test/unit_test.hpp>

#include "impl/service/proxy/cluster_bed.hpp"

namespace {

using namespace plimsoll;
using namespace plimsoll::service;
using Indices = std::vector<std::size_t>;

/// One letter for each endpoint: R ready, T terminating and serving, D terminating and not serving, N not
/// ready; lower case elsewhere, upper case on this node.
PortView view(const std::string& letters, bool internal_local, bool external_local) {
  PortView view;
  view.port.internal_local = internal_local;
  view.port.external_local = external_local;
  view.port.node_port = 30001;
  std::uint8_t number = 1;
  for (const char letter : letters) {
    Endpoint endpoint;
    endpoint.ip = ClusterBed::pod(1, ++number);
    endpoint.port = 8080;
    endpoint.local = letter < 'a';
    const char kind = static_cast<char>(letter | 0x20);
    endpoint.ready = kind == 'r';
    endpoint.serving = kind == 'r' || kind == 't';
    endpoint.terminating = kind == 't' || kind == 'd';
    view.endpoints.push_back(endpoint);
  }
  return view;
}

struct Row {
  const char* endpoints;
  Indices cluster;
  Indices local;  ///< with external policy Local
  bool has_any;
};

PortView hinted(const std::vector<std::set<std::string>>& hints) {
  PortView result = view(std::string(hints.size(), 'r'), false, false);
  for (std::size_t i = 0; i < hints.size(); ++i) {
    result.endpoints[i].zone_hints = hints[i];
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(endpoint_choice_test)

BOOST_AUTO_TEST_CASE(kpx_8_ready_ones_or_else_those_that_still_serve) {
  const Row rows[] = {
      {"", {}, {}, false},   {"r", {0}, {}, true},   {"R", {0}, {0}, true},   {"rR", {0, 1}, {1}, true},
      {"n", {}, {}, false},  {"d", {}, {}, false},   {"t", {0}, {}, true},    {"T", {0}, {0}, true},
      {"tr", {1}, {}, true}, {"Tr", {1}, {0}, true}, {"TR", {1}, {1}, true},  {"tT", {0, 1}, {1}, true},
      {"Nr", {1}, {}, true}, {"DN", {}, {}, false},  {"TrD", {1}, {0}, true}, {"rTRn", {0, 2}, {2}, true},
  };
  for (const Row& row : rows) {
    const EndpointChoice choice = choose_endpoints(view(row.endpoints, false, true), std::nullopt);
    BOOST_TEST_CONTEXT(row.endpoints) {
      BOOST_TEST(choice.cluster == row.cluster);
      BOOST_TEST(choice.local == row.local);
      BOOST_TEST(choice.has_any == row.has_any);
    }
  }
}

BOOST_AUTO_TEST_CASE(kpx_8_what_is_reachable_is_in_either_scope) {
  BOOST_TEST(choose_endpoints(view("Tr", false, true), std::nullopt).reachable == (Indices{0, 1}));
  BOOST_TEST(choose_endpoints(view("TRr", false, true), std::nullopt).reachable == (Indices{1, 2}));
}

BOOST_AUTO_TEST_CASE(kpx_8_policy_cluster_does_not_ask_where) {
  const EndpointChoice choice = choose_endpoints(view("Rr", false, false), std::nullopt);
  BOOST_TEST(choice.cluster == (Indices{0, 1}));
  BOOST_TEST(choice.local.empty());
}

BOOST_AUTO_TEST_CASE(kpx_8_internal_policy_local_without_outside_uses_local_ones_only) {
  PortView inside = view("rT", true, false);
  inside.port.node_port = 0;
  const EndpointChoice choice = choose_endpoints(inside, std::nullopt);
  BOOST_TEST(choice.cluster.empty());
  BOOST_TEST(choice.local == (Indices{1}));
  BOOST_TEST(choice.reachable == (Indices{1}));
  inside.endpoints.pop_back();
  const EndpointChoice none = choose_endpoints(inside, std::nullopt);
  BOOST_TEST(none.reachable.empty());
  BOOST_TEST(none.has_any);
}

BOOST_AUTO_TEST_CASE(kpx_8_p14_does_not_fall_back) {
  const Defects p14 = Defects().with(Defect::P14);
  BOOST_TEST(choose_endpoints(view("Tr", false, true), std::nullopt, p14).local.empty());
  BOOST_TEST(choose_endpoints(view("t", false, false), std::nullopt, p14).cluster.empty());
}

BOOST_AUTO_TEST_CASE(kpx_8_hints_count_only_if_all_have_them_and_one_is_for_the_zone) {
  BOOST_TEST(choose_endpoints(hinted({{"a"}, {"b"}, {"a", "b"}}), "a").cluster == (Indices{0, 2}));
  BOOST_TEST(choose_endpoints(hinted({{"a"}, {}, {"b"}}), "a").cluster == (Indices{0, 1, 2}));
  BOOST_TEST(choose_endpoints(hinted({{"a"}, {"b"}}), "c").cluster == (Indices{0, 1}));
  BOOST_TEST(choose_endpoints(hinted({{"a"}, {"b"}}), std::nullopt).cluster == (Indices{0, 1}));
  BOOST_TEST(choose_endpoints(hinted({{"a"}, {"b"}}), "").cluster == (Indices{0, 1}));
}

BOOST_AUTO_TEST_CASE(kpx_8_hints_are_for_policy_cluster_and_ready_ones) {
  PortView some = hinted({{"b"}, {"a"}, {}});
  some.port.external_local = true;
  some.endpoints[0].local = true;
  some.endpoints[2].ready = false;  // its missing hint does not matter
  const EndpointChoice choice = choose_endpoints(some, "a");
  BOOST_TEST(choice.cluster == (Indices{1}));
  BOOST_TEST(choice.local == (Indices{0}));
  BOOST_TEST(choice.reachable == (Indices{0, 1}));
  // Terminating ones are taken from any zone.
  PortView terminating = view("tt", false, false);
  terminating.endpoints[0].zone_hints = {"b"};
  BOOST_TEST(choose_endpoints(terminating, "a").cluster == (Indices{0, 1}));
}

BOOST_AUTO_TEST_SUITE_END()
