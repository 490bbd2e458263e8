// A walk through the rules as they stand in the ruleset, one by one: what programs are compared with.
#pragma once

#include <map>
#include <string>

#include "impl/base/assert.hpp"
#include "impl/overlay/netfilter/matching.hpp"

namespace plimsoll::overlay::netfilter {

/// Walks through mangle's chain for the packet's hook. Knows the matches and targets that the tests use.
class NaiveWalk {
 public:
  struct Result {
    Decision decision = Decision::accept;
    RuleRef rule = {};  ///< number 0: the policy
    friend bool operator==(const Result&, const Result&) = default;
  };

  NaiveWalk(const Table& table, Environment& environment, AtHook& at)
      : table_(table), environment_(environment), at_(at) {
    for (const Chain& chain : table.chains) {
      for (const Rule& rule : chain.rules) {
        for (const Match& match : rule.matches) {
          const auto* const statistic = std::get_if<StatisticMatch>(&match);
          if (statistic != nullptr && statistic->mode == StatisticMatch::Mode::nth) {
            const auto number = static_cast<std::uint32_t>(nth_.size());
            nth_.emplace(statistic, number);
          }
        }
      }
    }
  }

  Result run() {
    const std::string name(chain_name(at_.hook));
    const std::optional<Result> result = walk(name);
    return result ? *result : Result{Decision::accept, {}};
  }

 private:
  /// None: the walk returned from the chain.
  std::optional<Result> walk(const std::string& name) {
    const Chain& chain = *table_.find(name);
    for (std::uint32_t at = 0; at < chain.rules.size(); ++at) {
      const Rule& rule = chain.rules[at];
      if (!matches(rule)) {
        continue;
      }
      const RuleRef here{table_.name, name, at + 1};
      if (const auto* const verdict = std::get_if<Verdict>(&rule.target)) {
        if (*verdict == Verdict::return_) {
          return std::nullopt;
        }
        return Result{*verdict == Verdict::drop ? Decision::drop : Decision::accept, here};
      }
      if (const auto* const mark = std::get_if<SetMark>(&rule.target)) {
        at_.metadata.mark = (at_.metadata.mark & ~mark->mask) ^ mark->value;
      } else if (const auto* const jump = std::get_if<Jump>(&rule.target)) {
        const std::optional<Result> result = walk(jump->chain);
        if (result || jump->go_to) {
          return result;
        }
      } else {
        PLIMSOLL_ASSERT(std::holds_alternative<Continue>(rule.target));
      }
    }
    return std::nullopt;
  }

  bool matches(const Rule& rule) {
    const Ipv4Packet& packet = at_.packet;
    if (!rule.source.matches(packet.src) || !rule.destination.matches(packet.dst) ||
        (rule.protocol.number != 0 && (packet.protocol == rule.protocol.number) == rule.protocol.negated)) {
      return false;
    }
    for (const Match& match : rule.matches) {
      if (!says_yes(match)) {
        return false;
      }
    }
    return true;
  }

  bool says_yes(const Match& match) {
    return std::visit(
        [&]<class Concrete>(const Concrete& concrete) {
          if constexpr (std::is_same_v<Concrete, StatisticMatch>) {
            const auto number = nth_.find(&concrete);
            return ask_statistic(concrete, environment_, number == nth_.end() ? 0 : number->second) ==
                   Answer::yes;
          } else if constexpr (std::is_same_v<Concrete, PhysdevMatch> ||
                               std::is_same_v<Concrete, UnsupportedMatch>) {
            PLIMSOLL_ASSERT_KNOWN(false, "the naive walk does not know this match");
            return false;
          } else {
            return ask(concrete, environment_, at_) == Answer::yes;
          }
        },
        match);
  }

  const Table& table_;
  Environment& environment_;
  AtHook& at_;
  std::map<const StatisticMatch*, std::uint32_t> nth_;
};

}  // namespace plimsoll::overlay::netfilter
