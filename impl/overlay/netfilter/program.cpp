// Compilation of rulesets.
#include "impl/overlay/netfilter/program.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "impl/overlay/netfilter/save_format.hpp"

namespace plimsoll::overlay::netfilter {

bool Program::Devices::matches(DeviceId device) const {
  if (any) {
    return true;
  }
  const bool equal = device == 0 ? matches_none : std::ranges::binary_search(ids, device);
  return equal != negated;
}

RuleRef Program::locate(std::uint32_t rule) const {
  const auto after = std::ranges::upper_bound(chains_, rule, {}, &ChainPlace::first_rule);
  if (after == chains_.begin() || rule >= rules_.size()) {
    return {};
  }
  const ChainPlace& place = *std::prev(after);
  return {place.table, place.name, rule - place.first_rule + 1};
}

std::string_view Program::unsupported(std::uint32_t rule) const {
  const auto place =
      std::ranges::lower_bound(unsupported_, rule, {}, &std::pair<std::uint32_t, std::string>::first);
  return place != unsupported_.end() && place->first == rule ? std::string_view(place->second)
                                                             : std::string_view();
}

/// Turns the tables of one ruleset into a program.
class Compiler {
 public:
  Compiler(Program& program, std::span<const NamedDevice> devices, bool indexed)
      : program_(program), names_(devices), indexed_(indexed) {
    program_.devices_.emplace_back();  // number 0: any device
  }

  void add(const Table& table) {
    table_ = &table;
    starts_.clear();
    auto start = static_cast<std::uint32_t>(program_.rules_.size());
    for (const Chain& chain : table.chains) {
      starts_.emplace(chain.name, start);
      program_.chains_.push_back({table.name, chain.name, start});
      start += static_cast<std::uint32_t>(chain.rules.size() + 1);
    }
    for (const Chain& chain : table.chains) {
      add(chain);
    }
    for (const Hook hook : hooks_of(table.name)) {
      const Chain& chain = *table.find(chain_name(hook));
      program_.entries_[static_cast<std::size_t>(table.name) * hook_count + static_cast<std::size_t>(hook)] =
          {starts_.at(chain.name), chain.policy.value_or(Verdict::accept),
           !chain.rules.empty() || chain.policy == Verdict::drop};
      program_.depth_max_ = std::max(program_.depth_max_, depth_of(chain));
    }
    depths_.clear();
    program_.has_nat_ = program_.has_nat_ || table.name == TableName::nat;
    program_.tracks_ = program_.tracks_ || table.name == TableName::nat;
  }

 private:
  using CompiledRule = Program::CompiledRule;
  using Action = Program::Action;

  void add(const Chain& chain) {
    const auto first = static_cast<std::uint32_t>(program_.rules_.size());
    for (const Rule& rule : chain.rules) {
      add(chain, rule);
    }
    CompiledRule end;
    end.action = Action::return_;
    program_.rules_.push_back(end);
    if (indexed_) {
      index(chain, first);
    }
  }

  void add(const Chain& chain, const Rule& rule) {
    CompiledRule compiled;
    compiled.src = rule.source.address.value();
    compiled.src_mask = rule.source.mask.value();
    compiled.src_negated = rule.source.negated;
    compiled.dst = rule.destination.address.value();
    compiled.dst_mask = rule.destination.mask.value();
    compiled.dst_negated = rule.destination.negated;
    compiled.protocol = rule.protocol.number;
    compiled.protocol_negated = rule.protocol.negated;
    compiled.fragment = rule.fragment;
    compiled.in = device_number(rule.in);
    compiled.out = device_number(rule.out);
    compiled.first_match = static_cast<std::uint32_t>(program_.matches_.size());
    bool is_known = true;
    for (const Match& match : rule.matches) {
      // A set may not be there, and a packet may be of a protocol whose ports are not known.
      is_known = is_known && !std::holds_alternative<UnsupportedMatch>(match) &&
                 !std::holds_alternative<SetMatch>(match) && !std::holds_alternative<MultiportMatch>(match);
      if (remembers(compiled) ||
          !(fold_ports(compiled, rule, match) || fold_state(compiled, match) || fold_mark(compiled, match))) {
        add(match);
      }
    }
    compiled.match_count = static_cast<std::uint16_t>(program_.matches_.size() - compiled.first_match);
    note_what_is_asked(compiled);
    set_action(compiled, rule.target);
    if (!is_known || compiled.action == Action::unsupported) {
      program_.unsupported_.emplace_back(static_cast<std::uint32_t>(program_.rules_.size()),
                                         print_rule(chain.name, rule));
    }
    program_.rules_.push_back(compiled);
  }

