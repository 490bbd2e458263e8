// Reading of one rule, from the words behind "-A CHAIN".
//
// Source: iptables 1.8.9, iptables/iptables.c (do_command4), iptables/xshared.c (command_match, command_jump,
// command_default): an option is asked of the target first, then of the matches, the latest first; if nobody
// knows it and the protocol has a module of its own (-p tcp), this module is loaded and asked. Private to
// save_format.
#pragma once

#include "impl/overlay/netfilter/options.hpp"
#include "impl/overlay/netfilter/table_draft.hpp"

namespace plimsoll::overlay::netfilter {

/// Reads the rest of the line. `table` says which chains can be jumped to. None after an error, which is in
/// `in`.
[[nodiscard]] std::optional<Rule> read_rule(WordReader& in, const TableDraft& table);

/// "[12:3456]"
[[nodiscard]] std::optional<Counters> read_counters(WordReader& in, const Word& word);

}  // namespace plimsoll::overlay::netfilter
