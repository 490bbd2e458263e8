// The words of one line of iptables-restore text, and reading of the values among them.
//
// Source: iptables 1.8.9, iptables/xshared.c (add_param_to_argv): words end at white space; a double quote
// begins and ends a stretch in which white space counts as text and a backslash keeps the next character.
// Private to save_format.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "impl/overlay/netfilter/names.hpp"
#include "impl/overlay/netfilter/rule.hpp"
#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::overlay::netfilter {

struct Word {
  std::string text;
  std::uint32_t column = 0;  ///< from 1
  bool quoted = false;       ///< so it is no option, whatever it looks like
};

/// A word as iptables-save would print it: quoted if need be (xtables_save_string).
[[nodiscard]] std::string printed_word(std::string_view text);

/// Reads the words of a line from left to right. The first error is kept; after it all readers answer none.
class WordReader {
 public:
  WordReader(std::string_view line, std::uint32_t line_number);

  [[nodiscard]] bool at_end() const { return at_ == words_.size(); }
  /// Requires: !at_end().
  [[nodiscard]] const Word& peek() const { return words_[at_]; }
  const Word& take() { return words_[at_++]; }
  /// The value of the option just taken, or an error that it has none.
  const Word* take_value(std::string_view option);
  /// All words that belong to an option of an unknown module: up to the next that begins with '-' or is '!'.
  void skip_values(std::string& printed);

  [[nodiscard]] bool ok() const { return !error_; }
  [[nodiscard]] const RestoreError& error() const { return *error_; }
  /// Notes an error at `column`. Always returns false.
  bool fail(std::uint32_t column, std::string message);
  bool fail(const Word& word, std::string message) { return fail(word.column, std::move(message)); }
  /// The column behind the last word.
  [[nodiscard]] std::uint32_t end_column() const { return end_column_; }

 private:
  std::vector<Word> words_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 0;
  std::uint32_t end_column_ = 1;
  std::optional<RestoreError> error_;
};

// Values. Each returns none, and notes an error at `word`, if it cannot be read.

/// Decimal, or hexadecimal after 0x, at most `max`.
[[nodiscard]] std::optional<std::uint64_t> read_number(WordReader& in, const Word& word,
                                                       std::string_view text, std::uint64_t max);
/// "8080" or "1024:2048", either end may be missing.
[[nodiscard]] std::optional<PortRange> read_ports(WordReader& in, const Word& word, std::string_view text,
                                                  char separator = ':');
/// "10.0.0.1", "10.0.0.0/8" or "10.0.0.0/255.0.0.0"; host bits are dropped.
[[nodiscard]] std::optional<AddressMatch> read_address(WordReader& in, const Word& word);
[[nodiscard]] std::optional<base::Ipv4> read_ipv4(WordReader& in, const Word& word, std::string_view text);
[[nodiscard]] std::optional<std::uint8_t> read_protocol(WordReader& in, const Word& word);
/// "A,B,C": the union of their bits.
[[nodiscard]] std::optional<std::uint16_t> read_names(WordReader& in, const Word& word,
                                                      std::span<const NamedNumber> names,
                                                      std::string_view what);
/// "value" or "value/mask"; the mask is all ones if there is none.
struct MaskedValue {
  std::uint32_t value = 0;
  std::uint32_t mask = 0xffffffffU;
};
[[nodiscard]] std::optional<MaskedValue> read_masked(WordReader& in, const Word& word);

/// The parts of `text` between separators; at least one, perhaps empty.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace plimsoll::overlay::netfilter
