// Where numbers were measured: without it a table of speeds says little.
#pragma once

#include <fstream>
#include <string>
#include <thread>

namespace plimsoll::bench {

struct Machine {
  std::string processor;  ///< as the kernel names it
  unsigned cores = 0;     ///< that this process may be scheduled on
  std::string compiler;
  double load =
      0;  ///< average of the last minute, before the first run: far above 0, and the times are upper bounds
};

[[nodiscard]] inline std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) {
      return line.substr(colon + 2);
    }
  }
  return "unknown processor";
}

[[nodiscard]] inline Machine this_machine() {
  Machine machine;
  machine.processor = processor_name();
  machine.cores = std::thread::hardware_concurrency();
#if defined(__clang__)
  machine.compiler = "clang " __clang_version__;
#else
  machine.compiler = "g++ " __VERSION__;
#endif
  std::ifstream("/proc/loadavg") >> machine.load;
  return machine;
}

}  // namespace plimsoll::bench
