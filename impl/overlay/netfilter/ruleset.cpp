#include "impl/overlay/netfilter/ruleset.hpp"

#include <algorithm>
#include <iterator>

namespace plimsoll::overlay::netfilter {
namespace {

constexpr std::array<std::string_view, hook_count> chain_names = {"PREROUTING", "INPUT", "FORWARD", "OUTPUT",
                                                                  "POSTROUTING"};
constexpr std::array raw_hooks = {Hook::prerouting, Hook::output};
constexpr std::array mangle_hooks = {Hook::prerouting, Hook::input, Hook::forward, Hook::output,
                                     Hook::postrouting};
constexpr std::array nat_hooks = {Hook::prerouting, Hook::input, Hook::output, Hook::postrouting};
constexpr std::array filter_hooks = {Hook::input, Hook::forward, Hook::output};

/// Users' chains are in order of their names, behind the built-in ones.
template <class Chains>
auto find_in(Chains& chains, std::string_view name) -> decltype(chains.data()) {
  const auto users =
      std::find_if(chains.begin(), chains.end(), [](const Chain& chain) { return !chain.policy; });
  const auto built_in =
      std::find_if(chains.begin(), users, [&](const Chain& chain) { return chain.name == name; });
  if (built_in != users) {
    return &*built_in;
  }
  const auto place =
      std::lower_bound(users, chains.end(), name,
                       [](const Chain& chain, std::string_view wanted) { return chain.name < wanted; });
  return place != chains.end() && place->name == name ? &*place : nullptr;
}

template <class Tables>
auto find_table(Tables& tables, TableName name) -> decltype(tables.data()) {
  const auto place =
      std::find_if(tables.begin(), tables.end(), [&](const Table& table) { return table.name == name; });
  return place == tables.end() ? nullptr : &*place;
}

}  // namespace

std::string_view chain_name(Hook hook) {
  return chain_names[static_cast<std::size_t>(hook)];
}

std::span<const Hook> hooks_of(TableName table) {
  switch (table) {
    case TableName::raw:
      return raw_hooks;
    case TableName::mangle:
      return mangle_hooks;
    case TableName::nat:
      return nat_hooks;
    case TableName::filter:
    case TableName::security:
      break;
  }
  return filter_hooks;
}

std::optional<Hook> hook_of(TableName table, std::string_view chain) {
  for (const Hook hook : hooks_of(table)) {
    if (chain_name(hook) == chain) {
      return hook;
    }
  }
  return std::nullopt;
}

const Chain* Table::find(std::string_view chain) const {
  return find_in(chains, chain);
}
Chain* Table::find(std::string_view chain) {
  return find_in(chains, chain);
}

const Table* Ruleset::find(TableName name) const {
  return find_table(tables, name);
}
Table* Ruleset::find(TableName name) {
  return find_table(tables, name);
}

Table new_table(TableName name) {
  Table table{name, {}};
  for (const Hook hook : hooks_of(name)) {
    table.chains.push_back({std::string(chain_name(hook)), Verdict::accept, {}, {}});
  }
  return table;
}

}  // namespace plimsoll::overlay::netfilter
