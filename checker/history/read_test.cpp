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

BOOST_AUTO_TEST_CASE(a_model_may_be_asked_for) {
  BOOST_TEST(complaint(log + "0 :invoke :write 1", Model::cas_register) == "accepted");
  BOOST_TEST(complaint(log + "0 :invoke :cas [1 2]", Model::plain_register) ==
             "1:21: expected an operation of the model register, found cas");
  BOOST_TEST(complaint(map, Model::mutex) == "1:1: expected an operation of the model mutex, found get");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::history
