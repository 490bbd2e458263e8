#include <algorithm>

#include <fmt/core.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output_file.hpp"
#include "checker/cli/signals.hpp"
#include "checker/trace/json.hpp"
#include "impl/base/assert.hpp"
#include "properties/conformance_kinds.hpp"

namespace plimsoll::cli {
namespace {

using checker::json_list;
using checker::json_number;
using checker::json_object;
using checker::json_text;
using properties::ConformanceFailure;
using properties::ConformanceKind;
using properties::ConformanceReport;
using scenario::Node;

/// One file and what became of it.
struct Judged {
  std::string file;
  properties::ConformanceResult result;

  [[nodiscard]] bool conforms() const { return result && result->passed == result->total; }
  [[nodiscard]] ExitCode exit_code() const {
    if (!result) {
      return ExitCode::bad_input;
    }
    return conforms() ? ExitCode::as_expected : ExitCode::unexpected;
  }
};

Judged judge(const ConformanceKind& kind, const std::string& file, properties::LiveRequest live) {
  const base::AssertContext context(fmt::format("{} of {}", kind.name, file));
  live.stop = &interrupted();
  Judged judged{file, kind.judge_live == nullptr ? kind.judge(file) : kind.judge_live(live)};
  // A file that asks for nothing is no evidence.
  if (judged.result && judged.result->total == 0) {
    judged.result =
        tl::unexpected(scenario::Error{{file, 1, 1}, fmt::format("there are no {} in it", kind.unit)});
  }
  return judged;
}

std::string indented(const std::string& lines) {
  std::string text;
  for (std::size_t first = 0; first < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', first), lines.size());
    text += "    " + lines.substr(first, end - first) + "\n";
    first = end + 1;
  }
  return text;
}

std::string text_of(const Judged& judged, const ConformanceKind& kind) {
  const ConformanceReport& report = *judged.result;
  std::string text = fmt::format("{}: {} of {} {}", judged.file, report.passed, report.total, kind.unit);
  for (const auto& [name, reached] : report.tiers) {
    text += fmt::format(", {} {}", name, reached);
  }
  text += "\n";
  for (const ConformanceFailure& failure : report.failures) {
    text +=
        fmt::format("  {}:{}: {}\n{}", judged.file, failure.line, failure.what, indented(failure.details));
  }
  return text;
}

Node failure_json(const std::string& file, const ConformanceFailure& failure) {
  return json_object({{"file", json_text(file)},
                      {"line", json_number(failure.line)},
                      {"what", json_text(failure.what)},
                      {"details", json_text(failure.details)}});
}

Node file_json(const Judged& judged) {
  if (!judged.result) {
    return json_object(
        {{"file", json_text(judged.file)}, {"error", json_text(judged.result.error().to_string())}});
  }
  return json_object({{"file", json_text(judged.file)},
                      {"total", json_number(judged.result->total)},
                      {"passed", json_number(judged.result->passed)}});
}

/// The sum over all files that could be read.
struct Sum {
  std::uint64_t total = 0;
  std::uint64_t passed = 0;
  std::vector<std::pair<std::string, std::uint64_t>> tiers = {};

