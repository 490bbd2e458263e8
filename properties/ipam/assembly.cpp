#include "properties/ipam/assembly.hpp"

#include "checker/world/component.hpp"
#include "impl/ipam/flannel/subnet_manager.hpp"
#include "impl/ipam/host_local/host_local.hpp"
#include "model/store/store.hpp"
#include "properties/ipam/workload/compactor.hpp"
#include "properties/ipam/workload/runtime.hpp"

namespace plimsoll::properties::ipam {
namespace {

using checker::Component;
using checker::CrashUnit;
using checker::LinkKind;
using checker::PartId;
using model::store::Store;
using plimsoll::ipam::HostLocal;
using plimsoll::ipam::NetworkChanged;
using plimsoll::ipam::NodeNetwork;
using plimsoll::ipam::SubnetManager;

/// Who is who, before anybody is made: the store, then each node's processes, then the compactor.
class Numbers {
 public:
  explicit Numbers(const Setup& setup) {
    for (const NodeSetup& node : setup.nodes) {
      first_.push_back({next_});
      next_ = static_cast<std::uint8_t>(next_ + (node.pods.empty() ? 1 : 3));
    }
  }
  [[nodiscard]] static base::ProcessId store() { return {0}; }
  [[nodiscard]] base::ProcessId flanneld(std::size_t node) const { return first_[node]; }
  [[nodiscard]] base::ProcessId host_local(std::size_t node) const { return first_[node].next(); }
  [[nodiscard]] base::ProcessId runtime(std::size_t node) const { return first_[node].next().next(); }
  [[nodiscard]] base::ProcessId compactor() const { return {next_}; }

 private:
  std::vector<base::ProcessId> first_;
  std::uint8_t next_ = 1;
};

SubnetManager::Config flanneld_config(const Setup& setup, const Numbers& numbers, std::size_t node) {
  SubnetManager::Config config;
  config.network = setup.network;
  config.store = Numbers::store();
  if (!setup.nodes[node].pods.empty()) {
    config.runtime = numbers.runtime(node);
  }
  config.public_ip = setup.nodes[node].public_ip;
  config.ttl = {setup.ttl};
  config.renew_margin = {setup.renew_margin};
  config.safety_margin = {setup.safety_margin};
  config.retry_after = {setup.retry_after};
  config.create_attempts_max = setup.create_attempts_max;
  config.defects = setup.defects;
  PLIMSOLL_ASSERT(config.check().has_value());
  return config;
}

class Assembler {
 public:
  explicit Assembler(const Setup& setup) : setup_(setup), numbers_(setup) {}

  Assembly run() {
    add_store();
    for (std::size_t node = 0; node < setup_.nodes.size(); ++node) {
      add_node(node);
    }
    if (budget("compact") > 0) {
      add_compactor();
    }
    made_.model.time = {setup_.is_discrete, setup_.ticks_max};
    made_.model.budgets = setup_.budgets;
    made_.model.mailbox_messages_max = setup_.mailbox_messages_max;
    return std::move(made_);
  }

 private:
  [[nodiscard]] std::uint32_t budget(const std::string& name) const {
    const auto found = setup_.budgets.find(name);
    return found == setup_.budgets.end() ? 0 : found->second;
  }

  void add_store() {
    Store::Config config;
    config.keep_history = setup_.keep_history;
    config.keep_versions = false;
    config.terse = true;
    auto store = std::make_shared<Component<Store>>(config);
    for (std::size_t node = 0; node < setup_.nodes.size(); ++node) {
      store->wire<SubnetManager::Incoming>(numbers_.flanneld(node));
    }
    store->wire<Compactor::Incoming>(numbers_.compactor());
    made_.store = made_.model.add_process("store", store);
    made_.model.processes.back().supervised = false;
    PLIMSOLL_ASSERT(made_.store == Numbers::store());
    made_.store_data = *made_.model.find_part("store.data");
  }

