#include "properties/raft/trace_driver.hpp"

#include <fstream>
#include <sstream>

#include "properties/raft/trace_model.hpp"

namespace plimsoll::properties::raft {
namespace {

std::string state_text(const trace::Event& event) {
  return "as traced: node " + std::to_string(event.node) + ", " + std::string(trace::to_text(event.role)) +
         ", term " + std::to_string(event.term) + ", vote " + std::to_string(event.vote) + ", commit " +
         std::to_string(event.commit) + ", last index " + std::to_string(event.log) +
         (event.message ? "\n" + trace::to_text(*event.message) : std::string());
}

}  // namespace

ConformanceResult judge_raft_trace_text(std::string_view text, const std::string& file) {
  const auto events = trace::parse(text, file);
  if (!events) {
    return tl::unexpected(events.error());
  }
  ConformanceReport report;
  report.total = events->size();
  trace::TraceModel model;
  for (const trace::Event& event : *events) {
    if (const std::optional<std::string> problem = model.accept(event)) {
      const std::string name(trace::to_text(event.name));
      report.failures.push_back(
          {event.line, name + " of node " + std::to_string(event.node) + ": " + *problem, state_text(event)});
      return report;
    }
    ++report.passed;
  }
  return report;
}

ConformanceResult judge_raft_trace(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    return tl::unexpected(scenario::Error{{path, 1, 1}, "cannot be read"});
  }
  return judge_raft_trace_text(text.str(), path);
}

}  // namespace plimsoll::properties::raft
