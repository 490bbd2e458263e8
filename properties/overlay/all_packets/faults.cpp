// What is wrong with the outcome of one packet.
#include <algorithm>
#include <map>

#include "properties/overlay/all_packets/exact.hpp"

namespace plimsoll::properties::overlay {
namespace {

using plimsoll::overlay::Delivery;
using plimsoll::overlay::Direction;
using plimsoll::overlay::Errno;
using plimsoll::overlay::Hop;
using plimsoll::overlay::Outcome;

constexpr std::uint8_t tcp = 6;

std::vector<std::string> lines_of(const std::vector<Hop>& path) {
  std::vector<std::string> lines;
  for (const Hop& hop : path) {
    const std::string tunnel = hop.tunnel.empty() ? "" : "  in " + hop.tunnel;
    lines.push_back(hop.at + (hop.direction == Direction::in ? " in  " : " out ") + hop.packet + tunnel);
  }
  return lines;
}

std::string namespace_of(const Hop& hop) {
  return hop.at.substr(0, hop.at.find(':'));
}

/// Judges one outcome.
class Judge {
 public:
  Judge(const ClusterView& view, const Inquiry& inquiry, const Outcome& outcome)
      : view_(view), inquiry_(inquiry), outcome_(outcome) {}

  std::vector<Finding> faults() {
    if (!outcome_.unknown.empty()) {
      add(Fault::unknown, outcome_.unknown);
      return std::move(found_);
    }
    judge_receivers();
    judge_path();
    if (!receivers_.empty() && answered()) {
      judge_arrival();
      judge_reply();
    } else if (!answered()) {
      judge_loss();
    }
    return std::move(found_);
  }

 private:
  void add(Fault fault, std::string what, bool reply = false) {
    found_.push_back(
        {fault, inquiry_, std::move(what), lines_of(reply ? outcome_.reply_path : outcome_.path)});
  }

  /// Whether somebody, somewhere took the packet.
  [[nodiscard]] bool answered() const {
    return !outcome_.delivered.empty() || (outcome_.tcp && outcome_.tcp->connected);
  }

  /// Who may receive the packet.
  [[nodiscard]] std::set<std::string> rightful() const {
    std::set<std::string> all;
    const auto add_owners = [&](base::Ipv4 address) {
      for (const auto* owners : {&view_.owners, &view_.node_addresses}) {
        if (const auto found = owners->find(address); found != owners->end()) {
          all.insert(found->second.begin(), found->second.end());
        }
      }
    };
    if (!inquiry_.to_service) {
      add_owners(inquiry_.destination);
      return all;
    }
    for (const Endpoint& endpoint : service().endpoints) {
      add_owners(endpoint.address);
    }
    return all;
  }

  /// Requires: the packet goes to a service of the view.
  [[nodiscard]] const KnownService& service() const {
    return view_.services.at({inquiry_.destination, inquiry_.protocol, inquiry_.port});
  }

  void judge_receivers() {
    const std::set<std::string> allowed = rightful();
    for (const Delivery& delivery : outcome_.delivered) {
      receivers_.push_back(delivery.to);
      if (!allowed.contains(delivery.to)) {
        add(Fault::misdelivered, delivery.to + " receives what is not for it");
      }
    }
    if (receivers_.size() > 1) {
      add(Fault::multiplied, "received " + std::to_string(receivers_.size()) + " times");
    }
  }

  void judge_path() {
    constexpr unsigned turns_max = 2;
    std::map<std::pair<std::string, Direction>, unsigned> passed;
    std::set<std::string> relays;
    for (const Hop& hop : outcome_.path) {
      if (++passed[{hop.at, hop.direction}] == turns_max + 1) {
        add(Fault::looped, "comes to " + hop.at + " again and again");
        return;
      }
      const std::string where = namespace_of(hop);
      // Who sees a frame that is for another host does not relay it; who sends it on does.
      if (hop.direction == Direction::out && std::ranges::find(view_.nodes, where) != view_.nodes.end()) {
        relays.insert(where);
      }
    }
    constexpr std::size_t straight = 2;  // the sender's node and the receiver's
    if (answered() && relays.size() > straight) {
      add(Fault::detour, "passes " + std::to_string(relays.size()) + " nodes on its way");
    }
  }

