#include "properties/raft/world/properties.hpp"

#include <algorithm>
#include <string>

#include "checker/world/view.hpp"
#include "properties/raft/world/acting_quorums.hpp"
#include "properties/raft/world/facts.hpp"
#include "properties/raft/world/looks.hpp"
#include "properties/raft/world/refinement.hpp"
#include "properties/world_properties.hpp"

namespace plimsoll::properties::raft {
namespace {

using checker::PartId;
using checker::Property;
using checker::PropertyKind;
using checker::Truth;
using checker::WorldClause;
using checker::WorldProperty;
using checker::WorldView;
using core::Index;
using core::Memory;
using core::Raft;
using core::Role;
using core::Storage;

Truth truth(bool holds) {
  return holds ? Truth::holds : Truth::violated;
}

/// What is to be known of a server's memory as long as it leads: most of what changes there is nothing to
/// most properties.
struct Leading {
  bool leads = false;
  core::Term term = 0;      ///< of a leader
  core::Unstable unstable;  ///< of a leader
  PLIMSOLL_DESCRIBE(Leading, leads, term, unstable)
};
Leading leading_of(const Memory& memory) {
  const Raft& raft = memory.node.raft;
  return raft.role == Role::leader ? Leading{true, raft.term, raft.log.unstable} : Leading{};
}
/// Of what is on a disk: the log, and with it what of it is committed, and in which term that is known. Votes
/// come and go without touching these.
struct StoredLog {
  Storage storage;
  PLIMSOLL_DESCRIBE(StoredLog, storage)
};
StoredLog stored_log_of(const Storage& storage) {
  StoredLog log{storage};
  log.storage.hard_state = {};
  return log;
}
struct StoredCommit {
  Storage storage;
  PLIMSOLL_DESCRIBE(StoredCommit, storage)
};
StoredCommit stored_commit_of(const Storage& storage) {
  StoredCommit log{storage};
  log.storage.hard_state.vote = core::nobody;
  return log;
}
const Storage& stored_log(const WorldView& view, const ServerPlaces& server) {
  return view.fact<StoredLog>(server.durable).storage;
}
const Storage& stored_commit(const WorldView& view, const ServerPlaces& server) {
  return view.fact<StoredCommit>(server.durable).storage;
}

const Leading& leading(const WorldView& view, const ServerPlaces& server) {
  return view.fact<Leading>(server.memory);
}

/// What a leader counts as acknowledged.
struct Acknowledged {
  core::Term term = 0;                    ///< 0: it does not lead
  std::map<core::ServerId, Index> match;  ///< by member
  PLIMSOLL_DESCRIBE(Acknowledged, term, match)
};
Acknowledged acknowledged_of(const Memory& memory) {
  const Raft& raft = memory.node.raft;
  Acknowledged known;
  if (raft.role == Role::leader) {
    known.term = raft.term;
    for (const auto& [id, progress] : raft.tracker.progress) {
      known.match.emplace(id, progress.match);
    }
  }
  return known;
}

KnownLog log_of_leader(const WorldView& view, const ServerPlaces& server) {
  return {stored_log(view, server), leading(view, server).unstable};
}

/// Of a server that is down, or has forgotten it, what is on disk. Memory can only be ahead.
Index committed(const WorldView& view, const ServerPlaces& server) {
  return std::max(durable(view, server).hard_state.commit, raft_of(view, server).log.committed);
}
// The predicates of clauses: each looks at one server, or at two.

Truth leaders_have_terms_of_their_own(const WorldView& view, const ServerPlaces& a, const ServerPlaces& b) {
  const Leading& one = leading(view, a);
  const Leading& other = leading(view, b);
  if (one.leads && other.leads && one.term == other.term) {
    return Truth::violated;
  }
  return one.leads || other.leads ? Truth::holds : Truth::vacuous;
}

Truth logs_match(const WorldView& view, const ServerPlaces& a, const ServerPlaces& b) {
  const KnownLog one(stored_log(view, a));
  const KnownLog other(stored_log(view, b));
  const Index last = last_match(one, other);
  return last == 0 ? Truth::vacuous : truth(agree_up_to(one, other, last));
}

/// What a server has on disk as committed was committed in its term or before, so that a leader of that term
/// or a later one has it.
Truth leader_is_complete(const WorldView& view, const ServerPlaces& leader, const ServerPlaces& server) {
  const Storage& other = stored_commit(view, server);
  const Index commit = other.hard_state.commit;
  const Leading& now = leading(view, leader);
  if (!now.leads || commit == 0 || other.hard_state.term > now.term) {
    return Truth::vacuous;
  }
  const KnownLog log = log_of_leader(view, leader);
  return truth(log.last_index() >= commit && agree_up_to(log, KnownLog(other), commit));
}

/// As long as the server has not gone on to a later term: what was not committed may be overwritten there.
Truth acknowledged_is_stored(const WorldView& view, const ServerPlaces& leader, const ServerPlaces& server) {
  const Storage& stored = durable(view, server);
  const auto& known = view.fact<Acknowledged>(leader.memory);
  const auto match = known.match.find(server.id);
  if (known.term == 0 || stored.hard_state.term != known.term || match == known.match.end() ||
      match->second == 0) {
    return Truth::vacuous;
  }
  return truth(stored.last_index() >= match->second);
}

Truth committed_entries_agree(const WorldView& view, const ServerPlaces& a, const ServerPlaces& b) {
  const Index common = std::min(committed(view, a), committed(view, b));
  return common == 0 ? Truth::vacuous : truth(agree_up_to(log_of(view, a), log_of(view, b), common));
}
/// As above, where memory is never ahead of the disk between steps.
Truth stored_committed_entries_agree(const WorldView& view, const ServerPlaces& a, const ServerPlaces& b) {
  const Storage& one = stored_commit(view, a);
  const Storage& other = stored_commit(view, b);
  const Index common = std::min(one.hard_state.commit, other.hard_state.commit);
  return common == 0 ? Truth::vacuous : truth(agree_up_to(KnownLog(one), KnownLog(other), common));
}

Truth leader_only_appends(const WorldView& before, const WorldView& after, const ServerPlaces& server) {
  const Leading& then = leading(before, server);
  const Leading& since = leading(after, server);
  if (!then.leads || !since.leads || then.term != since.term) {
    return Truth::vacuous;
  }
  const KnownLog old = log_of_leader(before, server);
  const KnownLog now = log_of_leader(after, server);
  return truth(now.last_index() >= old.last_index() && agree_up_to(old, now, old.last_index()));
}

Truth term_and_commit_rise(const WorldView& before, const WorldView& after, const ServerPlaces& server) {
  const core::HardState& old = durable(before, server).hard_state;
  const core::HardState& now = durable(after, server).hard_state;
  return truth(now.term >= old.term && now.commit >= old.commit);
}

Truth vote_stands(const WorldView& before, const WorldView& after, const ServerPlaces& server) {
  const core::HardState& old = durable(before, server).hard_state;
  const core::HardState& now = durable(after, server).hard_state;
  const bool voted = old.vote != core::nobody && old.term == now.term;
  return voted ? truth(now.vote == old.vote) : Truth::vacuous;
}

Truth some_leader(const WorldView& view, const ServerPlaces& server) {
  return truth(leading(view, server).leads);
}
Truth some_commit(const WorldView& view, const ServerPlaces& server) {
  return truth(stored_commit(view, server).hard_state.commit > 0);
}

std::vector<PartId> all_parts(const Assembly& assembly) {
  std::vector<PartId> parts;
  for (const ServerPlaces& server : assembly.servers) {
    parts.insert(parts.end(), {server.durable, server.memory});
  }
  return parts;
}

/// What a clause looks at of a server.
enum class Look : std::uint8_t {
  disk,
  stored_log,  ///< the facts
  stored_commit,
  leading,
  acknowledged,
  log_and_leading,
  all,  ///< disk and memory
};

void look_at(WorldClause& clause, const ServerPlaces& server, Look look) {
  static const auto of_memory = checker::projection<Memory>(leading_of);
  static const auto acknowledged = checker::projection<Memory>(acknowledged_of);
  static const auto log_on_disk = checker::projection<Storage>(stored_log_of);
  static const auto commit_on_disk = checker::projection<Storage>(stored_commit_of);
  if (look == Look::acknowledged) {
    clause.facts.push_back({server.memory, acknowledged});
  }
  if (look == Look::disk || look == Look::all) {
    clause.parts.push_back(server.durable);
  }
  if (look == Look::all) {
    clause.parts.push_back(server.memory);
  }
  if (look == Look::stored_log || look == Look::log_and_leading) {
    clause.facts.push_back({server.durable, log_on_disk});
  }
  if (look == Look::stored_commit) {
    clause.facts.push_back({server.durable, commit_on_disk});
  }
  if (look == Look::leading || look == Look::log_and_leading) {
    clause.facts.push_back({server.memory, of_memory});
  }
}

class Declarations {
 public:
  explicit Declarations(const Assembly& assembly) : assembly_(assembly) {}

