#include "properties/raft/world/setup.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "checker/scenario/reader.hpp"
#include "properties/decode_defects.hpp"
#include "properties/raft/world/member.hpp"
#include "properties/refuse_fields.hpp"

namespace plimsoll::properties::raft {
namespace {

using core::ConfChangeTransition;
using core::ConfChangeType;
using scenario::Error;
using scenario::FirstError;
using scenario::Location;
using scenario::MapReader;

constexpr std::array faults = {"crash",     "disk-loss",         "pause",
                               "drop",      "duplicate",         "reorder",
                               "partition", "one-way-partition", "partial-partition"};

/// Besides the faults, whatever a server's timers are called, but for the storage's work.
std::vector<std::string> names_of_budgets() {
  std::vector<std::string> names(faults.begin(), faults.end());
  for (std::size_t i = 0; i < described_enumerators(Member::Timer{}).size(); ++i) {
    const auto timer = static_cast<Member::Timer>(i);
    if (Member::timer_kind(timer) != base::TimerKind::work) {
      names.push_back(base::enumerator_text(timer));
    }
  }
  return names;
}

std::optional<core::ConfChangeSingle> parse_single(const std::string& word) {
  const bool has_number = word.size() == 2 && word[1] >= '1' && word[1] <= '9';
  const core::ServerId node{has_number ? static_cast<std::uint64_t>(word[1] - '0') : 0};
  switch (has_number ? word[0] : ' ') {
    case 'v':
      return core::ConfChangeSingle{ConfChangeType::add_node, node};
    case 'l':
      return core::ConfChangeSingle{ConfChangeType::add_learner_node, node};
    case 'r':
      return core::ConfChangeSingle{ConfChangeType::remove_node, node};
    default:
      return std::nullopt;
  }
}

class Decoder {
 public:
  explicit Decoder(const scenario::Scenario& scenario) : scenario_(scenario) {}

  tl::expected<Setup, Error> run(const std::vector<std::string>& defects) {
    setup_.defects = decode_defects(scenario_, defects, core::defect_stories, errors_);
    decode_parameters();
    decode_faults();
    decode_bounds();
    refuse_cluster_fields(scenario_, "the parameter servers", errors_);
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
    decode_servers(fields);
    static constexpr std::array<std::string_view, 3> storages = {"atomic", "separate", "asynchronous"};
    static constexpr std::array<std::string_view, 2> networks = {"datagram", "fifo"};
    setup_.writes = static_cast<core::StorageWrites>(fields.optional_one_of("storage", storages).value_or(0));
    setup_.is_fifo = fields.optional_one_of("network", networks).value_or(0) == 1;
    const auto flag = [&](const char* name, bool& value) {
      value = fields.optional_boolean(name).value_or(value);
    };
    flag("pre-vote", setup_.pre_vote);
    flag("check-quorum", setup_.check_quorum);
    flag("lease-reads", setup_.lease_reads);
    flag("step-down-on-removal", setup_.step_down_on_removal);
    flag("forwarding", setup_.forwarding);
    flag("refinement", setup_.refinement);
    flag("reuse-read-keys", setup_.reuse_read_keys);
    setup_.max_size_per_message =
        fields.optional_uint("max-size-per-message", {}).value_or(setup_.max_size_per_message);
    setup_.max_inflight_messages = fields.optional_uint("max-inflight-messages", {1, 9}).value_or(0);
    setup_.slow_disk = static_cast<std::uint32_t>(
        fields.optional_uint("slow-disk", {1, setup_.servers}).value_or(setup_.slow_disk));
    setup_.start = decode_start(fields, setup_.servers, errors_);
    decode_liveness(fields);
    for (const std::string& text : fields.optional_strings("conf-changes")) {
      if (const auto change = parse_change(text)) {
        setup_.changes.push_back(*change);
        if (const auto stranger = stranger_in(*change, setup_.servers)) {
          fields.fail("conf-changes", no_such_server(text, *stranger, setup_.servers));
        }
      } else {
        fields.fail("conf-changes",
                    "'" + text +
                        "' is no change: expected words like v4, l4 or r4, perhaps after implicit "
                        "or explicit; or leave");
      }
    }
    fields.finish();
    if (setup_.lease_reads && !setup_.check_quorum) {
      fields.fail("lease-reads", "reads that are based on leases need check-quorum: true");
    }
  }

