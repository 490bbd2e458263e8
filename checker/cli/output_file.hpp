// Files that are whole or not there: written under a temporary name beside the target, then renamed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace plimsoll::cli {

/// Could write_file(path) succeed, as far as can be told beforehand? Leaves nothing behind. Errors: one
/// sentence.
[[nodiscard]] tl::expected<void, std::string> check_writable(const std::string& path);
/// As check_writable for files in `directory`, which is created if it is not there.
[[nodiscard]] tl::expected<void, std::string> make_writable_directory(const std::string& directory);

/// Puts `text` at `path`, replacing what was there at once. What is no regular file (a pipe, a device) is
/// written to directly. Errors: one sentence; the target is then as it was.
[[nodiscard]] tl::expected<void, std::string> write_file(const std::string& path, std::string_view text);
/// What an option asks for: nothing if it was not given, standard output for "-", otherwise a file.
[[nodiscard]] tl::expected<void, std::string> deliver(const std::optional<std::string>& path,
                                                      std::string_view text);

}  // namespace plimsoll::cli
