#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>

#include "checker/scenario/reader.hpp"
#include "checker/trace/itf_form.hpp"
#include "checker/trace/itf_value.hpp"
#include "checker/trace/json.hpp"
#include "checker/trace/trace.hpp"

namespace plimsoll::checker {
namespace {

using scenario::Entry;
using scenario::Error;
using scenario::FirstError;
using scenario::Kind;
using scenario::MapReader;
using scenario::Node;

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += (i > 0 ? "\n" : "") + lines[i];
  }
  return text;
}

/// Reads one trace; the first error is kept, and what is read after it does not matter.
class TraceReader {
 public:
  tl::expected<Trace, Error> read(const Node& root) {
    if (root.kind != Kind::mapping) {
      return tl::unexpected(
          Error{root.where, "expected a trace, which is an object, found " + describe(root)});
    }
    MapReader fields(root, "trace", errors_);
    const Node* meta = fields.node("#meta");
    if (meta != nullptr) {
      read_meta(*meta);
    }
    const Node* variables = fields.node("vars");
    const Node* states = fields.node("states");
    // Without one of the three the others make no sense; finish() says which is missing.
    if (meta != nullptr && variables != nullptr && states != nullptr && !errors_.error()) {
      read_variables(fields, *variables);
      read_states(fields, *states);
      read_loop(fields);
    }
    fields.finish();
    if (errors_.error()) {
      return tl::unexpected(*errors_.error());
    }
    return std::move(trace_);
  }

 private:
  void read_meta(const Node& node) {
    const Node* schema = node.find("schema");
    if (node.kind == Kind::mapping && schema == nullptr) {
      errors_.add({node.where, "not a trace of Plimsoll: '#meta' has no field 'schema'"});
      return;
    }
    MapReader meta(node, "#meta", errors_);
    expect_word(meta, "schema", trace_schema);
    expect_word(meta, "format", itf_format);
    expect_word(meta, "format-description", itf_description);
    meta.accept("description");
    trace_.version = meta.string("version");
    trace_.engine = meta.word("engine");
    trace_.visited = meta.word("visited");
    trace_.property = meta.word("property");
    static constexpr std::array<std::string_view, 2> shown = {"violated", "witness"};
    trace_.shown = meta.one_of("shown", shown) == 0 ? Shown::violated : Shown::witness;
    read_end(meta);
    trace_.defects = meta.optional_strings("defects");
    as_fields_ = meta.one_of("state-form", state_forms) == 0;
    if (const Node* scenario = meta.node("scenario")) {
      read_scenario(*scenario);
    }
    meta.finish();
  }

  void read_end(MapReader& meta) {
    const std::optional<bool> ends = meta.optional_boolean("ends");
    if (ends == false) {
      meta.fail("ends", "expected true, or no such field");
    }
    trace_.behaviour.ends = ends.value_or(false);
  }

  void expect_word(MapReader& reader, std::string_view name, std::string_view only) {
    const std::string found = reader.string(name);
    if (!errors_.error() && found != only) {
      reader.fail(name, "expected " + scenario::quote(only) + ", found " + scenario::quote(found));
    }
  }

  void read_scenario(const Node& node) {
    MapReader scenario(node, "scenario", errors_);
    trace_.scenario_file = scenario.string("file");
    trace_.overrides.set = scenario.optional_strings("set");
    trace_.overrides.defects = scenario.optional_strings("defects");
    if (scenario.node("text") != nullptr) {
      trace_.scenario_text = joined(scenario.optional_strings("text"));
    }
    scenario.finish();
  }

  void read_variables(MapReader& fields, const Node& node) {
    variables_ = fields.optional_strings("vars");
    if (!as_fields_ && (variables_.size() != 1 || variables_[0] != whole_state_variable)) {
      errors_.add({node.where, "expected the one variable 'state', since state-form is 'whole'"});
    }
  }

  void read_states(MapReader& fields, const Node& node) {
    const std::span<const Node> states = fields.optional_list("states");
    if (node.kind == Kind::sequence && states.empty()) {
      errors_.add({node.where, "expected at least one state"});
    }
    for (std::size_t i = 0; i < states.size() && !errors_.error(); ++i) {
      read_state(states[i], i);
    }
  }

  void read_loop(MapReader& fields) {
    const std::optional<std::uint64_t> loop = fields.optional_uint("loop", {});
    const std::vector<Datum>& states = trace_.behaviour.states;
    if (!loop || errors_.error()) {
      return;
    }
    if (*loop + 1 >= states.size()) {
      fields.fail("loop", "expected the index of a state before the last, found " + std::to_string(*loop));
    } else if (states[*loop] != states.back()) {
      fields.fail("loop", "the last state is not state " + std::to_string(*loop) + ", where the loop begins");
    } else if (trace_.behaviour.ends) {
      fields.fail("loop", "a trace that ends does not loop");
    }
    trace_.behaviour.loop = static_cast<std::size_t>(*loop);
  }

