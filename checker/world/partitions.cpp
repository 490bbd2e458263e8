#include "checker/world/partitions.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

constexpr std::uint32_t bit(std::size_t host) {
  return std::uint32_t{1} << host;
}

bool has_budget(const WorldModel& model, CutShape shape) {
  const auto found = model.budgets.find(std::string(to_text(shape)));
  return found != model.budgets.end() && found->second > 0;
}

}  // namespace

std::string_view to_text(CutShape shape) {
  switch (shape) {
    case CutShape::halves:
      return "partition";
    case CutShape::one_way:
      return "one-way-partition";
    case CutShape::pair:
      return "partial-partition";
  }
  PLIMSOLL_ASSERT(false);
}

Partitions::Partitions(const WorldModel& model) {
  const bool halves = has_budget(model, CutShape::halves);
  const bool one_way = has_budget(model, CutShape::one_way);
  const bool pair = has_budget(model, CutShape::pair);
  if (!halves && !one_way && !pair) {
    return;
  }
  number_hosts(model);
  find_links(model);
  if (halves) {
    PLIMSOLL_ASSERT_KNOWN(hosts_.size() <= split_hosts_max, "too many hosts for all their partitions");
    add_halves();
  }
  if (one_way) {
    add_pairs(CutShape::one_way);
  }
  if (pair) {
    add_pairs(CutShape::pair);
  }
}

void Partitions::number_hosts(const WorldModel& model) {
  host_of_.assign(model.processes.size(), nowhere);
  if (model.hosts.empty()) {
    for (std::size_t i = 0; i < model.processes.size(); ++i) {
      host_of_[i] = static_cast<std::uint8_t>(i);
      hosts_.push_back(model.processes[i].name);
    }
  }
  for (const Host& host : model.hosts) {
    for (const base::ProcessId process : host.processes) {
      PLIMSOLL_ASSERT(host_of_.at(process.value) == nowhere);
      host_of_[process.value] = static_cast<std::uint8_t>(hosts_.size());
    }
    hosts_.push_back(host.name);
  }
  PLIMSOLL_ASSERT_KNOWN(hosts_.size() <= hosts_max, "too many hosts for a partition");
}

void Partitions::find_links(const WorldModel& model) {
  joined_.assign(hosts_.size(), 0);
  one_ways_.assign(hosts_.size(), 0);
  for (const Link& link : model.links) {
    const std::uint8_t a = host_of_[link.a.value];
    const std::uint8_t b = host_of_[link.b.value];
    if (link.kind == LinkKind::local || a == b || a == nowhere || b == nowhere) {
      continue;
    }
    for (Relation* relation : {&joined_, is_lossy(link.kind) ? &one_ways_ : &joined_}) {
      (*relation)[a] |= bit(b);
      (*relation)[b] |= bit(a);
    }
  }
}

/// Adds what `wanted` cuts, if it cuts anything and no cut of this shape does the same.
void Partitions::add(CutShape shape, const Relation& wanted, std::uint32_t one, std::uint32_t other) {
  Cut cut{shape, Relation(hosts_.size(), 0), names(one), names(other)};
  bool any = false;
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    for (std::size_t j = 0; j < hosts_.size(); ++j) {
      const bool here = (wanted[i] & bit(j)) != 0;
      const bool back = (wanted[j] & bit(i)) != 0 && (one_ways_[i] & bit(j)) == 0;
      if ((here || back) && (joined_[i] & bit(j)) != 0) {
        cut.blocked[i] |= bit(j);
        any = true;
      }
    }
  }
  const bool known = std::any_of(cuts_.begin(), cuts_.end(), [&](const Cut& other_cut) {
    return other_cut.shape == shape && other_cut.blocked == cut.blocked;
  });
  if (any && !known) {
    cuts_.push_back(std::move(cut));
  }
}

void Partitions::add_halves() {
  const std::uint32_t all = bit(hosts_.size()) - 1;
  for (std::uint32_t one = 1; one < all; one += 2) {
    const std::uint32_t other = all & ~one;
    Relation wanted;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      wanted.push_back((one & bit(i)) != 0 ? other : one);
    }
    add(CutShape::halves, wanted, one, other);
  }
}

void Partitions::add_pairs(CutShape shape) {
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    for (std::size_t j = 0; j < hosts_.size(); ++j) {
      if (i == j || (shape == CutShape::pair && j < i)) {
        continue;
      }
      Relation wanted(hosts_.size(), 0);
      wanted[i] |= bit(j);
      if (shape == CutShape::pair) {
        wanted[j] |= bit(i);
      }
      add(shape, wanted, bit(i), bit(j));
    }
  }
}

std::string Partitions::names(std::uint32_t set) const {
  std::string text;
  for (std::size_t i = 0; i < hosts_.size(); ++i) {
    if ((set & bit(i)) != 0) {
      text += (text.empty() ? "" : ", ") + hosts_[i];
    }
  }
  return text;
}

}  // namespace plimsoll::checker
