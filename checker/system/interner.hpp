// One id for each value: canonical bytes in, a small number out, the same number for the same bytes however
// many threads ask.
//
// The values of a run (parts, messages, mailboxes, steps' results) are few compared with its states: a
// hundred thousand values make a hundred million states. So interning may lock (one of 64 shards, chosen by
// content hash) as long as reading an interned value does not: entries live in segments that never move.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "checker/system/content_hash.hpp"

namespace plimsoll::checker {

/// Thread-safety: every member may be called from any number of threads, for any id that was returned before.
/// Invariants: (1) two ids are equal exactly if their bytes are; (2) ids are dense from 0; (3) an id's bytes
/// never move and begin at a multiple of 8.
class Interner {
 public:
  Interner();
  ~Interner();
  Interner(const Interner&) = delete;
  Interner& operator=(const Interner&) = delete;
  Interner(Interner&&) = delete;
  Interner& operator=(Interner&&) = delete;

  /// The id of `bytes`, whose content hash is computed from them.
  [[nodiscard]] Slot intern(std::string_view bytes);
  /// As above for values made of ids (a mailbox is a list of message ids): `content` is computed from the
  /// contents of those, because the bytes are private to the run. Requires: equal bytes come with equal
  /// content.
  [[nodiscard]] Slot intern(std::string_view bytes, const ContentHash& content);
  /// As the first, and tells whether the value is new.
  [[nodiscard]] Slot intern(std::string_view bytes, bool& is_new);

  [[nodiscard]] std::string_view bytes(Slot id) const { return entry(id).bytes; }
  [[nodiscard]] const ContentHash& content(Slot id) const { return entry(id).content; }
  [[nodiscard]] std::uint32_t size() const { return size_.load(std::memory_order_acquire); }
  /// Everything held: values, entries and tables.
  [[nodiscard]] std::uint64_t memory_bytes() const { return memory_bytes_.load(std::memory_order_relaxed); }

 private:
  struct Entry {
    std::string_view bytes;
    ContentHash content;
  };
  struct Shard;
  static constexpr std::uint32_t shard_count = 64;
  static constexpr std::uint32_t segment_bits = 12;
  static constexpr std::uint32_t segment_size = 1U << segment_bits;
  static constexpr std::uint32_t segment_count = 1U << 18U;

  [[nodiscard]] const Entry& entry(Slot id) const {
    return segments_[id >> segment_bits].load(std::memory_order_acquire)[id & (segment_size - 1)];
  }
  Slot find_or_add(std::string_view bytes, const ContentHash& content, bool& is_new);
  Slot add(std::string_view bytes, const ContentHash& content);

  std::unique_ptr<std::array<Shard, shard_count>> shards_;
  std::unique_ptr<std::atomic<Entry*>[]> segments_;
  std::atomic<std::uint32_t> size_{0};
  std::atomic<std::uint64_t> memory_bytes_{0};
};

}  // namespace plimsoll::checker
