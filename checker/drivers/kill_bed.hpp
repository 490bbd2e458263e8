// A process that is killed with SIGKILL while it works and tells through a pipe what it has done.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <functional>
#include <string>

#include "checker/drivers/file_calls.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::drivers {

/// Tells the parent of a number. In the child only.
using Tell = std::function<void(std::uint64_t number)>;

/// What the parent knows of a child that was killed.
struct Killed {
  std::uint64_t told = 0;  ///< the last number; 0: none
  std::uint64_t count = 0;
};

/// Forks; the child calls `work`, which should never end by itself, until it has told `count` numbers and the
/// parent kills it, at whatever it is doing then; or until it kills itself. Returns what it managed to tell.
/// Requires: one thread.
[[nodiscard]] inline Killed run_and_kill(const std::function<void(const Tell&)>& work, std::uint64_t count) {
  std::array<int, 2> ends{};
  PLIMSOLL_ASSERT(::pipe(ends.data()) == 0);
  const pid_t child = ::fork();
  PLIMSOLL_ASSERT(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    work([&](std::uint64_t number) {
      if (::write(ends[1], &number, sizeof(number)) != sizeof(number)) {
        ::_exit(1);
      }
    });
    ::_exit(0);
  }
  ::close(ends[1]);
  Killed killed;
  // Of what is in the pipe already when it is killed, the child had told too.
  for (std::uint64_t number = 0; ::read(ends[0], &number, sizeof(number)) == sizeof(number);) {
    killed.told = number;
    if (++killed.count == count) {
      ::kill(child, SIGKILL);
    }
  }
  ::close(ends[0]);
  int status = 0;
  PLIMSOLL_ASSERT(::waitpid(child, &status, 0) == child);
  PLIMSOLL_ASSERT_KNOWN(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
                        "the child ended by itself, with status " + std::to_string(status));
  return killed;
}

/// The calls of the operating system, until one in the middle of which the process kills itself.
class KillingCalls final : public FileCalls {
 public:
  /// @param calls_left  Those that are made before; of a write the last one does a part.
  KillingCalls(std::uint64_t calls_left, std::uint64_t bytes_of_last)
      : calls_left_(calls_left), bytes_of_last_(bytes_of_last) {}

  int create(const std::string& path) override { return count(), FileCalls::create(path); }
  std::int64_t write_at(int file, base::BytesView bytes, std::uint64_t offset) override {
    if (calls_left_ == 0) {
      static_cast<void>(FileCalls::write_at(file, bytes.substr(0, bytes_of_last_ % bytes.size()), offset));
    }
    return count(), FileCalls::write_at(file, bytes, offset);
  }
  /// What a killed process has written survives without it.
  int sync(int /*file*/) override { return count(), 0; }
  int sync_directory(int /*directory*/) override { return count(), 0; }
  int truncate(int file, std::uint64_t size) override { return count(), FileCalls::truncate(file, size); }
  int remove(const std::string& path) override { return count(), FileCalls::remove(path); }

 private:
  void count() {
    if (calls_left_-- == 0) {
      ::kill(::getpid(), SIGKILL);
    }
  }
  std::uint64_t calls_left_;
  std::uint64_t bytes_of_last_;
};

}  // namespace plimsoll::drivers
