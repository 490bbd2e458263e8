// What the cluster's DNS server knows, is asked and answers.
//
// Sources: kubernetes/dns, docs/specification.md v1.1.0; coredns, plugin/kubernetes (README, parse.go,
// kubernetes.go). Plain values: safe from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "impl/base/described.hpp"
#include "impl/base/described_net.hpp"
#include "impl/service/dns/defects.hpp"

namespace plimsoll::dns {

enum class Protocol : std::uint8_t { tcp, udp, sctp };
PLIMSOLL_DESCRIBE_ENUM(Protocol, tcp, udp, sctp)

/// An object's namespace and name. Namespaces themselves have an empty `space`.
struct ObjectName {
  std::string space = {};
  std::string name = {};
  PLIMSOLL_DESCRIBE(ObjectName, space, name)
};

using Address = std::variant<base::Ipv4, base::Ipv6>;

struct Port {
  std::string name = {};  ///< may be empty: such a port has no SRV record
  Protocol protocol = Protocol::tcp;
  std::uint16_t port = 0;
  PLIMSOLL_DESCRIBE(Port, name, protocol, port)
};

enum class ServiceType : std::uint8_t { cluster_ip, headless, external_name };
PLIMSOLL_DESCRIBE_ENUM(ServiceType, cluster_ip, headless, external_name)

/// A Service, as far as names go: node ports and load balancers make no difference to them.
struct Service {
  ServiceType type = ServiceType::cluster_ip;
  std::vector<Address> cluster_ips = {};  ///< one of each family at most; only of cluster_ip
  std::vector<Port> ports = {};           ///< of a headless service those of its slices count instead
  std::string external_name = {};         ///< only of external_name
  bool publish_not_ready = false;         ///< publishNotReadyAddresses
  PLIMSOLL_DESCRIBE(Service, type, cluster_ips, ports, external_name, publish_not_ready)
};

struct Endpoint {
  std::vector<Address> addresses = {};
  bool ready = true;
  std::string hostname = {};  ///< the pod's hostname, if its subdomain is the service; else empty
  PLIMSOLL_DESCRIBE(Endpoint, addresses, ready, hostname)
};

/// An EndpointSlice of `service`, which is of the slice's namespace.
struct EndpointSlice {
  std::string service = {};
  std::vector<Port> ports = {};
  std::vector<Endpoint> endpoints = {};
  PLIMSOLL_DESCRIBE(EndpointSlice, service, ports, endpoints)
};

/// A Pod that runs. Pods that have ended are no objects of this server.
struct Pod {
  std::vector<Address> addresses = {};
  PLIMSOLL_DESCRIBE(Pod, addresses)
};

/// All objects of one moment. Keys are as the API server keeps them: lower case.
struct Objects {
  std::set<std::string> namespaces = {};
  std::map<ObjectName, Service> services = {};
  std::map<ObjectName, EndpointSlice> slices = {};
  std::map<ObjectName, Pod> pods = {};
  PLIMSOLL_DESCRIBE(Objects, namespaces, services, slices, pods)
};

struct Namespace {
  PLIMSOLL_DESCRIBE(Namespace)
};
enum class Kind : std::uint8_t { name_space, service, slice, pod };
PLIMSOLL_DESCRIBE_ENUM(Kind, name_space, service, slice, pod)

using Object = std::variant<Namespace, Service, EndpointSlice, Pod>;

/// An object was created or updated, or (without one) deleted. `object`, if any, is of kind `kind`.
struct Change {
  Kind kind = Kind::service;
  ObjectName name = {};
  std::optional<Object> object = {};
  PLIMSOLL_DESCRIBE(Change, kind, name, object)
};

enum class PodNames : std::uint8_t {
  disabled,  ///< no name of a pod exists
  insecure,  ///< every address in an existing namespace has one
  verified,  ///< the addresses of that namespace's pods have one
};
PLIMSOLL_DESCRIBE_ENUM(PodNames, disabled, insecure, verified)

/// A server's configuration, constant in a run.
struct Config {
  std::string zone = "cluster.local";  ///< lower case, without the dot at the end
  PodNames pods = PodNames::disabled;
  std::uint16_t ttl = 5;              ///< seconds, 0 to 3600
  bool ignore_empty_service = false;  ///< a service with a cluster IP and no ready endpoint does not exist
  bool no_endpoints = false;          ///< slices are not watched: headless names do not exist
  Defects defects = {};
};

/// Types of records that are asked for. `other` stands for every type of which this server has no record.
enum class Type : std::uint8_t { a, aaaa, cname, srv, ptr, txt, other };
PLIMSOLL_DESCRIBE_ENUM(Type, a, aaaa, cname, srv, ptr, txt, other)

/// @param name  In any case; with or without the dot at the end.
struct Question {
  std::string name = {};
  Type type = Type::a;
  PLIMSOLL_DESCRIBE(Question, name, type)
};

/// A record's data; its owner is the name that was asked for. Priority and weight of SRV say nothing of the
/// cluster and are left out.
struct Record {
  Type type = Type::a;
  std::string data = {};   ///< address, name (lower case, no dot at the end) or text
  std::uint16_t port = 0;  ///< only of SRV
  PLIMSOLL_DESCRIBE(Record, type, data, port)
};

enum class Rcode : std::uint8_t { noerror, nxdomain, servfail, refused };
PLIMSOLL_DESCRIBE_ENUM(Rcode, noerror, nxdomain, servfail, refused)

/// NOERROR without records says that the name exists and has none of this type ("NODATA").
struct Answer {
  Rcode rcode = Rcode::noerror;
  std::set<Record> records = {};
  std::uint16_t ttl =
      0;  ///< seconds the answer may be remembered, refusals of a name included; 0: not at all
  PLIMSOLL_DESCRIBE(Answer, rcode, records, ttl)
};

}  // namespace plimsoll::dns
