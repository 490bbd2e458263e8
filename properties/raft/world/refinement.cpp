#include "properties/raft/world/refinement.hpp"

#include <algorithm>
#include <utility>

#include "properties/raft/world/spec_path.hpp"

namespace plimsoll::properties::raft {
namespace {

using core::MessageType;
using core::PlainMessage;
using Timer = Member::Timer;

/// What is to be written, wherever it waits.
struct Write {
  std::optional<core::HardState> hard_state = {};
  core::Snapshot snapshot = {};
  std::vector<core::Entry> entries = {};
  std::vector<PlainMessage> then_said = {};
};

Write write_of(const core::Ready& ready) {
  return {ready.hard_state, ready.snapshot, ready.entries, {ready.messages.begin(), ready.messages.end()}};
}
Write write_of(const core::Message& work) {
  const core::HardState state = {work.term, work.vote, work.commit};
  return {state == core::HardState{} ? std::nullopt : std::optional(state),
          work.snapshot.value_or(core::Snapshot{}), work.entries, work.responses};
}

/// What a server has said to itself or to others, and not sent.
std::vector<PlainMessage> waiting_in(const core::Memory& memory) {
  const core::Raft& raft = memory.node.raft;
  std::vector<PlainMessage> waiting = raft.messages;
  const auto add = [&](const auto& messages) {
    waiting.insert(waiting.end(), messages.begin(), messages.end());
  };
  add(raft.messages_after_append);
  if (memory.writing) {
    add(memory.writing->messages);
  }
  for (const core::Message& work : memory.append_work) {
    add(work.responses);
  }
  return waiting;
}

bool take_from(std::vector<PlainMessage>& messages, const PlainMessage& message) {
  const auto found = std::ranges::find(messages, message);
  const bool is_there = found != messages.end();
  if (is_there) {
    messages.erase(found);
  }
  return is_there;
}

bool same_log(const LogView& a, const LogView& b) {
  return a.last() == b.last() && agreement(a, b, 0) == a.last();
}

class Check {
 public:
  Check(const RefinementConfig& config, const StepSeen& step)
      : config_(config),
        step_(step),
        id_(step.config.raft.id),
        disk_before_(ServerView::of(step.before.durable)),
        disk_after_(ServerView::of(step.after.durable)),
        before_(ServerView::of(step.before.durable, step.before.server)),
        after_(ServerView::of(step.after.durable, step.after.server)) {
    for (const Member::Outputs::Send& send : step.sent) {
      sent_.push_back(send.message);
    }
    if (const auto* const fired = std::get_if<base::TimerFired<Timer>>(&step.input)) {
      written_ = write_that_ends(fired->timer);
    }
  }

  std::string missing(std::vector<Announced>& announced) const {
    std::string found = missing_on_disk();
    for (const PlainMessage& message : sent_) {
      found = found.empty() ? missing_before_sending(message) : found;
    }
    found = found.empty() ? missing_of_announced(announced) : found;
    return found.empty() ? missing_on_path(question()) : found;
  }

 private:
  [[nodiscard]] std::optional<Write> write_that_ends(Timer timer) const {
    const core::Memory& memory = step_.before.server;
    if (timer == Timer::write && memory.writing) {
      return write_of(*memory.writing);
    }
    if (timer == Timer::append && !memory.append_work.empty()) {
      return write_of(memory.append_work.front());
    }
    return std::nullopt;
  }

  [[nodiscard]] PathQuestion question() const {
    PathQuestion question;
    question.id = id_;
    question.servers = config_.servers;
    question.first_members = &config_.first_members;
    question.disk_before = &disk_before_;
    question.disk_after = &disk_after_;
    question.before = &before_;
    question.after = &after_;
    if (const auto* const received = std::get_if<base::Received<PlainMessage>>(&step_.input)) {
      question.received = &received->message;
    }
    std::vector<PlainMessage> old = waiting_in(step_.before.server);
    std::vector<PlainMessage> now = waiting_in(step_.after.server);
    now.insert(now.end(), sent_.begin(), sent_.end());
    for (PlainMessage& message : now) {
      if (!take_from(old, message) && message.to != id_) {
        question.said.push_back(std::move(message));
      }
    }
    return question;
  }

