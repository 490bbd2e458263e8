#include <fmt/core.h>

#include "checker/cli/report_json.hpp"
#include "checker/trace/json.hpp"

namespace plimsoll::cli {
namespace {

using checker::Verdict;

/// Text for XML attributes and elements. What XML 1.0 cannot carry becomes '?'.
std::string escaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = checker::utf8_length(text, i);
    const std::string_view character = text.substr(i, length == 0 ? 1 : length);
    i += character.size();
    if (character == "&") {
      out += "&amp;";
    } else if (character == "<") {
      out += "&lt;";
    } else if (character == ">") {
      out += "&gt;";
    } else if (character == "\"") {
      out += "&quot;";
    } else if (character == "\n") {
      out += "&#10;";
    } else if (length == 0 || (length == 1 && static_cast<unsigned char>(character[0]) < 0x20)) {
      out += '?';
    } else {
      out += character;
    }
  }
  return out;
}

enum class Outcome { passed, failed, skipped };

struct Case {
  Outcome outcome = Outcome::passed;
  std::string message;
  std::string text;
};

Case case_of(const ScenarioReport& report, const PropertyReport& property) {
  const bool may_fail = report.expected.verdict == scenario::Verdict::violated &&
                        report.expected.property.value_or(property.id) == property.id;
  const std::string story = property.behaviour && property.verdict == Verdict::violated
                                ? tell(*property.behaviour, property.behaviour->steps())
                                : "";
  if (property.verdict == Verdict::violated) {
    // With --all an expected violation may come with others; CI must not see a failure where the exit code is
    // 0.
    const std::string message = may_fail ? report.reason : property.id + " is violated";
    return report.passed ? Case{} : Case{Outcome::failed, message, story};
  }
  if (property.verdict == Verdict::holds && report.expected.property == property.id) {
    return {Outcome::failed, report.reason, ""};
  }
  if (property.verdict == Verdict::inconclusive) {
    return {Outcome::skipped, "not decided: " + std::string(to_text(report.search.stop)), ""};
  }
  return {};
}

std::string case_xml(const ScenarioReport& report, const PropertyReport& property, const Case& judged) {
  std::string xml = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"",
                                escaped(report.scenario.name), escaped(property.id), report.search.seconds);
  switch (judged.outcome) {
    case Outcome::passed:
      return xml + "/>\n";
    case Outcome::failed:
      return xml + fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                               escaped(judged.message), escaped(judged.text));
    case Outcome::skipped:
      break;
  }
  return xml + fmt::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", escaped(judged.message));
}

std::string suite_xml(const ScenarioReport& report) {
  std::string cases;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  for (const PropertyReport& property : report.properties) {
    const Case judged = case_of(report, property);
    failed += judged.outcome == Outcome::failed ? 1 : 0;
    skipped += judged.outcome == Outcome::skipped ? 1 : 0;
    cases += case_xml(report, property, judged);
  }
  std::size_t count = report.properties.size();
  if (!report.passed && failed == 0) {
    // No single property is to blame: the verdict of the scenario is.
    ++count;
    ++failed;
    cases += case_xml(report, {"verdict", {}, {}, {}, {}, {}, {}}, {Outcome::failed, report.reason, ""});
  }
  return fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\">\n"
      "{}  </testsuite>\n",
      escaped(report.scenario.name), count, failed, skipped, report.search.seconds, cases);
}

}  // namespace

std::string result_junit(const std::vector<ScenarioReport>& reports) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const ScenarioReport& report : reports) {
    xml += suite_xml(report);
  }
  return xml + "</testsuites>\n";
}

}  // namespace plimsoll::cli