  void add(const ConformanceReport& report) {
    total += report.total;
    passed += report.passed;
    for (const auto& [name, reached] : report.tiers) {
      const auto known = std::ranges::find(tiers, name, &std::pair<std::string, std::uint64_t>::first);
      if (known == tiers.end()) {
        tiers.emplace_back(name, reached);
      } else {
        known->second += reached;
      }
    }
  }
};

Sum sum_of(const std::vector<Judged>& all) {
  Sum sum;
  for (const Judged& judged : all) {
    if (judged.result) {
      sum.add(*judged.result);
    }
  }
  return sum;
}

std::string json_of(const ConformanceKind& kind, const std::vector<Judged>& all) {
  std::vector<Node> failures;
  std::vector<Node> files;
  for (const Judged& judged : all) {
    files.push_back(file_json(judged));
    if (judged.result) {
      for (const ConformanceFailure& failure : judged.result->failures) {
        failures.push_back(failure_json(judged.file, failure));
      }
    }
  }
  const Sum sum = sum_of(all);
  std::vector<std::pair<std::string, Node>> members = {{"schema", json_text("plimsoll-conform/1")},
                                                       {"kind", json_text(std::string(kind.name))},
                                                       {"unit", json_text(std::string(kind.unit))},
                                                       {"total", json_number(sum.total)},
                                                       {"passed", json_number(sum.passed)}};
  if (!sum.tiers.empty()) {
    std::vector<std::pair<std::string, Node>> tiers;
    for (const auto& [name, reached] : sum.tiers) {
      tiers.emplace_back(name, json_number(reached));
    }
    members.emplace_back("tiers", json_object(std::move(tiers)));
  }
  members.emplace_back("failures", json_list(std::move(failures)));
  members.emplace_back("files", json_list(std::move(files)));
  return checker::write_json(json_object(std::move(members)));
}

std::string conclusion(const ConformanceKind& kind, const std::vector<Judged>& all) {
  const Sum sum = sum_of(all);
  const auto unread =
      std::count_if(all.begin(), all.end(), [](const Judged& judged) { return !judged.result; });
  return fmt::format("  => {} of {} {} conform{}\n", sum.passed, sum.total, kind.unit,
                     unread == 0 ? "" : fmt::format("; {} of {} files cannot be judged", unread, all.size()));
}

std::string predictions_of(const std::vector<Judged>& all) {
  std::string text = "{";
  for (const Judged& judged : all) {
    if (judged.result) {
      for (const auto& [name, prediction] : judged.result->predictions) {
        text += fmt::format("{}\n\"{}\": {}", text.size() == 1 ? "" : ",", name, prediction);
      }
    }
  }
  return text + "\n}\n";
}

ExitCode write_result(const ConformOptions& options, const std::string& json) {
  if (const auto written = deliver(options.json, json); !written) {
    std::fprintf(stderr, "plimsoll: %s\n", written.error().c_str());
    return ExitCode::bad_input;
  }
  return ExitCode::as_expected;
}

}  // namespace

ExitCode run_conform(const ConformOptions& options) {
  const ConformanceKind* kind = properties::find_conformance_kind(options.kind);
  PLIMSOLL_ASSERT_KNOWN(kind != nullptr, options.kind);
  if (options.json && *options.json != "-") {
    if (const auto writable = check_writable(*options.json); !writable) {
      std::fprintf(stderr, "plimsoll: %s\n", writable.error().c_str());
      return ExitCode::bad_input;
    }
  }
  std::FILE* out = options.json == "-" ? stderr : stdout;
  ExitCode code = ExitCode::as_expected;
  std::vector<Judged> all;
  const bool is_live = kind->judge_live != nullptr;
  for (const std::string& file : is_live ? std::vector{options.live.endpoint} : options.files) {
    if (interrupted()) {
      code = worst(code, ExitCode::inconclusive);
      break;
    }
    all.push_back(judge(*kind, file, options.live));
    const Judged& judged = all.back();
    code = worst(code, judged.exit_code());
    if (judged.result) {
      std::fputs(text_of(judged, *kind).c_str(), out);
      std::fflush(out);
    } else {
      std::fprintf(stderr, "%s\n", judged.result.error().to_string().c_str());
    }
  }
  if (is_live && interrupted()) {
    code = worst(code, ExitCode::inconclusive);
  }
  std::fputs(conclusion(*kind, all).c_str(), out);
  if (options.predictions) {
    if (const auto written = deliver(options.predictions, predictions_of(all)); !written) {
      std::fprintf(stderr, "plimsoll: %s\n", written.error().c_str());
      code = worst(code, ExitCode::bad_input);
    }
  }
  return worst(code, write_result(options, json_of(*kind, all)));
}

}  // namespace plimsoll::cli
