// A disk over a real directory, against a list of records: whatever is appended, released and opened again.
#include "checker/drivers/file_disk.hpp"

#include <rapidcheck.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "checker/drivers/test_bed.hpp"

namespace plimsoll::drivers {
namespace {

using base::Bytes;
using Records = std::vector<Bytes>;

FaultyCalls& calls() {
  static FaultyCalls calls;
  return calls;
}

FileDisk::Opened open(const TemporaryDirectory& directory, std::uint64_t file_bytes_max = 1U << 20U) {
  auto opened = FileDisk::open(directory.path(), {file_bytes_max, &calls()});
  BOOST_REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().to_string()));
  return *std::move(opened);
}

std::string error_of_opening(const TemporaryDirectory& directory) {
  const auto opened = FileDisk::open(directory.path(), {1, &calls()});
  return opened ? "" : opened.error().to_string();
}

void append(FileDisk& disk, const Records& records) {
  BOOST_REQUIRE(disk.append(records).has_value());
}

/// Three synced records, in files of one record or in one file.
void write_three(const TemporaryDirectory& directory, std::uint64_t file_bytes_max = 1U << 20U) {
  FileDisk disk = open(directory, file_bytes_max).disk;
  for (const char* record : {"first", "second", "third"}) {
    append(disk, {record});
    BOOST_REQUIRE(disk.sync().has_value());
  }
}

/// In place, for it is quicker than to write the file anew.
void flip(const std::filesystem::path& path, std::size_t bit) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  const auto place = static_cast<std::streamoff>(bit / 8);
  const int byte = file.seekg(place).get();
  file.seekp(place).put(static_cast<char>(byte ^ (1 << bit % 8)));
}

/// Uniform whatever RapidCheck's size.
std::size_t below(std::size_t count) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, count));
}

BOOST_AUTO_TEST_SUITE(file_disk_test)

BOOST_AUTO_TEST_CASE(a_new_disk_is_empty_and_has_no_files_until_something_is_written) {
  const TemporaryDirectory directory;
  for (int i = 0; i < 2; ++i) {
    FileDisk::Opened opened = open(directory);
    BOOST_TEST(opened.records.empty());
    BOOST_TEST(!opened.torn_tail);
    BOOST_TEST(opened.disk.sync().has_value());
    BOOST_TEST(opened.disk.append({}).has_value());
    BOOST_TEST(opened.disk.release(0).has_value());
  }
  BOOST_TEST(directory.files().empty());
}

BOOST_AUTO_TEST_CASE(whatever_is_appended_and_not_released_is_there_at_the_next_opening) {
  std::size_t released = 0;
  std::size_t files_max = 0;
  BOOST_TEST(rc::check("in any order", [&] {
    const TemporaryDirectory directory;
    const auto file_bytes_max = 1 + below(1000);
    FileDisk::Opened opened = open(directory, file_bytes_max);
    Records expected;
    const auto steps = 1 + below(25);
    for (std::size_t step = 0; step < steps; ++step) {
      const std::size_t kind = below(8);
      if (kind < 5) {
        const auto added = *rc::gen::container<Records>(below(4), rc::gen::arbitrary<std::string>());
        append(opened.disk, added);
        expected.insert(expected.end(), added.begin(), added.end());
      } else if (kind == 5) {
        RC_ASSERT(opened.disk.sync().has_value());
      } else if (kind == 6) {
        const std::size_t count = below(expected.size() + 1);
        RC_ASSERT(opened.disk.release(count).has_value());
        expected.erase(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(count));
        released += count;
      } else {
        {
          const FileDisk closed = std::move(opened.disk);
        }
        opened = open(directory, file_bytes_max);
        RC_ASSERT(opened.records == expected);
        RC_ASSERT(!opened.torn_tail);
      }
      RC_ASSERT(opened.disk.record_count() == expected.size());
      files_max = std::max(files_max, opened.disk.file_count());
      RC_ASSERT(directory.files().size() == opened.disk.file_count());
    }
  }));
  BOOST_TEST(released > 100U);
  BOOST_TEST(files_max > 3U);
}

BOOST_AUTO_TEST_CASE(files_go_once_all_of_their_records_are_released) {
  const TemporaryDirectory directory;
  write_three(directory, 1);
  BOOST_TEST(directory.files().size() == 3U);
  {
    FileDisk disk = open(directory, 1).disk;
    BOOST_TEST(disk.release(2).has_value());
  }
  BOOST_TEST(directory.files().size() == 1U);
  {
    FileDisk::Opened opened = open(directory, 1);
    BOOST_TEST((opened.records == Records{"third"}));
    BOOST_TEST(opened.disk.release(1).has_value());
    append(opened.disk, {"fourth"});
  }
  BOOST_TEST((open(directory, 1).records == Records{"fourth"}));
}

