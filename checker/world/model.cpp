#include "checker/world/model.hpp"

#include "impl/base/assert.hpp"

namespace plimsoll::checker {

PartId WorldModel::add_part(std::string name, const base::Schema& schema, base::Bytes initial) {
  parts.push_back({std::move(name), &schema, std::move(initial)});
  return PartId{static_cast<std::uint16_t>(parts.size() - 1)};
}

base::ProcessId WorldModel::add_process(std::string name, std::shared_ptr<const Process> process,
                                        const std::map<std::size_t, PartId>& shared) {
  PLIMSOLL_ASSERT(processes.size() < 255);
  WorldProcess added{name, std::move(process), {}};
  for (std::size_t i = 0; i < added.process->part_count(); ++i) {
    const auto found = shared.find(i);
    if (found != shared.end()) {
      PLIMSOLL_ASSERT(parts.at(found->second.value).schema == &added.process->part_schema(i));
      added.parts.push_back(found->second);
    } else {
      added.parts.push_back(add_part(name + "." + added.process->part_name(i), added.process->part_schema(i),
                                     added.process->initial_part(i)));
    }
  }
  processes.push_back(std::move(added));
  return base::ProcessId{static_cast<std::uint8_t>(processes.size() - 1)};
}

std::optional<PartId> WorldModel::find_part(const std::string& name) const {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].name == name) {
      return PartId{static_cast<std::uint16_t>(i)};
    }
  }
  return std::nullopt;
}

}  // namespace plimsoll::checker
