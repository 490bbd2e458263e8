#include "checker/history/draw.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include <fmt/core.h>

namespace plimsoll::history {
namespace {

constexpr std::size_t columns_max = 100;
/// As many operations are drawn, the last ones; a picture is to be looked at.
constexpr std::size_t bars_max = 16;

/// A label of any length, cut so that a lane stays readable.
std::string label_of(const Operation& operation, const Values& values) {
  constexpr std::size_t bytes_max = 40;
  std::string text = describe(operation, values);
  if (text.size() > bytes_max) {
    text = text.substr(0, bytes_max - 3) + "...";
  }
  return text;
}

/// As a lane shows it: with the revision of the store, if the answer told it.
std::string bar_label_of(const Operation& operation, const Values& values) {
  const std::string label = label_of(operation, values);
  return operation.revision == 0 || operation.is_pending() ? label
                                                           : fmt::format("{}: {}", operation.revision, label);
}

/// A call or a return that is drawn.
struct Edge {
  std::uint64_t time = 0;
  std::uint32_t operation = 0;
  bool is_call = false;
};

struct Bar {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// Columns of the bars, in order of time, each wide enough for its label.
std::map<std::uint32_t, Bar> place_bars(std::span<const Operation> operations,
                                        std::span<const std::uint32_t> shown, const Values& values) {
  std::vector<Edge> edges;
  for (const std::uint32_t number : shown) {
    edges.push_back({operations[number].call, number, true});
    edges.push_back({operations[number].returned, number, false});
  }
  std::ranges::sort(edges, [](const Edge& a, const Edge& b) {
    return std::pair(a.time, a.operation) < std::pair(b.time, b.operation);
  });
  std::map<std::uint32_t, Bar> bars;
  std::size_t column = 0;
  for (const Edge& edge : edges) {
    if (edge.is_call) {
      bars[edge.operation].from = column;
    } else {
      constexpr std::size_t frame = 5;  // "|- " and " -|", less the column that `from` is
      Bar& bar = bars[edge.operation];
      column = std::max(column, bar.from + bar_label_of(operations[edge.operation], values).size() + frame);
      bar.to = column;
    }
    column += 2;
  }
  return bars;
}

void draw_bar(std::string& lane, const Bar& bar, const Operation& operation, const std::string& label) {
  lane.resize(std::max(lane.size(), bar.to + 1), ' ');
  std::fill(lane.begin() + static_cast<std::ptrdiff_t>(bar.from),
            lane.begin() + static_cast<std::ptrdiff_t>(bar.to), '-');
  lane[bar.from] = '|';
  lane[bar.to] = operation.is_pending() ? '>' : '|';
  const std::string text = " " + label + " ";
  lane.replace(bar.from + (bar.to + 1 - bar.from - text.size()) / 2, text.size(), text);
}

std::string in_bands(const std::map<std::uint32_t, std::string>& lanes, std::size_t width_max) {
  std::size_t margin = 0;
  std::size_t width = 0;
  for (const auto& [client, lane] : lanes) {
    margin = std::max(margin, std::to_string(client).size());
    width = std::max(width, lane.size());
  }
  const std::size_t head = margin + std::string_view("    client   ").size();
  const std::size_t band = width_max > 2 * head ? width_max - head : width_max;
  std::string text;
  for (std::size_t from = 0; from < width; from += band) {
    text += from == 0 ? "" : "    ...\n";
    for (const auto& [client, lane] : lanes) {
      std::string part = from < lane.size() ? lane.substr(from, band) : std::string();
      part.erase(part.find_last_not_of(' ') + 1);
      if (!part.empty()) {
        text += fmt::format("    client {:>{}}  {}\n", client, margin, part);
      }
    }
  }
  return text;
}

std::string lines_of(const Operation& operation) {
  if (operation.call_line == 0) {
    return "";
  }
  return operation.is_pending()
             ? fmt::format(" (line {})", operation.call_line)
             : fmt::format(" (lines {} to {})", operation.call_line, operation.return_line);
}

std::string draw_last(std::string_view title, const Violation& violation,
                      std::span<const std::uint32_t> shown, const Values& values) {
  const std::size_t left_out = shown.size() - std::min(shown.size(), bars_max);
  return fmt::format("  {}{}:\n", title, left_out == 0 ? "" : fmt::format(" (and {} more)", left_out)) +
         draw_lanes(violation.operations, shown.subspan(left_out), values, columns_max);
}

}  // namespace

std::string draw_lanes(std::span<const Operation> operations, std::span<const std::uint32_t> shown,
                       const Values& values, std::size_t width_max) {
  std::map<std::uint32_t, std::string> lanes;
  for (const auto& [number, bar] : place_bars(operations, shown, values)) {
    const Operation& operation = operations[number];
    draw_bar(lanes[operation.client], bar, operation, bar_label_of(operation, values));
  }
  return in_bands(lanes, width_max);
}

std::string draw(const Violation& violation, const Values& values) {
  const Operation& failing = violation.operations[violation.failing];
  const auto good = std::ranges::count_if(violation.operations, [&](const Operation& operation) {
    return violation.good_until && operation.returned <= *violation.good_until;
  });
  std::string text;
  if (violation.key != nil) {
    text += fmt::format("  key {}:\n", values.describe(violation.key));
  }
  if (!violation.reason.empty()) {
    text += fmt::format("  {}\n", violation.reason);
    return text + draw_last("These contradict each other, by their revisions", violation,
                            violation.contradiction, values);
  }
  text += fmt::format("  {} operation{} can be put in order, and then not client {}'s {}{}.\n", good,
                      good == 1 ? "" : "s", failing.client, label_of(failing, values), lines_of(failing));
  text += draw_last("These contradict each other, whatever the others did until then", violation,
                    violation.contradiction, values);
  // What never returned overlaps all that came later: there may be a lot of it.
  std::vector<std::uint32_t> around;
  for (const std::uint32_t number : violation.overlapping) {
    if (!violation.operations[number].is_pending()) {
      around.push_back(number);
    }
  }
  const std::size_t pending = violation.overlapping.size() - around.size();
  if (!violation.overlapping.empty()) {
    around.push_back(violation.failing);  // the last one, so that it is drawn in any case
    text += draw_last(pending == 0 ? "What overlaps it"
                                   : fmt::format("What overlaps it, but for {} that never returned", pending),
                      violation, around, values);
  }
  return text;
}

}  // namespace plimsoll::history
