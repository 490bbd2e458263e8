#include "model/calibration/mail_raft.hpp"

#include <algorithm>

#include "model/calibration/mail_raft_slots.hpp"

namespace plimsoll::model::calibration {

using checker::PodSuccessors;
using checker::Slot;
using checker::SlotMask;
using checker::StateView;
using mail_raft_slots::Append;
using mail_raft_slots::Ballot;
using mail_raft_slots::Layout;
using mail_raft_slots::log_entry;
using mail_raft_slots::log_length;
using mail_raft_slots::log_with;
using mail_raft_slots::Parameters;
using mail_raft_slots::Server;

/// The actions enabled in one state. Method names and guards follow the module's actions one by one.
class MailRaft::Step {
 public:
  Step(const MailRaft& model, StateView state, PodSuccessors& out)
      : bounds_(model.bounds_),
        mutation_(model.mutation_),
        layout_{model.bounds_.servers},
        state_(state),
        out_(out) {
    for (std::uint32_t mailbox = 0; mailbox < layout_.mailboxes(); ++mailbox) {
      in_flight_ += layout_.mail(state_, mailbox) != 0 ? 1 : 0;
    }
  }

  void run() {
    for (std::uint32_t i = 0; i < bounds_.servers; ++i) {
      timeout(i);
      bump(i);
      vote(i);
      become_leader(i);
      if (server(i).role() == leader) {
        client(i);
        send_append(i);
        commit(i);
      }
      restart(i);
    }
    if (in_flight_ > 0) {
      receive();
    }
  }

 private:
  [[nodiscard]] Server server(std::uint32_t i) const { return {state_[i]}; }
  [[nodiscard]] Ballot ballot(std::uint32_t i) const { return {state_[layout_.ballot(i)]}; }
  [[nodiscard]] bool is_majority(std::uint32_t count) const { return 2 * count > bounds_.servers; }
  PodSuccessors::Draft add(Group group, Parameters parameters) { return out_.add(group, parameters.pack()); }

  void timeout(std::uint32_t i) {
    Server now = server(i);
    if (now.role() == leader || now.term() >= bounds_.terms) {
      return;
    }
    const Slot term = now.term() + 1;
    now.set_term(term);
    now.set_role(candidate);
    now.set_voted(i + 1);
    Ballot said = ballot(i);
    said.set_vote(term, i + 1);
    said.set_request(
        term, 1 + log_length(now.log()) * (bounds_.terms + 1) + mail_raft_slots::last_entry(now.log()));
    add(Group::timeout, {i}).set(i, now.word).set(layout_.ballot(i), said.word);
  }

  /// Has server i heard of the term, by a request for votes or a message waiting for it?
  [[nodiscard]] bool has_heard_of(std::uint32_t i, Slot term) const {
    for (std::uint32_t s = 0; s < bounds_.servers; ++s) {
      if (s != i && (ballot(s).request(term) != 0 ||
                     Append::unpack(layout_.mail(state_, layout_.mailbox(s, i))).term == term)) {
        return true;
      }
    }
    return false;
  }
  void bump(std::uint32_t i) {
    for (Slot term = server(i).term() + 1; term <= bounds_.terms; ++term) {
      if (has_heard_of(i, term)) {
        Server now = server(i);
        now.set_term(term);
        now.set_role(follower);
        now.set_voted(0);
        add(Group::bump, {i, 0, term}).set(i, now.word);
      }
    }
  }

  /// Is the log that the request tells of at least as up to date as `log`?
  [[nodiscard]] bool is_up_to_date(Slot request, Slot log) const {
    const Slot length = (request - 1) / (bounds_.terms + 1);
    const Slot last_term = (request - 1) % (bounds_.terms + 1);
    const Slot own_last_term = mail_raft_slots::last_entry(log);
    return last_term > own_last_term || (last_term == own_last_term && length >= log_length(log));
  }
  void vote(std::uint32_t i) {
    const Server now = server(i);
    if (now.term() == 0 || (now.voted() != 0 && mutation_ != MailRaftMutation::votes_again)) {
      return;
    }
    for (std::uint32_t s = 0; s < bounds_.servers; ++s) {
      const Slot request = s == i ? 0 : ballot(s).request(now.term());
      if (request == 0 ||
          (!is_up_to_date(request, now.log()) && mutation_ != MailRaftMutation::ignores_log_in_vote)) {
        continue;
      }
      Server voter = now;
      voter.set_voted(s + 1);
      Ballot said = ballot(i);
      said.set_vote(now.term(), s + 1);
      add(Group::vote, {i, s}).set(i, voter.word).set(layout_.ballot(i), said.word);
    }
  }

