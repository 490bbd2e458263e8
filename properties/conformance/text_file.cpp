#include "properties/conformance/text_file.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace plimsoll::properties {

tl::expected<std::string, scenario::Error> read_file(const std::string& path, std::uint64_t bytes_max) {
  const auto failure = [&path](std::string message) {
    return tl::unexpected(scenario::Error{{path, 1, 1}, std::move(message)});
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return failure("is a directory, expected a file");
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) {
    return failure("the file cannot be opened");
  }
  std::string text;
  std::array<char, 65536> block{};
  while (text.size() <= bytes_max) {
    const std::size_t count = std::fread(block.data(), 1, block.size(), file.get());
    if (count == 0) {
      break;
    }
    text.append(block.data(), count);
  }
  if (std::ferror(file.get()) != 0) {
    return failure("the file cannot be read");
  }
  if (text.size() > bytes_max) {
    return failure("the file has more than " + std::to_string(bytes_max) + " bytes");
  }
  return text;
}

}  // namespace plimsoll::properties