BOOST_AUTO_TEST_CASE(wherever_the_last_record_is_cut_off_it_is_torn_until_something_is_written_over_it) {
  const TemporaryDirectory directory;
  write_three(directory);
  const std::filesystem::path file = directory.files().at(0);
  const Bytes whole = bytes_of_file(file);
  const std::size_t last = whole.size() - 64;
  for (std::size_t size = last; size < whole.size(); ++size) {
    write_file(file, whole.substr(0, size));
    for (int i = 0; i < 2; ++i) {
      const FileDisk::Opened found = open(directory);
      BOOST_TEST((found.records == Records{"first", "second"}));
      BOOST_TEST(found.torn_tail == (size > last));
    }
  }
  {
    FileDisk::Opened opened = open(directory);
    append(opened.disk, {"other"});
  }
  const FileDisk::Opened found = open(directory);
  BOOST_TEST((found.records == Records{"first", "second", "other"}));
  BOOST_TEST(!found.torn_tail);
}

BOOST_AUTO_TEST_CASE(a_sector_that_was_never_written_makes_the_last_record_torn) {
  const TemporaryDirectory directory;
  {
    FileDisk disk = open(directory).disk;
    append(disk, {"first", Bytes(2000, 'x'), "behind it"});
  }
  const std::filesystem::path file = directory.files().at(0);
  const Bytes whole = bytes_of_file(file);
  Bytes holed = whole;
  holed.replace(1024, 512, 512, '\0');
  write_file(file, holed);
  {
    FileDisk::Opened found = open(directory);
    BOOST_TEST((found.records == Records{"first"}));
    BOOST_TEST(found.torn_tail);
    append(found.disk, {"second"});
  }
  BOOST_TEST((open(directory).records == Records{"first", "second"}));
  // Half a sector is not what a crash leaves.
  holed = whole;
  holed.replace(1024, 256, 256, '\0');
  write_file(file, holed);
  BOOST_TEST(error_of_opening(directory).find("at byte 128: it does not verify") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_record_that_was_synced_is_not_taken_for_torn) {
  const TemporaryDirectory directory;
  {
    FileDisk disk = open(directory).disk;
    append(disk, {"first", Bytes(2000, 'x')});
    BOOST_REQUIRE(disk.sync().has_value());
    append(disk, {"written when the second was synced"});
  }
  const std::filesystem::path file = directory.files().at(0);
  Bytes holed = bytes_of_file(file);
  holed.replace(1024, 512, 512, '\0');
  write_file(file, holed);
  BOOST_TEST(error_of_opening(directory).find("record 1 does not verify, and was synced") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_is_found) {
  for (const std::uint64_t file_bytes_max : {std::uint64_t{1}, std::uint64_t{1} << 20U}) {
    const TemporaryDirectory directory;
    write_three(directory, file_bytes_max);
    {
      FileDisk disk = open(directory, file_bytes_max).disk;
      BOOST_REQUIRE(disk.release(1).has_value());
    }
    for (const std::filesystem::path& file : directory.files()) {
      const std::size_t bits = bytes_of_file(file).size() * 8;
      for (std::size_t bit = 0; bit < bits; ++bit) {
        flip(file, bit);
        BOOST_TEST(error_of_opening(directory) != "", file.filename() << ", bit " << bit);
        flip(file, bit);
      }
    }
    BOOST_TEST((open(directory).records == Records{"second", "third"}));
  }
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_found) {
  for (const std::size_t missing : {0U, 1U}) {
    const TemporaryDirectory directory;
    write_three(directory, 1);
    std::filesystem::remove(directory.files().at(missing));
    BOOST_TEST(error_of_opening(directory) != "");
  }
}

BOOST_AUTO_TEST_CASE(files_that_should_have_gone_do_not_matter_and_go_later) {
  const TemporaryDirectory directory;
  write_three(directory, 1);
  const std::filesystem::path oldest = directory.files().at(0);
  const Bytes bytes = bytes_of_file(oldest);
  {
    FileDisk disk = open(directory, 1).disk;
    BOOST_REQUIRE(disk.release(2).has_value());
  }
  // The removal of the second file was made durable, that of the first was not.
  write_file(oldest, bytes);
  FileDisk::Opened opened = open(directory, 1);
  BOOST_TEST((opened.records == Records{"third"}));
  append(opened.disk, {"fourth"});
  BOOST_TEST(opened.disk.release(1).has_value());
  BOOST_TEST(directory.files().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_directory_is_one_disk_at_a_time) {
  const TemporaryDirectory directory;
  {
    const FileDisk::Opened opened = open(directory);
    const auto second = FileDisk::open(directory.path());
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST((second.error().kind == DiskError::Kind::in_use));
  }
  BOOST_TEST(error_of_opening(directory) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plimsoll::drivers
