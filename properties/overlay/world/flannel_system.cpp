#include "properties/overlay/world/flannel_system.hpp"

#include <utility>

#include "properties/overlay/world/moves.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using checker::PropertyKind;
using model::overlay::Judgement;

enum Number : std::size_t {
  delivery,
  misdelivery,
  loop,
  large,
  source,
  converge,
  reclaimed,
};

/// Does the step of a packet break property `number`?
bool is_broken(std::size_t number, const checker::Action& action) {
  if (action.group != static_cast<std::uint32_t>(Move::send)) {
    return false;
  }
  const auto judged = static_cast<Judgement>(action.payload >> judgement_shift & 15U);
  switch (number) {
    case delivery:
      return judged == Judgement::lost || (action.payload >> unknown_shift & 1U) != 0;
    case misdelivery:
      return judged == Judgement::misdelivered || judged == Judgement::duplicated;
    case loop:
      return judged == Judgement::went_round;
    case large:
      return judged == Judgement::swallowed;
    default:
      return judged == Judgement::source_changed;
  }
}

class FlannelWorker final : public checker::Worker {
 public:
  explicit FlannelWorker(const FlannelSystem& system)
      : moves_(system.setup(), system.layout(), system.values()) {}

  void successors(checker::StateView state, checker::Fingerprint fingerprint,
                  checker::Successors& out) override {
    moves_.all(state, fingerprint, out);
  }
  checker::Evaluation evaluate(checker::StateView state, checker::PropertyMask wanted) override {
    return judge(wanted, [&](std::size_t number) {
      return number == converge ? moves_.tables_converged(state) : moves_.leases_reclaimed(state);
    });
  }
  checker::Evaluation evaluate_step(checker::StateView /*before*/, const checker::Action& action,
                                    checker::StateView /*after*/, checker::PropertyMask wanted) override {
    return judge(wanted, [&](std::size_t number) { return !is_broken(number, action); });
  }
  bool may_end(checker::StateView /*state*/) override { return true; }
  [[nodiscard]] checker::SystemStatistics statistics() const override {
    checker::SystemStatistics found;
    found.steps_run = moves_.steps().runs() + moves_.packets().runs();
    found.steps_recalled = moves_.steps().recalled() + moves_.packets().recalled();
    return found;
  }

 private:
  template <class Predicate>
  static checker::Evaluation judge(checker::PropertyMask wanted, const Predicate& predicate) {
    checker::Evaluation found;
    for (std::size_t i = 0; i < property_list().size(); ++i) {
      if ((wanted & checker::property_bit(i)) != 0 && predicate(i)) {
        found.holds |= checker::property_bit(i);
      }
    }
    found.engaged = found.holds;
    return found;
  }

  Moves moves_;
};

}  // namespace

const std::vector<checker::Property>& property_list() {
  static const std::vector<checker::Property> list = {
      {"packet-delivery", PropertyKind::step,
       "a packet to a pod's address arrives, unless the sender's node has yet to learn or to mend something"},
      {"no-misdelivery", PropertyKind::step,
       "no packet reaches a pod other than the one it is meant for, and none reaches it twice"},
      {"no-forwarding-loop", PropertyKind::step, "no packet goes round until its time to live has run out"},
      {"no-silent-size-limit", PropertyKind::step,
       "a packet as large as its sender's pod may send arrives, or its sender is told what fits"},
      {"source-address-kept", PropertyKind::step, "a pod sees the address of the pod that sent to it"},
      {"tables-converge", PropertyKind::always,
       "a node that has nothing left to do has the entries that the leases ask for, and no others"},
      {"dead-leases-reclaimed", PropertyKind::always,
       "no node waits for a subnet while the lease of one that is gone has run out"},
  };
  return list;
}

FlannelSystem::FlannelSystem(Setup setup)
    : setup_(std::move(setup)), layout_{setup_.nodes}, values_(std::make_unique<checker::Interner>()) {
  initial_ = Moves(setup_, layout_, *values_).first_state();
}

checker::AspectMask FlannelSystem::aspects(std::size_t property) const {
  return property_list()[property].kind == PropertyKind::step ? packet_aspect : ~packet_aspect;
}

void FlannelSystem::initial(checker::Successors& out) const {
  out.append({}, ~checker::SlotMask{0}, fingerprint(initial_), initial_);
}

std::unique_ptr<checker::Worker> FlannelSystem::worker() const {
  return std::make_unique<FlannelWorker>(*this);
}

const std::vector<std::string>& FlannelSystem::action_groups() const {
  static const std::vector<std::string> groups(move_names.begin(), move_names.end());
  return groups;
}

checker::Fingerprint FlannelSystem::fingerprint(checker::StateView state) const {
  std::uint64_t sum = 0;
  for (std::uint32_t slot = 0; slot < state.size(); ++slot) {
    sum += layout_.is_interned(slot) ? checker::contribution(slot, values_->content(state[slot]))
                                     : checker::contribution(slot, state[slot]);
  }
  return checker::finish_fingerprint(sum);
}

checker::SystemStatistics FlannelSystem::statistics() const {
  checker::SystemStatistics found;
  found.memory_bytes = values_->memory_bytes();
  found.interned_values = found.local_states = values_->size();
  return found;
}

}  // namespace plimsoll::properties::flannel_world
