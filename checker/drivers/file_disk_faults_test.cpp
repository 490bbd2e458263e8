// Calls that fail: what was synced is never lost, and what was not is either there or gone.
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <string>
#include <vector>

#include "checker/drivers/file_disk.hpp"
#include "checker/drivers/test_bed.hpp"

namespace plimsoll::drivers {
namespace {

using base::Bytes;
using Records = std::vector<Bytes>;

FileDisk::Opened open(const TemporaryDirectory& directory, FileCalls& calls,
                      std::uint64_t file_bytes_max = 1U << 20U) {
  auto opened = FileDisk::open(directory.path(), {file_bytes_max, &calls});
  BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().to_string()));
  return *std::move(opened);
}
/// To be looked at, not to be written to.
FileDisk::Opened open(const TemporaryDirectory& directory) {
  FaultyCalls calls;
  return open(directory, calls);
}

int code_of(const Done& done) {
  return done ? 0 : done.error().code;
}

BOOST_AUTO_TEST_SUITE(file_disk_faults_test)

BOOST_AUTO_TEST_CASE(a_full_disk_loses_nothing_and_takes_records_again_once_there_is_room) {
  const TemporaryDirectory directory;
  {
    FaultyCalls calls;
    FileDisk disk = open(directory, calls).disk;
    BOOST_REQUIRE(disk.append(Records{"first"}).has_value());
    for (const std::uint64_t room : {0U, 1U, 40U, 100U}) {
      calls.room = room;
      const Done done = disk.append(Records{"second", Bytes(100, 'x')});
      BOOST_TEST(code_of(done) == ENOSPC);
      BOOST_TEST(done.error().to_string().find("No space left on device") != std::string::npos);
      BOOST_TEST(code_of(disk.release(1)) == ENOSPC);
      BOOST_TEST(disk.record_count() == 1U);
      BOOST_TEST(disk.sync().has_value());
    }
    calls.room = FaultyCalls::never;
    BOOST_TEST(disk.append(Records{"third"}).has_value());
  }
  const FileDisk::Opened found = open(directory);
  BOOST_TEST((found.records == Records{"first", "third"}));
  BOOST_TEST(!found.torn_tail);
}

BOOST_AUTO_TEST_CASE(a_disk_too_full_for_a_new_file_goes_on_with_it_later) {
  const TemporaryDirectory directory;
  {
    FaultyCalls calls;
    FileDisk disk = open(directory, calls, 1).disk;
    BOOST_REQUIRE(disk.append(Records{"first"}).has_value());
    // Room for a part of the file's beginning, for its beginning, and for a part of the record as well.
    for (const std::uint64_t room : {0U, 10U, 64U, 30U}) {
      calls.room = room;
      BOOST_TEST(code_of(disk.append(Records{"second"})) == ENOSPC);
    }
    calls.room = FaultyCalls::never;
    BOOST_TEST(disk.append(Records{"third"}).has_value());
    BOOST_TEST(disk.file_count() == 2U);
  }
  BOOST_TEST((open(directory).records == Records{"first", "third"}));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_cut_off_is_found_torn_at_the_next_opening) {
  const TemporaryDirectory directory;
  {
    FaultyCalls calls;
    FileDisk disk = open(directory, calls).disk;
    BOOST_REQUIRE(disk.append(Records{"first"}).has_value());
    calls.room = 40;
    calls.fails_to_truncate = true;
    BOOST_TEST(code_of(disk.append(Records{"second"})) == EIO);
    calls.room = FaultyCalls::never;
    calls.fails_to_truncate = false;
    BOOST_TEST(code_of(disk.append(Records{"third"})) == EIO);
    BOOST_TEST(code_of(disk.sync()) == EIO);
    BOOST_TEST(code_of(disk.release(1)) == EIO);
  }
  const FileDisk::Opened found = open(directory);
  BOOST_TEST((found.records == Records{"first"}));
  BOOST_TEST(found.torn_tail);
}

