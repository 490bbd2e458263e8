// Which answers the cluster's DNS may give.
//
// The right answer follows from the objects of one moment: the question's name is taken apart, and the
// objects are asked one by one whether it speaks of them. A server lags behind: it may answer for any moment
// between the last that it has surely seen and now, but for one and the same moment; before it has seen any
// it may only say that it cannot answer. Source: kubernetes/dns, docs/specification.md v1.1.0; section 1.10
// of the semantics; kubernetes/dns issue 186 (no denial before the first synchronisation). Pure functions,
// linear in the objects; safe from any thread.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"

namespace plimsoll::model::dns {

using Address = std::variant<base::Ipv4, base::Ipv6>;

/// A port as the labels of its SRV record have it: `name` may be empty, `protocol` is "tcp", "udp" or "sctp".
struct Port {
  std::string name = {};
  std::string protocol = {};
  std::uint16_t port = 0;
};

/// A service with a cluster IP has `addresses`, an alias has `alias`; a headless one has neither.
struct Service {
  std::string space = {};
  std::string name = {};
  bool headless = false;
  bool publish_not_ready = false;
  std::vector<Address> addresses = {};
  std::vector<Port> ports = {};
  std::string alias = {};
};

/// One address of one endpoint of the service `space`/`service`.
struct Endpoint {
  std::string space = {};
  std::string service = {};
  Address address = {};
  bool ready = true;
  std::string hostname = {};
  std::vector<Port> ports = {};
};

struct PodAddress {
  std::string space = {};
  Address address = {};
};

/// The objects of one moment. Services are told apart by namespace and name.
struct Cluster {
  std::set<std::string> namespaces = {};
  std::vector<Service> services = {};
  std::vector<Endpoint> endpoints = {};
  std::vector<PodAddress> pods = {};
};

enum class PodNames : std::uint8_t { disabled, insecure, verified };

/// What the cluster's administrator chose. `zone` is in lower case.
struct Rules {
  std::string zone = "cluster.local";
  PodNames pods = PodNames::disabled;
  bool ignore_empty_service = false;
  bool no_endpoints = false;
};

enum class Type : std::uint8_t { a, aaaa, cname, srv, ptr, txt, other };

struct Question {
  std::string name = {};
  Type type = Type::a;
};

/// Data of a record, in lower case; `port` is SRV's.
struct Record {
  Type type = Type::a;
  std::string data = {};
  std::uint16_t port = 0;
  friend auto operator<=>(const Record&, const Record&) = default;
};

enum class Outcome : std::uint8_t { found, no_such_name, failure, refused };
PLIMSOLL_DESCRIBE_ENUM(Outcome, found, no_such_name, failure, refused)

/// `found` without records: the name exists, but has none of this type.
struct Answer {
  Outcome outcome = Outcome::found;
  std::set<Record> records = {};
  friend bool operator==(const Answer&, const Answer&) = default;
};

/// The right answer for the objects of one moment.
[[nodiscard]] Answer right_answer(const Rules& rules, const Cluster& cluster, const Question& question);

enum class Judgement : std::uint8_t {
  allowed,
  denied,  ///< "no such name", and at no moment in question that was so
  wrong,   ///< records, or their absence, that no moment in question accounts for
  failed,  ///< a failure without excuse
};
PLIMSOLL_DESCRIBE_ENUM(Judgement, allowed, denied, wrong, failed)

/// @param moments  What the server may answer for, oldest first and never empty; one if it has caught up.
/// @param synced   Whether the server has seen all objects once since it started. If not, `moments` is not
///                 looked at: nothing but a failure is allowed (or a refusal of names outside the zone).
[[nodiscard]] Judgement judge(const Rules& rules, std::span<const Cluster> moments, bool synced,
                              const Question& question, const Answer& answer);

}  // namespace plimsoll::model::dns
