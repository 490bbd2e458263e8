#include "properties/raft/world/random_cluster.hpp"

#include <fmt/core.h>

#include <array>
#include <vector>

#include "checker/search/random_stream.hpp"

namespace plimsoll::properties::raft {
namespace {

using core::StorageWrites;

/// More than a walk of some thousand steps spends, so that the schedule alone decides.
struct Plenty {
  const char* name;
  std::uint32_t budget;
};
constexpr std::array clients = {Plenty{"proposal", 400}, Plenty{"read", 200}, Plenty{"transfer", 60},
                                Plenty{"compaction", 300}};
constexpr std::array kinds_of_faults = {Plenty{"crash", 60},
                                        Plenty{"pause", 30},
                                        Plenty{"drop", 300},
                                        Plenty{"duplicate", 200},
                                        Plenty{"partition", 20},
                                        Plenty{"one-way-partition", 20},
                                        Plenty{"partial-partition", 20}};

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed, 0x7261'6e64) {}

  RandomCluster run(const RandomWish& wish) {
    draw_servers();
    cluster_.writes = static_cast<StorageWrites>(below(3));
    cluster_.writes = wish.writes.value_or(cluster_.writes);
    cluster_.is_fifo = below(4) == 0;
    cluster_.mailbox = one_of({2, 4, 8, 16});
    draw_flags();
    if (wish.refines) {
      cluster_.flags.emplace_back("refinement");
    }
    draw_limits();
    draw_budgets();
    if (below(2) == 0 && cluster_.servers > 1) {
      draw_changes();
    }
    return std::move(cluster_);
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_.below(bound)); }
  std::uint32_t one_of(std::initializer_list<std::uint32_t> choices) {
    return choices.begin()[below(static_cast<std::uint32_t>(choices.size()))];
  }

  void draw_servers() {
    cluster_.servers = one_of({1, 2, 3, 3, 3, 3, 4, 5, 5, 5});
    cluster_.voters = below(3) == 0 ? 1 + below(cluster_.servers) : cluster_.servers;
    cluster_.learners = below(cluster_.servers - cluster_.voters + 1);
  }

  void draw_flags() {
    for (const char* const flag :
         {"pre-vote", "check-quorum", "step-down-on-removal", "forwarding", "reuse-read-keys"}) {
      if (below(2) == 0) {
        cluster_.flags.emplace_back(flag);
      }
    }
  }

  void draw_limits() {
    const auto draw = [&](const char* name, std::uint32_t value) {
      if (below(3) == 0) {
        cluster_.limits[name] = value;
      }
    };
    // No entry, about one, about two.
    draw("max-size-per-message", one_of({0, 8, 20}));
    draw("max-inflight-messages", 1 + below(3));
    draw("max-inflight-bytes", 1 + below(3));
    draw("kept-entries", 1 + below(4));
  }

  void draw_budgets() {
    cluster_.faults = {{"election-timeout", 200}, {"heartbeat", 1000}, {"check-quorum", 200}};
    for (const Plenty& client : clients) {
      const bool is_there = client.budget == clients[0].budget || below(2) == 0;
      if (is_there) {
        cluster_.faults[client.name] = client.budget;
      }
    }
    for (const Plenty& fault : kinds_of_faults) {
      if (below(2) == 0) {
        cluster_.faults[fault.name] = fault.budget;
      }
    }
    if (cluster_.is_fifo && below(2) == 0) {
      cluster_.faults["reorder"] = 200;
    }
    // The double of an answer answers the next read that has the same key: those who use keys again must not
    // have a network that doubles.
    if (cluster_.faults.contains("duplicate")) {
      std::erase(cluster_.flags, "reuse-read-keys");
    }
  }

  std::string any_single() {
    static constexpr std::array kinds = {'v', 'v', 'l', 'r'};
    return fmt::format("{}{}", kinds.at(below(kinds.size())), 1 + below(cluster_.servers));
  }
  /// What is impossible when it is proposed or applied is refused, which must do no harm either.
  void draw_changes() {
    cluster_.faults["conf-change"] = 60;
    const std::uint32_t count = 2 + below(5);
    for (std::uint32_t i = 0; i < count; ++i) {
      static constexpr std::array transitions = {"", "", "implicit ", "explicit "};
      std::string change = transitions.at(below(transitions.size())) + any_single();
      for (std::uint32_t more = below(3); more > 0; --more) {
        change += " " + any_single();
      }
      cluster_.changes.push_back(std::move(change));
    }
    cluster_.changes.emplace_back("leave");
  }

  checker::RandomStream random_;
  RandomCluster cluster_;
};

}  // namespace

RandomCluster random_cluster(std::uint64_t seed, const RandomWish& wish) {
  return Draw(seed).run(wish);
}

std::string scenario_text(const RandomCluster& cluster) {
  static constexpr std::array storages = {"atomic", "separate", "asynchronous"};
  std::string parameters = fmt::format(
      "  servers: {}\n  voters: {}\n  learners: {}\n  storage: {}\n  network: {}\n", cluster.servers,
      cluster.voters, cluster.learners, storages.at(static_cast<std::size_t>(cluster.writes)),
      cluster.is_fifo ? "fifo" : "datagram");
  for (const std::string& flag : cluster.flags) {
    parameters += fmt::format("  {}: true\n", flag);
  }
  for (const auto& [name, value] : cluster.limits) {
    parameters += fmt::format("  {}: {}\n", name, value);
  }
  if (!cluster.changes.empty()) {
    parameters += "  conf-changes:\n";
    for (const std::string& change : cluster.changes) {
      parameters += fmt::format("    - {}\n", change);
    }
  }
  std::string faults;
  for (const auto& [name, budget] : cluster.faults) {
    faults += fmt::format("  {}: {}\n", name, budget);
  }
  return fmt::format(
      "apiVersion: plimsoll/v1\nkind: Scenario\nmetadata: {{name: random-cluster}}\nsystem: raft\n"
      "parameters:\n{}time: untimed\nfaults:\n{}bounds: {{mailbox: {}}}\nengine: {{engine: walk}}\n"
      "expect: {{default: inconclusive}}\n",
      parameters, faults, cluster.mailbox);
}

}  // namespace plimsoll::properties::raft
