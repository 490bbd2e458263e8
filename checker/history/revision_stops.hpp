// The revisions that a history speaks of, in order, and what is known to stand at each.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checker/history/history.hpp"
#include "checker/history/revision_order.hpp"

namespace plimsoll::history {

/// An operation as the store sees it.
struct Deed {
  const StoreRequest* request = nullptr;
  const StoreResult* result = nullptr;  ///< null: it never returned
  std::uint64_t call = 0;
  std::uint64_t returned = never;
  std::uint64_t placed = 0;  ///< the store's revision when it took effect; 0: not known, or no matter
  std::uint64_t seen = 0;    ///< the revision whose state it was answered from; 0: it never returned
  bool changes = false;
};

/// The operations of one history, registers' as those of the store they are kept in.
///
/// Invariant: number i is operation i.
class Deeds {
 public:
  /// @param values  Must outlive this object.
  Deeds(Model model, std::span<const Operation> operations, const Values& values);
  Deeds(const Deeds&) = delete;
  Deeds& operator=(const Deeds&) = delete;
  Deeds(Deeds&&) = delete;
  Deeds& operator=(Deeds&&) = delete;
  ~Deeds() = default;

  [[nodiscard]] const Deed& operator[](std::uint32_t number) const { return deeds_[number]; }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(deeds_.size()); }

 private:
  [[nodiscard]] const Exchange& exchange_of(const Operation& operation, const Values& values);

  std::deque<Exchange> made_ = {};
  std::vector<Deed> deeds_ = {};
};

inline constexpr std::uint32_t no_deed = 0xffff'ffff;

/// A revision at which something is known to have been done or seen.
struct Stop {
  std::uint64_t revision = 0;
  std::uint64_t gap = 0;  ///< revisions before it and after the stop before, of which nothing is known
  std::uint64_t gap_deadline = never;       ///< what took one of those was called before this time
  std::uint32_t writer = no_deed;           ///< whose answer claims the revision
  std::uint64_t deadline = never;           ///< if nobody claims it: what made it was called before this time
  std::vector<std::uint32_t> readers = {};  ///< answered from this state, in order of call
  std::vector<const kv::KeyValue*> shown = {};   ///< written at this revision, as somebody saw
  std::vector<const std::string*> removed = {};  ///< keys removed at it, as a watch saw
};

/// The stops in order, the first of a fresh store's revision.
class Stops {
 public:
  /// @param deeds, seen  Must outlive this object.
  Stops(const Deeds& deeds, std::span<const WatchMessage> seen);

  [[nodiscard]] const std::vector<Stop>& all() const { return stops_; }
  /// Two operations that claim one revision, or whose revisions contradict real time.
  [[nodiscard]] const std::optional<Clash>& clash() const { return clash_; }
  /// Who claims a revision: its number, or no_deed.
  [[nodiscard]] std::uint32_t writer_of(std::uint64_t revision) const;
  /// Revisions in (after, until] that nobody claims.
  [[nodiscard]] std::uint64_t unclaimed(std::uint64_t after, std::uint64_t until) const;

 private:
  void place(std::uint32_t number, std::map<std::uint64_t, Stop>& stops);
  static void show(const kv::WatchResponse& response, std::map<std::uint64_t, Stop>& stops);
  void find_deadlines();
  void check_time();

  const Deeds& deeds_;
  std::vector<Stop> stops_ = {};
  std::vector<std::uint64_t> claimed_ = {};  ///< in order
  std::optional<Clash> clash_ = {};
};

/// What contradicts the answers of reads whatever operations that never returned did: linear, and not
/// complete. Without it a search would try all that they could have done before it gives up.
[[nodiscard]] std::optional<Clash> find_plain_clash(const Deeds& deeds, const Stops& stops);

}  // namespace plimsoll::history
