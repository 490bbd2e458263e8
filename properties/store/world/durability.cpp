#include "properties/store/world/durability.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "checker/world/view.hpp"
#include "impl/raft/process.hpp"
#include "impl/store/mvcc.hpp"
#include "properties/store/world/agreed_log.hpp"
#include "properties/store/world/client.hpp"

namespace plimsoll::properties::store {
namespace {

using checker::PartId;
using checker::Truth;
using checker::WorldClause;
using checker::WorldView;

/// A change that a client was told of: of a deletion nothing but the revision.
struct Written {
  kv::Revision revision = {};
  std::string key = {};
  std::string value = {};
  PLIMSOLL_DESCRIBE(Written, revision, key, value)
};
struct Acked {
  std::vector<Written> writes = {};
  PLIMSOLL_DESCRIBE(Acked, writes)
};

/// What a member has of the past.
struct Kept {
  std::uint64_t applied = 0;
  std::uint64_t term = 0;
  kv::Revision revision = {};
  kv::Revision compact_revision = {};
  std::vector<kv::Event> changes = {};  ///< from the compacted revision on
  PLIMSOLL_DESCRIBE(Kept, applied, term, revision, compact_revision, changes)
};
Kept kept_by(const core::Mvcc& store) {
  const kv::Revision from = std::max(store.compact_revision(), kv::Revision{1});
  return {store.meta().consistent_index, store.meta().term, store.revision(), store.compact_revision(),
          store.changes(from, store.revision())};
}

/// Where the agreed log ends.
struct LogEnd {
  raft::Index last = 0;
  PLIMSOLL_DESCRIBE(LogEnd, last)
};
LogEnd end_of(const AgreedLog& log) {
  return {log.last()};
}

/// What a server's Raft takes itself for.
struct Stand {
  raft::Term term = 0;
  bool leads = false;
  raft::ServerId lead = raft::nobody;
  raft::Index committed = 0;
  PLIMSOLL_DESCRIBE(Stand, term, leads, lead, committed)
};
Stand stand_of(const raft::Memory& memory) {
  const raft::Raft& raft = memory.node.raft;
  return {raft.term, raft.role == raft::Role::leader, raft.lead, raft.log.committed};
}

void add(const kv::Operation& operation, kv::Revision revision, Acked& acked) {
  if (const auto* const put = std::get_if<kv::PutRequest>(&operation); put != nullptr && !put->ignore_value) {
    acked.writes.push_back({revision, put->key, put->value});
  }
}
void add(const RequestBody& asked, const kv::Response& told, Acked& acked) {
  if (const auto* const put = std::get_if<kv::PutRequest>(&asked)) {
    if (std::holds_alternative<kv::PutResult>(told.result)) {
      add(*put, told.revision, acked);
    }
  } else if (const auto* const removed = std::get_if<kv::DeleteResult>(&told.result)) {
    if (removed->deleted > 0) {
      acked.writes.push_back({told.revision, "", ""});
    }
  } else if (const auto* const txn = std::get_if<kv::TxnResult>(&told.result)) {
    const auto& request = std::get<kv::TxnRequest>(asked);
    for (const kv::Operation& operation : txn->succeeded ? request.success : request.failure) {
      add(operation, told.revision, acked);
    }
  }
}
std::shared_ptr<const checker::WorldProjection> acked_of(const ClientSetup& client) {
  checker::WorldProjection projection;
  projection.part_schema = &base::schema_of<Progress>();
  projection.fact_schema = &base::schema_of<Acked>();
  projection.fact = [client](base::BytesView part) {
    Acked acked;
    for (const Answered& answer : base::from_bytes<Progress>(part).answers) {
      add(client.operations[answer.operation], answer.response, acked);
    }
    return base::to_bytes(acked);
  };
  return std::make_shared<const checker::WorldProjection>(std::move(projection));
}

bool has(const Kept& kept, const Written& write) {
  if (kept.revision < write.revision) {
    return false;
  }
  return write.key.empty() || write.revision <= kept.compact_revision ||
         std::ranges::any_of(kept.changes, [&](const kv::Event& event) {
           return event.type == kv::EventType::put && event.kv.mod_revision == write.revision &&
                  event.kv.key == write.key && event.kv.value == write.value;
         });
}
Truth has_all(const Kept& kept, const Acked& acked) {
  if (acked.writes.empty()) {
    return Truth::vacuous;
  }
  return truth(std::ranges::all_of(acked.writes, [&](const Written& write) { return has(kept, write); }));
}

class Durability {
 public:
  Durability(const Assembly& assembly, Declaring& declaring) : assembly_(assembly), declaring_(declaring) {}

  void run() {
    for (std::size_t client = 0; client < assembly_.clients.size(); ++client) {
      const auto acked = acked_of(assembly_.setup.clients[client]);
      for (std::size_t member = 0; member < assembly_.members.size(); ++member) {
        WorldClause& clause = declaring_.clause("acknowledged-writes-survive");
        clause.facts = {{assembly_.clients[client].progress, acked}, {assembly_.members[member].kv, kept_}};
        if (assembly_.log) {
          of_replica(clause, client, member);
        } else {
          of_server(clause, client, member);
        }
      }
    }
  }

 private:
  void of_replica(WorldClause& clause, std::size_t client, std::size_t member) const {
    const PartId log = *assembly_.log;
    clause.facts.push_back({log, end_});
    clause.state = [log, kv = assembly_.members[member].kv,
                    progress = assembly_.clients[client].progress](const WorldView& view) {
      const Kept& kept = view.fact<Kept>(kv);
      return kept.applied == view.fact<LogEnd>(log).last ? has_all(kept, view.fact<Acked>(progress))
                                                         : Truth::vacuous;
    };
  }
  void of_server(WorldClause& clause, std::size_t client, std::size_t member) const {
    std::vector<PartId> rafts;
    for (const MemberPlaces& place : assembly_.members) {
      rafts.push_back(*place.raft);
      clause.facts.push_back({*place.raft, stand_});
    }
    clause.state = [rafts, member, kv = assembly_.members[member].kv,
                    progress = assembly_.clients[client].progress](const WorldView& view) {
      const Stand& leader = view.fact<Stand>(rafts[member]);
      const Kept& kept = view.fact<Kept>(kv);
      const auto followers = std::ranges::count_if(rafts, [&](PartId raft) {
        const Stand& stand = view.fact<Stand>(raft);
        return stand.term == leader.term && stand.lead == leader.lead;
      });
      const bool has_everything = leader.leads && 2 * static_cast<std::size_t>(followers) > rafts.size() &&
                                  kept.term == leader.term && kept.applied >= leader.committed;
      return has_everything ? has_all(kept, view.fact<Acked>(progress)) : Truth::vacuous;
    };
  }

  const Assembly& assembly_;
  Declaring& declaring_;
  std::shared_ptr<const checker::WorldProjection> kept_ = checker::projection<core::Mvcc, Kept>(&kept_by);
  std::shared_ptr<const checker::WorldProjection> end_ = checker::projection<AgreedLog, LogEnd>(&end_of);
  std::shared_ptr<const checker::WorldProjection> stand_ =
      checker::projection<raft::Memory, Stand>(&stand_of);
};

}  // namespace

void declare_durability(const Assembly& assembly, Declaring& declaring) {
  Durability(assembly, declaring).run();
}

}  // namespace plimsoll::properties::store