  /// Adds what is asked besides state and ports, which fold_state() and fold_ports() have noted.
  static void note_what_is_asked(CompiledRule& compiled) {
    using Asks = Program::Asks;
    const auto note = [&](bool is_asked, std::uint8_t bit) {
      compiled.asks = static_cast<std::uint8_t>(compiled.asks | (is_asked ? bit : 0U));
    };
    note(compiled.src_mask != 0 || compiled.dst_mask != 0 || compiled.src != 0 || compiled.dst != 0 ||
             compiled.src_negated || compiled.dst_negated,
         Asks::addresses);
    note(compiled.protocol != 0, Asks::protocol);
    note(compiled.in != 0 || compiled.out != 0 || compiled.fragment != FragmentMatch::any, Asks::devices);
    note(compiled.match_count != 0, Asks::matches);
  }

  /// Whether the rule has a match so far that remembers or draws: it sees packets that the matches behind it
  /// refuse.
  [[nodiscard]] bool remembers(const CompiledRule& compiled) const {
    return std::any_of(program_.matches_.begin() + compiled.first_match, program_.matches_.end(),
                       [](const Program::CompiledMatch& before) {
                         return std::holds_alternative<StatisticMatch>(before.match) ||
                                std::holds_alternative<RecentMatch>(before.match);
                       });
  }

  /// -m conntrack --ctstate, or -m state.
  bool fold_state(CompiledRule& compiled, const Match& match) const {
    const auto* const state = std::get_if<ConntrackMatch>(&match);
    if (state == nullptr || (compiled.asks & Program::Asks::state) != 0 ||
        (state->states == 0 && !state->states_negated)) {
      return false;
    }
    ConntrackMatch plain;
    plain.as_state = state->as_state;
    plain.states = state->states;
    plain.states_negated = state->states_negated;
    if (*state != plain) {
      return false;
    }
    compiled.asks |= Program::Asks::state;
    compiled.states_only = plain.as_state;
    compiled.states = plain.states;
    compiled.states_negated = plain.states_negated;
    program_.tracks_ = true;
    return true;
  }

  static bool fold_mark(CompiledRule& compiled, const Match& match) {
    const auto* const mark = std::get_if<MarkMatch>(&match);
    if (mark == nullptr || (compiled.asks & Program::Asks::mark) != 0) {
      return false;
    }
    compiled.asks |= Program::Asks::mark;
    compiled.asked_mark_mask = mark->mask;
    compiled.asked_mark = mark->value;
    compiled.mark_negated = mark->negated;
    return true;
  }

  /// Most rules of kube-proxy have one -m tcp or -m udp, which asks for a port at most: the rule itself has
  /// room for that.
  static bool fold_ports(CompiledRule& compiled, const Rule& rule, const Match& match) {
    TcpMatch ports;
    if (const auto* const udp = std::get_if<UdpMatch>(&match)) {
      ports.source = udp->source;
      ports.destination = udp->destination;
    } else if (const auto* const tcp = std::get_if<TcpMatch>(&match)) {
      ports = *tcp;
    } else {
      return false;
    }
    const TcpMatch plain{ports.source, ports.destination, 0, 0, false, 0, false};
    if ((compiled.asks & Program::Asks::ports) != 0 || rule.protocol.negated || ports != plain ||
        ports.source.negated || ports.destination.negated) {
      return false;
    }
    compiled.asks |= Program::Asks::ports;
    compiled.src_ports = ports.source.range;
    compiled.dst_ports = ports.destination.range;
    return true;
  }

