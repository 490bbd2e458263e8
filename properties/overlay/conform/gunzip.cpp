#include "properties/overlay/conform/gunzip.hpp"

#include <array>
#include <cstddef>

#include <zlib.h>

#include "properties/conformance/text_file.hpp"

namespace plimsoll::properties::overlay {
namespace {

/// An inflating stream that ends with its scope.
struct Inflating {
  Inflating() {
    constexpr int gzip_only = 16 + MAX_WBITS;
    ready = inflateInit2(&stream, gzip_only) == Z_OK;
  }
  ~Inflating() { inflateEnd(&stream); }
  Inflating(const Inflating&) = delete;
  Inflating& operator=(const Inflating&) = delete;

  z_stream stream = {};
  bool ready = false;
};

}  // namespace

bool is_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1f\x8b");
}

tl::expected<std::string, std::string> gunzip(std::string_view bytes) {
  Inflating inflating;
  if (!inflating.ready) {
    return tl::unexpected(std::string("zlib does not start"));
  }
  z_stream& stream = inflating.stream;
  std::string input(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string text;
  std::array<char, 1U << 16U> buffer = {};
  for (;;) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    text.append(buffer.data(), buffer.size() - stream.avail_out);
    if (text.size() > file_bytes_max) {
      return tl::unexpected(std::string("more than 256 MiB come out of the compressed file"));
    }
    if (status == Z_STREAM_END && stream.avail_in == 0) {
      return text;
    }
    if (status == Z_STREAM_END) {
      inflateReset(&stream);
    } else if (status != Z_OK) {
      return tl::unexpected("the compressed data is damaged at byte " + std::to_string(stream.total_in));
    }
  }
}

}  // namespace plimsoll::properties::overlay
