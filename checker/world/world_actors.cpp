#include "checker/world/world_actors.hpp"

#include <algorithm>
#include <string>

#include "checker/world/possible.hpp"
#include "checker/world/world_system.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint32_t nobody = ~std::uint32_t{0};

bool spends(const WorldModel& model, const WorldLayout& layout, std::size_t process, std::size_t timer) {
  const std::vector<std::string> kinds = kinds_of(model.processes[process].process->timer_schema());
  return may_spend(model, process, timer) && layout.budget_word(kinds[timer]) != WorldLayout::no_budget;
}

}  // namespace

WorldActors::WorldActors(const WorldModel& model, const WorldLayout& layout, const WorldGroups& groups)
    : places_(std::max({model.processes.size(), model.units.size(), model.links.size(), std::size_t{1}})),
      numbers_(groups.names.size() * places_, nobody),
      spontaneous_(model.processes.size(), false) {
  for (std::size_t process = 0; process < model.processes.size(); ++process) {
    for (std::size_t timer = 0; timer < groups.fire[process].size(); ++timer) {
      add(groups.fire[process][timer], process, spends(model, layout, process, timer));
    }
  }
  for (const auto* faults :
       {&groups.pause, &groups.drop, &groups.duplicate, &groups.reorder, &groups.gain, &groups.lag,
        &groups.crash, &groups.torn, &groups.disk_loss, &groups.disconnect}) {
    add_faults(*faults);
  }
  for (const std::uint32_t cut : groups.cut) {
    add(cut, 0, true);
  }
  add(groups.heal, 0, false);
  add(groups.tick, 0, false);
}

/// What is not possible has the number 0, which is that of some message to the first process.
void WorldActors::add(std::uint32_t group, std::size_t place, bool is_spontaneous) {
  if (group != 0) {
    numbers_[group * places_ + place] = count();
    spontaneous_.push_back(is_spontaneous);
  }
}

void WorldActors::add_faults(const std::vector<std::uint32_t>& groups) {
  for (std::size_t place = 0; place < groups.size(); ++place) {
    add(groups[place], place, true);
  }
}

std::uint32_t WorldActors::of(const Action& action) const {
  const WorldAction taken = WorldAction::unpack(action.payload);
  switch (taken.kind) {
    case WorldAction::Kind::deliver:
    case WorldAction::Kind::disconnected:
    case WorldAction::Kind::restart:
    case WorldAction::Kind::resume:
      return taken.subject;
    case WorldAction::Kind::cut:
      // One for each shape: where it cuts is chosen when its turn comes.
      return numbers_[action.group * places_];
    default:
      return numbers_[action.group * places_ + taken.subject];
  }
}

}  // namespace plimsoll::checker
