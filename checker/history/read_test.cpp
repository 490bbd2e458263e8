// Recordings in three formats, and what is refused in them.
#include "checker/history/read.hpp"

#include <boost/test/unit_test.hpp>
#include <utility>
#include <vector>

namespace plimsoll::history {
namespace {

std::string complaint(std::string_view text, std::optional<Model> model = std::nullopt) {
  const auto history = read(text, "f", model);
  if (history) {
    return "accepted";
  }
  const scenario::Error& error = history.error();
  BOOST_TEST(error.where.file == "f");
  return std::to_string(error.where.line) + ":" + std::to_string(error.where.column) + ": " + error.message;
}

std::string described(const std::string& text) {
  const auto history = read(text, "f", std::nullopt);
  BOOST_REQUIRE_MESSAGE(history, complaint(text));
  std::string lines(to_string(history->model));
  for (const Operation& operation : history->operations) {
    lines += "\n" + std::to_string(operation.client) + " [" + history->values.describe(operation.key) + "] " +
             describe(operation, history->values) + " " + std::to_string(operation.call) + "-" +
             (operation.is_pending() ? "" : std::to_string(operation.returned));
  }
  return lines;
}

using Table = std::vector<std::pair<std::string, std::string>>;

const std::string log = "INFO  jepsen.util - ";
const std::string map = "{:process 0, :type :invoke, :f :get, :key \"k\", :value nil}\n";
const std::string object = R"({"process":0,"type":"invoke","f":"read","value":null})"
                           "\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(read_test)

BOOST_AUTO_TEST_CASE(formats_are_told_apart) {
  BOOST_TEST((format_of("INFO  jepsen.util - 0 :ok :read 1") == Format::jepsen_log));
  BOOST_TEST((format_of(" \n{:process 1}") == Format::edn));
  BOOST_TEST((format_of("[{:process 1}]") == Format::edn));
  BOOST_TEST((format_of("; comment\n{}") == Format::edn));
  BOOST_TEST((format_of("{ \"process\": 1}") == Format::ndjson));
}

BOOST_AUTO_TEST_CASE(a_log_is_read) {
  BOOST_TEST(described(log + "0\t:invoke\t:read\tnil\n" + log + "1\t:invoke\t:write\t-4\n\n" + log +
                       "0 :ok :read nil\r\n" + log + "1 :info :write :timed-out\n" + log +
                       ":nemesis :info :start nil\n" + log + "0 :invoke :cas [3 0]\n" + log +
                       "0 :fail :cas [3 0]\n" + log + "0 :invoke :read nil\n" + log +
                       "0 :fail :read :timed-out") ==
             "cas-register\n"
             "0 [nil] read -> nil 1-3\n"
             "1 [nil] write -4 2-\n"
             "0 [nil] cas 3 to 0 refused 5-6");
}

BOOST_AUTO_TEST_CASE(edn_is_read) {
  BOOST_TEST(described("; a comment\n{:process 0 :type :invoke :f :append :key \"k\" :value \"a\\\"\"}"
                       "[{:process 0, :type :ok, :f :append, :key \"k\", :value \"a\\\"\", :time 1.5} "
                       "{:process 1, :type :invoke, :f :get, :key 7, :value nil :extra (x [true])}]") ==
             "key-value\n"
             "0 [\"k\"] append \"a\\x22\" 1-2\n"
             "1 [7] get -> ? 3-");
}

BOOST_AUTO_TEST_CASE(ndjson_is_read) {
  BOOST_TEST(
      described(
          R"({"process":4,"type":"invoke","f":"cas","key":"r","value":[0,18446744073709551615]})"
          "\n\n"
          R"({"process":4,"type":"fail","f":"cas","key":"r","value":[0,18446744073709551615],"error":"x"})"
          "\n"
          R"({"process":"nemesis","type":"info","f":"kill"})"
          "\n"
          R"({"process":5,"type":"invoke","f":"write","key":"r","value":5})"
          "\n"
          R"({"process":6,"type":"invoke","f":"write","key":"r","value":"5"})") ==
      "cas-register\n"
      "5 [\"r\"] write 5 3-\n"
      "6 [\"r\"] write \"5\" 4-");
}

BOOST_AUTO_TEST_CASE(errors_of_logs_have_a_place) {
  const Table table = {
      {"\n", "2:1: expected operations, found none"},
      {"WARN something else\n", "1:1: expected INFO jepsen.util - PROCESS :TYPE :F VALUE"},
      {log + "0 :invoke :read", "1:31: expected a process, a type, an operation and a value after the dash"},
      {log + "0 :invoke :read nil nil",
       "1:41: expected a process, a type, an operation and a value after the dash"},
      {log + "x :invoke :read nil", "1:21: expected the number of a process, found \"x\""},
      {log + "0 invoke :read nil", "1:23: expected invoke, ok, fail or info, found \"invoke\""},
      {log + "0 :invoke :reed nil",
       "1:31: expected read, write, cas, get, put, append, acquire or release, found \":reed\""},
      {log + "0 :invoke :write 07",
       "1:38: expected nil, a whole number, a pair of them or a keyword, found \"07\""},
      {log + "0 :invoke :cas [1 2",
       "1:36: expected nil, a whole number, a pair of them or a keyword, found \"[1 2\""},
      {log + "0 :invoke :cas 1", "1:36: expected a pair of values for cas"},
      {log + "0 :invoke :write nil", "1:38: expected a value that is not nil for write"},
      {log + "0 :invoke :read 3", "1:37: expected nil for read"},
  };
  for (const auto& [text, message] : table) {
    BOOST_TEST(complaint(text) == message, text);
  }
}

BOOST_AUTO_TEST_CASE(errors_of_edn_have_a_place) {
  const Table table = {
      {"{:process 0", "1:1: expected a '}' that closes this"},
      {"{:process 0, :process 1}", "1:14: expected different keys, found \"process\" twice"},
      {"{:process}", "1:10: expected a value for the last key of the map"},
      {"[\n ]]", "2:3: expected an element, found \"]\""},
      {"[1]", "1:2: expected a map with :process, :type, :f and :value"},
      {"{:type :ok, :f :get}", "1:1: expected :process in this map"},
      {"{:process -1, :type :ok, :f :get}", "1:11: expected the number of a process, found \"-1\""},
      {"{:process 0, :type :okay, :f :get}", "1:20: expected invoke, ok, fail or info, found \"okay\""},
      {"{:process 0, :type :ok, :f get, :value \"\xc3\xa4\" }",
       "1:28: expected read, write, cas, get, put, append, acquire or release, found \"get\""},
      {"{:process 0, :value \"\xc3\xa4\" :type ok :f :get}",
       "1:31: expected invoke, ok, fail or info, found \"ok\""},
      {"{:a #{1}}", "1:5: expected nil, a number, a keyword, a string or a collection, found \"#\""},
      {"{:a 007}", "1:5: expected nil, a number, a keyword, a string or a collection, found \"007\""},
      {"{:a \"b\\q\"}", R"(1:8: expected one of \t, \n, \r, \\ and \" in a string)"},
      {"{:a \"b}", "1:5: expected a '\"' that closes this string"},
      {std::string(100, '['), "1:66: expected at most 64 levels of nesting"},
      {map + "{:process 0, :type :ok, :f :get, :key \"k\", :value :no}",
       "2:51: expected the value that get returned"},
      {map + "{:process 0, :type :ok, :f :get, :key [], :value 1}",
       "2:39: expected a key: a string, a whole number, a boolean or nil"},
  };
  for (const auto& [text, message] : table) {
    BOOST_TEST(complaint(text) == message, text);
  }
}

BOOST_AUTO_TEST_CASE(errors_of_ndjson_have_a_place) {
  const std::string process = R"({"process":0,)";
  const Table table = {
      {"", "1:1: expected operations, found none"},
      {object + "{} x", "2:4: expected the end of the line after the JSON object"},
      {object + "7", "2:1: expected a JSON object with process, type, f and value"},
      {R"({"type":"ok","f":"read"})", "1:1: expected process in this object"},
      {R"({"process":1.5,"type":"ok","f":"read"})",
       "1:12: expected the number of a process, found \"1.5E0\""},
      {process + R"("x":["type",{"type":1}], "type": "no","f":"read"})",
       "1:47: expected invoke, ok, fail or info, found \"no\""},
      {process + R"("type":"ok","f":7})",
       "1:30: expected read, write, cas, get, put, append, acquire or release, found \"no string\""},
      {process + R"("type":"invoke","f":"write","value":1.5})",
       "1:50: expected a value that is not nil for write"},
      {process + R"("type":"invoke","f":"write","key":{},"value":1})",
       "1:48: expected a key: a string, a whole number, a boolean or null"},
      {process + R"("type":"invoke","f":"write"})", "1:1: expected a value that is not nil for write"},
      {process + R"("type":"ok","f":"read"})", "1:1: expected an invocation by process 0 before its return"},
  };
  for (const auto& [text, message] : table) {
    BOOST_TEST(complaint(text) == message, text);
  }
  BOOST_TEST(
      complaint(object + R"({"process":0,)").starts_with("2:14: expected a JSON object on this line: "));
  BOOST_TEST(
      complaint(object + R"({"process":0,,)").starts_with("2:14: expected a JSON object on this line: "));
}

BOOST_AUTO_TEST_CASE(clients_are_sequential) {
  const std::string call = log + "0 :invoke :write 1\n";
  const Table table = {
      {call + call, "2:21: expected the return of process 0's write of line 1, found another invocation"},
      {call + log + "0 :ok :read 1",
       "2:21: expected the return of process 0's write of line 1, found one of read"},
      {call + log + "0 :ok :write 2", "2:34: expected the value that line 1 invoked write with"},
      {call + log + "0 :info :write :timed-out\n" + call,
       "3:21: expected nothing more of process 0 after the info of line 2"},
      {log + "0 :ok :write 1", "1:21: expected an invocation by process 0 before its return"},
      {map + "{:process 0, :type :ok, :f :get, :key \"j\", :value \"\"}",
       "2:1: expected the return of process 0's get of line 1, found one of get of another key"},
      {map + "{:process 1, :type :invoke, :f :acquire}",
       "2:1: expected an operation of a key-value store, as on line 1, found acquire"},
  };
  for (const auto& [text, message] : table) {
    BOOST_TEST(complaint(text) == message, text);
  }
}

BOOST_AUTO_TEST_CASE(exchanges_with_a_store_are_read) {
  const std::string put = R"({"process":0,"type":"invoke","f":"put","request":{"key":"a","value":"1"}})"
                          "\n";
  BOOST_TEST(
      described(put +
                R"({"process":1,"type":"invoke","f":"txn","request":{"compare":[{"key":"a","target":)"
                R"("VALUE","result":"NOT_EQUAL","value":"x"}],"success":[{"request_range":{"key":"a",)"
                R"("range_end":"b","limit":2}},{"request_txn":{"success":[{"request_delete_range":)"
                R"({"key":"c"}}]}}]}})"
                "\n"
                R"({"process":0,"type":"ok","f":"put","response":{"header":{"revision":2,"raft_term":1}}})"
                "\n"
                R"({"process":1,"type":"info","f":"txn","error":"EOF"})"
                "\n"
                R"({"process":2,"type":"invoke","f":"put","request":{"key":"b"}})"
                "\n"
                R"({"process":2,"type":"fail","f":"put","error":"no leader"})") ==
      "store\n"
      "0 [nil] put a 1 1-3\n"
      "1 [nil] if a value != x: get a..b limit 2; (delete c) 2-");
}

BOOST_AUTO_TEST_CASE(watches_are_read) {
  const std::string watch = R"({"process":1,"type":"invoke","f":"watch","request":{"watch_id":"4","key":"a",)"
                            R"("start_revision":"3","filters":["NODELETE"],"fragment":true}})"
                            "\n";
  const auto history = read(
      watch + R"({"process":1,"type":"ok","f":"watch","response":{"header":{"revision":"7"},"watch_id":-1}})"
              "\n"
              R"({"process":1,"type":"ok","f":"watch","response":{"watch_id":4,"canceled":true,)"
              R"("compact_revision":5,"events":[{"type":"DELETE","kv":{"key":"a","mod_revision":"6"}}]}})"
              "\n"
              R"({"process":1,"type":"info","f":"watch"})",
      "f", std::nullopt);
  BOOST_REQUIRE_MESSAGE(history, complaint(watch));
  BOOST_TEST((history->model == Model::store));
  BOOST_REQUIRE(history->watches.size() == 3U);
  const auto& request = std::get<kv::WatchRequest>(history->watches[0].body);
  BOOST_TEST(request.watch.value == 4U);
  BOOST_TEST(request.start_revision.value == 3U);
  BOOST_TEST(request.no_delete);
  BOOST_TEST(!request.no_put);
  const auto& progress = std::get<kv::WatchResponse>(history->watches[1].body);
  BOOST_TEST((progress.watch == kv::all_watches));
  BOOST_TEST(progress.revision.value == 7U);
  const auto& last = std::get<kv::WatchResponse>(history->watches[2].body);
  BOOST_TEST(last.canceled);
  BOOST_TEST(last.compact_revision->value == 5U);
  BOOST_TEST((last.events.front().type == kv::EventType::remove));
}

BOOST_AUTO_TEST_CASE(errors_of_exchanges_have_a_place) {
  const std::string put = R"({"process":0,"type":"invoke","f":"put","request":{"key":"a"}})"
                          "\n";
  const std::string txn = R"({"process":0,"type":"invoke","f":"txn","request":{"success":[{"request_put":)"
                          R"({"key":"a"}}]}})"
                          "\n";
  const auto asks = [](const std::string& f, const std::string& request) {
    return R"({"process":0,"type":"invoke","f":")" + f + R"(","request":)" + request + "}";
  };
  const auto answers = [](const std::string& f, const std::string& response) {
    return R"({"process":0,"type":"ok","f":")" + f + R"(","response":)" + response + "}";
  };
  const Table table = {
      {R"({"process":0,"type":"invoke","f":"range","key":"a"})", "1:1: expected request in this object"},
      {asks("range", "7"), "1:52: expected an object for the range"},
      {asks("range", R"({"key":5})"), "1:52: expected a string for key of the range"},
      {asks("range", R"({"limit":-1})"), "1:52: expected a whole number for limit of the range"},
      {asks("range", R"({"limit":"x"})"), "1:52: expected a whole number for limit of the range"},
      {asks("range", R"({"serializable":1})"), "1:52: expected true or false for serializable of the range"},
      {asks("range", R"({"sort_order":"UP"})"),
       "1:52: expected NONE, ASCEND or DESCEND for sort_order of the range"},
      {asks("put", R"({"key":"a","prev-kv":true})"), "1:50: expected nothing called \"prev-kv\" in the put"},
      {asks("txn", R"({"compare":{}})"), "1:50: expected a list for compare of the transaction"},
      {asks("txn", R"({"success":[{}]})"),
       "1:50: expected request_range, request_put, request_delete_range or request_txn in an operation"},
      {put + answers("txn", "{}"), "2:30: expected the return of what process 0 asked for, found one of txn"},
      {put + R"({"process":0,"type":"ok","f":"put"})", "2:1: expected response in this object"},
      {put + answers("put", R"({"header":[]})"), "2:47: expected an object for the header"},
      {txn + answers("txn", R"({"succeeded":true})"),
       "2:47: expected one of responses for each operation of the branch that ran, found fewer"},
      {txn + answers("txn", R"({"succeeded":true,"responses":[{"response_range":{}}]})"),
       "2:47: expected response_put, as the transaction asked for"},
      {txn + answers("txn", R"({"responses":[{"response_put":{}}]})"),
       "2:47: expected one of responses for each operation of the branch that ran, found more"},
      {answers("range", "{}"), "1:1: expected an invocation by process 0 before its return"},
      {object + asks("range", "{}"),
       "2:1: expected an operation of a register, as on line 1, "
       "found store request"},
      {R"({"process":0,"type":"invoke","f":"watch"})", "1:1: expected request in this object"},
      {asks("watch", R"({"filters":["NOPUTS"]})"),
       "1:52: expected NOPUT or NODELETE in filters of the watch"},
      {answers("watch", R"({"events":[{}]})"), "1:49: expected kv in an event"},
      {put + asks("watch", R"({"key":"a"})"),
       "2:1: expected a watch by a process of its own, and process 0 has operations"},
      {asks("watch", R"({"key":"a"})") + "\n" + put,
       "2:1: expected nothing but watches of process 0, found store request"},
      {object + R"({"process":0,"type":"ok","f":"read","value":1,"revision":"-2"})",
       "2:58: expected a whole number for the revision"},
      {object + R"({"process":0,"type":"ok","f":"read","value":1,"mod_revision":2.5})",
       "2:62: expected a whole number for the mod_revision"},
  };
  for (const auto& [text, message] : table) {
    BOOST_TEST(complaint(text) == message, text);
  }
}

BOOST_AUTO_TEST_CASE(a_model_may_be_asked_for) {
  BOOST_TEST(complaint(log + "0 :invoke :write 1", Model::cas_register) == "accepted");
  BOOST_TEST(complaint(log + "0 :invoke :cas [1 2]", Model::plain_register) ==
             "1:21: expected an operation of the model register, found cas");
  BOOST_TEST(complaint(map, Model::mutex) == "1:1: expected an operation of the model mutex, found get");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
