#include "checker/scenario/yaml.hpp"

#include <exception>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "checker/scenario/source_text.hpp"

namespace plimsoll::scenario {
namespace {

constexpr std::string_view alias_refusal = "aliases ('*name') are not read";

/// Carries the first error out of yaml-cpp's recursion; caught in parse_yaml and seen nowhere else.
struct Stop : std::exception {
  explicit Stop(Error first_error) : error(std::move(first_error)) {}
  Error error;
};

/// A collection whose end has not been read yet.
struct Frame {
  Node node;
  std::optional<Node> key;     ///< of a mapping: the key whose value comes next
  std::set<std::string> keys;  ///< of a mapping: those read so far
};

/// The text from `mark` on; empty if the mark is nowhere.
std::string_view text_at(const SourceText& source, const YAML::Mark& mark) {
  if (mark.is_null() || mark.line < 0 || mark.column < 0) {
    return {};
  }
  return source.from(static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column));
}

/// False if `text` begins with a quote that nothing closes.
bool is_closed(std::string_view text) {
  if (!text.starts_with('"') && !text.starts_with('\'')) {
    return true;
  }
  if (text.front() == '\'') {
    return text.find('\'', 1) != std::string_view::npos;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      return true;
    }
    i += text[i] == '\\' ? 1 : 0;
  }
  return false;
}

Location locate(const SourceText& source, const YAML::Mark& mark) {
  if (mark.is_null() || mark.line < 0 || mark.column < 0) {
    return Location{source.file(), 1, 1};
  }
  return source.locate(static_cast<std::size_t>(mark.line), static_cast<std::size_t>(mark.column));
}

/// Builds the trees from yaml-cpp's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const SourceText& source) : source_(source) {}

  [[nodiscard]] std::vector<Node> take_documents() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // yaml-cpp begins another document wherever the previous one ended, e.g. behind a superfluous bracket.
    if (documents_.empty()) {
      return;
    }
    const bool is_opened = source_.line(static_cast<std::size_t>(mark.line)).starts_with("---");
    if (!is_opened) {
      stop(mark, "not valid YAML: this belongs to nothing that precedes it");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    Node node = make(Kind::null, mark);
    // An absent value has no place of its own; yaml-cpp names that of whatever comes next.
    if (!frames_.empty() && frames_.back().key && frames_.back().key->where.line != node.where.line) {
      node.where = frames_.back().key->where;
    }
    add(std::move(node), mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { stop(mark, std::string(alias_refusal)); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_anchor(mark, anchor);
    // yaml-cpp's names for "no tag was written": "!" behind a quoted scalar, "?" behind a plain one.
    // A written "!" looks the same as a quoted scalar's, but begins the text.
    if ((tag != "!" && tag != "?") || text_at(source_, mark).starts_with('!')) {
      refuse_tag(mark, tag);
    }
    // yaml-cpp lets the end of a text close a quote if a line feed precedes it.
    if (tag == "!" && !is_closed(text_at(source_, mark))) {
      stop(mark, "not valid YAML: the quote is never closed");
    }
    Node node = make(Kind::scalar, mark);
    node.text = value;
    node.quoted = tag == "!";
    add(std::move(node), mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Kind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark, 1); }

 private:
  [[noreturn]] void stop(const YAML::Mark& mark, std::string message) const {
    throw Stop(Error{locate(source_, mark), std::move(message)});
  }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) {
      stop(mark, "anchors ('&name') are not read");
    }
  }

  [[noreturn]] void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    stop(mark, "tags are not read, found " + quote(tag));
  }

  Node make(Kind kind, const YAML::Mark& mark) {
    ++nodes_count_;
    if (nodes_count_ > nodes_max) {
      stop(mark, "the text has more than " + std::to_string(nodes_max) + " values, which is the limit");
    }
    Node node;
    node.kind = kind;
    node.where = locate(source_, mark);
    return node;
  }

  [[nodiscard]] bool expects_key() const {
    return !frames_.empty() && frames_.back().node.kind == Kind::mapping && !frames_.back().key;
  }

  void open(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    if (!tag.empty() && tag != "?") {
      refuse_tag(mark, tag);
    }
    if (expects_key()) {
      // yaml-cpp takes an unclosed '[' at the start of a line for a key, so the likelier cause is named too.
      stop(mark, "expected a field name, found a list or mapping (is a bracket left open?)");
    }
    if (frames_.size() >= nesting_depth_max) {
      stop(mark,
           "values are nested more than " + std::to_string(nesting_depth_max) + " deep, which is the limit");
    }
    frames_.push_back(Frame{make(kind, mark), std::nullopt, {}});
  }

  void close() {
    Node node = std::move(frames_.back().node);
    frames_.pop_back();
    add(std::move(node), YAML::Mark::null_mark());
  }

  void add(Node node, const YAML::Mark& mark) {
    if (frames_.empty()) {
      documents_.push_back(std::move(node));
    } else if (Frame& frame = frames_.back(); frame.node.kind == Kind::sequence) {
      frame.node.items.push_back(std::move(node));
    } else if (frame.key) {
      frame.node.entries.push_back(Entry{std::move(*frame.key), std::move(node)});
      frame.key.reset();
    } else {
      add_key(frame, std::move(node), mark);
    }
  }

  void add_key(Frame& frame, Node key, const YAML::Mark& mark) const {
    if (key.kind != Kind::scalar) {
      stop(mark, "expected a field name, found " + describe(key));
    }
    if (key.text == "<<" && !key.quoted) {
      stop(mark, "merge keys ('<<') are not read");
    }
    if (!frame.keys.insert(key.text).second) {
      const Location& first = first_of(frame, key.text);
      stop(mark, "field " + quote(key.text) + " is given twice; the first is at " +
                     std::to_string(first.line) + ":" + std::to_string(first.column));
    }
    frame.key = std::move(key);
  }

  static const Location& first_of(const Frame& frame, const std::string& name) {
    for (const Entry& entry : frame.node.entries) {
      if (entry.key.text == name) {
        return entry.key.where;
      }
    }
    return frame.node.where;
  }

  const SourceText& source_;
  std::vector<Frame> frames_;
  std::vector<Node> documents_;
  std::size_t nodes_count_ = 0;
};

}  // namespace

tl::expected<std::vector<Node>, Error> parse_yaml(std::string_view text, std::string file) {
  const auto source = SourceText::make(text, std::move(file));
  if (!source) {
    return tl::unexpected(source.error());
  }
  try {
    std::istringstream stream(source->text());
    YAML::Parser parser(stream);
    TreeBuilder builder(*source);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take_documents();
  } catch (const Stop& stop) {
    return tl::unexpected(stop.error);
  } catch (const YAML::Exception& exception) {
    // Anchors being refused, yaml-cpp complains about any alias as one without its anchor.
    const bool is_alias = exception.msg.starts_with(YAML::ErrorMsg::UNKNOWN_ANCHOR);
    const std::string message = is_alias ? std::string(alias_refusal) : "not valid YAML: " + exception.msg;
    return tl::unexpected(Error{locate(*source, exception.mark), message});
  } catch (const std::exception& exception) {
    return tl::unexpected(
        Error{Location{source->file(), 1, 1}, std::string("not valid YAML: ") + exception.what()});
  }
}

}  // namespace plimsoll::scenario
