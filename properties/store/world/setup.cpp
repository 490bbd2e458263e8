#include "properties/store/world/setup.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "checker/scenario/asks_for.hpp"
#include "checker/scenario/reader.hpp"
#include "properties/decode_defects.hpp"
#include "properties/refuse_fields.hpp"

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
    Fault{"disk-loss", true, false},
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
    setup_.keeps_history = scenario::asks_for(scenario_, "linearizable");
    decode_parameters();
    decode_faults();
    decode_bounds();
    refuse_cluster_fields(scenario_, "its parameters", errors_);
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
    } else {
      static constexpr std::array<std::string_view, 2> timings = {"any", "calm"};
      setup_.is_calm = fields.optional_one_of("timing", timings).value_or(0) == 1;
    }
    for (const scenario::Node& node : fields.optional_list("clients")) {
      decode_client(node);
    }
    for (const scenario::Node& node : fields.optional_list("lockers")) {
      decode_locker(node);
    }
    fields.finish();
    check_history(fields);
    if (setup_.clients.empty() && setup_.lockers.empty()) {
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
    static constexpr std::array<std::string_view, 2> starts = {"empty", "led"};
    if (fields.optional_one_of("starts", starts).value_or(0) == 1) {
      decode_preparation(fields);
    }
  }

  void decode_preparation(MapReader& fields) {
    Preparation preparation;
    preparation.operations = operations_of(fields, "prepared");
    for (const RequestBody& body : preparation.operations) {
      if (std::holds_alternative<kv::WatchRequest>(body) ||
          std::holds_alternative<kv::WatchProgressRequest>(body)) {
        fields.fail("prepared", "nobody is there to watch yet");
      }
    }
    preparation.absent =
        static_cast<std::uint32_t>(fields.optional_uint("absent", {2, setup_.servers}).value_or(0));
    if (preparation.absent > 0 && setup_.servers < 3) {
      fields.fail("absent", "the others would have no quorum");
    }
    setup_.preparation = std::move(preparation);
  }

  [[nodiscard]] static std::vector<RequestBody> operations_of(MapReader& fields, const char* name) {
    std::vector<RequestBody> operations;
    for (const std::string& line : fields.optional_strings(name)) {
      const auto operation = parse_operation(line);
      if (operation) {
        operations.push_back(*operation);
      } else {
        fields.fail(name, "'" + line + "': " + operation.error());
      }
    }
    return operations;
  }

  void decode_client(const scenario::Node& node) {
    MapReader fields(node, "client", errors_);
    ClientSetup client;
    client.operations = operations_of(fields, "operations");
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

  /// Leases that run out change what is there without anybody asking.
  void check_history(MapReader& fields) const {
    std::vector<RequestBody> all =
        setup_.preparation ? setup_.preparation->operations : std::vector<RequestBody>{};
    for (const ClientSetup& client : setup_.clients) {
      all.insert(all.end(), client.operations.begin(), client.operations.end());
    }
    const bool has_leases = std::ranges::any_of(
        all, [](const RequestBody& body) { return std::holds_alternative<kv::LeaseGrantRequest>(body); });
    if (setup_.keeps_history && (has_leases || !setup_.lockers.empty())) {
      fields.fail("clients", "property linearizable knows nothing of leases: expected none");
    }
  }

  void decode_locker(const scenario::Node& node) {
    MapReader fields(node, "locker", errors_);
    LockerSetup locker;
    locker.lease = fields.uint("lease", {1, 1000});
    locker.times = static_cast<std::uint32_t>(fields.optional_uint("times", {1, 10}).value_or(1));
    locker.server =
        static_cast<std::uint32_t>(fields.optional_uint("server", {1, setup_.servers}).value_or(1));
    if (std::ranges::count(setup_.lockers, locker.lease, &LockerSetup::lease) > 0) {
      fields.fail("lease", "two lockers have the same lease");
    }
    fields.finish();
    setup_.lockers.push_back(locker);
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
