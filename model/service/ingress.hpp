// Which backend a request must come to, as the API of Ingress words it: of all paths of all Ingresses that
// the request matches, the one that no other goes before.
//
// Source: the documentation of networking.k8s.io/v1 Ingress (path types, multiple matches, hostname
// wildcards) and the conformance features of controllers. Pure functions: safe from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace plimsoll::model::ingress {

/// One path of one rule of one Ingress.
struct Entry {
  std::string host = {};  ///< empty: any; "*.foo.com": one label before
  std::string path = "/";
  bool is_exact = false;    ///< otherwise element by element
  std::uint64_t age = 0;    ///< of its Ingress: the smaller one was there first, and no two are equal
  std::uint32_t place = 0;  ///< in its Ingress
  std::uint32_t backend = 0;
};

/// Whether the entry is for the request. @param host  In lower case, without a port.
[[nodiscard]] bool matches(const Entry& entry, const std::string& host, const std::string& path);
/// Whether `one` goes before `other` when a request matches both.
[[nodiscard]] bool goes_before(const Entry& one, const Entry& other);
/// The backend of the entry that wins; none: nobody's. Quadratic in the number of entries.
[[nodiscard]] std::optional<std::uint32_t> backend_of(const std::vector<Entry>& entries,
                                                      const std::string& host, const std::string& path);

}  // namespace plimsoll::model::ingress
