// The words of a trace file that its writer and its reader must agree on.
#pragma once

#include <array>
#include <string_view>

namespace plimsoll::checker {

inline constexpr std::string_view itf_format = "ITF";
inline constexpr std::string_view itf_description = "https://apalache.mc/docs/adr/015adr-trace.html";
/// Changes whenever a reader of the earlier form would misread the later one.
inline constexpr std::string_view trace_schema = "plimsoll-trace/1";

/// ITF wants every state to give a value to each variable. States that are not records of the same fields are
/// the value of this one variable; "state-form" says which it is.
inline constexpr std::string_view whole_state_variable = "state";
inline constexpr std::array<std::string_view, 2> state_forms = {"fields", "whole"};

}  // namespace plimsoll::checker
