#include "properties/service/rules/coverage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "impl/base/assert.hpp"
#include "impl/overlay/netfilter/save_format.hpp"
#include "properties/service/rules/probe.hpp"
#include "properties/service/rules/shapes.hpp"
#include "properties/service/rules/slices.hpp"

namespace plimsoll::properties::rules {
namespace {

using netfilter::Hook;
using netfilter::RuleRef;
using symbolic::Bool;
using symbolic::Solver;
using symbolic::Terms;
using Place = std::pair<std::string, std::uint32_t>;  ///< a chain, and a rule's number

/// A walk with its variables, and a solver that knows what packets there are.
struct Walk {
  Walk(const netfilter::Table& table, Hook hook, const Devices& devices, const RuleChoice& rules,
       const symbolic::Limits& limits)
      : constants(terms, Constants::As::numbers),
        packet(any_packet(terms)),
        encoded(encode(terms, {.table = table,
                               .hook = hook,
                               .packet = packet,
                               .devices = devices,
                               .constants = constants,
                               .rules = rules,
                               .with_visits = true})),
        solver(terms, limits) {
    solver.require(is_possible(packet, hook, devices));
    if (table.name == netfilter::TableName::nat) {  // asked of the first packet of a flow only
      const auto is = [&](FlowState state) { return packet.state == static_cast<std::uint32_t>(state); };
      solver.require(is(FlowState::new_) || is(FlowState::related));
    }
  }

  Terms terms;
  Constants constants;
  SymbolicPacket packet;
  EncodedWalk encoded;
  Solver solver;
};

/// The rules that a walk of encode() visits, in its order.
void list_visits(std::vector<Place>& visits, const netfilter::Table& table, const netfilter::Chain& chain,
                 const RuleChoice& rules) {
  for (const std::uint32_t index : rules(chain)) {
    visits.emplace_back(chain.name, index + 1);
    if (const auto* const jump = std::get_if<netfilter::Jump>(&chain.rules[index].target)) {
      const netfilter::Chain* const to = table.find(jump->chain);
      PLIMSOLL_ASSERT(to != nullptr);
      list_visits(visits, table, *to, rules);
    }
  }
}

std::vector<std::uint32_t> all_rules(const netfilter::Chain& chain) {
  std::vector<std::uint32_t> indices(chain.rules.size());
  std::iota(indices.begin(), indices.end(), 0U);
  return indices;
}

/// The chains that walks can come to from a hook.
std::set<std::string> chains_from(const netfilter::Table& table, Hook hook) {
  std::set<std::string> found;
  std::vector<std::string> next = {std::string(chain_name(hook))};
  while (!next.empty()) {
    const std::string name = std::move(next.back());
    next.pop_back();
    const netfilter::Chain* const chain = table.find(name);
    if (chain == nullptr || !found.insert(name).second) {
      continue;
    }
    for (const netfilter::Rule& rule : chain->rules) {
      if (const auto* const jump = std::get_if<netfilter::Jump>(&rule.target)) {
        next.push_back(jump->chain);
      }
    }
  }
  return found;
}

/// The rules of one table.
class TableCoverage {
 public:
  TableCoverage(const netfilter::Table& table, const Devices& devices, const Probe& probe,
                const symbolic::Limits& limits, Coverage& coverage)
      : table_(table),
        devices_(devices),
        probe_(probe),
        limits_(limits),
        coverage_(coverage),
        slices_(table),
        addressed_(slices_.addressed()) {}

  void run() {
    for (const Hook hook : netfilter::hooks_of(table_.name)) {
      for (const Destination& destination : addressed_.all) {
        reach_addressed(hook, destination);
      }
      reach_others(hook);
    }
    for (const netfilter::Chain& chain : table_.chains) {
      coverage_.rules += chain.rules.size();
      for (std::uint32_t index = 0; index < chain.rules.size(); ++index) {
        if (!reached_.contains({chain.name, index + 1})) {
          judge({chain.name, index + 1}, chain.rules[index]);
        }
      }
    }
  }

 private:
  /// Packets for one exact destination or port that rules name, once for each shape of the rules they meet.
  void reach_addressed(Hook hook, const Destination& destination) {
    Frontend frontend = {.ip = destination.address, .port = destination.port};
    frontend.kind = destination.is_any_address ? FrontendKind::node_port : FrontendKind::cluster_ip;
    const RuleChoice rules = slices_.of(frontend);
    ShapeWriter writer;
    writer.word(chain_name(hook));
    if (!destination.is_any_address) {
      writer.address(destination.address);
    }
    writer.port(destination.port);
    writer.walk(table_, hook, rules);
    const auto [known, is_new] = shapes_.try_emplace(writer.take());
    if (is_new) {
      ++coverage_.shapes;
      Walk walk(table_, hook, devices_, rules, limits_);
      walk.solver.require(walk.packet.dst_port == std::uint32_t{destination.port});
      walk.solver.require(destination.is_any_address || walk.packet.dst == destination.address.value());
      for (const Visit& visit : walk.encoded.visits) {
        known->second.push_back(possible(walk.solver, visit.matches) == Solver::Satisfiable::yes);
      }
    }
    const netfilter::Chain* const first = table_.find(chain_name(hook));
    std::vector<Place> visits;
    list_visits(visits, table_, *first, rules);
    PLIMSOLL_ASSERT(visits.size() == known->second.size());
    for (std::size_t at = 0; at < visits.size(); ++at) {
      if (known->second[at]) {
        reached_.insert(visits[at]);
      }
    }
  }

