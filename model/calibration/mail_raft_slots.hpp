// How MailRaft's variables lie in slots: bit fields, wide enough for the largest bounds.
//
// Of 32 bits, a server takes 24, its votes and requests 24, and three mailboxes 30. A log is two bits for
// each entry, the first one lowest; entries are terms and never 0, so its length follows from its highest
// bit.
#pragma once

#include <bit>
#include <cstdint>

#include "checker/system/slots.hpp"

namespace plimsoll::model::calibration::mail_raft_slots {

using checker::Slot;
using checker::StateView;

[[nodiscard]] constexpr Slot field(Slot word, std::uint32_t shift, std::uint32_t bits) {
  return word >> shift & ((Slot{1} << bits) - 1);
}
[[nodiscard]] constexpr Slot with_field(Slot word, std::uint32_t shift, std::uint32_t bits, Slot value) {
  return (word & ~(((Slot{1} << bits) - 1) << shift)) | value << shift;
}

/// Entries are counted from 1; what is outside the log is 0.
[[nodiscard]] constexpr Slot log_length(Slot log) {
  return (static_cast<Slot>(std::bit_width(log)) + 1) / 2;
}
[[nodiscard]] constexpr Slot log_entry(Slot log, Slot index) {
  return index == 0 ? 0 : field(log << 2U, 2 * index, 2);
}
[[nodiscard]] constexpr Slot last_entry(Slot log) {
  return log_entry(log, log_length(log));
}
/// The first `length` entries of `log`, and then `entry`.
[[nodiscard]] constexpr Slot log_with(Slot log, Slot length, Slot entry) {
  return (log & ((Slot{1} << (2 * length)) - 1)) | entry << (2 * length);
}

/// What a server is, remembers and has acknowledged. Acknowledgements, by term, are 0 or 1 + matching length.
struct Server {
  Slot word = 0;

  [[nodiscard]] constexpr Slot term() const { return field(word, 0, 2); }
  [[nodiscard]] constexpr Slot role() const { return field(word, 2, 2); }
  [[nodiscard]] constexpr Slot voted() const { return field(word, 4, 3); }  ///< 0, or 1 + server
  [[nodiscard]] constexpr Slot commit() const { return field(word, 7, 2); }
  [[nodiscard]] constexpr Slot log() const { return field(word, 9, 6); }
  [[nodiscard]] constexpr Slot acknowledged(Slot term) const { return field(word, 12 + 3 * term, 3); }

  constexpr void set_term(Slot value) { word = with_field(word, 0, 2, value); }
  constexpr void set_role(Slot value) { word = with_field(word, 2, 2, value); }
  constexpr void set_voted(Slot value) { word = with_field(word, 4, 3, value); }
  constexpr void set_commit(Slot value) { word = with_field(word, 7, 2, value); }
  constexpr void set_log(Slot value) { word = with_field(word, 9, 6, value); }
  constexpr void set_acknowledged(Slot term, Slot value) { word = with_field(word, 12 + 3 * term, 3, value); }
};

/// What a server said in elections, by term: its request for votes is 0 or 1 + length * (T + 1) + last term
/// of its log; its vote is 0 or 1 + server.
struct Ballot {
  Slot word = 0;

  [[nodiscard]] constexpr Slot request(Slot term) const { return field(word, 5 * (term - 1), 5); }
  [[nodiscard]] constexpr Slot vote(Slot term) const { return field(word, 12 + 3 * term, 3); }

  constexpr void set_request(Slot term, Slot value) { word = with_field(word, 5 * (term - 1), 5, value); }
  constexpr void set_vote(Slot term, Slot value) { word = with_field(word, 12 + 3 * term, 3, value); }
};

/// An AppendEntries message; all zeros is none, as no leader has term 0.
struct Append {
  static constexpr std::uint32_t bits = 10;
  static constexpr std::uint32_t per_slot = 3;
  Slot term = 0;
  Slot previous = 0;       ///< index of the entry before
  Slot previous_term = 0;  ///< its term; 0 if previous is
  Slot entry = 0;          ///< 0: none
  Slot commit = 0;

  [[nodiscard]] constexpr Slot pack() const {
    return term | previous << 2U | previous_term << 4U | entry << 6U | commit << 8U;
  }
  [[nodiscard]] static constexpr Append unpack(Slot word) {
    return {field(word, 0, 2), field(word, 2, 2), field(word, 4, 2), field(word, 6, 2), field(word, 8, 2)};
  }
};

/// Where things are, for a number of servers.
struct Layout {
  std::uint32_t servers = 0;

  [[nodiscard]] constexpr std::uint32_t ballot(std::uint32_t server) const { return servers + server; }
  [[nodiscard]] constexpr std::uint32_t mailboxes() const { return servers * (servers - 1); }
  /// Requires: from != to.
  [[nodiscard]] constexpr std::uint32_t mailbox(std::uint32_t from, std::uint32_t to) const {
    return from * (servers - 1) + (to > from ? to - 1 : to);
  }
  [[nodiscard]] constexpr std::uint32_t mail_slot(std::uint32_t mailbox) const {
    return 2 * servers + mailbox / Append::per_slot;
  }
  [[nodiscard]] constexpr Slot mail(StateView state, std::uint32_t mailbox) const {
    return field(state[mail_slot(mailbox)], mailbox % Append::per_slot * Append::bits, Append::bits);
  }
  [[nodiscard]] constexpr Slot with_mail(StateView state, std::uint32_t mailbox, Slot message) const {
    return with_field(state[mail_slot(mailbox)], mailbox % Append::per_slot * Append::bits, Append::bits,
                      message);
  }
  [[nodiscard]] constexpr std::uint32_t width() const {
    return 2 * servers + (mailboxes() + Append::per_slot - 1) / Append::per_slot;
  }
};

/// The parameters of an action: up to two servers and a number.
struct Parameters {
  std::uint32_t server = 0;
  std::uint32_t other = 0;
  std::uint32_t number = 0;

  [[nodiscard]] constexpr std::uint64_t pack() const { return server | other << 4U | number << 8U; }
  [[nodiscard]] static constexpr Parameters unpack(std::uint64_t payload) {
    const auto word = static_cast<Slot>(payload);
    return {field(word, 0, 4), field(word, 4, 4), field(word, 8, 4)};
  }
};

}  // namespace plimsoll::model::calibration::mail_raft_slots
