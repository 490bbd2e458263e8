#include "properties/overlay/world/setup.hpp"

#include <algorithm>
#include <charconv>

#include "checker/scenario/reader.hpp"
#include "properties/decode_defects.hpp"

namespace plimsoll::properties::flannel_world {
namespace {

using scenario::Error;
using scenario::FirstError;
using scenario::MapReader;

constexpr std::uint32_t mtu_least = 576;
constexpr std::uint32_t mtu_most = 9000;
constexpr std::uint32_t budget_most = 7;

class Decoder {
 public:
  explicit Decoder(const scenario::Scenario& scenario) : scenario_(scenario) {}

  tl::expected<Setup, Error> run(const std::vector<std::string>& defects) {
    setup_.defects = decode_defects(scenario_, defects, flannel::defect_stories, errors_);
    if (scenario_.parameters) {
      decode_parameters(*scenario_.parameters);
    }
    if (setup_.mtus.empty()) {
      setup_.mtus.assign(setup_.nodes, setup_.underlay_mtu);
    }
    decode_time_and_faults();
    refuse_others();
    if (errors_.error()) {
      return tl::unexpected(*errors_.error());
    }
    return std::move(setup_);
  }

 private:
  void decode_parameters(const scenario::Node& parameters) {
    MapReader fields(parameters, "parameters", errors_);
    const auto number = [&](const char* name, std::uint32_t& value, std::uint64_t least, std::uint64_t most) {
      value = static_cast<std::uint32_t>(fields.optional_uint(name, {least, most}).value_or(value));
    };
    constexpr std::array<std::string_view, 3> names = {"vxlan", "host-gw", "udp"};
    constexpr std::array kinds = {flannel::BackendKind::vxlan, flannel::BackendKind::host_gw,
                                  flannel::BackendKind::udp};
    setup_.backend = kinds[fields.optional_one_of("backend", names).value_or(0)];
    setup_.direct_routing = fields.optional_boolean("direct-routing").value_or(false);
    setup_.dual_stack = fields.optional_boolean("dual-stack").value_or(false);
    setup_.remembers = fields.optional_boolean("remembers").value_or(false);
    setup_.full_size = fields.optional_boolean("full-size").value_or(false);
    setup_.icmp_filtered = fields.optional_boolean("icmp-filtered").value_or(false);
    number("nodes", setup_.nodes, 2, nodes_max);
    setup_.present = setup_.subnets = setup_.nodes;
    number("present", setup_.present, 1, setup_.nodes);
    number("subnets", setup_.subnets, 1, 6);
    number("pods", setup_.pods, 1, 2);
    number("addresses", setup_.addresses, 2, 30);
    number("underlay-mtu", setup_.underlay_mtu, mtu_least, mtu_most);
    number("ttl", setup_.ttl, 2, 15);
    decode_mtus(fields);
    fields.finish();
    if (setup_.subnets < setup_.present) {
      fields.fail("subnets", "expected at least as many subnets as nodes that are present");
    }
    if (setup_.direct_routing && setup_.backend != flannel::BackendKind::vxlan) {
      fields.fail("direct-routing", "expected the backend vxlan: others have no tunnel to do without");
    }
  }

  void decode_mtus(MapReader& fields) {
    for (const std::string& word : fields.optional_strings("mtus")) {
      std::uint32_t mtu = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), mtu);
      if (error != std::errc() || end != word.data() + word.size() || mtu < mtu_least || mtu > mtu_most) {
        return fields.fail("mtus", "expected numbers from 576 to 9000, in quotes");
      }
      setup_.mtus.push_back(mtu);
    }
    if (!setup_.mtus.empty() && setup_.mtus.size() != setup_.nodes) {
      fields.fail("mtus", "expected one for each node");
    }
  }

  void decode_time_and_faults() {
    setup_.ticks_max = scenario_.time.ticks_max;
    if (scenario_.time.drift > 0) {
      errors_.add({scenario_.time.where, "system flannel has one clock: drift must be 0"});
    }
    if (scenario_.time.is_discrete != (setup_.ttl > 0) || setup_.ticks_max > 15) {
      errors_.add(
          {scenario_.time.where,
           "leases run out where there is the parameter ttl and time of 1 to 15 ticks; system flannel "
           "wants both or none"});
    }
    for (const scenario::Count& count : scenario_.faults) {
      const auto known = std::ranges::find(fault_names, count.name);
      if (known == fault_names.end()) {
        errors_.add({count.where, "unknown fault '" + count.name + "'"});
      } else if (count.count > budget_most) {
        errors_.add({count.where, "expected a budget of at most 7"});
      } else if (setup_.backend == flannel::BackendKind::udp && count.count > 0 &&
                 count.name == fault_names[static_cast<std::size_t>(Fault::bounce)]) {
        errors_.add(
            {count.where, "flanneld looks at the device of backend udp only when it makes it: no bounce"});
      } else {
        setup_.budgets[static_cast<std::size_t>(known - fault_names.begin())] =
            static_cast<std::uint8_t>(count.count);
      }
    }
  }

  void refuse_others() {
    if (!scenario_.bounds.empty()) {
      errors_.add({scenario_.bounds.front().where, "system flannel has no bounds but its budgets"});
    }
    if (!scenario_.processes.empty()) {
      errors_.add(
          {scenario_.processes.front().where, "system flannel takes its processes from the parameter nodes"});
    }
    if (scenario_.network) {
      errors_.add({scenario_.network->where, "system flannel has no field 'network', but parameters"});
    }
    if (scenario_.nodes) {
      errors_.add({scenario_.nodes->where, "system flannel has no field 'nodes', but a parameter"});
    }
    if (!scenario_.manifests.empty()) {
      errors_.add({scenario_.manifests.front().where, "system flannel has no use for manifests"});
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

}  // namespace plimsoll::properties::flannel_world
