// Running a recorded behaviour again, and saying where today's system goes another way.
//
// Steps are found by their labels and states compared by their descriptions, so a trace outlives changes of
// ids, slots and encodings. Every state is compared, not only the last. If several states of today have one
// description, all are followed. A counterexample of a liveness property is judged as a whole: that it loops
// or ends, that its loop is fair, and that it violates the property.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "checker/system/system.hpp"
#include "checker/trace/trace.hpp"

namespace plimsoll::checker {

/// Where and how a replay parted from the record.
struct Divergence {
  enum class Kind : std::uint8_t {
    initial_state,   ///< no initial state of today is the recorded one
    no_such_action,  ///< the recorded action is not enabled
    state,           ///< the action is enabled and leads to another state
    property,        ///< all steps were taken, and the property is not what the trace says
  };
  Kind kind = Kind::property;
  std::size_t step = 0;              ///< of the trace; 0 is the initial state
  std::string message;               ///< one sentence
  std::vector<std::string> enabled;  ///< for no_such_action: lines of what is enabled instead, likest first
  std::vector<Difference> differences;  ///< for states: recorded (before) against today's (after)
};
/// A word for results: "no-such-action".
[[nodiscard]] std::string_view to_text(Divergence::Kind kind);
/// The divergence in lines for people.
[[nodiscard]] std::string tell(const Divergence& divergence);

struct Replay {
  std::size_t steps = 0;                 ///< taken as recorded
  std::optional<Divergence> divergence;  ///< absent: reproduced
};

/// Re-executes `trace` on `system`, which must have been built from its scenario.
/// Errors (one sentence): the system has no such property, or no trace can show what this one claims of it.
[[nodiscard]] tl::expected<Replay, std::string> replay(const System& system, const Trace& trace);

}  // namespace plimsoll::checker
