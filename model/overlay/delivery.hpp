// What may become of a packet that one pod sends to another's address, while subnets move between nodes.
//
// Who owns a subnet is a history of versions. A node forwards by some version between the one that its tables
// were last seen to agree with and the newest. While those versions say different things of the receiver's
// subnet, a packet may be lost; and one that an earlier owner passes on may arrive from that one's address,
// since flannel masquerades what is neither from its own pods nor for them (FLN-M). Nothing excuses that it
// reaches a pod other than the one it is meant for, that it arrives twice, or goes round until its time to
// live has run out. A packet that is too large for the way must arrive or be answered by a notice, RFC 1191:
// who sends it can do something about that, and about silence nothing.
// Source: Kubernetes, "The Kubernetes network model" (pods reach each other without NAT); flannel, rules
// FLN-V, FLN-H and FLN-M of the semantics; RFC 1812, 4.2.2.9 and 4.3.2.7. Pure functions: safe from any
// thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace plimsoll::model::overlay {

/// A machine, by a number that no other ever has: one that replaces another under its name is a new one, and
/// so is one whose tunnel got a new address.
using Machine = std::uint32_t;
/// A pod, likewise; an address may belong to several, one after the other.
using Pod = std::uint32_t;
/// A subnet, by a small number that the world gives out.
using Subnet = std::uint8_t;

/// From here on the subnet belongs to the machine, or to nobody.
struct Ownership {
  Subnet subnet = 0;
  std::optional<Machine> owner = {};
  friend bool operator==(const Ownership&, const Ownership&) = default;
};

/// What a node may act on.
struct Knowledge {
  /// So many entries of the history its tables surely agree with. At most as many as there are.
  std::size_t surely = 0;
  /// Something has happened to its tables that it had no occasion yet to see or to mend.
  bool must_mend = false;
};

/// Those who may own the subnet as far as the node knows, oldest first, without repetitions in a row; never
/// empty. A node that must mend its tables may besides know nobody. Linear in the history.
[[nodiscard]] std::vector<std::optional<Machine>> versions(std::span<const Ownership> history, Subnet subnet,
                                                           Knowledge knowledge);

/// What was sent.
struct Sending {
  std::optional<Pod> to = {};  ///< whom the sender means; none: nobody has the address
  bool is_oversize = false;    ///< larger than what a tunnel takes: a notice is as good as delivery
};

/// What became of it.
struct Fate {
  std::vector<Pod> arrivals = {};   ///< pods that got it, as often as they did
  bool source_kept = true;          ///< all of them saw the sender's own address
  bool went_round = false;          ///< its time to live ran out, or it multiplied without end
  bool noticed_as_too_big = false;  ///< the sender was told the size that fits
};

enum class Judgement : std::uint8_t {
  delivered,     ///< once, to the pod that it was meant for
  noticed,       ///< too large, and the sender knows
  excused,       ///< lost, while the versions that the sender may act on disagree; or meant for nobody
  lost,          ///< though the sender knows all there is to know
  swallowed,     ///< likewise, too large, and nobody says so
  misdelivered,  ///< another pod got it
  duplicated,    ///< it arrived more than once
  went_round,
  source_changed,  ///< though the sender knows all there is to know
};

/// @param known  What the sender's node may act on, see versions(); never empty. The receiver's own node has
/// no excuse: it is the one that the subnet's newest version names.
[[nodiscard]] Judgement judge(const Sending& sending, std::span<const std::optional<Machine>> known,
                              const Fate& fate);

/// Whether the promise is kept.
[[nodiscard]] constexpr bool is_allowed(Judgement judgement) {
  return judgement <= Judgement::excused;
}

}  // namespace plimsoll::model::overlay