  void always(const char* id, std::vector<PartId> parts,
              Truth (*predicate)(const WorldView&, const Assembly&)) {
    WorldProperty& property = declare(id);
    property.parts = std::move(parts);
    property.state = [predicate, &assembly = assembly_](const WorldView& view) {
      return predicate(view, assembly);
    };
  }
  using OfTwo = Truth (*)(const WorldView&, const ServerPlaces&, const ServerPlaces&);
  /// Asked of every two servers.
  void pairs(const char* id, Look look, OfTwo predicate) {
    WorldProperty& property = declare(id);
    for (std::size_t i = 0; i < assembly_.servers.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        add(property, assembly_.servers[i], look, assembly_.servers[k], look, predicate);
      }
    }
  }
  /// Asked of every leader and every server, which may be the same.
  void leaders(const char* id, Look look, Look look_at_server, OfTwo predicate) {
    WorldProperty& property = declare(id);
    for (const ServerPlaces& leader : assembly_.servers) {
      for (const ServerPlaces& server : assembly_.servers) {
        add(property, leader, look, server, look_at_server, predicate);
      }
    }
  }
  /// Asked of every server.
  void each(const char* id, Look look, Truth (*predicate)(const WorldView&, const ServerPlaces&)) {
    WorldProperty& property = declare(id);
    for (const ServerPlaces& server : assembly_.servers) {
      WorldClause& clause = property.clauses.emplace_back();
      look_at(clause, server, look);
      clause.state = [predicate, &server](const WorldView& view) { return predicate(view, server); };
    }
  }
  /// Asked of every server that takes a step.
  void step(const char* id, Look look,
            Truth (*predicate)(const WorldView&, const WorldView&, const ServerPlaces&)) {
    WorldProperty& property = declare(id);
    for (const ServerPlaces& server : assembly_.servers) {
      WorldClause& clause = property.clauses.emplace_back();
      look_at(clause, server, look);
      clause.step = [predicate, &server](const WorldView& before, const WorldView& after) {
        return predicate(before, after, server);
      };
    }
  }
  /// Asked of what every server keeps of the check of its steps.
  void refinement(const char* id) {
    WorldProperty& property = declare(id);
    for (const ServerPlaces& server : assembly_.servers) {
      WorldClause& clause = property.clauses.emplace_back();
      clause.parts.push_back(server.refinement.value());
      clause.state = [part = *server.refinement](const WorldView& view) {
        return truth(view.part<Refinement>(part).missing.empty());
      };
    }
  }
  std::vector<WorldProperty> take() { return std::move(made_); }

