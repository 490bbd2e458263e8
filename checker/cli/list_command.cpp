#include <filesystem>

#include "checker/cli/commands.hpp"
#include "checker/cli/output_file.hpp"
#include "checker/cli/report_text.hpp"
#include "checker/cli/scenario_files.hpp"
#include "checker/trace/json.hpp"
#include "properties/proof_targets.hpp"
#include "properties/registry.hpp"

namespace plimsoll::cli {
namespace {

using checker::json_list;
using checker::json_object;
using checker::json_text;
using scenario::Node;

/// One kind of thing: rows of named fields, printed as a table or as JSON.
struct Listing {
  std::string what;
  std::vector<std::string> fields;
  std::vector<std::vector<std::string>> rows;
};

/// The path at which `plimsoll check` finds a scenario that came with Plimsoll: as it is named, if that is a
/// file from here.
std::string path_of(const std::string& scenario) {
  std::error_code error;
  const std::optional<std::string> root = scenario_root();
  if (!root || scenario.empty() || std::filesystem::exists(scenario, error)) {
    return scenario;
  }
  return (std::filesystem::path(*root) / scenario).string();
}

/// Those that came with Plimsoll. One that cannot be read is listed with its error, so that none is
/// overlooked.
Listing scenarios() {
  Listing listing{"scenarios", {"name", "path", "system", "description"}, {}};
  const std::optional<std::string> root = scenario_root();
  for (const std::string& path : root ? yaml_files(*root) : std::vector<std::string>{}) {
    const auto scenario = scenario::load_scenario(path);
    if (scenario) {
      listing.rows.push_back({scenario->name, path, scenario->system, scenario->description});
    } else {
      listing.rows.push_back({"", path, "", "error: " + scenario.error().to_string()});
    }
  }
  return listing;
}

Listing properties_of_systems() {
  Listing listing{"properties", {"id", "kind", "system", "statement"}, {}};
  for (const properties::SystemEntry& system : properties::systems()) {
    for (const properties::PropertyEntry& property : system.properties) {
      listing.rows.push_back({property.id, property.kind, system.name, property.statement});
    }
  }
  return listing;
}

Listing engines() {
  return {
      "engines",
      {"name", "description"},
      {{"bfs", "breadth-first: every reachable state, shortest traces"},
       {"dfs", "depth-first: every reachable state, minimised traces; the only one for visited: bitstate"},
       {"walk",
        "random walks (plimsoll test; schedules uniform, pct, swarm): samples, never a verdict that "
        "something "
        "holds"},
       {"liveness", "fair cycles of the graph of all states: after bfs or dfs, for liveness properties"}}};
}

Listing defects() {
  Listing listing{"defects", {"id", "component", "story", "source", "breaks", "scenario"}, {}};
  for (const properties::SystemEntry& system : properties::systems()) {
    for (const properties::DefectEntry& defect : system.defects) {
      listing.rows.push_back({defect.id, defect.component, defect.story, defect.source, defect.breaks,
                              path_of(defect.scenario)});
    }
  }
  return listing;
}

Listing systems_known() {
  Listing listing{"systems", {"name", "description"}, {}};
  for (const properties::SystemEntry& system : properties::systems()) {
    listing.rows.push_back({system.name, system.description});
  }
  return listing;
}

Listing proofs() {
  Listing listing{"proofs", {"id", "target", "statement"}, {}};
  for (const symbolic::ProofTarget& target : properties::proof_targets()) {
    for (const symbolic::Claim& claim : target.claims) {
      listing.rows.push_back({claim.id, target.name, claim.statement});
    }
  }
  return listing;
}

std::string text_of(const Listing& listing) {
  std::string text = listing.what + ":\n";
  if (listing.what == "defects") {
    // A defect's story is a sentence or two: too wide for a table.
    for (const auto& row : listing.rows) {
      const std::string breaks = row[4].empty()
                                     ? "nothing that a scenario asks for"
                                     : row[4] + ": plimsoll check " + row[5] + " --defect " + row[0];
      text += "  " + row[0] + " (" + row[1] + "): " + row[2] + "\n      source " + row[3] +
              "\n      breaks " + breaks + "\n";
    }
    return text;
  }
  std::vector<std::vector<std::string>> rows;
  for (const auto& row : listing.rows) {
    rows.push_back(row);
    rows.back().front().insert(0, "  ");
  }
  return text + aligned(rows);
}

Node json_of(const Listing& listing) {
  std::vector<Node> items;
  for (const auto& row : listing.rows) {
    std::vector<std::pair<std::string, Node>> members;
    for (std::size_t i = 0; i < row.size(); ++i) {
      members.emplace_back(listing.fields[i], json_text(row[i]));
    }
    items.push_back(json_object(std::move(members)));
  }
  return json_list(std::move(items));
}

}  // namespace

ExitCode run_list(const ListOptions& options) {
  const std::vector<Listing> all = {scenarios(), properties_of_systems(), engines(),
                                    defects(),   systems_known(),         proofs()};
  std::vector<std::pair<std::string, Node>> members;
  std::string text;
  for (const Listing& listing : all) {
    if (options.what.empty() || options.what == listing.what) {
      text += (text.empty() ? "" : "\n") + text_of(listing);
      members.emplace_back(listing.what, json_of(listing));
    }
  }
  const std::string json = checker::write_json(json_object(std::move(members)));
  if (!options.json || *options.json != "-") {
    std::fputs(text.c_str(), stdout);
  }
  if (const auto written = deliver(options.json, json); !written) {
    std::fprintf(stderr, "plimsoll: %s\n", written.error().c_str());
    return ExitCode::bad_input;
  }
  return ExitCode::as_expected;
}

}  // namespace plimsoll::cli
