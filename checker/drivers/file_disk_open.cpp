// Opening a FileDisk: which files there are, what is in them, and where writing goes on.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "checker/drivers/disk_frame.hpp"
#include "checker/drivers/file_disk.hpp"

namespace plimsoll::drivers {
namespace {

tl::unexpected<DiskError> corrupt(std::string what) {
  return tl::unexpected(DiskError{DiskError::Kind::corrupt, std::move(what), 0});
}

tl::expected<base::Bytes, DiskError> contents_of(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    return tl::unexpected(call_failed("open " + path));
  }
  base::Bytes contents;
  std::error_code ignored;
  if (const std::uintmax_t size = std::filesystem::file_size(path, ignored); !ignored) {
    contents.reserve(static_cast<std::size_t>(size));
  }
  std::array<char, std::size_t{1} << 16U> buffer{};
  for (;;) {
    const auto count = ::read(file.number(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return tl::unexpected(call_failed("read " + path));
    }
    if (count == 0) {
      return contents;
    }
    contents.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

/// "000000000000002a.log" has record 42 first.
std::optional<std::uint64_t> first_record_of(const std::filesystem::path& path) {
  const std::string stem = path.stem().string();
  std::uint64_t first = 0;
  const auto read = std::from_chars(stem.data(), stem.data() + stem.size(), first, 16);
  const bool is_ours = path.extension() == ".log" && stem.size() == 16 && read.ec == std::errc{} &&
                       read.ptr == stem.data() + stem.size();
  return is_ours ? std::optional(first) : std::nullopt;
}

/// A name is only safe in a directory that was synced.
Done make_directory(const std::filesystem::path& directory, FileCalls& calls) {
  std::error_code error;
  if (!std::filesystem::create_directories(directory, error)) {
    return error ? Done(tl::unexpected(
                       DiskError{DiskError::Kind::call, "make " + directory.string(), error.value()}))
                 : Done();
  }
  const std::string parent = std::filesystem::absolute(directory).parent_path().string();
  const Descriptor above(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!above.is_open() || calls.sync_directory(above.number()) != 0) {
    return tl::unexpected(call_failed("sync " + parent));
  }
  return {};
}

}  // namespace

/// What one opening finds out.
class FileDiskReading {
 public:
  explicit FileDiskReading(FileDisk disk) : found_{std::move(disk), {}, false}, disk_(found_.disk) {}

  Done lock();
  Done find_files();
  /// Leaves out a last file that has not even its first frame, and learns from the last one which records are
  /// released.
  Done read_last_file();
  Done read_records();
  Done make_safe();
  FileDisk::Opened take() { return std::move(found_); }

 private:
  Done read_file(std::uint64_t first, base::BytesView contents, bool is_last);
  Done take_frame(const DiskFrame& frame);
  Done end_with_torn(const DiskFrameRead& torn, base::BytesView contents);

  FileDisk::Opened found_;
  FileDisk& disk_;
  base::Bytes last_;  ///< contents of the last file
};

Done FileDiskReading::lock() {
  const std::string directory = disk_.directory_.string();
  disk_.lock_ = Descriptor(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!disk_.lock_.is_open()) {
    return tl::unexpected(call_failed("open " + directory));
  }
  if (::flock(disk_.lock_.number(), LOCK_EX | LOCK_NB) != 0) {
    return errno == EWOULDBLOCK
               ? Done(tl::unexpected(DiskError{DiskError::Kind::in_use, directory + " is in use", 0}))
               : Done(tl::unexpected(call_failed("lock " + directory)));
  }
  return {};
}

Done FileDiskReading::find_files() {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(disk_.directory_, error), end; !error && entry != end;
       entry.increment(error)) {
    if (const auto first = first_record_of(entry->path())) {
      disk_.files_.push_back(*first);
    }
  }
  if (error) {
    return tl::unexpected(
        DiskError{DiskError::Kind::call, "list " + disk_.directory_.string(), error.value()});
  }
  std::sort(disk_.files_.begin(), disk_.files_.end());
  return {};
}

Done FileDiskReading::read_last_file() {
  while (!disk_.files_.empty()) {
    const std::string path = disk_.path_of(disk_.files_.back());
    auto contents = contents_of(path);
    if (!contents) {
      return tl::unexpected(std::move(contents).error());
    }
    const bool is_empty = contents->empty();
    const auto read = is_empty ? DiskFrameRead{DiskFrameRead::Kind::torn} : read_disk_frame(*contents, 0);
    if (read.kind == DiskFrameRead::Kind::frame) {
      last_ = std::move(*contents);
      break;
    }
    if (read.kind == DiskFrameRead::Kind::damaged || disk_.stillborn_) {
      return corrupt(path + " does not begin as a file of a disk does");
    }
    disk_.stillborn_ = disk_.files_.back();
    disk_.files_.pop_back();
    found_.torn_tail = !is_empty;
  }
  // Headers are enough to get from one frame to the next.
  std::uint64_t at = 0;
  for (auto header = read_disk_frame_header(last_, at); header && header->end <= last_.size();
       header = read_disk_frame_header(last_, at)) {
    if (header->type != DiskFrameType::record) {
      const DiskFrameRead read = read_disk_frame(last_, at);
      if (read.kind != DiskFrameRead::Kind::frame) {
        break;
      }
      disk_.kept_ = payload_number(read.frame.payload);
    }
    at = header->end;
  }
  return {};
}

Done FileDiskReading::read_records() {
  const std::vector<std::uint64_t>& files = disk_.files_;
  if (files.empty()) {
    return {};
  }
  if (files.front() > disk_.kept_) {
    return corrupt(disk_.directory_.string() + " has lost its oldest file");
  }
  // Files before the one with the oldest record that is kept should have gone; the next release removes them.
  std::size_t file =
      static_cast<std::size_t>(std::upper_bound(files.begin(), files.end(), disk_.kept_) - files.begin()) - 1;
  disk_.next_ = files[file];
  for (; file + 1 < files.size(); ++file) {
    const auto contents = contents_of(disk_.path_of(files[file]));
    if (!contents) {
      return tl::unexpected(contents.error());
    }
    if (Done read = read_file(files[file], *contents, false); !read) {
      return read;
    }
  }
  // Whoever begins a file has synced the one before.
  return read_file(files.back(), last_, !disk_.stillborn_);
}

Done FileDiskReading::read_file(std::uint64_t first, base::BytesView contents, bool is_last) {
  const std::string path = disk_.path_of(first);
  if (first != disk_.next_) {
    return corrupt("the file before " + path + " is missing or not whole");
  }
  std::uint64_t at = 0;
  while (at < contents.size()) {
    const DiskFrameRead read = read_disk_frame(contents, at);
    Done taken;
    if (read.kind == DiskFrameRead::Kind::frame) {
      taken = take_frame(read.frame);
    } else if (read.kind == DiskFrameRead::Kind::torn && is_last) {
      taken = end_with_torn(read, contents);
      disk_.end_ = at;
    } else {
      taken = corrupt("it does not verify");
    }
    if (!taken) {
      return corrupt(path + ", at byte " + std::to_string(at) + ": " + taken.error().what);
    }
    if (read.kind == DiskFrameRead::Kind::torn) {
      return {};
    }
    at = read.end;
  }
  disk_.end_ = at;
  return {};
}

Done FileDiskReading::take_frame(const DiskFrame& frame) {
  if (frame.number != disk_.next_) {
    return corrupt("record " + std::to_string(frame.number) + " is in the place of " +
                   std::to_string(disk_.next_));
  }
  if (frame.type == DiskFrameType::record) {
    if (disk_.next_ >= disk_.kept_) {
      found_.records.emplace_back(frame.payload);
    }
    ++disk_.next_;
  }
  return {};
}

/// Whatever is behind the frame may have been written without it, if none of it was synced.
Done FileDiskReading::end_with_torn(const DiskFrameRead& torn, base::BytesView contents) {
  for (std::uint64_t at = torn.end; at > 0 && at < contents.size();) {
    const auto header = read_disk_frame_header(contents, at);
    if (header && header->synced > torn.number) {
      return corrupt("record " + std::to_string(torn.number) + " does not verify, and was synced");
    }
    at = header ? header->end : contents.size();
  }
  disk_.has_tail_ = true;
  found_.torn_tail = true;
  return {};
}

/// What was found may have been in memory only, if the process ended and the machine did not.
Done FileDiskReading::make_safe() {
  if (disk_.files_.empty()) {
    disk_.next_ = disk_.kept_ = 0;
    return {};
  }
  const std::string path = disk_.path_of(disk_.files_.back());
  disk_.file_ = Descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!disk_.file_.is_open()) {
    return tl::unexpected(call_failed("open " + path));
  }
  if (Done synced = disk_.sync(); !synced) {
    return synced;
  }
  if (disk_.options_.calls->sync_directory(disk_.lock_.number()) != 0) {
    return tl::unexpected(call_failed("sync " + disk_.directory_.string()));
  }
  return {};
}

tl::expected<FileDisk::Opened, DiskError> FileDisk::open(const std::filesystem::path& directory,
                                                         const Options& options) {
  if (Done made = make_directory(directory, *options.calls); !made) {
    return tl::unexpected(std::move(made).error());
  }
  FileDiskReading reading(FileDisk(directory, options));
  Done done = reading.lock();
  for (const auto step : {&FileDiskReading::find_files, &FileDiskReading::read_last_file,
                          &FileDiskReading::read_records, &FileDiskReading::make_safe}) {
    if (done) {
      done = (reading.*step)();
    }
  }
  if (!done) {
    return tl::unexpected(std::move(done).error());
  }
  return reading.take();
}

tl::expected<FileDisk::Opened, DiskError> FileDisk::open(const std::filesystem::path& directory) {
  return open(directory, Options{});
}

}  // namespace plimsoll::drivers
