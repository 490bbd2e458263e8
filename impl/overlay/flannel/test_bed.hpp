// A backend on the bench, for tests: a kernel that is tables and apply(), and may refuse; leases by hand.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "impl/base/assert.hpp"
#include "impl/overlay/flannel/backend.hpp"
#include "impl/overlay/flannel/kernel.hpp"

namespace plimsoll::overlay::flannel {

struct TestBed {
  static constexpr base::ProcessId kernel{0};
  static constexpr base::ProcessId manager{1};
  static constexpr base::ProcessId environment{2};
  static constexpr base::Ipv4 own_ip{192, 0, 2, 1};

  /// 10.5.0.0/16; eth0 with 192.0.2.1/24 and a default route; this node leases 10.5.1.0/24.
  explicit TestBed(BackendKind kind, Defects defects = {}) {
    config.kind = kind;
    config.network = {base::Ipv4(10, 5, 0, 0), 16};
    config.external.address = own_ip;
    config.external.public_ip = own_ip;
    config.kernel = kernel;
    config.manager = manager;
    config.environment = environment;
    config.defects = defects;
    tables = new_namespace();
    Link eth0;
    eth0.name = "eth0";
    eth0.kind = LinkKind::veth;
    eth0.address = base::Mac::locally_administered(77);
    change(LinkAdd{eth0});
    change(AddressAdd{{"eth0", {own_ip, 24}, Scope::global, {}}});
    change(LinkUp{"eth0"});
    RouteAdd route;
    route.route.gateway = base::Ipv4(192, 0, 2, 254);
    route.route.device = "eth0";
    change(route);
  }

  Backend::Config config;
  Backend::State state;
  Tables tables;
  base::Ipv4Prefix own_subnet{base::Ipv4(10, 5, 1, 0), 24};
  std::map<base::Ipv4Prefix, LeaseAttributes> leases;  ///< live ones of peers
  /// Asked before each request: the error to answer with, if any.
  std::function<std::optional<Errno>(const Question&)> refuse = [](const Question&) { return std::nullopt; };
  std::uint32_t lives = 0;

  // What the backend did, over all steps.
  std::vector<Question> asked;
  std::optional<AcquireLease> acquisition;
  std::string subnet_file;
  std::optional<std::string> exit_reason;
  std::map<BackendTimer, base::Ticks> armed;

  void change(const TableChange& wanted) {
    const ChangeResult result = overlay::apply(tables, wanted);
    PLIMSOLL_ASSERT(result.has_value());
  }

  /// A peer's lease, number 0 to 255: its subnet is 10.5.<number>.0/24. `life` changes its VXLAN device.
  [[nodiscard]] static base::Ipv4Prefix subnet_of(std::uint32_t number) {
    return {base::Ipv4(10, 5, static_cast<std::uint8_t>(number), 0), 24};
  }
  [[nodiscard]] LeaseAttributes attributes_of(base::Ipv4 ip, std::uint32_t life = 0) const {
    LeaseAttributes attributes{ip, std::string(backend_type(config.kind)), {}};
    if (config.kind == BackendKind::vxlan) {
      attributes.vxlan =
          VxlanData{config.vni, base::Mac::locally_administered(std::uint64_t{life} << 32U | ip.value())};
    }
    return attributes;
  }

  /// Starts flanneld, in the tables as they are, up to where it follows the leases.
  void start() {
    // The kernel closes the TUN device of an earlier life.
    if (config.kind == BackendKind::udp && find_link(std::as_const(tables), "flannel0") != nullptr) {
      change(LinkDelete{"flannel0"});
    }
    armed.clear();
    acquisition.reset();
    exit_reason.reset();
    state = Backend::State{};
    feed(base::Started{lives++, {}});
    if (acquisition) {
      receive(LeaseAcquired{own_subnet});
    }
    if (!exit_reason) {
      list();
    }
  }
  void list() {
    LeaseEvents listing;
    listing.listing = true;
    for (const auto& [subnet, attributes] : leases) {
      listing.events.push_back({subnet, attributes});
    }
    receive(listing);
  }
  void add(const base::Ipv4Prefix& subnet, const LeaseAttributes& attributes) {
    leases.insert_or_assign(subnet, attributes);
    receive(LeaseEvents{{{subnet, attributes}}, false});
  }
  void add(std::uint32_t number, base::Ipv4 ip, std::uint32_t life = 0) {
    add(subnet_of(number), attributes_of(ip, life));
  }
  void remove(std::uint32_t number) {
    leases.erase(subnet_of(number));
    receive(LeaseEvents{{{subnet_of(number), std::nullopt}}, false});
  }
  void fire(BackendTimer timer) {
    PLIMSOLL_ASSERT(armed.erase(timer) == 1);
    feed(base::TimerFired<BackendTimer>{timer});
  }
  void fire_if_armed(BackendTimer timer) {
    if (armed.contains(timer)) {
      fire(timer);
    }
  }
  void receive(Backend::Incoming message) {
    feed(base::Received<Backend::Incoming>{manager, std::move(message)});
  }

