// The operations that never returned, as candidates for revisions that nobody claims.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "checker/history/revision_stops.hpp"

namespace plimsoll::history {

/// Thread-safety: none.
class Candidates {
 public:
  /// @param deeds, stops  Must outlive this object.
  Candidates(const Deeds& deeds, const std::vector<Stop>& stops);

  /// Those for one revision.
  struct Choice {
    std::uint64_t deadline = never;  ///< they were called before
    const std::vector<std::uint32_t>* of =
        nullptr;  ///< all that may have written what was seen of it, if any
  };
  /// @param shown  Something that was written at the revision, or null.
  [[nodiscard]] Choice choice(std::uint64_t deadline, const kv::KeyValue* shown) const;
  /// The last to be called come first, since most of those that take effect do so soon; of those, the ones
  /// that no revision needs of which something was seen.
  /// @return no_deed after the last.
  [[nodiscard]] std::uint32_t get(const Choice& choice, std::size_t number) const;
  /// Not used yet; of equal ones, the last that is left stands for all.
  [[nodiscard]] bool is_left(std::uint32_t number, const Choice& choice) const;
  void use(std::uint32_t number, bool used) { used_[number] = used; }

 private:
  bool note_what_it_writes(std::uint32_t number);
  [[nodiscard]] bool may_write(std::uint32_t number, const std::string& value) const;
  [[nodiscard]] std::size_t called_in_time(const std::vector<std::uint32_t>& of,
                                           std::uint64_t deadline) const;

  const Deeds& deeds_;
  // All in order of call.
  std::vector<std::uint32_t> unwanted_ = {};
  std::vector<std::uint32_t> wanted_ = {};  ///< may have written something that was seen
  std::map<std::pair<std::string, std::string>, std::vector<std::uint32_t>> writers_of_ = {};  ///< key, value
  std::vector<std::uint32_t> later_equal_ = {};  ///< by deed: the next to be called with an equal request
  std::vector<bool> used_ = {};
};

}  // namespace plimsoll::history