  void read_state(const Node& node, std::size_t index) {
    if (node.kind != Kind::mapping) {
      errors_.add({node.where, "expected a state, which is an object, found " + describe(node)});
      return;
    }
    if (node.entries.empty() || node.entries[0].key.text != "#meta") {
      errors_.add({node.where, "a state begins with '#meta', this one does not"});
      return;
    }
    read_state_meta(node.entries[0].value, index);
    if (errors_.error()) {
      return;
    }
    Datum state = Datum::of_record({});
    for (std::size_t i = 0; i < std::max(variables_.size(), node.entries.size() - 1); ++i) {
      if (i >= variables_.size() || i + 1 >= node.entries.size() ||
          node.entries[i + 1].key.text != variables_[i]) {
        report_variable(node, i);
        return;
      }
      auto value = from_itf(node.entries[i + 1].value);
      if (!value) {
        errors_.add(value.error());
        return;
      }
      state.members.emplace_back(variables_[i], std::move(*value));
    }
    trace_.behaviour.states.push_back(as_fields_ ? std::move(state) : std::move(state.members[0].second));
  }

  /// The variables of `node` differ from 'vars' at number `i`: one of the two ends there, or they name
  /// different ones.
  void report_variable(const Node& node, std::size_t i) {
    const Node* found = i + 1 < node.entries.size() ? &node.entries[i + 1].key : nullptr;
    if (found != nullptr && std::ranges::count(variables_, found->text) == 0) {
      errors_.add({found->where, "variable " + scenario::quote(found->text) + " is not among 'vars'"});
    } else if (i < variables_.size()) {
      errors_.add({found != nullptr ? found->where : node.where,
                   "expected variable " + scenario::quote(variables_[i]) + " as number " +
                       std::to_string(i + 1) + " of this state, as 'vars' says"});
    } else {
      errors_.add(
          {found->where, "variable " + scenario::quote(found->text) + " is one more than 'vars' names"});
    }
  }

  void read_state_meta(const Node& node, std::size_t index) {
    MapReader meta(node, "#meta", errors_);
    const std::uint64_t found = meta.uint("index", {});
    if (!errors_.error() && node.find("index") != nullptr && found != index) {
      meta.fail("index", "expected " + std::to_string(index) + ", found " + std::to_string(found));
    }
    if (index > 0) {
      if (const Node* action = meta.node("action")) {
        read_label(*action);
      }
    } else {
      meta.refuse("action", "has no place in the initial state");
    }
    meta.finish();
  }

  void read_label(const Node& node) {
    MapReader action(node, "action", errors_);
    ActionLabel label;
    if (const Node* name = action.node("name")) {
      label.name = text(*name);
    }
    if (action.node("parameters") != nullptr) {
      if (const Node* parameters = action.optional_mapping("parameters")) {
        for (const Entry& entry : parameters->entries) {
          label.parameters.emplace_back(entry.key.text, text(entry.value));
        }
      }
    }
    action.finish();
    trace_.behaviour.labels.push_back(std::move(label));
  }

  std::string text(const Node& node) {
    auto read = text_from_itf(node);
    if (!read) {
      errors_.add(read.error());
      return "";
    }
    return std::move(*read);
  }

  FirstError errors_;
  Trace trace_;
  bool as_fields_ = true;
  std::vector<std::string> variables_;
};

}  // namespace

tl::expected<Trace, Error> read_itf(std::string_view text, std::string file) {
  const auto root = parse_json(text, std::move(file));
  if (!root) {
    return tl::unexpected(root.error());
  }
  return TraceReader().read(*root);
}

tl::expected<Trace, Error> load_trace(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) {
    return tl::unexpected(Error{{path, 1, 1}, "the file cannot be opened"});
  }
  std::string text;
  std::array<char, 65536> block{};
  // Reading one block beyond the limit is enough for the parser to refuse the text by its size.
  while (text.size() <= json_bytes_max) {
    const std::size_t count = std::fread(block.data(), 1, block.size(), file.get());
    if (count == 0) {
      break;
    }
    text.append(block.data(), count);
  }
  if (std::ferror(file.get()) != 0) {
    return tl::unexpected(Error{{path, 1, 1}, "the file cannot be read"});
  }
  return read_itf(text, path);
}

}  // namespace plimsoll::checker
