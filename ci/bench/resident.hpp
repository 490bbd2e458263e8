// How much memory a search really occupies while it runs, and how much it lets go of again.
//
// Linux keeps for each process the highest number of resident pages since it was last asked to forget it
// (proc(5): VmHWM of /proc/self/status, 5 written to /proc/self/clear_refs). Read and forgotten every few
// milliseconds, it shows also what was there for a moment only: a table copied into a larger one is a peak
// followed by a fall. The ratio of the two is 1.5 for a table doubled by copying, and 1 for one that grows
// where it is.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace plimsoll::bench {

struct Resident {
  std::uint64_t now_bytes = 0;
  std::uint64_t peak_bytes = 0;  ///< since it was last forgotten
};

/// All zeros where there is no /proc.
[[nodiscard]] inline Resident resident() {
  Resident found;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) {
      found.now_bytes = std::stoull(line.substr(6)) * 1024;
    } else if (line.starts_with("VmHWM:")) {
      found.peak_bytes = std::stoull(line.substr(6)) * 1024;
    }
  }
  return found;
}

/// False: the kernel does not let us, and a peak is that of the whole run.
[[nodiscard]] inline bool forget_resident_peak() {
  std::ofstream file("/proc/self/clear_refs");
  file << 5 << std::flush;
  return file.good();
}

/// Watches from construction until stop().
///
/// Thread-safety: one thread constructs, stops and asks.
class ResidentWatch {
 public:
  ResidentWatch() : before_bytes_(resident().now_bytes), forgets_(forget_resident_peak()) {
    thread_ = std::jthread([this](const std::stop_token& token) { watch(token); });
  }

  void stop() {
    thread_.request_stop();
    thread_.join();
  }

  [[nodiscard]] std::uint64_t before_bytes() const { return before_bytes_; }
  /// Requires: stop() was called.
  [[nodiscard]] std::uint64_t peak_bytes() const {
    std::uint64_t peak = 0;
    for (const Sample& sample : samples_) {
      peak = std::max(peak, sample.peak_bytes);
    }
    return peak;
  }
  /// The largest ratio of a peak to what was left of it a moment later; 0 if peaks cannot be forgotten. What
  /// happened later than `seconds_max` after construction is left out, for at its end a search frees
  /// everything. Requires: stop() was called.
  [[nodiscard]] double largest_fall(double seconds_max) const {
    double largest = forgets_ ? 1 : 0;
    for (const Sample& sample : samples_) {
      if (forgets_ && sample.seconds < seconds_max && sample.now_bytes > 0) {
        const auto now = static_cast<double>(sample.now_bytes);
        largest = std::max(largest, static_cast<double>(sample.peak_bytes) / now);
      }
    }
    return largest;
  }

 private:
  struct Sample {
    double seconds = 0;
    std::uint64_t now_bytes = 0;
    std::uint64_t peak_bytes = 0;
  };

  void watch(const std::stop_token& token) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock<std::mutex> lock(mutex);
    bool stopped = false;
    while (!stopped) {
      wake.wait_for(lock, token, std::chrono::milliseconds(2), [] { return false; });
      stopped = token.stop_requested();
      const Resident read = resident();
      const auto elapsed = std::chrono::steady_clock::now() - start_;
      samples_.push_back({std::chrono::duration<double>(elapsed).count(), read.now_bytes, read.peak_bytes});
      if (forgets_) {
        forgets_ = forget_resident_peak();
      }
    }
  }

  /// Taken before the thread starts: on a busy machine that may take longer than a search.
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::uint64_t before_bytes_;
  bool forgets_;
  std::vector<Sample> samples_;
  std::jthread thread_;  ///< last: it uses all of the above
};

}  // namespace plimsoll::bench
