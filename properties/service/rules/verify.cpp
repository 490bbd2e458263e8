#include "properties/service/rules/verify.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "impl/base/assert.hpp"
#include "properties/service/rules/claims.hpp"
#include "properties/service/rules/shapes.hpp"
#include "properties/service/rules/slices.hpp"

namespace plimsoll::properties::rules {

using symbolic::Bool;
using symbolic::Solver;
using symbolic::Terms;

namespace {

using netfilter::Hook;
using netfilter::TableName;

/// What is asked of the packets to a frontend that come to a table at a hook.
struct Place {
  TableName table = TableName::nat;
  Hook hook = Hook::prerouting;
};

std::vector<Place> places_of(const Frontend& frontend) {
  std::vector<Place> places = {{TableName::nat, Hook::prerouting}, {TableName::nat, Hook::output}};
  if (frontend.kind == FrontendKind::node_port) {
    places.push_back({TableName::filter, Hook::input});
    return places;
  }
  places.push_back({TableName::filter, Hook::forward});
  if (frontend.kind == FrontendKind::cluster_ip) {
    places.push_back({TableName::filter, Hook::output});
  }
  return places;
}

std::set<Backend> all_of(const Frontend& frontend) {
  std::set<Backend> all(frontend.backends().begin(), frontend.backends().end());
  if (frontend.is_external()) {
    all.insert(frontend.cluster.begin(), frontend.cluster.end());
  }
  return all;
}

std::string expectation(const Frontend& frontend, TableName table) {
  if (table == TableName::filter) {
    return frontend.has_any ? "nobody here may serve it: it must be dropped"
                            : "nobody serves it: it must be refused";
  }
  std::string backends;
  for (const Backend& backend : all_of(frontend)) {
    backends += (backends.empty() ? "" : " or ") + to_text(backend);
  }
  return backends.empty() ? "it must keep its destination"
                          : "it must go to " + backends +
                                ", masqueraded where that is needed and only there, if it is let in";
}

/// A question, and how its answer is found in the model.
struct Question {
  Bool packets = true;  ///< that are asked about
  Bool well = true;     ///< what must be true of them
};

class Verifier {
 public:
  Verifier(const netfilter::Ruleset& ruleset, const Intent& intent, const symbolic::Limits& limits)
      : ruleset_(ruleset), intent_(intent), limits_(limits), devices_(devices_of(ruleset)) {
    for (const netfilter::Table& table : ruleset.tables) {
      slices_.emplace(table.name, Slices(table));
    }
    for (const Frontend& frontend : intent.frontends) {
      if (frontend.kind != FrontendKind::node_port) {
        rivals_[{frontend.protocol, frontend.port}].push_back(frontend.ip);
      }
    }
  }

  RulesVerdict run() {
    std::set<std::tuple<bool, base::Ipv4, std::uint8_t, std::uint16_t>> seen;
    for (const Frontend& frontend : intent_.frontends) {
      const bool is_first = seen.emplace(frontend.kind == FrontendKind::node_port, frontend.ip,
                                         frontend.protocol, frontend.port)
                                .second;
      if (is_first && verdict_.is_complete) {
        ++verdict_.frontends;
        judge(frontend);
      }
    }
    judge_strangers();
    judge_masquerade();
    judge_invalid();
    return std::move(verdict_);
  }

 private:
  const netfilter::Table* table_of(TableName name) { return ruleset_.find(name); }
  RuleChoice slice_of(const Frontend& frontend, TableName table) {
    const auto found = slices_.find(table);
    return found == slices_.end() ? RuleChoice{} : found->second.of(frontend);
  }
  const std::vector<base::Ipv4>& rivals_of(const Frontend& frontend) {
    static const std::vector<base::Ipv4> none;
    const auto found = rivals_.find({frontend.protocol, frontend.port});
    return frontend.kind != FrontendKind::node_port || found == rivals_.end() ? none : found->second;
  }

