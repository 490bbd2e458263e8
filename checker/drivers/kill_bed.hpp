// A process that is killed with SIGKILL while it works and tells through a pipe what it has done.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

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

/// As KillingCalls, but that what was written and not synced goes too, as if the power had failed: it is held
/// back in the memory of the process. Files come and go at once.
class ForgettingCalls final : public FileCalls {
 public:
  /// @param bytes_kept  Of what is held back, the first ones are written before the process kills itself;
  ///                    modulo how many there are.
  ForgettingCalls(std::uint64_t calls_left, std::uint64_t bytes_kept)
      : calls_left_(calls_left), bytes_kept_(bytes_kept) {}

  int create(const std::string& path) override { return count(), FileCalls::create(path); }
  std::int64_t write_at(int file, base::BytesView bytes, std::uint64_t offset) override {
    held_back_.push_back({file, offset, base::Bytes(bytes)});
    return count(), static_cast<std::int64_t>(bytes.size());
  }
  int sync(int file) override {
    count();
    // A file is closed only when it is synced, so no other one is written here under the same number.
    for (const Write& write : std::exchange(held_back_, {})) {
      PLIMSOLL_ASSERT(write.file == file);
      do_write(write, write.bytes.size());
    }
    return 0;
  }
  int sync_directory(int /*directory*/) override { return count(), 0; }
  int truncate(int file, std::uint64_t size) override { return sync(file), FileCalls::truncate(file, size); }
  int remove(const std::string& path) override { return count(), FileCalls::remove(path); }

 private:
  struct Write {
    int file = -1;
    std::uint64_t offset = 0;
    base::Bytes bytes = {};
  };
  static void do_write(const Write& write, std::uint64_t bytes_max) {
    const base::BytesView bytes = base::BytesView(write.bytes).substr(0, bytes_max);
    const std::int64_t written = FileCalls::real().write_at(write.file, bytes, write.offset);
    PLIMSOLL_ASSERT(written == static_cast<std::int64_t>(bytes.size()));
  }
  void count() {
    if (calls_left_-- > 0) {
      return;
    }
    std::uint64_t all = 0;
    for (const Write& write : held_back_) {
      all += write.bytes.size();
    }
    std::uint64_t kept = bytes_kept_ % (all + 1);
    for (const Write& write : held_back_) {
      do_write(write, kept);
      kept -= std::min<std::uint64_t>(kept, write.bytes.size());
    }
    ::kill(::getpid(), SIGKILL);
  }
  std::uint64_t calls_left_;
  std::uint64_t bytes_kept_;
  std::vector<Write> held_back_;  ///< oldest first
};

}  // namespace plimsoll::drivers
