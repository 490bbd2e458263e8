#include "properties/service/rules/probe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace plimsoll::properties::rules {

namespace {

using netfilter::DeviceId;

/// Knows the two addresses of one packet.
class AddressTypes final : public netfilter::Surroundings {
 public:
  explicit AddressTypes(const PacketValues& packet) : packet_(packet) {}

  [[nodiscard]] netfilter::AddressType address_type(base::Ipv4 address, DeviceId /*device*/) const override {
    return address == packet_.src ? packet_.src_type : packet_.dst_type;
  }
  [[nodiscard]] base::Ipv4 masquerade_source(const overlay::Ipv4Packet& /*packet*/,
                                             DeviceId /*out*/) const override {
    return {};
  }
  [[nodiscard]] base::Ipv4 first_address(DeviceId /*device*/) const override { return {}; }

 private:
  const PacketValues& packet_;
};

std::vector<netfilter::NamedDevice> numbered(const Devices& devices) {
  std::vector<netfilter::NamedDevice> named;
  for (const std::string& name : devices.names) {
    named.push_back({name, static_cast<DeviceId>(named.size() + 1)});
  }
  return named;
}

netfilter::Tracked tracked_of(const PacketValues& packet) {
  using netfilter::CtInfo;
  static constexpr std::array infos = {CtInfo::invalid, CtInfo::new_, CtInfo::related, CtInfo::established,
                                       CtInfo::untracked};
  netfilter::Tracked tracked;
  tracked.info = infos[static_cast<std::size_t>(packet.state)];
  tracked.flow.src_nat = packet.src_nat;
  tracked.flow.dst_nat = packet.dst_nat;
  return tracked;
}

overlay::Ipv4Packet packet_of(const PacketValues& values) {
  overlay::Ipv4Packet packet;
  packet.src = values.src;
  packet.dst = values.dst;
  packet.protocol = values.protocol;
  packet.src_port = values.src_port;
  packet.dst_port = values.dst_port;
  return packet;
}

template <class Value, class Call>
void each_match(const netfilter::Ruleset& ruleset, const Call& call) {
  for (const netfilter::Table& table : ruleset.tables) {
    for (const netfilter::Chain& chain : table.chains) {
      for (const netfilter::Rule& rule : chain.rules) {
        for (const netfilter::Match& match : rule.matches) {
          if (const auto* const value = std::get_if<Value>(&match)) {
            call(*value);
          }
        }
      }
    }
  }
}

constexpr std::uint64_t some_time = 1000;

void remember(netfilter::State& state, const std::string& list, const PacketValues& packet) {
  netfilter::RecentList& entries = state.recent[list];
  for (const base::Ipv4 address : {packet.src, packet.dst}) {
    entries.entries[address] = {64, {some_time}, ++entries.touches};
  }
}

std::string fate(const Outcome& outcome) {
  using netfilter::Decision;
  switch (outcome.decision) {
    case Decision::accept:
      return "passes untranslated";
    case Decision::drop:
      return "is dropped";
    case Decision::reject:
      return "is refused";
    case Decision::unknown:
      return "meets a rule whose meaning is not known";
    case Decision::nat:
      break;
  }
  const netfilter::Nat& nat = *outcome.nat;
  return nat.kind == netfilter::Nat::Kind::dnat
             ? fmt::format("goes to {}:{}", to_text(nat.first), nat.first_port)
             : fmt::format("gets {}", base::enumerator_text(nat.kind));
}

}  // namespace

std::string to_text(const Outcome& outcome) {
  const std::string who = outcome.rule.number == 0
                              ? fmt::format("the policy of {}", outcome.rule.chain)
                              : fmt::format("rule {} of chain {} in table {}", outcome.rule.number,
                                            outcome.rule.chain, base::enumerator_text(outcome.rule.table));
  return fmt::format("{} with mark 0x{:x}, by {}", fate(outcome), outcome.mark, who);
}

Probe::Probe(const netfilter::Ruleset& ruleset, const Devices& devices)
    : program_(ruleset, numbered(devices), false) {
  each_match<netfilter::RecentMatch>(
      ruleset, [&](const netfilter::RecentMatch& match) { recent_lists_.insert(match.list); });
  each_match<netfilter::StatisticMatch>(ruleset, [&](const netfilter::StatisticMatch& match) {
    nth_rules_ += match.mode == netfilter::StatisticMatch::Mode::nth ? 1U : 0U;
  });
}

std::vector<Outcome> Probe::outcomes(netfilter::TableName table, netfilter::Hook hook,
                                     const PacketValues& packet) const {
  std::vector<Outcome> found;
  for (std::uint32_t nth = 0; nth < (nth_rules_ == 0 ? 1 : nth_tries); ++nth) {
    netfilter::State state;
    state.nth.assign(nth_rules_, nth);
    run_all(found, table, hook, packet, state);
    netfilter::State all = state;
    for (const std::string& list : recent_lists_) {
      remember(all, list, packet);
    }
    if (!recent_lists_.empty()) {
      run_all(found, table, hook, packet, all);
    }
    for (const std::string& list : recent_lists_) {
      netfilter::State one = state;
      remember(one, list, packet);
      run_all(found, table, hook, packet, one);
    }
  }
  return found;
}

void Probe::run_all(std::vector<Outcome>& found, netfilter::TableName table, netfilter::Hook hook,
                    const PacketValues& packet, const netfilter::State& before) const {
  const AddressTypes types(packet);
  base::ScriptedChoices choices;
  do {
    choices.rewind();
    netfilter::State state = before;
    netfilter::Environment environment{state, types, choices, nullptr, some_time, {}};
    overlay::Ipv4Packet at_hook = packet_of(packet);
    netfilter::Metadata metadata{packet.mark, tracked_of(packet)};
    netfilter::AtHook at{at_hook, metadata, hook, packet.in, packet.out};
    const netfilter::Walked walked = evaluate(program_, table, environment, at);
    Outcome outcome{walked.decision, {table, std::string(chain_name(hook)), 0}, {}, metadata.mark};
    if (walked.rule != netfilter::Walked::by_policy) {
      outcome.rule = program_.locate(walked.rule);
    }
    if (walked.nat != nullptr) {
      outcome.nat = *walked.nat;
    }
    if (std::ranges::find(found, outcome) == found.end()) {
      found.push_back(std::move(outcome));
    }
  } while (choices.advance());
}

}  // namespace plimsoll::properties::rules
