#include "properties/store/world/properties.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "checker/world/view.hpp"
#include "properties/store/world/declaring.hpp"
#include "properties/store/world/durability.hpp"
#include "properties/store/world/lease_properties.hpp"
#include "properties/store/world/replica.hpp"
#include "properties/store/world/spec_history.hpp"

namespace plimsoll::properties::store {
namespace {

using checker::Property;
using checker::PropertyKind;
using checker::Truth;
using checker::WorldClause;
using checker::WorldProperty;
using checker::WorldView;

/// What a store is to its clients, whatever its rows look like while a compaction is under way.
struct Content {
  std::uint64_t applied = 0;
  kv::Revision revision = {};
  kv::Revision compact_revision = {};
  std::vector<kv::KeyValue> live = {};
  std::map<kv::LeaseId, core::LeaseRow> leases = {};
  PLIMSOLL_DESCRIBE(Content, applied, revision, compact_revision, live, leases)
};
Content content_of(const core::Mvcc& store) {
  Content content{store.meta().consistent_index, store.revision(), store.compact_revision(), {}, {}};
  for (const kv::KeyValue* const value : store.live()) {
    content.live.push_back(*value);
  }
  content.leases = store.backend.leases;
  return content;
}

Truth have_applied_the_same(const Content& one, const Content& other) {
  if (one.applied == 0 || one.applied != other.applied) {
    return Truth::vacuous;
  }
  return truth(one == other);
}

/// A replica that starts anew begins with what its disk says.
Truth goes_forward(const Content& before, const Content& after) {
  if (after.applied < before.applied) {
    return Truth::vacuous;
  }
  return truth(before.revision <= after.revision && before.compact_revision <= after.compact_revision);
}

Truth keys_have_their_leases(const Content& content) {
  const bool all = std::ranges::all_of(content.live, [&](const kv::KeyValue& value) {
    return value.lease == kv::LeaseId{} || content.leases.contains(value.lease);
  });
  return content.leases.empty() && all ? Truth::vacuous : truth(all);
}

Truth reads_are_fresh(const ClientSetup& client, const Progress& progress) {
  Truth result = Truth::vacuous;
  for (const Answered& answer : progress.answers) {
    if (is_linearizable(client.operations[answer.operation]) &&
        !std::holds_alternative<kv::ErrorResult>(answer.response.result)) {
      result = Truth::holds;
      if (answer.response.revision < answer.known_before) {
        return Truth::violated;
      }
    }
  }
  return result;
}

Truth answers_are_true(const ClientSetup& client, const Progress& progress, const SpecHistory& history) {
  if (progress.answers.empty()) {
    return Truth::vacuous;
  }
  return truth(std::ranges::all_of(progress.answers, [&](const Answered& answer) {
    return is_true(client.operations[answer.operation], answer.response, history);
  }));
}

Truth watches_keep_promises(const Progress& progress, const EventHistory* history) {
  if (progress.watches.empty()) {
    return Truth::vacuous;
  }
  return truth(std::ranges::all_of(progress.watches,
                                   [&](const auto& entry) { return judge(entry.second, history).empty(); }));
}

/// Of watches that were created, at a member that runs.
Truth watches_are_complete(const WorldView& view, const Assembly& assembly, std::size_t client) {
  const auto& progress = view.part<Progress>(assembly.clients[client].progress);
  const std::uint32_t server = assembly.setup.clients[client].servers[progress.server];
  if (progress.watches.empty() || !view.is_up(assembly.members[server - 1].process)) {
    return Truth::vacuous;
  }
  const SpecHistory history = spec_history(view.part<AgreedLog>(*assembly.log));
  return truth(std::ranges::all_of(progress.watches, [&](const auto& entry) {
    return has_ended(progress, entry.first) || is_complete(entry.second, history);
  }));
}

class Declarations {
 public:
  explicit Declarations(const Assembly& assembly)
      : assembly_(assembly),
        declaring_(property_list()),
        content_(checker::projection<core::Mvcc, Content>(&content_of)),
        history_(checker::projection<AgreedLog, SpecHistory>(&spec_history)) {}

