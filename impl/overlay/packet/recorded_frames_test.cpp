// Frames that a real Linux kernel sent, built again of their fields. Skipped where the recordings are not.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/packet/build.hpp"
#include "impl/overlay/packet/parse.hpp"
#include "impl/overlay/packet/print.hpp"
#include "impl/overlay/packet/test_bed.hpp"

namespace plimsoll::overlay {
namespace {

/// Where the recordings lie: beside the source tree, or where PLIMSOLL_SHARED says.
std::filesystem::path recordings() {
  const char* named = std::getenv("PLIMSOLL_SHARED");
  const std::filesystem::path shared = named != nullptr
                                           ? std::filesystem::path(named)
                                           : std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "../shared";
  return shared / "conformance/dataplane";
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// A frame and what tshark's reader said about it: "vxlan ... | 10.244.1.2>... | 128 bytes".
struct Recorded {
  std::string text;
  std::string bytes;
};

/// Reads the lines "0010  00 72 d5 ..  text" below each line "# name [out] text".
std::vector<Recorded> read_dump(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<Recorded> frames;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# ")) {
      frames.push_back({line.substr(line.find(']') + 2), ""});
    } else if (line.size() > 6 && !line.starts_with("#")) {
      std::string digits = line.substr(6, 3 * 16);
      digits.erase(std::remove(digits.begin(), digits.end(), ' '), digits.end());
      frames.back().bytes += from_hex(digits);
    }
  }
  return frames;
}

/// The frames of a little-endian pcap file, whose times count nanoseconds.
std::vector<std::string> read_pcap(const std::filesystem::path& file) {
  const std::string bytes = content_of(file);
  const auto u32 = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 4; i > 0; --i) {
      value = value << 8U | static_cast<std::uint8_t>(bytes.at(at + i - 1));
    }
    return value;
  };
  BOOST_TEST_REQUIRE(u32(0) == 0xa1b23c4dU);
  std::vector<std::string> frames;
  constexpr std::size_t file_header = 24;
  constexpr std::size_t record_header = 16;
  for (std::size_t at = file_header; at < bytes.size();) {
    const std::size_t length = u32(at + 8);
    frames.push_back(bytes.substr(at + record_header, length));
    at += record_header + length;
  }
  return frames;
}

const ParseOptions tunnels{8472, 8285, true};

std::string text_of(const Frame& frame) {
  const std::string tunnel = tunnel_text(*frame.ip());
  const Ipv4Packet* packet = frame.ip();
  if (const VxlanFrame* vxlan = frame.ip()->vxlan()) {
    packet = vxlan->frame.ip();
  } else if (const TunnelledPacket* tunnelled = frame.ip()->tunnelled()) {
    packet = &tunnelled->packet;
  }
  return (tunnel.empty() ? "None" : tunnel) + " | " + to_text(*packet) + " | " +
         std::to_string(frame.size()) + " bytes";
}

/// The outer datagram as the kernel makes it around what it carries: only the identification and the source
/// port, a hash of the flow, are taken over.
Ipv4Packet encapsulated(const Ipv4Packet& recorded) {
  Ipv4Packet outer;
  outer.src = recorded.src, outer.dst = recorded.dst;
  outer.protocol = protocol::udp;
  outer.id = recorded.id, outer.src_port = recorded.src_port;
  outer.inner = recorded.inner;
  if (recorded.tunnelled() != nullptr) {
    outer.dst_port = 8285;
    outer.df = true;  // an ordinary UDP socket discovers path MTUs
  } else {
    outer.dst_port = 8472;  // unset DF, and a checksum that is not 0
  }
  return outer;
}

void check_frame(const std::string& bytes, const std::string& text) {
  const Parsed<Frame> parsed = parse_frame(bytes, tunnels);
  BOOST_TEST_REQUIRE(parsed.has_value(), (parsed ? "" : to_text(parsed.error())));
  if (!text.empty()) {
    BOOST_TEST(text_of(*parsed) == text);
  }
  Frame made = *parsed;
  if (made.ip()->inner) {
    made.body = encapsulated(*parsed->ip());
  }
  BOOST_TEST((build(made) == bytes), text);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_frames_test)

BOOST_AUTO_TEST_CASE(golden_frames_are_built_again) {
  const std::vector<Recorded> frames = read_dump(recordings() / "golden_frames.txt");
  if (frames.empty()) {
    BOOST_TEST_MESSAGE("skipped: no recordings in " << recordings());
    BOOST_TEST(!std::filesystem::exists(recordings() / "golden_frames.txt"));
    return;
  }
  BOOST_TEST(frames.size() == 24U);
  for (const Recorded& frame : frames) {
    check_frame(frame.bytes, frame.text);
  }
}

BOOST_AUTO_TEST_CASE(captures_are_built_again) {
  for (const std::string name : {"vxlan.pcap", "flannel_udp.pcap", "hostgw.pcap"}) {
    if (!std::filesystem::exists(recordings() / name)) {
      BOOST_TEST_MESSAGE("skipped: no " << recordings() / name);
      continue;
    }
    const std::vector<std::string> frames = read_pcap(recordings() / name);
    BOOST_TEST(frames.size() == 8U);
    for (const std::string& frame : frames) {
      check_frame(frame, "");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay
