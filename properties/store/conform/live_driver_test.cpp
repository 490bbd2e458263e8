// A real etcd agrees with the references; without one on this machine nothing is tested here, which is said.
#include "properties/store/conform/live_driver.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "properties/store/conform/etcd_client.hpp"
#include "properties/store/conform/local_etcd.hpp"

namespace plimsoll::properties::store {
namespace {

struct Installed {
  template <class TestUnit>
  boost::test_tools::assertion_result operator()(TestUnit /*asking*/) const {
    boost::test_tools::assertion_result result(LocalEtcd::is_installed());
    result.message()
        << "SKIPPED: there is no /usr/bin/etcd (Debian: etcd-server), so nobody judges the store";
    return result;
  }
};

/// One etcd for all cases.
const std::string& endpoint() {
  static const LocalEtcd etcd;
  static const bool is_up = [] {
    const auto client = make_etcd_client(etcd.endpoint());
    for (int attempt = 0; attempt < 300; ++attempt) {
      if (client->call(write_request(kv::PutRequest{"a", ""}))) {
        const kv::DeleteRequest removal{{"a", ""}};
        return client->call(write_request(removal)).has_value();
      }
      client->wait(std::chrono::milliseconds(100));
    }
    return false;
  }();
  BOOST_REQUIRE(is_up);
  return etcd.endpoint();
}

/// The spec, with a mistake.
class Wrong : public Reference {
 public:
  explicit Wrong(const ReferenceSettings& settings) : right_(make_spec_reference(settings)) {}
  std::optional<kv::Response> answer(const kv::Request& request) override {
    auto response = right_->answer(request);
    if (response) {
      spoil(*response);
    }
    return response;
  }
  std::vector<kv::WatchResponse> take_stream() override { return right_->take_stream(); }
  void pass(base::Ticks ticks) override { right_->pass(ticks); }

 private:
  /// A count that stops at 1.
  static void spoil(kv::Response& response) {
    if (auto* range = std::get_if<kv::RangeResult>(&response.result)) {
      range->count = std::min<std::uint64_t>(range->count, 1);
    }
  }
  std::unique_ptr<Reference> right_;
};

/// The spec, but a watch is not told of removals.
class Silent : public Reference {
 public:
  explicit Silent(const ReferenceSettings& settings) : right_(make_spec_reference(settings)) {}
  std::optional<kv::Response> answer(const kv::Request& request) override { return right_->answer(request); }
  std::vector<kv::WatchResponse> take_stream() override {
    auto stream = right_->take_stream();
    for (kv::WatchResponse& response : stream) {
      std::erase_if(response.events,
                    [](const kv::Event& event) { return event.type == kv::EventType::remove; });
    }
    return stream;
  }
  void pass(base::Ticks ticks) override { right_->pass(ticks); }

 private:
  std::unique_ptr<Reference> right_;
};

LiveReport run(std::uint64_t seed, std::uint64_t sequences, std::span<const ReferenceKind> kinds) {
  const auto report = compare_with_etcd({endpoint(), sequences, 0, seed}, kinds);
  BOOST_REQUIRE_MESSAGE(report.has_value(), (report ? "" : report.error().to_string()));
  return *report;
}
std::string text(const LiveReport& report) {
  return report.report.failures.empty() ? "" : report.report.failures.front().details;
}
std::size_t steps(const std::string& details) {
  std::size_t count = 0;
  for (std::size_t at = details.find("variant: "); at != std::string::npos;
       at = details.find("variant: ", at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(live_driver_test)

BOOST_AUTO_TEST_CASE(etcd_and_the_references_agree, *boost::unit_test::precondition(Installed{})) {
  const LiveReport report = run(1, 48, reference_kinds);
  BOOST_TEST(text(report).empty());
  BOOST_TEST(report.report.passed == 48U);
  for (const char* what : {"answer", "transaction", "event", "watch", "expired lease", "compacted",
                           "future-revision", "lease-not-found", "duplicate-key"}) {
    BOOST_TEST(report.seen.contains(what), what);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_answer_is_found_and_made_small, *boost::unit_test::precondition(Installed{})) {
  constexpr ReferenceKind wrong[] = {{"wrong", [](const ReferenceSettings& settings) {
                                        return std::unique_ptr<Reference>(std::make_unique<Wrong>(settings));
                                      }}};
  const LiveReport report = run(2, 100, wrong);
  BOOST_REQUIRE(report.report.failures.size() == 1U);
  BOOST_TEST(text(report).find("count") != std::string::npos);
  BOOST_TEST(steps(text(report)) == 2U, text(report));  // m is there: one put more, and a range
}

BOOST_AUTO_TEST_CASE(a_missing_event_is_found_and_made_small, *boost::unit_test::precondition(Installed{})) {
  constexpr ReferenceKind silent[] = {{"silent", [](const ReferenceSettings& settings) {
                                         return std::unique_ptr<Reference>(
                                             std::make_unique<Silent>(settings));
                                       }}};
  const LiveReport report = run(3, 200, silent);
  BOOST_REQUIRE(report.report.failures.size() == 1U);
  BOOST_TEST(text(report).find("watch 1, ") != std::string::npos, text(report));
  BOOST_TEST(steps(text(report)) <= 3U, text(report));
}

BOOST_AUTO_TEST_CASE(an_etcd_in_use_is_left_alone, *boost::unit_test::precondition(Installed{})) {
  const auto client = make_etcd_client(endpoint());
  BOOST_REQUIRE(client->call(write_request(kv::PutRequest{"mine", "1"})).has_value());
  const auto report = compare_with_etcd({endpoint(), 1, 0, 1});
  BOOST_REQUIRE(!report.has_value());
  BOOST_TEST(report.error().to_string().find("it holds keys or leases") != std::string::npos);
  const auto answer = client->call(write_request(kv::DeleteRequest{{"mine", ""}}));
  BOOST_TEST(answer->json.find(R"("deleted":"1")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_endpoint_that_is_none_is_an_error) {
  for (const char* url : {"http://127.0.0.1:1", "nonsense", ""}) {
    const auto report = compare_with_etcd({url, 1, 0, 1});
    BOOST_TEST(!report.has_value(), url);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
