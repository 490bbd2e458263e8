#include "checker/cli/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>

#include "checker/cli/check_options.hpp"
#include "checker/cli/option_checks.hpp"
#include "properties/conformance_kinds.hpp"
#include "properties/proof_targets.hpp"

namespace plimsoll::cli {
namespace {

constexpr std::array<std::string_view, 8> commands = {"check",   "test",  "replay",    "conform",
                                                      "history", "prove", "dataplane", "list"};
/// Commands of other versions; who types one should learn that it exists and is not here.
constexpr std::array<std::string_view, 3> absent_commands = {"study", "report", "ci"};
constexpr const char* examples =
    "\nExamples:\n"
    "  plimsoll check                                    all of model/scenarios/default\n"
    "  plimsoll check my-cluster.yaml --time 10m         one scenario, ten minutes at most\n"
    "  plimsoll check ipam.yaml --defect F1              with a known bug switched on\n"
    "  plimsoll check ipam.yaml --set faults.node-reboot=2 --json -\n"
    "  plimsoll test my-cluster.yaml --time 10m          random walks, where there are too many states\n"
    "  plimsoll replay plimsoll-traces/*.itf.json        do recorded traces still happen?\n"
    "  plimsoll conform raft-quorum *.txt                files of others that say what must come out\n"
    "  plimsoll conform etcd --endpoint http://127.0.0.1:2379   a running etcd, used by nobody else\n"
    "  plimsoll history recorded.edn                     can clients have seen this of one object?\n"
    "  plimsoll prove ipam leases                        for every configuration, any number of steps\n"
    "  plimsoll dataplane cluster.json                   does every packet arrive, with these tables?\n"
    "  plimsoll list defects\n"
    "\nExit codes: 0 all as expected, 1 something is not, 2 bad input or usage, 3 inconclusive, 4 internal "
    "error.\n";

/// The options as typed; each is checked once CLI11 is done.
struct Raw {
  RawCheck check;
  RawCheck test;
  ReplayOptions replay;
  ConformOptions conform;
  HistoryOptions history;
  ProveOptions prove;
  DataplaneOptions dataplane;
  std::string counterexamples;
  std::string dataplane_engine;
  ListOptions list;
  std::string json;  ///< of the others
  std::string predictions;
  std::string step;
  std::string model;
  std::string time;  ///< of history and prove
  std::string sequences;
  std::string first;
  std::string seed;
};

void add_json(CLI::App& app, Raw& raw) {
  app.add_option("--json", raw.json, "Write the result as JSON; with '-' it is all that standard output gets")
      ->type_name("FILE|-");
}

void add_conform(CLI::App& app, Raw& raw) {
  app.add_option("kind", raw.conform.kind, "What the files are")->type_name("KIND")->required();
  app.add_option("files", raw.conform.files, "Files of that kind")->type_name("FILE");
  app.add_option("--endpoint", raw.conform.live.endpoint, "Of kind etcd, instead of files: http://HOST:PORT")
      ->type_name("URL");
  app.add_option("--sequences", raw.sequences, "Of kind etcd: how many (default: 100)")->type_name("N");
  app.add_option("--first", raw.first, "Of kind etcd: the number of the first one (default: 0)")
      ->type_name("N");
  app.add_option("--seed", raw.seed, "Of kind etcd: of the random sequences (default: 0)")->type_name("S");
  app.add_option("--predictions", raw.predictions,
                 "Of kind dataplane: write what is predicted for each probe")
      ->type_name("FILE|-");
  add_json(app, raw);
  std::string kinds = "\nKinds:\n";
  for (const properties::ConformanceKind& kind : properties::conformance_kinds()) {
    kinds.append("  ").append(kind.name).append(": ").append(kind.description).append("\n");
  }
  app.footer(kinds);
}

void add_history(CLI::App& app, Raw& raw) {
  app.add_option("files", raw.history.files, "Jepsen logs, EDN, or JSON line by line")
      ->type_name("FILE")
      ->required();
  app.add_option("--model", raw.model,
                 "register, cas-register, key-value, mutex or store (default: what the operations fit)")
      ->type_name("MODEL");
  app.add_option("--time", raw.time, "Limit for each file: 30s, 10m, 2h")->type_name("T");
  add_json(app, raw);
}

void add_prove(CLI::App& app, Raw& raw) {
  app.add_option("targets", raw.prove.targets, "What to prove")->type_name("TARGET");
  app.add_option("--defect", raw.prove.defect, "Break it in this way, and expect a counterexample")
      ->type_name("ID");
  app.add_option("--time", raw.time, "Limit for all of it: 30s, 10m, 2h")->type_name("T");
  app.add_flag("--list", raw.prove.list, "Print targets with assumptions, claims and broken variants");
  add_json(app, raw);
  std::string targets = "\nTargets:\n";
  for (const symbolic::ProofTarget& target : properties::proof_targets()) {
    targets.append("  ").append(target.name).append(": ").append(target.description).append("\n");
  }
  app.footer(targets);
}

/// The seconds of --time, if it was given.
std::optional<double> decode_time(const std::string& text, Checks& checks) {
  if (text.empty()) {
    return std::nullopt;
  }
  const auto time = scenario::parse_duration(text);
  if (!time || time->count() == 0) {
    checks.fail("--time: expected a duration such as 30s, 10m or 2h, found " + scenario::quote(text));
    return std::nullopt;
  }
  return static_cast<double>(time->count()) / 1000.0;
}

Command decode_replay(Raw& raw) {
  Checks checks;
  if (const auto step = checks.number("--step", raw.step, 0, 1'000'000'000)) {
    raw.replay.step = *step;
  }
  raw.replay.json = given(raw.json);
  return checks.error() ? Command(*checks.error()) : Command(std::move(raw.replay));
}

/// A kind is judged by files or by a running server; each has its own options.
void check_conform_material(Raw& raw, Checks& checks) {
  const properties::ConformanceKind* kind = properties::find_conformance_kind(raw.conform.kind);
  if (kind == nullptr) {
    return;
  }
  properties::LiveRequest& live = raw.conform.live;
  live.sequences = checks.number("--sequences", raw.sequences, 1, 1'000'000'000).value_or(live.sequences);
  live.first = checks.number("--first", raw.first, 0, 1'000'000'000).value_or(0);
  live.seed = checks.number("--seed", raw.seed, 0, std::numeric_limits<std::uint64_t>::max()).value_or(0);
  const std::string name = "plimsoll conform " + raw.conform.kind;
  if (kind->judge_live == nullptr && raw.conform.files.empty()) {
    checks.fail(name + ": files are missing");
  } else if (kind->judge_live == nullptr &&
             !(live.endpoint.empty() && raw.sequences.empty() && raw.first.empty() && raw.seed.empty())) {
    checks.fail(name + ": takes files, and no --endpoint");
  } else if (kind->judge_live != nullptr && (live.endpoint.empty() || !raw.conform.files.empty())) {
    checks.fail(name + ": takes --endpoint URL, and no files");
  }
  if (!kind->predicts && !raw.predictions.empty()) {
    checks.fail(name + ": predicts nothing, so there is nothing for --predictions");
  }
}

Command decode_conform(Raw& raw) {
  std::vector<std::string_view> kinds;
  std::string known;
  for (const properties::ConformanceKind& kind : properties::conformance_kinds()) {
    kinds.push_back(kind.name);
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
  }
  Checks checks;
  (void)checks.word("plimsoll conform", raw.conform.kind, kinds, "one of " + known);
  check_conform_material(raw, checks);
  raw.conform.json = given(raw.json);
  raw.conform.predictions = given(raw.predictions);
  return checks.error() ? Command(*checks.error()) : Command(std::move(raw.conform));
}

Command decode_history(Raw& raw) {
  static constexpr std::array<std::string_view, 5> models = {"register", "cas-register", "key-value", "mutex",
                                                             "store"};
  Checks checks;
  if (!raw.model.empty()) {
    raw.history.model = static_cast<history::Model>(
        checks.word("--model", raw.model, models, "register, cas-register, key-value, mutex or store"));
  }
  raw.history.seconds_max = decode_time(raw.time, checks);
  raw.history.json = given(raw.json);
  return checks.error() ? Command(*checks.error()) : Command(std::move(raw.history));
}

/// The broken variants of a target.
std::vector<std::string_view> variants_of(const symbolic::ProofTarget& target) {
  std::vector<std::string_view> ids;
  for (const symbolic::Variant& variant : target.variants) {
    ids.push_back(variant.id);
  }
  return ids;
}

void add_dataplane(CLI::App& app, Raw& raw) {
  app.add_option("dumps", raw.dataplane.dumps, "Tables of a cluster's nodes and pods (JSON, also gzip)")
      ->type_name("DUMP")
      ->required();
  app.add_option("--tables", raw.dataplane.tables, "Judge the tables of this name only")->type_name("NAME");
  app.add_option("--against", raw.dataplane.against,
                 "Print the packets that fare otherwise with the tables of this dump")
      ->type_name("DUMP");
  app.add_option("--what-if", raw.dataplane.what_if,
                 "Print the packets that fare otherwise after a change, as 'n1: ip route del 10.244.2.0/24'")
      ->type_name("CHANGE")
      ->expected(1);
  app.add_option("--engine", raw.dataplane_engine,
                 "exact: follow every packet; classes: only those that the nodes' rows do not settle, for "
                 "clusters of many pods")
      ->type_name("NAME");
  app.add_option("--counterexamples", raw.counterexamples,
                 "Write the tables and a packet of each cause, for plimsoll conform dataplane and "
                 "ci/kernel-conformance")
      ->type_name("FILE|-");
  app.add_flag("--rules", raw.dataplane.rules, "Instead, find the iptables rules that no packet reaches");
  add_json(app, raw);
}

Command decode_dataplane(Raw& raw) {
  static constexpr std::array<std::string_view, 3> engines = {"exact", "classes", ""};
  Checks checks;
  raw.dataplane.by_classes = checks.word("--engine", raw.dataplane_engine, engines, "exact or classes") == 1;
  if (raw.dataplane.by_classes && !(raw.dataplane.against.empty() && raw.dataplane.what_if.empty())) {
    checks.fail("--engine classes judges tables: --against and --what-if follow every packet");
  }
  if (!raw.dataplane.against.empty() && raw.dataplane.dumps.size() != 1) {
    checks.fail("--against compares one dump with another");
  }
  if (!raw.dataplane.what_if.empty() && (raw.dataplane.dumps.size() != 1 || !raw.dataplane.against.empty())) {
    checks.fail("--what-if compares one dump with itself");
  }
  raw.dataplane.json = given(raw.json);
  raw.dataplane.counterexamples = given(raw.counterexamples);
  const bool judges = raw.dataplane.against.empty() && raw.dataplane.what_if.empty();
  if (raw.dataplane.counterexamples && (!judges || raw.dataplane.dumps.size() != 1)) {
    checks.fail("--counterexamples is of one dump, judged");
  }
  if (raw.dataplane.counterexamples == "-" && raw.dataplane.json == "-") {
    checks.fail("--counterexamples and --json cannot both be standard output");
  }
  if (raw.dataplane.rules && (!judges || raw.dataplane.by_classes || raw.dataplane.counterexamples)) {
    checks.fail(
        "--rules is a question of its own: without --against, --what-if, --engine and --counterexamples");
  }
  return checks.error() ? Command(*checks.error()) : Command(std::move(raw.dataplane));
}

Command decode_prove(Raw& raw) {
  std::vector<std::string_view> names;
  std::string known;
  for (const symbolic::ProofTarget& target : properties::proof_targets()) {
    names.push_back(target.name);
    known += (known.empty() ? "" : ", ") + target.name;
  }
  Checks checks;
  if (raw.prove.targets.empty() && !raw.prove.list) {
    checks.fail("plimsoll prove: targets are missing: " + known);
  }
  for (const std::string& name : raw.prove.targets) {
    (void)checks.word("plimsoll prove", name, names, "one of " + known);
    const symbolic::ProofTarget* target = properties::find_proof_target(name);
    if (target != nullptr && !raw.prove.defect.empty()) {
      (void)checks.word("plimsoll prove " + name + ": --defect", raw.prove.defect, variants_of(*target),
                        "one that `plimsoll prove --list` names for it");
    }
  }
  raw.prove.seconds_max = decode_time(raw.time, checks);
  raw.prove.json = given(raw.json);
  return checks.error() ? Command(*checks.error()) : Command(std::move(raw.prove));
}

Command decode_list(Raw& raw) {
  static constexpr std::array<std::string_view, 7> kinds = {"",        "scenarios", "properties", "engines",
                                                            "defects", "systems",   "proofs"};
  Checks checks;
  (void)checks.word("plimsoll list", raw.list.what, kinds,
                    "scenarios, properties, engines, defects, systems or proofs");
  raw.list.json = given(raw.json);
  return checks.error() ? Command(*checks.error()) : Command(std::move(raw.list));
}

std::optional<UsageError> refuse_unknown_command(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) {
    return UsageError{
        "a command is missing: check, test, replay, conform, history, prove, dataplane or list (plimsoll "
        "--help says more)"};
  }
  const std::string& first = arguments[1];
  if (first.starts_with('-') || std::ranges::count(commands, first) > 0) {
    return std::nullopt;
  }
  if (std::ranges::count(absent_commands, first) > 0) {
    return UsageError{"plimsoll " + first + ": not available in this version"};
  }
  return UsageError{"unknown command " + scenario::quote(first) + scenario::suggestion(first, commands) +
                    " (plimsoll --help lists them)"};
}

Command parse(CLI::App& app, Raw& raw, std::vector<std::string> arguments) {
  CLI::App& check = *app.add_subcommand("check", "Search every reachable state of scenarios for violations");
  CLI::App& test = *app.add_subcommand("test", "Look for violations by random walks");
  CLI::App& replay =
      *app.add_subcommand("replay", "Run recorded traces again and show what each step changed");
  CLI::App& conform = *app.add_subcommand("conform", "Judge the implementation by files of other projects");
  CLI::App& history = *app.add_subcommand("history", "Judge recorded histories: are they linearizable?");
  CLI::App& prove = *app.add_subcommand("prove", "Prove claims for every configuration, any number of steps");
  CLI::App& dataplane =
      *app.add_subcommand("dataplane", "Follow every pod's packets through the tables of a whole cluster");
  CLI::App& list =
      *app.add_subcommand("list", "What there is: scenarios, properties, engines, defects, systems, proofs");
  add_check(check, raw.check);
  add_test(test, raw.test);
  add_conform(conform, raw);
  add_history(history, raw);
  add_prove(prove, raw);
  add_dataplane(dataplane, raw);
  replay.add_option("traces", raw.replay.traces, "Trace files (*.itf.json)")->type_name("TRACE")->required();
  replay.add_option("--step", raw.step, "Show this step only, with the whole state; 0 is the initial one")
      ->type_name("N");
  add_json(replay, raw);
  list.add_option("what", raw.list.what, "scenarios, properties, engines, defects, systems or proofs")
      ->type_name("WHAT");
  add_json(list, raw);
  std::reverse(arguments.begin(), arguments.end());
  arguments.pop_back();
  app.parse(std::move(arguments));
  if (check.parsed()) {
    return decode_check(raw.check);
  }
  if (test.parsed()) {
    return decode_test(raw.test);
  }
  if (conform.parsed()) {
    return decode_conform(raw);
  }
  if (history.parsed()) {
    return decode_history(raw);
  }
  if (prove.parsed()) {
    return decode_prove(raw);
  }
  if (dataplane.parsed()) {
    return decode_dataplane(raw);
  }
  return replay.parsed() ? decode_replay(raw) : decode_list(raw);
}

}  // namespace

Command parse_command_line(const std::vector<std::string>& arguments) {
  if (auto error = refuse_unknown_command(arguments)) {
    return std::move(*error);
  }
  CLI::App app("Plimsoll checks under which faults a Kubernetes-like cluster keeps its promises.",
               "plimsoll");
  app.set_version_flag("--version", std::string("plimsoll ") + PLIMSOLL_VERSION);
  app.require_subcommand(1);
  app.footer(examples);
  Raw raw;
  try {
    return parse(app, raw, arguments);
  } catch (const CLI::CallForHelp&) {
    return Information{app.help()};
  } catch (const CLI::CallForAllHelp&) {
    return Information{app.help("", CLI::AppFormatMode::All)};
  } catch (const CLI::CallForVersion& version) {
    return Information{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return UsageError{std::string(error.what()) + " (plimsoll --help says more)"};
  }
}

}  // namespace plimsoll::cli
