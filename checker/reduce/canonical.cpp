#include "checker/reduce/canonical.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

const Symmetry& symmetry_of(const System& system) {
  const Symmetry* const symmetry = system.symmetry();
  PLIMSOLL_ASSERT(symmetry != nullptr);
  PLIMSOLL_ASSERT(symmetry->degree() >= 1 && symmetry->degree() <= Permutation::degree_max);
  return *symmetry;
}

}  // namespace

Canonicaliser::Canonicaliser(const System& system)
    : system_(system),
      degree_(symmetry_of(system).degree()),
      renamer_(symmetry_of(system).renamer()),
      candidate_(system.width()),
      least_(system.width()) {
  for (std::uint32_t id = 0; id < degree_; ++id) {
    block_[id] = static_cast<std::uint8_t>(system.symmetry()->block(id));
    PLIMSOLL_ASSERT(id == 0 || block_[id - 1] <= block_[id]);
  }
}

Canonicaliser::Representative Canonicaliser::canonicalise(std::span<Slot> state, Fingerprint fingerprint) {
  renamer_->sign(state, signatures_);
  return arrange(state, ~SlotMask{0}, fingerprint);
}

void Canonicaliser::set_source(StateView source) {
  source_.assign(source.begin(), source.end());
  renamer_->sign(source, source_signatures_);
}

Canonicaliser::Representative Canonicaliser::canonicalise_changed(std::span<Slot> state, SlotMask changed,
                                                                  Fingerprint fingerprint) {
  renamer_->sign_changed(source_, source_signatures_, state, changed, signatures_);
  return arrange(state, changed, fingerprint);
}

/// By signatures_.
Canonicaliser::Representative Canonicaliser::arrange(std::span<Slot> state, SlotMask changed,
                                                     Fingerprint fingerprint) {
  sort_by_signature();
  if (has_ties_ && !signatures_.complete && !ties_are_harmless(state)) {
    return least_arrangement(state, changed, fingerprint);
  }
  if (is_sorted()) {
    return {fingerprint, false, changed};
  }
  Permutation permutation;
  for (std::uint32_t place = 0; place < degree_; ++place) {
    permutation.set(ids_[place], place);
  }
  const Fingerprint found = rename(state, permutation);
  std::copy(candidate_.begin(), candidate_.end(), state.begin());
  return {found, true, renamer_->rename_slots(changed, permutation)};
}

/// To candidate_; returns its fingerprint.
Fingerprint Canonicaliser::rename(StateView state, Permutation permutation) {
  const Fingerprint found = renamer_->rename_and_hash(state, permutation, candidate_);
  return found != 0 ? found : system_.fingerprint(candidate_);
}

/// By insertion: what comes in is the successor of a representative, nearly sorted. Ties keep the order of
/// their ids.
void Canonicaliser::sort_by_signature() {
  has_ties_ = false;
  for (std::uint32_t next = 0; next < degree_; ++next) {
    std::uint32_t place = next;
    while (place > 0 && precedes(next, ids_[place - 1])) {
      ids_[place] = ids_[place - 1];
      --place;
    }
    ids_[place] = static_cast<std::uint8_t>(next);
    has_ties_ |= place > 0 && is_tie(next, ids_[place - 1]);
  }
}

/// Are the signatures in order as the ids stand? Then, ties being harmless, the state is the representative.
bool Canonicaliser::is_sorted() const {
  for (std::uint32_t place = 1; place < degree_; ++place) {
    if (precedes(place, place - 1)) {
      return false;
    }
  }
  return true;
}

bool Canonicaliser::ties_are_harmless(StateView state) {
  bool harmless = true;
  for (std::uint32_t begin = 0; begin < degree_; begin = tie_end_[begin]) {
    std::uint32_t end = begin + 1;
    while (end < degree_ && is_tie(ids_[end], ids_[begin])) {
      ++end;
    }
    tie_end_[begin] = static_cast<std::uint8_t>(end);
    harmless &= group_tie(state, begin, end);
  }
  return harmless;
}

/// Brings ids that may be swapped together and notes their groups; true if all are in one. A group's first id
/// answers for it.
bool Canonicaliser::group_tie(StateView state, std::uint32_t begin, std::uint32_t end) {
  std::uint32_t group = begin;
  for (std::uint32_t place = begin; place < end;) {
    group = place;
    group_at_[place] = static_cast<std::uint8_t>(group);
    ++place;
    for (std::uint32_t other = place; other < end; ++other) {
      if (may_swap(state, ids_[group], ids_[other])) {
        std::swap(ids_[place], ids_[other]);
        group_at_[place] = static_cast<std::uint8_t>(group);
        ++place;
      }
    }
  }
  return group == begin;
}

bool Canonicaliser::may_swap(StateView state, std::uint32_t a, std::uint32_t b) {
  renamer_->rename(state, Permutation::swapping(a, b), candidate_);
  return std::equal(state.begin(), state.end(), candidate_.begin());
}

Canonicaliser::Representative Canonicaliser::least_arrangement(std::span<Slot> state, SlotMask changed,
                                                               Fingerprint fingerprint) {
  Fingerprint least = 0;
  Permutation best;
  do {
    const Permutation tried = arrangement();
    const Fingerprint found = rename(state, tried);
    // No fingerprint is 0.
    if (least == 0 || found < least) {
      least = found;
      best = tried;
      candidate_.swap(least_);
    }
  } while (next_arrangement());
  if (std::equal(state.begin(), state.end(), least_.begin())) {
    return {fingerprint, false, changed};
  }
  std::copy(least_.begin(), least_.end(), state.begin());
  return {least, true, renamer_->rename_slots(changed, best)};
}

Permutation Canonicaliser::arrangement() const {
  Places next{};
  std::iota(next.begin(), next.end(), std::uint8_t{0});
  Permutation permutation;
  for (std::uint32_t place = 0; place < degree_; ++place) {
    permutation.set(ids_[next[group_at_[place]]++], place);
  }
  return permutation;
}

/// Counts through all words over the groups of each tie; false after the last, when all ties are back at
/// their first word.
bool Canonicaliser::next_arrangement() {
  for (std::uint32_t begin = 0; begin < degree_; begin = tie_end_[begin]) {
    if (std::next_permutation(group_at_.begin() + begin, group_at_.begin() + tie_end_[begin])) {
      return true;
    }
  }
  return false;
}

std::uint64_t Canonicaliser::memory_bytes() const {
  return renamer_->memory_bytes() +
         (candidate_.capacity() + least_.capacity() + source_.capacity()) * sizeof(Slot);
}

}  // namespace plimsoll::checker