  void add(const Match& match) {
    if (std::holds_alternative<Comment>(match)) {
      return;
    }
    Program::CompiledMatch compiled;
    compiled.match = match;
    if (const auto* const physdev = std::get_if<PhysdevMatch>(&match)) {
      compiled.physdev_in = device_number(physdev->in);
      compiled.physdev_out = device_number(physdev->out);
    }
    const auto* const statistic = std::get_if<StatisticMatch>(&match);
    if (statistic != nullptr && statistic->mode == StatisticMatch::Mode::nth) {
      compiled.nth = program_.nth_count_++;
    }
    program_.tracks_ = program_.tracks_ || std::holds_alternative<ConntrackMatch>(match);
    program_.matches_.push_back(std::move(compiled));
  }

  void set_action(CompiledRule& compiled, const Target& target) {
    if (const auto* const verdict = std::get_if<Verdict>(&target)) {
      compiled.action = *verdict == Verdict::accept ? Action::accept
                        : *verdict == Verdict::drop ? Action::drop
                                                    : Action::return_;
    } else if (const auto* const jump = std::get_if<Jump>(&target)) {
      compiled.action = jump->go_to ? Action::go_to : Action::jump;
      compiled.operand = starts_.at(jump->chain);
    } else if (const auto* const reject = std::get_if<Reject>(&target)) {
      compiled.action = Action::reject;
      compiled.reject = reject->type;
    } else if (const auto* const mark = std::get_if<SetMark>(&target)) {
      compiled.action = Action::mark;
      compiled.operand = mark->value;
      compiled.mask = mark->mask;
    } else if (const auto* const nat = std::get_if<Nat>(&target)) {
      compiled.action = Action::nat;
      compiled.operand = static_cast<std::uint32_t>(program_.nats_.size());
      program_.nats_.push_back(*nat);
    } else if (std::holds_alternative<Notrack>(target)) {
      compiled.action = Action::notrack;
      program_.tracks_ = true;
    } else if (std::holds_alternative<UnsupportedTarget>(target)) {
      compiled.action = Action::unsupported;
    }
  }

  std::uint16_t device_number(const DeviceMatch& match) {
    if (match.any()) {
      return 0;
    }
    Program::Devices devices;
    devices.any = false;
    devices.negated = match.negated;
    const DeviceMatch positive{match.name, false};
    devices.matches_none = positive.matches("");
    for (const NamedDevice& device : names_) {
      if (positive.matches(device.name)) {
        devices.ids.push_back(device.id);
      }
    }
    std::ranges::sort(devices.ids);
    const auto known = std::ranges::find(program_.devices_, devices);
    const auto number = static_cast<std::uint16_t>(known - program_.devices_.begin());
    if (known == program_.devices_.end()) {
      program_.devices_.push_back(std::move(devices));
    }
    return number;
  }

  /// How many returns are pending at most in a walk that begins in `chain`.
  std::uint32_t depth_of(const Chain& chain) {
    if (const auto known = depths_.find(chain.name); known != depths_.end()) {
      return known->second;
    }
    std::uint32_t depth = 0;
    for (const Rule& rule : chain.rules) {
      if (const auto* const jump = std::get_if<Jump>(&rule.target)) {
        depth = std::max(depth, depth_of(*table_->find(jump->chain)) + (jump->go_to ? 0 : 1));
      }
    }
    return depths_[chain.name] = depth;
  }

  // The index.

  /// What a rule asks for exactly.
  struct Key {
    bool has_address = false;
    bool has_port = false;
    std::uint32_t address = 0;
    std::uint8_t protocol = 0;
    std::uint16_t port = 0;
  };