  /// The disk holds what was handed out to be written, no more and no less.
  [[nodiscard]] std::string missing_on_disk() const {
    constexpr const char* missing = "a write that leaves this on disk";
    const core::HardState& now = step_.after.durable.hard_state;
    if (step_.config.raft.writes == core::StorageWrites::atomic) {
      const bool is_all = now.term == after_.term && now.vote == after_.vote &&
                          disk_after_.commit == after_.commit && same_log(disk_after_.log, after_.log);
      return is_all ? "" : missing;
    }
    core::Storage expected = step_.before.durable;
    if (written_) {
      if (!written_->snapshot.empty() && !expected.apply_snapshot(written_->snapshot)) {
        return "a disk that is older than the snapshot written to it";
      }
      expected.append(written_->entries);
      expected.hard_state = written_->hard_state.value_or(expected.hard_state);
    }
    const bool is_all = now == expected.hard_state && same_log(disk_after_.log, LogView::of(expected));
    return is_all ? "" : missing;
  }

  /// RAFT-R6.
  [[nodiscard]] std::string missing_before_sending(const PlainMessage& message) const {
    std::vector<PlainMessage> relied_on = written_ ? written_->then_said : std::vector<PlainMessage>{};
    if (take_from(relied_on, message)) {
      return "";
    }
    bool is_durable = true;
    if (is_vote(message)) {
      is_durable = disk_after_.term == message.term && disk_after_.vote == message.to;
    } else if (is_acknowledgement(message)) {
      const core::Index base = std::min(disk_after_.commit, after_.commit);
      is_durable =
          disk_after_.term == message.term && agreement(disk_after_.log, after_.log, base) >= message.index;
    }
    return is_durable ? ""
                      : base::enumerator_text(message.type) + " to server " +
                            std::to_string(message.to.value) + ": what it says on disk, before it is sent";
  }

  /// One candidacy and one leadership a term, across crashes.
  [[nodiscard]] std::string missing_of_announced(std::vector<Announced>& announced) const {
    const auto in_term = [&](core::Term term) {
      return std::ranges::find(announced, term, &Announced::term);
    };
    const bool leads_anew = after_.role == core::Role::leader &&
                            (before_.role != core::Role::leader || before_.term != after_.term);
    const auto earlier = in_term(after_.term);
    if (leads_anew && earlier != announced.end() && earlier->led) {
      return "a memory of having led in term " + std::to_string(after_.term) + " before the crash";
    }
    for (const PlainMessage& message : sent_) {
      const auto known = in_term(message.term);
      const core::EntryId last = {message.log_term, message.index};
      if (is_from_leader(message) && known != announced.end()) {
        known->led = true;
      } else if (message.type == MessageType::vote && known == announced.end()) {
        announced.push_back({message.term, last, false});
      } else if (message.type == MessageType::vote && known->last != last) {
        return "a memory of having asked for votes in term " + std::to_string(message.term) +
               " with another log";
      }
    }
    std::erase_if(announced, [&](const Announced& one) { return one.term <= disk_after_.term; });
    std::ranges::sort(announced, {}, &Announced::term);
    return "";
  }

  const RefinementConfig& config_;
  const StepSeen& step_;
  core::ServerId id_;
  ServerView disk_before_;
  ServerView disk_after_;
  ServerView before_;
  ServerView after_;
  std::vector<PlainMessage> sent_;
  std::optional<Write> written_;  ///< what this step finishes writing
};

}  // namespace

void refine(const RefinementConfig& config, const StepSeen& step, Refinement& refinement) {
  if (refinement.missing.empty()) {
    refinement.missing = Check(config, step).missing(refinement.announced);
  }
}

}  // namespace plimsoll::properties::raft
