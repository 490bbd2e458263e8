// What `plimsoll dataplane --rules` asks of a dump: which rules of its namespaces' iptables decide nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "checker/scenario/location.hpp"

namespace plimsoll::properties {

struct DeadRuleFound {
  std::string table = {};  ///< "nat"
  std::string rule = {};   ///< as iptables-save prints it
  std::string why = {};    ///< one sentence
};

/// The rules of one namespace.
struct RulesCoverage {
  std::string tables = {};  ///< the name of the tables in the dump
  std::string where = {};   ///< the namespace
  std::uint64_t rules = 0;
  std::string unreadable = {};  ///< why nothing can be said; empty: it can
  std::vector<DeadRuleFound> dead = {};
};

/// Of all namespaces that have rules; where several sets of tables share a namespace's, once. In order of the
/// names. Errors: the file cannot be read, is no dump, or has no tables of the name `only`.
[[nodiscard]] tl::expected<std::vector<RulesCoverage>, scenario::Error> find_dead_rules(
    const std::string& path, const std::string& only);

}  // namespace plimsoll::properties
