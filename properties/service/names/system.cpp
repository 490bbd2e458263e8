#include "properties/service/names/system.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "checker/scenario/reader.hpp"
#include "impl/service/dns/answer.hpp"
#include "impl/service/dns/names.hpp"
#include "properties/decode_defects.hpp"
#include "properties/refuse_fields.hpp"
#include "properties/service/names/change_text.hpp"
#include "properties/service/names/defects.hpp"

namespace plimsoll::properties::names {
namespace {

using checker::Fairness;
using model::dns::Judgement;
using Action = NamesWorld::Action;

bool nothing_is_judged(const NamesState& state, std::initializer_list<Judgement> judgements) {
  return std::ranges::none_of(state.heard, [&](const auto& one) {
    return std::ranges::find(judgements, one.second.judgement) != judgements.end();
  });
}

template <class... Steps>
bool is_any_of(const Action& action) {
  return (std::holds_alternative<Steps>(action) || ...);
}

void read_changes(scenario::MapReader& fields, scenario::FirstError& errors, Setup& setup) {
  for (const char* list : {"objects", "changes"}) {
    dns::Objects now = setup.objects;
    for (const scenario::Node& node : fields.optional_list(list)) {
      const auto change = parse_change(node.text);
      if (!change) {
        errors.add({node.where, change.error()});
      } else if (!dns::perform(now, *change)) {
        errors.add({node.where, "'" + node.text + "' changes nothing"});
      } else if (std::string_view(list) == "changes") {
        setup.changes.push_back(*change);
        setup.texts.push_back(node.text);
      }
    }
    if (std::string_view(list) == "objects") {
      setup.objects = std::move(now);
    }
  }
}

void read_questions(scenario::MapReader& fields, scenario::FirstError& errors, Setup& setup) {
  for (const scenario::Node& node : fields.optional_list("questions")) {
    if (auto question = parse_question(node.text)) {
      setup.questions.push_back(std::move(*question));
    } else {
      errors.add({node.where, question.error()});
    }
  }
  constexpr std::size_t questions_max = 32;  // each has a constraint of fairness, of which there are 64
  if (setup.questions.size() > questions_max) {
    fields.fail("questions", "expected at most 32");
  }
  if (setup.questions.empty()) {
    fields.fail("questions", "a client without questions learns nothing: name at least one");
  }
}

void read_server(scenario::MapReader& fields, Setup& setup) {
  static constexpr std::array<std::string_view, 3> modes = {"disabled", "insecure", "verified"};
  setup.dns.zone = fields.optional_string("zone").value_or(setup.dns.zone);
  setup.dns.pods = static_cast<dns::PodNames>(fields.optional_one_of("pods", modes).value_or(0));
  setup.dns.ignore_empty_service = fields.optional_boolean("ignore-empty-service").value_or(false);
  setup.dns.no_endpoints = fields.optional_boolean("no-endpoints").value_or(false);
  setup.dns.ttl =
      static_cast<std::uint16_t>(fields.optional_uint("ttl", {0, dns::longest_ttl}).value_or(setup.dns.ttl));
}

void read_faults(const scenario::Scenario& scenario, scenario::FirstError& errors, Setup& setup) {
  for (const scenario::Count& fault : scenario.faults) {
    if (fault.name == "crash") {
      setup.restarts = fault.count;
    } else if (fault.name == "disconnect") {
      setup.ended_watches = fault.count;
    } else if (fault.name == "dead-watch") {
      setup.dead_watches = fault.count;
    } else {
      errors.add({fault.where,
                  "system names has no fault '" + fault.name + "', but crash, disconnect and dead-watch"});
    }
  }
  for (const scenario::Count& bound : scenario.bounds) {
    errors.add({bound.where, "system names is finite: it has no bounds"});
  }
}

tl::expected<std::unique_ptr<checker::System>, scenario::Error> build(
    const scenario::Scenario& scenario, const std::vector<std::string>& defects) {
  scenario::FirstError errors;
  Setup setup;
  if (!scenario.parameters) {
    errors.add({scenario.system_where, "system names needs parameters: objects, changes and questions"});
  } else {
    scenario::MapReader fields(*scenario.parameters, "parameters", errors);
    read_server(fields, setup);
    read_changes(fields, errors, setup);
    read_questions(fields, errors, setup);
    fields.finish();
    if (const auto problem = dns::problem(setup.dns)) {
      errors.add({fields.where(), *problem});
    }
  }
  read_faults(scenario, errors, setup);
  refuse_cluster_fields(scenario, "nowhere: there is one server and one client", errors);
  setup.dns.defects = decode_defects(scenario, defects, dns::defect_stories, errors);
  if (errors.error()) {
    return tl::unexpected(*errors.error());
  }
  return make_system(std::move(setup));
}

}  // namespace

std::unique_ptr<checker::SpecSystem<NamesWorld>> make_system(Setup setup) {
  const std::vector<dns::Question> questions = setup.questions;
  auto system = std::make_unique<checker::SpecSystem<NamesWorld>>(NamesWorld(std::move(setup)));
  const NamesWorld& world = system->spec();
  system->always("no-false-denial",
                 "a name is denied only if it did not exist at some moment since the server's last news",
                 [](const NamesState& state) { return nothing_is_judged(state, {Judgement::denied}); });
  system->always("answers-as-specified",
                 "an answer is right for some moment since the server's last news, and no failure by then",
                 [](const NamesState& state) {
                   return nothing_is_judged(state, {Judgement::wrong, Judgement::failed});
                 });
  system->sometimes("some-records-heard", "the client hears of a record", [](const NamesState& state) {
    return std::ranges::any_of(state.heard,
                               [](const auto& one) { return !one.second.answer.records.empty(); });
  });
  system->eventually_always("names-converge", "in the end the server answers for the objects as they are",
                            [&world](const NamesState& state) { return world.has_converged(state); });
  system->eventually_always("client-converges",
                            "in the end all that the client remembers is right for the objects as they are",
                            [&world](const NamesState& state) { return world.client_is_up_to_date(state); });
  system->fair(Fairness::weak, "the API server makes its changes",
               [](const Action& action) { return is_any_of<Make>(action); });
  system->fair(Fairness::weak, "lists are answered",
               [](const Action& action) { return is_any_of<AnswerList>(action); });
  system->fair(Fairness::weak, "changes are delivered",
               [](const Action& action) { return is_any_of<Deliver>(action); });
  system->fair(Fairness::weak, "silence is noticed",
               [](const Action& action) { return is_any_of<SilenceTimeout>(action); });
  system->fair(Fairness::weak, "resyncs", [](const Action& action) { return is_any_of<Resync>(action); });
  // Of each question by itself: one that is asked and lapses for ever keeps no other one's from lapsing.
  for (const dns::Question& question : questions) {
    system->fair(Fairness::strong, "what is remembered of " + question.name + " lapses",
                 [question](const Action& action) {
                   const auto* const lapse = std::get_if<Lapse>(&action);
                   return lapse != nullptr && lapse->name == question.name && lapse->type == question.type;
                 });
  }
  return system;
}

SystemEntry system_entry() {
  SystemEntry entry;
  entry.name = "names";
  entry.description = "the cluster's DNS: its server, an API server's watch, and a client that remembers";
  const auto system = make_system({});
  for (const checker::Property& property : system->properties()) {
    entry.properties.push_back(
        {property.id, std::string(checker::to_text(property.kind)), property.statement});
  }
  entry.defects = defect_entries();
  entry.build = &build;
  return entry;
}

}  // namespace plimsoll::properties::names
