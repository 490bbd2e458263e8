// For tests: worlds of this system in which every member is a mutant, which does what none should.
#pragma once

#include <memory>
#include <string>

#include "checker/search/search.hpp"
#include "checker/world/component.hpp"
#include "checker/world/world_system.hpp"
#include "properties/store/world/assembly.hpp"
#include "properties/store/world/client.hpp"
#include "properties/store/world/liveness.hpp"
#include "properties/store/world/loaded_scenario.hpp"
#include "properties/store/world/properties.hpp"

namespace plimsoll::properties::store {

/// A component whose steps are those of Machine but for what Mutation makes of them:
/// `static void step(config, state, input, outputs)`, which calls Machine::step itself.
template <class Machine, class Mutation>
struct Mutant {
  using Config = typename Machine::Config;
  using State = typename Machine::State;
  using Incoming = typename Machine::Incoming;
  using Outgoing = typename Machine::Outgoing;
  using Timer = typename Machine::Timer;
  using Input = typename Machine::Input;
  using Outputs = typename Machine::Outputs;
  static void step(const Config& config, State& state, const Input& input, Outputs& outputs) {
    Mutation::step(config, state, input, outputs);
  }
  static base::TimerKind timer_kind(const Timer& timer) { return Machine::timer_kind(timer); }
};

/// The world of a scenario, with mutants, and with one property only.
template <class Machine, class Mutation>
std::unique_ptr<checker::System> world_of(const std::string& scenario, const std::string& property) {
  const LoadedScenario loaded = load(scenario);
  const auto assembly = std::make_shared<Assembly>(assemble(decode_setup(loaded.scenario, {}).value()));
  checker::WorldModel model = assembly->model;
  for (const MemberPlaces& member : assembly->members) {
    auto& process = model.processes.at(member.process.value).process;
    const auto& original = dynamic_cast<const checker::Component<Machine>&>(*process);
    auto mutant = std::make_shared<checker::Component<Mutant<Machine, Mutation>>>(original.config());
    for (const MemberPlaces& other : assembly->members) {
      if (other.process != member.process) {
        mutant->template wire<typename Machine::Incoming>(other.process);
      }
    }
    for (const ClientPlaces& client : assembly->clients) {
      mutant->template wire<Client::Incoming>(client.process);
    }
    process = mutant;
  }
  model.properties = make_properties(*assembly);
  for (checker::WorldProperty& one : make_liveness_properties(*assembly)) {
    model.properties.push_back(std::move(one));
  }
  std::erase_if(model.properties,
                [&](const checker::WorldProperty& one) { return one.property.id != property; });
  if (assembly->setup.is_calm) {
    model.patient_timers = calm_timers(*assembly);
  }
  model.context = assembly;
  return std::make_unique<checker::WorldSystem>(std::move(model));
}

inline checker::SearchResult search_for_mistake(const checker::System& system) {
  checker::SearchOptions options;
  options.visited = checker::VisitedMode::fingerprint;
  options.workers = 2;
  const bool is_liveness = system.properties().front().kind == checker::PropertyKind::leads_to;
  return is_liveness ? checker::check_liveness(system, options)
                     : checker::search_breadth_first(system, options);
}

}  // namespace plimsoll::properties::store
