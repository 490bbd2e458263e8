#include "properties/service/rules/encode.hpp"

#include <numeric>
#include <variant>

#include "impl/base/assert.hpp"

namespace plimsoll::properties::rules {

using symbolic::Bool;
using symbolic::Word;

namespace {

/// The packets that are still on their way, and the mark that they have there.
struct Stream {
  Bool live = true;
  Word mark = {};
};

Stream joined(const Stream& a, const Stream& b) {
  return {a.live || b.live, select(a.live, a.mark, b.mark)};
}

class Encoder {
 public:
  Encoder(symbolic::Terms& terms, const WalkRequest& request) : terms_(terms), request_(request) {}

  EncodedWalk run() {
    const std::string name(netfilter::chain_name(request_.hook));
    Stream all{true, request_.packet.mark};
    const netfilter::Chain* const chain = request_.table.find(name);
    if (chain == nullptr) {
      leave(all.live, all, netfilter::Decision::accept, {request_.table.name, name, 0});
      return std::move(encoded_);
    }
    const Stream rest = walk(*chain, all);
    leave(rest.live, rest,
          chain->policy == netfilter::Verdict::drop ? netfilter::Decision::drop : netfilter::Decision::accept,
          {request_.table.name, name, 0});
    return std::move(encoded_);
  }

 private:
  void leave(const Bool& when, const Stream& stream, netfilter::Decision decision, netfilter::RuleRef rule,
             const netfilter::Nat* nat = nullptr) {
    encoded_.exits.push_back({when, decision, std::move(rule), nat, stream.mark});
  }

  /// What is left of the stream at the end of the chain, or returns from it.
  Stream walk(const netfilter::Chain& chain, Stream stream) {
    std::vector<std::uint32_t> indices;
    if (request_.rules) {
      indices = request_.rules(chain);
    } else {
      indices.resize(chain.rules.size());
      std::iota(indices.begin(), indices.end(), 0U);
    }
    Stream back{false, stream.mark};
    for (const std::uint32_t index : indices) {
      const netfilter::RuleRef here{request_.table.name, chain.name, index + 1};
      step(chain.rules[index], here, stream, back);
    }
    return joined(back, stream);
  }

  /// One rule: `stream` becomes what goes on to the next one, `back` gets what returns from the chain.
  void step(const netfilter::Rule& rule, const netfilter::RuleRef& here, Stream& stream, Stream& back) {
    RuleCondition condition = condition_of(terms_, rule, here, request_, stream.mark, encoded_.chances);
    if (request_.with_visits && !condition.is_known) {
      condition = {condition.matches && terms_.truth_variable(here.chain), true};
    }
    const Stream taken{stream.live && condition.matches, stream.mark};
    if (request_.with_visits) {
      encoded_.visits.push_back({here, stream.live, taken.live});
    }
    const Bool passed = stream.live && !condition.matches;
    if (!condition.is_known) {
      leave(taken.live, taken, netfilter::Decision::unknown, here);
      stream.live = passed;
      return;
    }
    if (const auto* const mark = std::get_if<netfilter::SetMark>(&rule.target)) {
      // x ^ v bit by bit: (x | v) & ~(x & v)
      const Word kept = stream.mark & ~mark->mask;
      const Word value(mark->value);
      stream.mark = select(taken.live, (kept | value) & ~(kept & value), stream.mark);
      return;
    }
    if (std::holds_alternative<netfilter::Continue>(rule.target) ||
        std::holds_alternative<netfilter::Log>(rule.target)) {
      return;
    }
    if (const auto* const jump = std::get_if<netfilter::Jump>(&rule.target)) {
      const netfilter::Chain* const to = request_.table.find(jump->chain);
      PLIMSOLL_ASSERT(to != nullptr);
      const Stream rest = walk(*to, taken);
      if (jump->go_to) {
        back = joined(back, rest);
        stream.live = passed;
      } else {
        stream = joined(rest, {passed, stream.mark});
      }
      return;
    }
    const bool is_end = end(rule, here, taken, back);
    stream.live = is_end || !request_.with_visits ? passed : stream.live;
  }

  /// A target after which the walk does not go on in this chain. @return whether it is known to be one.
  bool end(const netfilter::Rule& rule, const netfilter::RuleRef& here, const Stream& taken, Stream& back) {
    if (const auto* const verdict = std::get_if<netfilter::Verdict>(&rule.target)) {
      if (*verdict == netfilter::Verdict::return_) {
        back = joined(back, taken);
        return true;
      }
      leave(taken.live, taken,
            *verdict == netfilter::Verdict::drop ? netfilter::Decision::drop : netfilter::Decision::accept,
            here);
    } else if (std::holds_alternative<netfilter::Reject>(rule.target)) {
      leave(taken.live, taken, netfilter::Decision::reject, here);
    } else if (const auto* const nat = std::get_if<netfilter::Nat>(&rule.target)) {
      leave(taken.live, taken, netfilter::Decision::nat, here, nat);
    } else {
      leave(taken.live, taken, netfilter::Decision::unknown, here);
      return false;
    }
    return true;
  }

  symbolic::Terms& terms_;
  const WalkRequest& request_;
  EncodedWalk encoded_ = {};
};

}  // namespace

EncodedWalk encode(symbolic::Terms& terms, const WalkRequest& request) {
  return Encoder(terms, request).run();
}

}  // namespace plimsoll::properties::rules
