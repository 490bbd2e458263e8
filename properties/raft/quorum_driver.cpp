#include "properties/raft/quorum_driver.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include <fmt/core.h>

#include "impl/base/quoted.hpp"
#include "impl/raft/quorum.hpp"

namespace plimsoll::properties::raft {
namespace {

namespace core = plimsoll::raft;
using core::Index;
using core::JointConfig;
using core::MajorityConfig;
using core::ServerId;
using core::VoteResult;
using Status = tl::expected<void, scenario::Error>;
/// Who acknowledged what; 0 is never acknowledged in these scripts.
using Acked = std::map<ServerId, Index>;

constexpr std::uint64_t nothing_known = 0;
constexpr std::uint64_t no_vote = 1;
constexpr std::uint64_t yes_vote = 2;

/// A directive's arguments.
struct Question {
  bool joint = false;
  std::vector<ServerId> incoming = {};
  std::vector<ServerId> outgoing = {};
  std::vector<std::uint64_t> indexes = {};
  std::vector<std::uint64_t> votes = {};

  [[nodiscard]] JointConfig config() const {
    return {{{incoming.begin(), incoming.end()}}, {{outgoing.begin(), outgoing.end()}}};
  }
};

Status read_ids(const ScriptArgument& argument, std::vector<ServerId>& ids) {
  for (const std::string& value : argument.values) {
    const auto id = number_of(argument, value);
    if (!id) {
      return tl::unexpected(id.error());
    }
    ids.push_back({*id});
  }
  return {};
}

Status read_indexes(const ScriptArgument& argument, std::vector<std::uint64_t>& indexes) {
  for (const std::string& value : argument.values) {
    if (value == "_") {
      indexes.push_back(nothing_known);
      continue;
    }
    const auto index = number_of(argument, value);
    if (!index) {
      return tl::unexpected(index.error());
    }
    if (*index == nothing_known) {
      return script_error(argument.where, "idx: 0 cannot be told from nothing known; write _");
    }
    indexes.push_back(*index);
  }
  return {};
}

Status read_votes(const ScriptArgument& argument, std::vector<std::uint64_t>& votes) {
  for (const std::string& value : argument.values) {
    if (value != "y" && value != "n" && value != "_") {
      return script_error(argument.where, "votes: expected y, n or _, found " + base::quoted(value));
    }
    votes.push_back(value == "y" ? yes_vote : value == "n" ? no_vote : nothing_known);
  }
  return {};
}

Status read_argument(const ScriptArgument& argument, Question& question) {
  if (argument.key == "cfg") {
    return read_ids(argument, question.incoming);
  }
  if (argument.key == "cfgj") {
    question.joint = true;
    const bool zero = argument.values == std::vector<std::string>{"zero"};
    return zero ? Status() : read_ids(argument, question.outgoing);
  }
  if (argument.key == "idx") {
    return read_indexes(argument, question.indexes);
  }
  if (argument.key == "votes") {
    return read_votes(argument, question.votes);
  }
  return script_error(argument.where,
                      "expected cfg, cfgj, idx or votes, found " + base::quoted(argument.key));
}

/// What each voter said: values go to voters in the order in which they are named first.
std::map<ServerId, std::uint64_t> assigned(const Question& question,
                                           const std::vector<std::uint64_t>& values) {
  std::map<ServerId, std::uint64_t> by_voter;
  auto value = values.begin();
  for (const std::vector<ServerId>& half : {question.incoming, question.outgoing}) {
    for (const ServerId id : half) {
      if (value != values.end() && by_voter.emplace(id, *value).second) {
        ++value;
      }
    }
  }
  std::erase_if(by_voter, [](const auto& said) { return said.second == nothing_known; });
  return by_voter;
}

std::string index_text(Index index) {
  return index == core::everything ? "∞" : std::to_string(index);
}

/// Upstream's sentence for values that are not as many as voters.
std::string mismatch(const core::ServerSet& voters, const std::vector<std::uint64_t>& values) {
  std::string voters_text;
  for (const ServerId id : voters) {
    voters_text += fmt::format("{}{}:{{}}", voters_text.empty() ? "" : " ", id.value);
  }
  std::string values_text;
  for (const std::uint64_t value : values) {
    values_text += (values_text.empty() ? "" : " ") + index_text(value);
  }
  return fmt::format("error: mismatched input (explicit or _) for voters map[{}]: [{}]\n", voters_text,
                     values_text);
}

/// One line for each voter, by id. A bar of length i says that i others have less, so that bars of a majority
/// are those of at least half its length.
std::string picture(const MajorityConfig& config, const Acked& acked) {
  if (config.empty()) {
    return "<empty majority quorum>";
  }
  std::vector<Index> sorted;
  const auto index_of = [&acked](ServerId id) {
    const auto found = acked.find(id);
    return found == acked.end() ? 0 : found->second;
  };
  std::transform(config.voters.begin(), config.voters.end(), std::back_inserter(sorted), index_of);
  std::sort(sorted.begin(), sorted.end());
  const std::size_t width = sorted.size();
  std::string text = std::string(width, ' ') + "    idx\n";
  for (const ServerId id : config.voters) {
    const Index index = index_of(id);
    const auto less = std::lower_bound(sorted.begin(), sorted.end(), index) - sorted.begin();
    const std::string bar = acked.contains(id) ? std::string(static_cast<std::size_t>(less), 'x') + ">" : "?";
    text += fmt::format("{:<{}} {:5}    (id={})\n", bar, width + 1, index, id.value);
  }
  return text;
}

/// The definition, taken at its word: the largest index that more than half of the voters have.
Index naive_committed_index(const MajorityConfig& config, const Acked& acked) {
  if (config.empty()) {
    return core::everything;
  }
  Index best = 0;
  for (const auto& [candidate_of, candidate] : acked) {
    std::size_t have = 0;
    for (const auto& [id, index] : acked) {
      have += config.contains(id) && index >= candidate ? 1U : 0U;
    }
    if (2 * have > config.voters.size()) {
      best = std::max(best, candidate);
    }
  }
  return best;
}

/// The second argument of committed_index.
auto lookup(const Acked& acked) {
  return [&acked](ServerId id) {
    const auto found = acked.find(id);
    return found == acked.end() ? std::nullopt : std::optional<Index>(found->second);
  };
}

/// Acknowledgements below what is committed may be lower still, and change nothing.
std::string lowered_acknowledgements(const MajorityConfig& config, const Acked& acked, Index committed) {
  std::string text;
  for (const auto& [id, index] : acked) {
    if (!config.contains(id) || index >= committed) {
      continue;
    }
    for (const Index lower : {index - 1, Index{0}}) {
      Acked fewer = acked;
      fewer[id] = lower;
      if (const Index other = config.committed_index(lookup(fewer)); other != committed) {
        text += fmt::format("{} <-- overlaying {}->{}", index_text(other), id.value, lower);
      }
    }
  }
  return text;
}

std::string majority_committed(const MajorityConfig& config, const Acked& acked) {
  const Index committed = config.committed_index(lookup(acked));
  std::string text = picture(config, acked);
  const auto must_agree = [&](Index other, std::string_view how) {
    if (other != committed) {
      text += fmt::format("{} <-- via {}\n", index_text(other), how);
    }
  };
  must_agree(naive_committed_index(config, acked), "alternative computation");
  must_agree(JointConfig{config, {}}.committed_index(lookup(acked)), "zero-joint quorum");
  must_agree(JointConfig{config, config}.committed_index(lookup(acked)), "self-joint quorum");
  text += lowered_acknowledgements(config, acked, committed);
  return text + index_text(committed) + "\n";
}

std::string joint_committed(const JointConfig& config, const Acked& acked) {
  const Index committed = config.committed_index(lookup(acked));
  std::string text = picture({config.ids()}, acked);
  const JointConfig exchanged{config.outgoing, config.incoming};
  if (const Index other = exchanged.committed_index(lookup(acked)); other != committed) {
    text += index_text(other) + " <-- via symmetry\n";
  }
  return text + index_text(committed) + "\n";
}

std::string result_text(VoteResult result) {
  switch (result) {
    case VoteResult::pending:
      return "VotePending";
    case VoteResult::lost:
      return "VoteLost";
    case VoteResult::won:
      return "VoteWon";
  }
  return {};
}

std::string vote(const Question& question) {
  core::Votes votes;
  for (const auto& [id, said] : assigned(question, question.votes)) {
    votes.emplace(id, said == yes_vote);
  }
  const JointConfig config = question.config();
  const JointConfig exchanged{config.outgoing, config.incoming};
  const VoteResult result = question.joint ? config.vote_result(votes) : config.incoming.vote_result(votes);
  std::string text;
  if (const VoteResult other = exchanged.vote_result(votes); other != result) {
    text = result_text(other) + " <-- via symmetry\n";
  }
  return text + result_text(result) + "\n";
}

}  // namespace

DirectiveOutput run_quorum_directive(const Directive& directive) {
  const bool is_vote = directive.command == "vote";
  if (!is_vote && directive.command != "committed") {
    return script_error(directive.where,
                        "expected committed or vote, found " + base::quoted(directive.command));
  }
  Question question;
  for (const ScriptArgument& argument : directive.arguments) {
    if (const Status status = read_argument(argument, question); !status) {
      return tl::unexpected(status.error());
    }
  }
  const JointConfig config = question.config();
  const std::vector<std::uint64_t>& values = is_vote ? question.votes : question.indexes;
  if (values.size() != config.ids().size()) {
    return mismatch(config.ids(), values);
  }
  if (is_vote) {
    return vote(question);
  }
  const Acked acked = assigned(question, question.indexes);
  return question.joint ? joint_committed(config, acked) : majority_committed(config.incoming, acked);
}

ConformanceResult judge_quorum_script(const std::string& path) {
  return judge_datadriven(path, run_quorum_directive);
}

}  // namespace plimsoll::properties::raft
