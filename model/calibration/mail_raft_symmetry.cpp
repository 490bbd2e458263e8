// Servers are interchangeable: the module treats them as a set, and whom one voted for is all that a server
// knows by name.
#include <algorithm>
#include <array>
#include <memory>

#include "checker/system/symmetry.hpp"
#include "model/calibration/mail_raft.hpp"
#include "model/calibration/mail_raft_slots.hpp"

namespace plimsoll::model::calibration {
namespace {

using checker::fold_multiply;
using checker::Permutation;
using checker::Signatures;
using checker::Slot;
using checker::StateView;
using mail_raft_slots::Append;
using mail_raft_slots::Ballot;
using mail_raft_slots::Layout;
using mail_raft_slots::Server;

/// What a relation to another server adds to a signature, keyed by which relation it is.
constexpr std::uint64_t votes_for = 0x9e3779b97f4a7c15ULL;
constexpr std::uint64_t is_voted_for_by = 0xd6e8feb86659fd93ULL;
constexpr std::uint64_t has_mail_for = 0xbf58476d1ce4e5b9ULL;
constexpr std::uint64_t has_mail_from = 0x94d049bb133111ebULL;

class ServersRenamer final : public checker::Renamer {
 public:
  explicit ServersRenamer(MailRaft::Bounds bounds) : layout_{bounds.servers}, terms_(bounds.terms) {}

  /// What a server is and asked for, without names; and for each vote and message that relates it to another,
  /// a hash of the relation and of the other's own part. Servers that look alike in this are mostly alike.
  void sign(StateView state, Signatures& out) override {
    const std::uint32_t servers = layout_.servers;
    std::array<std::uint64_t, MailRaft::servers_max> own{};
    for (std::uint32_t i = 0; i < servers; ++i) {
      Server server{state[i]};
      server.set_voted(0);  // the vote of its term, which is told below
      const Slot requests = state[layout_.ballot(i)] & requests_mask;
      own[i] = checker::mix(server.word | static_cast<std::uint64_t>(requests) << 32U);
      out.of[i] = own[i];
    }
    for (std::uint32_t i = 0; i < servers; ++i) {
      if ((state[layout_.ballot(i)] & ~requests_mask) == 0) {
        continue;
      }
      for (Slot term = 1; term <= terms_; ++term) {
        if (const Slot vote = Ballot{state[layout_.ballot(i)]}.vote(term); vote != 0) {
          out.of[i] += fold_multiply(own[vote - 1] + term + (vote - 1 == i ? terms_ : 0), votes_for);
          out.of[vote - 1] += fold_multiply(own[i] + term, is_voted_for_by);
        }
      }
    }
    for_each_mail(state, [&](std::uint32_t from, std::uint32_t to, Slot message) {
      out.of[from] += fold_multiply(own[to] + message, has_mail_for);
      out.of[to] += fold_multiply(own[from] + message, has_mail_from);
    });
    out.complete = false;
  }

  void rename(StateView state, Permutation permutation, std::span<Slot> renamed) override {
    for (std::uint32_t i = 0; i < layout_.servers; ++i) {
      Server server{state[i]};
      server.set_voted(renamed_vote(server.voted(), permutation));
      renamed[permutation[i]] = server.word;
      Ballot ballot{state[layout_.ballot(i)]};
      for (Slot term = 1; term <= terms_; ++term) {
        ballot.set_vote(term, renamed_vote(ballot.vote(term), permutation));
      }
      renamed[layout_.ballot(permutation[i])] = ballot.word;
    }
    std::fill(renamed.begin() + layout_.mail_slot(0), renamed.end(), 0);
    for_each_mail(state, [&](std::uint32_t from, std::uint32_t to, Slot message) {
      const std::uint32_t mailbox = layout_.mailbox(permutation[from], permutation[to]);
      renamed[layout_.mail_slot(mailbox)] = layout_.with_mail(renamed, mailbox, message);
    });
  }

 private:
  static constexpr Slot requests_mask = (Slot{1} << 15U) - 1;

  /// 0 is nobody, and 1 + server that server.
  static Slot renamed_vote(Slot vote, Permutation permutation) {
    return vote == 0 ? 0 : permutation[vote - 1] + 1;
  }

  /// Calls visit(from, to, message) for each message under way, mostly few.
  template <class Visit>
  void for_each_mail(StateView state, const Visit& visit) const {
    const std::uint32_t others = layout_.servers - 1;
    for (std::uint32_t slot = layout_.mail_slot(0); slot < state.size(); ++slot) {
      std::uint32_t mailbox = (slot - layout_.mail_slot(0)) * Append::per_slot;
      for (Slot left = state[slot]; left != 0; left >>= Append::bits, ++mailbox) {
        if (const Slot message = mail_raft_slots::field(left, 0, Append::bits); message != 0) {
          const std::uint32_t from = mailbox / others;
          const std::uint32_t to = mailbox % others;
          visit(from, to < from ? to : to + 1, message);
        }
      }
    }
  }

  Layout layout_;
  Slot terms_;
};

class ServersSymmetry final : public checker::Symmetry {
 public:
  explicit ServersSymmetry(MailRaft::Bounds bounds) : bounds_(bounds) {}
  [[nodiscard]] std::uint32_t degree() const override { return bounds_.servers; }
  [[nodiscard]] std::unique_ptr<checker::Renamer> renamer() const override {
    return std::make_unique<ServersRenamer>(bounds_);
  }

 private:
  MailRaft::Bounds bounds_;
};

}  // namespace

std::shared_ptr<const checker::Symmetry> MailRaft::make_symmetry(const Bounds& bounds) {
  static_assert(servers_max <= Permutation::degree_max);
  return std::make_shared<ServersSymmetry>(bounds);
}

}  // namespace plimsoll::model::calibration