  void of_members() {
    for (std::size_t i = 0; i < assembly_.members.size(); ++i) {
      const checker::PartId kv = assembly_.members[i].kv;
      for (std::size_t j = 0; j < i; ++j) {
        WorldClause& pair = clause("members-agree");
        const checker::PartId other = assembly_.members[j].kv;
        pair.facts = {{kv, content_}, {other, content_}};
        pair.state = [kv, other](const WorldView& view) {
          return have_applied_the_same(view.fact<Content>(kv), view.fact<Content>(other));
        };
      }
      WorldClause& step = clause("revisions-never-go-back");
      step.facts = {{kv, content_}};
      step.step = [kv](const WorldView& before, const WorldView& after) {
        return goes_forward(before.fact<Content>(kv), after.fact<Content>(kv));
      };
      WorldClause& leases = clause("leased-keys-have-leases");
      leases.facts = {{kv, content_}};
      leases.state = [kv](const WorldView& view) { return keys_have_their_leases(view.fact<Content>(kv)); };
    }
  }
  void of_replicas() {
    const checker::PartId log = *assembly_.log;
    for (const MemberPlaces& member : assembly_.members) {
      WorldClause& refines = clause("refines-store-spec");
      refines.parts = {member.kv};
      refines.facts = {{log, history_}};
      refines.state = [kv = member.kv, log](const WorldView& view) {
        return truth(agrees(view.part<core::Mvcc>(kv), view.fact<SpecHistory>(log)));
      };
      for (const auto& [id, deed] : {std::pair{"renewed-leases-live", Misdeed::renewed_a_lost_lease},
                                     std::pair{"only-leaders-revoke", Misdeed::revoked_without_leading}}) {
        WorldClause& behaves = clause(id);
        behaves.parts = {*member.seat};
        behaves.state = [seat = *member.seat, done = deed](const WorldView& view) {
          return truth(view.part<Seat>(seat).misdeed != done);
        };
      }
    }
  }
  void of_servers() {
    for (const MemberPlaces& member : assembly_.members) {
      WorldClause& at_hand = clause("snapshots-have-their-database");
      at_hand.parts = {*member.raft, *member.received_database};
      at_hand.state = [member](const WorldView& view) {
        const auto& writing = view.part<raft::Memory>(*member.raft).writing;
        if (!writing || writing->snapshot.empty()) {
          return Truth::vacuous;
        }
        return truth(view.part<raft::Index>(*member.received_database) == writing->snapshot.metadata.index);
      };
    }
  }
  void of_clients() {
    for (std::size_t i = 0; i < assembly_.clients.size(); ++i) {
      const ClientSetup& client = assembly_.setup.clients[i];
      const checker::PartId progress = assembly_.clients[i].progress;
      WorldClause& fresh = clause("linearizable-answers");
      fresh.parts = {progress};
      fresh.state = [&client, progress](const WorldView& view) {
        return reads_are_fresh(client, view.part<Progress>(progress));
      };
      if (!assembly_.log) {
        WorldClause& watches = clause("watch-guarantees");
        watches.parts = {progress};
        watches.state = [progress](const WorldView& view) {
          return watches_keep_promises(view.part<Progress>(progress), nullptr);
        };
        continue;
      }
      const checker::PartId log = *assembly_.log;
      WorldClause& true_answers = clause("answers-are-true");
      true_answers.parts = {progress};
      true_answers.facts = {{log, history_}};
      true_answers.state = [&client, progress, log](const WorldView& view) {
        return answers_are_true(client, view.part<Progress>(progress), view.fact<SpecHistory>(log));
      };
      WorldClause& watches = clause("watch-guarantees");
      watches.parts = {progress};
      watches.facts = {{log, history_}};
      watches.state = [progress, log](const WorldView& view) {
        return watches_keep_promises(view.part<Progress>(progress), &view.fact<SpecHistory>(log).events);
      };
    }
  }
  void of_rest() {
    WorldProperty& property = declaring_.property("watchers-catch-up");
    property.at_quiescence = true;
    property.parts = {*assembly_.log};
    for (const ClientPlaces& client : assembly_.clients) {
      property.parts.push_back(client.progress);
    }
    for (const MemberPlaces& member : assembly_.members) {
      property.controls.push_back(member.process);
    }
    property.state = [&assembly = assembly_](const WorldView& view) {
      Truth result = Truth::vacuous;
      for (std::size_t client = 0; client < assembly.clients.size(); ++client) {
        const Truth one = watches_are_complete(view, assembly, client);
        if (one == Truth::violated) {
          return one;
        }
        result = one == Truth::holds ? one : result;
      }
      return result;
    };
  }
  void of_others() {
    declare_durability(assembly_, declaring_);
    declare_lease_properties(assembly_, declaring_);
    if (assembly_.history) {
      const checker::PartId history = *assembly_.history;
      WorldProperty& linearizable = declaring_.property("linearizable");
      linearizable.parts = {history};
      linearizable.state = [history](const WorldView& view) {
        return truth(!view.part<history::StoreMonitor>(history).violated);
      };
    }
  }
  std::vector<WorldProperty> take() { return declaring_.take(); }

