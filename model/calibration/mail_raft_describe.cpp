// MailRaft's states and actions in words.
#include <array>

#include "model/calibration/mail_raft.hpp"
#include "model/calibration/mail_raft_slots.hpp"

namespace plimsoll::model::calibration {

using checker::Datum;
using checker::Slot;
using checker::StateView;
using mail_raft_slots::Append;
using mail_raft_slots::Ballot;
using mail_raft_slots::Layout;
using mail_raft_slots::Parameters;
using mail_raft_slots::Server;

namespace {

constexpr std::array group_names = {"timeout", "become-leader", "client",      "restart",     "bump",
                                    "vote",    "handle-append", "drop-append", "send-append", "commit"};
constexpr std::array role_names = {"follower", "candidate", "leader"};

std::string name_of(std::uint32_t server) {
  return "server-" + std::to_string(server);
}

/// 0 is nobody, and 1 + server that server.
Datum server_or_absent(Slot one_more) {
  return one_more == 0 ? Datum{} : Datum::of_text(name_of(one_more - 1));
}

Datum log_of(Slot log) {
  std::vector<Datum> entries;
  for (Slot index = 1; index <= mail_raft_slots::log_length(log); ++index) {
    entries.push_back(Datum::of_number(mail_raft_slots::log_entry(log, index)));
  }
  return Datum::of_list(std::move(entries));
}

/// What was said in each term, from term 1 on.
Datum said_of(Server server, Ballot ballot, std::uint32_t terms) {
  std::vector<Datum> by_term;
  for (Slot term = 1; term <= terms; ++term) {
    Datum request;
    if (const Slot coded = ballot.request(term); coded != 0) {
      request = Datum::of_record({{"length", Datum::of_number((coded - 1) / (terms + 1))},
                                  {"last-term", Datum::of_number((coded - 1) % (terms + 1))}});
    }
    const Slot acknowledged = server.acknowledged(term);
    by_term.push_back(Datum::of_record(
        {{"request", std::move(request)},
         {"vote", server_or_absent(ballot.vote(term))},
         {"acknowledged", acknowledged == 0 ? Datum{} : Datum::of_number(acknowledged - 1)}}));
  }
  return Datum::of_list(std::move(by_term));
}

Datum message_of(const Append& message) {
  return Datum::of_record({{"term", Datum::of_number(message.term)},
                           {"previous", Datum::of_number(message.previous)},
                           {"previous-term", Datum::of_number(message.previous_term)},
                           {"entry", message.entry == 0 ? Datum{} : Datum::of_number(message.entry)},
                           {"commit", Datum::of_number(message.commit)}});
}

}  // namespace

std::vector<std::string> MailRaft::action_groups() {
  return {group_names.begin(), group_names.end()};
}

checker::ActionLabel MailRaft::describe(const checker::Action& action) {
  const Parameters parameters = Parameters::unpack(action.payload);
  checker::ActionLabel label{group_names.at(action.group), {{"server", name_of(parameters.server)}}};
  switch (action.group) {
    case bump:
      label.parameters.emplace_back("term", std::to_string(parameters.number));
      break;
    case vote:
      label.parameters.emplace_back("for", name_of(parameters.other));
      break;
    case handle_append:
      label.parameters.emplace_back("from", name_of(parameters.other));
      break;
    case drop_append:
      label.parameters.emplace_back("to", name_of(parameters.other));
      break;
    case send_append:
      label.parameters.emplace_back("to", name_of(parameters.other));
      label.parameters.emplace_back("previous", std::to_string(parameters.number));
      break;
    case commit:
      label.parameters.emplace_back("index", std::to_string(parameters.number));
      break;
    default:
      break;
  }
  return label;
}

Datum MailRaft::describe(StateView state) const {
  const Layout layout{bounds_.servers};
  std::vector<Datum::Member> members;
  for (std::uint32_t i = 0; i < bounds_.servers; ++i) {
    const Server server{state[i]};
    members.emplace_back(
        name_of(i),
        Datum::of_record({{"term", Datum::of_number(server.term())},
                          {"role", Datum::of_text(role_names.at(server.role()))},
                          {"voted-for", server_or_absent(server.voted())},
                          {"log", log_of(server.log())},
                          {"commit", Datum::of_number(server.commit())},
                          {"said", said_of(server, Ballot{state[layout.ballot(i)]}, bounds_.terms)}}));
  }
  std::vector<Datum::Member> mail;
  for (std::uint32_t i = 0; i < bounds_.servers; ++i) {
    for (std::uint32_t j = 0; j < bounds_.servers; ++j) {
      if (i != j) {
        const Append message = Append::unpack(layout.mail(state, layout.mailbox(i, j)));
        mail.emplace_back(name_of(i) + " to " + name_of(j),
                          message.term == 0 ? Datum{} : message_of(message));
      }
    }
  }
  members.emplace_back("mail", Datum::of_record(std::move(mail)));
  return Datum::of_record(std::move(members));
}

}  // namespace plimsoll::model::calibration