  void judge(const Frontend& frontend) {
    for (const Place& place : places_of(frontend)) {
      const netfilter::Table* const table = table_of(place.table);
      const std::string shape = shape_of({.frontend = frontend,
                                          .intent = intent_,
                                          .rivals = rivals_of(frontend),
                                          .table = table,
                                          .hook = place.hook,
                                          .rules = slice_of(frontend, place.table)});
      if (sound_.contains(shape)) {
        continue;
      }
      if (holds(frontend, place, Constants::As::symbols) || holds(frontend, place, Constants::As::numbers)) {
        sound_.insert(shape);
        ++verdict_.shapes;
      }
    }
  }

  /// Asks; a finding counts only with numbers.
  bool holds(const Frontend& frontend, const Place& place, Constants::As as) {
    Terms terms;
    Constants constants(terms, as);
    const SymbolicPacket packet = any_packet(terms);
    const ClaimRequest claim = {intent_, frontend, packet, devices_, constants, rivals_of(frontend)};
    const EncodedWalk walk = walk_of(terms, place, packet, constants, slice_of(frontend, place.table));
    const Question question = {is_for(claim), place.table == TableName::nat ? is_translated_well(claim, walk)
                                                                            : is_refused_well(claim, walk)};
    Solver solver(terms, limits_);
    solver.require(is_possible(packet, place.hook, devices_));
    solver.require(constants.facts());
    if (!answer(solver, question, walk, place, packet, as,
                {to_text(frontend), expectation(frontend, place.table)})) {
      return false;
    }
    if (place.table != TableName::nat) {
      return true;
    }
    const bool spares = frontend.kind != FrontendKind::node_port || spares_others(frontend, place, as);
    return spares && (place.hook != Hook::prerouting || comes_to_all(claim, solver, question, walk, as));
  }

  /// Whether each backend has packets of each kind of client that it serves, whatever was remembered.
  bool comes_to_all(const ClaimRequest& claim, Solver& solver, const Question& question,
                    const EncodedWalk& walk, Constants::As as) {
    Bool anew = true;
    for (const Chance& chance : walk.chances) {
      anew &= Bool(!chance.is_remembered) || !chance.matches;
    }
    for (const Served& served : served_by(claim)) {
      for (const Backend& backend : *served.backends) {
        Bool comes = false;
        for (const Exit& exit : walk.exits) {
          comes |= exit.when && Bool(exit.nat != nullptr && exit.nat->first == backend.ip &&
                                     exit.nat->first_port == backend.port);
        }
        const Solver::Satisfiable some = possible(solver, question.packets && served.who && anew && comes);
        if (some == Solver::Satisfiable::yes ||
            // A kind of client that there is not, as the node's own at PREROUTING of some setups.
            possible(solver, question.packets && served.who && is_let_in(claim)) == Solver::Satisfiable::no) {
          continue;
        }
        if (as == Constants::As::numbers && some == Solver::Satisfiable::no) {
          verdict_.findings.push_back(
              {.frontend = to_text(claim.frontend),
               .what = "of some kind of client no packet comes to " + to_text(backend)});
        }
        return false;
      }
    }
    return true;
  }

  Solver::Satisfiable possible(Solver& solver, const Bool& what) {
    solver.push();
    solver.require(what);
    const Solver::Satisfiable found = ask(solver);
    solver.pop();
    return found;
  }

  EncodedWalk walk_of(Terms& terms, const Place& place, const SymbolicPacket& packet, Constants& constants,
                      RuleChoice rules) {
    static const netfilter::Table no_table;
    const netfilter::Table* const table = table_of(place.table);
    return encode(terms, {.table = table == nullptr ? no_table : *table,
                          .hook = place.hook,
                          .packet = packet,
                          .devices = devices_,
                          .constants = constants,
                          .rules = std::move(rules)});
  }

  struct Words {
    std::string frontend = {};
    std::string what = {};
  };

  Solver::Satisfiable ask(Solver& solver) {
    ++verdict_.questions;
    const Solver::Satisfiable found = solver.check();
    verdict_.is_complete &= found != Solver::Satisfiable::unknown;
    return found;
  }

