// The options of matches and targets: reading one, and printing all.
//
// Source: the extensions/libxt_*.c and libipt_*.c of iptables 1.8.9: options, and save(). Private to
// save_format.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "impl/overlay/netfilter/words.hpp"

namespace plimsoll::overlay::netfilter {

/// An option that was read, its value not yet.
struct Option {
  std::string_view name;  ///< "--dport"
  const Word& word;
  bool negated = false;  ///< a '!' stands before it
};

/// What a match of module `name` is before its options; UnsupportedMatch if it is not known.
[[nodiscard]] Match new_match(std::string_view module);
/// The name to be printed after -m.
[[nodiscard]] std::string_view module_of(const Match& match);

/// Reads the option's value into the match. Returns false if the match has no such option; nothing was read
/// then. Errors are noted in `in`.
[[nodiscard]] bool take_option(Match& match, const Option& option, WordReader& in);
/// What the options of a match, read to the end, lack; empty if nothing.
[[nodiscard]] std::string missing_in(const Match& match);

/// What a target of that name is before its options; none if it is not known.
[[nodiscard]] std::optional<Target> new_target(std::string_view name);
/// As take_option() for matches.
[[nodiscard]] bool take_option(Target& target, const Option& option, WordReader& in);
[[nodiscard]] std::string missing_in(const Target& target);

// Printing: each begins with a space, if there is anything.

void print_options(std::string& out, const Match& match);
/// " -j NAME ..." with its options; nothing for Continue.
void print_target(std::string& out, const Target& target);
/// " ! -s 10.0.0.0/8" for the option -s; nothing if any address matches.
void print_address(std::string& out, std::string_view option, const AddressMatch& match);
/// " ! -p tcp" for the option -p; nothing if any protocol matches.
void print_protocol(std::string& out, std::string_view option, const ProtocolMatch& match);
/// " ! -i eth0" for the option -i; nothing if any device matches.
void print_device(std::string& out, std::string_view option, const DeviceMatch& match);

}  // namespace plimsoll::overlay::netfilter
