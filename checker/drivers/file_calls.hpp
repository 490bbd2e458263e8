// The calls to the operating system that a FileDisk changes files with, so that a test can let them fail.
#pragma once

#include <cstdint>
#include <string>

#include "impl/base/bytes.hpp"

namespace plimsoll::drivers {

/// Each call is the one of POSIX that its comment names, and sets errno where that one does.
///
/// Thread-safety: as the calls themselves.
class FileCalls {
 public:
  FileCalls() = default;
  FileCalls(const FileCalls&) = delete;
  FileCalls& operator=(const FileCalls&) = delete;
  FileCalls(FileCalls&&) = delete;
  FileCalls& operator=(FileCalls&&) = delete;
  virtual ~FileCalls() = default;

  /// open(2) of a new file for reading and writing; -1: failed.
  virtual int create(const std::string& path);
  /// pwrite(2): how many bytes were written, which may be fewer; -1: failed.
  virtual std::int64_t write_at(int file, base::BytesView bytes, std::uint64_t offset);
  /// fdatasync(2); 0: done.
  virtual int sync(int file);
  /// fsync(2) of a directory; 0: done.
  virtual int sync_directory(int directory);
  /// ftruncate(2); 0: done.
  virtual int truncate(int file, std::uint64_t size);
  /// unlink(2); 0: done.
  virtual int remove(const std::string& path);

  /// Those of the operating system.
  static FileCalls& real();
};

/// An open file or directory, closed at the end. Thread-safety: a value that moves.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_ = -1;
};

}  // namespace plimsoll::drivers
