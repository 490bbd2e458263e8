// What clients of an object did and saw: the input of a linearizability check.
//
// A history is a list of operations, each with the client that issued it, when it was called, when it
// returned if it did, what it asked for and what it was told. Times are positions in the recording: only
// their order counts. Clients are sequential: operations of one client do not overlap.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/store_object.hpp"

namespace plimsoll::history {

/// A value that was written or read: a number in Values. Equal values have equal numbers.
using Value = std::uint32_t;
inline constexpr Value nil = 0;

/// What a store was asked, and what it answered.
struct Exchange {
  StoreRequest request = {};
  StoreResult result = {};  ///< of an operation that returned
};

/// The values of one history. Numbers and strings differ, even if they look alike: 5 is not "5".
///
/// Thread-safety: none. Invariant: a Value, once returned, denotes the same value for ever.
class Values {
 public:
  Values();

  [[nodiscard]] Value word(std::string_view text);    ///< a number, a keyword: as written
  [[nodiscard]] Value string(std::string_view text);  ///< a string: without quotes or escapes
  /// The characters, without quotes; "" for nil. The view lives as long as this object.
  [[nodiscard]] std::string_view characters(Value value) const;
  [[nodiscard]] bool is_string(Value value) const;
  /// For people: nil, 5, "text".
  [[nodiscard]] std::string describe(Value value) const;
  [[nodiscard]] Value size() const { return static_cast<Value>(texts_.size()); }

  /// Requests and answers have numbers of their own, each a new one.
  [[nodiscard]] std::uint32_t add(Exchange exchange);
  [[nodiscard]] const Exchange& exchange(std::uint32_t number) const { return exchanges_[number]; }
  [[nodiscard]] Exchange& exchange(std::uint32_t number) { return exchanges_[number]; }

 private:
  [[nodiscard]] Value intern(std::string tagged);

  std::map<std::string, Value, std::less<>> numbers_ = {};
  std::deque<std::string> texts_ = {};  ///< the first character is the kind
  std::vector<Exchange> exchanges_ = {};
};

/// Exchange: a store's request and its answer.
enum class Verb : std::uint8_t { read, write, cas, get, put, append, acquire, release, exchange };

/// What the object is, as a sequential program.
enum class Model : std::uint8_t { plain_register, cas_register, key_value, mutex, store };

[[nodiscard]] std::string_view to_string(Verb verb);
[[nodiscard]] std::string_view to_string(Model model);
/// Whether the object has this operation.
[[nodiscard]] bool offers(Model model, Verb verb);

/// The return of an operation whose outcome nobody knows: it may take effect at any time after its call, or
/// never.
inline constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

/// One operation. Invariant: call < returned.
struct Operation {
  std::uint32_t client = 0;
  Verb verb = Verb::read;
  Value key = nil;                 ///< the object it concerns; nil where there is only one
  Value argument = nil;            ///< what is written, put or appended; what a compare-and-swap expects
  Value replacement = nil;         ///< what a compare-and-swap writes
  Value result = nil;              ///< what a read or get returned
  bool refused = false;            ///< a compare-and-swap that found something else
  std::uint32_t exchange = 0;      ///< with a store: its number in Values
  std::uint64_t revision = 0;      ///< the store's, when it answered; 0: not recorded
  std::uint64_t mod_revision = 0;  ///< of a read: the revision that wrote what it returned; 0: not recorded
  std::uint64_t call = 0;
  std::uint64_t returned = never;
  std::uint32_t call_line = 0;    ///< in the file, counted from 1; 0: not from a file
  std::uint32_t return_line = 0;  ///< 0: it never returned

  [[nodiscard]] bool is_pending() const { return returned == never; }
  /// Not known of an exchange.
  [[nodiscard]] bool only_reads() const { return verb == Verb::read || verb == Verb::get || refused; }
};

/// Something said on a stream of watches. Times are those of operations.
struct WatchMessage {
  std::uint32_t client = 0;
  std::uint64_t time = 0;
  std::uint32_t line = 0;
  std::variant<kv::WatchRequest, kv::WatchResponse> body = {};
};

struct History {
  Model model = Model::plain_register;
  Values values = {};
  std::vector<Operation> operations = {};  ///< in order of their calls
  std::vector<WatchMessage> watches = {};  ///< in order of time; of a store only
};

/// "write 3", "read -> 3", "cas 3 -> 0 refused", "get a -> a=1@3"; "?" for what is not known.
[[nodiscard]] std::string describe(const Operation& operation, const Values& values);

}  // namespace plimsoll::history
