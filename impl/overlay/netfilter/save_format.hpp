// The text that iptables-save prints and iptables-restore reads.
//
// Source: iptables 1.8.9, iptables/iptables-save.c, iptables-restore.c, iptables/iptables.c (do_command4,
// print_rule4), libxtables/xtables.c (xtables_save_string) and the save() functions in extensions/. print()
// writes what iptables-save writes, so for texts of iptables-save print(parse(text)) is the text without its
// comment lines. Names of services and hosts are not read, there being no resolver.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "impl/overlay/netfilter/ruleset.hpp"

namespace plimsoll::overlay::netfilter {

/// Where a text cannot be read, and why.
struct RestoreError {
  std::uint32_t line = 0;    ///< from 1
  std::uint32_t column = 0;  ///< from 1, in bytes
  std::string message = {};  ///< one sentence
  friend bool operator==(const RestoreError&, const RestoreError&) = default;
};
/// "line 3, column 17: ..."
[[nodiscard]] std::string to_text(const RestoreError& error);

/// How iptables-restore was called.
struct RestoreOptions {
  bool noflush = false;   ///< chains that the text does not mention stay as they are
  bool counters = false;  ///< --counters: counters of the text are kept; otherwise they become 0
};

/// Does to `ruleset` what iptables-restore would: each table of the text at its COMMIT, wholly or not at all.
/// On an error, tables whose COMMIT came before it stay changed, as they do in the kernel.
/// Cost: linear in text and tables, times log of chains.
[[nodiscard]] tl::expected<void, RestoreError> restore(Ruleset& ruleset, std::string_view text,
                                                       RestoreOptions options = {});

/// The rules that the text alone describes, with its counters.
[[nodiscard]] tl::expected<Ruleset, RestoreError> parse(std::string_view text);

/// What iptables-save prints, without comment lines. With `counters`, as iptables-save -c does: a rule's too.
[[nodiscard]] std::string print(const Ruleset& ruleset, bool counters = false);
[[nodiscard]] std::string print(const Table& table, bool counters = false);
/// "-A CHAIN ...", without counters.
[[nodiscard]] std::string print_rule(std::string_view chain, const Rule& rule);

}  // namespace plimsoll::overlay::netfilter
