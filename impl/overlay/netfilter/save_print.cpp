#include "impl/overlay/netfilter/options.hpp"
#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

constexpr std::array<std::string_view, table_count> table_names = {"raw", "mangle", "nat", "filter",
                                                                   "security"};

std::string counters_text(const Counters& counters) {
  return "[" + std::to_string(counters.packets) + ":" + std::to_string(counters.bytes) + "]";
}

void print_rule_to(std::string& out, std::string_view chain, const Rule& rule) {
  out += "-A ";
  out += chain;
  print_address(out, "-s", rule.source);
  print_address(out, "-d", rule.destination);
  print_device(out, "-i", rule.in);
  print_device(out, "-o", rule.out);
  print_protocol(out, "-p", rule.protocol);
  if (rule.fragment != FragmentMatch::any) {
    out += rule.fragment == FragmentMatch::later ? " -f" : " ! -f";
  }
  for (const Match& match : rule.matches) {
    out += " -m ";
    out += module_of(match);
    print_options(out, match);
  }
  print_target(out, rule.target);
}

void print_table_to(std::string& out, const Table& table, bool counters) {
  out += "*";
  out += table_names[static_cast<std::size_t>(table.name)];
  out += "\n";
  for (const Chain& chain : table.chains) {
    const std::string_view policy = !chain.policy                    ? " - "
                                    : *chain.policy == Verdict::drop ? " DROP "
                                                                     : " ACCEPT ";
    out += ":" + chain.name;
    out += policy;
    out += counters_text(chain.counters) + "\n";
  }
  for (const Chain& chain : table.chains) {
    for (const Rule& rule : chain.rules) {
      out += counters ? counters_text(rule.counters) + " " : "";
      print_rule_to(out, chain.name, rule);
      out += "\n";
    }
  }
  out += "COMMIT\n";
}

}  // namespace

std::string print(const Ruleset& ruleset, bool counters) {
  std::string out;
  for (const Table& table : ruleset.tables) {
    print_table_to(out, table, counters);
  }
  return out;
}

std::string print(const Table& table, bool counters) {
  std::string out;
  print_table_to(out, table, counters);
  return out;
}

std::string print_rule(std::string_view chain, const Rule& rule) {
  std::string out;
  print_rule_to(out, chain, rule);
  return out;
}

}  // namespace plimsoll::overlay::netfilter
