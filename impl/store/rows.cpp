#include "impl/store/rows.hpp"

#include <algorithm>

#include "impl/base/assert.hpp"

namespace plimsoll::store {
namespace {

// Bucket key, create and mod revision, version, lease: eight bytes each, two for the bucket key.
constexpr std::uint64_t row_numbers_bytes = 48;

constexpr auto key_of = [](const Rows::value_type& row) -> const BucketKey& { return row.first; };

}  // namespace

std::uint64_t size_bytes(const Row& row) {
  return row.kv.key.size() + row.kv.value.size() + row_numbers_bytes;
}

std::size_t Rows::size() const {
  std::size_t rows = 0;
  for (const Chunk& chunk : chunks_) {
    rows += chunk.rows.size();
  }
  return rows;
}

const Row* Rows::find(const BucketKey& at) const {
  const Iterator found = lower_bound(at);
  return found == end() || found->first != at ? nullptr : &found->second;
}

Rows::Iterator Rows::lower_bound(const BucketKey& at) const {
  // The last chunk that begins at or before `at`.
  const auto after = std::ranges::upper_bound(chunks_, at, {}, &Chunk::first);
  if (after == chunks_.begin()) {
    return begin();
  }
  const auto chunk = std::prev(after);
  const std::vector<value_type>& rows = chunk->rows;
  const auto number = static_cast<std::size_t>(chunk - chunks_.begin());
  const std::uint64_t guess = at.main.value - chunk->first.main.value;
  if (guess < rows.size() && rows[guess].first == at) {
    return {chunks_.data(), number, guess};
  }
  const auto row = std::ranges::lower_bound(rows, at, {}, key_of);
  if (row == rows.end()) {
    return {chunks_.data(), number + 1, 0};
  }
  return {chunks_.data(), number, static_cast<std::size_t>(row - rows.begin())};
}

void Rows::append(const BucketKey& at, Row row) {
  PLIMSOLL_ASSERT(empty() || back().first < at);
  if (empty() || chunks_.back().rows.size() == chunk_rows_max) {
    const bool is_first = empty();
    Chunk& chunk = chunks_.emplace_back();
    chunk.first = at;
    // Stores of a few rows are copied often, and stay small.
    if (!is_first) {
      chunk.rows.reserve(chunk_rows_max);
    }
  }
  chunks_.back().rows.emplace_back(at, std::move(row));
}

Rows::Iterator Rows::erase(const Iterator& row) {
  std::vector<value_type>& rows = chunks_[row.chunk_].rows;
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(row.place_));
  if (rows.empty()) {
    chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(row.chunk_));
    return {chunks_.data(), row.chunk_, 0};
  }
  if (row.place_ == rows.size()) {
    return {chunks_.data(), row.chunk_ + 1, 0};
  }
  return {chunks_.data(), row.chunk_, row.place_};
}

void Rows::erase(const BucketKey& at) {
  const Iterator found = lower_bound(at);
  if (found != end() && found->first == at) {
    erase(found);
  }
}

bool operator==(const Rows& a, const Rows& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

std::strong_ordering operator<=>(const Rows& a, const Rows& b) {
  return std::lexicographical_compare_three_way(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace plimsoll::store
