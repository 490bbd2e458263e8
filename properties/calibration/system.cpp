#include "properties/calibration/system.hpp"

#include <array>

#include "model/calibration/alternating_bit.hpp"
#include "model/calibration/backlog.hpp"
#include "model/calibration/dining_philosophers.hpp"
#include "model/calibration/fairness_strengths.hpp"
#include "model/calibration/lighthouse.hpp"
#include "model/calibration/mail_raft.hpp"
#include "model/calibration/peterson.hpp"
#include "model/calibration/two_phase_commit.hpp"
#include "properties/calibration/parameters.hpp"

namespace plimsoll::properties::calibration {
namespace {

using model::calibration::AlternatingBit;
using model::calibration::Backlog;
using model::calibration::DiningPhilosophers;
using model::calibration::FairnessChoice;
using model::calibration::FairnessStrengths;
using model::calibration::Lighthouse;
using model::calibration::MailRaft;
using model::calibration::Peterson;
using model::calibration::TwoPhaseCommit;
using Defects = std::vector<std::string>;
using Built = tl::expected<std::unique_ptr<checker::System>, scenario::Error>;

/// More messages than mailboxes bound nothing, which is what a large number is written for.
constexpr std::uint64_t in_flight_max = 1000;

AlternatingBit read_alternating_bit(Parameters& parameters) {
  AlternatingBit::Parameters read;
  read.capacity = parameters.number("capacity", {1, AlternatingBit::capacity_max}, 2);
  read.duplicates = parameters.number("duplicates", {0, AlternatingBit::duplicates_max}, 0);
  read.fairness = parameters.fairness(FairnessChoice::strong);
  return AlternatingBit(read);
}

Backlog read_backlog(Parameters& parameters) {
  const std::uint32_t bound = parameters.number("bound", {2, Backlog::bound_max}, 5);
  return {bound, parameters.flag("cancels", false)};
}

DiningPhilosophers read_dining_philosophers(Parameters& parameters) {
  using enum DiningPhilosophers::Order;
  static constexpr std::array<std::string_view, 2> words = {"left-first", "one-right-handed"};
  static constexpr std::array orders = {left_first, one_right_handed};
  const std::uint32_t philosophers = parameters.number("n", {2, DiningPhilosophers::philosophers_max}, 5);
  const DiningPhilosophers::Order order = orders.at(parameters.word("variant", words, 1));
  return {philosophers, order, parameters.fairness(FairnessChoice::strong)};
}

FairnessStrengths read_fairness_strengths(Parameters& parameters) {
  return FairnessStrengths(parameters.fairness(FairnessChoice::strong));
}

Lighthouse read_lighthouse(Parameters& parameters) {
  return Lighthouse(parameters.number("warmth", {2, Lighthouse::warmth_max}, 3));
}

MailRaft read_mail_raft(Parameters& parameters) {
  MailRaft::Bounds bounds;
  bounds.servers = parameters.number("n", {1, MailRaft::servers_max}, bounds.servers);
  bounds.terms = parameters.number("t", {1, MailRaft::terms_max}, bounds.terms);
  bounds.log_length = parameters.number("l", {1, MailRaft::log_length_max}, bounds.log_length);
  bounds.restarts = parameters.flag("rst", bounds.restarts);
  bounds.in_flight = parameters.number("mb", {1, in_flight_max}, bounds.in_flight);
  return MailRaft(bounds);
}

Peterson read_peterson(Parameters& parameters) {
  return Peterson(parameters.number("n", {2, Peterson::processes_max}, 3));
}

TwoPhaseCommit read_two_phase_commit(Parameters& parameters) {
  return TwoPhaseCommit(parameters.number("rms", {1, TwoPhaseCommit::managers_max}, 5));
}

template <auto read>
Built build(const scenario::Scenario& scenario, const Defects& defects) {
  Parameters parameters(scenario, defects);
  auto model = read(parameters);
  if (auto error = parameters.finish()) {
    return tl::unexpected(std::move(*error));
  }
  return std::make_unique<checker::PodSystem<decltype(model)>>(std::move(model));
}

/// With the properties that the model has under its defaults.
template <auto read>
SystemEntry entry(std::string name, std::string description) {
  const scenario::Scenario silent;
  const Defects none;
  Parameters defaults(silent, none);
  SystemEntry entry;
  entry.name = std::move(name);
  entry.description = std::move(description);
  for (const checker::Property& property : read(defaults).properties()) {
    entry.properties.push_back(
        {property.id, std::string(checker::to_text(property.kind)), property.statement});
  }
  entry.build = &build<read>;
  return entry;
}

}  // namespace

SystemEntry alternating_bit_entry() {
  return entry<read_alternating_bit>("alternating-bit",
                                     "the alternating-bit protocol over lossy channels, a calibration model");
}

SystemEntry backlog_entry() {
  return entry<read_backlog>("backlog", "work without end, cut off by a bound, a calibration model");
}

SystemEntry dining_philosophers_entry() {
  return entry<read_dining_philosophers>("dining-philosophers",
                                         "Dijkstra's dining philosophers, a calibration model");
}

SystemEntry fairness_strengths_entry() {
  return entry<read_fairness_strengths>(
      "fairness-strengths", "what weak and what strong fairness bring about, a calibration model");
}

SystemEntry lighthouse_entry() {
  return entry<read_lighthouse>(
      "lighthouse", "eventually, always eventually and eventually always told apart, a calibration model");
}

SystemEntry mail_raft_entry() {
  return entry<read_mail_raft>("mail-raft", "a small Raft over lossy mailboxes, a calibration model");
}

SystemEntry peterson_entry() {
  return entry<read_peterson>("peterson", "Peterson's mutual exclusion, a calibration model");
}

SystemEntry two_phase_commit_entry() {
  return entry<read_two_phase_commit>("two-phase-commit",
                                      "Gray and Lamport's two-phase commit, a calibration model");
}

}  // namespace plimsoll::properties::calibration
