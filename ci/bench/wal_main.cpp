// The write-ahead log on a real directory: how fast it takes entries, with one sync for each group of them,
// and how long a member takes to read it back, against its size. Tables of medians.
//
// usage: bench_wal [--quick] [--repeat N] [--json FILE [--add]] [DIRECTORY]
//
// DIRECTORY, by default one for temporary files, decides what is measured: a sync on a disk takes a hundred
// times what it takes in memory.
#include <fmt/core.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <chrono>
#include <ctime>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "checker/drivers/file_disk.hpp"
#include "ci/bench/machine.hpp"
#include "ci/bench/options.hpp"
#include "ci/bench/spread.hpp"
#include "ci/bench/text_table.hpp"
#include "impl/store/wal/recover.hpp"

namespace plimsoll::bench {
namespace {

namespace wal = store::wal;
using drivers::FileDisk;
using Clock = std::chrono::steady_clock;

constexpr std::size_t entry_bytes = 256;
constexpr double megabyte = 1e6;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

[[noreturn]] void fail(const std::string& why) {
  throw std::runtime_error(why);
}
void require(const drivers::Done& done) {
  if (!done) {
    fail(done.error().to_string());
  }
}

/// A directory of this process's own, and gone at the end.
class Scratch {
 public:
  explicit Scratch(const std::filesystem::path& above)
      : path_(above / ("bench-wal-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  Scratch(Scratch&&) = delete;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

FileDisk::Opened open(const Scratch& scratch) {
  auto opened = FileDisk::open(scratch.path());
  if (!opened) {
    fail(opened.error().to_string());
  }
  return *std::move(opened);
}

/// A log that grows, with its entries and the batches of changes that they bring about.
class Growing {
 public:
  base::Bytes save(std::size_t entries) {
    std::vector<raft::Entry> added;
    for (std::size_t i = 0; i < entries; ++i) {
      added.push_back({1, ++last_, raft::EntryType::normal, base::Bytes(entry_bytes, 'e')});
    }
    wal::Save what;
    what.entries = added;
    what.hard_state = raft::HardState{1, raft::ServerId{1}, last_};
    return writer_.save(what, {});
  }

 private:
  wal::Writer writer_ = wal::Writer::create({raft::ServerId{1}, 1});
  raft::Index last_ = 0;
};

double seconds_of_appending(const std::filesystem::path& above, std::size_t entries, std::size_t group) {
  const Scratch scratch(above);
  FileDisk disk = open(scratch).disk;
  Growing log;
  const auto begin = Clock::now();
  for (std::size_t done = 0; done < entries; done += group) {
    const std::vector<base::Bytes> record{log.save(group)};
    require(disk.append(record));
    require(disk.sync());
  }
  return seconds_since(begin);
}

boost::json::array bench_appending(const std::filesystem::path& above, const Options& options) {
  boost::json::array rows;
  TextTable table({"entries a sync", "syncs", "entries/s", "MB/s", "ms a sync"});
  for (const std::size_t group : {1U, 8U, 64U, 512U}) {
    const std::size_t syncs = options.quick ? 50 : 300;
    std::vector<double> times;
    for (std::uint64_t round = 0; round < options.repeat; ++round) {
      times.push_back(seconds_of_appending(above, group * syncs, group));
    }
    const double time = spread(times).median;
    const auto entries = static_cast<double>(group * syncs);
    table.add({std::to_string(group), std::to_string(syncs), fmt::format("{:.0f}", entries / time),
               fmt::format("{:.1f}", entries * entry_bytes / megabyte / time),
               fmt::format("{:.2f}", time * 1e3 / static_cast<double>(syncs))});
    rows.push_back(boost::json::object{
        {"group", group}, {"entries", group * syncs}, {"entry_bytes", entry_bytes}, {"seconds", time}});
  }
  fmt::print("Appending entries of {} bytes, one sync for each group\n\n", entry_bytes);
  std::fflush(stdout);
  table.print();
  return rows;
}

struct Restart {
  double open_seconds = 0;
  double recover_seconds = 0;
};

/// Of the processor: the files are in memory, and neighbours on a shared machine do not count.
double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

Restart restart(const Scratch& scratch) {
  const double begin = processor_seconds();
  const FileDisk::Opened opened = open(scratch);
  Restart taken;
  taken.open_seconds = processor_seconds() - begin;
  const auto found = wal::recover(opened.records);
  if (!found) {
    fail(found.error().to_string());
  }
  taken.recover_seconds = processor_seconds() - begin - taken.open_seconds;
  return taken;
}

/// Writes without syncing, for only the reading is measured.
void write_log(const Scratch& scratch, std::size_t megabytes) {
  FileDisk disk = open(scratch).disk;
  Growing log;
  constexpr std::size_t group = 64;
  const std::size_t entries = megabytes * static_cast<std::size_t>(megabyte) / entry_bytes;
  for (std::size_t done = 0; done < entries; done += group) {
    const std::vector<base::Bytes> record{log.save(group)};
    require(disk.append(record));
  }
}

boost::json::array bench_restart(const std::filesystem::path& above, const Options& options) {
  boost::json::array rows;
  TextTable table({"log, MB", "open, ms", "recover, ms", "MB/s"});
  for (const std::size_t megabytes : {1U, 4U, 16U, 64U, 256U}) {
    if (options.quick && megabytes > 16) {
      break;
    }
    const Scratch scratch(above);
    write_log(scratch, megabytes);
    std::vector<double> opens;
    std::vector<double> recovers;
    for (std::uint64_t round = 0; round < options.repeat; ++round) {
      const Restart taken = restart(scratch);
      opens.push_back(taken.open_seconds);
      recovers.push_back(taken.recover_seconds);
    }
    const double opening = spread(opens).median;
    const double recovering = spread(recovers).median;
    table.add({std::to_string(megabytes), fmt::format("{:.1f}", opening * 1e3),
               fmt::format("{:.1f}", recovering * 1e3),
               fmt::format("{:.0f}", static_cast<double>(megabytes) / (opening + recovering))});
    rows.push_back(boost::json::object{
        {"megabytes", megabytes}, {"open_seconds", opening}, {"recover_seconds", recovering}});
  }
  fmt::print(
      "Restart: files read and verified (open), records verified and decoded (recover);\n"
      "processor time, files in memory\n\n");
  std::fflush(stdout);
  table.print();
  return rows;
}

int bench(const std::vector<std::string>& arguments) {
  const auto options =
      read_options(arguments, "bench_wal [--quick] [--repeat N] [--json FILE [--add]] [DIRECTORY]");
  if (!options) {
    fmt::print(stderr, "{}\n", options.error());
    return 2;
  }
  const std::filesystem::path above = options->directory.empty() ? std::filesystem::temp_directory_path()
                                                                 : std::filesystem::path(options->directory);
  if (!std::filesystem::is_directory(above)) {
    fmt::print(stderr, "{} is no directory\n", above.string());
    return 2;
  }
  const Machine machine = this_machine();
  fmt::print("{}, {} cores, {}, load {:.1f}; in {}; median of {}\n\n", machine.processor, machine.cores,
             machine.compiler, machine.load, above.string(), options->repeat);
  boost::json::object wal{{"append", bench_appending(above, *options)}};
  wal["restart"] = bench_restart(above, *options);
  const boost::json::object fields{{"wal", std::move(wal)}};
  if (!write_json(*options, boost::json::serialize(fields))) {
    fmt::print(stderr, "{} cannot be written\n", options->json_path);
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace plimsoll::bench

int main(int argc, char** argv) {
  try {
    return plimsoll::bench::bench({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 4;
  }
}