  /// The changes asked for so far, without looks.
  [[nodiscard]] std::vector<TableChange> changes() const {
    std::vector<TableChange> some;
    for (const Question& question : asked) {
      if (const auto* wanted = std::get_if<TableChange>(&question)) {
        some.push_back(*wanted);
      }
    }
    return some;
  }

  /// One step, and all requests to the kernel that follow from it.
  void feed(Backend::Input input) {
    std::optional<Question> question = step(input);
    while (question) {
      asked.push_back(*question);
      const std::optional<Errno> error = refuse(*question);
      KernelAnswer message{state.node.incarnation,
                           error ? Answer(Failed{*error}) : answer(tables, *question)};
      question = step(base::Received<Backend::Incoming>{kernel, std::move(message)});
    }
  }

  /// @return the request to the kernel, if the step sent one.
  std::optional<Question> step(const Backend::Input& input) {
    base::ScriptedChoices choices;
    Backend::Outputs outputs(choices);
    Backend::step(config, state, input, outputs);
    std::optional<Question> question;
    for (const auto& sent : outputs.sends()) {
      if (const auto* request = std::get_if<KernelRequest>(&sent.message)) {
        PLIMSOLL_ASSERT(sent.to == kernel && !question && request->incarnation == state.node.incarnation);
        question = request->question;
      } else if (const auto* acquire = std::get_if<AcquireLease>(&sent.message)) {
        PLIMSOLL_ASSERT(sent.to == manager);
        acquisition = *acquire;
      } else {
        subnet_file = std::get<SubnetFile>(sent.message).text;
      }
    }
    for (const auto& change : outputs.timers()) {
      armed.erase(change.timer);
      if (change.armed) {
        armed.emplace(change.timer, change.after);
      }
    }
    if (outputs.exited()) {
      exit_reason = outputs.exit_reason();
      armed.clear();
    }
    return question;
  }
};

// Peers: two on the node's own link, one beyond a router.
inline constexpr base::Ipv4 near_2(192, 0, 2, 2);
inline constexpr base::Ipv4 near_3(192, 0, 2, 3);
inline constexpr base::Ipv4 far_4(198, 51, 100, 4);
inline constexpr base::Ipv4Prefix own_link{base::Ipv4(192, 0, 2, 0), 24};

/// Names of changes, in order: "NeighbourReplace".
using Names = std::vector<std::string>;
inline Names names(const std::vector<TableChange>& changes) {
  Names some;
  for (const TableChange& change : changes) {
    some.push_back(std::visit([](const auto& one) { return std::string(one.described_name); }, change));
  }
  return some;
}

/// Lets the kernel refuse the next request that changes with a T.
template <class T>
void refuse_once(TestBed& bed, Errno error) {
  bed.refuse = [&bed, error](const Question& question) -> std::optional<Errno> {
    const auto* change = std::get_if<TableChange>(&question);
    if (change == nullptr || !std::holds_alternative<T>(*change)) {
      return std::nullopt;
    }
    const Errno answer = error;  // the next line ends this function object's life
    bed.refuse = [](const Question&) { return std::nullopt; };
    return answer;
  };
}

/// Flannel's device.
inline const Link& device(const TestBed& bed) {
  const Link* link = find_link(bed.tables, bed.state.node.device);
  PLIMSOLL_ASSERT(link != nullptr);
  return *link;
}

}  // namespace plimsoll::overlay::flannel
