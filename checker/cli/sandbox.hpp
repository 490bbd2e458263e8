// The built executable as a shell sees it, for tests: run in a directory of its own, under limits of the
// shell's, with signals.
#pragma once

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "impl/base/assert.hpp"

namespace plimsoll::cli {

[[nodiscard]] inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream stream(path);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// The executable: the one that was built with the test, or the one named in the environment.
[[nodiscard]] inline std::string executable() {
#ifdef PLIMSOLL_EXECUTABLE
  return PLIMSOLL_EXECUTABLE;
#else
  const char* named = std::getenv("PLIMSOLL_EXECUTABLE");
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe");
  return named != nullptr ? named : (own.parent_path() / "../plimsoll").string();
#endif
}

/// The exit code, or -1 for a process that was killed by a signal.
[[nodiscard]] inline int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A process that was started and is waited for exactly once.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      (void)wait();
    }
  }

  void send(int signal) const { PLIMSOLL_ASSERT(::kill(pid_, signal) == 0); }
  int wait() {
    int status = 0;
    PLIMSOLL_ASSERT(::waitpid(pid_, &status, 0) == pid_);
    pid_ = 0;
    return exit_code_of(status);
  }
  /// Has it used a tenth of a second of processor time, or ended?
  [[nodiscard]] bool has_worked() const {
    // Fields 3 (state) and 14 (ticks in user mode) of proc(5), counted from behind the command's name.
    const std::string line = read_text("/proc/" + std::to_string(pid_) + "/stat");
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string state;
    fields >> state;
    std::string skipped;
    for (int field = 4; field < 14; ++field) {
      fields >> skipped;
    }
    long ticks = 0;
    fields >> ticks;
    return state == "Z" || ticks * 10 >= ::sysconf(_SC_CLK_TCK);
  }

 private:
  pid_t pid_;
};

/// A directory of its own for one test, removed with everything in it.
class Sandbox {
 public:
  Sandbox() {
    std::string name = (std::filesystem::temp_directory_path() / "plimsoll-XXXXXX").string();
    PLIMSOLL_ASSERT(::mkdtemp(name.data()) != nullptr);
    directory = name;
  }
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;
  Sandbox(Sandbox&&) = delete;
  Sandbox& operator=(Sandbox&&) = delete;
  ~Sandbox() { std::filesystem::remove_all(directory); }

  /// Runs `plimsoll <arguments>` here; output goes to the files `out` and `err`.
  /// @param before  Commands of the shell that come first: "ulimit -v 100000".
  /// @param output  Redirections; empty: as said.
  [[nodiscard]] int run(const std::string& arguments, const std::string& before = "true",
                        const std::string& output = ">out 2>err") const {
    return exit_code_of(std::system(command(arguments, before, output).c_str()));
  }
  /// As run(), without waiting for the end.
  [[nodiscard]] pid_t start(const std::string& arguments) const {
    const std::string line = command(arguments, "true", ">out 2>err");
    const pid_t pid = ::fork();
    PLIMSOLL_ASSERT(pid >= 0);
    if (pid == 0) {
      ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
      ::_exit(127);
    }
    return pid;
  }
  [[nodiscard]] std::string out() const { return read("out"); }
  [[nodiscard]] std::string err() const { return read("err"); }
  [[nodiscard]] std::string read(const std::string& name) const { return read_text(directory / name); }
  [[nodiscard]] bool has(const std::string& name) const { return std::filesystem::exists(directory / name); }
  /// Files of a name that is only used until they are whole.
  [[nodiscard]] bool has_unfinished_files() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      if (entry.path().filename().string().find(".tmp-") != std::string::npos) {
        return true;
      }
    }
    return false;
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(directory / name) << text;
  }

  std::filesystem::path directory;

 private:
  [[nodiscard]] std::string command(const std::string& arguments, const std::string& before,
                                    const std::string& output) const {
    return "cd '" + directory.string() + "' && " + before + " && exec '" + executable() + "' " + arguments +
           " " + output;
  }
};

/// Waits until `child` has worked for a while: it is in the midst of a search, if that is long.
inline void wait_until_searching(const Child& child) {
  while (!child.has_worked()) {
    (void)::poll(nullptr, 0, 10);
  }
}

}  // namespace plimsoll::cli
