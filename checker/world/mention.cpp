#include "checker/world/mention.hpp"

#include <map>

#include "checker/system/content_hash.hpp"

namespace plimsoll::checker {
namespace {

using base::Schema;

/// One thing after another.
class Chain {
 public:
  void add(std::uint64_t bits) { hash_ = fold_multiply(hash_ ^ bits, 0xd6e8feb86659fd93ULL) + bits; }
  [[nodiscard]] std::uint64_t hash() const { return mix(hash_); }

 private:
  std::uint64_t hash_ = 0x9e3779b97f4a7c15ULL;
};

template <class... Bits>
std::uint64_t chain(Bits... bits) {
  Chain chain;
  (chain.add(bits), ...);
  return chain.hash();
}

/// Whose something is.
enum class Whose : std::uint64_t { nobodys, own, anothers };

}  // namespace

std::uint64_t Mention::whose(const std::optional<Owner>& owner, std::uint64_t number) const {
  if (!owner) {
    return chain(static_cast<std::uint64_t>(Whose::nobodys), number);
  }
  const Whose relation = owner->id == id_ ? Whose::own : Whose::anothers;
  return chain(static_cast<std::uint64_t>(relation), members_.blocks()[owner->id], owner->role);
}

std::uint64_t Mention::in_bytes(const Schema& schema, base::BytesView bytes) const {
  base::ByteReader in(bytes);
  return read(schema, in);
}

std::uint64_t Mention::read(const Schema& schema, base::ByteReader& in) const {
  switch (schema.kind) {
    case Schema::Kind::boolean:
    case Schema::Kind::unsigned_number:
    case Schema::Kind::enumeration:
      return in.get_unsigned();
    case Schema::Kind::signed_number:
      return static_cast<std::uint64_t>(in.get_signed());
    case Schema::Kind::text:
      return hash_bytes(in.get_text()).low;
    case Schema::Kind::scalar:
      return hash_bytes(schema.scalar_text(in)).low;
    case Schema::Kind::process_id: {
      const std::uint64_t value = in.get_unsigned();
      return whose(members_.named(schema, value), value);
    }
    case Schema::Kind::structure: {
      Chain fields;
      for (const Schema* const field : schema.children) {
        fields.add(read(*field, in));
      }
      return fields.hash();
    }
    case Schema::Kind::sequence: {
      Chain elements;
      for (std::uint64_t left = in.get_unsigned(); left > 0; --left) {
        elements.add(read(*schema.children[0], in));
      }
      return elements.hash();
    }
    case Schema::Kind::set:
    case Schema::Kind::map:
      return read_sorted(schema, in);
    case Schema::Kind::optional:
      return in.get_unsigned() == 0 ? 0 : chain(read(*schema.children[0], in));
    case Schema::Kind::variant: {
      const std::uint64_t index = in.get_unsigned();
      return chain(index, read(*schema.children.at(index), in));
    }
  }
  PLIMSOLL_ASSERT(false);
}

std::uint64_t Mention::read_sorted(const Schema& schema, base::ByteReader& in) const {
  std::uint64_t sum = 0;
  for (std::uint64_t left = in.get_unsigned(); left > 0; --left) {
    Chain element;
    for (const Schema* const child : schema.children) {
      element.add(read(*child, in));
    }
    sum += element.hash();
  }
  return sum;
}

/// Messages that keep their order are chained, queue by queue; others are summed up.
std::uint64_t Mention::in_mailbox(const Schema& messages, Slot mailbox) const {
  std::map<std::uint32_t, Chain> queues;
  std::uint64_t sum = 0;
  for (const Slot message : words_of(interner_, mailbox)) {
    const MessageHeader header = header_of(interner_, message);
    const std::uint64_t said = !has_payload(header) ? 0 : in_bytes(messages, payload_of(interner_, message));
    const std::uint64_t hash = chain(whose(members_.processes().owner(header.from), header.from),
                                     header.channel, header.flags, said);
    if ((header.flags & message_ordered) != 0) {
      queues[static_cast<std::uint32_t>(header.from) << 8U | header.channel].add(hash);
    } else {
      sum += mix(hash);
    }
  }
  for (const auto& [queue, held] : queues) {
    sum += held.hash();
  }
  return sum;
}

std::uint64_t Mention::in_control(const Schema& timers, Slot control) const {
  const Control held = control_of(interner_, control);
  std::uint64_t sum = chain(static_cast<std::uint64_t>(held.status), held.incarnation);
  for (const ArmedTimer& armed : held.timers) {
    sum += chain(in_bytes(timers, interner_.bytes(armed.timer)), armed.remaining);
  }
  return sum;
}

std::uint64_t Mention::in_disk(const Schema& records, Slot disk) const {
  const Disk held = disk_of(interner_, disk);
  Chain all;
  all.add(held.synced * 2ULL + (held.torn_tail ? 1 : 0));
  for (const Slot record : held.records) {
    all.add(in_bytes(records, interner_.bytes(record)));
  }
  return all.hash();
}

std::uint64_t Mention::in_cuts(Slot cuts) const {
  const WordsView blocked = words_of(interner_, cuts);
  std::uint64_t sum = 0;
  for (std::size_t from = 0; from < blocked.size(); ++from) {
    for (std::size_t to = 0; to < blocked.size(); ++to) {
      if ((blocked[from] >> to & 1U) != 0) {
        sum += chain(whose(members_.hosts().owner(from), from), whose(members_.hosts().owner(to), to));
      }
    }
  }
  return sum;
}

std::uint64_t Mention::in_clocks(Slot clocks) const {
  const WordsView ahead = words_of(interner_, clocks);
  std::uint64_t sum = 0;
  for (std::size_t process = 0; process < ahead.size(); ++process) {
    sum += chain(whose(members_.processes().owner(process), process), ahead[process]);
  }
  return sum;
}

std::uint64_t Mention::in_environment(Slot environment) const {
  const WordsView words = words_of(interner_, environment);
  std::uint64_t sum = words[0];
  for (std::size_t word = 1; word < words.size(); ++word) {
    const std::string& budget = layout_.budgets()[word - 1];
    sum += chain(whose(members_.budgets().owner(budget), word), words[word]);
  }
  return sum;
}

}  // namespace plimsoll::checker
