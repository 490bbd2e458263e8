// System `flannel`: flanneld on each node over a registry of leases, the kernels that it programs, the pods
// behind them, and packets that these send each other in every reachable state.
//
// A packet changes nothing that lasts: its step leads back to the state that it was sent in, and carries what
// became of it. Properties of packets are judged on these steps, against the spec of model/overlay.
#pragma once

#include <memory>
#include <vector>

#include "checker/system/interner.hpp"
#include "checker/system/system.hpp"
#include "properties/overlay/world/setup.hpp"
#include "properties/overlay/world/state.hpp"

namespace plimsoll::properties::flannel_world {

/// All that system `flannel` may be asked to check.
[[nodiscard]] const std::vector<checker::Property>& property_list();

/// Thread-safety: as System.
class FlannelSystem final : public checker::System {
 public:
  explicit FlannelSystem(Setup setup);

  [[nodiscard]] std::uint32_t width() const override { return layout_.width(); }
  void initial(checker::Successors& out) const override;
  [[nodiscard]] std::unique_ptr<checker::Worker> worker() const override;
  [[nodiscard]] const std::vector<checker::Property>& properties() const override { return property_list(); }
  [[nodiscard]] checker::AspectMask aspects(std::size_t property) const override;
  [[nodiscard]] const std::vector<std::string>& action_groups() const override;
  [[nodiscard]] checker::Fingerprint fingerprint(checker::StateView state) const override;
  /// Of a packet's step: with the devices that it was seen at.
  [[nodiscard]] checker::ActionLabel describe(checker::StateView before,
                                              const checker::Action& action) const override;
  [[nodiscard]] checker::Datum describe(checker::StateView state) const override;
  [[nodiscard]] checker::SystemStatistics statistics() const override;

  [[nodiscard]] const Setup& setup() const { return setup_; }
  [[nodiscard]] const Layout& layout() const { return layout_; }
  [[nodiscard]] checker::Interner& values() const { return *values_; }

 private:
  Setup setup_;
  Layout layout_;
  std::unique_ptr<checker::Interner> values_;
  std::vector<Slot> initial_ = {};
};

}  // namespace plimsoll::properties::flannel_world
