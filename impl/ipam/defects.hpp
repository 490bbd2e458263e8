// The defects of the address-management domain: real, documented bugs that a run may switch back on.
//
// Sources are given with each. A set of defects is part of a component's Config and constant in a run; where
// one is switched on, a guarded line or two brings back the old behaviour. Without any the components are the
// reference, which is meant to be safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace plimsoll::ipam {

enum class Defect : std::uint8_t { F1, F2, F7, F8, I1, I2, I3, I4, I6 };

/// A set of defects. Invariant: only bits of enumerators of Defect are set.
class Defects {
 public:
  constexpr Defects() = default;

  [[nodiscard]] constexpr bool has(Defect defect) const { return (bits_ & bit(defect)) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  /// This set and `defect`.
  [[nodiscard]] constexpr Defects with(Defect defect) const {
    Defects more = *this;
    more.bits_ |= bit(defect);
    return more;
  }
  friend constexpr bool operator==(const Defects&, const Defects&) = default;

 private:
  static constexpr std::uint32_t bit(Defect defect) {
    return std::uint32_t{1} << static_cast<unsigned>(defect);
  }
  std::uint32_t bits_ = 0;
};

/// What `plimsoll list` says of a defect.
struct DefectStory {
  Defect defect;
  std::string_view id;         ///< upper case, as on the command line
  std::string_view component;  ///< where its guarded lines are
  std::string_view story;
  std::string_view source;
};

inline constexpr std::array defect_stories = {
    DefectStory{Defect::F1, "F1", "impl/ipam/flannel",
                "A host loses its lease while it is offline, another node takes the subnet, and the first "
                "one writes its lease back without looking: two nodes own one subnet.",
                "https://github.com/flannel-io/flannel/issues/1289"},
    DefectStory{Defect::F2, "F2", "impl/ipam/flannel",
                "After a compacted watch the leases are listed again, but a known subnet whose attributes "
                "changed is passed over: its route leads to a device that is gone.",
                "https://github.com/flannel-io/flannel/issues/533"},
    DefectStory{Defect::F7, "F7", "impl/ipam/flannel",
                "A node's own lease is kept among those of its peers, so the second listing reports it as "
                "removed and the node drops its own subnet.",
                "https://github.com/flannel-io/flannel/blob/cdf76059/pkg/lease/lease.go"},
    DefectStory{Defect::F8, "F8", "impl/ipam/flannel",
                "Two nodes create the same lease at once; the loser compares with the wrong error value "
                "and exits where it should choose another subnet.",
                "https://github.com/flannel-io/flannel/blob/cdf76059/pkg/subnet/etcd/local_manager.go"},
    DefectStory{Defect::I1, "I1", "properties/ipam/workload",
                "A node reboots and its sandboxes are gone, but their addresses stay allocated on disk "
                "until the range is exhausted.",
                "https://github.com/containernetworking/plugins/issues/252"},
    DefectStory{
        Defect::I2, "I2", "impl/ipam/host_local",
        "A crash between creating an address file and writing it leaves an empty file that no DEL releases.",
        "https://github.com/containernetworking/plugins/issues/498"},
    DefectStory{
        Defect::I3, "I3", "impl/ipam/host_local",
        "The directory of address files is lost while pods run, and their addresses are handed out again.",
        "https://github.com/kubernetes-retired/kube-aws/issues/60"},
    DefectStory{Defect::I4, "I4", "impl/ipam/host_local",
                "The range comes from a hand-written configuration that two nodes share, and not from the "
                "node's lease.",
                "https://github.com/containernetworking/plugins/issues/629"},
    DefectStory{Defect::I6, "I6", "impl/ipam/host_local",
                "A repeated ADD for one container and interface allocates a second address.",
                "https://github.com/containernetworking/plugins/commit/e8771b36"},
};

}  // namespace plimsoll::ipam
