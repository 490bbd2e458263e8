#include <chrono>

#include <fmt/core.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output_file.hpp"
#include "checker/cli/signals.hpp"
#include "checker/cli/watch_judge.hpp"
#include "checker/history/draw.hpp"
#include "checker/history/judge.hpp"
#include "checker/history/read.hpp"
#include "checker/history/watches.hpp"
#include "checker/trace/json.hpp"
#include "impl/base/assert.hpp"
#include "properties/conformance/text_file.hpp"

namespace plimsoll::cli {
namespace {

using checker::json_list;
using checker::json_number;
using checker::json_object;
using checker::json_text;
using history::Answer;
using scenario::Node;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One file and what became of it.
struct Judged {
  std::string file;
  std::optional<scenario::Error> error = std::nullopt;
  history::History history = {};
  history::Verdict verdict = {};
  history::WatchVerdict watches = {};
  double seconds = 0;  ///< of reading and judging, without the explanation
};

std::string_view to_string(Answer answer) {
  switch (answer) {
    case Answer::linearizable:
      return "linearizable";
    case Answer::not_linearizable:
      return "not linearizable";
    case Answer::unknown:
      return "unknown";
  }
  return "unknown";
}

ExitCode exit_code_of(const Judged& judged) {
  if (judged.error) {
    return ExitCode::bad_input;
  }
  if (!judged.watches.broken.empty()) {
    return ExitCode::unexpected;
  }
  switch (judged.verdict.answer) {
    case Answer::linearizable:
      return ExitCode::as_expected;
    case Answer::not_linearizable:
      return ExitCode::unexpected;
    case Answer::unknown:
      return ExitCode::inconclusive;
  }
  return ExitCode::internal_error;
}

history::SearchLimits limits_of(const HistoryOptions& options) {
  history::SearchLimits limits;
  limits.interrupted = &interrupted();
  if (options.seconds_max) {
    limits.deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                         std::chrono::duration<double>(*options.seconds_max));
  }
  return limits;
}

Judged judge_file(const std::string& file, const HistoryOptions& options) {
  const base::AssertContext context("the history " + file);
  Judged judged;
  judged.file = file;
  const history::SearchLimits limits = limits_of(options);
  const auto start = Clock::now();
  auto read = properties::read_file(file).and_then(
      [&](const std::string& text) { return history::read(text, file, options.model); });
  if (!read) {
    judged.error = read.error();
    return judged;
  }
  judged.history = std::move(*read);
  judged.verdict = history::judge(judged.history, limits);
  judged.watches = history::judge_watches(judged.history, watch_judge(), limits);
  judged.seconds = seconds_since(start);
  if (judged.verdict.violation) {
    history::explain(*judged.verdict.violation, judged.history, limits);
  }
  return judged;
}

/// "", ", 3 watches", ", 3 watches, 2 broken guarantees".
std::string watches_text(const history::WatchVerdict& watches) {
  const auto counted = [](std::uint64_t count, const std::string& one, const std::string& more) {
    return count == 0 ? std::string() : fmt::format(", {} {}", count, count == 1 ? one : more);
  };
  return counted(watches.watches, "watch", "watches") +
         counted(watches.broken.size(), "broken guarantee", "broken guarantees");
}

std::string text_of(const Judged& judged) {
  constexpr double milliseconds = 1000;
  std::string text =
      fmt::format("{}: {} ({}, {} operations{}, {:.1f} ms)\n", judged.file, to_string(judged.verdict.answer),
                  history::to_string(judged.history.model), judged.history.operations.size(),
                  watches_text(judged.watches), judged.seconds * milliseconds);
  if (judged.verdict.answer == Answer::unknown) {
    text += "  A limit came first.\n";
  }
  if (judged.verdict.violation) {
    text += history::draw(*judged.verdict.violation, judged.history.values);
  }
  return text + history::draw(judged.watches);
}

Node operation_json(const history::Operation& operation, const history::Values& values) {
  return json_object(
      {{"client", json_number(std::uint64_t{operation.client})},
       {"operation", json_text(history::describe(operation, values))},
       {"revision", operation.revision == 0 || operation.is_pending() ? checker::json_null()
                                                                      : json_number(operation.revision)},
       {"call", json_number(operation.call)},
       {"return", operation.is_pending() ? checker::json_null() : json_number(operation.returned)},
       {"call_line", json_number(std::uint64_t{operation.call_line})},
       {"return_line", json_number(std::uint64_t{operation.return_line})}});
}

Node violation_json(const history::Violation& violation, const history::Values& values) {
  const auto listed = [&](const std::vector<std::uint32_t>& numbers) {
    std::vector<Node> operations;
    for (const std::uint32_t number : numbers) {
      operations.push_back(operation_json(violation.operations[number], values));
    }
    return json_list(std::move(operations));
  };
  return json_object(
      {{"key", json_text(values.describe(violation.key))},
       {"reason", violation.reason.empty() ? checker::json_null() : json_text(violation.reason)},
       {"good_until", violation.good_until ? json_number(*violation.good_until) : checker::json_null()},
       {"bad_at", json_number(violation.bad_at)},
       {"failing", operation_json(violation.operations[violation.failing], values)},
       {"contradiction", listed(violation.contradiction)},
       {"overlapping", listed(violation.overlapping)}});
}

Node watches_json(const history::WatchVerdict& watches) {
  std::vector<Node> broken;
  for (const history::BrokenWatch& one : watches.broken) {
    broken.push_back(json_object({{"client", json_number(std::uint64_t{one.client})},
                                  {"guarantee", json_text(one.finding.guarantee)},
                                  {"what", json_text(one.finding.what)},
                                  {"request_line", json_number(std::uint64_t{one.request_line})},
                                  {"line", json_number(std::uint64_t{one.line})}}));
  }
  return json_object({{"watches", json_number(watches.watches)},
                      {"responses", json_number(watches.responses)},
                      {"changes_known", checker::json_boolean(watches.has_changes)},
                      {"broken", json_list(std::move(broken))}});
}

Node file_json(const Judged& judged) {
  if (judged.error) {
    return json_object({{"file", json_text(judged.file)}, {"error", json_text(judged.error->to_string())}});
  }
  const history::Verdict& verdict = judged.verdict;
  std::vector<std::pair<std::string, Node>> members = {
      {"file", json_text(judged.file)},
      {"verdict", json_text(std::string(to_string(verdict.answer)))},
      {"model", json_text(std::string(history::to_string(judged.history.model)))},
      {"operations", json_number(std::uint64_t{judged.history.operations.size()})},
      {"keys", json_number(verdict.keys)},
      {"configurations", json_number(verdict.configurations)},
      {"by_revision", checker::json_boolean(verdict.by_revision)},
      {"seconds", json_number(judged.seconds)}};
  if (verdict.violation) {
    members.emplace_back("violation", violation_json(*verdict.violation, judged.history.values));
  }
  if (judged.watches.watches > 0) {
    members.emplace_back("watches", watches_json(judged.watches));
  }
  return json_object(std::move(members));
}

/// How many files came out how.
struct Sum {
  std::uint64_t linearizable = 0;
  std::uint64_t not_linearizable = 0;
  std::uint64_t unknown = 0;
  std::uint64_t unread = 0;
  std::uint64_t broken_watches = 0;
  double seconds = 0;

