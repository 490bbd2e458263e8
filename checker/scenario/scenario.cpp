#include "checker/scenario/scenario.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "checker/scenario/assignment.hpp"
#include "checker/scenario/decode.hpp"
#include "checker/scenario/source_text.hpp"
#include "checker/scenario/suggestion.hpp"
#include "checker/scenario/yaml.hpp"

namespace plimsoll::scenario {
namespace {

/// Splits the documents into the Scenario and the manifests, leaving out empty documents as kubectl does.
tl::expected<Node, Error> take_first(std::vector<Node>& documents, const std::string& file) {
  std::erase_if(documents, [](const Node& document) { return document.kind == Kind::null; });
  if (documents.empty()) {
    return tl::unexpected(Error{Location{file, 1, 1}, "expected a Scenario, found an empty text"});
  }
  Node first = std::move(documents.front());
  documents.erase(documents.begin());
  return first;
}

tl::expected<void, Error> apply_set(Node& document, const DefectExpectation& defect) {
  for (const Entry& entry : defect.set) {
    const auto assignment = make_assignment(entry);
    if (!assignment) {
      return tl::unexpected(assignment.error());
    }
    // A defect that rewrote its own expectations, or what the file is, could not be checked ahead of its run.
    const std::string& first = assignment->path.front();
    if (first == "expect" || first == "apiVersion" || first == "kind" || first == "defects") {
      return tl::unexpected(Error{assignment->where, "a defect's 'set' cannot change " + quote(first)});
    }
    if (auto done = assign(document, *assignment, scenario_fields); !done) {
      return done;
    }
  }
  return {};
}

tl::expected<void, Error> check_reference(const Expectation& expected, const Scenario& checked) {
  if (!expected.property || !checked.properties) {
    return {};
  }
  const std::vector<std::string>& properties = *checked.properties;
  if (std::ranges::count(properties, *expected.property) > 0) {
    return {};
  }
  const std::vector<std::string_view> names(properties.begin(), properties.end());
  return tl::unexpected(
      Error{expected.where, "property " + quote(*expected.property) +
                                " is expected to be violated but is not among 'properties'" +
                                suggestion(*expected.property, names)});
}

/// Checks each defect's `set` and every expectation, so that a file's faults show without --defect too.
tl::expected<void, Error> check_expectations(const Node& document, const Scenario& scenario) {
  if (auto done = check_reference(scenario.expect_default, scenario); !done) {
    return done;
  }
  for (const DefectExpectation& defect : scenario.expect_defects) {
    if (defect.set.empty()) {
      if (auto done = check_reference(defect.expectation, scenario); !done) {
        return done;
      }
      continue;
    }
    Node changed = document;
    if (auto done = apply_set(changed, defect); !done) {
      return done;
    }
    const auto decoded = decode_scenario(changed);
    if (!decoded) {
      return tl::unexpected(decoded.error());
    }
    if (auto done = check_reference(defect.expectation, *decoded); !done) {
      return done;
    }
  }
  return {};
}

tl::expected<void, Error> apply_overrides(Node& document, const Scenario& scenario,
                                          const Overrides& overrides) {
  for (const std::string& id : overrides.defects) {
    const auto defect = std::ranges::find(scenario.expect_defects, id, &DefectExpectation::defect);
    if (defect == scenario.expect_defects.end()) {
      continue;
    }
    if (auto done = apply_set(document, *defect); !done) {
      return done;
    }
  }
  for (const std::string& option : overrides.set) {
    const auto assignment = parse_assignment(option);
    if (!assignment) {
      return tl::unexpected(assignment.error());
    }
    if (auto done = assign(document, *assignment, scenario_fields); !done) {
      return done;
    }
  }
  return {};
}

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::violated:
      return "violated";
    case Verdict::inconclusive:
      break;
  }
  return "inconclusive";
}

std::string_view to_text(EngineKind engine) {
  switch (engine) {
    case EngineKind::bfs:
      return "bfs";
    case EngineKind::dfs:
      return "dfs";
    case EngineKind::walk:
      break;
  }
  return "walk";
}

std::string_view to_text(VisitedKind visited) {
  switch (visited) {
    case VisitedKind::exact:
      return "exact";
    case VisitedKind::fingerprint:
      return "fingerprint";
    case VisitedKind::bitstate:
      break;
  }
  return "bitstate";
}

tl::expected<Scenario, Error> parse_scenario(std::string_view text, std::string file, Overrides overrides) {
  auto documents = parse_yaml(text, file);
  if (!documents) {
    return tl::unexpected(documents.error());
  }
  auto document = take_first(*documents, file);
  if (!document) {
    return tl::unexpected(document.error());
  }
  auto scenario = decode_scenario(*document);
  if (!scenario) {
    return scenario;
  }
  if (auto done = check_expectations(*document, *scenario); !done) {
    return tl::unexpected(done.error());
  }

  if (auto done = apply_overrides(*document, *scenario, overrides); !done) {
    return tl::unexpected(done.error());
  }
  if (!overrides.set.empty() || !overrides.defects.empty()) {
    scenario = decode_scenario(*document);
    if (!scenario) {
      return scenario;
    }
  }
  for (const std::string& id : overrides.defects) {
    if (std::ranges::count(scenario->defects, id) == 0) {
      scenario->defects.push_back(id);
    }
  }
  scenario->manifests = std::move(*documents);
  scenario->source_text = std::string(text);
  scenario->file = std::move(file);
  scenario->overrides = std::move(overrides);
  return scenario;
}

tl::expected<Scenario, Error> load_scenario(const std::string& path, Overrides overrides) {
  std::ifstream stream(path, std::ios::binary);
  // One byte beyond the limit is read, so that a too large file is told from one that just fits, and no more.
  std::string text(text_bytes_max + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.eof() && stream.fail()) {
    return tl::unexpected(Error{Location{path, 1, 1}, "the file cannot be read"});
  }
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse_scenario(text, path, std::move(overrides));
}

std::optional<Expectation> expectation(const Scenario& scenario) {
  const std::vector<std::string>& chosen = scenario.overrides.defects;
  if (chosen.empty()) {
    return scenario.expect_default;
  }
  const auto is_chosen = [&](const std::string& id) { return id == chosen.front(); };
  if (!std::ranges::all_of(chosen, is_chosen)) {
    return std::nullopt;
  }
  const auto defect = std::ranges::find(scenario.expect_defects, chosen.front(), &DefectExpectation::defect);
  if (defect == scenario.expect_defects.end()) {
    return std::nullopt;
  }
  return defect->expectation;
}

std::uint32_t count_of(const std::vector<Count>& counts, std::string_view name, std::uint32_t fallback) {
  const auto found = std::ranges::find(counts, name, &Count::name);
  return found == counts.end() ? fallback : found->count;
}

}  // namespace plimsoll::scenario
