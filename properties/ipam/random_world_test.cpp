// The subnet managers and host-local in random clusters under random schedules: every property holds, and
// what breaks one is kept as a trace. RC_PARAMS="max_success=N seed=S" asks for more runs (five for each of
// N), or for those of a seed.
#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "checker/search/search.hpp"
#include "checker/trace/replay.hpp"
#include "impl/ipam/defects.hpp"
#include "properties/ipam/properties.hpp"
#include "properties/ipam/random_cluster.hpp"
#include "properties/ipam/random_failure.hpp"
#include "properties/ipam/random_walk.hpp"
#include "properties/ipam/system.hpp"

namespace plimsoll::properties::ipam {
namespace {

using Numbers = std::vector<std::uint32_t>;

struct Failure {
  scenario::Scenario scenario;
  std::unique_ptr<checker::System> system;
  checker::Path path;
  std::size_t property = 0;
  Numbers weights;
  Numbers schedule;
};

std::unique_ptr<checker::System> build(const scenario::Scenario& scenario) {
  auto system = system_entry().build(scenario, scenario.defects);
  if (!system) {
    BOOST_FAIL(system.error().to_string() << "\n" << scenario.source_text);
  }
  return std::move(*system);
}

rc::Gen<std::uint32_t> numbers_below(std::uint32_t bound) {
  return rc::gen::inRange<std::uint32_t>(0, bound);
}

/// Whatever RapidCheck's size, which starts at nothing and grows from run to run: only clusters grow with it.
template <class T>
rc::Gen<T> of_any_size(rc::Gen<T> gen) {
  return rc::gen::resize(rc::kNominalSize, std::move(gen));
}

/// Runs of one configuration, until one fails or there are enough of them.
class Fleet {
 public:
  explicit Fleet(std::vector<std::string> defects = {}, RandomTime time = RandomTime::any)
      : defects_(std::move(defects)), time_(time) {}

  /// @param batch  Tells the seeds of several calls apart.
  void run(int runs, std::uint64_t batch) {
    rc::detail::TestParams params = rc::detail::configuration().testParams;
    params.seed += batch;
    params.maxSuccess = runs;
    seed_ = params.seed;
    const auto property = [this] {
      const auto cluster = *rc::gen::container<Numbers>(40, numbers_below(12));
      const auto weights = *of_any_size(rc::gen::container<Numbers>(100, numbers_below(4)));
      const auto schedule =
          *rc::gen::resize(300, rc::gen::container<Numbers>(of_any_size(numbers_below(1U << 20U))));
      RC_ASSERT(holds(cluster, weights, schedule));
    };
    const rc::detail::TestResult result =
        rc::detail::checkProperty(rc::detail::toProperty(property), rc::detail::TestMetadata{}, params);
    std::ostringstream told;
    rc::detail::printResultMessage(result, told);
    BOOST_REQUIRE_MESSAGE(result.is<rc::detail::SuccessResult>() || failure_, told.str());
  }

  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  [[nodiscard]] const Sightings& sightings() const { return sightings_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }

  /// Shortens the failing case and writes it. Requires: there is one.
  [[nodiscard]] std::string keep(const std::string& directory) const {
    const checker::Trace trace =
        failure_trace(failure_->scenario, *failure_->system, failure_->path, failure_->property);
    const auto file = write_failure(trace, directory, seed_);
    if (!file) {
      BOOST_FAIL(file.error());
    }
    return *file;
  }
  [[nodiscard]] std::string tell(const std::string& file) const {
    return failure_->system->properties()[failure_->property].id + " is violated with seed " +
           std::to_string(seed_) + "; the trace is " + std::filesystem::absolute(file).string() +
           ": see it with `plimsoll replay " + file + "`";
  }

 private:
  /// True also when enough has been shrunk, so that RapidCheck comes to an end: `minimise` does the rest.
  bool holds(const Numbers& cluster, const Numbers& weights, const Numbers& schedule) {
    if (failure_ && shrinks_left_-- <= 0) {
      return true;
    }
    auto scenario = scenario::parse_scenario(scenario_text(random_cluster(cluster, time_)),
                                             "random-cluster.yaml", {{}, defects_});
    if (!scenario) {
      BOOST_FAIL(scenario.error().to_string());
    }
    auto system = build(*scenario);
    RandomWalk walk =
        random_walk(dynamic_cast<const checker::WorldSystem&>(*system), weights, schedule, sightings_);
    if (!walk.violated) {
      return true;
    }
    // A smaller case that breaks something else is another case.
    const std::string& id = system->properties()[*walk.violated].id;
    if (failure_ && id != failure_->system->properties()[failure_->property].id) {
      return true;
    }
    failure_.emplace(Failure{std::move(*scenario), std::move(system), std::move(walk.path), *walk.violated,
                             weights, schedule});
    return false;
  }

