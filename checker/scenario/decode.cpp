#include "checker/scenario/decode.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "checker/scenario/reader.hpp"

namespace plimsoll::scenario {
namespace {

constexpr std::size_t defects_max = 64;
constexpr UintRange budget_range = {0, 1'000'000};

bool is_defect_id(std::string_view text) {
  const auto is_alphanumeric = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !text.empty() && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::ranges::all_of(text, [&](char c) { return c == '-' || is_alphanumeric(c); });
}

/// apiVersion and kind come first: if they are wrong, everything else would be misunderstood.
void read_header(const Node& document, MapReader& fields) {
  const std::string api_version = fields.string("apiVersion");
  const std::string kind = fields.string("kind");
  if (document.find("kind") != nullptr && kind != "Scenario") {
    fields.fail("kind", "expected 'Scenario' in the first document, found " + quote(kind));
  } else if (document.find("apiVersion") != nullptr && api_version != "plimsoll/v1") {
    fields.fail("apiVersion",
                "expected 'plimsoll/v1', the only version this program reads, found " + quote(api_version));
  }
}

void read_metadata(MapReader& fields, FirstError& errors, Scenario& scenario) {
  const Node* metadata = fields.node("metadata");
  if (metadata == nullptr) {
    return;
  }
  MapReader reader(*metadata, "metadata", errors);
  scenario.name = reader.word("name");
  scenario.description = reader.optional_string("description").value_or("");
  reader.finish();
}

Time read_time(MapReader& fields, FirstError& errors) {
  Time time;
  const Node* node = fields.optional_node("time");
  if (node == nullptr) {
    return time;
  }
  time.where = node->where;
  if (node->kind == Kind::scalar && node->text == "untimed") {
    return time;
  }
  if (node->kind != Kind::mapping) {
    fields.fail("time", "expected untimed or a mapping with ticks-max and drift, found " + describe(*node));
    return time;
  }
  MapReader reader(*node, "time", errors);
  time.is_discrete = true;
  time.ticks_max = static_cast<std::uint32_t>(reader.uint("ticks-max", {1, 1'000'000}));
  time.drift = static_cast<std::uint32_t>(reader.optional_uint("drift", {0, 1'000'000}).value_or(0));
  reader.finish();
  return time;
}

template <typename Enum>
std::optional<Enum> read_enum(MapReader& reader, std::string_view name, std::span<const Enum> values) {
  std::vector<std::string_view> words;
  for (const Enum value : values) {
    words.push_back(to_text(value));
  }
  const auto index = reader.optional_one_of(name, words);
  return index ? std::optional(values[*index]) : std::nullopt;
}

EngineHints read_engine(MapReader& fields, FirstError& errors) {
  static constexpr std::array engines = {EngineKind::bfs, EngineKind::dfs, EngineKind::walk};
  static constexpr std::array visited_kinds = {VisitedKind::exact, VisitedKind::fingerprint,
                                               VisitedKind::bitstate};
  EngineHints hints;
  const Node* node = fields.optional_node("engine");
  if (node == nullptr) {
    return hints;
  }
  MapReader reader(*node, "engine", errors);
  hints.engine = read_enum<EngineKind>(reader, "engine", engines);
  hints.visited = read_enum<VisitedKind>(reader, "visited", visited_kinds);
  if (const auto workers = reader.optional_uint("workers", {1, 256})) {
    hints.workers = static_cast<std::uint32_t>(*workers);
  }
  hints.symmetry = reader.optional_boolean("symmetry");
  hints.partial_order = reader.optional_boolean("por");
  reader.finish();
  return hints;
}

std::vector<std::string> read_defects(MapReader& fields, FirstError& errors) {
  std::vector<std::string> defects;
  const std::span<const Node> items = fields.optional_list("defects");
  if (items.size() > defects_max) {
    fields.fail("defects", "expected at most 64 defects");
  }
  for (const Node& item : items.first(std::min(items.size(), defects_max))) {
    if (item.kind != Kind::scalar || !is_defect_id(item.text)) {
      errors.add(Error{item.where, "expected a defect id, found " + describe(item)});
    } else if (std::ranges::count(defects, item.text) > 0) {
      errors.add(Error{item.where, "defect " + quote(item.text) + " is listed twice"});
    }
    defects.push_back(item.text);
  }
  return defects;
}

/// The fields `violated` and `length`, which a default expectation and a defect's have in common.
Expectation read_violation(const Node& node, MapReader& reader) {
  Expectation expectation{Verdict::violated, reader.word("violated"), std::nullopt, node.where};
  if (const auto length = reader.optional_uint("length", {1, 1'000'000})) {
    expectation.length = static_cast<std::uint32_t>(*length);
  }
  return expectation;
}

Expectation read_default(MapReader& expect, FirstError& errors) {
  static constexpr std::array<std::string_view, 3> words = {"holds", "violated", "inconclusive"};
  Expectation expectation;
  const Node* node = expect.optional_node("default");
  if (node == nullptr) {
    return expectation;
  }
  if (node->kind == Kind::mapping) {
    MapReader reader(*node, "default", errors);
    expectation = read_violation(*node, reader);
    reader.finish();
    return expectation;
  }
  constexpr std::array verdicts = {Verdict::holds, Verdict::violated, Verdict::inconclusive};
  expectation.verdict = verdicts[expect.one_of("default", words)];
  expectation.where = node->where;
  return expectation;
}

std::vector<DefectExpectation> read_defect_expectations(MapReader& expect, FirstError& errors) {
  std::vector<DefectExpectation> expectations;
  const Node* mapping = expect.optional_mapping("defects");
  if (mapping == nullptr) {
    return expectations;
  }
  if (mapping->entries.size() > defects_max) {
    expect.fail("defects", "expected at most 64 defects");
  }
  for (const Entry& entry : mapping->entries) {
    if (!is_defect_id(entry.key.text)) {
      errors.add(Error{entry.key.where, "expected a defect id, found " + describe(entry.key)});
    }
    MapReader reader(entry.value, entry.key.text, errors);
    DefectExpectation defect{entry.key.text, read_violation(entry.value, reader), {}, entry.key.where};
    if (const Node* set = reader.optional_mapping("set")) {
      defect.set = set->entries;
    }
    reader.finish();
    expectations.push_back(std::move(defect));
  }
  return expectations;
}

void read_expect(MapReader& fields, FirstError& errors, Scenario& scenario) {
  const Node* node = fields.optional_node("expect");
  if (node == nullptr) {
    return;
  }
  MapReader expect(*node, "expect", errors);
  scenario.expect_default = read_default(expect, errors);
  scenario.expect_defects = read_defect_expectations(expect, errors);
  expect.finish();
}

void read_properties(MapReader& fields, Scenario& scenario) {
  const Node* node = fields.optional_node("properties");
  if (node == nullptr) {
    return;
  }
  scenario.properties_where = node->where;
  scenario.properties = fields.optional_words("properties");
  if (node->kind == Kind::sequence && node->items.empty()) {
    fields.fail("properties", "expected at least one property; leave the field out to check all");
  }
}

std::optional<Node> copy_of(const Node* node) {
  return node == nullptr ? std::nullopt : std::optional(*node);
}

}  // namespace

tl::expected<Scenario, Error> decode_scenario(const Node& document) {
  FirstError errors;
  MapReader fields(document, "Scenario", errors);
  Scenario scenario;
  read_header(document, fields);
  read_metadata(fields, errors, scenario);
  scenario.system = fields.word("system");
  if (const Node* system = document.find("system")) {
    scenario.system_where = system->where;
  }
  scenario.parameters = copy_of(fields.optional_mapping("parameters"));
  scenario.network = copy_of(fields.optional_mapping("network"));
  const Node* nodes = fields.optional_node("nodes");
  if (nodes != nullptr && nodes->kind == Kind::scalar) {
    fields.fail("nodes", "expected a list or a mapping, found " + describe(*nodes));
  }
  scenario.nodes = copy_of(nodes);
  scenario.processes = fields.optional_counts("processes", {0, 1024});
  scenario.time = read_time(fields, errors);
  scenario.faults = fields.optional_counts("faults", budget_range);
  scenario.bounds = fields.optional_counts("bounds", UintRange{});
  read_properties(fields, scenario);
  scenario.engine = read_engine(fields, errors);
  scenario.defects = read_defects(fields, errors);
  read_expect(fields, errors, scenario);
  fields.finish();
  if (errors.error()) {
    return tl::unexpected(*errors.error());
  }
  return scenario;
}

}  // namespace plimsoll::scenario
