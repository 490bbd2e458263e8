#include "checker/drivers/start_count.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>

namespace plimsoll::drivers {
namespace {

tl::expected<std::uint32_t, DiskError> read_count(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) {
    return errno == ENOENT ? tl::expected<std::uint32_t, DiskError>(0)
                           : tl::unexpected(call_failed("open " + path));
  }
  std::array<char, 16> text{};
  const auto size = ::read(file.number(), text.data(), text.size());
  if (size < 0) {
    return tl::unexpected(call_failed("read " + path));
  }
  std::uint32_t count = 0;
  const char* const end = text.data() + size;
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc{} ||
      std::string_view(read.ptr, static_cast<std::size_t>(end - read.ptr)) != "\n") {
    return tl::unexpected(DiskError{DiskError::Kind::corrupt, path + " is not a number of starts", 0});
  }
  return count;
}

}  // namespace

tl::expected<std::uint32_t, DiskError> count_start(const std::filesystem::path& directory, FileCalls& calls) {
  const std::string path = (directory / "starts").string();
  const std::string next = path + ".next";
  const auto before = read_count(path);
  if (!before) {
    return before;
  }
  const std::string text = std::to_string(*before + 1) + "\n";
  const Descriptor file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.is_open() || calls.write_at(file.number(), text, 0) != static_cast<std::int64_t>(text.size()) ||
      calls.sync(file.number()) != 0 || std::rename(next.c_str(), path.c_str()) != 0) {
    return tl::unexpected(call_failed("write " + path));
  }
  const Descriptor above(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!above.is_open() || calls.sync_directory(above.number()) != 0) {
    return tl::unexpected(call_failed("sync " + directory.string()));
  }
  return *before;
}

}  // namespace plimsoll::drivers
