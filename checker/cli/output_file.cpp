#include "checker/cli/output_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace plimsoll::cli {
namespace {

using Result = tl::expected<void, std::string>;

tl::unexpected<std::string> failure(const std::string& path) {
  const std::string reason = std::error_code(errno, std::generic_category()).message();
  return tl::unexpected("cannot write " + path + ": " + reason);
}

std::string temporary_name(const std::string& path) {
  return path + ".tmp-" + std::to_string(::getpid());
}

/// A pipe, a device or the like, which must not be replaced by a file.
bool is_special(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

Result write_to(const std::string& path, std::string_view text) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) {
    return failure(path);
  }
  const bool written =
      std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  const int error = errno;
  const bool closed = std::fclose(file) == 0;
  if (!written) {
    errno = error;
  }
  return written && closed ? Result() : failure(path);
}

}  // namespace

Result check_writable(const std::string& path) {
  if (std::filesystem::path(path).filename().empty()) {
    return tl::unexpected("cannot write " + path + ": it names a directory");
  }
  if (is_special(path)) {
    const int file = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0 && errno != ENXIO) {
      return failure(path);
    }
    if (file >= 0) {
      ::close(file);
    }
    return {};
  }
  const std::string temporary = temporary_name(path);
  if (auto written = write_to(temporary, ""); !written) {
    return failure(path);
  }
  (void)std::remove(temporary.c_str());
  return {};
}

Result make_writable_directory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return tl::unexpected("cannot make directory " + directory + ": " + error.message());
  }
  const std::string probe = temporary_name((std::filesystem::path(directory) / "probe").string());
  if (auto written = write_to(probe, ""); !written) {
    return failure(directory);
  }
  (void)std::remove(probe.c_str());
  return {};
}

Result write_file(const std::string& path, std::string_view text) {
  if (is_special(path)) {
    return write_to(path, text);
  }
  const std::string temporary = temporary_name(path);
  if (auto written = write_to(temporary, text); !written) {
    (void)std::remove(temporary.c_str());
    return written;
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) {
    auto error = failure(path);
    (void)std::remove(temporary.c_str());
    return error;
  }
  return {};
}

Result deliver(const std::optional<std::string>& path, std::string_view text) {
  if (path == "-") {
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
  }
  return path ? write_file(*path, text) : Result();
}

}  // namespace plimsoll::cli
