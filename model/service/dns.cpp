#include "model/service/dns.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>

namespace plimsoll::model::dns {
namespace {

using Labels = std::vector<std::string>;

Labels labels_of(const std::string& name) {
  Labels labels(1);
  for (const char letter : name) {
    if (letter == '.') {
      labels.emplace_back();
    } else {
      labels.back() += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
    }
  }
  if (labels.back().empty()) {
    labels.pop_back();  // the dot at the end
  }
  return labels;
}

std::string text_of(const Address& address) {
  return std::visit([](const auto& one) { return base::to_text(one); }, address);
}
Record host_record(const Address& address) {
  return {address.index() == 0 ? Type::a : Type::aaaa, text_of(address)};
}

/// The label of an endpoint or pod that has no hostname.
std::string label_of(const Address& address) {
  std::string label = text_of(address);
  for (char& letter : label) {
    if (letter == '.' || letter == ':') {
      letter = '-';
    }
  }
  return label;
}

std::optional<Address> parsed(const std::string& text) {
  if (const auto address = base::Ipv4::parse(text)) {
    return *address;
  }
  if (const auto address = base::Ipv6::parse(text)) {
    return *address;
  }
  return std::nullopt;
}

/// The address that a label spells: with three single dashes for dots, or with dashes for colons.
std::optional<Address> spelled(const std::string& label) {
  for (const char separator : {'.', ':'}) {
    std::string text;
    for (const char letter : label) {
      if (letter == '.' || letter == ':') {
        return std::nullopt;
      }
      text += letter == '-' ? separator : letter;
    }
    if (const auto address = parsed(text)) {
      return address;
    }
  }
  return std::nullopt;
}

/// The address whose reverse name has these labels, without the two of the reverse zone.
std::optional<Address> reversed(const Labels& labels, bool is_v4) {
  if (labels.size() != (is_v4 ? 4U : 32U)) {
    return std::nullopt;
  }
  std::string text;
  for (std::size_t i = labels.size(); i-- > 0;) {
    if (!is_v4 && labels[i].size() != 1) {
      return std::nullopt;
    }
    text += labels[i];
    if (i > 0 && (is_v4 || i % 4 == 0)) {
      text += is_v4 ? '.' : ':';
    }
  }
  return parsed(text);
}

/// What an answer is gathered in: names exist if any object speaks up for them.
struct Gathering {
  const Rules& rules;
  const Cluster& cluster;
  Type type;
  bool exists = false;
  std::set<Record> records = {};

  void say(const Record& record) {
    exists = true;
    const bool alias = record.type == Type::cname && (type == Type::a || type == Type::aaaa);
    if (record.type == type || alias) {
      records.insert(record);
    }
  }
  void exist_if(bool condition) { exists = exists || condition; }

  [[nodiscard]] std::string name_of(const Service& service) const {
    return service.name + "." + service.space + ".svc." + rules.zone;
  }
  [[nodiscard]] std::string label_of(const Endpoint& endpoint) const {
    return endpoint.hostname.empty() ? dns::label_of(endpoint.address) : endpoint.hostname;
  }
  [[nodiscard]] bool listed(const Service& service, const Endpoint& endpoint) const {
    return !rules.no_endpoints && endpoint.space == service.space && endpoint.service == service.name &&
           (endpoint.ready || service.publish_not_ready);
  }
  [[nodiscard]] std::vector<Endpoint> endpoints_of(const Service& service) const {
    std::vector<Endpoint> endpoints;
    for (const Endpoint& endpoint : cluster.endpoints) {
      if (listed(service, endpoint)) {
        endpoints.push_back(endpoint);
      }
    }
    return endpoints;
  }
  /// Services that have names at all.
  [[nodiscard]] std::vector<Service> services() const {
    std::vector<Service> services;
    for (const Service& service : cluster.services) {
      const bool ignored =
          rules.ignore_empty_service && !service.addresses.empty() && endpoints_of(service).empty();
      if (!ignored) {
        services.push_back(service);
      }
    }
    return services;
  }

