// A process's disk (impl/base/step.hpp) as a directory of files, for components that run for real.
//
// Source: etcd server/storage/wal (segment files, sync, cutting at a size, releasing, repair) and
// client/pkg/fileutil (locks, fsync), v3.5. A file has a run of records and is named after the number of its
// first one, counted from the disk's first record ever. Which records are released is written like a record,
// so that it is durable before a file goes.
//
// What a crash may leave: every record that was synced, of the others any number of the oldest, and behind
// them perhaps the beginning of another, which is there at every opening until something is written over it.
// A record that does not verify is a torn one only if it was the last, as far as anyone can know
// (disk_frame.hpp); anywhere else it is an error, for it was synced.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include <tl/expected.hpp>

#include "checker/drivers/disk_error.hpp"
#include "checker/drivers/file_calls.hpp"
#include "impl/base/bytes.hpp"

namespace plimsoll::drivers {

using Done = tl::expected<void, DiskError>;

/// Not thread-safe. One process at a time may have a directory open.
class FileDisk {
 public:
  struct Options {
    /// A file that has reached this size gets no more records. At least 1.
    std::uint64_t file_bytes_max = std::uint64_t{64} << 20U;
    FileCalls* calls = &FileCalls::real();  ///< must outlive the disk
  };
  struct Opened;

  /// Opens the disk in `directory`, which is made if it is not there. Errors: call, corrupt, in_use; nothing
  /// was changed. Everything that is read is safe from then on.
  [[nodiscard]] static tl::expected<Opened, DiskError> open(const std::filesystem::path& directory,
                                                            const Options& options);
  [[nodiscard]] static tl::expected<Opened, DiskError> open(const std::filesystem::path& directory);

  /// Appends records, which may be lost in a crash until sync(). Error: none of them is on the disk, and
  /// everything before them is as it was. A full disk takes records again once there is room. What could not
  /// even be cut off again is found torn at the next opening; until then the disk refuses everything.
  [[nodiscard]] Done append(std::span<const base::Bytes> records);
  /// Everything that was appended survives any crash. Error: what was not synced may be lost, and as nobody
  /// can know whether it is, the disk refuses everything until it is opened again.
  [[nodiscard]] Done sync();
  /// The oldest `count` records are gone for ever, and files that have no others go. Syncs. Requires: there
  /// are so many. Error: as for append() or sync(), or a file could not be removed and is tried again later.
  [[nodiscard]] Done release(std::size_t count);

  /// Those appended and not released.
  [[nodiscard]] std::uint64_t record_count() const { return next_ - kept_; }
  /// Of all files, as far as they are written.
  [[nodiscard]] std::size_t file_count() const { return files_.size(); }

 private:
  friend class FileDiskReading;
  FileDisk(std::filesystem::path directory, const Options& options)
      : directory_(std::move(directory)), options_(options) {}

  [[nodiscard]] Done make_ready();
  [[nodiscard]] Done begin_file();
  [[nodiscard]] Done write(base::BytesView bytes);
  [[nodiscard]] Done cut_off(std::string what);
  [[nodiscard]] Done write_all(int file, base::BytesView bytes, std::uint64_t offset,
                               const std::string& name);
  [[nodiscard]] Done remove_files();
  [[nodiscard]] Done refuse(DiskError error);
  [[nodiscard]] std::string path_of(std::uint64_t first) const;

  std::filesystem::path directory_;
  Options options_;
  Descriptor lock_;                   ///< the directory
  Descriptor file_;                   ///< the last one; not open: there is none
  std::vector<std::uint64_t> files_;  ///< the number of the first record of each
  /// A file in which not even the first frame is whole. It goes before anything is written.
  std::optional<std::uint64_t> stillborn_;
  std::uint64_t end_ = 0;     ///< where the last file's frames end
  bool has_tail_ = false;     ///< behind that lies something that is to be cut off first
  std::uint64_t next_ = 0;    ///< number of the next record
  std::uint64_t synced_ = 0;  ///< how many are safe
  std::uint64_t kept_ = 0;    ///< number of the oldest that is not released
  std::optional<DiskError> refusal_;
};

struct FileDisk::Opened {
  FileDisk disk;
  std::vector<base::Bytes> records;  ///< oldest first
  bool torn_tail = false;            ///< as base::Started
};

}  // namespace plimsoll::drivers