  void add(const Judged& judged) {
    if (judged.error) {
      ++unread;
      return;
    }
    seconds += judged.seconds;
    broken_watches += judged.watches.broken.size();
    switch (judged.verdict.answer) {
      case Answer::linearizable:
        ++linearizable;
        break;
      case Answer::not_linearizable:
        ++not_linearizable;
        break;
      case Answer::unknown:
        ++unknown;
        break;
    }
  }
  [[nodiscard]] std::string conclusion() const {
    constexpr double milliseconds = 1000;
    std::string text = fmt::format("  => {} of {} histories linearizable, {} not", linearizable,
                                   linearizable + not_linearizable + unknown, not_linearizable);
    if (unknown > 0) {
      text += fmt::format(", {} unknown", unknown);
    }
    if (broken_watches > 0) {
      text +=
          fmt::format("; {} guarantee{} of watches broken", broken_watches, broken_watches == 1 ? "" : "s");
    }
    if (unread > 0) {
      text += fmt::format("; {} file{} cannot be read", unread, unread == 1 ? "" : "s");
    }
    return text + fmt::format(" ({:.1f} ms)\n", seconds * milliseconds);
  }
  [[nodiscard]] std::string json(std::vector<Node> files) const {
    return checker::write_json(json_object({{"schema", json_text("plimsoll-history/1")},
                                            {"linearizable", json_number(linearizable)},
                                            {"not_linearizable", json_number(not_linearizable)},
                                            {"unknown", json_number(unknown)},
                                            {"broken_watch_guarantees", json_number(broken_watches)},
                                            {"seconds", json_number(seconds)},
                                            {"files", json_list(std::move(files))}}));
  }
};

ExitCode complain(const std::string& message) {
  std::fprintf(stderr, "plimsoll: %s\n", message.c_str());
  return ExitCode::bad_input;
}

}  // namespace

ExitCode run_history(const HistoryOptions& options) {
  const bool has_json_file = options.json && *options.json != "-";
  if (has_json_file) {
    if (const auto writable = check_writable(*options.json); !writable) {
      return complain(writable.error());
    }
  }
  std::FILE* out = options.json == "-" ? stderr : stdout;
  ExitCode code = ExitCode::as_expected;
  Sum sum;
  std::vector<Node> files;
  for (const std::string& file : options.files) {
    if (interrupted()) {
      code = worst(code, ExitCode::inconclusive);
      break;
    }
    const Judged judged = judge_file(file, options);
    code = worst(code, exit_code_of(judged));
    sum.add(judged);
    files.push_back(file_json(judged));
    if (judged.error) {
      std::fprintf(stderr, "%s\n", judged.error->to_string().c_str());
    } else {
      std::fputs(text_of(judged).c_str(), out);
      std::fflush(out);
    }
  }
  std::fputs(sum.conclusion().c_str(), out);
  const std::string json = sum.json(std::move(files));
  if (const auto written = deliver(options.json, json); !written) {
    return complain(written.error());
  }
  return code;
}

}  // namespace plimsoll::cli
