// What a world is made of: parts, processes, links, crash units, budgets and properties. Assembled once, then
// immutable.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/system/property.hpp"
#include "checker/world/process.hpp"

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
};

/// How messages travel between two processes, both ways.
enum class LinkKind : std::uint8_t {
  connection,  ///< in order for each channel and reliable, until the connection fails: both ends are then
               ///< told (Disconnected)
  local,       ///< in order and reliable; ends silently with a crashed end
  datagram,    ///< a multiset: any order; drop and duplicate within their budgets
};
struct Link {
  base::ProcessId a;
  base::ProcessId b;
  LinkKind kind = LinkKind::connection;
  bool urgent = false;       ///< time does not pass while a message is under way
  std::string break_budget;  ///< connection: what one failure spends; empty: it never fails by itself
};

/// What crashes together.
struct CrashUnit {
  std::string name;    ///< "node-1"
  std::string budget;  ///< "node-reboot": what one crash spends
  std::vector<base::ProcessId> processes;
  std::vector<PartId> lost_parts;  ///< back to their initial values; everything else survives
};

struct WorldTime {
  bool discrete = false;
  /// The horizon, a bound: a tick beyond it that would change a timer is pruned. Where every timer has run
  /// out, time passing changes nothing, and the world may stand still.
  std::uint32_t ticks_max = 0;
};

/// What a predicate said.
enum class Truth : std::uint8_t {
  violated,
  holds,
  vacuous,  ///< holds, but only because what it is about did not happen here
};

struct WorldProperty {
  Property property;                      ///< `reads` is filled in from `parts` and the flags below
  std::vector<PartId> parts;              ///< parts the predicate looks at
  std::vector<base::ProcessId> controls;  ///< processes whose status or timers it looks at
  bool at_quiescence =
      false;  ///< asked only where no message is under way and no work is left; elsewhere vacuous
  /// Of a liveness property: the goal, which is reached where it holds and not vacuously.
  std::function<Truth(const WorldView&)> state;
  std::function<Truth(const WorldView& before, const WorldView& after)> step;
  /// Of leads-to: what the goal, `state`, must follow. Looks at the same parts.
  std::function<bool(const WorldView&)> cause;
  bool budgets = false;  ///< looks at what is left of budgets
};

/// When it is right that nothing more happens: at quiescence, if the predicate holds too. Asked for
/// deadlock-free.
struct RightfulEnd {
  std::vector<PartId> parts;
  std::vector<base::ProcessId> controls;
  std::function<bool(const WorldView&)> predicate;  ///< empty: quiescence is enough
};

struct WorldModel {
  std::vector<WorldPart> parts;
  std::vector<WorldProcess> processes;
  std::vector<Link> links;
  std::vector<CrashUnit> units;
  WorldTime time;
  std::map<std::string, std::uint32_t>
      budgets;                              ///< faults, deadlines of untimed worlds, whims; absent means 0
  std::uint32_t mailbox_messages_max = 16;  ///< bound: a fuller mailbox loses (datagram) or prunes
  std::vector<WorldProperty> properties;
  RightfulEnd rightful_end;
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
