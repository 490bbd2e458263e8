// Columns that line up: the first one to the left, numbers to the right.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace plimsoll::bench {

class TextTable {
 public:
  using Row = std::vector<std::string>;

  explicit TextTable(Row head) { add(std::move(head)); }

  /// Requires: as many cells as the head has. All characters are ASCII.
  void add(Row row) {
    widths_.resize(row.size(), 0);
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths_[i] = std::max(widths_[i], row[i].size());
    }
    rows_.push_back(std::move(row));
  }
  void print() const {
    for (const Row& row : rows_) {
      std::string line = row[0] + std::string(widths_[0] - row[0].size(), ' ');
      for (std::size_t i = 1; i < row.size(); ++i) {
        line += std::string(2 + widths_[i] - row[i].size(), ' ') + row[i];
      }
      std::puts(line.c_str());
    }
    std::puts("");
  }

 private:
  std::vector<Row> rows_;
  std::vector<std::size_t> widths_;
};

}  // namespace plimsoll::bench
