// What a value of a world says of one member, as a hash: of its content, in which this member reads as
// "this", those of its group as "another", and who is not interchangeable as who it is.
//
// So the hash for a member is the same after any renaming, for its new name. What order alone tells (that of
// a set's elements) is left out; what has an order (a sequence, a queue) keeps it.
#pragma once

#include <cstdint>

#include "checker/world/layout.hpp"
#include "checker/world/members.hpp"
#include "checker/world/values.hpp"

namespace plimsoll::checker {

/// Seen from the member `id`. Not thread-safe; made for a look or two.
class Mention {
 public:
  Mention(const WorldLayout& layout, const WorldMembers& members, const Interner& interner, std::uint32_t id)
      : layout_(layout), members_(members), interner_(interner), id_(id) {}

  /// A described value.
  [[nodiscard]] std::uint64_t in_bytes(const base::Schema& schema, base::BytesView bytes) const;
  [[nodiscard]] std::uint64_t in_mailbox(const base::Schema& messages, Slot mailbox) const;
  [[nodiscard]] std::uint64_t in_control(const base::Schema& timers, Slot control) const;
  [[nodiscard]] std::uint64_t in_disk(const base::Schema& records, Slot disk) const;
  [[nodiscard]] std::uint64_t in_cuts(Slot cuts) const;
  [[nodiscard]] std::uint64_t in_clocks(Slot clocks) const;
  [[nodiscard]] std::uint64_t in_environment(Slot environment) const;

 private:
  [[nodiscard]] std::uint64_t read(const base::Schema& schema, base::ByteReader& in) const;
  [[nodiscard]] std::uint64_t read_sorted(const base::Schema& schema, base::ByteReader& in) const;
  /// Something of an owner's, or else of number `number` itself.
  [[nodiscard]] std::uint64_t whose(const std::optional<Owner>& owner, std::uint64_t number) const;

  const WorldLayout& layout_;
  const WorldMembers& members_;
  const Interner& interner_;
  std::uint32_t id_;
};

}  // namespace plimsoll::checker
