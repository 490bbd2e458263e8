// The rules of recorded clusters, read and printed again. Skipped where the recordings are not.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

/// Where the recordings lie: beside the source tree, or where PLIMSOLL_SHARED says.
std::filesystem::path recordings() {
  const char* const named = std::getenv("PLIMSOLL_SHARED");
  const std::filesystem::path shared = named != nullptr
                                           ? std::filesystem::path(named)
                                           : std::filesystem::path(PLIMSOLL_SOURCE_DIR) / "../shared";
  return shared / "conformance/dataplane";
}

std::string unzipped(const std::filesystem::path& file) {
  const std::string command = "gzip -dc '" + file.string() + "'";
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string content;
  std::array<char, 65536> buffer{};
  while (const std::size_t count = pipe ? std::fread(buffer.data(), 1, buffer.size(), pipe.get()) : 0) {
    content.append(buffer.data(), count);
  }
  return content;
}

/// The string that begins at `at`, its escapes resolved as far as rules have any.
std::string json_string(const std::string& text, std::size_t at) {
  std::string value;
  for (; text[at] != '"'; ++at) {
    if (text[at] == '\\') {
      ++at;
      value += text[at] == 'n' ? '\n' : text[at];
    } else {
      value += text[at];
    }
  }
  return value;
}

std::set<std::string> recorded_texts() {
  constexpr std::string_view key = "\"iptables_save\": \"";
  std::set<std::string> texts;
  for (const char* const name : {"kernel.json.gz", "random.json.gz"}) {
    if (std::filesystem::exists(recordings() / name)) {
      const std::string content = unzipped(recordings() / name);
      for (std::size_t at = content.find(key); at != std::string::npos; at = content.find(key, at)) {
        at += key.size();
        texts.insert(json_string(content, at));
      }
    }
  }
  return texts;
}

std::string without_comments(const std::string& text) {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    kept += text[at] == '#' ? "" : text.substr(at, end - at);
    at = end;
  }
  return kept;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_rules_test)

BOOST_AUTO_TEST_CASE(recorded_texts_come_back) {
  const std::set<std::string> texts = recorded_texts();
  if (texts.empty()) {
    BOOST_TEST_MESSAGE("skipped: no recordings in " << recordings());
    return;
  }
  BOOST_TEST(texts.size() > 10U);
  for (const std::string& text : texts) {
    const auto parsed = parse(text);
    BOOST_REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : to_text(parsed.error())));
    BOOST_TEST(print(*parsed) + "\n" == without_comments(text) + (text.ends_with('\n') ? "\n" : "\n\n"));
    BOOST_TEST((parse(print(*parsed)) == parsed));
    for (const Table& table : parsed->tables) {
      for (const Chain& chain : table.chains) {
        for (const Rule& rule : chain.rules) {
          for (const Match& match : rule.matches) {
            BOOST_TEST(!std::holds_alternative<UnsupportedMatch>(match));
          }
          BOOST_TEST(!std::holds_alternative<UnsupportedTarget>(rule.target));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plimsoll::overlay::netfilter
