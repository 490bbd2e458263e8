#include "properties/store/world/setup.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "checker/scenario/reader.hpp"
#include "properties/decode_defects.hpp"

namespace plimsoll::properties::store {
namespace {

using scenario::Error;
using scenario::FirstError;
using scenario::Location;
using scenario::MapReader;

struct Fault {
  std::string_view name;
  bool of_agreed;  ///< makes sense without Raft
  bool of_raft;
};
constexpr std::array faults = {
    Fault{"crash", true, true},
    Fault{"disconnect", true, true},
    Fault{"pause", true, true},
    Fault{"lease-expiry", true, true},
    Fault{"lease-checkpoint-due", true, true},
    Fault{"watch-progress", true, true},
    Fault{"read-retry", true, true},
    Fault{"leader-change", true, false},
    Fault{"log-compaction", true, false},
    Fault{"torn-write", false, true},
    Fault{"election-timeout", false, true},
    Fault{"heartbeat", false, true},
    Fault{"check-quorum", false, true},
    Fault{"snapshot-timeout", false, true},
    Fault{"drop", false, true},
    Fault{"duplicate", false, true},
    Fault{"reorder", false, true},
    Fault{"partition", false, true},
    Fault{"one-way-partition", false, true},
};

class Decoder {
 public:
  explicit Decoder(const scenario::Scenario& scenario) : scenario_(scenario) {}

  tl::expected<Setup, Error> run(const std::vector<std::string>& defects) {
    setup_.defects = decode_defects(scenario_, defects, plimsoll::store::defect_stories, errors_);
    decode_parameters();
    decode_faults();
    decode_bounds();
    refuse_the_rest();
    if (errors_.error()) {
      return tl::unexpected(*errors_.error());
    }
    return std::move(setup_);
  }

 private:
  void fail(const Location& where, std::string message) { errors_.add({where, std::move(message)}); }

  void decode_parameters() {
    if (!scenario_.parameters) {
      return fail(scenario_.system_where, "system store needs parameters: at least clients");
    }
    MapReader fields(*scenario_.parameters, "parameters", errors_);
    static constexpr std::array<std::string_view, 2> kinds = {"agreed", "raft"};
    static constexpr std::array<std::string_view, 2> commits = {"at-once", "later"};
    setup_.has_raft = fields.one_of("consensus", kinds) == 1;
    const auto number = [&](const char* name, std::uint64_t least, std::uint64_t most, std::uint32_t& value) {
      value = static_cast<std::uint32_t>(fields.optional_uint(name, {least, most}).value_or(value));
    };
    number("servers", 1, 5, setup_.servers);
    number("compact-rows", 1, 1000, setup_.rows_per_compact_step);
    number("watch-batch", 1, 1000, setup_.revisions_per_batch);
    setup_.commits_later = fields.optional_one_of("commits", commits).value_or(0) == 1;
    setup_.has_slow_watchers = fields.optional_boolean("slow-watchers").value_or(false);
    if (setup_.has_raft) {
      decode_raft(fields);
    }
    for (const scenario::Node& node : fields.optional_list("clients")) {
      decode_client(node);
    }
    fields.finish();
    if (setup_.clients.empty()) {
      fields.fail("clients", "expected at least one client: without any, nothing happens");
    }
  }

  void decode_raft(MapReader& fields) {
    static constexpr std::array<std::string_view, 2> storages = {"atomic", "separate"};
    static constexpr std::array<std::string_view, 2> networks = {"datagram", "fifo"};
    setup_.writes = static_cast<raft::StorageWrites>(fields.optional_one_of("storage", storages).value_or(0));
    setup_.is_fifo = fields.optional_one_of("network", networks).value_or(0) == 1;
    setup_.snapshot_entries =
        static_cast<std::uint32_t>(fields.optional_uint("snapshot-entries", {0, 1000}).value_or(0));
  }

  void decode_client(const scenario::Node& node) {
    MapReader fields(node, "client", errors_);
    ClientSetup client;
    for (const std::string& line : fields.optional_strings("operations")) {
      const auto operation = parse_operation(line);
      if (operation) {
        client.operations.push_back(*operation);
      } else {
        fields.fail("operations", "'" + line + "': " + operation.error());
      }
    }
    for (const scenario::Node& server : fields.optional_list("servers")) {
      const auto number = scenario::as_uint(server, {1, setup_.servers});
      if (number) {
        client.servers.push_back(static_cast<std::uint32_t>(*number));
      } else {
        errors_.add(number.error());
      }
    }
    if (client.servers.empty()) {
      client.servers.resize(setup_.servers);
      std::iota(client.servers.begin(), client.servers.end(), 1U);
    }
    fields.finish();
    setup_.clients.push_back(std::move(client));
  }

  void decode_faults() {
    for (const scenario::Count& count : scenario_.faults) {
      const auto fault = std::ranges::find(faults, count.name, &Fault::name);
      if (fault == faults.end()) {
        std::string names;
        for (const Fault& known : faults) {
          names += (names.empty() ? "" : ", ") + std::string(known.name);
        }
        fail(count.where, "unknown fault '" + count.name + "': expected one of " + names);
      } else if (!(setup_.has_raft ? fault->of_raft : fault->of_agreed)) {
        fail(count.where, "fault '" + count.name +
                              "' does not go with consensus: " + (setup_.has_raft ? "raft" : "agreed"));
      } else {
        setup_.budgets[count.name] = count.count;
      }
    }
  }

  void decode_bounds() {
    for (const scenario::Count& bound : scenario_.bounds) {
      if (bound.name == "mailbox" && bound.count > 0) {
        setup_.mailbox_messages_max = bound.count;
      } else if (bound.name == "terms" && bound.count > 0 && setup_.has_raft) {
        setup_.terms_max = bound.count;
      } else {
        fail(bound.where,
             "bound '" + bound.name + "': expected mailbox, or terms with consensus: raft, of at least 1");
      }
    }
  }

  void refuse_the_rest() {
    if (scenario_.time.is_discrete) {
      fail(scenario_.time.where, "system store is untimed: its timers fire at any moment, within budgets");
    }
    if (!scenario_.processes.empty()) {
      fail(scenario_.processes.front().where, "system store takes its processes from its parameters");
    }
    if (scenario_.network) {
      fail(scenario_.network->where, "system store has no field 'network', but a parameter");
    }
    if (scenario_.nodes) {
      fail(scenario_.nodes->where, "system store has no field 'nodes'");
    }
    if (!scenario_.manifests.empty()) {
      fail(scenario_.manifests.front().where, "system store has no use for manifests");
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

}  // namespace plimsoll::properties::store
