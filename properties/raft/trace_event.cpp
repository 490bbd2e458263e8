#include "properties/raft/trace_event.hpp"

#include <algorithm>
#include <charconv>
#include <span>

#include "checker/scenario/reader.hpp"
#include "checker/trace/json.hpp"

namespace plimsoll::properties::raft::trace {
namespace {

using scenario::FirstError;
using scenario::MapReader;
using scenario::Node;

constexpr std::array<std::string_view, 17> event_names = {"InitState",
                                                          "BecomeFollower",
                                                          "BecomeCandidate",
                                                          "BecomeLeader",
                                                          "Commit",
                                                          "Replicate",
                                                          "ChangeConf",
                                                          "ApplyConfChange",
                                                          "Ready",
                                                          "SendAppendEntriesRequest",
                                                          "ReceiveAppendEntriesRequest",
                                                          "SendAppendEntriesResponse",
                                                          "ReceiveAppendEntriesResponse",
                                                          "SendRequestVoteRequest",
                                                          "ReceiveRequestVoteRequest",
                                                          "SendRequestVoteResponse",
                                                          "ReceiveRequestVoteResponse"};
constexpr std::array<std::string_view, 4> role_names = {"StateFollower", "StatePreCandidate",
                                                        "StateCandidate", "StateLeader"};
constexpr std::array<std::string_view, 7> message_names = {
    "MsgApp", "MsgAppResp", "MsgHeartbeat", "MsgHeartbeatResp", "MsgSnap", "MsgVote", "MsgVoteResp"};
constexpr std::array<std::string_view, 3> action_names = {"AddNewServer", "RemoveServer", "AddLearner"};
constexpr scenario::UintRange any_number = {0, std::uint64_t{1} << 53U};

/// Reads one line, field by field; the first thing that is wrong stays in `errors`.
class LineReader {
 public:
  explicit LineReader(FirstError& errors) : errors_(errors) {}

  Event event(const Node& line) {
    Event event;
    MapReader outer(line, "the line", errors_);
    outer.accept("tag");
    const Node* node = outer.node("event");
    outer.finish();
    if (node == nullptr) {
      return event;
    }
    MapReader fields(*node, "event", errors_);
    event.name = static_cast<EventName>(fields.one_of("name", event_names));
    event.node = id(fields, "nid");
    event.role = static_cast<Role>(fields.one_of("role", role_names));
    event.log = fields.uint("log", any_number);
    if (const Node* state = fields.node("state")) {
      MapReader inner(*state, "state", errors_);
      event.term = inner.uint("term", any_number);
      event.vote = id(inner, "vote");
      event.commit = inner.uint("commit", any_number);
      inner.finish();
    }
    if (const Node* conf = fields.node("conf")) {
      event.conf = configuration(*conf);
    }
    if (const Node* message = fields.optional_node("msg")) {
      event.message = this->message(*message);
    }
    if (const Node* prop = fields.optional_node("prop")) {
      properties(*prop, event);
    }
    fields.finish();
    return event;
  }

 private:
  Id number(const std::string& text, const scenario::Location& where) {
    Id value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      errors_.add({where, "expected the number of a node, found " + scenario::quote(text)});
    }
    return value;
  }
  Id id(MapReader& fields, std::string_view name) {
    const std::string text = fields.string(name);
    const Node* node = fields.optional_node(name);
    return number(text, node == nullptr ? fields.where() : node->where);
  }
  Ids ids(const Node& list) {
    Ids found;
    for (const Node& item : list.items) {
      found.push_back(number(item.text, item.where));
    }
    std::ranges::sort(found);
    return found;
  }
  Conf configuration(const Node& node) {
    if (node.items.size() != 2) {
      errors_.add({node.where, "expected two lists of voters, found " + scenario::describe(node)});
      return {};
    }
    return {ids(node.items[0]), ids(node.items[1])};
  }
  Message message(const Node& node) {
    MapReader fields(node, "msg", errors_);
    Message message;
    message.type = static_cast<MessageType>(fields.one_of("type", message_names));
    message.term = fields.uint("term", any_number);
    message.from = id(fields, "from");
    message.to = id(fields, "to");
    message.entries = fields.uint("entries", any_number);
    message.log_term = fields.uint("logTerm", any_number);
    message.index = fields.uint("index", any_number);
    message.commit = fields.uint("commit", any_number);
    message.vote = id(fields, "vote");
    message.reject = fields.boolean("reject");
    message.reject_hint = fields.uint("rejectHint", any_number);
    fields.finish();
    return message;
  }
  void properties(const Node& node, Event& event) {
    MapReader fields(node, "prop", errors_);
    const auto match = fields.optional_uint("match", any_number);
    const auto next = fields.optional_uint("next", any_number);
    if (match && next) {
      event.progress = {*match, *next};
    }
    if (const Node* change = fields.optional_node("cc")) {
      MapReader inner(*change, "cc", errors_);
      if (const Node* voters = inner.optional_node("newconf")) {
        event.new_conf = ids(*voters);
      }
      for (const Node& single : inner.optional_list("changes")) {
        MapReader parts(single, "change", errors_);
        const Id server = id(parts, "nid");
        event.changes.push_back({server, static_cast<ChangeAction>(parts.one_of("action", action_names))});
        parts.finish();
      }
      inner.finish();
    }
    fields.finish();
  }

  FirstError& errors_;
};

}  // namespace

std::string_view to_text(EventName name) {
  return event_names.at(static_cast<std::size_t>(name));
}
std::string_view to_text(Role role) {
  return role_names.at(static_cast<std::size_t>(role));
}
std::string_view to_text(MessageType type) {
  return message_names.at(static_cast<std::size_t>(type));
}

bool is_receive(EventName name) {
  return to_text(name).starts_with("Receive");
}

std::string to_text(const Message& message) {
  std::string text = std::string(to_text(message.type)) + " " + std::to_string(message.from) + " -> " +
                     std::to_string(message.to) + " at term " + std::to_string(message.term) + ": index " +
                     std::to_string(message.index) + ", log term " + std::to_string(message.log_term) +
                     ", entries " + std::to_string(message.entries) + ", commit " +
                     std::to_string(message.commit);
  if (message.reject) {
    text += ", rejected with hint " + std::to_string(message.reject_hint);
  }
  return text;
}

tl::expected<std::vector<Event>, scenario::Error> parse(std::string_view text, const std::string& file) {
  std::vector<Event> events;
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    const auto located = [&](scenario::Error error) {
      error.where.line = static_cast<std::uint32_t>(number);
      return tl::unexpected(std::move(error));
    };
    const auto node = checker::parse_json(line, file);
    if (!node) {
      return located(node.error());
    }
    FirstError errors;
    Event event = LineReader(errors).event(*node);
    event.line = number;
    if (errors.error()) {
      return located(*errors.error());
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace plimsoll::properties::raft::trace
