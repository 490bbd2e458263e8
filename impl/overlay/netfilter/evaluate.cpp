#include "impl/overlay/netfilter/evaluate.hpp"

#include <array>

#include "impl/overlay/netfilter/matching.hpp"

namespace plimsoll::overlay::netfilter {

/// One walk: ipt_do_table() with the index of the program.
class Walker {
 public:
  Walker(const Program& program, Environment& environment, AtHook& at)
      : program_(program), environment_(environment), at_(at) {
    note_state();
    if (program.depth_max_ > nested_.size()) {
      deeply_nested_.resize(program.depth_max_);
    }
  }

  Walked walk(TableName table) {
    const Program::Entry& entry = program_.entry(table, at_.hook);
    Position* const pending_begin = deeply_nested_.empty() ? nested_.data() : deeply_nested_.data();
    Position* pending = pending_begin;
    Position position{entry.first_rule, nullptr, 0, 0};
    while (true) {
      if (position.run == nullptr && begin_run(position)) {
        continue;
      }
      const Rule& rule = program_.rules_[position.rule];
      const Answer matched = ask(rule);
      const bool without_effect = rule.action == Action::continue_ && !memory_in_doubt_;
      if (matched == Answer::no || (matched == Answer::unknown && without_effect)) {
        advance(position);
        continue;
      }
      if (matched == Answer::unknown || rule.action == Action::unsupported) {
        return {Decision::unknown, {}, position.rule, nullptr};
      }
      switch (rule.action) {
        case Action::jump:
          *pending = position;
          advance(*pending);
          ++pending;
          position = {rule.operand, nullptr, 0, 0};
          break;
        case Action::go_to:
          position = {rule.operand, nullptr, 0, 0};
          break;
        case Action::return_:
          if (pending == pending_begin) {
            return {entry.policy == Verdict::drop ? Decision::drop : Decision::accept,
                    {},
                    Walked::by_policy,
                    nullptr};
          }
          position = *--pending;
          break;
        case Action::continue_:
        case Action::mark:
        case Action::notrack:
          pass(rule);
          advance(position);
          break;
        default:
          return decided(rule, position.rule);
      }
    }
  }

 private:
  using Rule = Program::CompiledRule;
  using Action = Program::Action;

  /// The next rule of a walk. In a run, the further rules for the packet's key. Without initialisers: most
  /// walks use few of the sixteen places for pending ones.
  struct Position {
    std::uint32_t rule;
    const Program::Run* run;
    std::uint32_t next;  ///< in the run's candidates
    std::uint32_t left;
  };

  /// If a run begins here, moves to the first of its rules that the packet may match, or behind it.
  bool begin_run(Position& position) {
    const std::uint32_t number = program_.rules_[position.rule].run;
    if (number == 0) {
      return false;
    }
    const Program::Run& run = program_.runs_[number - 1];
    position.run = &run;
    position.left = 0;
    if (!run.by_port || at_.packet.has_ports()) {
      const std::uint64_t key = Program::Run::key_of(run.by_address ? at_.packet.dst.value() : 0,
                                                     run.by_port ? at_.packet.protocol : std::uint8_t{0},
                                                     run.by_port ? at_.packet.dst_port : std::uint16_t{0});
      const std::size_t mask = run.slots.size() - 1;
      std::size_t slot = Program::Run::hash_of(key) & mask;
      while (run.slots[slot].count != 0 && run.slots[slot].key != key) {
        slot = (slot + 1) & mask;
      }
      position.next = run.slots[slot].first;
      position.left = run.slots[slot].count;
    }
    advance(position);
    return true;
  }

  static void advance(Position& position) {
    if (position.run == nullptr) {
      ++position.rule;
    } else if (position.left == 0) {
      position.rule = position.run->end;
      position.run = nullptr;
    } else {
      position.rule = position.run->candidates[position.next++];
      --position.left;
    }
  }

  Answer ask(const Rule& rule) {
    using Asks = Program::Asks;
    if ((rule.asks & Asks::state) != 0 && !ask_state(rule)) {
      return Answer::no;
    }
    const Ipv4Packet& packet = at_.packet;
    const bool here =
        ((rule.asks & Asks::addresses) == 0 || ask_addresses(rule)) &&
        ((rule.asks & Asks::protocol) == 0 || (packet.protocol == rule.protocol) != rule.protocol_negated) &&
        ((rule.asks & Asks::ports) == 0 || ask_ports(rule)) &&
        ((rule.asks & Asks::mark) == 0 || ask_mark(rule)) &&
        ((rule.asks & Asks::devices) == 0 || ask_devices(rule));
    if (!here) {
      return Answer::no;
    }
    return (rule.asks & Asks::matches) == 0 ? Answer::yes : ask_matches(rule);
  }

  [[nodiscard]] bool ask_addresses(const Rule& rule) const {
    return ((at_.packet.src.value() & rule.src_mask) == rule.src) != rule.src_negated &&
           ((at_.packet.dst.value() & rule.dst_mask) == rule.dst) != rule.dst_negated;
  }

