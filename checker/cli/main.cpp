// The `plimsoll` command.
#include "checker/cli/commands.hpp"
#include "checker/cli/signals.hpp"

int main(int argc, char** argv) {
  plimsoll::cli::install_signal_handlers();
  return static_cast<int>(plimsoll::cli::run(argc, argv));
}
