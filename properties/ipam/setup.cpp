#include "properties/ipam/setup.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "checker/scenario/reader.hpp"
#include "properties/decode_defects.hpp"
#include "properties/manifest/manifest.hpp"

namespace plimsoll::properties::ipam {
namespace {

using plimsoll::ipam::Defect;
using scenario::Error;
using scenario::FirstError;
using scenario::Location;
using scenario::MapReader;

/// Budgets that this system knows, and whether they may be given without a clock and with one. With a clock,
/// renew and retry fire when due; and a crash is one of the whole node: where kubelet alone stays down while
/// the node's lease runs out, nobody is there to stop the pods, and no lease protocol without fencing keeps
/// their addresses unique.
struct Budget {
  const char* name;
  bool untimed;
  bool discrete;
};
constexpr std::array budgets = {
    Budget{"disconnect", true, true},      Budget{"cni-timeout", true, true},
    Budget{"flanneld-crash", true, false}, Budget{"kubelet-crash", true, false},
    Budget{"node-reboot", true, true},     Budget{"delete-pod", true, true},
    Budget{"compact", true, true},         Budget{"renew", true, false},
    Budget{"retry", true, false},
};

std::string names_of_budgets() {
  std::string names;
  for (const Budget& budget : budgets) {
    names += (names.empty() ? "" : ", ") + std::string(budget.name);
  }
  return names;
}

class Decoder {
 public:
  explicit Decoder(const scenario::Scenario& scenario) : scenario_(scenario) {}

  tl::expected<Setup, Error> run(const std::vector<std::string>& defects) {
    setup_.defects = decode_defects(scenario_, defects, plimsoll::ipam::defect_stories, errors_);
    decode_parameters();
    decode_network();
    decode_manifests();
    decode_nodes();
    decode_time_and_counts();
    if (errors_.error()) {
      return tl::unexpected(*errors_.error());
    }
    return std::move(setup_);
  }

 private:
  void fail(const Location& where, std::string message) { errors_.add({where, std::move(message)}); }

  void decode_parameters() {
    if (!scenario_.parameters) {
      return;
    }
    MapReader fields(*scenario_.parameters, "parameters", errors_);
    const auto number = [&](const char* name, std::uint32_t& value, std::uint64_t least) {
      value = static_cast<std::uint32_t>(fields.optional_uint(name, {least, 1000}).value_or(value));
    };
    number("ttl", setup_.ttl, 3);
    number("renew-margin", setup_.renew_margin, 1);
    number("safety-margin", setup_.safety_margin, 0);
    number("retry-after", setup_.retry_after, 1);
    number("create-attempts-max", setup_.create_attempts_max, 1);
    setup_.recreate = fields.optional_boolean("recreate").value_or(setup_.recreate);
    setup_.supervised = fields.optional_boolean("supervised").value_or(setup_.supervised);
    setup_.keep_history = fields.optional_boolean("keep-history").value_or(setup_.keep_history);
    setup_.prompt_messages = fields.optional_boolean("prompt-messages").value_or(setup_.prompt_messages);
    if (const auto range = fields.optional_string("static-range")) {
      decode_static_range(fields, *range);
    }
    fields.finish();
    if (setup_.safety_margin >= setup_.renew_margin || setup_.renew_margin >= setup_.ttl) {
      fail(fields.where(),
           "expected safety-margin < renew-margin < ttl: a lease is renewed before it stops being trusted");
    }
  }

  void decode_static_range(MapReader& fields, const std::string& text) {
    const auto prefix = base::Ipv4Prefix::parse(text);
    if (!prefix) {
      return fields.fail("static-range", prefix.error());
    }
    const auto range = plimsoll::ipam::make_range<base::Ipv4>({*prefix});
    if (!range) {
      return fields.fail("static-range", range.error().sentence);
    }
    setup_.static_range = *plimsoll::ipam::RangeSet<base::Ipv4>::make({*range});
  }

  void decode_network() {
    if (!scenario_.network) {
      return fail(scenario_.system_where, "system ipam needs a field 'network': flannel's net-conf.json");
    }
    MapReader fields(*scenario_.network, "network", errors_);
    plimsoll::ipam::NetworkConfigFields config;
    const scenario::UintRange any{0, 0xffffffffU};
    config.enable_ipv4 = fields.optional_boolean("EnableIPv4");
    config.enable_ipv6 = fields.optional_boolean("EnableIPv6");
    config.network = fields.optional_string("Network");
    config.subnet_len = fields.optional_uint("SubnetLen", any);
    config.subnet_min = fields.optional_string("SubnetMin");
    config.subnet_max = fields.optional_string("SubnetMax");
    config.ipv6_network = fields.optional_string("IPv6Network");
    config.ipv6_subnet_len = fields.optional_uint("IPv6SubnetLen", any);
    config.ipv6_subnet_min = fields.optional_string("IPv6SubnetMin");
    config.ipv6_subnet_max = fields.optional_string("IPv6SubnetMax");
    if (const scenario::Node* backend = fields.optional_mapping("Backend")) {
      MapReader inner(*backend, "Backend", errors_);
      plimsoll::ipam::BackendFields backend_fields;
      backend_fields.type = inner.optional_string("Type");
      backend_fields.vni = inner.optional_uint("VNI", any);
      backend_fields.port = inner.optional_uint("Port", any);
      backend_fields.direct_routing = inner.optional_boolean("DirectRouting");
      inner.finish();
      config.backend = backend_fields;
    }
    fields.finish();
    if (errors_.error()) {
      return;
    }
    auto made = plimsoll::ipam::make_network_config(config);
    if (made) {
      setup_.network = *made;
    } else {
      fields.fail(made.error().field.substr(0, made.error().field.find('.')), made.error().sentence);
    }
  }