  [[nodiscard]] bool ask_mark(const Rule& rule) const {
    return ((at_.metadata.mark & rule.asked_mark_mask) == rule.asked_mark) != rule.mark_negated;
  }

  [[nodiscard]] bool ask_ports(const Rule& rule) const {
    return at_.packet.has_ports() && rule.src_ports.contains(at_.packet.src_port) &&
           rule.dst_ports.contains(at_.packet.dst_port);
  }

  [[nodiscard]] bool ask_state(const Rule& rule) const {
    return ((rule.states & states_[rule.states_only ? 1 : 0]) != 0) != rule.states_negated;
  }

  [[nodiscard]] bool ask_devices(const Rule& rule) const {
    return program_.devices_[rule.in].matches(at_.in) && program_.devices_[rule.out].matches(at_.out) &&
           (rule.fragment == FragmentMatch::any ||
            (rule.fragment == FragmentMatch::later) == !at_.packet.has_transport());
  }

  /// A match that says no decides, even if another one is not known. But none that remembers or draws is
  /// asked after one that is not known: it may be that the kernel does not get there.
  Answer ask_matches(const Rule& rule) {
    Answer all = Answer::yes;
    for (std::uint32_t at = rule.first_match; at < rule.first_match + rule.match_count; ++at) {
      const Program::CompiledMatch& compiled = program_.matches_[at];
      if (all == Answer::unknown && (std::holds_alternative<StatisticMatch>(compiled.match) ||
                                     std::holds_alternative<RecentMatch>(compiled.match))) {
        memory_in_doubt_ = true;
        return Answer::unknown;
      }
      const Answer one = ask_match(compiled);
      if (one == Answer::no) {
        return Answer::no;
      }
      all = one == Answer::unknown ? Answer::unknown : all;
    }
    return all;
  }

  Answer ask_match(const Program::CompiledMatch& compiled) {
    if (const auto* const statistic = std::get_if<StatisticMatch>(&compiled.match)) {
      return ask_statistic(*statistic, environment_, compiled.nth);
    }
    if (const auto* const physdev = std::get_if<PhysdevMatch>(&compiled.match)) {
      return answer(physdev_matches(*physdev, compiled));
    }
    return std::visit(
        [&]<class Concrete>(const Concrete& match) {
          if constexpr (std::is_same_v<Concrete, StatisticMatch> || std::is_same_v<Concrete, PhysdevMatch> ||
                        std::is_same_v<Concrete, UnsupportedMatch>) {
            return Answer::unknown;
          } else {
            return netfilter::ask(match, environment_, at_);
          }
        },
        compiled.match);
  }

  /// physdev_mt() of net/netfilter/xt_physdev.c
  bool physdev_matches(const PhysdevMatch& match, const Program::CompiledMatch& compiled) const {
    using Ask = PhysdevMatch::Ask;
    const auto agrees = [](Ask ask, bool holds) { return ask == Ask::any || (ask == Ask::yes) == holds; };
    const bool has_in = at_.physdev_in != 0;
    const bool has_out = at_.physdev_out != 0;
    if (!agrees(match.is_in, has_in) || !agrees(match.is_out, has_out) ||
        !agrees(match.is_bridged, has_out)) {
      return false;
    }
    if (!has_in && !has_out) {
      return (match.in.any() || match.in.negated) && (match.out.any() || match.out.negated);
    }
    if (has_in && !program_.devices_[compiled.physdev_in].matches(at_.physdev_in)) {
      return false;
    }
    return match.out.any() || (has_out && program_.devices_[compiled.physdev_out].matches(at_.physdev_out));
  }

  /// Targets after which the walk goes on.
  void pass(const Rule& rule) {
    if (rule.action == Action::mark) {
      at_.metadata.mark = (at_.metadata.mark & ~rule.mask) ^ rule.operand;
    } else if (rule.action == Action::notrack && at_.metadata.tracked.info == CtInfo::none) {
      at_.metadata.tracked.info = CtInfo::untracked;
      note_state();
    }
  }

  void note_state() {
    states_ = {state_bits(at_.metadata.tracked, false), state_bits(at_.metadata.tracked, true)};
  }

  /// Targets that end it.
  Walked decided(const Rule& rule, std::uint32_t number) const {
    switch (rule.action) {
      case Action::drop:
        return {Decision::drop, {}, number, nullptr};
      case Action::reject:
        return {Decision::reject, rule.reject, number, nullptr};
      case Action::nat:
        return {Decision::nat, {}, number, &program_.nats_[rule.operand]};
      default:
        return {Decision::accept, {}, number, nullptr};
    }
  }

  const Program& program_;
  Environment& environment_;
  AtHook& at_;
  std::array<std::uint8_t, 2> states_ = {};  ///< state_bits() of the packet: with its flow's NAT, and without
  bool memory_in_doubt_ = false;             ///< whether a counter or a list has changed is not known
  std::array<Position, 16> nested_;
  std::vector<Position> deeply_nested_;
};

Walked evaluate(const Program& program, TableName table, Environment& environment, AtHook& at) {
  return program.decides(table, at.hook) ? Walker(program, environment, at).walk(table) : Walked{};
}

}  // namespace plimsoll::overlay::netfilter