 private:
  WorldProperty& declare(const char* id) {
    made_.push_back(declared(property_list(), id));
    return made_.back();
  }

  static void add(WorldProperty& property, const ServerPlaces& a, Look look_a, const ServerPlaces& b,
                  Look look_b, OfTwo predicate) {
    WorldClause& clause = property.clauses.emplace_back();
    look_at(clause, a, look_a);
    look_at(clause, b, look_b);
    clause.state = [predicate, &a, &b](const WorldView& view) { return predicate(view, a, b); };
  }

  const Assembly& assembly_;
  std::vector<WorldProperty> made_;
};

}  // namespace

const std::vector<Property>& property_list() {
  static const std::vector<Property> list = {
      {"election-safety", PropertyKind::always, "no two leaders have the same term", 0, true},
      {"leader-append-only", PropertyKind::step, "a leader only adds to its log", 0, true},
      {"log-matching", PropertyKind::always,
       "logs whose entries at an index have the same term are the same up to there", 0, true},
      {"leader-completeness", PropertyKind::always,
       "a leader has everything that was committed in its term or before", 0, true},
      {"state-machine-safety", PropertyKind::always,
       "what two servers know to be committed is the same, as far as both know", 0, true},
      {"acknowledged-entries-stored", PropertyKind::always,
       "what a leader counts as acknowledged is on the disk of whoever acknowledged it, while that one is in "
       "its term",
       0, true},
      {"monotone-term-and-commit", PropertyKind::step,
       "neither the term nor the commit index on a disk falls", 0, false},
      {"one-vote-a-term", PropertyKind::step, "a vote on a disk stands while its term lasts", 0, true},
      {"quorum-intersection", PropertyKind::always,
       "those who can still commit or be elected have no quorums apart from each other", 0, true},
      {"linearizable-read-index", PropertyKind::always,
       "a read is answered with an index that is not below what was committed when it was asked", 0, true},
      {"refines-raft-spec", PropertyKind::always,
       "every step of a server is a path of the spec's steps, among what was said before", 0, false},
      {"some-leader", PropertyKind::sometimes, "some server leads", 0, false},
      {"some-commit", PropertyKind::sometimes, "something is committed", 0, false},
  };
  return list;
}

