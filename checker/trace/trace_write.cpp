#include <algorithm>
#include <optional>
#include <utility>

#include "checker/trace/itf_form.hpp"
#include "checker/trace/itf_value.hpp"
#include "checker/trace/json.hpp"
#include "checker/trace/trace.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::checker {
namespace {

using scenario::Node;
using Members = std::vector<std::pair<std::string, Node>>;

Node word(std::string_view text) {
  return json_text(std::string(text));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  lines.emplace_back(text);
  return lines;
}

std::vector<std::string> names_of(const Datum& record) {
  std::vector<std::string> names;
  for (const auto& [name, value] : record.members) {
    names.push_back(name);
  }
  return names;
}

bool are_records_of_same_fields(const std::vector<Datum>& states) {
  return std::ranges::all_of(states, [&](const Datum& state) {
    return state.kind == Datum::Kind::record && names_of(state) == names_of(states.front());
  });
}

Node scenario_to_itf(const Trace& trace) {
  return json_object({{"file", json_text(trace.scenario_file)},
                      {"set", json_texts(trace.overrides.set)},
                      {"defects", json_texts(trace.overrides.defects)},
                      {"text", json_texts(lines_of(trace.scenario_text))}});
}

std::string description_of(const Trace& trace) {
  const Behaviour& behaviour = trace.behaviour;
  const std::string steps = std::to_string(behaviour.steps()) + " steps";
  if (behaviour.loop) {
    const std::string repeated = std::to_string(behaviour.steps() - *behaviour.loop);
    return trace.property + " is violated by " + steps + ", of which the last " + repeated +
           " repeat for ever";
  }
  if (behaviour.ends) {
    return trace.property + " is violated by " + steps + ", after which nothing more can happen";
  }
  return trace.property + (trace.shown == Shown::violated ? " is violated after " : " is witnessed after ") +
         steps;
}

Node meta_to_itf(const Trace& trace, bool as_fields) {
  Members members = {{"format", word(itf_format)},
                     {"format-description", word(itf_description)},
                     {"description", json_text(description_of(trace))},
                     {"schema", word(trace_schema)},
                     {"version", json_text(trace.version)},
                     {"engine", json_text(trace.engine)},
                     {"visited", json_text(trace.visited)},
                     {"property", json_text(trace.property)},
                     {"shown", word(to_text(trace.shown))}};
  if (trace.behaviour.ends) {
    members.emplace_back("ends", json_boolean(true));
  }
  members.emplace_back("defects", json_texts(trace.defects));
  members.emplace_back("state-form", word(state_forms[as_fields ? 0 : 1]));
  members.emplace_back("scenario", scenario_to_itf(trace));
  return json_object(std::move(members));
}

Node label_to_itf(const ActionLabel& label) {
  Members parameters;
  for (const auto& [name, value] : label.parameters) {
    parameters.emplace_back(name, text_to_itf(value));
  }
  return json_object({{"name", text_to_itf(label.name)}, {"parameters", json_object(std::move(parameters))}});
}

Node state_to_itf(const Behaviour& behaviour, std::size_t index, bool as_fields) {
  Members meta = {{"index", json_number(std::uint64_t{index})}};
  if (index > 0) {
    meta.emplace_back("action", label_to_itf(behaviour.labels[index - 1]));
  }
  Members members = {{"#meta", json_object(std::move(meta))}};
  const Datum& state = behaviour.states[index];
  if (!as_fields) {
    members.emplace_back(whole_state_variable, to_itf(state));
    return json_object(std::move(members));
  }
  for (const auto& [name, value] : state.members) {
    members.emplace_back(name, to_itf(value));
  }
  return json_object(std::move(members));
}

}  // namespace

std::string_view to_text(Shown shown) {
  return shown == Shown::violated ? "violated" : "witness";
}

Trace trace_of(const scenario::Scenario& scenario) {
  Trace trace;
  trace.scenario_text = scenario.source_text;
  trace.scenario_file = scenario.file;
  trace.overrides = scenario.overrides;
  trace.defects = scenario.defects;
  return trace;
}

std::string write_itf(const Trace& trace) {
  const std::vector<Datum>& states = trace.behaviour.states;
  PLIMSOLL_ASSERT(!states.empty() && states.size() == trace.behaviour.labels.size() + 1);
  const bool as_fields = are_records_of_same_fields(states);
  std::vector<Node> written;
  written.reserve(states.size());
  for (std::size_t i = 0; i < states.size(); ++i) {
    written.push_back(state_to_itf(trace.behaviour, i, as_fields));
  }
  const Node variables =
      as_fields ? json_texts(names_of(states.front())) : json_list({word(whole_state_variable)});
  Members members = {{"#meta", meta_to_itf(trace, as_fields)},
                     {"vars", variables},
                     {"states", json_list(std::move(written))}};
  if (const std::optional<std::size_t>& loop = trace.behaviour.loop) {
    PLIMSOLL_ASSERT(*loop + 1 < states.size() && states[*loop] == states.back());
    members.emplace_back("loop", json_number(std::uint64_t{*loop}));
  }
  return write_json(json_object(std::move(members)));
}

}  // namespace plimsoll::checker
