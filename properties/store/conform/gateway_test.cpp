// The gateway's JSON: there and back, and what it forgives.
#include "properties/store/conform/gateway.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "properties/store/conform/reference.hpp"
#include "properties/store/conform/sequence.hpp"

namespace plimsoll::properties::store {
namespace {

/// "400: the message" if it is refused.
template <class Request>
Request read(const std::string& path, const std::string& json) {
  const auto request = read_request({path, json});
  BOOST_REQUIRE_MESSAGE(request.has_value(), path + " " + json);
  return std::get<Request>(*request);
}
std::string refusal(const std::string& path, const std::string& json) {
  const auto request = read_request({path, json});
  return request ? "" : std::to_string(request.error().status) + " " + request.error().json;
}
void each_request(const auto& visit) {
  for (std::uint64_t number = 0; number < 300; ++number) {
    for (const Step& step : generate_sequence(1, number)) {
      if (const auto* request = std::get_if<RequestBody>(&step)) {
        visit(*request);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_test)

BOOST_AUTO_TEST_CASE(requests_come_back) {
  std::set<std::size_t> kinds;
  each_request([&](const RequestBody& request) {
    kinds.insert(request.index());
    const GatewayCall call = write_request(request);
    const auto back = read_request(call);
    BOOST_REQUIRE_MESSAGE(back.has_value(), call.path + " " + call.json);
    RequestBody expected = request;  // ids of watches are the stream's
    if (auto* watch = std::get_if<kv::WatchRequest>(&expected)) {
      watch->watch = {};
    } else if (auto* cancel = std::get_if<kv::WatchCancelRequest>(&expected)) {
      cancel->watch = {};
    }
    BOOST_REQUIRE_MESSAGE((*back == expected), call.path + " " + call.json);
  });
  BOOST_TEST(kinds.size() == 12U);
}

BOOST_AUTO_TEST_CASE(answers_come_back) {
  const auto reference = make_spec_reference({});
  std::set<std::size_t> kinds;
  std::uint64_t events = 0;
  each_request([&](const RequestBody& request) {
    const auto response = reference->answer({kv::RequestId{0}, request});
    if (response) {
      kinds.insert(response->result.index());
      const GatewayAnswer answer = write_response(request, *response);
      const auto back = read_response(request, answer);
      BOOST_REQUIRE_MESSAGE(back.has_value(), answer.json);
      kv::Response expected = *response;
      if (std::holds_alternative<kv::ErrorResult>(expected.result)) {
        expected.revision = back->revision;
      }
      BOOST_REQUIRE_MESSAGE((*back == expected), answer.json);
    }
    for (kv::WatchResponse expected : reference->take_stream()) {
      const std::string json = write_watch_response(expected);
      const auto back = read_watch_response(json, expected.watch);
      BOOST_REQUIRE_MESSAGE(back.has_value(), json);
      expected.revision = back->revision;
      events += expected.events.size();
      BOOST_REQUIRE_MESSAGE((*back == expected), json);
    }
  });
  BOOST_TEST(kinds.size() == 10U);
  BOOST_TEST(events > 100U);
}

BOOST_AUTO_TEST_CASE(defaults_are_absent_and_numbers_are_texts) {
  BOOST_TEST(write_request(kv::PutRequest{"k1", "v1"}).json == R"({"key":"azE=","value":"djE="})");
  BOOST_TEST(write_request(kv::LeaseGrantRequest{{7}, {60}}).json == R"({"TTL":"60","ID":"7"})");
  kv::Response response{{}, {4}, {}};
  response.result = kv::RangeResult{};
  BOOST_TEST(write_response(kv::RangeRequest{}, response).json == R"({"header":{"revision":"4"}})");
}

BOOST_AUTO_TEST_CASE(reading_forgives_what_the_gateway_forgives) {
  const auto range =
      read<kv::RangeRequest>("/v3/kv/range", R"({"key":"YQ==","rangeEnd":"Yg==","limit":"2","revision":3,
                                                "sort_order":"DESCEND","sort_target":3,"keysOnly":true,
                                                "serializable":null,"unknown":{"a":[1]}})");
  kv::RangeRequest expected{{"a", "b"}, {3}, 2, kv::SortOrder::descend, kv::SortTarget::mod_revision};
  expected.keys_only = true;
  BOOST_TEST((range == expected));
  BOOST_TEST(read<kv::RangeRequest>("/v3/kv/range", R"({"limit":-1})").limit == 0U);
  BOOST_TEST(read<kv::LeaseGrantRequest>("/v3/lease/grant", R"({"TTL":-5})").ttl.value == 0U);
  BOOST_TEST(read<kv::LeaseRevokeRequest>("/v3/kv/lease/revoke", R"({"ID":"7"})").id.value == 7U);
}

BOOST_AUTO_TEST_CASE(reading_refuses_what_the_gateway_refuses_in_its_words) {
  BOOST_TEST(refusal("/v3/kv/put", R"({"key":"a$E="})") ==
             R"(400 {"error":"illegal base64 data at input byte 1",)"
             R"("message":"illegal base64 data at input byte 1","code":3})");
  BOOST_TEST(refusal("/v3/kv/range", R"({"sort_order":"UP"})").find("unknown value \\\"UP\\\" for enum") !=
             std::string::npos);
  BOOST_TEST(refusal("/v3/kv/txn", R"({"success":[{}]})").find("key not found") != std::string::npos);
  for (const std::string json : {R"({"key":5})", R"({"limit":1.5})", R"({"count_only":1})", "[]", "{"}) {
    BOOST_TEST(refusal("/v3/kv/range", json).starts_with("400 "), json);
  }
  BOOST_TEST(refusal("/v3/auth/enable", "{}").starts_with("501 "));
}

BOOST_AUTO_TEST_CASE(errors_have_the_status_and_the_code_of_the_gateway) {
  const RequestBody asked = kv::LeaseRevokeRequest{{7}};
  kv::Response response;
  response.result = kv::ErrorResult{kv::ErrorCode::lease_not_found};
  GatewayAnswer answer = write_response(asked, response);
  BOOST_TEST(answer.status == 404);
  BOOST_TEST(answer.json.find(R"("code":5)") != std::string::npos);
  BOOST_TEST((read_response(asked, answer)->result == response.result));
  answer.status = 400;
  BOOST_TEST(!read_response(asked, answer).has_value());
  BOOST_TEST(!read_response(asked, {404, R"({"message":"no such thing","code":5})"}).has_value());
  BOOST_TEST(!read_response(asked, {404, "gone"}).has_value());
}

BOOST_AUTO_TEST_CASE(a_keep_alive_without_a_lease_is_no_error_to_the_gateway) {
  const RequestBody asked = kv::LeaseKeepAliveRequest{{70}};
  kv::Response response{{}, {4}, {}};
  response.result = kv::ErrorResult{kv::ErrorCode::lease_not_found};
  const GatewayAnswer answer = write_response(asked, response);
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.json == R"({"result":{"ID":"70","header":{"revision":"4"}}})");
  BOOST_TEST((read_response(asked, answer)->result == response.result));
}

BOOST_AUTO_TEST_CASE(operations_of_a_transaction_tell_the_revision_that_they_saw) {
  kv::TxnResult result{true, {kv::RangeResult{}, kv::DeleteResult{}, kv::PutResult{}, kv::RangeResult{}}};
  kv::Response response{{}, {9}, {}};
  response.result = result;
  const std::string json = write_response(kv::TxnRequest{}, response).json;
  const std::string before = R"({"header":{"revision":"8"}})";
  const std::string after = R"({"header":{"revision":"9"}})";
  BOOST_TEST(json.find(R"({"response_range":)" + before + R"(},{"response_delete_range":)" + before +
                       R"(},{"response_put":)" + after + R"(},{"response_range":)" + after) !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
