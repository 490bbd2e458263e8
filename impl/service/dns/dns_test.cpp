#include "impl/service/dns/dns.hpp"

#include <boost/test/unit_test.hpp>
#include <optional>

#include "impl/service/dns/test_objects.hpp"

namespace plimsoll::dns {
namespace {

constexpr base::ProcessId api_server{1};
constexpr base::ProcessId client{2};
const Question web_a{"web.default.svc.cluster.local", Type::a};
const Question db_a{"db.default.svc.cluster.local", Type::a};

struct Bed {
  Server::Config config;
  Server::State state = {};
  std::vector<Server::Outgoing> sent = {};
  std::set<Server::Timer> armed = {};

  explicit Bed(Defects defects = {}) {
    config.dns.defects = defects;
    config.api_server = api_server;
    step(base::Started{});
  }
  void step(const Server::Input& input) {
    base::ScriptedChoices choices;
    Server::Outputs outputs(choices);
    Server::step(config, state, input, outputs);
    sent.clear();
    for (const auto& send : outputs.sends()) {
      sent.push_back(send.message);
    }
    for (const auto& change : outputs.timers()) {
      if (change.armed) {
        armed.insert(change.timer);
      }
      if (!change.armed) {
        armed.erase(change.timer);
      }
    }
  }
  void receive(const Server::Incoming& message) {
    step(base::Received<Server::Incoming>{api_server, message});
  }
  void fire(Server::Timer timer) {
    armed.erase(timer);
    step(base::TimerFired<Server::Timer>{timer});
  }
  /// "silence" if nothing comes back.
  std::string ask(const Question& question) {
    step(base::Received<Server::Incoming>{client, Asked{7, question}});
    if (sent.empty()) {
      return "silence";
    }
    BOOST_TEST(std::get<Answered>(sent.front()).id == 7U);
    return to_text(std::get<Answered>(sent.front()).answer);
  }
  [[nodiscard]] bool lists() const { return sent.size() == 1 && std::holds_alternative<List>(sent.front()); }
};

Change set_db(const EndpointSlice& slice) {
  return {Kind::slice, {"default", "db-1"}, Object{slice}};
}
EndpointSlice one_endpoint(std::string_view address) {
  return {"db", {}, {{{ip(address)}, true, "db-0"}}};
}

BOOST_AUTO_TEST_SUITE(dns_test)

BOOST_AUTO_TEST_CASE(a_start_lists_and_the_list_is_watched_from_its_revision) {
  Bed bed;
  BOOST_TEST(bed.lists());
  bed.receive(Listed{test_objects(), 9});
  BOOST_TEST(std::get<Watch>(bed.sent.at(0)).revision == 9U);
  BOOST_TEST(bed.ask(web_a) == "NOERROR A 10.96.0.7");
}

BOOST_AUTO_TEST_CASE(nobody_listens_before_the_startup_timeout_and_then_servfail_until_synced) {
  Bed bed;
  BOOST_TEST(bed.ask(web_a) == "silence");
  bed.fire(Server::Timer::startup);
  BOOST_TEST(bed.ask(web_a) == "SERVFAIL");
  bed.receive(Listed{test_objects(), 1});
  BOOST_TEST(bed.ask(web_a) == "NOERROR A 10.96.0.7");
}

BOOST_AUTO_TEST_CASE(d1_denies_names_it_has_not_heard_of_yet) {
  Bed bed(Defects{}.with(Defect::D1));
  bed.fire(Server::Timer::startup);
  BOOST_TEST(bed.ask(web_a) == "NXDOMAIN");
}

BOOST_AUTO_TEST_CASE(changes_are_followed_in_order_and_once) {
  Bed bed;
  bed.receive(Listed{test_objects(), 5});
  bed.receive(Changed{set_db(one_endpoint("10.1.0.8")), 6});
  BOOST_TEST(bed.ask(db_a) == "NOERROR A 10.1.0.8");
  bed.receive(Changed{set_db(one_endpoint("10.1.0.4")), 4});
  BOOST_TEST(bed.ask(db_a) == "NOERROR A 10.1.0.8", "a change older than what is known");
  bed.receive(Changed{{Kind::service, {"default", "db"}, {}}, 7});
  BOOST_TEST(bed.ask(db_a) == "NXDOMAIN");
}

BOOST_AUTO_TEST_CASE(a_list_takes_the_place_of_what_was_known) {
  Bed bed;
  bed.receive(Listed{test_objects(), 5});
  for (const Server::Input& end : {Server::Input{base::Received<Server::Incoming>{api_server, WatchEnded{}}},
                                   Server::Input{base::Disconnected{api_server}},
                                   Server::Input{base::TimerFired<Server::Timer>{Server::Timer::silence}}}) {
    bed.receive(Listed{test_objects(), 5});
    bed.step(end);
    BOOST_TEST(bed.lists());
    BOOST_TEST(bed.ask(web_a) == "NOERROR A 10.96.0.7", "what was known is served on");
  }
  bed.receive(Listed{Objects{}, 20});
  BOOST_TEST(bed.ask(web_a) == "NXDOMAIN");
  BOOST_TEST(bed.state.index.names.empty());
}

BOOST_AUTO_TEST_CASE(a_restart_forgets_everything) {
  Bed bed;
  bed.receive(Listed{test_objects(), 5});
  bed.step(base::Started{1, {}, false});
  BOOST_TEST(bed.ask(web_a) == "silence");
  BOOST_TEST(bed.lists() == false);
  BOOST_TEST(bed.state.index.names.empty());
}

BOOST_AUTO_TEST_CASE(d4_waits_for_a_silent_watch_for_ever) {
  Bed bed(Defects{}.with(Defect::D4));
  bed.receive(Listed{test_objects(), 5});
  bed.fire(Server::Timer::silence);
  BOOST_TEST(bed.sent.empty());
}

BOOST_AUTO_TEST_CASE(d2_denies_an_updated_service_until_the_resync) {
  Bed bed(Defects{}.with(Defect::D2));
  bed.receive(Listed{test_objects(), 5});
  bed.receive(Changed{set_db(one_endpoint("10.1.0.8")), 6});
  BOOST_TEST(bed.ask(db_a) == "NXDOMAIN");
  bed.fire(Server::Timer::resync);
  BOOST_TEST(bed.ask(db_a) == "NOERROR A 10.1.0.8");
}

BOOST_AUTO_TEST_CASE(d3_keeps_the_address_that_a_pod_had_before) {
  Bed bed(Defects{}.with(Defect::D3));
  Objects objects = test_objects();
  objects.slices[{"default", "db-1"}] = one_endpoint("10.1.0.1");
  bed.receive(Listed{objects, 5});
  bed.receive(Changed{set_db(one_endpoint("10.1.0.8")), 6});
  BOOST_TEST(bed.ask(db_a) == "NOERROR A 10.1.0.1, A 10.1.0.8");
}

BOOST_AUTO_TEST_CASE(a_resync_changes_nothing_in_a_healthy_server) {
  Bed bed;
  bed.receive(Listed{test_objects(), 5});
  const Index before = bed.state.index;
  bed.fire(Server::Timer::resync);
  BOOST_TEST((bed.state.index == before));
  BOOST_TEST(bed.armed.contains(Server::Timer::resync));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::dns
