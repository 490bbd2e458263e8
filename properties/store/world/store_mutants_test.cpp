// Properties that no documented bug breaks by itself are broken by mutants, so that every property is seen to
// fail in a world.
#include <boost/test/unit_test.hpp>

#include "properties/store/world/mutant_bed.hpp"
#include "properties/store/world/prepared.hpp"
#include "properties/store/world/replica.hpp"

namespace plimsoll::properties::store {
namespace {

using checker::Verdict;

template <class Timer, class Machine>
bool is_firing(const typename Machine::Input& input) {
  const auto* const fired = std::get_if<base::TimerFired<typename Machine::Timer>>(&input);
  return fired != nullptr && std::holds_alternative<Timer>(fired->timer);
}

struct Nothing {
  static void step(const Replica::Config& config, Replica::State& state, const Replica::Input& input,
                   Replica::Outputs& outputs) {
    Replica::step(config, state, input, outputs);
  }
};

/// When rows are compacted away, it takes the highest revision of a key that is left for the current one.
struct ForgetsRevision {
  static void step(const Replica::Config& config, Replica::State& state, const Replica::Input& input,
                   Replica::Outputs& outputs) {
    Replica::step(config, state, input, outputs);
    if (is_firing<core::CompactStep, Replica>(input)) {
      state.kv.current = {1};
      for (const kv::KeyValue* const value : state.kv.live()) {
        state.kv.current = std::max(state.kv.current, value->mod_revision);
      }
    }
  }
};

/// A lease whose time runs out is gone at once, and its keys stay.
struct ForgetsKeys {
  static void step(const Replica::Config& config, Replica::State& state, const Replica::Input& input,
                   Replica::Outputs& outputs) {
    Replica::step(config, state, input, outputs);
    if (is_firing<core::LeaseExpiry, Replica>(input)) {
      state.kv.backend.leases.clear();
    }
  }
};

/// It does not hear that a timer has fired, and does not set it again.
template <class Timer>
struct Oversleeps {
  static void step(const Replica::Config& config, Replica::State& state, const Replica::Input& input,
                   Replica::Outputs& outputs) {
    if (!is_firing<Timer, Replica>(input)) {
      Replica::step(config, state, input, outputs);
    }
  }
};

/// It takes what it has given to its disk for synced.
struct NeverSyncs {
  static void step(const RunningServer::Config& config, RunningServer::State& state,
                   const RunningServer::Input& input, RunningServer::Outputs& outputs) {
    base::ScriptedChoices choices;
    RunningServer::Outputs meant(choices);
    RunningServer::step(config, state, input, meant);
    for (const auto& send : meant.sends()) {
      outputs.send(send.to, send.message);
    }
    for (const auto& change : meant.timers()) {
      if (change.armed) {
        outputs.arm(change.timer, change.after);
      } else {
        outputs.disarm(change.timer);
      }
    }
    for (const base::Bytes& record : meant.appends()) {
      outputs.append(record);
    }
  }
};

template <class Mutation, class Machine = Replica>
Verdict verdict_on(const std::string& scenario, const std::string& property) {
  return search_for_mistake(*world_of<Machine, Mutation>(scenario, property)).verdict;
}

template <class Mutation>
void breaks(const std::string& property, const std::string& scenario) {
  BOOST_TEST((verdict_on<Mutation>(scenario, property) == Verdict::violated), property);
  BOOST_TEST((verdict_on<Nothing>(scenario, property) == Verdict::holds), property);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_mutants_test)

BOOST_AUTO_TEST_CASE(a_revision_that_is_forgotten) {
  breaks<ForgetsRevision>("revisions-never-go-back", "compaction");
}

BOOST_AUTO_TEST_CASE(keys_that_are_forgotten) {
  breaks<ForgetsKeys>("leased-keys-have-leases", "late-keep-alive");
}

BOOST_AUTO_TEST_CASE(leases_that_are_never_revoked) {
  breaks<Oversleeps<core::LeaseExpiry>>("expired-leases-are-revoked", "lease-liveness");
}

BOOST_AUTO_TEST_CASE(watchers_that_are_never_brought_up) {
  breaks<Oversleeps<core::SyncWatchers>>("watchers-are-brought-up", "watch-liveness");
}

BOOST_AUTO_TEST_CASE(writes_that_were_never_synced) {
  BOOST_TEST((verdict_on<NeverSyncs, RunningServer>("one-server", "acknowledged-writes-survive") ==
              Verdict::violated));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::properties::store
