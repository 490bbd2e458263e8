// A whole store for the general search: for histories whose answers do not all carry revisions.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "checker/history/history.hpp"

namespace plimsoll::history {

/// A Specification. Where nobody could tell revisions, states have none, so that more of them are equal.
/// Where answers carry them, nothing can come of a state that is beyond one still to be seen. Of reads of the
/// past, the store's revision is judged, not what they found; serializable ones are not judged.
class StoreSpec {
 public:
  using State = StoreState;

  /// @param operations  Exchanges; they and `values` must outlive this object.
  StoreSpec(std::span<const Operation> operations, const Values& values);

  [[nodiscard]] State initial() const { return {}; }
  [[nodiscard]] bool apply(std::uint32_t number, State& state) const;
  [[nodiscard]] std::uint64_t hash(const State& state) const;
  [[nodiscard]] std::uint32_t kind(std::uint32_t number) const { return kinds_[number]; }
  [[nodiscard]] bool only_reads(std::uint32_t number) const;
  void linearized(std::uint32_t number) { count(number, -1); }
  void undone(std::uint32_t number) { count(number, 1); }
  [[nodiscard]] bool hopeless(const State& left, const State& entered) const;
  [[nodiscard]] bool impossible() const { return false; }

 private:
  [[nodiscard]] const Exchange& exchange(std::uint32_t number) const {
    return values_.exchange(operations_[number].exchange);
  }
  void count(std::uint32_t number, int by);
  [[nodiscard]] bool judge(std::uint32_t number, const State& state, const StoreResult& result,
                           bool changed) const;

  std::span<const Operation> operations_;
  const Values& values_;
  std::vector<std::uint32_t> kinds_ = {};
  bool has_revisions_ = false;
  std::map<std::uint64_t, int> needed_ = {};  ///< states' revisions that answers not in order yet need
};

/// Whether some request or answer depends on the store's revisions, which all keys share.
[[nodiscard]] bool depend_on_revisions(std::span<const Operation> operations, const Values& values);

/// Numbers the operations so that those with different numbers have no key in common: each such group may be
/// judged alone, if nothing depends on revisions. Cost: n log n in all keys mentioned.
[[nodiscard]] std::vector<std::uint32_t> separate(std::span<const Operation> operations,
                                                  const Values& values);

}  // namespace plimsoll::history
