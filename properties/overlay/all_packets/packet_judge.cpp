#include "properties/overlay/all_packets/packet_judge.hpp"

#include <algorithm>
#include <set>

namespace plimsoll::properties::overlay {
namespace {

using plimsoll::overlay::Outcome;
using plimsoll::overlay::PathMtu;
using plimsoll::overlay::ProbeKind;
using plimsoll::overlay::Tables;

constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint16_t pod_port = 8080;
constexpr std::uint8_t first_ttl = 64;

Recording with_listeners(Recording recording, const ClusterView& view) {
  listen_everywhere(recording, asked_ports(view));
  return recording;
}

/// The greatest packet that the pod's device lets through.
std::size_t full_size(const Tables& pod, base::Ipv4 address) {
  for (const auto& own : pod.addresses) {
    if (own.address.address() == address) {
      if (const auto* link = plimsoll::overlay::find_link(pod, own.device)) {
        return link->mtu;
      }
    }
  }
  constexpr std::size_t ethernet = 1500;
  return ethernet;
}

/// Who received the packet, and whether the sender heard of it.
std::string fate_of(const Outcome& outcome) {
  if (!outcome.unknown.empty()) {
    return "unknown";
  }
  std::string fate;
  for (const auto& delivery : outcome.delivered) {
    fate += (fate.empty() ? "to " : " and ") + delivery.to;
  }
  if (outcome.tcp) {
    return (fate.empty() ? "" : fate + ", ") + (outcome.tcp->connected ? "connected" : "not connected");
  }
  if (fate.empty()) {
    return outcome.sender_error ? "lost, and the sender is told" : "lost";
  }
  return fate + (!outcome.reply                 ? ", no answer"
                 : outcome.reply->from_expected ? ", answered"
                                                : ", answered by another address");
}

}  // namespace

std::set<std::uint16_t> asked_ports(const ClusterView& view) {
  std::set<std::uint16_t> ports = {pod_port};
  for (const auto& [port, service] : view.services) {
    ports.insert(port.port);
    for (const Endpoint& endpoint : service.endpoints) {
      ports.insert(endpoint.port);
    }
  }
  return ports;
}

void listen_everywhere(Recording& recording, const std::set<std::uint16_t>& ports) {
  std::string sentence = "udp+tcp";
  for (const std::uint16_t port : ports) {
    sentence += " " + std::to_string(port);
  }
  recording.listeners.clear();
  for (const auto& [name, what] : recording.namespaces) {
    recording.listeners[name] = sentence;
  }
}

PacketJudge::PacketJudge(const Recording& recording, std::string network)
    : network_(std::move(network)),
      view_(view_of(recording, network_)),
      recording_(with_listeners(recording, view_)),
      predictor_(recording_) {}

void PacketJudge::judge_tables() {
  for (const auto& [address, who] : view_.duplicates()) {
    std::string all;
    for (const std::string& name : who) {
      all += (all.empty() ? "" : " and ") + name;
    }
    add({.fault = Fault::duplicate_address, .what = to_text(address) + " belongs to " + all});
  }
  for (const auto& [port, service] : view_.services) {
    const std::string name =
        to_text(port.address) + ":" + std::to_string(port.port) + (port.protocol == tcp ? " tcp" : " udp");
    for (const std::string& node : view_.nodes) {
      const auto own = service.by_node.find(node);
      if (own == service.by_node.end()) {
        add({.fault = Fault::service_differs, .what = node + " does not know " + name});
      } else if (own->second.endpoints != service.endpoints && !service.local_only) {
        add({.fault = Fault::service_differs,
             .what = node + " knows " + std::to_string(own->second.endpoints.size()) + " of the " +
                     std::to_string(service.endpoints.size()) + " endpoints of " + name});
      }
    }
  }
}

void PacketJudge::judge_nodes_and_strangers() {
  std::map<std::string, std::string> pods;  // one of each node
  for (const auto& [pod, own] : view_.addresses) {
    const auto node = view_.node_of.find(pod);
    pods.try_emplace(node == view_.node_of.end() ? pod : node->second, pod);
  }
  for (const std::string& node : view_.nodes) {
    if (view_.own(node).empty()) {
      continue;
    }
    for (const auto& [address, owners] : view_.owners) {
      (void)judge_pair(node, address);
    }
    for (const auto& [service, known] : view_.services) {
      (void)judge_service(node, service);
    }
    pods[node + " itself"] = node;
  }
  for (const base::Ipv4 address : view_.unowned) {
    for (const auto& [place, sender] : pods) {
      (void)judge_pair(sender, address);
    }
  }
}

bool PacketJudge::judge_pair(const std::string& sender, base::Ipv4 address) {
  const bool datagrams = ask({.source = sender, .destination = address, .protocol = udp, .port = pod_port});
  const bool connection = ask({.source = sender, .destination = address, .protocol = tcp, .port = pod_port});
  return datagrams && connection;
}

bool PacketJudge::judge_service(const std::string& sender, const ServicePort& service) {
  return ask({.source = sender,
              .destination = service.address,
              .protocol = service.protocol,
              .port = service.port,
              .to_service = true});
}

/// The packet, and if a small one gets through, a full-sized one.
bool PacketJudge::ask(Inquiry inquiry) {
  const bool arrives = send(inquiry);
  if (!arrives || inquiry.protocol != udp) {
    return arrives;
  }
  inquiry.full_size = true;
  return send(inquiry);
}

/// @return whether nothing was wrong.
bool PacketJudge::send(const Inquiry& inquiry) {
  ++verdict_.inquiries;
  bool right = true;
  Fates& fates = verdict_.fates[to_text(inquiry)];
  const RecordedProbe sent = probe_of(inquiry);
  for (const Outcome& outcome : predictor_.predict(sent)) {
    ++verdict_.packets;
    fates.insert(fate_of(outcome));
    for (const auto& delivery : outcome.delivered) {
      if (inquiry.protocol == udp) {  // of segments the TTL is not recorded
        verdict_.ttl_needed = std::max(verdict_.ttl_needed, 1U + first_ttl - delivery.ttl);
      }
    }
    for (Finding& finding : faults_of(view_, inquiry, outcome)) {
      right = false;
      finding.probe = sent.probe;
      add(finding);
    }
  }
  return right;
}

RecordedProbe PacketJudge::probe_of(const Inquiry& inquiry) const {
  RecordedProbe recorded = {.id = to_text(inquiry), .tables = network_};
  recorded.probe.kind = inquiry.protocol == tcp ? ProbeKind::tcp : ProbeKind::udp;
  recorded.probe.source = inquiry.source;
  recorded.probe.destination = inquiry.destination;
  recorded.probe.port = inquiry.port;
  recorded.probe.ttl = first_ttl;
  if (inquiry.full_size) {
    const Tables& pod = recording_.tables.at(recording_.networks.at(network_).tables.at(inquiry.source));
    recorded.probe.size = full_size(pod, view_.own(inquiry.source).front());
    recorded.probe.path_mtu = PathMtu::probe;
  }
  return recorded;
}

/// Findings go by cause, with the shortest story that was found of each.
void PacketJudge::add(const Finding& finding) {
  const std::string last = finding.path.empty() ? "" : finding.path.back();
  const std::string place = finding.path.empty() ? finding.what : last.substr(0, last.find(' '));
  Cause& cause = causes_[{finding.fault, place}];
  if (cause.packets++ == 0 || finding.path.size() < cause.first.path.size()) {
    cause.first = finding;
  }
}

DataplaneVerdict PacketJudge::verdict() const {
  DataplaneVerdict verdict = verdict_;
  for (const auto& [key, cause] : causes_) {
    (key.first == Fault::unknown ? verdict.unknowns : verdict.violations).push_back(cause);
  }
  return verdict;
}

}  // namespace plimsoll::properties::overlay
