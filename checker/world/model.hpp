// What a world is made of: parts, processes, links, hosts, crash units, budgets and properties. Assembled
// once, then immutable.
//
// What the environment may do, besides delivering messages, firing timers and letting time pass. Each fault
// is an action that spends one of its budget; a budget that is absent is 0, and a fault without one costs
// nothing: no slot, no work.
//
//   budget               what one of them does
//   ------------------   -----------------------------------------------------------------------------------
//   drop                 loses one message of a lossy link (datagram: any; fifo: the one at the head)
//   duplicate            doubles such a message; on a fifo link the copy is right behind it
//   reorder              fifo link: a message overtakes the one before it
//   Link::break_budget   a connection fails, and both ends are told
//   pause                a process stands still (SIGSTOP) until it resumes: it takes no step, its timers run
//                        on, and those due fire afterwards. It resumes without a budget.
//   CrashUnit::budget    processes of a unit are down until they are restarted; parts named as lost are lost,
//                        synced records survive, and of those not synced any number of the oldest
//   torn-write           in such a crash, besides its own budget: behind the records that survive on one disk
//                        lies the torn beginning of the next (Started::torn_tail)
//   disk-loss            a crash that takes the unit's disks and `disk_parts` as well
//   partition            the network falls into two halves
//   one-way-partition    nothing gets from one host to another, while the other way is open
//   partial-partition    two hosts do not reach each other, and both reach the rest
//
// A cut stays until the network heals, which needs no budget, happens as a whole, and is bound to happen in
// the end. What a cut does: a message that is sent across it is lost. Datagrams and fifo messages under way
// are all lost or none. A message that is not lost may be delivered while the network is cut: it was beyond
// the cut already, waiting to be read. A connection needs both ways, so a cut of either breaks it as a
// failure does: both ends are told, at any later time, and until then it is silent. Whoever sends over it
// afterwards tries to connect anew and is told that this failed. (That is no loss of generality: a connection
// that outlives a short cut is one whose messages were slow, which they may be without any cut.)
//
// WorldTime::drift bounds how far a clock may be off. Wherever a timer runs, its process's clock may gain or
// lose a tick against the world's, as long as it is not further off than that. No budget: it is a bound of
// how well clocks agree, not a number of mishaps.
//
// Not the world's business: a client that reconnects to a view that is behind, and changes that are skipped
// or coalesced on the way to a watcher. A lost connection makes a client come back; what it then hears is the
// answer of the process that it comes back to, with a question to the environment (Outputs::choose) if there
// is a choice. So stale and coalesced views belong to the store's and its caches' own steps.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/system/property.hpp"
#include "checker/world/process.hpp"
#include "impl/base/described.hpp"