  void decode_manifests() {
    const auto desired = manifest::decode_manifests(scenario_.manifests);
    if (!desired) {
      return errors_.add(desired.error());
    }
    if (!desired->others.empty()) {
      const manifest::RawObject& other = desired->others.front();
      return fail(other.metadata.where,
                  "system ipam does not use kind " + other.kind + ", only Node and Pod");
    }
    if (!desired->config_maps.empty()) {
      return fail(desired->config_maps.front().metadata.where,
                  "system ipam does not use kind ConfigMap, only Node and Pod");
    }
    std::set<base::Ipv4> addresses;
    for (const manifest::Node& node : desired->nodes) {
      const auto address = node.public_ip ? node.public_ip : manifest::ipv4_internal_ip(node);
      if (!address) {
        return fail(node.metadata.where, "Node '" + node.metadata.name + "' needs an IPv4 InternalIP");
      }
      if (!addresses.insert(*address).second) {
        return fail(node.metadata.where, "two Nodes have the address " + to_text(*address));
      }
      setup_.nodes.push_back({node.metadata.name, *address, {}, {}, {}});
    }
    if (setup_.nodes.empty() || setup_.nodes.size() > 8) {
      return fail(scenario_.system_where, "system ipam needs 1 to 8 Node manifests");
    }
    for (const manifest::Pod& pod : desired->pods) {
      if (pod.host_network) {
        continue;
      }
      const auto node = std::find_if(setup_.nodes.begin(), setup_.nodes.end(),
                                     [&](const NodeSetup& setup) { return setup.name == pod.node_name; });
      if (node == setup_.nodes.end()) {
        return fail(pod.metadata.where,
                    "Pod '" + pod.metadata.name + "' needs a nodeName: system ipam has no scheduler");
      }
      if (pod.requested_ip) {
        return fail(pod.metadata.where, "system ipam does not use the annotation plimsoll.dev/requested-ip");
      }
      node->pods.push_back(pod.metadata.name);
    }
  }

  void decode_nodes() {
    if (!scenario_.nodes) {
      return;
    }
    if (scenario_.nodes->kind != scenario::Kind::mapping) {
      return fail(scenario_.nodes->where, "expected a mapping from names of Nodes");
    }
    for (const scenario::Entry& entry : scenario_.nodes->entries) {
      const auto node = std::find_if(setup_.nodes.begin(), setup_.nodes.end(),
                                     [&](const NodeSetup& setup) { return setup.name == entry.key.text; });
      if (node == setup_.nodes.end()) {
        return fail(entry.key.where, "there is no Node manifest '" + entry.key.text + "'");
      }
      MapReader fields(entry.value, entry.key.text, errors_);
      if (const auto text = fields.optional_string("previous-subnet")) {
        const auto prefix = base::Ipv4Prefix::parse(*text);
        if (prefix) {
          node->previous_subnet = *prefix;
        } else {
          fields.fail("previous-subnet", prefix.error());
        }
      }
      if (const auto text = fields.optional_string("last-reserved-ip")) {
        const auto address = base::Ipv4::parse(*text);
        if (address) {
          node->last_reserved_ip = *address;
        } else {
          fields.fail("last-reserved-ip", address.error());
        }
      }
      fields.finish();
    }
  }

  void decode_time_and_counts() {
    setup_.is_discrete = scenario_.time.is_discrete;
    setup_.ticks_max = scenario_.time.ticks_max;
    if (scenario_.time.drift > 0) {
      fail(scenario_.time.where, "system ipam has one clock: drift must be 0");
    }
    for (const scenario::Count& count : scenario_.faults) {
      const auto known = std::find_if(budgets.begin(), budgets.end(),
                                      [&](const Budget& budget) { return budget.name == count.name; });
      if (known == budgets.end()) {
        fail(count.where, "unknown fault '" + count.name + "': expected one of " + names_of_budgets());
      } else if (setup_.is_discrete ? !known->discrete : !known->untimed) {
        fail(count.where, "fault '" + count.name +
                              "' belongs to untimed scenarios: with ticks, timers fire when due, and a crash "
                              "is a node-reboot");
      } else {
        setup_.budgets[count.name] = count.count;
      }
    }
    for (const scenario::Count& bound : scenario_.bounds) {
      if (bound.name != "mailbox") {
        fail(bound.where, "unknown bound '" + bound.name + "': expected mailbox");
      } else if (bound.count < setup_.nodes.size() || bound.count < 2) {
        fail(bound.where,
             "expected a mailbox of at least 2 messages, and one for each node: all ask the store at the "
             "start");
      } else {
        setup_.mailbox_messages_max = bound.count;
      }
    }
    if (!scenario_.processes.empty()) {
      fail(scenario_.processes.front().where, "system ipam takes its processes from the Node manifests");
    }
    if (!setup_.keep_history && (setup_.budgets["disconnect"] > 0 || setup_.budgets["compact"] > 0)) {
      fail(scenario_.parameters->where,
           "keep-history: false needs connections that never fail: faults disconnect and compact must be 0");
    }
    if (setup_.defects.has(Defect::I4) && !setup_.static_range) {
      fail(scenario_.system_where,
           "defect I4 needs the parameter static-range: the range that was written by hand");
    }
  }

  const scenario::Scenario& scenario_;
  FirstError errors_;
  Setup setup_;
};

}  // namespace

tl::expected<Setup, Error> decode_setup(const scenario::Scenario& scenario,
                                        const std::vector<std::string>& defects) {
  return Decoder(scenario).run(defects);
}

}  // namespace plimsoll::properties::ipam
