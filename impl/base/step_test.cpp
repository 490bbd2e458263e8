#include "impl/base/step.hpp"

#include <rapidcheck.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace plimsoll::base {
namespace {

using Answers = std::vector<std::uint32_t>;

/// How many answers the question after `answers` allows; 0: nothing more is asked. Any function makes a tree
/// of questions.
struct QuestionTree {
  std::vector<std::uint32_t> table;
  std::size_t depth_max = 0;

  [[nodiscard]] std::uint32_t count_after(const Answers& answers) const {
    if (answers.size() >= depth_max) {
      return 0;
    }
    std::size_t place = answers.size();
    for (const std::uint32_t answer : answers) {
      place = place * 5 + answer;
    }
    return table[place % table.size()];
  }
};

/// The oracle: one nested loop for each question, by recursion.
void enumerate(const QuestionTree& tree, Answers& answers, std::vector<Answers>& out) {
  const std::uint32_t count = tree.count_after(answers);
  if (count == 0) {
    out.push_back(answers);
    return;
  }
  for (std::uint32_t answer = 0; answer < count; ++answer) {
    answers.push_back(answer);
    enumerate(tree, answers, out);
    answers.pop_back();
  }
}

Answers ask_all(const QuestionTree& tree, Choices& choices) {
  Answers answers;
  while (const std::uint32_t count = tree.count_after(answers)) {
    answers.push_back(choices.choose(count, "next"));
  }
  return answers;
}

std::vector<Answers> scripted(const QuestionTree& tree) {
  std::vector<Answers> found;
  ScriptedChoices choices;
  do {
    choices.rewind();
    found.push_back(ask_all(tree, choices));
  } while (choices.advance());
  return found;
}

BOOST_AUTO_TEST_SUITE(step_test)

BOOST_AUTO_TEST_CASE(a_step_that_asks_nothing_runs_once) {
  BOOST_TEST(scripted({{0}, 3}).size() == 1U);
}

BOOST_AUTO_TEST_CASE(fixed_questions_are_enumerated_as_nested_loops_do) {
  std::vector<std::array<std::uint32_t, 3>> expected;
  for (std::uint32_t a = 0; a < 2; ++a) {
    for (std::uint32_t b = 0; b < 3; ++b) {
      for (std::uint32_t c = 0; c < 2; ++c) {
        expected.push_back({a, b, c});
      }
    }
  }
  std::vector<std::array<std::uint32_t, 3>> found;
  ScriptedChoices choices;
  do {
    choices.rewind();
    const std::uint32_t a = choices.choose(2, "a");
    const std::uint32_t b = choices.choose(3, "b");
    const std::uint32_t c = choices.choose(2, "c");
    found.push_back({a, b, c});
  } while (choices.advance());
  BOOST_TEST((found == expected));
}

BOOST_AUTO_TEST_CASE(every_answer_list_is_seen_exactly_once_in_order) {
  BOOST_TEST(rc::check("later questions may depend on earlier answers", [] {
    QuestionTree tree;
    tree.table = *rc::gen::container<std::vector<std::uint32_t>>(7, rc::gen::inRange(0U, 4U));
    tree.depth_max = *rc::gen::inRange<std::size_t>(0, 5);
    std::vector<Answers> expected;
    Answers answers;
    enumerate(tree, answers, expected);
    RC_ASSERT(scripted(tree) == expected);
  }));
}

BOOST_AUTO_TEST_CASE(questions_are_worded_with_their_answers) {
  ScriptedChoices choices;
  do {
    choices.rewind();
    if (choices.choose(2, "free subnet") == 1) {
      static_cast<void>(choices.choose(3, "retry"));
    }
  } while (choices.answers() != Answers{1, 2} && choices.advance());
  const std::vector<std::string> expected = {"free subnet: 2 of 2", "retry: 3 of 3"};
  BOOST_TEST(choices.questions() == expected, boost::test_tools::per_element());
  BOOST_TEST(!choices.advance());
}

BOOST_AUTO_TEST_CASE(outputs_keep_what_a_step_said) {
  ScriptedChoices choices;
  Outputs<std::string, int> outputs(choices);
  outputs.send(ProcessId{1}, "first");
  outputs.send(ProcessId{2}, "second");
  outputs.arm(7, Ticks{3});
  outputs.disarm(8);
  outputs.append("synced");
  outputs.sync();
  outputs.append("not yet");
  BOOST_TEST(outputs.released() == 0U);
  outputs.release(2);
  outputs.release(1);
  BOOST_TEST(!outputs.exited());
  outputs.exit("enough");

  BOOST_REQUIRE(outputs.sends().size() == 2U);
  BOOST_TEST(outputs.sends()[1].message == "second");
  BOOST_TEST((outputs.sends()[1].to == ProcessId{2}));
  BOOST_REQUIRE(outputs.timers().size() == 2U);
  BOOST_TEST(outputs.timers()[0].armed);
  BOOST_TEST(outputs.timers()[0].after.value == 3U);
  BOOST_TEST(!outputs.timers()[1].armed);
  BOOST_TEST(outputs.appends().size() == 2U);
  BOOST_TEST(outputs.synced());
  BOOST_TEST(outputs.synced_appends() == 1U);
  BOOST_TEST(outputs.released() == 3U);
  BOOST_TEST(outputs.exited());
  BOOST_TEST(outputs.exit_reason() == "enough");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::base
