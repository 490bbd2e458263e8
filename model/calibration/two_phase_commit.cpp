#include "model/calibration/two_phase_commit.hpp"

#include <algorithm>
#include <array>

#include "model/calibration/two_phase_commit_slots.hpp"

namespace plimsoll::model::calibration {

using checker::Datum;
using checker::Slot;
using checker::StateView;
using two_phase_commit_slots::abort_message;
using two_phase_commit_slots::bit;
using two_phase_commit_slots::commit_message;
using two_phase_commit_slots::known_prepared_shift;
using two_phase_commit_slots::transaction_state_mask;

namespace {

constexpr std::array group_names = {"tm-receives-prepared", "tm-commits",          "tm-aborts",
                                    "rm-prepares",          "rm-chooses-to-abort", "rm-receives-commit",
                                    "rm-receives-abort"};
constexpr std::array manager_state_names = {"working", "prepared", "committed", "aborted"};
constexpr std::array transaction_state_names = {"init", "committed", "aborted"};

std::string name_of(std::uint64_t manager) {
  return "rm-" + std::to_string(manager + 1);
}

}  // namespace

TwoPhaseCommit::TwoPhaseCommit(std::uint32_t resource_managers, TwoPhaseCommitMutation mutation)
    : managers_(resource_managers), mutation_(mutation), symmetry_(make_symmetry(resource_managers)) {
  PLIMSOLL_ASSERT(resource_managers >= 1 && resource_managers <= managers_max);
}

std::vector<std::vector<Slot>> TwoPhaseCommit::initial() const {
  static_assert(working == 0 && undecided == 0);
  return {std::vector<Slot>(width(), 0)};
}

void TwoPhaseCommit::next(StateView state, checker::PodSuccessors& out) const {
  if ((state[transaction_slot()] & transaction_state_mask) == undecided) {
    next_of_transaction_manager(state, out);
  }
  for (std::uint32_t manager = 0; manager < managers_; ++manager) {
    next_of_manager(state, manager, out);
  }
}

void TwoPhaseCommit::next_of_transaction_manager(StateView state, checker::PodSuccessors& out) const {
  const Slot messages = state[messages_slot()];
  const Slot known_prepared = state[transaction_slot()] >> known_prepared_shift;
  for (std::uint32_t manager = 0; manager < managers_; ++manager) {
    if ((messages & bit(manager)) != 0) {
      out.add(tm_receives_prepared, manager)
          .set(transaction_slot(), (known_prepared | bit(manager)) << known_prepared_shift);
    }
  }
  bool may_commit = known_prepared == bit(managers_) - 1;
  if (mutation_ == TwoPhaseCommitMutation::commits_on_first_prepared) {
    may_commit = known_prepared != 0;
  } else if (mutation_ == TwoPhaseCommitMutation::never_commits) {
    may_commit = false;
  }
  if (may_commit) {
    out.add(tm_commits, 0)
        .set(transaction_slot(), known_prepared << known_prepared_shift | decided_commit)
        .set(messages_slot(), messages | commit_message);
  }
  out.add(tm_aborts, 0)
      .set(transaction_slot(), known_prepared << known_prepared_shift | decided_abort)
      .set(messages_slot(), messages | abort_message);
}

void TwoPhaseCommit::next_of_manager(StateView state, std::uint32_t manager,
                                     checker::PodSuccessors& out) const {
  const Slot messages = state[messages_slot()];
  if (state[manager] == working) {
    out.add(rm_prepares, manager).set(manager, prepared).set(messages_slot(), messages | bit(manager));
    out.add(rm_chooses_to_abort, manager).set(manager, aborted);
  }
  if ((messages & commit_message) != 0) {
    out.add(rm_receives_commit, manager).set(manager, committed);
  }
  if ((messages & abort_message) != 0) {
    out.add(rm_receives_abort, manager).set(manager, aborted);
  }
}

std::vector<checker::Property> TwoPhaseCommit::properties() {
  return {{"consistency", checker::PropertyKind::always,
           "no resource manager has committed while another has aborted"},
          {"all-commit", checker::PropertyKind::sometimes, "every resource manager has committed"}};
}

bool TwoPhaseCommit::holds(std::size_t property, StateView state) const {
  const StateView managers = state.first(managers_);
  if (property == 1) {
    return std::all_of(managers.begin(), managers.end(), [](Slot now) { return now == committed; });
  }
  Slot seen = 0;
  for (const Slot now : managers) {
    seen |= bit(now);
  }
  return (seen & bit(committed)) == 0 || (seen & bit(aborted)) == 0;
}

std::vector<std::string> TwoPhaseCommit::action_groups() {
  return {group_names.begin(), group_names.end()};
}

checker::ActionLabel TwoPhaseCommit::describe(const checker::Action& action) {
  checker::ActionLabel label{group_names.at(action.group), {}};
  if (action.group != tm_commits && action.group != tm_aborts) {
    label.parameters.emplace_back("manager", name_of(action.payload));
  }
  return label;
}

Datum TwoPhaseCommit::describe(StateView state) const {
  std::vector<Datum::Member> managers;
  std::vector<Datum> known_prepared;
  std::vector<Datum> messages;
  const Slot transaction = state[transaction_slot()];
  for (std::uint32_t manager = 0; manager < managers_; ++manager) {
    managers.emplace_back(name_of(manager), Datum::of_text(manager_state_names.at(state[manager])));
    if ((transaction >> known_prepared_shift & bit(manager)) != 0) {
      known_prepared.push_back(Datum::of_text(name_of(manager)));
    }
    if ((state[messages_slot()] & bit(manager)) != 0) {
      messages.push_back(Datum::of_text("prepared " + name_of(manager)));
    }
  }
  if ((state[messages_slot()] & commit_message) != 0) {
    messages.push_back(Datum::of_text("commit"));
  }
  if ((state[messages_slot()] & abort_message) != 0) {
    messages.push_back(Datum::of_text("abort"));
  }
  const char* const decision = transaction_state_names.at(transaction & transaction_state_mask);
  return Datum::of_record(
      {{"resource-managers", Datum::of_record(std::move(managers))},
       {"transaction-manager", Datum::of_record({{"state", Datum::of_text(decision)},
                                                 {"prepared", Datum::of_list(std::move(known_prepared))}})},
       {"messages", Datum::of_list(std::move(messages))}});
}

}  // namespace plimsoll::model::calibration

template class plimsoll::checker::PodSystem<plimsoll::model::calibration::TwoPhaseCommit>;
