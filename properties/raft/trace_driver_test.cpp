// Traces of real clusters are accepted, and traces with one thing wrong are not.
#include "properties/raft/trace_driver.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "properties/raft/trace_mutants.hpp"

namespace plimsoll::properties::raft {
namespace {

using trace::Event;
using trace::Mutation;

const std::string own_trace =
    std::string(PLIMSOLL_SOURCE_DIR) + "/properties/raft/testdata/trace-three-nodes.ndjson";

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<Event> events_of(const std::string& path) {
  const auto events = trace::parse(text_of(path), path);
  BOOST_REQUIRE(events.has_value());
  return *events;
}

/// Traces of etcd-io/raft, if they are there.
std::vector<std::string> foreign_traces() {
  std::vector<std::string> found;
  const std::filesystem::path directory =
      std::filesystem::path(PLIMSOLL_SOURCE_DIR).parent_path() / "shared/conformance/raft/traces";
  if (std::filesystem::exists(directory)) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      found.push_back(entry.path().string());
    }
  }
  return found;
}

/// How many of `draws` mutants in a hundred are refused.
double share_refused(const std::vector<Event>& events, Mutation mutation, int draws) {
  trace::Random random(20'251'123);
  int drawn = 0;
  int refused = 0;
  while (drawn < draws) {
    std::vector<Event> mutant = events;
    if (trace::mutate(mutant, mutation, random)) {
      ++drawn;
      refused += trace::refusal(mutant) ? 1 : 0;
    }
  }
  return 100.0 * refused / draws;
}

/// Of what is lost or put off without a consequence the rest of a trace knows nothing.
double least_share(Mutation mutation) {
  switch (mutation) {
    case Mutation::swap:
      return 85;
    case Mutation::drop:
      return 80;
    case Mutation::change_index:
      return 97;
    default:
      return 100;
  }
}

/// The first line that no longer makes sense once `change` was made to the trace; 0: it is accepted.
template <class Change>
std::uint64_t refused_at(const Change& change) {
  std::vector<Event> events = events_of(own_trace);
  change(events);
  const auto refused = trace::refusal(events);
  return refused ? refused->first : 0;
}

std::size_t find(const std::vector<Event>& events, trace::EventName name, trace::Id node,
                 std::size_t nth = 0) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].name == name && events[i].node == node && nth-- == 0) {
      return i;
    }
  }
  BOOST_FAIL("no such event");
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trace_driver_test)

BOOST_AUTO_TEST_CASE(our_own_trace_is_accepted) {
  const ConformanceResult result = judge_raft_trace(own_trace);
  BOOST_REQUIRE(result.has_value());
  BOOST_TEST(result->failures.size() == 0U);
  BOOST_TEST(result->total == 129U);
  BOOST_TEST(result->passed == result->total);
}

BOOST_AUTO_TEST_CASE(traces_of_real_clusters_are_accepted) {
  for (const std::string& path : foreign_traces()) {
    BOOST_TEST_CONTEXT(path) {
      const ConformanceResult result = judge_raft_trace(path);
      BOOST_REQUIRE(result.has_value());
      BOOST_TEST(result->failures.size() == 0U);
      BOOST_TEST(result->total > 50U);
    }
  }
}

BOOST_AUTO_TEST_CASE(mutants_of_six_kinds_are_refused) {
  const std::vector<Event> events = events_of(own_trace);
  for (const Mutation mutation : trace::every_mutation) {
    BOOST_TEST_CONTEXT(trace::to_text(mutation)) {
      BOOST_TEST(share_refused(events, mutation, 200) >= least_share(mutation));
    }
  }
}

BOOST_AUTO_TEST_CASE(mutants_of_foreign_traces_are_refused) {
  for (const std::string& path : foreign_traces()) {
    const std::vector<Event> events = events_of(path);
    for (const Mutation mutation : trace::every_mutation) {
      BOOST_TEST_CONTEXT(path << ", " << trace::to_text(mutation)) {
        BOOST_TEST(share_refused(events, mutation, events.size() > 1'000 ? 5 : 40) >=
                   (events.size() > 1'000 ? 40 : least_share(mutation) - 10));
      }
    }
  }
}

using enum trace::EventName;

BOOST_AUTO_TEST_CASE(the_line_that_makes_no_sense_is_named) {
  const std::vector<Event> events = events_of(own_trace);
  const auto line = [&](std::size_t at) { return events[at].line; };
  const std::size_t vote = find(events, send_request_vote_response, 1);
  BOOST_TEST(refused_at([&](auto& all) { all[vote].vote = 3; }) == line(vote));
  const std::size_t started = find(events, become_follower, 1);
  BOOST_TEST(refused_at([&](auto& all) {
               all[started].term = 0;
               all[started].vote = 2;
             }) == line(started));
  const std::size_t leader = find(events, become_leader, 2);
  BOOST_TEST(refused_at([&](auto& all) { all[leader].term += 1; }) == line(leader));
  BOOST_TEST(refused_at([&](auto& all) { all.erase(all.begin() + static_cast<int>(leader)); }) ==
             line(leader + 1));
  const std::size_t commit = find(events, trace::EventName::commit, 2, 1);
  BOOST_TEST(refused_at([&](auto& all) { all[commit].commit += 1; }) == line(commit));
  const std::size_t restart = find(events, init_state, 3, 1);
  BOOST_TEST(refused_at([&](auto& all) { all[restart + 2].vote = 2; }) == line(restart + 2));
}

BOOST_AUTO_TEST_CASE(raft_e3_a_second_vote_in_a_term_is_refused) {
  const std::vector<Event> events = events_of(own_trace);
  const std::size_t vote = find(events, send_request_vote_response, 3);
  BOOST_TEST(events[vote].message->reject == false);
  const std::uint64_t refused = refused_at([&](auto& all) { all[vote].message->reject = true; });
  BOOST_TEST(refused == events[vote].line);
}

BOOST_AUTO_TEST_CASE(what_is_no_trace_is_an_error_with_its_place) {
  const ConformanceResult no_json = judge_raft_trace_text("{\"event\": \n", "t");
  BOOST_REQUIRE(!no_json.has_value());
  BOOST_TEST(no_json.error().where.line == 1U);
  const std::string first = text_of(own_trace).substr(0, text_of(own_trace).find('\n') + 1);
  const ConformanceResult no_event = judge_raft_trace_text(first + "\n{\"tag\": \"trace\"}\n", "t");
  BOOST_REQUIRE(!no_event.has_value());
  BOOST_TEST(no_event.error().where.line == 3U);
  BOOST_TEST(!judge_raft_trace("/nonexistent").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::raft
