#include <algorithm>

#include <fmt/core.h>

#include "checker/cli/commands.hpp"
#include "checker/cli/output_file.hpp"
#include "checker/trace/json.hpp"
#include "impl/base/assert.hpp"
#include "properties/dataplane_dumps.hpp"
#include "properties/dataplane_rules.hpp"

namespace plimsoll::cli {
namespace {

using checker::json_list;
using checker::json_number;
using checker::json_object;
using checker::json_text;
using properties::DumpFinding;
using properties::DumpVerdict;
using scenario::Node;

std::string text_of(const DumpFinding& finding) {
  std::string text = fmt::format("  {:<17} {}\n", finding.fault, finding.what);
  if (!finding.packet.empty()) {
    text += fmt::format("    {} ({} packet{} like it)\n", finding.packet, finding.packets,
                        finding.packets == 1 ? "" : "s");
  }
  for (const std::string& hop : finding.path) {
    text += "      " + hop + "\n";
  }
  return text;
}

std::string conclusion(const DumpVerdict& verdict) {
  if (!verdict.violations.empty()) {
    return fmt::format("  => violated, {} cause{}\n", verdict.violations.size(),
                       verdict.violations.size() == 1 ? "" : "s");
  }
  if (!verdict.unknowns.empty()) {
    return "  => inconclusive: the tables say what is not modelled\n";
  }
  if (verdict.inquiries == 0) {
    return "  => inconclusive: no pod has anybody to send to\n";
  }
  const std::string ttl = verdict.ttl_needed == 0 ? "" : fmt::format("; TTL needed {}", verdict.ttl_needed);
  return fmt::format("  => holds: all {} inquiries are answered as they should be{}\n", verdict.inquiries,
                     ttl);
}

std::string text_of(const DumpVerdict& verdict) {
  std::string text =
      fmt::format("{}: {} nodes, {} pods, {} service ports; {} inquiries, {} packets\n", verdict.tables,
                  verdict.nodes, verdict.pods, verdict.services, verdict.inquiries, verdict.packets);
  for (const auto* findings : {&verdict.violations, &verdict.unknowns}) {
    for (const DumpFinding& finding : *findings) {
      text += text_of(finding);
    }
  }
  return text + conclusion(verdict);
}

Node findings_json(const std::vector<DumpFinding>& findings) {
  std::vector<Node> items;
  for (const DumpFinding& finding : findings) {
    items.push_back(json_object({{"fault", json_text(finding.fault)},
                                 {"packet", json_text(finding.packet)},
                                 {"what", json_text(finding.what)},
                                 {"path", checker::json_texts(finding.path)},
                                 {"packets", json_number(finding.packets)}}));
  }
  return json_list(std::move(items));
}

ExitCode exit_code_of(const DumpVerdict& verdict) {
  if (!verdict.violations.empty()) {
    return ExitCode::unexpected;
  }
  const bool is_answered = verdict.unknowns.empty() && verdict.inquiries > 0;
  return is_answered ? ExitCode::as_expected : ExitCode::inconclusive;
}

std::string_view verdict_word(ExitCode code) {
  return code == ExitCode::as_expected ? "holds" : code == ExitCode::unexpected ? "violated" : "inconclusive";
}

Node verdict_json(const std::string& file, const DumpVerdict& verdict) {
  return json_object({{"file", json_text(file)},
                      {"tables", json_text(verdict.tables)},
                      {"verdict", json_text(std::string(verdict_word(exit_code_of(verdict))))},
                      {"nodes", json_number(verdict.nodes)},
                      {"pods", json_number(verdict.pods)},
                      {"services", json_number(verdict.services)},
                      {"inquiries", json_number(verdict.inquiries)},
                      {"packets", json_number(verdict.packets)},
                      {"ttl_needed", json_number(std::uint64_t{verdict.ttl_needed})},
                      {"violations", findings_json(verdict.violations)},
                      {"unknowns", findings_json(verdict.unknowns)}});
}

/// What one packet does in tables that were not asked about it.
std::string said(const std::string& fates) {
  return fates.empty() ? "(not sent)" : fates;
}

ExitCode write_result(const DataplaneOptions& options, std::vector<std::pair<std::string, Node>> members) {
  members.insert(members.begin(), {"schema", json_text("plimsoll-dataplane/1")});
  members.emplace_back("version", json_text(PLIMSOLL_VERSION));
  if (const auto written = deliver(options.json, checker::write_json(json_object(std::move(members))));
      !written) {
    std::fprintf(stderr, "plimsoll: %s\n", written.error().c_str());
    return ExitCode::bad_input;
  }
  return ExitCode::as_expected;
}

/// Tables that differ are told, and are `unexpected` only if some packet notices.
ExitCode run_difference(const DataplaneOptions& options, std::FILE* out) {
  const std::string& dump = options.dumps.front();
  const auto difference = options.what_if.empty()
                              ? properties::compare_dumps(dump, options.against, options.tables)
                              : properties::what_if(dump, options.what_if, options.tables);
  if (!difference) {
    std::fprintf(stderr, "%s\n", difference.error().to_string().c_str());
    return ExitCode::bad_input;
  }
  std::vector<Node> changes;
  for (const properties::FateChange& change : difference->changes) {
    fmt::print(out, "  {}\n    before: {}\n    after:  {}\n", change.packet, said(change.before),
               said(change.after));
    changes.push_back(json_object({{"packet", json_text(change.packet)},
                                   {"before", json_text(change.before)},
                                   {"after", json_text(change.after)}}));
  }
  fmt::print(out, "  => {} of {} inquiries fare otherwise\n", difference->changes.size(),
             difference->inquiries);
  return worst(difference->changes.empty() ? ExitCode::as_expected : ExitCode::unexpected,
               write_result(options, {{"inquiries", json_number(difference->inquiries)},
                                      {"changes", json_list(std::move(changes))}}));
}

ExitCode exit_code_of(const properties::RulesCoverage& coverage) {
  return !coverage.dead.empty()         ? ExitCode::unexpected
         : !coverage.unreadable.empty() ? ExitCode::inconclusive
                                        : ExitCode::as_expected;
}

std::string text_of(const properties::RulesCoverage& coverage) {
  const std::string place = coverage.tables + ": " + coverage.where;
  if (!coverage.unreadable.empty()) {
    return fmt::format("{}: inconclusive: {}\n", place, coverage.unreadable);
  }
  std::string text = fmt::format("{}: {} of {} rules are reached by no packet\n", place, coverage.dead.size(),
                                 coverage.rules);
  for (const properties::DeadRuleFound& dead : coverage.dead) {
    text += fmt::format("  table {}: {}\n    {}\n", dead.table, dead.rule, dead.why);
  }
  return text;
}

Node coverage_json(const std::string& file, const properties::RulesCoverage& coverage) {
  std::vector<Node> dead;
  for (const properties::DeadRuleFound& one : coverage.dead) {
    dead.push_back(json_object(
        {{"table", json_text(one.table)}, {"rule", json_text(one.rule)}, {"why", json_text(one.why)}}));
  }
  return json_object({{"file", json_text(file)},
                      {"tables", json_text(coverage.tables)},
                      {"namespace", json_text(coverage.where)},
                      {"rules", json_number(coverage.rules)},
                      {"unreadable", json_text(coverage.unreadable)},
                      {"dead", json_list(std::move(dead))}});
}

/// Rules that decide nothing are told, and are `unexpected`.
ExitCode run_rules(const DataplaneOptions& options, std::FILE* out) {
  ExitCode code = ExitCode::as_expected;
  std::vector<Node> results;
  for (const std::string& file : options.dumps) {
    const base::AssertContext context("the rules in " + file);
    const auto found = properties::find_dead_rules(file, options.tables);
    if (!found) {
      std::fprintf(stderr, "%s\n", found.error().to_string().c_str());
      code = worst(code, ExitCode::bad_input);
      continue;
    }
    for (const properties::RulesCoverage& coverage : *found) {
      std::fputs(text_of(coverage).c_str(), out);
      results.push_back(coverage_json(file, coverage));
      code = worst(code, exit_code_of(coverage));
    }
    if (found->empty()) {
      fmt::print(out, "{}: no namespace has any rules\n", file);
    }
  }
  return worst(code, write_result(options, {{"results", json_list(std::move(results))}}));
}

}  // namespace

ExitCode run_dataplane(const DataplaneOptions& options) {
  for (const auto& file : {options.json, options.counterexamples}) {
    if (file && *file != "-") {
      if (const auto writable = check_writable(*file); !writable) {
        std::fprintf(stderr, "plimsoll: %s\n", writable.error().c_str());
        return ExitCode::bad_input;
      }
    }
  }
  std::FILE* out = options.json == "-" || options.counterexamples == "-" ? stderr : stdout;
  if (options.rules) {
    return run_rules(options, out);
  }
  if (!options.against.empty() || !options.what_if.empty()) {
    return run_difference(options, out);
  }
  ExitCode code = ExitCode::as_expected;
  std::vector<Node> results;
  for (const std::string& file : options.dumps) {
    const base::AssertContext context("the tables in " + file);
    const auto judgement = properties::judge_dump(
        {file, options.tables,
         options.by_classes ? properties::DumpEngine::classes : properties::DumpEngine::exact});
    if (!judgement) {
      std::fprintf(stderr, "%s\n", judgement.error().to_string().c_str());
      code = worst(code, ExitCode::bad_input);
      continue;
    }
    for (const DumpVerdict& verdict : judgement->verdicts) {
      std::fputs(text_of(verdict).c_str(), out);
      results.push_back(verdict_json(file, verdict));
      code = worst(code, exit_code_of(verdict));
    }
    std::fflush(out);
    if (const auto written = deliver(options.counterexamples, judgement->counterexamples); !written) {
      std::fprintf(stderr, "plimsoll: %s\n", written.error().c_str());
      return ExitCode::bad_input;
    }
  }
  return worst(code, write_result(options, {{"results", json_list(std::move(results))}}));
}

}  // namespace plimsoll::cli