  void become_leader(std::uint32_t i) {
    Server now = server(i);
    if (now.role() != candidate) {
      return;
    }
    std::uint32_t votes = 0;
    for (std::uint32_t s = 0; s < bounds_.servers; ++s) {
      votes += ballot(s).vote(now.term()) == i + 1 ? 1 : 0;
    }
    if (is_majority(votes)) {
      now.set_role(leader);
      add(Group::become_leader, {i}).set(i, now.word);
    }
  }

  void client(std::uint32_t i) {
    Server now = server(i);
    const Slot length = log_length(now.log());
    if (length < bounds_.log_length) {
      now.set_log(log_with(now.log(), length, now.term()));
      add(Group::client, {i}).set(i, now.word);
    }
  }

  void send_append(std::uint32_t i) {
    if (in_flight_ >= bounds_.in_flight) {
      return;
    }
    const Server now = server(i);
    const Slot length = log_length(now.log());
    for (std::uint32_t j = 0; j < bounds_.servers; ++j) {
      if (j == i || layout_.mail(state_, layout_.mailbox(i, j)) != 0) {
        continue;
      }
      for (Slot previous = 0; previous <= length; ++previous) {
        const Append message = {now.term(), previous, log_entry(now.log(), previous),
                                previous < length ? log_entry(now.log(), previous + 1) : 0,
                                std::min(now.commit(), previous < length ? previous + 1 : previous)};
        put(add(Group::send_append, {i, j, previous}), layout_.mailbox(i, j), message.pack());
      }
    }
  }

  void commit(std::uint32_t i) {
    if (mutation_ == MailRaftMutation::never_commits) {
      return;
    }
    Server now = server(i);
    for (Slot index = now.commit() + 1; index <= log_length(now.log()); ++index) {
      if (log_entry(now.log(), index) != now.term()) {
        continue;
      }
      std::uint32_t holders = 1;
      for (std::uint32_t j = 0; j < bounds_.servers; ++j) {
        holders += j != i && server(j).acknowledged(now.term()) >= 1 + index ? 1 : 0;
      }
      if (is_majority(holders)) {
        Server advanced = now;
        advanced.set_commit(index);
        add(Group::commit, {i, 0, index}).set(i, advanced.word);
      }
    }
  }

  void restart(std::uint32_t i) {
    Server now = server(i);
    if (bounds_.restarts && now.role() != follower) {
      now.set_role(follower);
      now.set_commit(0);
      add(Group::restart, {i}).set(i, now.word);
    }
  }

  void receive() {
    for (std::uint32_t i = 0; i < bounds_.servers; ++i) {
      for (std::uint32_t j = 0; j < bounds_.servers; ++j) {
        if (j == i || layout_.mail(state_, layout_.mailbox(i, j)) == 0) {
          continue;
        }
        handle_append(i, j);
        put(add(Group::drop_append, {i, j}), layout_.mailbox(i, j), 0);
      }
    }
  }
  void handle_append(std::uint32_t i, std::uint32_t j) {
    const Append message = Append::unpack(layout_.mail(state_, layout_.mailbox(i, j)));
    Server now = server(j);
    if (message.term != now.term() || now.role() == leader) {
      return;
    }
    now.set_role(follower);
    const Slot log = now.log();
    const bool previous_matches = log_entry(log, message.previous) == message.previous_term ||
                                  mutation_ == MailRaftMutation::ignores_previous_entry;
    if (message.previous <= log_length(log) && previous_matches) {
      const Slot matching = message.previous + (message.entry == 0 ? 0 : 1);
      if (message.entry != 0 && log_entry(log, message.previous + 1) != message.entry) {
        now.set_log(log_with(log, message.previous, message.entry));
      }
      now.set_commit(std::max(now.commit(), std::min(message.commit, matching)));
      now.set_acknowledged(now.term(), std::max(now.acknowledged(now.term()), 1 + matching));
    }
    put(add(Group::handle_append, {j, i}).set(j, now.word), layout_.mailbox(i, j), 0);
  }