  void judge_arrival() {
    if (inquiry_.to_service && service().masquerades) {
      return;
    }
    const std::vector<base::Ipv4> own = view_.own(inquiry_.source);
    for (const Delivery& delivery : outcome_.delivered) {
      const bool hairpin = inquiry_.to_service && delivery.to == inquiry_.source;
      // What leaves the pod network gets its node's address (flanneld --ip-masq).
      const bool leaves = !view_.addresses.contains(delivery.to);
      if (!hairpin && !leaves && std::ranges::find(own, delivery.src) == own.end()) {
        add(Fault::masqueraded, "arrives with source " + to_text(delivery.src));
      }
    }
  }

  void judge_reply() {
    if (inquiry_.protocol == tcp) {
      if (!outcome_.tcp || !outcome_.tcp->connected) {
        add(Fault::reply_lost, "the connection is not established", true);
      }
      return;
    }
    if (!outcome_.reply) {
      add(Fault::reply_lost, "the answer does not come back", true);
    } else if (!outcome_.reply->from_expected) {
      add(Fault::reply_changed, "the answer comes from " + to_text(outcome_.reply->src), true);
    }
  }

  /// Whether the service has nobody to send to, or lets only some in.
  [[nodiscard]] bool may_be_refused() const {
    if (!inquiry_.to_service) {
      return false;
    }
    if (service().endpoints.empty() || service().restricted) {
      return true;
    }
    const auto node = view_.node_of.find(inquiry_.source);
    const auto own =
        node == view_.node_of.end() ? service().by_node.end() : service().by_node.find(node->second);
    return service().local_only && own != service().by_node.end() && own->second.endpoints.empty();
  }

  /// What the place where the packet was seen last says of packets that went no further; empty: nothing.
  [[nodiscard]] std::string reason() const {
    const std::string where = outcome_.path.empty() ? inquiry_.source : namespace_of(outcome_.path.back());
    const auto is_about_it = [&](const plimsoll::overlay::Drop& drop) {
      // Who sees what is for others drops it, and that says nothing.
      return drop.where == where && !drop.why.starts_with("ARP") && drop.why != "for another host" &&
             drop.why != "bridge port does not take it";
    };
    const auto last = std::ranges::find_if(outcome_.drops.rbegin(), outcome_.drops.rend(), is_about_it);
    return last == outcome_.drops.rend() ? "" : ", " + last->where + ": " + last->why;
  }

  void judge_loss() {
    const bool is_nobodys = !inquiry_.to_service && rightful().empty();
    if (is_nobodys || may_be_refused() || !found_.empty()) {
      return;
    }
    std::string why = "nobody receives it" + reason();
    if (outcome_.sender_error) {
      if (inquiry_.full_size && outcome_.sender_error->error == Errno::emsgsize) {
        return;  // the sender is told, and will send smaller ones
      }
      why += ", the sender is told: " + std::string(to_text(outcome_.sender_error->error));
    } else if (!outcome_.errors.empty()) {
      why += ", " + outcome_.errors.front().from + " says " + outcome_.errors.front().message;
    }
    add(inquiry_.full_size ? Fault::too_big : Fault::lost, why);
  }

  const ClusterView& view_;
  const Inquiry& inquiry_;
  const Outcome& outcome_;
  std::vector<std::string> receivers_ = {};
  std::vector<Finding> found_ = {};
};

}  // namespace

std::vector<Finding> faults_of(const ClusterView& view, const Inquiry& inquiry, const Outcome& outcome) {
  return Judge(view, inquiry, outcome).faults();
}

std::string_view to_text(Fault fault) {
  switch (fault) {
    case Fault::misdelivered:
      return "misdelivered";
    case Fault::multiplied:
      return "multiplied";
    case Fault::looped:
      return "looped";
    case Fault::lost:
      return "lost";
    case Fault::too_big:
      return "too big";
    case Fault::masqueraded:
      return "masqueraded";
    case Fault::reply_lost:
      return "reply lost";
    case Fault::reply_changed:
      return "reply changed";
    case Fault::detour:
      return "detour";
    case Fault::duplicate_address:
      return "duplicate address";
    case Fault::service_differs:
      return "service differs";
    case Fault::unknown:
      return "unknown";
  }
  return "?";
}

std::string to_text(const Inquiry& inquiry) {
  std::string text = inquiry.source + " > " + to_text(inquiry.destination) + ":" +
                     std::to_string(inquiry.port) + (inquiry.protocol == tcp ? " tcp" : " udp");
  return inquiry.full_size ? text + ", full size" : text;
}

}  // namespace plimsoll::properties::overlay