  std::vector<std::string> defects_;
  RandomTime time_;
  Sightings sightings_;
  std::optional<Failure> failure_;
  int shrinks_left_ = 200;
  std::uint64_t seed_ = 0;
};

int runs_per_batch() {
  return rc::detail::configuration().testParams.maxSuccess * 5;
}

/// What a fleet must have met, and has not.
std::string unseen(const Sightings& sightings) {
  std::string missing;
  for (const char* action :
       {"deliver", "connection-lost", "disconnect", "cni-timeout", "flanneld-crash", "kubelet-crash",
        "node-reboot", "restart", "tick", "fire compact", "fire delete-pod", "fire expiry-even",
        "fire expiry-odd", "fire lease-expiry", "fire proceed", "fire renew", "fire retry"}) {
    missing += sightings.actions.contains(action) ? "" : std::string(action) + "; ";
  }
  for (const checker::Property& property : property_list()) {
    const bool is_sighted =
        property.kind == checker::PropertyKind::deadlock_free || sightings.properties.contains(property.id);
    missing += is_sighted ? "" : property.id + "; ";
  }
  missing += sightings.relists > 0 ? "" : "a snapshot after a compaction; ";
  missing += sightings.rests > 0 ? "" : "a world at rest; ";
  return missing;
}

/// Reads the trace back and executes it again.
checker::Trace replayed(const std::string& file) {
  auto trace = checker::load_trace(file);
  if (!trace) {
    BOOST_FAIL(trace.error().to_string());
  }
  const auto scenario =
      scenario::parse_scenario(trace->scenario_text, trace->scenario_file, trace->overrides);
  BOOST_REQUIRE(scenario.has_value());
  const auto replay = checker::replay(*build(*scenario), *trace);
  if (!replay) {
    BOOST_FAIL(replay.error());
  }
  BOOST_TEST(!replay->divergence.has_value());
  BOOST_TEST(replay->steps == trace->behaviour.steps());
  return std::move(*trace);
}

/// Steps of the shortest behaviour that shows the failure. None: that takes too many states to find out.
std::optional<std::size_t> shortest(const Failure& failure) {
  checker::SearchOptions options;
  options.visited = checker::VisitedMode::fingerprint;
  options.selected = checker::property_bit(failure.property);
  options.limits.states_max = 30'000;
  const checker::SearchResult result = checker::search_breadth_first(*failure.system, options);
  BOOST_REQUIRE(result.verdict != checker::Verdict::holds);
  const auto& path = result.properties.at(0).path;
  return path ? std::optional(path->actions.size()) : std::nullopt;
}

/// Minimising only leaves steps out: it does not find another way to the same end.
constexpr std::size_t length_factor_max = 6;

/// Whether the same numbers break something without the defect too: then they say nothing about it.
bool fails_without_defect(const Failure& failure) {
  const auto scenario = scenario::parse_scenario(failure.scenario.source_text, failure.scenario.file, {});
  BOOST_REQUIRE(scenario.has_value());
  const auto system = build(*scenario);
  Sightings ignored;
  return random_walk(dynamic_cast<const checker::WorldSystem&>(*system), failure.weights, failure.schedule,
                     ignored)
      .violated.has_value();
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_((std::filesystem::current_path() / "random_world_test.traces").string()) {
    std::filesystem::remove_all(path_);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  TemporaryDirectory(TemporaryDirectory&&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

BOOST_AUTO_TEST_SUITE(random_world_test)

BOOST_AUTO_TEST_CASE(without_numbers_a_cluster_is_the_plainest) {
  const RandomCluster cluster = random_cluster({}, RandomTime::any);
  BOOST_TEST(cluster.nodes.size() == 1U);
  BOOST_TEST(cluster.nodes[0].pods == 0U);
  BOOST_TEST(cluster.faults.empty());
  BOOST_TEST(!cluster.is_discrete);
}

BOOST_AUTO_TEST_CASE(every_property_holds_of_random_clusters) {
  Fleet fleet;
  // What is rare may stay unseen in one batch; in ten of them it does not, unless something is wrong.
  for (std::uint64_t batch = 0; batch < 10; ++batch) {
    fleet.run(runs_per_batch(), batch);
    if (fleet.failure() || unseen(fleet.sightings()).empty()) {
      break;
    }
  }
  if (fleet.failure()) {
    BOOST_FAIL(fleet.tell(fleet.keep(failure_directory())));
  }
  BOOST_TEST(unseen(fleet.sightings()) == "");
}

BOOST_AUTO_TEST_CASE(every_defect_is_found_and_kept_as_a_trace_that_replays) {
  const TemporaryDirectory directory;
  int compared = 0;
  for (const plimsoll::ipam::DefectStory& story : plimsoll::ipam::defect_stories) {
    BOOST_TEST_CONTEXT(story.id) {
      // Leases expire in discrete time only; and compaction goes unnoticed where retries wait for a tick.
      const bool is_about_expiry = story.defect == plimsoll::ipam::Defect::F1;
      Fleet fleet({std::string(story.id)}, is_about_expiry ? RandomTime::discrete : RandomTime::untimed);
      fleet.run(8000, 0);
      BOOST_REQUIRE(fleet.failure().has_value());
      BOOST_TEST(!fails_without_defect(*fleet.failure()));
      const checker::Trace trace = replayed(fleet.keep(directory.path()));
      BOOST_TEST(trace.defects == std::vector<std::string>{std::string(story.id)},
                 boost::test_tools::per_element());
      const std::optional<std::size_t> least = shortest(*fleet.failure());
      BOOST_TEST_MESSAGE(story.id << ": " << trace.property << ", " << fleet.sightings().runs << " runs, "
                                  << trace.behaviour.steps() << " steps, breadth-first "
                                  << (least ? std::to_string(*least) : "unknown"));
      compared += least ? 1 : 0;
      BOOST_TEST((!least || trace.behaviour.steps() <= length_factor_max * *least));
    }
  }
  BOOST_TEST(compared > 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::properties::ipam
