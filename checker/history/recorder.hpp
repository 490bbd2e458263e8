// Turns calls and returns, as every format of recordings has them, into operations.
//
// The conventions are those of Jepsen: a process invokes an operation and is told ok, fail (it did not
// happen) or info (nobody knows); after info a process never acts again. A compare-and-swap that failed with
// its pair found something else, which is an answer; one that failed with an error did not happen.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "checker/history/history.hpp"
#include "checker/scenario/location.hpp"

namespace plimsoll::history {

enum class EventType : std::uint8_t { invoke, ok, fail, info };

/// What stands where the value does.
enum class Shape : std::uint8_t {
  nothing,  ///< nil
  one,      ///< a value
  pair,     ///< two values
  remark,   ///< something else: why it failed
};

/// One line of a recording.
struct Event {
  std::uint32_t process = 0;
  EventType type = EventType::invoke;
  Verb verb = Verb::read;
  Value key = nil;
  Shape shape = Shape::nothing;
  Value first = nil;
  Value second = nil;
  bool has_error = false;
  std::uint64_t revision = 0;      ///< of an answer; 0: none
  std::uint64_t mod_revision = 0;  ///< of a read's answer; 0: none
  Exchange exchange = {};          ///< with Verb::exchange: of an invocation the request, of an ok the result
  scenario::Location where = {};
  scenario::Location value_where = {};
};

[[nodiscard]] std::optional<Verb> verb_of(std::string_view name);
[[nodiscard]] std::optional<EventType> event_type_of(std::string_view name);

/// "expected read, write, cas, get, put, append, acquire or release, found ...".
[[nodiscard]] std::string verb_expected(std::string_view found);
[[nodiscard]] std::string event_type_expected(std::string_view found);

/// Thread-safety: none.
class Recorder {
 public:
  /// @param model  What the object is; nothing: whatever the operations fit.
  explicit Recorder(std::optional<Model> model) : model_(model) {}

  [[nodiscard]] Values& values() { return history_.values; }
  /// The next event in order of time. Errors: what it is cannot be, after those before.
  [[nodiscard]] tl::expected<void, scenario::Error> add(const Event& event);
  /// A message of a watch. Errors: the process has operations too.
  [[nodiscard]] tl::expected<void, scenario::Error> add(WatchMessage message,
                                                        const scenario::Location& where);
  /// What `process` asked of a store and was not answered yet, or null.
  [[nodiscard]] const StoreRequest* asked_by(std::uint32_t process) const;
  /// What was recorded. Call once, last. Errors: nothing was; `end` is where something was expected.
  [[nodiscard]] tl::expected<History, scenario::Error> finish(const scenario::Location& end) &&;

 private:
  struct Process {
    std::optional<std::size_t> running = std::nullopt;  ///< number in history_.operations
    std::uint32_t retired_line = 0;
    bool has_called = false;
    bool watches = false;
  };
  [[nodiscard]] tl::expected<void, scenario::Error> check_verb(const Event& event);
  [[nodiscard]] tl::expected<void, scenario::Error> call(const Event& event, Process& process);
  [[nodiscard]] tl::expected<void, scenario::Error> complete(const Event& event, Process& process);
  [[nodiscard]] tl::expected<void, scenario::Error> answer(const Event& event, Operation& operation);

  std::optional<Model> model_;
  History history_ = {};
  std::map<std::uint32_t, Process> processes_ = {};
  std::vector<bool> is_void_ = {};  ///< by operation: it did not happen
  std::uint64_t time_ = 0;
};

/// The history in a text of lines. `Lines(file, recorder).add(line, number)` feeds a recorder one of them, or
/// says what is wrong with it.
template <class Lines>
[[nodiscard]] tl::expected<History, scenario::Error> record_lines(std::string_view text,
                                                                  const std::string& file,
                                                                  std::optional<Model> model) {
  Recorder recorder(model);
  Lines lines(file, recorder);
  std::uint32_t number = 0;
  for (std::size_t first = 0; first < text.size();) {
    const std::size_t end = std::min(text.find('\n', first), text.size());
    if (const auto added = lines.add(text.substr(first, end - first), ++number); !added) {
      return tl::unexpected(added.error());
    }
    first = end + 1;
  }
  return std::move(recorder).finish({file, number + 1, 1});
}

}  // namespace plimsoll::history
