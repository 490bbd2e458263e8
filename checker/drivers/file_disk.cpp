#include "checker/drivers/file_disk.hpp"

#include <fmt/core.h>

#include <cerrno>
#include <string>
#include <utility>

#include "checker/drivers/disk_frame.hpp"
#include "impl/base/assert.hpp"

namespace plimsoll::drivers {

std::string FileDisk::path_of(std::uint64_t first) const {
  return (directory_ / fmt::format("{:016x}.log", first)).string();
}

Done FileDisk::refuse(DiskError error) {
  refusal_ = std::move(error);
  return tl::unexpected(*refusal_);
}

Done FileDisk::append(std::span<const base::Bytes> records) {
  if (records.empty()) {
    return {};
  }
  if (Done ready = make_ready(); !ready) {
    return ready;
  }
  // A file that has no record has the name that the next one would have.
  const bool is_full = file_.is_open() && end_ >= options_.file_bytes_max && files_.back() < next_;
  if (Done begun = !file_.is_open() || is_full ? begin_file() : Done{}; !begun) {
    return begun;
  }
  base::Bytes frames;
  std::uint64_t number = next_;
  for (const base::Bytes& record : records) {
    put_disk_frame(frames, {DiskFrameType::record, number, synced_, record});
    ++number;
  }
  if (Done written = write(frames); !written) {
    return written;
  }
  next_ = number;
  return {};
}

Done FileDisk::sync() {
  if (refusal_) {
    return tl::unexpected(*refusal_);
  }
  if (!file_.is_open()) {
    return {};
  }
  if (options_.calls->sync(file_.number()) != 0) {
    // What the failed call did not write may be gone from memory too, and the next one would not say so.
    return refuse(call_failed("sync " + path_of(files_.back())));
  }
  synced_ = next_;
  return {};
}

Done FileDisk::release(std::size_t count) {
  PLIMSOLL_ASSERT(count <= record_count());
  if (count == 0) {
    return {};
  }
  if (Done ready = make_ready(); !ready) {
    return ready;
  }
  base::Bytes frame;
  put_disk_frame(frame, {DiskFrameType::release, next_, synced_, number_payload(kept_ + count)});
  if (Done written = write(frame); !written) {
    return written;
  }
  if (Done synced = sync(); !synced) {
    return synced;
  }
  kept_ += count;
  return remove_files();
}

Done FileDisk::remove_files() {
  bool any = false;
  while (files_.size() > 1 && files_[1] <= kept_) {
    const std::string path = path_of(files_.front());
    if (options_.calls->remove(path) != 0 && errno != ENOENT) {
      return tl::unexpected(call_failed("remove " + path));
    }
    files_.erase(files_.begin());
    any = true;
  }
  if (any && options_.calls->sync_directory(lock_.number()) != 0) {
    return tl::unexpected(call_failed("sync " + directory_.string()));
  }
  return {};
}

/// Takes away what lies behind the last frame.
Done FileDisk::make_ready() {
  if (refusal_) {
    return tl::unexpected(*refusal_);
  }
  if (stillborn_) {
    const std::string path = path_of(*stillborn_);
    if (options_.calls->remove(path) != 0 && errno != ENOENT) {
      return tl::unexpected(call_failed("remove " + path));
    }
    stillborn_.reset();
  }
  if (has_tail_) {
    if (Done cut = cut_off("cut off the torn end of " + path_of(files_.back())); !cut) {
      return cut;
    }
    has_tail_ = false;
  }
  return {};
}

Done FileDisk::begin_file() {
  if (Done synced = sync(); !synced) {
    return synced;
  }
  FileCalls& calls = *options_.calls;
  const std::string path = path_of(next_);
  Descriptor file(calls.create(path));
  if (!file.is_open()) {
    return tl::unexpected(call_failed("create " + path));
  }
  base::Bytes frame;
  put_disk_frame(frame, {DiskFrameType::segment, next_, synced_, number_payload(kept_)});
  Done begun = write_all(file.number(), frame, 0, path);
  if (begun && calls.sync(file.number()) != 0) {
    begun = tl::unexpected(call_failed("sync " + path));
  }
  if (begun && calls.sync_directory(lock_.number()) != 0) {
    begun = tl::unexpected(call_failed("sync " + directory_.string()));
  }
  if (!begun) {
    if (calls.remove(path) != 0) {
      stillborn_ = next_;
    }
    return begun;
  }
  file_ = std::move(file);
  files_.push_back(next_);
  end_ = frame.size();
  return {};
}

/// Writes all of it at the end, or nothing.
Done FileDisk::write(base::BytesView bytes) {
  const std::string path = path_of(files_.back());
  Done written = write_all(file_.number(), bytes, end_, path);
  if (written) {
    end_ += bytes.size();
    return {};
  }
  if (Done cut = cut_off("cut off what was half written to " + path); !cut) {
    return refuse(std::move(cut).error());
  }
  return written;
}

/// Cuts the last file off where its frames end. That must be safe before other frames are written there: else
/// a crash could bring back old ones behind them.
Done FileDisk::cut_off(std::string what) {
  FileCalls& calls = *options_.calls;
  if (calls.truncate(file_.number(), end_) != 0 || calls.sync(file_.number()) != 0) {
    return tl::unexpected(call_failed(std::move(what)));
  }
  return {};
}

Done FileDisk::write_all(int file, base::BytesView bytes, std::uint64_t offset, const std::string& name) {
  while (!bytes.empty()) {
    const std::int64_t written = options_.calls->write_at(file, bytes, offset);
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      return tl::unexpected(call_failed("write " + name));
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return {};
}

}  // namespace plimsoll::drivers
