// A world in which stale messages are all alike (stale_messages.hpp), as a System of its own.
#pragma once

#include "checker/system/quotient.hpp"
#include "checker/world/stale_messages.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {

/// Thread-safety: as System.
class StaleWorld final : public Quotient {
 public:
  /// Requires: `raw` outlives this.
  StaleWorld(const WorldSystem& raw, Interner& interner);

  [[nodiscard]] const StaleMessages& stale() const { return stale_; }

  [[nodiscard]] const System& raw() const override { return raw_; }
  [[nodiscard]] std::unique_ptr<Representer> representer() const override;
  [[nodiscard]] std::unique_ptr<Worker> worker() const override;
  [[nodiscard]] std::uint32_t actor_of(const Action& action) const override { return raw_.actor_of(action); }
  [[nodiscard]] std::uint32_t actors() const override { return raw_.actors(); }
  [[nodiscard]] bool is_spontaneous(std::uint32_t actor) const override { return raw_.is_spontaneous(actor); }
  /// Who is stale to somebody is, renamed, to whom that one is renamed to.
  [[nodiscard]] const Symmetry* symmetry() const override { return raw_.symmetry(); }
  [[nodiscard]] std::string why_no_symmetry() const override { return raw_.why_no_symmetry(); }

 private:
  const WorldSystem& raw_;
  StaleMessages stale_;
};

}  // namespace plimsoll::checker
