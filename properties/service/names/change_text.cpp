#include "properties/service/names/change_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <sstream>
#include <vector>

#include "impl/service/dns/names.hpp"

namespace plimsoll::properties::names {
namespace {

using Words = std::span<const std::string>;
template <class T>
using Parsed = tl::expected<T, std::string>;

tl::unexpected<std::string> wrong(const std::string& word, const std::string& expected) {
  return tl::unexpected<std::string>("'" + word + "': expected " + expected);
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

Parsed<dns::ObjectName> parse_name(dns::Kind kind, const std::string& word) {
  const std::size_t slash = word.find('/');
  if (kind == dns::Kind::name_space) {
    if (slash != std::string::npos) {
      return wrong(word, "a namespace's name");
    }
    return dns::ObjectName{"", word};
  }
  if (slash == std::string::npos || slash == 0 || slash + 1 == word.size()) {
    return wrong(word, "NAMESPACE/NAME");
  }
  return dns::ObjectName{word.substr(0, slash), word.substr(slash + 1)};
}

/// "http/tcp/80"; "/tcp/80" is a port without a name.
Parsed<dns::Port> parse_port(const std::string& word) {
  static constexpr std::array<std::string_view, 3> protocols = {"tcp", "udp", "sctp"};
  const std::size_t first = word.find('/');
  const std::size_t second = first == std::string::npos ? first : word.find('/', first + 1);
  if (second == std::string::npos) {
    return wrong(word, "a port, as http/tcp/80");
  }
  const auto protocol = std::ranges::find(protocols, word.substr(first + 1, second - first - 1));
  std::uint16_t number = 0;
  const char* end = word.data() + word.size();
  const auto read = std::from_chars(word.data() + second + 1, end, number);
  if (protocol == protocols.end() || read.ec != std::errc{} || read.ptr != end || number == 0) {
    return wrong(word, "a port, as http/tcp/80");
  }
  return dns::Port{word.substr(0, first), static_cast<dns::Protocol>(protocol - protocols.begin()), number};
}

Parsed<dns::Object> parse_service(Words words) {
  dns::Service service;
  if (words.empty()) {
    return tl::unexpected<std::string>(
        "a service needs a cluster IP, 'headless', 'headless-unready' or 'external NAME'");
  }
  if (words[0] == "external") {
    if (words.size() != 2) {
      return wrong(words[0], "one name behind it");
    }
    service.type = dns::ServiceType::external_name;
    service.external_name = words[1];
    return service;
  }
  if (words[0] == "headless" || words[0] == "headless-unready") {
    service.type = dns::ServiceType::headless;
    service.publish_not_ready = words[0] == "headless-unready";
    words = words.subspan(1);
  }
  for (const std::string& word : words) {
    if (const auto address = dns::parse_address(word)) {
      if (service.type == dns::ServiceType::headless) {
        return wrong(word, "no cluster IP of a headless service");
      }
      service.cluster_ips.push_back(*address);
      continue;
    }
    auto port = parse_port(word);
    if (!port) {
      return tl::unexpected(port.error() + " or an address");
    }
    service.ports.push_back(std::move(*port));
  }
  if (service.type == dns::ServiceType::cluster_ip && service.cluster_ips.empty()) {
    return tl::unexpected<std::string>("a service that is not headless needs a cluster IP");
  }
  return service;
}

Parsed<dns::Endpoint> parse_endpoint(std::string word) {
  dns::Endpoint endpoint;
  const std::string whole = word;
  endpoint.ready = !word.starts_with('!');
  word.erase(0, endpoint.ready ? 0 : 1);
  if (const std::size_t equals = word.find('='); equals != std::string::npos) {
    endpoint.hostname = word.substr(0, equals);
    word.erase(0, equals + 1);
  }
  const auto address = dns::parse_address(word);
  if (!address) {
    return wrong(whole, "an endpoint, as db-0=10.1.0.1 or !10.1.0.1, or a port, as http/tcp/80");
  }
  endpoint.addresses = {*address};
  return endpoint;
}

Parsed<dns::Object> parse_slice(Words words) {
  if (words.empty()) {
    return tl::unexpected<std::string>("a slice needs the name of its service");
  }
  dns::EndpointSlice slice{words[0], {}, {}};
  for (const std::string& word : words.subspan(1)) {
    if (auto port = parse_port(word)) {
      slice.ports.push_back(std::move(*port));
      continue;
    }
    auto endpoint = parse_endpoint(word);
    if (!endpoint) {
      return tl::unexpected(endpoint.error());
    }
    slice.endpoints.push_back(std::move(*endpoint));
  }
  return slice;
}

Parsed<dns::Object> parse_pod(Words words) {
  dns::Pod pod;
  for (const std::string& word : words) {
    const auto address = dns::parse_address(word);
    if (!address) {
      return wrong(word, "an address");
    }
    pod.addresses.push_back(*address);
  }
  return pod;
}

Parsed<dns::Object> parse_object(dns::Kind kind, Words words) {
  switch (kind) {
    case dns::Kind::service:
      return parse_service(words);
    case dns::Kind::slice:
      return parse_slice(words);
    case dns::Kind::pod:
      return parse_pod(words);
    case dns::Kind::name_space:
      break;
  }
  if (!words.empty()) {
    return wrong(words[0], "nothing behind a namespace's name");
  }
  return dns::Namespace{};
}

}  // namespace

tl::expected<dns::Change, std::string> parse_change(std::string_view text) {
  static constexpr std::array<std::string_view, 4> kinds = {"namespace", "service", "slice", "pod"};
  const std::vector<std::string> all = words_of(text);
  Words words = all;
  const bool is_deletion = !words.empty() && words[0] == "delete";
  words = words.subspan(is_deletion ? 1 : 0);
  if (words.size() < 2) {
    return tl::unexpected<std::string>("'" + std::string(text) + "': expected [delete] KIND NAME ...");
  }
  const auto found = std::ranges::find(kinds, words[0]);
  if (found == kinds.end()) {
    return wrong(words[0], "namespace, service, slice or pod");
  }
  dns::Change change;
  change.kind = static_cast<dns::Kind>(found - kinds.begin());
  auto name = parse_name(change.kind, words[1]);
  if (!name) {
    return tl::unexpected(name.error());
  }
  change.name = *name;
  words = words.subspan(2);
  if (is_deletion) {
    return words.empty() ? Parsed<dns::Change>(change) : wrong(words[0], "nothing behind what is deleted");
  }
  auto object = parse_object(change.kind, words);
  if (!object) {
    return tl::unexpected(object.error());
  }
  change.object = std::move(*object);
  return change;
}

tl::expected<dns::Question, std::string> parse_question(std::string_view text) {
  static constexpr std::array<std::string_view, 7> types = {"a",   "aaaa", "cname", "srv",
                                                            "ptr", "txt",  "other"};
  const std::vector<std::string> words = words_of(text);
  if (words.size() != 2) {
    return tl::unexpected<std::string>("'" + std::string(text) + "': expected TYPE NAME");
  }
  const auto type = std::ranges::find(types, words[0]);
  if (type == types.end()) {
    return wrong(words[0], "a, aaaa, cname, srv, ptr, txt or other");
  }
  return dns::Question{words[1], static_cast<dns::Type>(type - types.begin())};
}

}  // namespace plimsoll::properties::names
