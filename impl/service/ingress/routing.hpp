// Ingress: which backend a request of HTTP comes to, by its host and path.
//
// Source: kubernetes, networking.k8s.io/v1 (types.go: IngressSpec, IngressRule, HTTPIngressPath) and the
// conformance features of ingress controllers (kubernetes-sigs/ingress-controller-conformance). Path type
// ImplementationSpecific is Prefix here, which the API leaves to the controller. Ports, TLS and annotations
// are no part of the decision.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "impl/base/described.hpp"

namespace plimsoll::service::ingress {

enum class PathType : std::uint8_t { exact, prefix, implementation_specific };
PLIMSOLL_DESCRIBE_ENUM(PathType, exact, prefix, implementation_specific)

/// A service of the Ingress's own namespace.
struct Backend {
  std::string service = {};
  std::uint16_t port = 0;
  PLIMSOLL_DESCRIBE(Backend, service, port)
};

struct Path {
  std::string path = "/";
  PathType type = PathType::prefix;
  Backend backend = {};
  PLIMSOLL_DESCRIBE(Path, path, type, backend)
};

/// spec.rules[].
struct Rule {
  std::string host = {};  ///< empty: any; "*.foo.com": one label in front of foo.com
  std::vector<Path> paths = {};
  PLIMSOLL_DESCRIBE(Rule, host, paths)
};

struct Ingress {
  std::optional<std::string> class_name = {};   ///< spec.ingressClassName
  std::optional<Backend> default_backend = {};  ///< of requests that no rule of any Ingress is for
  std::vector<Rule> rules = {};
  std::uint64_t created = 0;  ///< metadata.creationTimestamp, as a serial number

  PLIMSOLL_DESCRIBE_OPTIONS(class_name)
  PLIMSOLL_DESCRIBE(Ingress, class_name, default_backend, rules, created)
};

/// "default/web".
using Name = std::string;
using Ingresses = std::map<Name, Ingress>;

/// Which Ingresses are this controller's.
struct ControllerConfig {
  std::string class_name = "plimsoll";
  bool is_default_class = false;  ///< Ingresses without a class are its own as well
};

/// Why the API server would refuse the object, one sentence; none: it would not. Hosts are DNS names in lower
/// case, perhaps with "*." in front, and no addresses; paths of types Exact and Prefix begin with '/', and
/// have no empty, "." or ".." element.
[[nodiscard]] std::optional<std::string> fault_of(const Ingress& ingress);

/// Where a request goes.
struct Route {
  Name ingress = {};
  Backend backend = {};
  PLIMSOLL_DESCRIBE(Route, ingress, backend)
};

/// The rules of all its Ingresses, in the order in which they are asked.
///
/// Thread-safety: const members may be called from any number of threads.
class Router {
 public:
  /// Ingresses that fault_of() objects to are left out, as if they were not there. Cost: paths times log.
  Router(const Ingresses& ingresses, const ControllerConfig& config);

  /// @param host  As the request has it: upper or lower case, perhaps with a port.
  /// @param path  Without the query.
  /// @return none: 404. Cost: linear in the number of paths of the host.
  [[nodiscard]] std::optional<Route> route(std::string_view host, std::string_view path) const;

 private:
  struct Entry {
    Path path = {};
    Name ingress = {};
  };
  [[nodiscard]] static const Entry* find(const std::vector<Entry>& entries, std::string_view path);

  /// By host as rules have it, the best first.
  std::map<std::string, std::vector<Entry>, std::less<>> by_host_ = {};
  std::optional<Route> default_ = {};
};

}  // namespace plimsoll::service::ingress
