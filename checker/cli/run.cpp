#include <new>

#include "checker/cli/commands.hpp"

namespace plimsoll::cli {
namespace {

ExitCode run_command(const Command& command) {
  if (const auto* check = std::get_if<CheckOptions>(&command)) {
    return run_check(*check);
  }
  if (const auto* test = std::get_if<TestOptions>(&command)) {
    return run_check(test->check);
  }
  if (const auto* replay = std::get_if<ReplayOptions>(&command)) {
    return run_replay(*replay);
  }
  if (const auto* conform = std::get_if<ConformOptions>(&command)) {
    return run_conform(*conform);
  }
  if (const auto* history = std::get_if<HistoryOptions>(&command)) {
    return run_history(*history);
  }
  if (const auto* prove = std::get_if<ProveOptions>(&command)) {
    return run_prove(*prove);
  }
  if (const auto* dataplane = std::get_if<DataplaneOptions>(&command)) {
    return run_dataplane(*dataplane);
  }
  if (const auto* list = std::get_if<ListOptions>(&command)) {
    return run_list(*list);
  }
  if (const auto* information = std::get_if<Information>(&command)) {
    std::fputs(information->text.c_str(), stdout);
    return ExitCode::as_expected;
  }
  const std::string& message = std::get<UsageError>(command).message;
  std::fprintf(stderr, "%s%s\n", message.starts_with("plimsoll") ? "" : "plimsoll: ", message.c_str());
  return ExitCode::bad_input;
}

}  // namespace

ExitCode run(int argc, char** argv) {
  ExitCode code = ExitCode::internal_error;
  try {
    code = run_command(parse_command_line(std::vector<std::string>(argv, argv + argc)));
  } catch (const std::bad_alloc&) {
    std::fputs("plimsoll: the machine's memory ran out: inconclusive (--memory sets a limit)\n", stderr);
    code = ExitCode::inconclusive;
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "plimsoll: internal error: %s\n", exception.what());
  }
  // Output that did not arrive was not given, whatever the verdict.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fputs("plimsoll: cannot write to standard output\n", stderr);
    code = worst(code, ExitCode::bad_input);
  }
  return code;
}

}  // namespace plimsoll::cli