  /// @return whether all packets fare well; if not, and with numbers, there is a finding more.
  bool answer(Solver& solver, const Question& question, const EncodedWalk& walk, const Place& place,
              const SymbolicPacket& packet, Constants::As as, const Words& words) {
    solver.push();
    solver.require(question.packets && !question.well);
    const Solver::Satisfiable found = ask(solver);
    if (found == Solver::Satisfiable::yes && as == Constants::As::numbers) {
      constexpr auto usual = static_cast<std::uint32_t>(netfilter::AddressType::unicast);
      solver.prefer(packet.src_port != 0U && packet.src_type == usual);
      solver.prefer(packet.dst_type == usual);
      report(solver, walk, place, packet, words);
    }
    solver.pop();
    return found == Solver::Satisfiable::no;
  }

  void report(const Solver& model, const EncodedWalk& walk, const Place& place, const SymbolicPacket& packet,
              const Words& words) {
    if (!probe_) {
      probe_.emplace(ruleset_, devices_);
    }
    RulesFinding finding = {.frontend = words.frontend, .what = words.what};
    finding.packet = values_of(packet, model);
    finding.packet_text = to_text(finding.packet, devices_);
    finding.outcomes = probe_->outcomes(place.table, place.hook, finding.packet);
    const auto exit =
        std::ranges::find_if(walk.exits, [&](const Exit& one) { return model.value(one.when); });
    PLIMSOLL_ASSERT(exit != walk.exits.end());
    const bool is_confirmed = std::ranges::any_of(finding.outcomes, [&](const Outcome& outcome) {
      return outcome.decision == exit->decision && outcome.rule == exit->rule;
    });
    PLIMSOLL_ASSERT_KNOWN(is_confirmed, "the formulas and the evaluation disagree on " + finding.packet_text);
    // What the model shows comes first.
    const auto shown = std::ranges::find_if(finding.outcomes, [&](const Outcome& outcome) {
      return outcome.decision == exit->decision && outcome.rule == exit->rule;
    });
    std::rotate(finding.outcomes.begin(), shown, shown + 1);
    verdict_.findings.push_back(std::move(finding));
  }

  using Claim = std::function<Question(const SymbolicPacket&, Constants&, const EncodedWalk&)>;
  enum class Reported : std::uint8_t { no, yes };
  /// @return whether all packets fare well.
  bool judge_one(const Place& place, RuleChoice rules, const Words& words, const Claim& claim,
                 Reported reported = Reported::yes) {
    Terms terms;
    Constants constants(terms, Constants::As::numbers);
    const SymbolicPacket packet = any_packet(terms);
    const EncodedWalk walk = walk_of(terms, place, packet, constants, std::move(rules));
    Solver solver(terms, limits_);
    solver.require(is_possible(packet, place.hook, devices_));
    // With symbols nothing is reported.
    const Constants::As as = reported == Reported::yes ? Constants::As::numbers : Constants::As::symbols;
    return answer(solver, claim(packet, constants, walk), walk, place, packet, as, words);
  }

  static Bool is_new(const SymbolicPacket& packet) {
    return packet.mark == 0U && packet.state == static_cast<std::uint32_t>(FlowState::new_) &&
           !packet.src_nat && !packet.dst_nat;
  }
  static Bool passes_untouched(const EncodedWalk& walk) {
    Bool passes = true;
    for (const Exit& exit : walk.exits) {
      passes &= implies(exit.when, Bool(exit.decision == netfilter::Decision::accept) && exit.mark == 0U);
    }
    return passes;
  }