BOOST_AUTO_TEST_CASE(a_disk_that_failed_to_sync_refuses_until_it_is_opened_again) {
  const TemporaryDirectory directory;
  {
    FaultyCalls calls;
    FileDisk disk = open(directory, calls).disk;
    BOOST_REQUIRE(disk.append(Records{"first"}).has_value());
    BOOST_REQUIRE(disk.sync().has_value());
    BOOST_REQUIRE(disk.append(Records{"second"}).has_value());
    calls.fails_to_sync = true;
    BOOST_TEST(code_of(disk.sync()) == EIO);
    // The operating system would say now that all is well.
    calls.fails_to_sync = false;
    BOOST_TEST(code_of(disk.sync()) == EIO);
    BOOST_TEST(code_of(disk.append(Records{"third"})) == EIO);
  }
  BOOST_TEST((open(directory).records == Records{"first", "second"}));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_removed_is_tried_again) {
  const TemporaryDirectory directory;
  FaultyCalls calls;
  FileDisk disk = open(directory, calls, 1).disk;
  for (const char* record : {"first", "second", "third"}) {
    BOOST_REQUIRE(disk.append(Records{record}).has_value());
  }
  calls.fails_to_remove = true;
  BOOST_TEST(code_of(disk.release(1)) == EIO);
  BOOST_TEST(disk.record_count() == 2U);
  calls.fails_to_remove = false;
  BOOST_TEST(disk.release(1).has_value());
  BOOST_TEST(directory.files().size() == 1U);
}

/// What a disk said that it has done.
struct Promises {
  Records appended = {};
  std::size_t synced = 0;
  std::size_t released = 0;
  std::size_t releasing = 0;  ///< if the release under way was done
};

/// Appends, syncs and releases until a call fails.
Promises write_until_it_fails(FileDisk& disk) {
  Promises promises;
  for (std::size_t i = 0; i < 12; ++i) {
    const Records records(1 + i % 2, "record " + std::to_string(i));
    if (!disk.append(records)) {
      break;
    }
    promises.appended.insert(promises.appended.end(), records.begin(), records.end());
    if (i % 3 == 1) {
      if (!disk.sync()) {
        break;
      }
      promises.synced = promises.appended.size();
    }
    if (i % 4 == 3) {
      promises.releasing = promises.released + 4;
      if (!disk.release(4)) {
        break;
      }
      promises.released = promises.releasing;
      promises.synced = promises.appended.size();
    }
  }
  return promises;
}

// As if the process ended with that call, with half of what it wrote.
BOOST_AUTO_TEST_CASE(whichever_call_is_the_last_everything_promised_is_kept) {
  std::size_t torn = 0;
  for (std::uint64_t calls_left = 0;; ++calls_left) {
    const TemporaryDirectory directory;
    FaultyCalls calls;
    Promises promises;
    {
      FileDisk disk = open(directory, calls, 200).disk;
      calls.calls_left = calls_left;
      promises = write_until_it_fails(disk);
    }
    const FileDisk::Opened found = open(directory);
    torn += found.torn_tail ? 1 : 0;
    bool is_kept = false;
    for (const std::size_t released : {promises.released, promises.releasing}) {
      const std::size_t end = released + found.records.size();
      // What failed may have been written all the same: a record more than was promised.
      is_kept = is_kept || (end >= promises.synced && end <= promises.appended.size() + 2 &&
                            std::equal(promises.appended.begin() + static_cast<std::ptrdiff_t>(released),
                                       promises.appended.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                       end, promises.appended.size())),
                                       found.records.begin()));
    }
    BOOST_TEST(is_kept, calls_left << " calls, " << found.records.size() << " records");
    if (calls.calls_left > 0) {
      BOOST_TEST(calls_left > 30U);
      break;
    }
  }
  BOOST_TEST(torn > 5U);
}

/// Files of this process may not become larger, as on a disk that is full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  FileSizeLimit(FileSizeLimit&&) = delete;
  FileSizeLimit& operator=(FileSizeLimit&&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_ = {};
  void (*handler_)(int);
};

BOOST_AUTO_TEST_CASE(the_operating_systems_own_refusal_loses_nothing) {
  const TemporaryDirectory directory;
  std::size_t written = 0;
  {
    FileDisk disk = open(directory, FileCalls::real()).disk;
    const Records record{Bytes(1000, 'x')};
    Done done;
    {
      const FileSizeLimit limit(10000);
      for (; done; written += done ? 1U : 0U) {
        done = disk.append(record);
      }
    }
    BOOST_TEST(code_of(done) == EFBIG);
    BOOST_TEST(written == 9U);
    BOOST_TEST(disk.append(record).has_value());
  }
  const FileDisk::Opened found = open(directory);
  BOOST_TEST(found.records.size() == written + 1);
  BOOST_TEST(!found.torn_tail);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::drivers