  /// Packets whose destination and port no rule names.
  void reach_others(Hook hook) {
    const RuleChoice rules = [this](const netfilter::Chain& chain) { return slices_.unaddressed(chain); };
    Walk walk(table_, hook, devices_, rules, limits_);
    constexpr int tries = 8;
    for (const Visit& visit : walk.encoded.visits) {
      const Place place{visit.rule.chain, visit.rule.number};
      if (reached_.contains(place)) {
        continue;
      }
      walk.solver.push();
      walk.solver.require(visit.matches);
      for (int attempt = 0; attempt < tries && ask(walk.solver) == Solver::Satisfiable::yes; ++attempt) {
        const PacketValues packet = values_of(walk.packet, walk.solver);
        const bool names_address = addressed_.addresses.contains(packet.dst);
        if (!names_address && !addressed_.ports.contains(packet.dst_port)) {
          reached_.insert(place);
          break;
        }
        walk.solver.require(names_address ? walk.packet.dst != packet.dst.value()
                                          : walk.packet.dst_port != std::uint32_t{packet.dst_port});
      }
      walk.solver.pop();
    }
  }

  /// A rule that no packet was seen to reach: asks about all packets under all rules.
  void judge(const Place& place, const netfilter::Rule& rule) {
    const RuleRef where{table_.name, place.first, place.second};
    DeadRule dead = {.rule = where, .text = netfilter::print_rule(place.first, rule)};
    for (const Hook hook : netfilter::hooks_of(table_.name)) {
      Whole& whole = whole_of(hook);
      if (!whole.chains.contains(place.first)) {
        continue;
      }
      Bool reaches = false;
      for (const Visit& visit : whole.walk->encoded.visits) {
        if (visit.rule == where) {
          reaches |= visit.matches;
        }
      }
      const Solver::Satisfiable found = possible(whole.walk->solver, reaches);
      if (found == Solver::Satisfiable::yes) {
        return;
      }
      if (found == Solver::Satisfiable::unknown) {
        coverage_.open.push_back(where);
        return;
      }
      explain(dead, hook, *whole.walk, rule);
    }
    coverage_.dead.push_back(std::move(dead));
  }

  /// What becomes of a packet that the rule is for, if there is any.
  void explain(DeadRule& dead, Hook hook, Walk& walk, const netfilter::Rule& rule) {
    if (dead.why == Dead::shadowed) {
      return;  // another hook explained it
    }
    std::vector<Chance> chances;
    const WalkRequest request = {.table = table_,
                                 .hook = hook,
                                 .packet = walk.packet,
                                 .devices = devices_,
                                 .constants = walk.constants};
    const RuleCondition own = condition_of(walk.terms, rule, dead.rule, request, walk.packet.mark, chances);
    dead.why = Dead::contradictory;
    walk.solver.push();
    walk.solver.require(own.matches);
    if (ask(walk.solver) == Solver::Satisfiable::yes) {
      dead.why = Dead::shadowed;
      constexpr auto usual = static_cast<std::uint32_t>(netfilter::AddressType::unicast);
      walk.solver.prefer(walk.packet.state == static_cast<std::uint32_t>(FlowState::new_));
      walk.solver.prefer(walk.packet.src_type == usual && walk.packet.dst_type == usual);
      walk.solver.prefer(walk.packet.protocol == 6U);
      const PacketValues packet = values_of(walk.packet, walk.solver);
      const std::vector<Outcome> outcomes = probe_.outcomes(table_.name, hook, packet);
      PLIMSOLL_ASSERT(!outcomes.empty());
      dead.instead = fmt::format("{} {}", to_text(packet, devices_), to_text(outcomes.front()));
    }
    walk.solver.pop();
  }

  /// All rules at a hook; made when first asked for.
  struct Whole {
    std::set<std::string> chains = {};
    std::unique_ptr<Walk> walk = {};
  };
  Whole& whole_of(Hook hook) {
    Whole& whole = wholes_[hook];
    if (whole.walk == nullptr) {
      whole.chains = chains_from(table_, hook);
      whole.walk = std::make_unique<Walk>(table_, hook, devices_, all_rules, limits_);
    }
    return whole;
  }

  Solver::Satisfiable ask(Solver& solver) {
    ++coverage_.questions;
    return solver.check();
  }
  Solver::Satisfiable possible(Solver& solver, const Bool& what) {
    solver.push();
    solver.require(what);
    const Solver::Satisfiable found = ask(solver);
    solver.pop();
    return found;
  }

  const netfilter::Table& table_;
  const Devices& devices_;
  const Probe& probe_;
  const symbolic::Limits& limits_;
  Coverage& coverage_;
  Slices slices_;
  const Addressed addressed_;
  std::set<Place> reached_ = {};
  std::map<std::string, std::vector<bool>> shapes_ = {};  ///< of each, which of its visits packets reach
  std::map<Hook, Whole> wholes_ = {};
};

}  // namespace

Coverage coverage_of(const netfilter::Ruleset& ruleset, const symbolic::Limits& limits) {
  const Devices devices = devices_of(ruleset);
  const Probe probe(ruleset, devices);
  Coverage coverage;
  for (const netfilter::Table& table : ruleset.tables) {
    TableCoverage(table, devices, probe, limits, coverage).run();
  }
  return coverage;
}

}  // namespace plimsoll::properties::rules
