#include "ci/bench/world_reductions.hpp"

#include <fmt/core.h>

#include <optional>

#include "checker/reduce/symmetric_system.hpp"
#include "checker/system/quotient.hpp"
#include "ci/bench/text_table.hpp"

namespace plimsoll::bench {
namespace {

struct Reduction {
  const char* name;
  bool stale;
  bool symmetry;
};
constexpr Reduction every_reduction[] = {
    {"none", false, false}, {"stale", true, false}, {"symmetry", false, true}, {"both", true, true}};

/// A whole search, by fingerprints, on one worker. None: the world does not declare what the reduction needs.
tl::expected<std::optional<checker::SearchResult>, scenario::Error> run_reduced(const World& world,
                                                                                const Reduction& reduction) {
  const auto built = build(world);
  if (!built) {
    return tl::unexpected(built.error());
  }
  const checker::System* explored = built->system.get();
  if ((reduction.stale && explored->without_stale() == nullptr) ||
      (reduction.symmetry && explored->symmetry() == nullptr)) {
    return std::optional<checker::SearchResult>();
  }
  if (reduction.stale) {
    explored = explored->without_stale();
  }
  std::optional<checker::SymmetricSystem> symmetric;
  if (reduction.symmetry) {
    explored = &symmetric.emplace(*explored);
  }
  checker::SearchOptions options;
  options.visited = checker::VisitedMode::fingerprint;
  options.workers = 1;
  options.selected = built->selected;
  return std::optional(checker::search_breadth_first(*explored, options));
}

}  // namespace

tl::expected<std::vector<Reduced>, scenario::Error> time_reductions(const std::vector<World>& worlds) {
  TextTable table(
      {"world", "reduction", "distinct", "generated", "seconds", "states: fewer by", "time: fewer by"});
  std::vector<Reduced> rows;
  for (const World& world : worlds) {
    std::optional<checker::SearchResult> whole;
    for (const Reduction& reduction : every_reduction) {
      fmt::print(stderr, "{}: {}\n", world.name, reduction.name);
      const auto found = run_reduced(world, reduction);
      if (!found) {
        return tl::unexpected(found.error());
      }
      if (!*found) {
        continue;
      }
      const checker::SearchResult& run = **found;
      whole = whole ? whole : *found;
      const double states = static_cast<double>(whole->distinct) / static_cast<double>(run.distinct);
      table.add({world.name, reduction.name, fmt::format("{}", run.distinct),
                 fmt::format("{}", run.generated), fmt::format("{:.2f}", run.seconds),
                 fmt::format("{:.2f}", states), fmt::format("{:.2f}", whole->seconds / run.seconds)});
      rows.push_back({world.name, reduction.name, run.distinct, run.generated, run.seconds});
    }
  }
  std::puts("Reductions: the whole search, fingerprints, 1 worker, all properties");
  table.print();
  return rows;
}

}  // namespace plimsoll::bench
