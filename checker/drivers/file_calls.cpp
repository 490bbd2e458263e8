#include "checker/drivers/file_calls.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace plimsoll::drivers {

int FileCalls::create(const std::string& path) {
  return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

std::int64_t FileCalls::write_at(int file, base::BytesView bytes, std::uint64_t offset) {
  return ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
}

int FileCalls::sync(int file) {
  return ::fdatasync(file);
}

int FileCalls::sync_directory(int directory) {
  return ::fsync(directory);
}

int FileCalls::truncate(int file, std::uint64_t size) {
  return ::ftruncate(file, static_cast<off_t>(size));
}

int FileCalls::remove(const std::string& path) {
  return ::unlink(path.c_str());
}

FileCalls& FileCalls::real() {
  static FileCalls calls;
  return calls;
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor::~Descriptor() {
  if (is_open()) {
    ::close(number_);
  }
}

}  // namespace plimsoll::drivers
