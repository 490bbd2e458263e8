// The hub of impl/store keeps etcd's guarantees whatever happens to its member, and each of its defects
// breaks the one that it is known to break (ETCD-10 to 13).
#include <random>

#include <boost/test/unit_test.hpp>

#include "impl/base/described.hpp"
#include "impl/store/lagging_bed.hpp"
#include "properties/store/watch_guarantees.hpp"

namespace plimsoll::properties::store {
namespace {

namespace impl = ::plimsoll::store;

struct Outcome {
  std::set<std::string> broken;  ///< guarantees
  std::set<std::string> seen;
  std::string first;  ///< in words
};

void run(std::uint32_t seed, const impl::WatchConfig& config, Outcome& outcome) {
  std::mt19937 draw(seed);
  impl::LaggingBed bed(config);
  for (int i = 0; i < 80; ++i) {
    const auto what = static_cast<unsigned>(draw());
    const auto how = static_cast<unsigned>(draw() >> 8U);
    bed.step(what, how);
  }
  if (!bed.finish()) {
    outcome.first = "watchers do not catch up";
    return;
  }
  EventHistory history;
  for (const kv::Event& event : bed.history()) {
    history.append(event);
  }
  history.compact_revision = bed.compact_revision();
  for (const auto& [name, open] : bed.opened()) {
    WatchCursor cursor;
    for (const kv::WatchResponse& response : open.responses) {
      const std::optional<BrokenGuarantee> broken = feed(cursor, open.request, response, &history);
      if (broken) {
        outcome.broken.insert(base::enumerator_text(broken->guarantee));
        outcome.first = outcome.first.empty() ? text_of(*broken) : outcome.first;
        break;
      }
    }
  }
  outcome.seen.insert(bed.seen().begin(), bed.seen().end());
}

Outcome run_all(impl::Defects defects, std::uint32_t runs) {
  Outcome outcome;
  for (std::uint32_t seed = 0; seed < runs; ++seed) {
    impl::WatchConfig config;
    if (seed % 2 == 1) {
      config = {2, 2, 40, {}};
    }
    config.defects = defects;
    run(seed, config, outcome);
  }
  return outcome;
}

std::set<std::string> broken_by(impl::Defect defect) {
  return run_all(impl::Defects{}.with(defect), 300).broken;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_hub_guarantees_test)

BOOST_AUTO_TEST_CASE(the_hub_keeps_all_guarantees) {
  const Outcome outcome = run_all({}, 600);
  BOOST_TEST(outcome.first == "");
  // The runs go where it is difficult.
  for (const char* what :
       {"victim", "compacted", "fragment", "restored", "restored-while-synced", "progress-of-all"}) {
    BOOST_TEST_CONTEXT(what) {
      BOOST_TEST(outcome.seen.contains(what));
    }
  }
}

BOOST_AUTO_TEST_CASE(e4_breaks_bookmarkable) {
  BOOST_TEST(broken_by(impl::Defect::E4).contains("bookmarkable"));
}

BOOST_AUTO_TEST_CASE(e5_breaks_ordered_and_unique) {
  const std::set<std::string> broken = broken_by(impl::Defect::E5);
  BOOST_TEST(broken.contains("ordered"));
  BOOST_TEST(broken.contains("unique"));
}

BOOST_AUTO_TEST_CASE(e6_breaks_unique) {
  BOOST_TEST(broken_by(impl::Defect::E6).contains("unique"));
}

BOOST_AUTO_TEST_CASE(e7_breaks_reliable) {
  BOOST_TEST(broken_by(impl::Defect::E7).contains("reliable"));
}

BOOST_AUTO_TEST_CASE(e11_breaks_resumable_and_bookmarkable) {
  const std::set<std::string> broken = broken_by(impl::Defect::E11);
  BOOST_TEST(broken.contains("resumable"));
  BOOST_TEST(broken.contains("bookmarkable"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
