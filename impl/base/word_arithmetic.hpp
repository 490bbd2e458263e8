// The arithmetic of addresses and prefixes as functions over a word: a number of 32 bits in the code that
// runs, a term of 32 bits in a proof about it. Both read the same text, so what is proved is what runs.
//
// Source: RFC 4632 section 3.1 (prefixes as leading bits). A Word has + - & | ~ modulo 2^32, == <= and the
// other unsigned comparisons, and what is declared below for numbers. A comparison yields a Truth, which has
// ! && ||; for numbers that is bool. Both operands of && and || are always worked out for terms, so nothing
// here relies on the second one being skipped.
#pragma once

#include <cstdint>

namespace plimsoll::base {

/// `word` moved up by `count` bits; 0 from 32 on, where the language's own << says nothing.
[[nodiscard]] constexpr std::uint32_t shifted_left(std::uint32_t word, std::uint32_t count) {
  return count < 32 ? word << count : 0;
}
/// `word` moved down by `count` bits; 0 from 32 on.
[[nodiscard]] constexpr std::uint32_t shifted_right(std::uint32_t word, std::uint32_t count) {
  return count < 32 ? word >> count : 0;
}
/// One of two values, both of which exist whatever the condition.
[[nodiscard]] constexpr std::uint32_t select(bool condition, std::uint32_t then, std::uint32_t otherwise) {
  return condition ? then : otherwise;
}

/// How many addresses a prefix of `length` covers, modulo 2^32: 0 for length 0. Requires length <= 32.
template <class Word>
[[nodiscard]] constexpr Word address_count(const Word& length) {
  return shifted_left(Word(1), Word(32) - length);
}
/// `address` with the bits after the first `length` cleared: the lowest address of its prefix.
template <class Word>
[[nodiscard]] constexpr Word masked(const Word& address, const Word& length) {
  return address & ~(address_count(length) - Word(1));
}
/// `address` with the bits after the first `length` set: the highest address of its prefix.
template <class Word>
[[nodiscard]] constexpr Word filled(const Word& address, const Word& length) {
  return address | (address_count(length) - Word(1));
}

/// Whether the prefix address/length covers `other`. Also for addresses that are no words but can be masked.
template <class Address, class Length>
[[nodiscard]] constexpr auto covers(const Address& address, const Length& length, const Address& other) {
  return masked(other, length) == masked(address, length);
}
/// Whether the prefix address/length covers all of the prefix other/other_length.
template <class Address, class Length>
[[nodiscard]] constexpr auto covers(const Address& address, const Length& length, const Address& other,
                                    const Length& other_length) {
  return other_length >= length && covers(address, length, other);
}
/// Whether some address is in both prefixes; then one covers the other.
template <class Address, class Length>
[[nodiscard]] constexpr auto overlap(const Address& address, const Length& length, const Address& other,
                                     const Length& other_length) {
  return covers(address, length, other, other_length) || covers(other, other_length, address, length);
}

}  // namespace plimsoll::base