  void put(PodSuccessors::Draft&& draft, std::uint32_t mailbox, Slot message) {
    put(draft, mailbox, message);
  }
  void put(PodSuccessors::Draft& draft, std::uint32_t mailbox, Slot message) {
    draft.set(layout_.mail_slot(mailbox), layout_.with_mail(state_, mailbox, message));
  }

  const Bounds& bounds_;
  MailRaftMutation mutation_;
  Layout layout_;
  StateView state_;
  PodSuccessors& out_;
  std::uint32_t in_flight_ = 0;
};

MailRaft::MailRaft(Bounds bounds, MailRaftMutation mutation)
    : bounds_(bounds), mutation_(mutation), symmetry_(make_symmetry(bounds)) {
  PLIMSOLL_ASSERT(bounds.servers >= 1 && bounds.servers <= servers_max);
  PLIMSOLL_ASSERT(bounds.terms >= 1 && bounds.terms <= terms_max);
  PLIMSOLL_ASSERT(bounds.log_length >= 1 && bounds.log_length <= log_length_max);
}

std::uint32_t MailRaft::width() const {
  return Layout{bounds_.servers}.width();
}

std::vector<std::vector<Slot>> MailRaft::initial() const {
  static_assert(follower == 0);
  return {std::vector<Slot>(width(), 0)};
}

void MailRaft::next(StateView state, PodSuccessors& out) const {
  Step(*this, state, out).run();
}

std::vector<checker::Property> MailRaft::properties() const {
  using enum checker::PropertyKind;
  SlotMask servers = 0;
  for (std::uint32_t i = 0; i < bounds_.servers; ++i) {
    servers |= checker::slot_bit(i);
  }
  return {{"election-safety", always, "no two leaders have the same term", servers},
          {"log-matching", always, "logs that have the same entry at an index are the same up to that index",
           servers},
          {"state-machine-safety", always, "what two servers have both committed is the same", servers},
          {"some-entry-committed", sometimes, "a server has committed an entry", servers}};
}

bool MailRaft::holds(std::size_t property, StateView state) const {
  switch (property) {
    case 0:
      return at_most_one_leader_per_term(state);
    case 1:
      return logs_match(state);
    case 2:
      return committed_entries_agree(state);
    default:
      return std::any_of(state.begin(), state.begin() + bounds_.servers,
                         [](Slot word) { return Server{word}.commit() > 0; });
  }
}

bool MailRaft::at_most_one_leader_per_term(StateView state) const {
  Slot terms_with_leader = 0;
  for (std::uint32_t i = 0; i < bounds_.servers; ++i) {
    const Server now{state[i]};
    if (now.role() != leader) {
      continue;
    }
    const Slot term = Slot{1} << now.term();
    if ((terms_with_leader & term) != 0) {
      return false;
    }
    terms_with_leader |= term;
  }
  return true;
}

bool MailRaft::logs_match(StateView state) const {
  for (std::uint32_t i = 0; i < bounds_.servers; ++i) {
    for (std::uint32_t j = 0; j < i; ++j) {
      const Slot a = Server{state[i]}.log();
      const Slot b = Server{state[j]}.log();
      bool same_so_far = true;
      for (Slot index = 1; index <= bounds_.log_length; ++index) {
        const bool same = log_entry(a, index) == log_entry(b, index);
        if (same && log_entry(a, index) != 0 && !same_so_far) {
          return false;
        }
        same_so_far = same_so_far && same;
      }
    }
  }
  return true;
}

bool MailRaft::committed_entries_agree(StateView state) const {
  for (std::uint32_t i = 0; i < bounds_.servers; ++i) {
    for (std::uint32_t j = 0; j < i; ++j) {
      const Server a{state[i]};
      const Server b{state[j]};
      const Slot both = (Slot{1} << (2 * std::min(a.commit(), b.commit()))) - 1;
      if (((a.log() ^ b.log()) & both) != 0) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace plimsoll::model::calibration

template class plimsoll::checker::PodSystem<plimsoll::model::calibration::MailRaft>;
