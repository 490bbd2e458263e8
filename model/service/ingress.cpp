#include "model/service/ingress.hpp"

#include <algorithm>
#include <sstream>

namespace plimsoll::model::ingress {
namespace {

/// "/a/b/" has the elements "a" and "b".
std::vector<std::string> elements(const std::string& path) {
  std::vector<std::string> all;
  std::istringstream in(path.substr(1));
  for (std::string element; std::getline(in, element, '/');) {
    all.push_back(element);
  }
  return all;
}

bool has_host(const Entry& entry, const std::string& host) {
  if (entry.host.empty() || entry.host == host) {
    return true;
  }
  const bool is_wildcard = entry.host[0] == '*';
  const std::size_t label = host.find('.');
  return is_wildcard && label != std::string::npos && label > 0 && host.substr(label) == entry.host.substr(1);
}

/// 2: the host itself, 1: a wildcard, 0: any.
int closeness(const Entry& entry) {
  return entry.host.empty() ? 0 : entry.host[0] == '*' ? 1 : 2;
}

std::size_t length(const Entry& entry) {
  std::size_t characters = 0;
  for (const std::string& element : elements(entry.path)) {
    characters += 1 + element.size();
  }
  return characters;
}

}  // namespace

bool matches(const Entry& entry, const std::string& host, const std::string& path) {
  if (!has_host(entry, host) || path.empty() || path[0] != '/') {
    return false;
  }
  if (entry.is_exact) {
    return entry.path == path;
  }
  const std::vector<std::string> wanted = elements(entry.path);
  const std::vector<std::string> given = elements(path);
  return wanted.size() <= given.size() && std::equal(wanted.begin(), wanted.end(), given.begin());
}

bool goes_before(const Entry& one, const Entry& other) {
  if (closeness(one) != closeness(other)) {
    return closeness(one) > closeness(other);
  }
  if (length(one) != length(other)) {
    return length(one) > length(other);
  }
  if (one.is_exact != other.is_exact) {
    return one.is_exact;
  }
  return one.age != other.age ? one.age < other.age : one.place < other.place;
}

std::optional<std::uint32_t> backend_of(const std::vector<Entry>& entries, const std::string& host,
                                        const std::string& path) {
  for (const Entry& entry : entries) {
    const bool wins = matches(entry, host, path) && std::ranges::none_of(entries, [&](const Entry& other) {
                        return matches(other, host, path) && goes_before(other, entry);
                      });
    if (wins) {
      return entry.backend;
    }
  }
  return std::nullopt;
}

}  // namespace plimsoll::model::ingress
