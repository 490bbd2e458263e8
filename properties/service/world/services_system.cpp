#include "properties/service/world/services_system.hpp"

#include <utility>

#include "properties/service/world/moves.hpp"

namespace plimsoll::properties::services_world {
namespace {

using checker::PropertyKind;

enum Number : std::size_t { delivery_, misdelivery, reply, survival, affinity, stray };

/// Does the step of a packet break property `number`?
bool is_broken(std::size_t number, const checker::Action& action) {
  if (action.group != static_cast<std::uint32_t>(Move::send)) {
    return false;
  }
  const auto verdict = static_cast<Verdict>(action.payload >> verdict_shift & 15U);
  switch (number) {
    case delivery_:
      return verdict == Verdict::lost || verdict == Verdict::unknown;
    case misdelivery:
      return verdict == Verdict::misdelivered;
    case reply:
      return verdict == Verdict::unanswered;
    case survival:
      return verdict == Verdict::cut_off;
    case affinity:
      return verdict == Verdict::another_server;
    default:
      return verdict == Verdict::stray_arrived;
  }
}

class ServicesWorker final : public checker::Worker {
 public:
  explicit ServicesWorker(const ServicesSystem& system)
      : moves_(system.setup(), system.layout(), system.values()) {}

  void successors(checker::StateView state, checker::Fingerprint fingerprint,
                  checker::Successors& out) override {
    moves_.all(state, fingerprint, out);
  }
  checker::Evaluation evaluate(checker::StateView /*state*/, checker::PropertyMask /*wanted*/) override {
    return {};  // all properties are of steps
  }
  checker::Evaluation evaluate_step(checker::StateView /*before*/, const checker::Action& action,
                                    checker::StateView /*after*/, checker::PropertyMask wanted) override {
    checker::Evaluation found;
    for (std::size_t i = 0; i < property_list().size(); ++i) {
      if ((wanted & checker::property_bit(i)) != 0 && !is_broken(i, action)) {
        found.holds |= checker::property_bit(i);
      }
    }
    found.engaged = found.holds;
    return found;
  }
  bool may_end(checker::StateView /*state*/) override { return true; }
  [[nodiscard]] checker::SystemStatistics statistics() const override {
    checker::SystemStatistics found;
    found.steps_run = moves_.runs();
    found.steps_recalled = moves_.recalled();
    return found;
  }

 private:
  Moves moves_;
};

}  // namespace

const std::vector<checker::Property>& property_list() {
  static const std::vector<checker::Property> list = {
      {"connection-delivery", PropertyKind::step,
       "a new connection to a service reaches an endpoint, unless there is none or its node has yet to learn "
       "or "
       "to mend something"},
      {"no-misdelivery", PropertyKind::step,
       "what is sent to a service reaches only who may serve it, by what its node was told, and only one"},
      {"reply-from-service", PropertyKind::step,
       "the answer of an endpoint comes back, and from the address that was asked"},
      {"connections-survive", PropertyKind::step, "what is sent in an open connection reaches its server"},
      {"session-affinity", PropertyKind::step,
       "a client of a service with affinity comes to the same endpoint again, while that may serve"},
      {"no-stray-segment", PropertyKind::step,
       "no segment that belongs to no connection reaches a client past the translation"},
  };
  return list;
}

ServicesSystem::ServicesSystem(Setup setup)
    : setup_(std::move(setup)), layout_{setup_.nodes}, values_(std::make_unique<checker::Interner>()) {
  initial_ = Moves(setup_, layout_, *values_).first_state();
}

checker::AspectMask ServicesSystem::aspects(std::size_t /*property*/) const {
  return packet_aspect;
}

void ServicesSystem::initial(checker::Successors& out) const {
  out.append({}, ~checker::SlotMask{0}, fingerprint(initial_), initial_);
}

std::unique_ptr<checker::Worker> ServicesSystem::worker() const {
  return std::make_unique<ServicesWorker>(*this);
}

const std::vector<std::string>& ServicesSystem::action_groups() const {
  static const std::vector<std::string> groups(move_names.begin(), move_names.end());
  return groups;
}

checker::Fingerprint ServicesSystem::fingerprint(checker::StateView state) const {
  std::uint64_t sum = 0;
  for (std::uint32_t slot = 0; slot < state.size(); ++slot) {
    sum += layout_.is_interned(slot) ? checker::contribution(slot, values_->content(state[slot]))
                                     : checker::contribution(slot, state[slot]);
  }
  return checker::finish_fingerprint(sum);
}

checker::SystemStatistics ServicesSystem::statistics() const {
  checker::SystemStatistics found;
  found.memory_bytes = values_->memory_bytes();
  found.interned_values = found.local_states = values_->size();
  return found;
}

}  // namespace plimsoll::properties::services_world
