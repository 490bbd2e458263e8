// What a run of `plimsoll` says to the shell and to CI.
#pragma once

namespace plimsoll::cli {

enum class ExitCode : int {
  as_expected = 0,     ///< every verdict as expected; every trace reproduced
  unexpected = 1,      ///< a verdict is not as expected; a trace diverged
  bad_input = 2,       ///< bad input or usage
  inconclusive = 3,    ///< a limit or a signal came first
  internal_error = 4,  ///< a bug in Plimsoll, a failed assertion included
};

/// Of several outcomes the one to report: 4 > 2 > 1 > 3 > 0.
[[nodiscard]] constexpr ExitCode worst(ExitCode a, ExitCode b) {
  const auto rank = [](ExitCode code) {
    switch (code) {
      case ExitCode::as_expected:
        return 0;
      case ExitCode::inconclusive:
        return 1;
      case ExitCode::unexpected:
        return 2;
      case ExitCode::bad_input:
        return 3;
      case ExitCode::internal_error:
        return 4;
    }
    return 4;
  };
  return rank(a) >= rank(b) ? a : b;
}

}  // namespace plimsoll::cli
