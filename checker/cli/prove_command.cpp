#include <algorithm>
#include <chrono>

#include <fmt/core.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output_file.hpp"
#include "checker/cli/signals.hpp"
#include "checker/trace/json.hpp"
#include "impl/base/assert.hpp"
#include "properties/proof_targets.hpp"

namespace plimsoll::cli {
namespace {

using checker::json_list;
using checker::json_number;
using checker::json_object;
using checker::json_text;
using checker::json_texts;
using scenario::Node;
using symbolic::Answer;
using symbolic::ProofReport;
using symbolic::ProofTarget;
using symbolic::ProvedClaim;
using Clock = std::chrono::steady_clock;

constexpr std::size_t line_columns = 100;

/// The text in lines of at most line_columns, each after `indent`.
std::string wrapped(const std::string& text, const std::string& indent) {
  std::string lines;
  std::string line;
  for (std::size_t first = 0; first < text.size();) {
    const std::size_t end = std::min(text.find(' ', first), text.size());
    const std::string word = text.substr(first, end - first);
    if (!line.empty() && indent.size() + line.size() + 1 + word.size() > line_columns) {
      lines += indent + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    first = end + 1;
  }
  return line.empty() ? lines : lines + indent + line + "\n";
}

std::string bulleted(const std::vector<std::string>& texts) {
  std::string lines;
  for (const std::string& text : texts) {
    std::string item = wrapped(text, "      ");
    lines += item.replace(4, 1, "-");
  }
  return lines;
}

std::string text_of(const ProvedClaim& claim) {
  const symbolic::ClaimResult& result = claim.result;
  std::string text = fmt::format("  {:<33} {:<12} {}, {:.2f} s\n", claim.id, to_text(result.answer),
                                 result.method, claim.seconds) +
                     wrapped(claim.statement, "    ");
  if (!result.reason.empty()) {
    text += wrapped("reason: " + result.reason, "    ");
  }
  for (const std::string& line : result.counterexample) {
    text += "      " + line + "\n";
  }
  return text;
}

std::string conclusion(const ProofReport& report) {
  const Answer answer = report.answer();
  const auto proved = std::ranges::count_if(
      report.claims, [](const ProvedClaim& claim) { return claim.result.answer == Answer::holds; });
  if (report.expected == Answer::violated) {
    return fmt::format("  => {}, {}\n", to_text(answer),
                       answer == Answer::violated       ? "as expected"
                       : answer == Answer::inconclusive ? "violated was expected"
                                                        : "though violated was expected");
  }
  return fmt::format("  => {}: {} of {} claims are proved under these assumptions\n", to_text(answer), proved,
                     report.claims.size());
}

std::string heading(const ProofTarget& target, const std::string& variant) {
  std::string text = fmt::format("{}: {}\n", target.name, target.description);
  if (!variant.empty()) {
    text += wrapped(fmt::format("with {}: {}", variant, target.find_variant(variant)->story), "  ");
  }
  return text + "  Assumptions:\n" + bulleted(target.assumptions);
}

Node claim_json(const ProvedClaim& claim) {
  return json_object({{"id", json_text(claim.id)},
                      {"statement", json_text(claim.statement)},
                      {"verdict", json_text(to_text(claim.result.answer))},
                      {"method", json_text(claim.result.method)},
                      {"reason", json_text(claim.result.reason)},
                      {"counterexample", json_texts(claim.result.counterexample)},
                      {"seconds", json_number(claim.seconds)}});
}

Node report_json(const ProofReport& report) {
  std::vector<Node> claims;
  for (const ProvedClaim& claim : report.claims) {
    claims.push_back(claim_json(claim));
  }
  return json_object({{"target", json_text(report.target)},
                      {"defects", json_texts(report.variant.empty() ? std::vector<std::string>{}
                                                                    : std::vector{report.variant})},
                      {"verdict", json_text(to_text(report.answer()))},
                      {"expected", json_text(to_text(report.expected))},
                      {"passed", checker::json_boolean(report.answer() == report.expected)},
                      {"assumptions", json_texts(report.assumptions)},
                      {"claims", json_list(std::move(claims))}});
}

ExitCode exit_code_of(const ProofReport& report) {
  if (report.answer() == report.expected) {
    return ExitCode::as_expected;
  }
  return report.answer() == Answer::inconclusive ? ExitCode::inconclusive : ExitCode::unexpected;
}

std::string list_text() {
  std::string text;
  for (const ProofTarget& target : properties::proof_targets()) {
    text += fmt::format("{}: {}\n  Assumptions:\n{}  Claims:\n", target.name, target.description,
                        bulleted(target.assumptions));
    for (const symbolic::Claim& claim : target.claims) {
      text += "    " + claim.id + "\n" + wrapped(claim.statement, "      ");
    }
    text += "  Broken variants, for --defect:\n";
    for (const symbolic::Variant& variant : target.variants) {
      text +=
          fmt::format("    {} breaks {}\n{}", variant.id, variant.breaks, wrapped(variant.story, "      "));
    }
  }
  return text;
}

ExitCode write_result(const ProveOptions& options, const std::string& json) {
  if (const auto written = deliver(options.json, json); !written) {
    std::fprintf(stderr, "plimsoll: %s\n", written.error().c_str());
    return ExitCode::bad_input;
  }
  return ExitCode::as_expected;
}

}  // namespace

ExitCode run_prove(const ProveOptions& options) {
  if (options.list) {
    std::fputs(list_text().c_str(), stdout);
    return ExitCode::as_expected;
  }
  if (options.json && *options.json != "-") {
    if (const auto writable = check_writable(*options.json); !writable) {
      std::fprintf(stderr, "plimsoll: %s\n", writable.error().c_str());
      return ExitCode::bad_input;
    }
  }
  std::FILE* out = options.json == "-" ? stderr : stdout;
  symbolic::ProofRequest request;
  request.variant = options.defect;
  request.limits.stop = &interrupted();
  if (options.seconds_max) {
    request.limits.deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                                 std::chrono::duration<double>(*options.seconds_max));
  }
  ExitCode code = ExitCode::as_expected;
  std::vector<Node> results;
  for (const std::string& name : options.targets) {
    const ProofTarget* target = properties::find_proof_target(name);
    PLIMSOLL_ASSERT_KNOWN(target != nullptr, name);
    std::fputs(heading(*target, options.defect).c_str(), out);
    const ProofReport report = run_proof(*target, request);
    for (const ProvedClaim& claim : report.claims) {
      std::fputs(text_of(claim).c_str(), out);
    }
    std::fputs(conclusion(report).c_str(), out);
    std::fflush(out);
    results.push_back(report_json(report));
    code = worst(code, exit_code_of(report));
  }
  return worst(
      code,
      write_result(options, checker::write_json(json_object({{"schema", json_text("plimsoll-prove/1")},
                                                             {"results", json_list(std::move(results))},
                                                             {"version", json_text(PLIMSOLL_VERSION)}}))));
}

}  // namespace plimsoll::cli
