#include "properties/overlay/all_packets/command.hpp"

#include <charconv>
#include <sstream>
#include <utility>
#include <vector>

namespace plimsoll::properties::overlay {
namespace {

using namespace plimsoll::overlay;  // NOLINT(google-build-using-namespace): what commands change
using Read = tl::expected<TableChange, std::string>;

/// The words of a command, taken one after the other; remembers the first thing that was wrong.
class Words {
 public:
  explicit Words(std::string_view text) {
    std::istringstream in{std::string(text)};
    for (std::string word; in >> word;) {
      words_.push_back(word);
    }
  }

  [[nodiscard]] bool done() const { return at_ == words_.size(); }
  [[nodiscard]] const std::string& error() const { return error_; }
  /// Takes the next word if it is this one.
  bool take(std::string_view word) {
    const bool is_next = !done() && words_[at_] == word;
    at_ += is_next ? 1 : 0;
    return is_next;
  }
  std::string word(const std::string& expected) {
    if (done()) {
      fail(expected);
      return {};
    }
    return words_[at_++];
  }
  template <class Value>
  Value value(const std::string& expected) {
    const std::string text = word(expected);
    const auto read = Value::parse(text);
    if (!read) {
      --at_;
      fail(expected);
      at_ = words_.size();
    }
    return read.value_or(Value());
  }
  void fail(const std::string& expected) {
    if (error_.empty()) {
      error_ = "expected " + expected + ", found " + (done() ? "the end" : "'" + words_[at_] + "'");
    }
  }
  /// The change, if all words were understood.
  Read finish(TableChange change) {
    if (!done()) {
      fail("the end");
    }
    return error_.empty() ? Read(std::move(change)) : tl::unexpected(error_);
  }

 private:
  std::vector<std::string> words_ = {};
  std::size_t at_ = 0;
  std::string error_ = {};
};

base::Ipv4Prefix prefix(Words& words) {
  if (words.take("default")) {
    return {};
  }
  return words.value<base::Ipv4Prefix>("a prefix such as 10.244.2.0/24, or default");
}

Read route(Words& words, const std::string& verb) {
  Route route;
  for (const auto& [word, type] :
       {std::pair("unreachable", RouteType::unreachable), std::pair("blackhole", RouteType::blackhole),
        std::pair("prohibit", RouteType::prohibit)}) {
    route.type = words.take(word) ? type : route.type;
  }
  route.destination = prefix(words);
  while (!words.done()) {
    if (words.take("via")) {
      route.gateway = words.value<base::Ipv4>("the address of a gateway");
    } else if (words.take("dev")) {
      route.device = words.word("a device");
    } else if (words.take("onlink")) {
      route.onlink = true;
    } else {
      words.fail("via, dev or onlink");
      break;
    }
  }
  if (verb == "add") {
    return words.finish(RouteAdd{route});
  }
  return verb == "replace" ? words.finish(RouteReplace{route}) : words.finish(RouteDelete{route});
}

Read neighbour(Words& words, const std::string& verb) {
  Neighbour neighbour = {.address = words.value<base::Ipv4>("the address of a neighbour")};
  while (!words.done()) {
    if (words.take("lladdr")) {
      neighbour.mac = words.value<base::Mac>("a MAC address");
    } else if (words.take("dev")) {
      neighbour.device = words.word("a device");
    } else {
      words.fail("lladdr or dev");
      break;
    }
  }
  if (verb == "add") {
    return words.finish(NeighbourAdd{neighbour});
  }
  return verb == "replace" ? words.finish(NeighbourReplace{neighbour})
                           : words.finish(NeighbourDelete{neighbour});
}

Read entry(Words& words, const std::string& verb) {
  FdbEntry entry = {.mac = words.value<base::Mac>("a MAC address")};
  while (!words.done()) {
    if (words.take("dst")) {
      entry.remote = words.value<base::Ipv4>("the address of a remote");
    } else if (words.take("dev")) {
      entry.device = words.word("a device");
    } else {
      words.fail("dev or dst");
      break;
    }
  }
  if (verb == "add") {
    return words.finish(FdbAdd{entry});
  }
  if (verb == "append") {
    return words.finish(FdbAppend{entry});
  }
  return verb == "replace" ? words.finish(FdbReplace{entry}) : words.finish(FdbDelete{entry});
}

Read link(Words& words) {
  const std::string device = words.word("a device");
  if (words.take("up")) {
    return words.finish(LinkUp{device});
  }
  if (words.take("down")) {
    return words.finish(LinkDown{device});
  }
  if (!words.take("mtu")) {
    words.fail("up, down or mtu");
    return tl::unexpected(words.error());
  }
  const std::string text = words.word("a number of bytes");
  std::uint32_t mtu = 0;
  const char* const end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, mtu); read.ec != std::errc{} || read.ptr != end) {
    return tl::unexpected("mtu: expected a number of bytes, found '" + text + "'");
  }
  return words.finish(LinkMtu{device, mtu});
}

Read setting(Words& words) {
  const std::string text = words.word("KEY=VALUE");
  const std::size_t sign = text.find('=');
  if (sign == std::string::npos) {
    return tl::unexpected("expected KEY=VALUE, found '" + text + "'");
  }
  return words.finish(SysctlSet{text.substr(0, sign), text.substr(sign + 1)});
}

/// One of the words; fails if it is none of them.
std::string verb_of(Words& words, const std::vector<std::string>& verbs) {
  std::string expected;
  for (const std::string& verb : verbs) {
    if (words.take(verb)) {
      return verb;
    }
    expected += (expected.empty() ? "" : verb == verbs.back() ? " or " : ", ") + verb;
  }
  words.fail(expected);
  return {};
}

Read read_command(Words& words) {
  const std::string tool = verb_of(words, {"ip", "bridge", "sysctl"});
  const std::string object = tool == "ip"       ? verb_of(words, {"route", "neigh", "link"})
                             : tool == "bridge" ? verb_of(words, {"fdb"})
                             : tool == "sysctl" ? verb_of(words, {"-w"})
                                                : "";
  if (object.empty()) {
    return tl::unexpected(words.error());
  }
  if (object == "-w") {
    return setting(words);
  }
  const std::string verb = object == "link"  ? verb_of(words, {"set"})
                           : object == "fdb" ? verb_of(words, {"add", "append", "replace", "del"})
                                             : verb_of(words, {"add", "replace", "del"});
  if (verb.empty()) {
    return tl::unexpected(words.error());
  }
  return object == "route"   ? route(words, verb)
         : object == "neigh" ? neighbour(words, verb)
         : object == "fdb"   ? entry(words, verb)
                             : link(words);
}

}  // namespace

tl::expected<NamedChange, std::string> read_change(std::string_view text) {
  const std::size_t colon = text.find(": ");
  if (colon == std::string_view::npos || colon == 0) {
    return tl::unexpected(
        std::string("expected a namespace and a command, as in 'n1: ip route del 10.244.2.0/24'"));
  }
  Words words(text.substr(colon + 1));
  auto change = read_command(words);
  if (!change) {
    return tl::unexpected(change.error());
  }
  return NamedChange{std::string(text.substr(0, colon)), std::move(*change)};
}

}  // namespace plimsoll::properties::overlay