  static Key key_of(const Rule& rule) {
    Key key;
    key.has_address = rule.destination.exact();
    key.address = rule.destination.address.value();
    for (const Match& match : rule.matches) {
      const auto* const tcp = std::get_if<TcpMatch>(&match);
      const auto* const udp = std::get_if<UdpMatch>(&match);
      if (tcp != nullptr || udp != nullptr) {
        const PortMatch& port = tcp != nullptr ? tcp->destination : udp->destination;
        key.has_port = port.range.first == port.range.last && !port.negated && rule.protocol.number != 0 &&
                       !rule.protocol.negated;
        key.protocol = rule.protocol.number;
        key.port = port.range.first;
        break;
      }
      if (!std::holds_alternative<Comment>(match) && !std::holds_alternative<AddrtypeMatch>(match) &&
          !std::holds_alternative<ConntrackMatch>(match) && !std::holds_alternative<MarkMatch>(match)) {
        break;
      }
    }
    return key;
  }

  void index(const Chain& chain, std::uint32_t first) {
    std::size_t at = 0;
    while (at < chain.rules.size()) {
      const Key key = key_of(chain.rules[at]);
      std::size_t end = at;
      bool by_port = true;
      while (end < chain.rules.size() && continues(key, key_of(chain.rules[end]))) {
        by_port = by_port && key_of(chain.rules[end]).has_port;
        ++end;
      }
      if (end - at >= run_length_min) {
        add_run(chain, first, at, end, key.has_address, by_port);
      }
      at = std::max(end, at + 1);
    }
  }
  /// Whether a rule belongs to the run that began with `begin`.
  static bool continues(const Key& begin, const Key& next) {
    return begin.has_address ? next.has_address : begin.has_port && next.has_port && !next.has_address;
  }

  void add_run(const Chain& chain, std::uint32_t first, std::size_t at, std::size_t end, bool by_address,
               bool by_port) {
    std::map<std::uint64_t, std::vector<std::uint32_t>> rules_of;
    for (std::size_t rule = at; rule < end; ++rule) {
      const Key key = key_of(chain.rules[rule]);
      rules_of[Program::Run::key_of(by_address ? key.address : 0, by_port ? key.protocol : std::uint8_t{0},
                                    by_port ? key.port : std::uint16_t{0})]
          .push_back(first + static_cast<std::uint32_t>(rule));
    }
    Program::Run run;
    run.by_address = by_address;
    run.by_port = by_port;
    run.end = first + static_cast<std::uint32_t>(end);
    std::size_t size = 8;
    while (size < rules_of.size() * 2) {
      size *= 2;
    }
    run.slots.resize(size);
    for (const auto& [key, rules] : rules_of) {
      std::size_t slot = Program::Run::hash_of(key) & (size - 1);
      while (run.slots[slot].count != 0) {
        slot = (slot + 1) & (size - 1);
      }
      run.slots[slot] = {key, static_cast<std::uint32_t>(run.candidates.size()),
                         static_cast<std::uint32_t>(rules.size())};
      run.candidates.insert(run.candidates.end(), rules.begin(), rules.end());
    }
    program_.runs_.push_back(std::move(run));
    program_.rules_[first + at].run = static_cast<std::uint32_t>(program_.runs_.size());
  }

  Program& program_;
  std::span<const NamedDevice> names_;
  bool indexed_;
  const Table* table_ = nullptr;
  std::map<std::string, std::uint32_t, std::less<>> starts_;
  std::map<std::string_view, std::uint32_t> depths_;
};

Program::Program(const Ruleset& ruleset, std::span<const NamedDevice> devices, bool indexed) {
  Compiler compiler(*this, devices, indexed);
  for (const Table& table : ruleset.tables) {
    compiler.add(table);
  }
  for (std::size_t hook = 0; hook < hook_count; ++hook) {
    idle_[hook] = !tracks_;
    for (std::size_t table = 0; table < table_count; ++table) {
      idle_[hook] = idle_[hook] && !decides(static_cast<TableName>(table), static_cast<Hook>(hook));
    }
  }
}

}  // namespace plimsoll::overlay::netfilter
