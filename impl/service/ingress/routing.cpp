#include "impl/service/ingress/routing.hpp"

#include <algorithm>
#include <tuple>

#include "impl/base/stable_sort.hpp"

namespace plimsoll::service::ingress {
namespace {

constexpr std::string_view wildcard = "*.";
constexpr std::size_t host_max = 253;
constexpr std::size_t label_max = 63;

bool is_lower_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// RFC 1123, as the API server asks of it.
bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= label_max && is_lower_alphanumeric(label.front()) &&
         is_lower_alphanumeric(label.back()) &&
         std::ranges::all_of(label, [](char c) { return is_lower_alphanumeric(c) || c == '-'; });
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

bool is_address(std::string_view host) {
  return std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

std::optional<std::string> fault_of_host(const std::string& host) {
  std::string_view name = host;
  if (name.empty()) {
    return std::nullopt;
  }
  if (name.starts_with(wildcard)) {
    name.remove_prefix(wildcard.size());
  }
  const bool is_name = name.size() <= host_max && std::ranges::all_of(split(name, '.'), is_label);
  if (!is_name || is_address(name)) {
    return "host '" + host + "': expected a DNS name in lower case, perhaps after '*.', and no address";
  }
  return std::nullopt;
}

std::optional<std::string> fault_of_path(const Path& path) {
  if (path.backend.service.empty() || path.backend.port == 0) {
    return "path '" + path.path + "': expected a backend with a service and a port";
  }
  if (path.type == PathType::implementation_specific && (path.path.empty() || path.path.front() == '/')) {
    return std::nullopt;
  }
  if (path.path.empty() || path.path.front() != '/') {
    return "path '" + path.path + "': expected '/' in front";
  }
  if (path.path.find("//") != std::string::npos) {
    return "path '" + path.path + "': expected no empty element";
  }
  for (const std::string_view element : split(path.path, '/')) {
    if (element == "." || element == "..") {
      return "path '" + path.path + "': expected no element '.' or '..'";
    }
  }
  return std::nullopt;
}

std::string_view without_slash(std::string_view path) {
  return path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

/// Element by element: what follows the prefix begins with '/', or is nothing.
bool is_under(std::string_view path, std::string_view prefix) {
  const std::string_view whole = without_slash(prefix);
  return path.starts_with(whole) && (path.size() == whole.size() || path[whole.size()] == '/');
}

bool matches(const Path& rule, std::string_view path) {
  return rule.type == PathType::exact ? path == rule.path : is_under(path, rule.path);
}

}  // namespace

std::optional<std::string> fault_of(const Ingress& ingress) {
  if (ingress.rules.empty() && !ingress.default_backend) {
    return "expected rules or a default backend";
  }
  for (const Rule& rule : ingress.rules) {
    if (auto fault = fault_of_host(rule.host)) {
      return fault;
    }
    for (const Path& path : rule.paths) {
      if (auto fault = fault_of_path(path)) {
        return fault;
      }
    }
  }
  return std::nullopt;
}

Router::Router(const Ingresses& ingresses, const ControllerConfig& config) {
  // Who was there first keeps what two ask for.
  std::vector<std::pair<const Name*, const Ingress*>> own;
  for (const auto& [name, ingress] : ingresses) {
    const bool is_own =
        ingress.class_name ? *ingress.class_name == config.class_name : config.is_default_class;
    if (is_own && !fault_of(ingress)) {
      own.emplace_back(&name, &ingress);
    }
  }
  base::stable_sort(own, {}, [](const auto& one) { return std::tie(one.second->created, *one.first); });
  for (const auto& [name, ingress] : own) {
    if (ingress->default_backend && !default_) {
      default_ = Route{*name, *ingress->default_backend};
    }
    for (const Rule& rule : ingress->rules) {
      for (const Path& path : rule.paths) {
        by_host_[rule.host].push_back({path, *name});
      }
    }
  }
  for (auto& [host, entries] : by_host_) {
    // The longest path first, and an exact one before a prefix as long.
    base::stable_sort(entries, {}, [](const Entry& entry) {
      const auto length = static_cast<std::int64_t>(without_slash(entry.path.path).size());
      return std::tuple(-length, entry.path.type != PathType::exact);
    });
  }
}

const Router::Entry* Router::find(const std::vector<Entry>& entries, std::string_view path) {
  const auto found =
      std::ranges::find_if(entries, [&](const Entry& entry) { return matches(entry.path, path); });
  return found == entries.end() ? nullptr : &*found;
}

std::optional<Route> Router::route(std::string_view host, std::string_view path) const {
  std::string name(host.substr(0, host.find(':')));
  std::ranges::transform(name, name.begin(), lower);
  const std::size_t dot = name.find('.');
  const std::string any_label = dot == std::string::npos ? "" : "*" + name.substr(dot);
  // A host that a rule names is that rule's, even if none of its paths is the request's: then the next one.
  for (const std::string_view of_rule :
       {std::string_view(name), std::string_view(any_label), std::string_view()}) {
    const auto entries = by_host_.find(of_rule);
    if (entries == by_host_.end()) {
      continue;
    }
    if (const Entry* entry = find(entries->second, path)) {
      return Route{entry->ingress, entry->path.backend};
    }
  }
  return default_;
}

}  // namespace plimsoll::service::ingress
