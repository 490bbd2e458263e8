// System `services`: a kube-proxy on each node that follows the API server's services, the kernels that it
// programs, and clients that send to services in every reachable state.
//
// A packet's step carries what was wrong with it; properties of packets are judged on these steps, against
// the spec of model/service. A packet from a port that was never used leads back to the state it was sent in.
#pragma once

#include <memory>
#include <vector>

#include "checker/system/interner.hpp"
#include "checker/system/system.hpp"
#include "properties/service/world/state.hpp"

namespace plimsoll::properties::services_world {

/// All that system `services` may be asked to check.
[[nodiscard]] const std::vector<checker::Property>& property_list();

/// Thread-safety: as System.
class ServicesSystem final : public checker::System {
 public:
  explicit ServicesSystem(Setup setup);

  [[nodiscard]] std::uint32_t width() const override { return layout_.width(); }
  void initial(checker::Successors& out) const override;
  [[nodiscard]] std::unique_ptr<checker::Worker> worker() const override;
  [[nodiscard]] const std::vector<checker::Property>& properties() const override { return property_list(); }
  [[nodiscard]] checker::AspectMask aspects(std::size_t property) const override;
  [[nodiscard]] const std::vector<std::string>& action_groups() const override;
  [[nodiscard]] checker::Fingerprint fingerprint(checker::StateView state) const override;
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

}  // namespace plimsoll::properties::services_world
