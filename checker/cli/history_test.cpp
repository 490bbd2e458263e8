// `plimsoll history` as a shell sees it.
#include <boost/test/unit_test.hpp>

#include "checker/cli/sandbox.hpp"

namespace plimsoll::cli {
namespace {

const std::string samples = std::string(PLIMSOLL_SOURCE_DIR) + "/checker/history/testdata/";

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(history_test)

BOOST_AUTO_TEST_CASE(what_is_linearizable_is_0) {
  const Sandbox box;
  BOOST_TEST(box.run("history " + samples + "register-good.log " + samples + "mutex-good.edn --time 1m") ==
             0);
  BOOST_TEST(says(box.out(), "register-good.log: linearizable (cas-register, 6 operations, "));
  BOOST_TEST(says(box.out(), "\n  => 2 of 2 histories linearizable, 0 not ("));
  BOOST_TEST(box.err().empty());
}

BOOST_AUTO_TEST_CASE(a_violation_is_1_and_drawn) {
  const Sandbox box;
  BOOST_TEST(box.run("history " + samples + "register-bad.log " + samples + "mutex-good.edn") == 1);
  BOOST_TEST(says(box.out(), "register-bad.log: not linearizable (cas-register, 6 operations, "));
  BOOST_TEST(says(box.out(), "    client 0                  |- cas 1 to 3 -|\n"));
  BOOST_TEST(says(box.out(), "\n  => 1 of 2 histories linearizable, 1 not ("));
}

BOOST_AUTO_TEST_CASE(bad_input_is_2_and_the_other_files_are_judged) {
  const Sandbox box;
  box.write("a.log", "INFO  jepsen.util - 0 :invoke :raed nil\n");
  BOOST_TEST(box.run("history a.log none.log " + samples + "mutex-bad.edn") == 2);
  BOOST_TEST(box.err() ==
             "a.log:1:31: expected read, write, cas, get, put, append, acquire or release, found \":raed\"\n"
             "none.log:1:1: the file cannot be opened\n");
  BOOST_TEST(says(box.out(), "  => 0 of 1 histories linearizable, 1 not; 2 files cannot be read ("));
  BOOST_TEST(box.run("history --model key-value " + samples + "mutex-good.edn") == 2);
  BOOST_TEST(says(box.err(), ":1:1: expected an operation of the model key-value, found acquire\n"));
}

BOOST_AUTO_TEST_CASE(bad_usage_is_2) {
  const Sandbox box;
  for (const std::string arguments :
       {"history", "history x --model mutx", "history x --time 5", "history x --json no/such/directory/x"}) {
    BOOST_TEST(box.run(arguments) == 2, arguments);
    BOOST_TEST(box.out().empty(), arguments);
    BOOST_TEST(!box.err().empty(), arguments);
  }
}

BOOST_AUTO_TEST_CASE(a_limit_is_3) {
  // Ten appends at the same time and a get of none: far more orders than fit into a millisecond.
  const Sandbox box;
  std::string text;
  std::string returns;
  for (const char c : std::string("abcdefghij")) {
    const std::string rest = std::string(R"(","f":"append","value":")") + c + "\"}\n";
    const std::string process = R"({"process":)" + std::to_string(c - 'a') + R"(,"type":")";
    text += process + "invoke" + rest;
    returns += process + "ok" + rest;
  }
  text += returns;
  text += R"({"process":0,"type":"invoke","f":"get","value":null})"
          "\n";
  text += R"({"process":0,"type":"ok","f":"get","value":"no"})"
          "\n";
  box.write("hard.ndjson", text);
  BOOST_TEST(box.run("history hard.ndjson --time 1ms") == 3);
  BOOST_TEST(says(box.out(), "hard.ndjson: unknown (key-value, 11 operations, "));
  BOOST_TEST(says(box.out(), "  => 0 of 1 histories linearizable, 0 not, 1 unknown ("));
}

BOOST_AUTO_TEST_CASE(json_says_the_same) {
  const Sandbox box;
  BOOST_TEST(box.run("history --json - none " + samples + "mutex-good.edn " + samples + "mutex-bad.edn") ==
             2);
  const std::string json = box.out();
  for (const std::string part :
       {R"("schema": "plimsoll-history/1")", R"("linearizable": 1)", R"("not_linearizable": 1)",
        R"("verdict": "not linearizable")", R"("model": "mutex")", R"("good_until": 3)", R"("bad_at": 4)",
        R"("operation": "acquire")", R"("call_line": 2)", "the file cannot be opened"}) {
    BOOST_TEST(says(json, part), part);
  }
  BOOST_TEST(says(box.err(), "=> 1 of 2 histories linearizable, 1 not; 1 file cannot be read"));
  BOOST_TEST(box.run("history --json out.json " + samples + "mutex-good.edn") == 0);
  BOOST_TEST(says(box.read("out.json"), R"("linearizable": 1)"));
}

BOOST_AUTO_TEST_CASE(stores_are_judged_by_revision_and_drawn) {
  const Sandbox box;
  BOOST_TEST(box.run("history " + samples + "store-bad.ndjson") == 1);
  BOOST_TEST(says(box.out(), "store-bad.ndjson: not linearizable (store, 6 operations, 1 watch, "));
  BOOST_TEST(says(box.out(),
                  "  At revision 3 the answer would have been: a=1@2 b=2@3.\n"
                  "  These contradict each other, by their revisions:\n"
                  "    client 0  |- 2: put a 1 -|\n"
                  "    client 1    |---------------- put b 2 ---------------->\n"
                  "    client 2                   |- 3: get a..c -> a=1@2 -|\n"));
  BOOST_TEST(box.run("history --json - --model store " + samples + "store-bad.ndjson") == 1);
  for (const std::string part : {R"("by_revision": true)", R"("reason": "At revision 3 )",
                                 R"("revision": 2,)", R"("changes_known": false)"}) {
    BOOST_TEST(says(box.out(), part), part);
  }
}

BOOST_AUTO_TEST_CASE(a_broken_watch_is_1_and_named) {
  const Sandbox box;
  BOOST_TEST(box.run("history " + samples + "store-good.ndjson") == 0);
  BOOST_TEST(says(box.out(), "store-good.ndjson: linearizable (store, 6 operations, 1 watch, "));
  BOOST_TEST(box.run("history " + samples + "store-unreliable-watch.ndjson") == 1);
  BOOST_TEST(says(box.out(), ": linearizable (store, 6 operations, 1 watch, 1 broken guarantee, "));
  BOOST_TEST(says(box.out(), "  The watch of client 9 (line 1) is not reliable on line 16: "));
  BOOST_TEST(says(box.out(), "1 of 1 histories linearizable, 0 not; 1 guarantee of watches broken ("));
  BOOST_TEST(box.run("history --json - " + samples + "store-unreliable-watch.ndjson") == 1);
  for (const std::string part : {R"("broken_watch_guarantees": 1)", R"("guarantee": "reliable")",
                                 R"("line": 16)", R"("changes_known": true)"}) {
    BOOST_TEST(says(box.out(), part), part);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
