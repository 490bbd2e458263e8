// The choice of a tuple for a flow that is translated.
#include <algorithm>

#include "impl/base/assert.hpp"
#include "impl/overlay/netfilter/nat.hpp"

namespace plimsoll::overlay::netfilter {
namespace {

bool is_icmp(const Tuple& tuple) {
  return tuple.protocol == protocol::icmp;
}
bool has_ports(const Tuple& tuple) {
  return tuple.protocol == protocol::udp || tuple.protocol == protocol::tcp;
}

/// Looks for a tuple that is in a range, and that nobody else's is.
class Search {
 public:
  Search(const Conntrack& conntrack, base::Choices& choices, const Flow& flow, const NatRange& range,
         Manip manip)
      : conntrack_(conntrack), choices_(choices), flow_(flow), range_(range), manip_(manip) {}

  /// get_unique_tuple(): what packets of the flow are to look like when they leave, given what they would
  /// look like without this hook.
  Tuple unique(const Tuple& present) {
    if (manip_ == Manip::source && !range_.random) {
      if (in_range(present)) {
        if (!used(present)) {
          return present;
        }
      } else if (const std::optional<Tuple> same = mapped_before(present); same && !used(*same)) {
        return *same;
      }
    }
    Tuple tuple = present;
    address(tuple) = some_address(address(tuple));
    if (!range_.random) {
      if (range_.first_port == 0) {
        if (!used(tuple)) {
          return tuple;
        }
      } else if (range_.base_port == 0 && port_in_range(tuple, manip_) &&
                 (range_.first_port == range_.last_port || !used(tuple))) {
        return tuple;
      }
    }
    find_port(tuple);
    return tuple;
  }

 private:
  [[nodiscard]] base::Ipv4& address(Tuple& tuple) const {
    return manip_ == Manip::source ? tuple.src : tuple.dst;
  }

  [[nodiscard]] bool used(const Tuple& tuple) const {
    const std::optional<Tuple> answer = inverted(tuple);
    return answer && conntrack_.taken(*answer, flow_);
  }

  [[nodiscard]] bool port_in_range(const Tuple& tuple, Manip manip) const {
    if (!is_icmp(tuple) && !has_ports(tuple)) {
      return true;
    }
    const std::uint16_t port = is_icmp(tuple) || manip == Manip::source ? tuple.src_port : tuple.dst_port;
    return range_.first_port <= port && port <= range_.last_port;
  }

  /// nf_in_range(): of a source.
  [[nodiscard]] bool in_range(const Tuple& tuple) const {
    const bool of_address =
        range_.first == base::Ipv4() || (range_.first <= tuple.src && tuple.src <= range_.last);
    return of_address && (range_.first_port == 0 || port_in_range(tuple, Manip::source));
  }

  /// find_appropriate_src(): an end that talks to several others keeps one outside name, if it may.
  [[nodiscard]] std::optional<Tuple> mapped_before(const Tuple& present) const {
    std::optional<Tuple> found;
    conntrack_.any_of_source(present, [&](const Flow& other) {
      Tuple mapped = inverted(other.reply).value_or(other.original);
      mapped.dst = present.dst;
      mapped.dst_port = present.dst_port;
      if (in_range(mapped)) {
        found = mapped;
      }
      return found.has_value();
    });
    return found;
  }

  base::Ipv4 some_address(base::Ipv4 present) {
    if (range_.first == base::Ipv4()) {
      return present;
    }
    const std::uint32_t more = range_.last.value() - range_.first.value();
    return more == 0 ? range_.first : range_.first.plus(choices_.choose(more + 1, question::nat_address));
  }

  /// Ports that may be given: the first one, and how many. None if ports stay as they are.
  struct Ports {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
  };
  [[nodiscard]] Ports ports_for(const Tuple& tuple) const {
    if (!is_icmp(tuple) && !has_ports(tuple)) {
      return {};
    }
    if (range_.first_port != 0) {
      return {range_.first_port, range_.last_port - range_.first_port + 1U};
    }
    if (is_icmp(tuple)) {
      return {0, 65536};
    }
    if (manip_ == Manip::destination) {
      return {};
    }
    // A port that only the superuser may use is replaced by another such.
    if (tuple.src_port < 512) {
      return {1, 511};
    }
    return tuple.src_port < 1024 ? Ports{600, 424} : Ports{1024, 64512};
  }

  /// nf_nat_l4proto_unique_tuple(): tries ports from a random one on, then fewer from another one, and in the
  /// end leaves the tuple with the last one it tried: confirmation will refuse it.
  void find_port(Tuple& tuple) {
    constexpr std::uint32_t attempts_max = 128;
    constexpr std::uint32_t attempts_min = 16;
    const Ports ports = ports_for(tuple);
    if (ports.count == 0) {
      return;
    }
    std::uint16_t& port = is_icmp(tuple) || manip_ == Manip::source ? tuple.src_port : tuple.dst_port;
    std::uint32_t offset = first_offset(port, ports.count);
    std::uint32_t attempts = std::min(ports.count, attempts_max);
    while (true) {
      for (std::uint32_t attempt = 0; attempt < attempts; ++attempt, ++offset) {
        port = static_cast<std::uint16_t>(ports.first + offset % ports.count);
        if (!used(tuple)) {
          return;
        }
      }
      if (attempts >= ports.count || attempts < attempts_min) {
        return;
      }
      attempts /= 2;
      offset = choices_.choose(ports.count, question::nat_port);
    }
  }

  std::uint32_t first_offset(std::uint16_t port, std::uint32_t count) {
    if (range_.base_port != 0) {
      return static_cast<std::uint16_t>(port - range_.base_port) % count;
    }
    if (manip_ == Manip::destination && !range_.random) {
      return 0;
    }
    return count == 1 ? 0 : choices_.choose(count, question::nat_port);
  }

  const Conntrack& conntrack_;
  base::Choices& choices_;
  const Flow& flow_;
  const NatRange& range_;
  Manip manip_;
};

}  // namespace

void set_up(Conntrack& conntrack, base::Choices& choices, Flow& flow, const NatRange& range, Manip manip) {
  if (flow.confirmed) {
    return;  // it is too late
  }
  // What packets look like after the hooks before this one is the inverse of what answers look like.
  const std::optional<Tuple> present = inverted(flow.reply);
  PLIMSOLL_ASSERT(present.has_value());
  const Tuple chosen = Search(conntrack, choices, flow, range, manip).unique(*present);
  const bool is_source = manip == Manip::source;
  if (chosen != *present) {
    flow.reply = inverted(chosen).value_or(flow.reply);
    (is_source ? flow.src_nat : flow.dst_nat) = true;
  }
  (is_source ? flow.src_nat_done : flow.dst_nat_done) = true;
}

}  // namespace plimsoll::overlay::netfilter
