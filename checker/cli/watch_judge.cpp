#include "checker/cli/watch_judge.hpp"

#include <memory>

#include "properties/store/watch_guarantees.hpp"

namespace plimsoll::cli {
namespace {

/// The same changes are looked up for every watch.
struct KnownChanges {
  const std::vector<kv::Event>* given = nullptr;
  properties::store::EventHistory history = {};
};

}  // namespace

history::WatchJudge watch_judge() {
  const auto known = std::make_shared<KnownChanges>();
  return [known](const history::WatchRecord& watch, const std::vector<kv::Event>* changes) {
    if (changes != nullptr && changes != known->given) {
      known->given = changes;
      known->history = {};
      for (const kv::Event& change : *changes) {
        known->history.append(change);
      }
    }
    std::vector<history::WatchFinding> findings;
    for (const properties::store::BrokenGuarantee& broken : properties::store::judge(
             {watch.request, watch.responses}, changes == nullptr ? nullptr : &known->history)) {
      findings.push_back({base::enumerator_text(broken.guarantee), broken.what});
    }
    return findings;
  };
}

}  // namespace plimsoll::cli
