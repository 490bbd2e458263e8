// The states already seen, behind one interface: a whole batch is inserted by one call, its table lines
// prefetched first.
//
// `exact` keeps every state vector, compressed without loss; `fingerprint` keeps 64 bits of each, and says
// how likely it is that two states shared them. Both remember for each state its level and the least parent
// by content, from which a shortest trace follows that is the same for any number of workers. `bitstate`
// keeps three bits of each in an array of fixed size, and neither levels nor parents.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "checker/system/successors.hpp"
#include "checker/visited/flat_table.hpp"

namespace plimsoll::checker {

enum class VisitedMode : std::uint8_t { exact, fingerprint, bitstate };
[[nodiscard]] std::string_view to_text(VisitedMode mode);

/// Thread-safety: insert() and reserve() from any number of threads, each with its own Scratch; the rest
/// needs quiescence.
class VisitedSet {
 public:
  /// One thread's working space.
  class Scratch {
   public:
    Scratch() = default;
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    Scratch(Scratch&&) = delete;
    Scratch& operator=(Scratch&&) = delete;
    virtual ~Scratch() = default;
  };

  VisitedSet() = default;
  VisitedSet(const VisitedSet&) = delete;
  VisitedSet& operator=(const VisitedSet&) = delete;
  VisitedSet(VisitedSet&&) = delete;
  VisitedSet& operator=(VisitedSet&&) = delete;
  virtual ~VisitedSet() = default;

  [[nodiscard]] virtual std::unique_ptr<Scratch> scratch() const = 0;

  /// Where the set will look for a fingerprint; no hint if it goes by something else. Until the next growth.
  [[nodiscard]] virtual TableHint hint() const { return {}; }

  /// Promises room for a batch of `count` states. False: call grow() when all workers are at rest.
  [[nodiscard]] virtual bool reserve(std::uint64_t count) = 0;
  /// Takes such a promise back unused.
  virtual void retract(std::uint64_t count) = 0;
  /// Inserts all of `batch`, found while expanding level `level` - 1. is_new[i] is set for exactly one of all
  /// equal states ever inserted; of those that are omitted, for none. Requires: reserve(batch.size())
  /// succeeded; the promise is used up.
  virtual void insert(const Successors& batch, std::uint32_t level, std::vector<std::uint8_t>& is_new,
                      Scratch& scratch) = 0;
  /// Makes room for `count` further states. False: that would take more than `memory_bytes_max` altogether.
  [[nodiscard]] virtual bool grow(std::uint64_t count, std::uint64_t memory_bytes_max) = 0;

  /// Called now and then when all workers are at rest: the set may rearrange itself, by what it holds alone,
  /// if that stays within `memory_bytes_max`. Returns how many bytes it held at most in the meantime, or 0.
  virtual std::uint64_t rearrange(std::uint64_t /*memory_bytes_max*/) { return 0; }

  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// What the set of states takes, without parents; and what parents and levels take.
  [[nodiscard]] virtual std::uint64_t memory_bytes() const = 0;
  [[nodiscard]] virtual std::uint64_t parents_memory_bytes() const = 0;
  /// Of exact sets 0. Of fingerprint sets a bound of the probability that any state at all was omitted, taken
  /// for another one that it is not. Of bitstate sets, where that is almost certain, an estimate for one
  /// state: the next new one.
  [[nodiscard]] virtual double omission_probability() const = 0;

  /// Where states came from, for traces: made when one is wanted, and valid until the next insertion.
  class Ancestry {
   public:
    using Visit = std::function<void(Fingerprint, Origin)>;
    Ancestry() = default;
    Ancestry(const Ancestry&) = delete;
    Ancestry& operator=(const Ancestry&) = delete;
    Ancestry(Ancestry&&) = delete;
    Ancestry& operator=(Ancestry&&) = delete;
    virtual ~Ancestry() = default;
    /// Every state of level `level`.
    virtual void for_each(std::uint32_t level, const Visit& visit) const = 0;
    /// Every state of level `level` whose fingerprint agrees with `fingerprint` in the 40 bits that origins
    /// keep.
    virtual void for_each_like(Fingerprint fingerprint, std::uint32_t level, const Visit& visit) const = 0;
  };
  /// Not of bitstate sets. Cost: fingerprint sets have the answers in their table; exact sets make an index
  /// of 8 bytes a state and rebuild the states that are asked for level by level.
  [[nodiscard]] virtual std::unique_ptr<Ancestry> ancestry() const = 0;
};

/// @param fingerprint     The System's fingerprint of a state; used by exact sets when a trace is wanted.
/// @param growers         How many threads may work on growth while all workers are at rest: at least 1.
/// @param bitstate_bytes  Size of a bitstate set, 16 .. 2^40; otherwise ignored.
[[nodiscard]] std::unique_ptr<VisitedSet> make_visited_set(VisitedMode mode, std::uint32_t width,
                                                           std::function<Fingerprint(StateView)> fingerprint,
                                                           unsigned growers = 1,
                                                           std::uint64_t bitstate_bytes = std::uint64_t{1}
                                                                                          << 27U);

}  // namespace plimsoll::checker