  void decode_liveness(MapReader& fields) {
    static constexpr std::array<std::string_view, 2> timings = {"any", "calm"};
    static constexpr std::array<std::string_view, 2> leases = {"any", "short"};
    setup_.is_calm = fields.optional_one_of("timing", timings).value_or(0) == 1;
    setup_.is_supervised = fields.optional_boolean("supervised").value_or(true);
    setup_.has_short_leases = fields.optional_one_of("leases", leases).value_or(0) == 1;
    setup_.has_older_snapshots = fields.optional_boolean("older-snapshots").value_or(false);
    const auto number = [&](const char* name, std::uint64_t least, std::uint32_t& value) {
      value = static_cast<std::uint32_t>(fields.optional_uint(name, {least, 9}).value_or(value));
    };
    number("max-inflight-bytes", 1, setup_.max_inflight_bytes);
    number("kept-entries", 0, setup_.kept_entries);
    for (const std::string& name : fields.optional_words("without-pre-vote")) {
      core::ServerId server = core::nobody;
      for (std::uint32_t i = 1; i <= setup_.servers; ++i) {
        server = name == "server-" + std::to_string(i) ? core::ServerId{i} : server;
      }
      setup_.without_pre_vote.insert(server);
      if (server == core::nobody) {
        fields.fail("without-pre-vote", "no server is called '" + name + "'");
      }
    }
    if (!setup_.without_pre_vote.empty() && !setup_.pre_vote) {
      fields.fail("without-pre-vote", "needs pre-vote: true, which it makes exceptions from");
    }
  }

  void decode_servers(MapReader& fields) {
    const auto number = [&](const char* name, std::uint64_t least, std::uint64_t most,
                            std::uint32_t fallback) {
      return static_cast<std::uint32_t>(fields.optional_uint(name, {least, most}).value_or(fallback));
    };
    setup_.servers = number("servers", 1, 5, setup_.servers);
    setup_.voters = number("voters", 1, setup_.servers, setup_.servers);
    setup_.learners = number("learners", 0, setup_.servers - setup_.voters, 0);
  }

  void decode_faults() {
    const std::vector<std::string> known = names_of_budgets();
    for (const scenario::Count& count : scenario_.faults) {
      if (std::ranges::find(known, count.name) == known.end()) {
        std::string names;
        for (const std::string& name : known) {
          names += (names.empty() ? "" : ", ") + name;
        }
        fail(count.where, "unknown fault '" + count.name + "': expected one of " + names);
      } else if (count.name == "disk-loss" && count.count > 0 && setup_.refinement) {
        fail(count.where, "fault 'disk-loss' breaks promises on which refinement: true relies");
      } else if (count.name == "reorder" && !setup_.is_fifo) {
        fail(count.where, "fault 'reorder' needs network: fifo; datagrams have no order anyway");
      } else if (count.name == "disk-loss" && count.count > 0 && !setup_.start.empty()) {
        fail(count.where, "fault 'disk-loss' would bring back what servers start with: leave out start");
      } else {
        setup_.budgets[count.name] = count.count;
      }
    }
    if (scenario::count_of(scenario_.faults, "conf-change") > 0 && setup_.changes.empty()) {
      fail(scenario_.system_where, "fault 'conf-change' needs the parameter conf-changes");
    }
  }

  void decode_bounds() {
    for (const scenario::Count& bound : scenario_.bounds) {
      if (bound.name == "mailbox") {
        setup_.mailbox_messages_max = bound.count;
      } else if (bound.name == "messages") {
        setup_.messages_max = bound.count;
      } else if (bound.name == "terms") {
        setup_.terms_max = bound.count;
      } else if (bound.name == "log") {
        setup_.log_max = bound.count;
      } else {
        fail(bound.where, "unknown bound '" + bound.name + "': expected mailbox, messages, terms or log");
      }
      if (bound.count == 0) {
        fail(bound.where, "expected at least 1");
      }
    }
  }

  const scenario::Scenario& scenario_;
  FirstError errors_;
  Setup setup_;
};

}  // namespace

std::optional<core::ConfChangeV2> parse_change(const std::string& text) {
  core::ConfChangeV2 change;
  std::istringstream words(text);
  std::string word;
  bool is_first = true;
  while (words >> word) {
    if (is_first && (word == "implicit" || word == "explicit")) {
      change.transition =
          word == "implicit" ? ConfChangeTransition::joint_implicit : ConfChangeTransition::joint_explicit;
    } else if (is_first && word == "leave") {
      return words >> word ? std::nullopt : std::optional(change);
    } else if (const auto single = parse_single(word)) {
      change.changes.push_back(*single);
    } else {
      return std::nullopt;
    }
    is_first = false;
  }
  return change.changes.empty() ? std::nullopt : std::optional(change);
}

std::optional<core::ServerId> stranger_in(const core::ConfChangeV2& change, std::uint32_t servers) {
  const auto found = std::ranges::find_if(change.changes, [servers](const core::ConfChangeSingle& single) {
    return single.node.value > servers;
  });
  return found == change.changes.end() ? std::nullopt : std::optional(found->node);
}

std::string no_such_server(const std::string& text, core::ServerId stranger, std::uint32_t servers) {
  return "'" + text + "' names server " + std::to_string(stranger.value) + ", but there are only " +
         std::to_string(servers);
}

tl::expected<Setup, Error> decode_setup(const scenario::Scenario& scenario,
                                        const std::vector<std::string>& defects) {
  return Decoder(scenario).run(defects);
}

}  // namespace plimsoll::properties::raft