  /// What is for no frontend passes table nat as it came. Packets that have a node port are asked about
  /// apart, with those to the node port.
  void judge_strangers() {
    const auto slices = slices_.find(TableName::nat);
    if (slices == slices_.end()) {
      return;
    }
    for (const Hook hook : {Hook::prerouting, Hook::output}) {
      // What holds of all packets under these rules holds of strangers. That is asked first, for it is short.
      for (const bool of_all : {true, false}) {
        const Claim claim = [&](const SymbolicPacket& packet, Constants& constants, const EncodedWalk& walk) {
          Question question = {is_new(packet), passes_untouched(walk)};
          for (const Frontend& frontend : of_all ? std::vector<Frontend>{} : intent_.frontends) {
            const Bool is_its = packet.protocol == std::uint32_t{frontend.protocol} &&
                                packet.dst_port == constants.port(frontend.port);
            const bool is_of_node = frontend.kind == FrontendKind::node_port;
            question.packets &= !(is_its && (is_of_node || packet.dst == constants.address(frontend.ip)));
          }
          return question;
        };
        if (judge_one({TableName::nat, hook}, slices->second.of_strangers(intent_),
                      {"", "it is for no service: it must pass as it came"}, claim,
                      of_all ? Reported::no : Reported::yes)) {
          break;
        }
      }
    }
  }

  /// Packets with a node port that are not for it.
  bool spares_others(const Frontend& frontend, const Place& place, Constants::As as) {
    Terms terms;
    Constants constants(terms, as);
    const SymbolicPacket packet = any_packet(terms);
    const ClaimRequest claim = {intent_, frontend, packet, devices_, constants, rivals_of(frontend)};
    const EncodedWalk walk = walk_of(terms, place, packet, constants, slice_of(frontend, place.table));
    Question question = {is_new(packet) && packet.protocol == std::uint32_t{frontend.protocol} &&
                             packet.dst_port == constants.port(frontend.port) && !is_for(claim),
                         passes_untouched(walk)};
    for (const base::Ipv4& rival : rivals_of(frontend)) {
      question.packets &= packet.dst != constants.address(rival);
    }
    Solver solver(terms, limits_);
    solver.require(is_possible(packet, place.hook, devices_));
    solver.require(constants.facts());
    return answer(solver, question, walk, place, packet, as,
                  {to_text(frontend), "it is not for this service: it must pass as it came"});
  }

  /// What leaves with the mark is masqueraded, and nothing else.
  void judge_masquerade() {
    const Claim claim = [&](const SymbolicPacket& packet, Constants& /*constants*/, const EncodedWalk& walk) {
      Question question;
      const Bool marked = (packet.mark & intent_.mark) == intent_.mark;
      for (const Exit& exit : walk.exits) {
        const bool masquerades = exit.nat != nullptr && exit.nat->kind == netfilter::Nat::Kind::masquerade;
        const bool passes = exit.decision == netfilter::Decision::accept;
        question.well &= implies(exit.when && marked, masquerades && (exit.mark & intent_.mark) == 0U);
        question.well &= implies(exit.when && !marked, passes);
      }
      return question;
    };
    (void)judge_one({TableName::nat, Hook::postrouting}, {},
                    {"", "what has the mark must be masqueraded and lose it, and nothing else"}, claim);
  }

  /// An invalid packet would pass untranslated, and its receiver would reset the connection.
  void judge_invalid() {
    if (!intent_.drops_invalid) {
      return;
    }
    const Claim claim = [&](const SymbolicPacket& packet, Constants& /*constants*/, const EncodedWalk& walk) {
      Question question = {packet.mark == 0U &&
                           packet.state == static_cast<std::uint32_t>(FlowState::invalid)};
      for (const Exit& exit : walk.exits) {
        question.well &= implies(exit.when, exit.decision == netfilter::Decision::drop);
      }
      return question;
    };
    (void)judge_one({TableName::filter, Hook::forward}, {},
                    {"", "conntrack calls it invalid: it must be dropped"}, claim);
  }

  const netfilter::Ruleset& ruleset_;
  const Intent& intent_;
  const symbolic::Limits& limits_;
  const Devices devices_;
  std::map<TableName, Slices> slices_ = {};
  std::map<std::pair<std::uint8_t, std::uint16_t>, std::vector<base::Ipv4>> rivals_ = {};
  std::set<std::string> sound_ = {};
  std::optional<Probe> probe_ = {};
  RulesVerdict verdict_ = {};
};

}  // namespace

RulesVerdict verify(const netfilter::Ruleset& ruleset, const Intent& intent, const symbolic::Limits& limits) {
  return Verifier(ruleset, intent, limits).run();
}

}  // namespace plimsoll::properties::rules