  void add_node(std::size_t node) {
    const NodeSetup& asked = setup_.nodes[node];
    checker::WorldModel& model = made_.model;
    const PartId network = model.add_part(asked.name + ".network", base::schema_of<NodeNetwork>(),
                                          base::to_bytes(NodeNetwork{}));
    SubnetManager::State before;
    before.subnet_env.subnet = asked.previous_subnet;
    auto flanneld =
        std::make_shared<Component<SubnetManager>>(flanneld_config(setup_, numbers_, node), before);
    flanneld->wire<kv::Request>(Numbers::store());
    flanneld->wire<Runtime::Incoming>(numbers_.runtime(node));

    NodePlaces places;
    places.flanneld = model.add_process(asked.name + "/flanneld", flanneld, {{3, network}});
    PLIMSOLL_ASSERT(places.flanneld == numbers_.flanneld(node));
    model.processes.back().supervised = setup_.supervised;
    model.links.push_back(
        {places.flanneld, Numbers::store(), LinkKind::connection, setup_.prompt_messages, "disconnect"});
    places.manager = part(asked, "/flanneld.manager");
    places.view = part(asked, "/flanneld.view");
    places.network = network;
    places.public_ip = asked.public_ip;
    places.pods = asked.pods;
    // What a crash takes with it: processes' memory; at a reboot the sandboxes too. Files stay.
    const std::vector<PartId> memory = {places.manager, places.view, network};
    model.units.push_back({asked.name + "/flanneld", "flanneld-crash", {places.flanneld}, memory});
    CrashUnit all = {asked.name, "node-reboot", {places.flanneld}, memory};
    if (!asked.pods.empty()) {
      add_pods(node, places, all);
    }
    model.units.push_back(all);
    made_.nodes.push_back(places);
  }

  void add_pods(std::size_t node, NodePlaces& places, CrashUnit& all) {
    const NodeSetup& asked = setup_.nodes[node];
    checker::WorldModel& model = made_.model;
    HostLocal::Config ranges;
    ranges.defects = setup_.defects;
    if (setup_.static_range) {
      ranges.range_sets = {*setup_.static_range};
    }
    HostLocal::State files;
    if (asked.last_reserved_ip) {
      files.files.last_reserved[0] = *asked.last_reserved_ip;
    }
    auto host_local = std::make_shared<Component<HostLocal>>(ranges, files);
    host_local->wire<Runtime::Incoming>(numbers_.runtime(node));
    places.host_local = model.add_process(asked.name + "/host-local", host_local, {{1, places.network}});

    Runtime::Config pods;
    pods.host_local = places.host_local;
    pods.flanneld = places.flanneld;
    pods.pods = asked.pods;
    pods.defects = setup_.defects;
    pods.recreate = setup_.recreate;
    if (const auto timeouts = setup_.budgets.find("cni-timeout"); timeouts != setup_.budgets.end()) {
      pods.calls_lost_max = std::max(pods.calls_lost_max, timeouts->second + 1);
    }
    auto runtime = std::make_shared<Component<Runtime>>(pods);
    runtime->wire<HostLocal::Incoming>(places.host_local);
    places.runtime = model.add_process(asked.name + "/runtime", runtime, {{3, places.network}});
    PLIMSOLL_ASSERT(places.runtime == numbers_.runtime(node));

    model.links.push_back({places.flanneld, places.runtime, LinkKind::connection, true, ""});
    model.links.push_back({places.runtime, places.host_local, LinkKind::connection, true, "cni-timeout"});
    places.files = part(asked, "/host-local.files");
    places.sandboxes = part(asked, "/runtime.sandboxes");
    places.deleted = part(asked, "/runtime.deleted");
    const PartId operation = part(asked, "/host-local.operation");
    const PartId work = part(asked, "/runtime.work");
    model.units.push_back(
        {asked.name + "/kubelet", "kubelet-crash", {places.host_local, places.runtime}, {operation, work}});
    all.processes.insert(all.processes.end(), {places.host_local, places.runtime});
    all.lost_parts.insert(all.lost_parts.end(), {operation, work, places.sandboxes});
  }

  [[nodiscard]] PartId part(const NodeSetup& node, const std::string& name) const {
    return *made_.model.find_part(node.name + name);
  }

  void add_compactor() {
    auto compactor = std::make_shared<Component<Compactor>>(Compactor::Config{Numbers::store()});
    compactor->wire<kv::Request>(Numbers::store());
    const base::ProcessId process = made_.model.add_process("compactor", compactor);
    made_.model.processes.back().supervised = false;
    made_.model.links.push_back({process, Numbers::store(), LinkKind::connection, false, ""});
  }

  const Setup& setup_;
  Numbers numbers_;
  Assembly made_;
};

}  // namespace

Assembly assemble(const Setup& setup) {
  return Assembler(setup).run();
}

}  // namespace plimsoll::properties::ipam
