#include "checker/visited/slot_order.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <tuple>
#include <utility>

#include "checker/system/content_hash.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

/// By state of the sample: what the slots below a node hold, as a number.
using Column = std::vector<std::uint32_t>;

/// Numbers pairs of values in the order of their first appearance.
class PairNumbers {
 public:
  explicit PairNumbers(std::size_t states) : entries_(std::bit_ceil(states * 2 + 2)) {}

  /// How many pairs two columns make.
  std::uint32_t count(const Column& a, const Column& b) {
    begin();
    for (std::size_t i = 0; i < a.size(); ++i) {
      (void)number(a[i], b[i]);
    }
    return count_;
  }
  /// The column of the pairs, and how many there are.
  std::uint32_t join(const Column& a, const Column& b, Column& joined) {
    begin();
    joined.resize(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      joined[i] = number(a[i], b[i]);
    }
    return count_;
  }

 private:
  struct Entry {
    std::uint64_t pair = 0;
    std::uint32_t round = 0;
    std::uint32_t number = 0;
  };

  void begin() {
    ++round_;
    count_ = 0;
  }
  std::uint32_t number(std::uint32_t a, std::uint32_t b) {
    const std::uint64_t pair = std::uint64_t{a} << 32U | b;
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t i = mix(pair * 0x9e3779b97f4a7c15ULL) & mask;; i = (i + 1) & mask) {
      Entry& entry = entries_[i];
      if (entry.round != round_) {
        entry = {pair, round_, count_};
        return count_++;
      }
      if (entry.pair == pair) {
        return entry.number;
      }
    }
  }

  std::vector<Entry> entries_;
  std::uint32_t round_ = 0;
  std::uint32_t count_ = 0;
};

Column column_of(const std::vector<Slot>& sample, std::uint32_t width, std::uint32_t slot) {
  Column column(sample.size() / width);
  for (std::size_t i = 0; i < column.size(); ++i) {
    column[i] = sample[i * width + slot];
  }
  return column;
}

/// Neighbouring leaves of the tree to be, taken as one variable.
struct Item {
  SlotOrder slots;
  Column values;
};

struct Match {
  std::uint32_t values = 0;
  std::size_t a = 0;
  std::size_t b = 0;
  friend bool operator<(const Match& x, const Match& y) {
    return std::tie(x.values, x.a, x.b) < std::tie(y.values, y.a, y.b);
  }
};

class Matching {
 public:
  Matching(std::uint32_t width, const std::vector<Slot>& sample) : numbers_(sample.size() / width) {
    for (std::uint32_t slot = 0; slot < width; ++slot) {
      items_.push_back({{slot}, column_of(sample, width, slot)});
    }
  }

  SlotOrder run() {
    while (items_.size() > 2) {
      pair_up();
    }
    SlotOrder order;
    for (const Item& item : items_) {
      order.insert(order.end(), item.slots.begin(), item.slots.end());
    }
    return order;
  }

 private:
  Item take(const Match& match) {
    Item item;
    item.slots = items_[match.a].slots;
    item.slots.insert(item.slots.end(), items_[match.b].slots.begin(), items_[match.b].slots.end());
    numbers_.join(items_[match.a].values, items_[match.b].values, item.values);
    items_[match.a].values.clear();
    items_[match.b].values.clear();
    taken_[match.a] = taken_[match.b] = true;
    return item;
  }

  /// One level of the tree. Only the last place of a level may stay single, and what stayed single is no full
  /// subtree, so it keeps the last place for good.
  void pair_up() {
    const std::size_t count = items_.size();
    std::vector<Match> matches;
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = a + 1; b < count; ++b) {
        matches.push_back({numbers_.count(items_[a].values, items_[b].values), a, b});
      }
    }
    std::sort(matches.begin(), matches.end());
    taken_.assign(count, false);
    std::optional<Item> last;
    if (has_partial_ && count % 2 == 1) {
      taken_[count - 1] = true;
      last = std::move(items_[count - 1]);
    } else if (has_partial_) {
      last = take(*std::find_if(matches.begin(), matches.end(),
                                [&](const Match& match) { return match.b == count - 1; }));
    }
    std::vector<Item> above;
    for (const Match& match : matches) {
      if (!taken_[match.a] && !taken_[match.b]) {
        above.push_back(take(match));
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!taken_[i]) {
        last = std::move(items_[i]);
      }
    }
    if (last) {
      above.push_back(std::move(*last));
      has_partial_ = true;
    }
    items_ = std::move(above);
  }

  PairNumbers numbers_;
  std::vector<Item> items_;
  std::vector<bool> taken_;
  bool has_partial_ = false;  ///< the last item is not a full subtree
};

}  // namespace

std::uint64_t inner_nodes(const std::vector<Slot>& sample, const SlotOrder& order) {
  const auto width = static_cast<std::uint32_t>(order.size());
  PairNumbers numbers(sample.size() / width);
  std::vector<Column> level;
  for (const std::uint32_t slot : order) {
    level.push_back(column_of(sample, width, slot));
  }
  std::uint64_t nodes = 0;
  while (level.size() > 2) {
    std::vector<Column> above((level.size() + 1) / 2);
    for (std::size_t i = 0; i + 1 < level.size(); i += 2) {
      nodes += numbers.join(level[i], level[i + 1], above[i / 2]);
    }
    if (level.size() % 2 == 1) {
      above.back() = std::move(level.back());
    }
    level = std::move(above);
  }
  return nodes;
}

SlotOrder match_slots(std::uint32_t width, const std::vector<Slot>& sample) {
  PLIMSOLL_ASSERT(width > 0 && sample.size() % width == 0);
  return Matching(width, sample).run();
}

}  // namespace plimsoll::checker
