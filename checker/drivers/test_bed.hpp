// For tests of the drivers: directories of their own, calls that fail, and a component that keeps a journal.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "checker/drivers/file_disk.hpp"
#include "impl/base/described.hpp"
#include "impl/base/step.hpp"

namespace plimsoll::drivers {

/// A new directory, and gone at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    static int made = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("plimsoll-drivers-" + std::to_string(::getpid()) + "-" + std::to_string(made++));
    std::filesystem::remove_all(path_);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  TemporaryDirectory(TemporaryDirectory&&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Those of records, in order.
  [[nodiscard]] std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().extension() == ".log") {
        found.push_back(entry.path());
      }
    }
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  std::filesystem::path path_;
};

[[nodiscard]] inline base::Bytes bytes_of_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}
inline void write_file(const std::filesystem::path& path, const base::Bytes& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// The calls of the operating system, some of which fail. Nothing is really synced: that takes milliseconds,
/// and no test takes the power away.
struct FaultyCalls final : FileCalls {
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t room = never;        ///< bytes that can be written; one call may write some of its bytes
  std::uint64_t calls_left = never;  ///< then every call fails, and the first that does is half done
  bool fails_to_sync = false;
  bool fails_to_truncate = false;
  bool fails_to_remove = false;
  std::vector<std::string> done;  ///< the names of the calls that were made

  int create(const std::string& path) override { return may("create", false) ? FileCalls::create(path) : -1; }
  std::int64_t write_at(int file, base::BytesView bytes, std::uint64_t offset) override {
    const bool is_last = calls_left == 0;
    if (!may("write", false)) {
      if (is_last && !half_done_) {
        half_done_ = true;
        return FileCalls::write_at(file, bytes.substr(0, bytes.size() / 2), offset);
      }
      return -1;
    }
    if (room == 0 && !bytes.empty()) {
      errno = ENOSPC;
      return -1;
    }
    const std::int64_t written = FileCalls::write_at(file, bytes.substr(0, room), offset);
    room -= room == never || written < 0 ? 0 : static_cast<std::uint64_t>(written);
    return written;
  }
  int sync(int /*file*/) override { return may("sync", fails_to_sync) ? 0 : -1; }
  int sync_directory(int /*directory*/) override { return may("sync-directory", false) ? 0 : -1; }
  int truncate(int file, std::uint64_t size) override {
    return may("truncate", fails_to_truncate) ? FileCalls::truncate(file, size) : -1;
  }
  int remove(const std::string& path) override {
    return may("remove", fails_to_remove) ? FileCalls::remove(path) : -1;
  }

 private:
  bool may(const char* name, bool fails) {
    done.emplace_back(name);
    if (fails || calls_left == 0) {
      errno = EIO;
      return false;
    }
    calls_left -= calls_left == never ? 0 : 1;
    return true;
  }
  bool half_done_ = false;
};

/// Writes down the numbers that it is sent, each the next one, and acknowledges them. From time to time one
/// record says how far it has come, and those before it are released.
struct Journal {
  struct Write {
    std::uint64_t number = 0;
    base::Bytes text = {};
    PLIMSOLL_DESCRIBE(Write, number, text)
  };
  struct Written {
    std::uint64_t number = 0;
    PLIMSOLL_DESCRIBE(Written, number)
  };
  struct Record {
    bool stands_for_all = false;  ///< up to `number`
    std::uint64_t number = 0;
    base::Bytes text = {};
    PLIMSOLL_DESCRIBE(Record, stands_for_all, number, text)
  };
  enum class Timer : std::uint8_t { reminder, audit };

  struct Config {
    std::uint64_t records_max = 20;  ///< on the disk; then one takes the place of all
    bool hasty = false;              ///< acknowledges what it only writes with the next number
    base::ProcessId owner = {};      ///< is reminded of numbers
  };
  struct State {
    std::uint64_t last = 0;
    std::uint64_t records = 0;  ///< on the disk
    bool has_gap = false;       ///< the disk's records do not follow one another
    bool found_torn = false;
    std::uint32_t incarnation = 0;
    std::uint32_t reminders = 0;
    base::Bytes unwritten = {};
    PLIMSOLL_DESCRIBE(State, last, records, has_gap, found_torn, incarnation, reminders, unwritten)
  };
  using Incoming = Write;
  using Outgoing = Written;

  static base::TimerKind timer_kind(const Timer& timer) {
    return timer == Timer::audit ? base::TimerKind::whim : base::TimerKind::deadline;
  }

  static void step(const Config& config, State& state, const base::Input<Incoming, Timer>& input,
                   base::Outputs<Outgoing, Timer>& outputs) {
    if (const auto* started = std::get_if<base::Started>(&input)) {
      state.incarnation = started->incarnation;
      state.found_torn = started->torn_tail;
      for (const base::Bytes& bytes : started->disk) {
        read(state, base::from_bytes<Record>(bytes));
      }
      outputs.arm(Timer::reminder, base::Ticks{3});
      outputs.arm(Timer::audit, base::Ticks{});
    } else if (const auto* received = std::get_if<base::Received<Incoming>>(&input)) {
      write(config, state, received->message, received->from, outputs);
    } else if (const auto* fired = std::get_if<base::TimerFired<Timer>>(&input)) {
      if (fired->timer == Timer::audit) {
        outputs.exit("audited");
        return;
      }
      ++state.reminders;
      outputs.send(config.owner, {state.last});
      outputs.arm(Timer::reminder, base::Ticks{2});
    }
  }

 private:
  static void read(State& state, const Record& record) {
    // What one record stands for was released only after it was synced, so it may come behind all of that.
    state.has_gap = state.has_gap || (record.stands_for_all ? state.records > 0 && record.number != state.last
                                                            : record.number != state.last + 1);
    state.last = record.number;
    ++state.records;
  }
  static void write(const Config& config, State& state, const Write& message, base::ProcessId from,
                    base::Outputs<Outgoing, Timer>& outputs) {
    if (message.number != state.last + 1) {
      return;
    }
    state.last = message.number;
    const base::Bytes record = base::to_bytes(Record{false, message.number, message.text});
    if (config.hasty) {
      if (!state.unwritten.empty()) {
        outputs.append(std::exchange(state.unwritten, record));
      }
      state.unwritten = record;
    } else {
      outputs.append(record);
      ++state.records;
    }
    outputs.sync();
    if (state.records >= config.records_max) {
      outputs.append(base::to_bytes(Record{true, state.last, {}}));
      outputs.sync();
      outputs.release(static_cast<std::size_t>(state.records));
      state.records = 1;
    }
    outputs.send(from, {message.number});
  }
};
PLIMSOLL_DESCRIBE_ENUM(Journal::Timer, reminder, audit)

}  // namespace plimsoll::drivers