namespace plimsoll::checker {

class WorldView;

struct PartTag {
  static constexpr const char* name = "part";
};
/// A part of the world, numbered in order of assembly. Several processes may share one: a file, a kernel
/// table.
using PartId = base::Strong<PartTag, std::uint16_t>;

struct WorldPart {
  std::string name;  ///< "node-1.subnet-env"
  const base::Schema* schema = nullptr;
  base::Bytes initial;
};

struct WorldProcess {
  std::string name;  ///< "node-1/flanneld"
  std::shared_ptr<const Process> process;
  std::vector<PartId> parts;  ///< by the process's own numbering
  bool has_disk = false;      ///< append and sync are outputs of its steps
  bool supervised = true;     ///< restarted after a crash or an exit; otherwise down for good
  /// What the records on its disk are, so that ids in them can be renamed (Interchangeable). Text names
  /// nobody.
  const base::Schema* record_schema = nullptr;
};

/// How messages travel between two processes, both ways.
enum class LinkKind : std::uint8_t {
  connection,  ///< in order for each channel and reliable, until the connection fails: both ends are then
               ///< told (Disconnected)
  local,       ///< in order and reliable; ends silently with a crashed end; never cut by a partition
  datagram,    ///< a multiset: any order; lossy: drop and duplicate within their budgets
  fifo,        ///< in order, all channels together; lossy as datagrams are, and reorder within its budget
};
/// May it lose or double a message without telling anybody?
[[nodiscard]] constexpr bool is_lossy(LinkKind kind) {
  return kind == LinkKind::datagram || kind == LinkKind::fifo;
}
struct Link {
  base::ProcessId a;
  base::ProcessId b;
  LinkKind kind = LinkKind::connection;
  bool urgent = false;            ///< time does not pass while a message is under way
  std::string break_budget = {};  ///< connection: what one failure spends; empty: it never fails by itself
  /// Bound on the messages under way in each direction, 0: none but the mailbox's. A fuller link loses (if it
  /// is lossy) or prunes, as a mailbox does.
  std::uint32_t messages_max = 0;
  // What the faults of a lossy link spend: a name of its own gives a link a budget of its own.
  std::string drop_budget = "drop";
  std::string duplicate_budget = "duplicate";
  std::string reorder_budget = "reorder";
};

/// What crashes together.
struct CrashUnit {
  std::string name;    ///< "node-1"
  std::string budget;  ///< "node-reboot": what one crash spends
  std::vector<base::ProcessId> processes;
  std::vector<PartId> lost_parts = {};  ///< back to their initial values; everything else survives
  std::vector<PartId> disk_parts = {};  ///< what else the loss of its disk takes: parts that stand for files
  /// What the loss of its disk spends, instead of `budget`; needs a process with a disk, or disk parts.
  std::string disk_loss_budget = "disk-loss";
  /// What each torn record spends, besides `budget`; needs a process with a disk.
  std::string torn_budget = "torn-write";
};

/// A place that partitions cut off from others. Processes of one host always reach each other.
struct Host {
  std::string name;
  std::vector<base::ProcessId> processes;
};

struct WorldTime {
  bool discrete = false;
  /// The horizon, a bound: a tick beyond it that would change a timer is pruned. Where every timer has run
  /// out, time passing changes nothing, and the world may stand still.
  std::uint32_t ticks_max = 0;
  /// How many ticks each process's clock may be ahead of the world's or behind it. Discrete worlds only.
  std::uint32_t drift = 0;
};

/// A bound on the value of a part, decided on its canonical bytes: a step that would leave it is pruned. The
/// initial value must be within.
struct WorldBound {
  std::string name;  ///< "terms"
  PartId part;
  std::function<bool(base::BytesView)> within;  ///< asked once for each step that is remembered
};

/// What a predicate said.
enum class Truth : std::uint8_t {
  violated,
  holds,
  vacuous,  ///< holds, but only because what it is about did not happen here
};

/// What a clause wants to know of a part: a fact, which many values of the part share. It is computed once
/// for each value; answers are remembered by facts.
struct WorldProjection {
  const base::Schema* part_schema = nullptr;
  const base::Schema* fact_schema = nullptr;
  std::function<base::Bytes(base::BytesView part)> fact;  ///< canonical bytes
};
/// @param fact  A function of the part's value alone, to a described type.
template <class Part, class Fact>
[[nodiscard]] std::shared_ptr<const WorldProjection> projection(Fact (*fact)(const Part&)) {
  return std::make_shared<const WorldProjection>(WorldProjection{
      &base::schema_of<Part>(), &base::schema_of<Fact>(),
      [fact](base::BytesView part) { return base::to_bytes(fact(base::from_bytes<Part>(part))); }});
}

/// A part of which a clause looks at a fact.
struct WorldFact {
  PartId part;
  std::shared_ptr<const WorldProjection> projection;
};

/// A piece of a property's predicate.
struct WorldClause {
  std::vector<PartId> parts;     ///< the parts that it alone looks at
  std::vector<WorldFact> facts;  ///< and those of which it only looks at a fact: WorldView::fact()
  std::function<Truth(const WorldView&)> state;
  std::function<Truth(const WorldView& before, const WorldView& after)> step;
};

struct WorldProperty {
  Property property;                      ///< `reads` is filled in from `parts` and the flags below
  std::vector<PartId> parts;              ///< parts the predicate looks at
  std::vector<base::ProcessId> controls;  ///< processes whose status or timers it looks at
  bool at_quiescence = false;  ///< asked only where no message is under way and no work is left; elsewhere
                               ///< vacuous. Of states only
  /// Of a liveness property: the goal, which is reached where it holds and not vacuously.
  std::function<Truth(const WorldView&)> state;
  std::function<Truth(const WorldView& before, const WorldView& after)> step;
  /// Of leads-to: what the goal, `state`, must follow. Looks at the same parts.
  std::function<bool(const WorldView&)> cause;
  bool budgets = false;  ///< looks at what is left of budgets, or at cuts of the network
  /// In place of `parts` and of `state` or `step`: the predicate in pieces that look at few parts each, a
  /// pair of servers, say (question.hpp). Where none is violated and one holds, the property holds; where all
  /// are vacuous, so is it; of a witness it is enough that one holds. Not of liveness properties.
  std::vector<WorldClause> clauses;
};

/// A deadline or lapse of an untimed world that needs no budget where the world rests: no message is under
/// way and no work is left, whoever is down, stands still or is cut off. That is what says that a time-out is
/// long compared with everything that happens by itself, so that there is no end of heartbeats without an end
/// of other things to do. Where it may fire so it spends nothing, and is bound to: it fires again and again
/// if it may again and again (strong fairness), for time-outs that are random do not lose every race.
/// Anywhere else it fires too early: within its budget, a fault like others, which is not bound to happen.
struct PatientTimer {
  base::ProcessId process;
  std::string timer;               ///< the enumerator's name; the process's timers are an enumeration
  std::vector<PartId> parts = {};  ///< those that `may_fire` looks at
  /// Empty: whenever the world rests. May look at statuses of processes and cuts of the network, too.
  std::function<bool(const WorldView&)> may_fire = {};
};

/// When it is right that nothing more happens: at quiescence, if the predicate holds too. Asked for
/// deadlock-free.
struct RightfulEnd {
  std::vector<PartId> parts;
  std::vector<base::ProcessId> controls;
  std::function<bool(const WorldView&)> predicate;  ///< empty: quiescence is enough
};

/// Processes that are told apart by their ids and by nothing else: the servers of a cluster. Renaming them in
/// a state renames what can happen after it. With a member go its processes with their parts, mailboxes,
/// timers and disks, the parts and budgets named here, and its crash unit, host, links and bounds, which must
/// be alike. Whatever all members share stays where it is, under new names.
///
/// Ids are renamed wherever a described value has one (impl/base/rename.hpp): of type ProcessId by
/// themselves, of other types by `names`. Everything that the model itself says is checked when the world is
/// built, and why_no_symmetry() tells what is wrong; what processes and predicates do with ids is the
/// assembly's word, tested by check_symmetry().
struct Interchangeable {
  struct Member {
    std::vector<base::ProcessId> processes;  ///< in the same order for every member, as everything here
    std::vector<PartId> parts = {};          ///< besides those of its processes
    std::vector<std::string> budgets = {};   ///< that are its own
  };
  std::string name;  ///< of one of them, for messages: "server"
  std::vector<Member> members;
  /// For each further type of ids that name members, by its name: the value that names each. The other values
  /// name nobody.
  std::map<std::string, std::vector<std::uint64_t>> names = {};
  /// The assembly's word that configurations which are no described values are equal up to names.
  bool configs_agree = false;
};

struct WorldModel {
  std::vector<WorldPart> parts;
  std::vector<WorldProcess> processes;
  std::vector<Link> links;
  std::vector<CrashUnit> units;
  /// Where partitions may cut: at most 32, and 10 if there is a budget for `partition`; no process is in two.
  /// One that is in none is never cut off. Empty: each process is a host.
  std::vector<Host> hosts;
  WorldTime time;
  std::map<std::string, std::uint32_t>
      budgets;                               ///< faults, deadlines of untimed worlds, whims; absent means 0
  std::uint32_t mailbox_messages_max = 16;   ///< bound: a fuller mailbox loses (lossy link) or prunes
  std::uint32_t messages_max = 0;            ///< the same bound on all mailboxes together; 0: none
  std::vector<WorldBound> bounds;            ///< further bounds
  std::vector<PatientTimer> patient_timers;  ///< of untimed worlds; at most one for each timer
  std::vector<WorldProperty> properties;
  RightfulEnd rightful_end;
  /// Groups of interchangeable processes, of 16 members altogether; no process is in two.
  std::vector<Interchangeable> interchangeable;
  std::string not_interchangeable;      ///< if there is no group: why not, for whoever asks
  std::shared_ptr<const void> context;  ///< what predicates refer to; lives as long as the world

  /// Adds a part that several processes may share.
  PartId add_part(std::string name, const base::Schema& schema, base::Bytes initial);
  /// Adds a process whose parts are all its own, named "<name>.<part>", except those in `shared` (by the
  /// process's numbering).
  base::ProcessId add_process(std::string name, std::shared_ptr<const Process> process,
                              const std::map<std::size_t, PartId>& shared = {});
  [[nodiscard]] std::optional<PartId> find_part(const std::string& name) const;
};

}  // namespace plimsoll::checker
