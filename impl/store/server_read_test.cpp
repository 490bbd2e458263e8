// Reads through servers: what they may see, what becomes of them when leaders change.
#include <boost/test/unit_test.hpp>

#include "impl/store/server_bed.hpp"

namespace plimsoll::store {
namespace {

ServerBed running(const Server::Config& config = {}) {
  ServerBed bed(3, config);
  bed.start_all();
  bed.elect(1);
  bed.ask(1, put("a", "old"));
  bed.calm();
  return bed;
}

/// Server 1 leads and does not know that server 2 does, where "a" is new.
ServerBed deposed(const Server::Config& config = {}) {
  ServerBed bed = running(config);
  bed.cut_off(1);
  bed.elect(2);
  bed.ask(2, put("a", "new"));
  bed.calm();
  return bed;
}

Server::Config with(Defect defect) {
  Server::Config config;
  config.member.defects = config.member.defects.with(defect);
  return config;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_read_test)

BOOST_AUTO_TEST_CASE(etcd_5_serializable_reads_may_be_old_and_linearizable_ones_wait) {
  ServerBed bed = deposed();
  const auto serializable = bed.ask(1, get("a", true));
  BOOST_TEST(value_of(bed, serializable).value_or("") == "old");
  const auto linearizable = bed.ask(1, get("a"));
  bed.calm();
  BOOST_TEST(bed.answer_to(linearizable) == nullptr);
  const auto elsewhere = bed.ask(3, get("a"));
  bed.calm();
  BOOST_TEST(value_of(bed, elsewhere).value_or("") == "new");
}

BOOST_AUTO_TEST_CASE(etcd_5_a_read_waits_until_its_index_is_applied) {
  Server::Config config;
  config.raft.writes = raft::StorageWrites::separate;
  ServerBed bed = running(config);
  bed.busy_disks = {2};
  bed.ask(1, put("a", "new"));
  bed.calm();
  // Server 2 is told of the read index when its disk is done, and has not applied it then.
  const auto read = bed.ask(2, get("a"));
  bed.calm();
  BOOST_TEST(bed.answer_to(read) == nullptr);
  bed.busy_disks = {};
  bed.calm();
  BOOST_TEST(value_of(bed, read).value_or("") == "new");
}

/// E18: whoever takes itself for the leader answers.
BOOST_AUTO_TEST_CASE(a_deposed_leader_answers_no_linearizable_read) {
  for (const bool defective : {false, true}) {
    ServerBed bed = deposed(defective ? with(Defect::E18) : Server::Config{});
    const auto read = bed.ask(1, get("a"));
    bed.calm();
    BOOST_TEST((value_of(bed, read) == std::optional<std::string>("old")) == defective);
    BOOST_TEST((bed.answer_to(read) != nullptr) == defective);
  }
}

BOOST_AUTO_TEST_CASE(etcd_6_a_read_in_flight_fails_when_the_leader_changes) {
  ServerBed bed = deposed();
  const auto in_flight = bed.ask(1, get("a"));
  const auto waiting = bed.ask(1, get("a"));
  bed.reconnect(1);
  bed.fire(2, Heartbeat{});
  bed.calm();
  BOOST_TEST((bed.error_of(in_flight) == kv::ErrorCode::leader_changed));
  // It was never sent to the old leader.
  BOOST_TEST(value_of(bed, waiting).value_or("") == "new");
}

BOOST_AUTO_TEST_CASE(etcd_6_a_lost_request_is_sent_again_with_a_fresh_id) {
  ServerBed bed = running();
  bed.cut_off(2);
  const auto read = bed.ask(2, get("a"));
  const auto& round = bed.nodes.at(2).state.waiting.round;
  BOOST_REQUIRE(round.has_value());
  const std::uint64_t first = round->counter;
  bed.lose_all();
  bed.reconnect(2);
  BOOST_REQUIRE(bed.is_armed(2, ReadRetry{}));
  bed.fire(2, ReadRetry{});
  BOOST_TEST(round->counter > first);
  BOOST_TEST(bed.is_armed(2, ReadRetry{}));
  bed.calm();
  BOOST_TEST(value_of(bed, read).value_or("") == "old");
  BOOST_TEST(!bed.is_armed(2, ReadRetry{}));
}

/// A leader that has not committed anything in its term keeps reads waiting; the first entry sets them free.
BOOST_AUTO_TEST_CASE(etcd_6_reads_are_asked_for_again_at_the_first_commit_of_a_term) {
  ServerBed bed(3);
  bed.start_all();
  bed.fire(2, ElectionTimeout{});
  while (!bed.leads(2)) {
    BOOST_REQUIRE(bed.deliver_one([](const auto&) { return true; }));
  }
  const auto read = bed.ask(2, get("a"));
  BOOST_REQUIRE(bed.nodes.at(2).state.waiting.round.has_value());
  const std::uint64_t first = bed.nodes.at(2).state.waiting.round->counter;
  BOOST_TEST(bed.answer_to(read) == nullptr);
  bed.calm();
  BOOST_TEST(bed.answer_to(read) != nullptr);
  BOOST_TEST(bed.nodes.at(2).state.waiting.last_counter > first);
}

/// Server 3 asks twice; the answer of server 2 to the heartbeat for the first request comes when 2 leads, and
/// confirms a read at the old leader that came in between, if the second request has the id of the first
/// (E13) and Raft goes by ids (R19).
BOOST_AUTO_TEST_CASE(a_request_sent_again_does_not_confirm_others) {
  for (const bool defective : {false, true}) {
    Server::Config config = defective ? with(Defect::E13) : Server::Config{};
    config.raft.raft.defects = config.raft.raft.defects.with(raft::Defect::R19);
    ServerBed bed = running(config);
    using Letter = ServerBed::Letter;
    const auto between = [](std::uint64_t from, std::uint64_t to) {
      return [from, to](const Letter& letter) {
        return letter.from == ServerBed::process_of(from) && letter.to == ServerBed::process_of(to);
      };
    };
    bed.ask(3, get("a"));
    BOOST_REQUIRE(bed.deliver_one(between(3, 1)));
    bed.fire(3, ReadRetry{});  // on its way to server 1
    BOOST_REQUIRE(bed.deliver_one(between(1, 2)));
    std::deque<Letter> late;
    for (const Letter& letter : std::exchange(bed.network, {})) {
      if (letter.to == ServerBed::process_of(1)) {
        late.push_back(letter);
      }
    }
    BOOST_REQUIRE(late.size() == 2U);
    bed.cut_off(1);
    bed.elect(2);
    bed.ask(2, put("a", "new"));
    bed.calm();
    bed.lose_all();
    const auto read = bed.ask(1, get("a"));
    bed.lose_all();
    // What server 3 asked comes first.
    std::ranges::sort(late, {}, [](const Letter& letter) { return 10 - letter.from.value; });
    for (const Letter& letter : late) {
      bed.step(1, base::Received<Server::Incoming>{letter.from, letter.message});
    }
    BOOST_TEST((value_of(bed, read) == std::optional<std::string>("old")) == defective);
    BOOST_TEST((bed.answer_to(read) != nullptr) == defective);
  }
}

BOOST_AUTO_TEST_CASE(the_members_can_be_read_either_way) {
  ServerBed bed = deposed();
  const auto local = bed.ask(1, kv::MemberListRequest{});
  BOOST_TEST(bed.result_of<kv::MemberListResult>(local)->members.size() == 3U);
  const auto linearizable = bed.ask(1, kv::MemberListRequest{true});
  BOOST_TEST(bed.answer_to(linearizable) == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::store