  void reverse(const Address& address) {
    for (const Service& service : services()) {
      for (const Address& one : service.addresses) {
        if (one == address) {
          say({Type::ptr, name_of(service)});
        }
      }
      if (!service.headless) {
        continue;
      }
      for (const Endpoint& endpoint : endpoints_of(service)) {
        if (endpoint.address == address && !endpoint.hostname.empty()) {
          say({Type::ptr, endpoint.hostname + "." + name_of(service)});
        }
      }
    }
  }
  void service_name(const Service& service) {
    for (const Address& address : service.addresses) {
      say(host_record(address));
    }
    if (!service.alias.empty() && !parsed(service.alias)) {
      say({Type::cname, service.alias});
    }
    if (!service.headless) {
      return;
    }
    for (const Endpoint& endpoint : endpoints_of(service)) {
      say(host_record(endpoint.address));
    }
  }
  void endpoint_name(const Service& service, const std::string& label) {
    if (!service.headless) {
      return;
    }
    for (const Endpoint& endpoint : endpoints_of(service)) {
      if (label_of(endpoint) == label) {
        say(host_record(endpoint.address));
      }
    }
  }
  void port_name(const Service& service, const std::string& name, const std::string& protocol) {
    const auto is_asked = [&](const Port& port) {
      return !port.name.empty() && "_" + port.name == name && "_" + port.protocol == protocol;
    };
    for (const Port& port : service.ports) {
      if (is_asked(port) && !service.addresses.empty()) {
        say({Type::srv, name_of(service), port.port});
      }
    }
    if (!service.headless) {
      return;
    }
    for (const Endpoint& endpoint : endpoints_of(service)) {
      for (const Port& port : endpoint.ports) {
        if (is_asked(port)) {
          say({Type::srv, label_of(endpoint) + "." + name_of(service), port.port});
        }
      }
    }
  }
  void pod_name(const std::string& label, const std::string& space) {
    if (rules.pods == PodNames::insecure && cluster.namespaces.contains(space)) {
      if (const auto address = spelled(label)) {
        say(host_record(*address));
      }
    }
    if (rules.pods != PodNames::verified) {
      return;
    }
    for (const PodAddress& pod : cluster.pods) {
      if (pod.space == space && dns::label_of(pod.address) == label) {
        say(host_record(pod.address));
      }
    }
  }
  /// @param labels  Of the name, those of the zone taken off.
  void forward(const Labels& labels) {
    const std::size_t count = labels.size();
    const auto from_end = [&](std::size_t place) { return place < count ? labels[count - 1 - place] : ""; };
    const std::string tree = from_end(0);
    if (count == 0 || (count == 1 && (tree == "svc" || tree == "pod"))) {
      return exist_if(true);
    }
    if (count == 1 && tree == "dns-version") {
      return say({Type::txt, "1.1.0"});
    }
    if (count == 2 && (tree == "svc" || (tree == "pod" && rules.pods != PodNames::disabled))) {
      return exist_if(cluster.namespaces.contains(labels[0]));
    }
    if (count == 3 && tree == "pod") {
      return pod_name(labels[0], labels[1]);
    }
    if (count < 3 || count > 5 || tree != "svc") {
      return;
    }
    for (const Service& service : services()) {
      if (service.space != from_end(1) || service.name != from_end(2)) {
        continue;
      }
      if (count == 3) {
        service_name(service);
      }
      if (count == 4) {
        endpoint_name(service, labels[0]);
      }
      if (count == 5) {
        port_name(service, labels[0], labels[1]);
      }
    }
  }
};

bool ends_with(const Labels& labels, const Labels& end) {
  return labels.size() >= end.size() && std::equal(end.rbegin(), end.rend(), labels.rbegin());
}

}  // namespace

Answer right_answer(const Rules& rules, const Cluster& cluster, const Question& question) {
  Labels labels = labels_of(question.name);
  Gathering gathering{rules, cluster, question.type};
  const Labels zone = labels_of(rules.zone);
  const bool is_v4 = ends_with(labels, {"in-addr", "arpa"});
  if (is_v4 || ends_with(labels, {"ip6", "arpa"})) {
    labels.resize(labels.size() - 2);
    gathering.exist_if(labels.empty());
    if (const auto address = reversed(labels, is_v4)) {
      gathering.reverse(*address);
    }
  } else if (ends_with(labels, zone)) {
    labels.resize(labels.size() - zone.size());
    gathering.forward(labels);
  } else {
    return {Outcome::refused, {}};
  }
  if (!gathering.exists) {
    return {Outcome::no_such_name, {}};
  }
  return {Outcome::found, gathering.records};
}

Judgement judge(const Rules& rules, std::span<const Cluster> moments, bool synced, const Question& question,
                const Answer& answer) {
  const auto is_right = [&](const Cluster& cluster) {
    return right_answer(rules, cluster, question) == answer;
  };
  const bool outside = right_answer(rules, {}, question).outcome == Outcome::refused;
  if (!synced && !outside) {
    if (answer.outcome == Outcome::failure) {
      return Judgement::allowed;
    }
    return answer.outcome == Outcome::no_such_name ? Judgement::denied : Judgement::wrong;
  }
  if (std::ranges::any_of(moments, is_right)) {
    return Judgement::allowed;
  }
  switch (answer.outcome) {
    case Outcome::no_such_name:
      return Judgement::denied;
    case Outcome::failure:
      return Judgement::failed;
    case Outcome::found:
    case Outcome::refused:
      break;
  }
  return Judgement::wrong;
}

}  // namespace plimsoll::model::dns