 private:
  WorldClause& clause(std::string_view id) { return declaring_.clause(id); }

  const Assembly& assembly_;
  Declaring declaring_;
  std::shared_ptr<const checker::WorldProjection> content_;
  std::shared_ptr<const checker::WorldProjection> history_;
};

}  // namespace

const std::vector<Property>& property_list() {
  static const std::vector<Property> list = {
      {"members-agree", PropertyKind::always,
       "members that have applied the same entries have the same keys, leases and revisions", 0, true},
      {"revisions-never-go-back", PropertyKind::step,
       "neither the revision nor the compacted revision of a member falls, but by a crash that takes entries",
       0, true},
      {"leased-keys-have-leases", PropertyKind::always, "a key that has a lease is gone when the lease is", 0,
       true},
      {"refines-store-spec", PropertyKind::always,
       "a replica is what the spec says after the entries that it has applied", 0, false},
      {"renewed-leases-live", PropertyKind::always,
       "nobody is told that a lease was renewed that had been revoked", 0, false},
      {"only-leaders-revoke", PropertyKind::always,
       "no lease is revoked as expired but by the leader, who knows of all renewals", 0, false},
      {"linearizable-answers", PropertyKind::always,
       "no answer to a write or a linearizable read is older than what was known when it was asked", 0, true},
      {"answers-are-true", PropertyKind::always,
       "what is read was there at the revision of the answer, and what is acknowledged happened then", 0,
       true},
      {"watch-guarantees", PropertyKind::always,
       "watches are ordered, unique, atomic, reliable, resumable, bookmarkable and filtered", 0, true},
      {"watchers-catch-up", PropertyKind::always,
       "where nothing is left to do, watches were sent everything that they are for", 0, true},
      {"acknowledged-writes-survive", PropertyKind::always,
       "whoever has everything that was agreed on has every write that was acknowledged", 0, true},
      {"snapshots-have-their-database", PropertyKind::always,
       "the database of a snapshot is at hand as long as it is being installed", 0, true},
      {"linearizable", PropertyKind::always,
       "one store could have answered as all clients were answered, each request between being asked and "
       "being "
       "answered; checked if a scenario names it",
       0, false},
      {"leases-run-on", PropertyKind::step,
       "a new leader gives no lease more time than its last checkpoint left it", 0, true},
      {"mutual-exclusion", PropertyKind::always,
       "no two clients have the lock at once, but for one whose lease has run out meanwhile", 0, true},
  };
  return list;
}

std::vector<WorldProperty> make_properties(const Assembly& assembly) {
  Declarations made(assembly);
  made.of_members();
  if (assembly.log) {
    made.of_replicas();
  } else {
    made.of_servers();
  }
  made.of_clients();
  if (assembly.log) {
    made.of_rest();
  }
  made.of_others();
  return made.take();
}

}  // namespace plimsoll::properties::store
