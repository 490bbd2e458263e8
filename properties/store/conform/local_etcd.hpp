// For tests: Debian's etcd on loopback, in a temporary directory.
#pragma once

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace plimsoll::properties::store {

/// Runs until it is destroyed. Its lease times are short, and it does not wait for the disk.
class LocalEtcd {
 public:
  static constexpr const char* program = "/usr/bin/etcd";
  [[nodiscard]] static bool is_installed() { return std::filesystem::exists(program); }

  LocalEtcd() {
    std::string pattern = (std::filesystem::temp_directory_path() / "plimsoll-etcd-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    // Of the ports that nobody registers, two by the process id, so that tests may run at the same time.
    const auto port = 20000 + 2 * (static_cast<unsigned>(getpid()) % 5000U);
    endpoint_ = "http://127.0.0.1:" + std::to_string(port);
    const std::string peers = "http://127.0.0.1:" + std::to_string(port + 1);
    std::vector<std::string> arguments = {program,
                                          "--data-dir=" + directory_,
                                          "--listen-client-urls=" + endpoint_,
                                          "--advertise-client-urls=" + endpoint_,
                                          "--listen-peer-urls=" + peers,
                                          "--initial-advertise-peer-urls=" + peers,
                                          "--initial-cluster=default=" + peers,
                                          "--heartbeat-interval=10",
                                          "--election-timeout=100",
                                          "--unsafe-no-fsync"};
    std::vector<char*> raw;
    for (std::string& argument : arguments) {
      raw.push_back(argument.data());
    }
    raw.push_back(nullptr);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&quiet, stream, "/dev/null", O_WRONLY, 0);
    }
    if (posix_spawn(&process_, program, &quiet, nullptr, raw.data(), environ) != 0) {
      process_ = 0;
    }
    posix_spawn_file_actions_destroy(&quiet);
  }
  LocalEtcd(const LocalEtcd&) = delete;
  LocalEtcd& operator=(const LocalEtcd&) = delete;
  ~LocalEtcd() {
    if (process_ > 0) {
      kill(process_, SIGTERM);
      waitpid(process_, nullptr, 0);
    }
    std::filesystem::remove_all(directory_);
  }

  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }

 private:
  std::string directory_;
  std::string endpoint_;
  pid_t process_ = 0;
};

}  // namespace plimsoll::properties::store