std::vector<WorldProperty> make_properties(const Assembly& assembly, const Setup& setup) {
  const auto has = [&](const char* budget) {
    const auto found = setup.budgets.find(budget);
    return found != setup.budgets.end() && found->second > 0;
  };
  Declarations made(assembly);
  // What is written at once is on disk before anybody else hears of it.
  const bool atomic = setup.writes == core::StorageWrites::atomic && setup.slow_disk == 0;
  made.pairs("election-safety", Look::leading, leaders_have_terms_of_their_own);
  made.step("leader-append-only", Look::log_and_leading, leader_only_appends);
  made.pairs("log-matching", Look::stored_log, logs_match);
  made.leaders("leader-completeness", Look::log_and_leading, Look::stored_commit, leader_is_complete);
  made.pairs("state-machine-safety", atomic ? Look::stored_commit : Look::all,
             atomic ? stored_committed_entries_agree : committed_entries_agree);
  // A disk that is lost takes what it says with it.
  if (!has("disk-loss")) {
    made.step("monotone-term-and-commit", Look::disk, term_and_commit_rise);
    made.step("one-vote-a-term", Look::disk, vote_stands);
  }
  if (has("compaction")) {
    made.leaders("acknowledged-entries-stored", Look::acknowledged, Look::disk, acknowledged_is_stored);
  }
  if (has("conf-change")) {
    made.always("quorum-intersection", all_parts(assembly), quorums_intersect);
  }
  if (has("read")) {
    made.always("linearizable-read-index", {assembly.history},
                [](const WorldView& view, const Assembly& all) {
                  const auto& history = view.part<ReadHistory>(all.history);
                  const bool answered = history.asked > history.waiting.size();
                  return history.stale ? Truth::violated : answered ? Truth::holds : Truth::vacuous;
                });
  }
  if (setup.refinement) {
    made.refinement("refines-raft-spec");
  }
  made.each("some-leader", Look::leading, some_leader);
  made.each("some-commit", Look::stored_commit, some_commit);
  return made.take();
}

}  // namespace plimsoll::properties::raft
