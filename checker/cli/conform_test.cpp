// `plimsoll conform` as a shell sees it.
#include <boost/test/unit_test.hpp>

#include "checker/cli/sandbox.hpp"
#include "properties/conformance_kinds.hpp"

namespace plimsoll::cli {
namespace {

const std::string good = "vote cfg=(1) votes=(y)\n----\nVoteWon\n";
const std::string wrong = good + "\nvote cfg=(1) votes=(n)\n----\nVoteWon\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(conform_test)

BOOST_AUTO_TEST_CASE(what_conforms_is_0) {
  const Sandbox box;
  box.write("a.txt", good);
  BOOST_TEST(box.run("conform raft-quorum a.txt a.txt") == 0);
  BOOST_TEST(box.out() ==
             "a.txt: 1 of 1 directives\na.txt: 1 of 1 directives\n  => 2 of 2 directives conform\n");
  BOOST_TEST(box.err().empty());
}

BOOST_AUTO_TEST_CASE(a_difference_is_1_and_shown) {
  const Sandbox box;
  box.write("a.txt", good);
  box.write("b.txt", wrong);
  BOOST_TEST(box.run("conform raft-quorum b.txt a.txt") == 1);
  BOOST_TEST(box.out() ==
             "b.txt: 1 of 2 directives\n"
             "  b.txt:5: vote cfg=(1) votes=(n)\n"
             "    -VoteWon\n"
             "    +VoteLost\n"
             "a.txt: 1 of 1 directives\n"
             "  => 2 of 3 directives conform\n");
}

BOOST_AUTO_TEST_CASE(bad_input_is_2_and_the_other_files_are_judged) {
  const Sandbox box;
  box.write("a.txt", good);
  box.write("b.txt", wrong);
  box.write("bad.txt", "vote cfg=(1\n----\n");
  box.write("empty.txt", "# nothing to do\n");
  BOOST_TEST(box.run("conform raft-quorum bad.txt none.txt empty.txt b.txt a.txt") == 2);
  BOOST_TEST(box.err() ==
             "bad.txt:1:10: the bracket is never closed\n"
             "none.txt:1:1: the file cannot be opened\n"
             "empty.txt:1:1: there are no directives in it\n");
  BOOST_TEST(box.out().ends_with("  => 2 of 3 directives conform; 3 of 5 files cannot be judged\n"));
  BOOST_TEST(box.run("conform raft-confchange a.txt") == 2);
}

BOOST_AUTO_TEST_CASE(bad_usage_is_2) {
  const Sandbox box;
  box.write("a.txt", good);
  for (const std::string arguments : {"conform", "conform raft-quorum", "conform raft-qorum a.txt",
                                      "conform raft-quorum a.txt --json no/such/directory/x"}) {
    BOOST_TEST(box.run(arguments) == 2, arguments);
    BOOST_TEST(box.out().empty(), arguments);
    BOOST_TEST(!box.err().empty(), arguments);
  }
  (void)box.run("conform raft-qorum a.txt");
  BOOST_TEST(box.err().find("raft-quorum") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(recorded_answers_of_etcd_are_judged) {
  const Sandbox box;
  box.write("a.jsonl", R"({"path":"/v3/kv/range","request":{},"status":400,"response":)"
                       R"({"error":"etcdserver: key is not provided",)"
                       R"("message":"etcdserver: key is not provided","code":3}})");
  BOOST_TEST(box.run("conform etcd-samples a.jsonl") == 0);
  BOOST_TEST(box.out() == "a.jsonl: 1 of 1 answers\n  => 1 of 1 answers conform\n");
}

BOOST_AUTO_TEST_CASE(a_kind_takes_files_or_an_endpoint) {
  const Sandbox box;
  box.write("a.txt", good);
  for (const std::string arguments :
       {"conform etcd", "conform etcd a.txt", "conform etcd --endpoint http://127.0.0.1:1 a.txt",
        "conform etcd --endpoint http://127.0.0.1:1 --sequences 0",
        "conform raft-quorum a.txt --endpoint http://127.0.0.1:1", "conform raft-quorum a.txt --seed 1"}) {
    BOOST_TEST(box.run(arguments) == 2, arguments);
    BOOST_TEST(box.out().empty(), arguments);
  }
  BOOST_TEST(box.run("conform etcd --endpoint http://127.0.0.1:1") == 2);  // nobody answers
  BOOST_TEST(box.err().find("http://127.0.0.1:1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_says_the_same) {
  const Sandbox box;
  box.write("b.txt", wrong);
  BOOST_TEST(box.run("conform raft-quorum b.txt --json -") == 1);
  const std::string json = box.out();
  BOOST_TEST(json.starts_with("{"));
  for (const std::string part :
       {R"("schema": "plimsoll-conform/1")", R"("total": 2)", R"("passed": 1)", R"("line": 5)",
        R"_("what": "vote cfg=(1) votes=(n)")_", R"(-VoteWon\n+VoteLost\n)"}) {
    BOOST_TEST(json.find(part) != std::string::npos, part);
  }
  BOOST_TEST(box.err().find("=> 1 of 2 directives conform") != std::string::npos);
  BOOST_TEST(box.run("conform raft-quorum b.txt --json out.json") == 1);
  BOOST_TEST(box.read("out.json") == json);
  BOOST_TEST(box.run("conform raft-quorum none.txt --json -") == 2);
  BOOST_TEST(box.out().find("the file cannot be opened") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(kinds_are_in_order_and_listed_by_help) {
  const Sandbox box;
  BOOST_TEST(box.run("conform --help") == 0);
  std::string_view before;
  for (const properties::ConformanceKind& kind : properties::conformance_kinds()) {
    BOOST_TEST((before < kind.name));
    BOOST_TEST(box.out().find(std::string(kind.name)) != std::string::npos);
    BOOST_TEST(properties::find_conformance_kind(kind.name) == &kind);
    before = kind.name;
  }
  BOOST_TEST(properties::find_conformance_kind("raft") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::cli
